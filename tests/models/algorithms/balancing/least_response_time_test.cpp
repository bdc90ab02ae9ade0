#include <cmath>
#include <limits>

#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

using namespace std::chrono_literals;

/// A balancer whose backends have each answered once, at time `now`, after the latencies given.
Balancer warmed_up(const std::string& text, const std::vector<sim::Duration>& latencies,
                   sim::Duration now) {
  Balancer balancer(text, std::vector<double>(latencies.size(), 1));
  for (std::size_t index = 0; index < latencies.size(); ++index) {
    balancer.start(index);
    balancer.finish(index, latencies[index], now);
  }
  return balancer;
}

TEST(LeastResponseTime, TheProductOfLatencyAndRequestsIsLeast) {
  Balancer balancer = warmed_up("least_response_time(ties=first)", {30ms, 10ms, 25ms}, 1s);
  EXPECT_EQ(balancer.send(), 1u);  // 30 * 1, 10 * 1, 25 * 1
  EXPECT_EQ(balancer.send(), 1u);  // 10 * 2
  EXPECT_EQ(balancer.send(), 2u);  // 10 * 3 against 25 * 1
  EXPECT_EQ(balancer.send(), 0u);  // 30 * 1, 10 * 3 and 25 * 2: tied, the first
  EXPECT_EQ(balancer.send(), 1u);  // 30 * 2, 10 * 3 and 25 * 2
}

TEST(LeastResponseTime, ColdBackendsAreProbedWithOneRequestEach) {
  Balancer balancer("least_response_time", {1, 1, 1});
  balancer.start(0);
  balancer.finish(0, 500ms, 1s);   // 0 is warm and slow
  EXPECT_EQ(balancer.send(), 1u);  // cold and idle
  EXPECT_EQ(balancer.send(), 2u);  // cold and idle
  EXPECT_EQ(balancer.send(), 0u);  // 1 and 2 have their probe
  EXPECT_EQ(balancer.send(), 0u);
  balancer.finish(2, 10ms, 1s);
  EXPECT_EQ(balancer.send(), 2u);
}

TEST(LeastResponseTime, AllColdItIsLeastConnections) {
  Balancer balancer("least_response_time(ties=first)", {1, 1, 1});
  std::string picks;
  for (int request = 0; request < 9; ++request) picks += static_cast<char>('a' + balancer.send());
  EXPECT_EQ(picks, "abcabcabc");
}

/// a answered after 100 ms at 0 s, b answers after 10 ms every second. a is shunned until it is
/// stale, at 10 s.
TEST(LeastResponseTime, ABackendOnceSlowIsTriedAgainInTime) {
  Balancer balancer = warmed_up("least_response_time", {100ms, 10ms}, 0s);
  sim::Duration now{};
  while (balancer.pick(0, now) == 1) {
    now += 1s;
    ASSERT_LE(now, 10s);
    balancer.start(1);
    balancer.finish(1, 10ms, now);
  }
  EXPECT_EQ(now, 10s);
}

/// a hangs with one request. Stale or not, it stands with the estimate of 10 ms for an idle one, so
/// 20 ms for the next request; b with 15 ms takes them all.
TEST(LeastResponseTime, ABackendThatHangsDoesNotComeToLookFast) {
  Balancer balancer = warmed_up("least_response_time", {10ms, 15ms}, 0s);
  balancer.start(0);
  for (sim::Duration now{}; now < 100s; now += 1s) {
    EXPECT_EQ(balancer.pick(0, now), 1u);
    balancer.start(1);
    balancer.finish(1, 15ms, now);
  }
}

TEST(LeastResponseTime, ABackendThatComesBackIsCold) {
  Balancer balancer = warmed_up("least_response_time", {100ms, 10ms}, 1s);
  balancer->set_available(0, false);
  EXPECT_EQ(balancer.pick(0, 2s), 1u);
  balancer->set_available(0, true);
  EXPECT_EQ(balancer.send(0, 2s), 0u);  // Its one request.
  EXPECT_EQ(balancer.send(0, 2s), 1u);
}

/// Responses 1 s apart, decay 1 s: the second makes 100 ms / e + 10 ms * (1 - 1 / e) = 43.1 ms,
/// between 43 and 44 ms.
TEST(LeastResponseTime, TheEstimateFollowsTheDecay) {
  for (const auto& [rival, picked] : {std::pair{43ms, 1u}, {44ms, 0u}}) {
    Balancer balancer = warmed_up("least_response_time(decay=1s)", {100ms, rival}, 0s);
    balancer.start(0);
    balancer.finish(0, 10ms, 1s);
    EXPECT_EQ(balancer.pick(0, 1s), picked) << rival.count();
  }
}

TEST(LeastResponseTime, AFastFailureDrawsNoTraffic) {
  Balancer balancer = warmed_up("least_response_time", {10ms, 10ms}, 1s);
  balancer.start(0);
  balancer.fail(0, 0ms, 2s);
  for (int request = 0; request < 5; ++request) EXPECT_EQ(balancer.send(), 1u);
}

TEST(LeastResponseTime, UnlessFailuresAreToCountByTheirLatency) {
  Balancer balancer = warmed_up("least_response_time(failure_latency=0s)", {10ms, 10ms}, 1s);
  balancer.start(0);
  balancer.fail(0, 0ms, 2s);
  EXPECT_EQ(balancer.pick(), 0u);
}

TEST(LeastResponseTime, ABackendThatFailsItsFirstRequestFastIsNotColdAnyMore) {
  Balancer balancer("least_response_time", {1, 1});
  balancer.start(0);
  balancer.fail(0, 0ms, 1s);
  balancer.start(1);
  balancer.finish(1, 10ms, 1s);
  for (int request = 0; request < 5; ++request) EXPECT_EQ(balancer.send(), 1u);
}

TEST(LeastResponseTime, TheWeightDivides) {
  Balancer balancer("least_response_time", {1, 4});
  for (const std::size_t index : {0u, 1u}) balancer.start(index);
  balancer.finish(0, 10ms, 1s);
  balancer.finish(1, 30ms, 1s);
  EXPECT_EQ(balancer.send(), 1u);  // 10 / 1 against 30 / 4
  EXPECT_EQ(balancer.send(), 0u);  // 10 / 1 against 60 / 4
}

/// The definition, with the library's e^x.
class PlainLeastResponseTime : public ReferencePolicy {
 public:
  PlainLeastResponseTime(std::uint64_t seed, sim::Duration decay, sim::Duration stale_after)
      : ReferencePolicy(seed),
        decay_(static_cast<long double>(decay.count())),
        stale_after_(stale_after) {}

  std::size_t pick(const BalancingRequest& request) override {
    for (std::size_t index = 0; index < backends.size(); ++index) {
      const bool stale = request.now - estimates_[index].answered >= stale_after_;
      if (stale && backends[index].outstanding == 0) estimates_[index].cold = true;
    }
    std::size_t best = none;
    for (const std::size_t index : eligible()) {
      if (best == none || score(index) < score(best)) best = index;
    }
    return best;
  }
  /// The same, or as good up to rounding.
  bool agrees(std::size_t index, std::size_t expected) override {
    if (index == expected) return true;
    if (index == none || expected == none) return false;
    return backends[index].can_be_picked() && score(index) > 0 &&
           score(index) <= score(expected) * (1 + 1e-9L);
  }
  void finished(std::size_t index, sim::Duration latency, bool ok, sim::Duration now) override {
    Estimate& estimate = estimates_[index];
    const auto sample =
        static_cast<long double>((ok ? latency : std::max<sim::Duration>(latency, 1s)).count());
    const long double kept =
        std::exp(static_cast<long double>((estimate.answered - now).count()) / decay_);
    estimate.value = estimate.cold ? sample : estimate.value * kept + sample * (1 - kept);
    estimate.answered = now;
    estimate.cold = false;
  }
  void changed(std::size_t index) override {
    estimates_.resize(backends.size());
    Estimate& estimate = estimates_[index];
    if (backends[index].can_be_picked() && !estimate.in_rotation) estimate.cold = true;
    estimate.in_rotation = backends[index].can_be_picked();
  }

 private:
  struct Estimate {
    long double value = 0;
    sim::Duration answered{};
    bool cold = true;
    bool in_rotation = false;
  };
  long double score(std::size_t index) const {
    const Estimate& estimate = estimates_[index];
    const auto requests = static_cast<long double>(backends[index].outstanding);
    if (estimate.cold && requests == 0) return 0;
    return (estimate.cold ? 1e300L : estimate.value) * (requests + 1) / backends[index].weight;
  }
  long double decay_;
  sim::Duration stale_after_;
  std::vector<Estimate> estimates_;
};

TEST(LeastResponseTime, EqualsThePlainAlgorithm) {
  expect_same_picks<PlainLeastResponseTime>("least_response_time(ties=first)", {},
                                            sim::Duration(10s), sim::Duration(10s));
  expect_same_picks<PlainLeastResponseTime>(
      "least_response_time(decay=100ms, stale_after=300ms, ties=first)", {}, sim::Duration(100ms),
      sim::Duration(300ms));
}

}  // namespace
}  // namespace faultline::models::balancing_test
