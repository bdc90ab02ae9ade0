/// What can go wrong with a part of a system, for a time.
///
/// A fault strikes *units*, each of which it may begin and end at by itself: the nodes of a group,
/// the links between two places, the cut of a partition. The schedule (fault_schedule.hpp) decides
/// when, and at which units; the fault says what happens then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/param/param.hpp"
#include "sim/random/stream.hpp"

namespace faultline::sim {

class Kernel;
class Network;
class Node;
class System;

/// What a fault is handed when the system it will strike has been built.
class FaultContext {
 public:
  /// `owner` names its random streams, `path` where it stands in the file.
  FaultContext(System& system, std::string owner, Path path, Problems& problems)
      : system_(system), owner_(std::move(owner)), path_(std::move(path)), problems_(problems) {}

  System& system() const { return system_; }
  Kernel& kernel() const;
  Network& network() const;
  /// The nodes that a reference names: "app[0]", "app", "zone:eu-a".
  std::vector<Node*> find(std::string_view reference) const;
  /// The stream of `purpose` in this fault.
  Stream stream(std::string_view purpose) const;
  /// The component of the fault's own events (Event::set_tag).
  std::uint32_t tag() const;
  /// Something is wrong with the parameter `key` that only the built system can tell.
  void problem(std::string_view key, std::string message, std::string hint = {}) const;

 private:
  System& system_;
  std::string owner_;
  Path path_;
  Problems& problems_;
};

/// A kind of fault. One object is made for each entry of `faults`; each of its units begins and
/// ends in turn, any number of times.
class Fault {
 public:
  static constexpr std::string_view kind = "fault";
  struct MakeArgs {};

  virtual ~Fault() = default;
  /// Finds what it strikes, before the run, and gives the number of units. What cannot suffer this
  /// fault is a problem.
  virtual std::size_t prepare(FaultContext& context) = 0;
  /// Whether it may begin impairments of the network; then that is built to be disturbed.
  virtual bool impairs_network() const { return false; }
  /// Who is struck when all units are, and who is one unit: "app" and "app[0]".
  virtual std::string target_text() const = 0;
  virtual std::string unit_text(std::size_t unit) const = 0;
  /// Of one that cuts nodes from each other: who stands on each side of it. Asked after prepare().
  struct Side {
    std::string name;  ///< As the file names it: "zone:eu-a", "db[0], db[1]".
    std::vector<const Node*> nodes;
  };
  virtual std::vector<Side> sides() const { return {}; }
  /// Several faults may be on at one place at the same time; what they do adds up.
  virtual void begin(std::size_t unit) = 0;
  /// Takes back what begin() did to `unit`, and nothing else.
  virtual void end(std::size_t unit) = 0;
};

/// A fault whose units are the nodes that its reference names.
class NodeFault : public Fault {
 public:
  std::size_t prepare(FaultContext& context) override;
  std::string target_text() const override { return target().name; }
  std::string unit_text(std::size_t unit) const override;
  void begin(std::size_t unit) override { begin_at(*nodes_[unit]); }
  void end(std::size_t unit) override { end_at(*nodes_[unit]); }

 protected:
  virtual const NodeRef& target() const = 0;
  virtual void begin_at(Node& node) = 0;
  virtual void end_at(Node& node) = 0;
  /// Why `node` cannot suffer this, or empty: "has no disk". Asked once the components are there.
  virtual std::string unsuited(const Node& /*node*/) const { return {}; }

  const std::vector<Node*>& struck() const { return nodes_; }

 private:
  std::vector<Node*> nodes_;
};

}  // namespace faultline::sim
