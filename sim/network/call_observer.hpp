/// Somebody who watches operations from the outside: when each begins and how it ends. Nodes that
/// nobody watches pay nothing for it.
#pragma once

#include <cstdint>

#include "sim/network/request.hpp"

namespace faultline::sim {

class Node;

class CallObserver {
 public:
  virtual ~CallObserver() = default;
  /// `from` asks `at` for something, or `at` begins to work on what `from` asked. Gives a number to
  /// say how it ended; 0 if nobody wants to know.
  virtual std::uint32_t begun(const Node& from, const Node& at, const Request& request) = 0;
  /// `from` sends `at` something and wants no answer.
  virtual void sent(const Node& /*from*/, const Node& /*at*/, const Request& /*request*/) {}
  /// `from` posts `at` a message of this many bytes, which is no request.
  virtual void posted(const Node& /*from*/, const Node& /*at*/, std::int64_t /*bytes*/) {}
  /// Of an operation that never ends (who asked is gone) nothing is said.
  virtual void ended(std::uint32_t operation, const Reply& reply) = 0;
};

}  // namespace faultline::sim
