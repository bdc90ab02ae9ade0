/// The caller's side of a call: how long it waits, and what it does when the answer is not what it
/// hoped for. Every component that calls others carries the same parameters (`CallerParams`,
/// included in its own) and makes its calls through a Caller.
///
///   call --> { deadline } --> try --> [ breaker ] --> [ bulkhead ] --> { timeout } --> callee
///               ^   |                                                     '-- slow --> hedge
///               |   '--fails--> [ retry budget ] --> back-off --> next try
///               '------ all failed --> fallback
///
/// Rule: a try is what passes the breaker and the bulkhead once; its hedges belong to it. A failed
/// try is followed by another one if its reason is on the retry policy's list, tries are left, the
/// wait ends before the deadline, and the budget allows it. A write that may have taken effect
/// (`unknown`) is not tried again, and no write is hedged, unless the caller is `idempotent`. The
/// breaker judges tries; one that was not sent (no place in the bulkhead, deadline over) counts for
/// nothing. Everything a caller remembers is gone after a crash of its node.
/// Source: the order of resilience4j's decorators (Retry, CircuitBreaker, TimeLimiter, Bulkhead);
/// gRPC, proposal A6; the policies name theirs.
/// Does not model: breakers by replica (outlier ejection of a balancer is one), breakers and
/// budgets shared by several callers.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "models/connections/dialer.hpp"
#include "models/connections/exchange.hpp"
#include "models/resilience/caller_params.hpp"
#include "models/resilience/hedge_race.hpp"
#include "models/resilience/resilience.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/kernel/task.hpp"
#include "sim/network/call.hpp"

namespace faultline::models {

class Caller;

/// Whom a caller may call, and for whom.
struct Callees {
  std::vector<sim::NodeRef> targets{};
  /// The node stands for many hosts, told apart by Request::source.
  bool many_hosts = false;
  /// The names and connections of another caller of this node are this one's too.
  const Caller* shares = nullptr;
};

class Caller {
 public:
  /// `purpose` names the caller's random streams within its node: "endpoints.default[1]".
  Caller(const CallerParams& params, const sim::BuildContext& context, std::string_view purpose,
         const Callees& callees = {});

  /// True when all it does is wait: then `co_await sim::call(node, target, request, patience())` is
  /// the same as call() and cheaper.
  bool is_plain() const { return !more_ && !dialer_; }
  const sim::Patience& patience() const { return patience_; }

  /// Makes the call, as often as it takes. `send(request, patience)` sends it once and gives what
  /// to await for the reply; it picks the target itself, anew for each try. Requires: `request` and
  /// the caller outlive the task; `send` can be copied, and all copies do the same.
  template <class Send>
  sim::Task<sim::Reply> call(const sim::Request& request, Send send);

  /// What `send` gives to await: sends `request` to `target`, on a connection if there are any.
  /// Requires: the arguments outlive the wait.
  Exchange exchange(const sim::Target& target, const sim::Request& request,
                    const sim::Patience& patience) {
    if (dialer_) return Exchange(dialer_->exchange(target, request, patience));
    return Exchange(node_, target, request, patience);
  }

 private:
  template <class Send>
  sim::Task<sim::Reply> call_with_hedges(const sim::Request& each, Send send);
  template <class Send>
  sim::Task<void> run_message(sim::Request request, Send send, HedgeRace& race, std::size_t index);

  sim::Node& node_;
  sim::Patience patience_;
  std::unique_ptr<Resilience> more_;  ///< Null when all it does is wait.
  std::shared_ptr<Dialer> dialer_;    ///< Null when nothing is to be done before it can send.
};

template <class Send>
sim::Task<sim::Reply> Caller::call(const sim::Request& request, Send send) {
  if (!more_) {
    auto sent = send(request, patience_);
    co_return co_await sent;
  }
  Resilience& more = *more_;
  sim::Request each = request;
  more.begin(each);
  sim::Reply reply;
  sim::Duration wait{};
  for (std::int64_t tries = 1;; ++tries) {
    if (more.too_late(each)) {
      reply = sim::Reply::fail(sim::Reason::expired).after(reply.effect, request);
      break;
    }
    const bool effect_before = reply.effect;
    {
      Resilience::Try attempt(more);
      Bulkhead::Place place;
      if (!attempt.allowed()) {
        reply = sim::Reply::fail(sim::Reason::breaker_open);
      } else {
        if (more.bulkhead()) place = co_await more.bulkhead()->enter(each.deadline);
        if (more.bulkhead() && !place) {
          more.bulkhead_rejected();
          reply = sim::Reply::fail(sim::Reason::bulkhead);
        } else if (more.hedges(each)) {
          auto raced = call_with_hedges(each, send);
          reply = co_await raced;
          attempt.ended(reply);
        } else {
          more.sent();
          auto sent = send(each, patience_);
          reply = co_await sent;
          more.message_ended(reply);
          attempt.ended(reply);
        }
      }
    }
    reply = reply.after(effect_before, request);
    if (reply.is_ok()) co_return reply;
    const std::optional<sim::Duration> next = more.next_try(each, reply, tries, wait);
    if (!next) break;
    wait = *next;
    const sim::Time failed = more.now();
    co_await sim::delay(wait);
    co_await sim::idle_since(failed);
    if (each.attempt < 255) ++each.attempt;
  }
  if (more.fallback()) {
    auto answer = more.fallback()->answer(each, reply);
    const bool effect_before = reply.effect;
    reply = co_await answer;
    reply = reply.after(effect_before, request);
    more.fell_back(reply);
  }
  co_return reply;
}

/// One try, with its hedges.
template <class Send>
sim::Task<sim::Reply> Caller::call_with_hedges(const sim::Request& each, Send send) {
  Resilience& more = *more_;
  HedgeRace race(more.node().kernel(), more.node().id());
  std::array<std::optional<sim::Task<void>>, 1 + HedgePolicy::hedges_max> messages;
  const sim::Time begun = more.now();
  sim::Time next = begun;
  std::size_t count = 0;
  bool hedging = true;
  for (;;) {
    if (hedging && next <= more.now()) {
      sim::Request request = each;
      request.attempt = static_cast<std::uint8_t>(std::min<std::size_t>(255, each.attempt + count));
      const std::optional<sim::Duration> delay = more.hedge_delay();
      if (count == 0 || (delay && more.may_hedge())) {
        more.sent();
        messages[count] = run_message(request, send, race, count);
        co_await race.start(*messages[count], count);
        ++count;
      } else {
        hedging = false;
      }
      hedging = hedging && delay && static_cast<std::int64_t>(count) <= more.hedges_of_one_call();
      if (hedging) next = more.now() + std::min(*delay, sim::time_max - more.now());
    }
    if (race.over()) break;
    co_await race.until(hedging ? next : sim::time_max);
  }
  race.end();
  // Of a first message that failed it is not known how long its answer would have taken.
  if (race.won() && !race.first_failed()) more.first_message_took(more.now() - begun);
  if (race.won() && race.winner() > 0) more.hedge_won();
  co_return race.reply();
}

template <class Send>
sim::Task<void> Caller::run_message(sim::Request request, Send send, HedgeRace& race,
                                    std::size_t index) {
  auto sent = send(request, patience_);
  const sim::Reply reply = co_await sent;
  more_->message_ended(reply);
  race.ended(index, reply);
}

}  // namespace faultline::models
