/// What can go wrong with a part of a system, for a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/param/param.hpp"

namespace faultline::sim {

class System;
class Node;

/// A kind of fault. One object is made for each entry of `faults`; it may begin and end many times.
class Fault {
 public:
  static constexpr std::string_view kind = "fault";
  struct MakeArgs {};

  virtual ~Fault() = default;
  /// Which nodes it strikes: a node ("app[0]") or a group ("app").
  virtual const NodeRef& target() const = 0;
  /// Several faults may be on at one node at the same time; what they do adds up.
  virtual void begin(Node& node) = 0;
  /// Takes back what begin() did to `node`.
  virtual void end(Node& node) = 0;
};

}  // namespace faultline::sim
