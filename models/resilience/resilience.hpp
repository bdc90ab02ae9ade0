/// What a caller knows and decides beyond waiting for an answer: everything of `Caller` but the
/// waiting itself.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>

#include "models/random_adapter.hpp"
#include "models/resilience/bulkhead.hpp"
#include "models/resilience/caller_counters.hpp"
#include "models/resilience/caller_params.hpp"
#include "sim/network/node.hpp"
#include "sim/network/request.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class Resilience {
 public:
  /// `purpose` names its random streams within the node.
  Resilience(const CallerParams& params, const sim::BuildContext& context,
             std::string_view purpose);
  Resilience(const Resilience&) = delete;
  Resilience& operator=(const Resilience&) = delete;

  sim::Node& node() const { return node_; }
  sim::Time now() const { return node_.kernel().now(); }

  /// A call begins; `each` is what will be sent for it.
  void begin(sim::Request& each) {
    if (node_.crashes() != crashes_seen_) [[unlikely]]
      forget();
    ++counters_.calls;
    each.attempt = 0;
    if (deadline_ != sim::Duration(0)) {
      const sim::Time own = now() + std::min(deadline_, sim::time_max - now());
      each.deadline = std::min(each.deadline, own);
    }
    if (budget_) budget_->started(now().time_since_epoch());
  }
  /// Nobody waits for the answer any more.
  bool too_late(const sim::Request& each) const {
    return each.deadline != sim::time_max && each.deadline <= now();
  }

  /// A try: leave of the breaker to make it. It counts when it has ended; one that does not end,
  /// because it was not sent or its process was ended, counts for nothing.
  class Try {
   public:
    explicit Try(Resilience& caller) : caller_(caller), begun_(caller.now()) {
      if (!caller_.breaker_) {
        pass_.allowed = true;
        return;
      }
      pass_ = caller_.breaker_->enter(begun_.time_since_epoch());
      if (!pass_.allowed) ++caller_.counters_.breaker_rejected;
    }
    Try(const Try&) = delete;
    Try& operator=(const Try&) = delete;
    ~Try() {
      if (!ended_ && pass_.allowed && caller_.breaker_) caller_.breaker_->given_up(pass_);
    }
    bool allowed() const { return pass_.allowed; }
    void ended(const sim::Reply& reply) {
      ended_ = true;
      if (!caller_.breaker_) return;
      const sim::Time now = caller_.now();
      caller_.breaker_->ended(pass_, reply.is_ok(), now - begun_, now.time_since_epoch());
    }

   private:
    Resilience& caller_;
    sim::Time begun_;
    CircuitBreaker::Pass pass_;
    bool ended_ = false;
  };

  Bulkhead* bulkhead() const { return bulkhead_.get(); }
  void bulkhead_rejected() { ++counters_.bulkhead_rejected; }
  void sent() { ++counters_.attempts; }
  /// A message was answered, or its wait was over.
  void message_ended(const sim::Reply& reply) {
    if (budget_) budget_->ended(reply.is_ok());
  }

  /// The wait before the next try of `request` after `failed`, the end of try number `tries`;
  /// nothing: it stands. `previous` is the wait before. Takes from the budget.
  std::optional<sim::Duration> next_try(const sim::Request& request, const sim::Reply& failed,
                                        std::int64_t tries, sim::Duration previous);

  /// Whether messages of `request` may be hedged at all.
  bool hedges(const sim::Request& request) const {
    return hedge_ && (request.is_read() || idempotent_);
  }
  std::int64_t hedges_of_one_call() const { return hedge_->hedges(); }
  /// How long to wait before a hedge; nothing: send none. A breaker that is probing wants one
  /// message a call.
  std::optional<sim::Duration> hedge_delay() const {
    if (breaker_ && breaker_->state() != CircuitBreaker::State::closed) return std::nullopt;
    return hedge_->delay();
  }
  /// Takes from the budget; true: the hedge is to be sent.
  bool may_hedge();
  void hedge_won() { ++counters_.hedges_won; }
  /// The first message of a call was answered, or given up because a hedge was.
  void first_message_took(sim::Duration latency) { hedge_->observed(latency); }

  Fallback* fallback() const { return fallback_.get(); }
  void fell_back(const sim::Reply& reply) { counters_.fallbacks += reply.is_ok() ? 1 : 0; }

 private:
  void describe_statistics(sim::NodeStatistics& statistics);
  void make_policies();
  void forget();
  std::uint64_t breaker_opened() const;
  sim::Duration breaker_not_closed(sim::Time now) const;

  sim::Node& node_;
  CallerParams params_;
  sim::Duration deadline_;      ///< Zero: none. Parameter.
  bool idempotent_;             ///< Parameter.
  std::uint32_t retry_on_ = 0;  ///< A bit for each Reason. Parameter.
  StreamSource random_;
  std::unique_ptr<RetryPolicy> retry_;
  std::unique_ptr<RetryBudget> budget_;      ///< State.
  std::unique_ptr<CircuitBreaker> breaker_;  ///< State.
  std::unique_ptr<Bulkhead> bulkhead_;       ///< State.
  std::unique_ptr<HedgePolicy> hedge_;       ///< State.
  std::unique_ptr<Fallback> fallback_;
  std::uint32_t crashes_seen_ = 0;  ///< State.
  CallerCounters counters_;         ///< Statistics.
  /// Of breakers that were forgotten, less what was before the statistics began. Statistics.
  std::uint64_t breaker_opened_before_ = 0;
  sim::Duration breaker_not_closed_before_{};
};

}  // namespace faultline::models
