/// Peak EWMA: of two backends drawn at random the one with the lower latency, sensitive to peaks,
/// times its requests outstanding.
///
/// Rule: a backend's cost is a mean of the latencies seen, weighted by age, that jumps at once to a
/// latency above it: after d without a response it has sunk to cost * e^(-d / decay); a response of
/// latency x makes it x if x is above that, else adds x * (1 - e^(-d / decay)).
/// Its load is cost * (outstanding + 1), the cost as it has sunk until the pick. One that is
/// unknown, or has sunk to nothing, is tried at once while it is idle and comes after all others
/// while it is not. Of `choices` different backends drawn at random the least loaded is picked, of
/// equals the first drawn. A failed request counts by its latency like any other, as in the source:
/// a backend that fails fast draws the traffic to it (least_response_time does not let it). Source:
/// Twitter Finagle, com.twitter.finagle.loadbalancer.PeakEwma over p2c; linkerd's default. Does not
/// model: weights; failure accrual.
#include <chrono>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/distinct_draws.hpp"
#include "models/algorithms/balancing/eligible_list.hpp"
#include "models/algorithms/portable_powers.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct PeakEwmaParams {
  sim::Duration decay = std::chrono::seconds(10);
  std::int64_t choices = 2;

  static void describe(sim::ParamList<PeakEwmaParams>& list) {
    list.add("decay", &PeakEwmaParams::decay,
             "Time over which a latency is forgotten (Finagle and linkerd: 10s)")
        .above(sim::Duration::zero());
    list.add("choices", &PeakEwmaParams::choices, "Different backends looked at for each pick")
        .unit("backends")
        .between(1, DistinctDraws::max);
  }
};

class PeakEwma final : public BalancingPolicy {
 public:
  PeakEwma(const PeakEwmaParams& params, const MakeArgs& args)
      : decay_(params.decay),
        choices_(static_cast<std::size_t>(params.choices)),
        random_(args.random) {
    add_backends(args.weights);
  }

  std::size_t pick(const BalancingRequest& request) override {
    std::size_t best = none;
    double least = 0;
    DistinctDraws::draw(std::min(choices_, members_.size()), members_.size(), random_,
                        [&](std::uint64_t rank) {
                          const std::size_t index = members_[rank];
                          const double load = load_of(index, request.now);
                          if (best != none && load >= least) return;
                          best = index;
                          least = load;
                        });
    return best;
  }

 private:
  struct Latency {
    double cost = 0;  ///< Nanoseconds, as of `known_at`.
    sim::Duration known_at{};
  };

  /// Above the load of every backend with a known cost: latency < 2^63 ns, outstanding < 2^32.
  static constexpr double unknown_and_busy = 0x1p100;
  /// A cost of less than a nanosecond is none.
  static constexpr double cost_min = 1;

  double load_of(std::size_t index, sim::Duration now) const {
    const Latency& latency = latencies_[index];
    const double cost = latency.cost * share_kept(now - latency.known_at);
    const auto requests = static_cast<double>(outstanding(index));
    if (cost < cost_min) return requests == 0 ? 0 : unknown_and_busy * requests;
    return cost * (requests + 1);
  }

  /// e^(-span / decay).
  double share_kept(sim::Duration span) const {
    constexpr double log2_e = 1.44269504088896340736;
    const double decays = static_cast<double>(span.count()) / static_cast<double>(decay_.count());
    return decays > 100 ? 0 : power_of_two(-decays * log2_e);
  }

  void on_added(std::size_t index) override {
    latencies_.emplace_back();
    on_changed(index);
  }
  void on_changed(std::size_t index) override { members_.set(index, can_be_picked(index)); }

  void on_finished(std::size_t index, sim::Duration taken, bool, sim::Duration now) override {
    Latency& latency = latencies_[index];
    const auto sample = static_cast<double>(taken.count());
    const double kept = share_kept(now - latency.known_at);
    const double sunk = latency.cost * kept;
    latency.cost = sample > sunk ? sample : sunk + sample * (1 - kept);
    latency.known_at = now;
  }

  sim::Duration decay_;             ///< Parameter.
  std::size_t choices_;             ///< Parameter.
  EligibleList members_;            ///< Backends that can be picked. State.
  std::vector<Latency> latencies_;  ///< By backend. State.
  RandomSource& random_;
};

const sim::Registration<BalancingPolicy, PeakEwma, PeakEwmaParams> registered{
    {.name = "peak_ewma",
     .title = "Peak EWMA",
     .summary = "Of two backends drawn at random the one with the lower product of its latency, a "
                "mean that jumps to peaks, and its requests outstanding plus one.",
     .source = "Twitter Finagle, PeakEwma over p2c; linkerd's default",
     .does_not_model = "weights; failure accrual: a backend that fails fast draws traffic"}};

}  // namespace
}  // namespace faultline::models
