/// Somebody who watches operations from the outside: when each begins and how it ends. Nodes that
/// nobody watches pay nothing for it.
#pragma once

#include <coroutine>
#include <cstdint>

#include "sim/network/request.hpp"

namespace faultline::sim {

class Node;
struct Target;

class CallObserver {
 public:
  virtual ~CallObserver() = default;
  /// `from` asks `at` for something, or `at` begins to work on what `from` asked. Gives a number to
  /// say how it ended; 0 if nobody wants to know.
  virtual std::uint32_t begun(const Node& from, const Node& at, const Request& request) = 0;
  /// The same of a call as its caller makes it: the process in `frame` asks `target`. `request` is
  /// the one in the message, which is at the same place when `target` begins to work on it; not to
  /// be looked into later.
  virtual std::uint32_t call_begun(const Node& from, const Target& target, const Request& request,
                                   std::coroutine_handle<> frame);
  /// The message of a call was lost: its caller waits on, and may never be told.
  virtual void call_lost(std::uint32_t /*operation*/) {}
  /// The caller waits no more, and will not be told: it is ended where it waits.
  virtual void call_given_up(std::uint32_t /*operation*/) {}
  /// `from` sends `target` something and wants no answer.
  virtual void call_sent(const Node& from, const Target& target, const Request& request);
  /// The same, of those who do not ask by which wire.
  virtual void sent(const Node& /*from*/, const Node& /*at*/, const Request& /*request*/) {}
  /// `from` posts `at` a message of this many bytes, which is no request.
  virtual void posted(const Node& /*from*/, const Node& /*at*/, std::int64_t /*bytes*/) {}
  /// Of an operation that never ends (who asked is gone) nothing is said here.
  virtual void ended(std::uint32_t operation, const Reply& reply) = 0;
};

}  // namespace faultline::sim
