/// Least response time: the backend from which an answer is expected first.
///
/// Rule: least estimate * (outstanding + 1) / weight, equals by `ties`. The estimate is a mean of
/// the latencies seen, weighted by age: a response of latency x, d after the one before it, makes
/// it estimate * e^(-d / decay) + x * (1 - e^(-d / decay)).
/// - A backend is cold until its first response, after it was away, and when nothing was heard from
/// it for `stale_after`
///   and nothing is outstanding there. A cold backend is tried at once with one request (it scores
///   0), and while it has any outstanding it comes after all that are not cold. So one that was
///   slow once is not shunned for ever, and none is flooded on an old or missing estimate. While
///   all are cold this is least connections.
/// - A failed request counts as a response that took at least `failure_latency`, so that a backend
/// that fails fast does
///   not draw the traffic to it.
/// Source: Twitter Finagle, com.twitter.finagle.loadbalancer.PeakEwma, for the mean over time and
/// the single request to a cold backend, without its jump to a latency above the estimate. Finagle
/// lets every estimate sink towards 0 with time, where this forgets it after `stale_after`: a
/// backend that hangs would come to look fast. Does not model: knowledge that arrives late; herds
/// of balancers that follow the same estimate.
#include <algorithm>
#include <chrono>
#include <list>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/least_score.hpp"
#include "models/algorithms/portable_powers.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct LeastResponseTimeParams {
  sim::Duration decay = std::chrono::seconds(10);
  sim::Duration stale_after = std::chrono::seconds(10);
  sim::Duration failure_latency = std::chrono::seconds(1);
  std::string ties = "round_robin";

  static void describe(sim::ParamList<LeastResponseTimeParams>& list) {
    list.add("decay", &LeastResponseTimeParams::decay,
             "Time over which latencies are averaged (Finagle: 10s)")
        .above(sim::Duration::zero());
    list.add(
            "stale_after", &LeastResponseTimeParams::stale_after,
            "Without a response for this long an idle backend counts as unknown and is tried again")
        .above(sim::Duration::zero());
    list.add("failure_latency", &LeastResponseTimeParams::failure_latency,
             "What a failed request counts as at least")
        .at_least(sim::Duration::zero());
    list.add("ties", &LeastResponseTimeParams::ties,
             "Who is taken among equals: the first, each in turn, or any")
        .one_of(tie_words());
  }
};

class LeastResponseTime final : public BalancingPolicy {
 public:
  LeastResponseTime(const LeastResponseTimeParams& params, const MakeArgs& args)
      : params_(params), scores_(tie_rule(params.ties), args.random) {
    add_backends(args.weights);
  }

  std::size_t pick(const BalancingRequest& request) override {
    forget_the_stale(request.now);
    return scores_.choose();
  }

  bool heeds_weights() const override { return true; }

 private:
  struct Backend {
    double estimate = 0;                     ///< Nanoseconds.
    sim::Duration answered{};                ///< When the last response came.
    bool cold = true;                        ///< The estimate is worth nothing.
    bool fresh = false;                      ///< Is in fresh_, not in others_.
    bool in_rotation = false;                ///< Could be picked when last looked at.
    std::list<std::size_t>::iterator place;  ///< In fresh_ or others_.
  };

  /// Above every score of a backend that is not cold: latency < 2^63 ns, outstanding < 2^32, weight
  /// > 2^-800.
  static constexpr double cold_and_busy = 0x1p900;

  void on_added(std::size_t index) override {
    scores_.add();
    backends_.push_back({.place = others_.insert(others_.end(), index)});
    on_changed(index);
  }

  void on_changed(std::size_t index) override {
    Backend& backend = backends_[index];
    const bool comes_back = can_be_picked(index) && !backend.in_rotation;
    backend.in_rotation = can_be_picked(index);
    if (comes_back) {
      backend.cold = true;
      leave_fresh(index);
    }
    update_score(index);
  }

  void on_started(std::size_t index) override {
    scores_.take_turn(index, weight(index));
    update_score(index);
  }

  void on_finished(std::size_t index, sim::Duration latency, bool ok, sim::Duration now) override {
    Backend& backend = backends_[index];
    const sim::Duration counted = ok ? latency : std::max(latency, params_.failure_latency);
    const auto sample = static_cast<double>(counted.count());
    const double kept = backend.cold ? 0 : share_kept(now - backend.answered);
    backend.estimate = backend.estimate * kept + sample * (1 - kept);
    backend.answered = now;
    backend.cold = false;
    fresh_.splice(fresh_.end(), backend.fresh ? fresh_ : others_, backend.place);
    backend.fresh = true;
    update_score(index);
  }

  void update_score(std::size_t index) {
    if (can_be_picked(index)) {
      scores_.set(index, score(index));
    } else {
      scores_.erase(index);
    }
  }

  double score(std::size_t index) const {
    const Backend& backend = backends_[index];
    const auto requests = static_cast<double>(outstanding(index));
    if (!backend.cold) return backend.estimate * (requests + 1) / weight(index);
    return requests == 0 ? 0 : cold_and_busy * (requests + 1) / weight(index);
  }

  /// e^(-span / decay).
  double share_kept(sim::Duration span) const {
    constexpr double log2_e = 1.44269504088896340736;
    const double decays =
        static_cast<double>(span.count()) / static_cast<double>(params_.decay.count());
    return decays > 100 ? 0 : power_of_two(-decays * log2_e);
  }

  void leave_fresh(std::size_t index) {
    Backend& backend = backends_[index];
    if (backend.fresh) others_.splice(others_.end(), fresh_, backend.place);
    backend.fresh = false;
  }

  /// A busy backend that is stale keeps its estimate, and is fresh again with its next response.
  void forget_the_stale(sim::Duration now) {
    while (!fresh_.empty() && now - backends_[fresh_.front()].answered >= params_.stale_after) {
      const std::size_t index = fresh_.front();
      leave_fresh(index);
      if (outstanding(index) == 0) {
        backends_[index].cold = true;
        update_score(index);
      }
    }
  }

  LeastResponseTimeParams params_;  ///< Parameters.
  std::vector<Backend> backends_;   ///< State.
  std::list<std::size_t>
      fresh_;  ///< Backends that answered, by the time of their last response. State.
  std::list<std::size_t> others_;  ///< The list nodes of all other backends, kept for reuse.
  LeastScore scores_;              ///< Of the backends that can be picked. State.
};

const sim::Registration<BalancingPolicy, LeastResponseTime, LeastResponseTimeParams> registered{
    {.name = "least_response_time",
     .title = "Least response time (EWMA)",
     .summary = "The backend with the least product of its mean latency, weighted by age, and its "
                "requests outstanding "
                "plus one.",
     .source = "Twitter Finagle, PeakEwma, without its jump to a latency above the estimate",
     .does_not_model =
         "knowledge that arrives late; herds of balancers that follow the same estimate"}};

}  // namespace
}  // namespace faultline::models
