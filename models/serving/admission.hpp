/// Who gets into a server at all, and who is sent away at the door: the server's side of
/// resilience. Every component that serves others can carry the same parameters
/// (`AdmissionParams`, included in its own) and let its requests through an Admission.
///
///   request --> { expired? rate limit? load? concurrency limit? } --> serve --> reply
///                    '-- expired | throttled | shed | rejected: fail, certainly no effect
///
/// A connection that is too many is refused before that, by the node itself (sim/network/node.hpp),
/// as a full backlog refuses it: a balancer may try another server.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "models/algorithms/limiting/concurrency_limit.hpp"
#include "models/algorithms/limiting/load_shedder.hpp"
#include "models/algorithms/limiting/rate_limiter.hpp"
#include "models/random_adapter.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/network/node.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

/// Parameters of an admission: `list.include(&ServerParams::admission)`.
struct AdmissionParams {
  sim::Choice<RateLimiter> rate_limit;
  sim::Choice<ConcurrencyLimit> concurrency_limit;
  sim::Choice<LoadShedder> shedding;
  bool drop_expired = false;
  std::optional<std::int64_t> connection_limit;

  static void describe(sim::ParamList<AdmissionParams>& list);
  /// Whether they say anything about those who wait, so that there has to be a queue.
  bool need_queue() const;
};

/// What a resource's denial is to the one who asked.
sim::Reason reason_of(sim::Denial denial);

class Admission final : public sim::QueueRule {
 public:
  Admission(const AdmissionParams& params, const sim::BuildContext& context);

  /// True when there is nothing to ask: then `serve(request)` alone does the same, and cheaper.
  bool is_open() const { return open_; }

  /// Serves `request` by `serve(request)`, a Task<Reply>, if it is let in. Requires: `request`
  /// outlives the task.
  template <class Serve>
  sim::Task<sim::Reply> guard(const sim::Request& request, Serve serve) {
    sim::Duration wait{};
    sim::Reason refusal = ask(request, wait);
    if (refusal == sim::Reason::none && wait > sim::Duration(0)) {
      co_await sim::delay(wait);
      if (expired(request)) refusal = sim::Reason::expired;
    }
    if (refusal == sim::Reason::none && full()) refusal = sim::Reason::rejected;
    if (refusal != sim::Reason::none) {
      count(refusal);
      co_return sim::Reply::fail(refusal);
    }
    Stay stay(*this);
    const sim::Reply reply = co_await serve(request);
    stay.ended(reply);
    co_return reply;
  }

  /// For the Config of the resource whose queue its rule is about; null if it has none.
  sim::QueueRule* queue_rule() { return rules_queue_ ? this : nullptr; }
  bool drops_expired() const { return drop_expired_; }

  /// What limiters know is in memory only.
  void crashed();
  /// `queue`: the resource with its rule, for what is dropped and expired there.
  void describe_statistics(sim::NodeStatistics& statistics, const sim::Resource& queue);

 private:
  /// One that was let in. Gives its place back however it ends.
  class Stay {
   public:
    explicit Stay(Admission& admission)
        : admission_(admission),
          begun_(admission.node_.kernel().now()),
          in_flight_(++admission.in_flight_) {}
    Stay(const Stay&) = delete;
    ~Stay() { --admission_.in_flight_; }
    void ended(const sim::Reply& reply) { admission_.learn(reply, begun_, in_flight_); }

   private:
    Admission& admission_;
    sim::Time begun_;
    std::int64_t in_flight_;  ///< When it began, itself included.
  };

  sim::Reason ask(const sim::Request& request, sim::Duration& wait);
  bool expired(const sim::Request& request) const {
    return drop_expired_ && request.deadline <= node_.kernel().now();
  }
  bool full() const { return limit_ && in_flight_ >= limit_->limit(); }
  void learn(const sim::Reply& reply, sim::Time begun, std::int64_t in_flight);
  void count(sim::Reason refusal);
  void make_rules();

  sim::Duration patience(sim::Time now, std::int64_t waiting) override {
    return shedder_->patience(now.time_since_epoch(), waiting);
  }
  bool drops(sim::Time now, sim::Duration waited, std::int64_t waiting) override {
    return shedder_->drops(now.time_since_epoch(), waited, waiting);
  }

  sim::Node& node_;
  AdmissionParams params_;  ///< Parameters.
  StreamSource random_;
  std::unique_ptr<RateLimiter> limiter_;     ///< Null without one. State.
  std::unique_ptr<ConcurrencyLimit> limit_;  ///< Null without one. State.
  std::unique_ptr<LoadShedder> shedder_;     ///< Null without one. State.
  bool open_;
  bool rules_queue_ = false;
  bool drop_expired_;             ///< Parameter.
  std::int64_t in_flight_ = 0;    ///< Let in and not ended. State.
  std::uint64_t throttled_ = 0;   ///< Statistic.
  std::uint64_t shed_ = 0;        ///< On arrival. Statistic.
  std::uint64_t expired_ = 0;     ///< On arrival. Statistic.
  std::uint64_t over_limit_ = 0;  ///< Statistic.
  sim::CountGauge limit_gauge_;   ///< The concurrency limit. Statistic.
  sim::Histogram throttle_wait_;  ///< Nanoseconds, of those let on. Statistic.
};

}  // namespace faultline::models
