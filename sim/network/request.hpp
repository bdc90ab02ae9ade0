/// What travels between nodes: a request and its reply.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/time.hpp"

namespace faultline::sim {

/// Names an endpoint ("search") or a class of requests inside one run; the names are kept by the
/// run.
using NameId = std::uint16_t;

/// What a request wants of the one who answers it.
enum class Operation : std::uint8_t {
  read,
  write,
  erase,    ///< Of a cache: forget the key.
  connect,  ///< Of a connection, one round trip of opening it. Nothing that a server serves.
  close,    ///< Of a connection: it is over. Nothing that a server serves.
  begin,    ///< Of a database: a transaction begins, named by `id` and `connection`.
  prepare,  ///< Of a store: lock the key and promise to write it; `id` names the transaction.
  commit,   ///< Of a store: write what was prepared, or what was written since `begin`.
  abort,    ///< Of a store: forget what was prepared, or what was written since `begin`.
  inquire,  ///< Of the coordinator of a transaction: what became of it? The answer is in the value.
  control,  ///< Of a part of a sharded store: what another part of it tells it to do.
};

/// How an operation ended.
enum class Outcome : std::uint8_t {
  ok,
  fail,     ///< Certainly no effect.
  unknown,  ///< May or may not have taken effect.
};

/// Why it did not end ok.
enum class Reason : std::uint8_t {
  none,
  timeout,        ///< The caller stopped waiting.
  rejected,       ///< A queue limit, or no backend to send it to.
  refused,        ///< The node was down when the request came.
  reset,          ///< The node crashed while it worked on it.
  error,          ///< The application said so (a `fail` step), or a fault made it.
  loop,           ///< It passed more than `hops_max` nodes.
  expired,        ///< Its deadline had passed when work on it was to begin.
  throttled,      ///< A rate limiter.
  shed,           ///< A server that sheds load.
  breaker_open,   ///< The caller's own circuit breaker; nothing was sent.
  bulkhead,       ///< The caller's own limit of concurrent calls; nothing was sent.
  no_connection,  ///< The caller's pool had no connection to give in time; nothing was sent.
  unresolved,     ///< The name of the one to call was not found; nothing was sent.
  abandoned,      ///< The user lost patience and left.
  aborted,  ///< A transaction did not come about, for the sake of others: nothing of it holds.
  moved,    ///< The key lives on another shard than the one that was asked.
};
inline constexpr std::size_t reason_count = 17;
inline constexpr int hops_max = 250;
std::string_view to_text(Reason reason);

struct Request {
  std::uint64_t id =
      0;  ///< Unique in the run; all calls made on behalf of one user request share it.
  std::uint64_t key = 0;     ///< What it is about.
  std::uint64_t source = 0;  ///< The client's address, as ip_hash sees it.
  std::uint64_t value = 0;   ///< What a write writes; 0: nothing. A user's writes all differ.
  std::int64_t size = 0;     ///< Bytes.
  Time born{};               ///< When the client sent it.
  Time deadline = time_max;  ///< After it nobody wants the answer any more; time_max: none is told.
  NameId endpoint = 0;
  NameId request_class = 0;
  std::uint8_t hops = 0;  ///< Nodes passed so far.
  Operation operation = Operation::read;
  std::uint8_t priority = 0;  ///< Of servers that heed it, the smaller number first.
  std::uint8_t attempt = 0;   ///< 0: the first try of the last caller; then its retries and hedges.
  std::uint32_t connection = 0;  ///< Of the last caller, the one it came by; 0: one of its own.
                                 ///< With `transaction_bit`: that of a transaction.
  /// The user in whose order it stands: a closed user's number, or one of its own.
  std::uint32_t session = 0;
  Duration time_to_live{};  ///< Of what a cache is to keep; zero: the cache's own.

  static constexpr std::uint32_t transaction_bit = std::uint32_t{1} << 31;
  bool is_read() const { return operation == Operation::read; }
  /// Whether it is part of a transaction at a database.
  bool in_transaction() const { return (connection & transaction_bit) != 0; }
};

struct Reply {
  Outcome outcome = Outcome::ok;
  Reason reason = Reason::none;
  bool found = true;        ///< A cache's answer to a read: hit or miss.
  bool effect = false;      ///< Something was written, or may have been: here or further on.
  bool answered = true;     ///< By the node itself; false: its connection was refused or reset.
  bool partial = false;     ///< Made of the answers of some of those that were asked.
  std::int64_t size = 0;    ///< Bytes.
  std::uint64_t value = 0;  ///< What a read found; 0: nothing was ever written.

  static Reply ok() { return {}; }
  /// What a store answers to `request` when it has done it.
  static Reply done(const Request& request) { return {.effect = !request.is_read()}; }
  static Reply fail(Reason why) {
    return {.outcome = Outcome::fail, .reason = why, .found = false};
  }
  static Reply unknown(Reason why) {
    return {.outcome = Outcome::unknown, .reason = why, .found = false, .effect = true};
  }
  /// The end of an operation that was cut off: a read certainly had no effect, a write may have had
  /// one.
  static Reply cut_off(bool is_read, Reason why) { return is_read ? fail(why) : unknown(why); }
  bool is_ok() const { return outcome == Outcome::ok; }
  /// This reply as the end of all that was done for `request`, which had an effect before if
  /// `effect_before`: then a write that fails now may have taken effect all the same.
  Reply after(bool effect_before, const Request& request) const {
    Reply all = *this;
    all.effect = all.effect || effect_before;
    if (all.effect && all.outcome == Outcome::fail && !request.is_read()) {
      all.outcome = Outcome::unknown;
    }
    return all;
  }
};

}  // namespace faultline::sim
