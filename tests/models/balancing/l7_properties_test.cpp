/// Random balancers over random backends that err, hang, crash and come back. Whatever is combined:
/// no request is lost or doubled, nothing is picked that may not be (the pool asserts it), no more
/// are ejected than may be, and the same seed gives the same run.
#include <gtest/gtest.h>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "sim/registry/registry.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using models::BalancingPolicy;
using models::SplitMixSource;

/// One of the texts, by lot.
std::string any(SplitMixSource& chance, const std::vector<std::string>& texts) {
  return texts[chance.below(texts.size())];
}

std::string random_balancer(SplitMixSource& chance) {
  std::string policy = any(chance, sim::TypeCatalogue::instance().names(BalancingPolicy::kind));
  if (policy == "maglev") policy = "maglev(table_size=251)";
  models::SplitMixSource none(1);
  const bool by_weight =
      sim::Choice<BalancingPolicy>(policy).make({.weights = {}, .random = none})->heeds_weights();
  std::string text = fmt::format(
      R"json("lb": {{"type": "l7_balancer", "replicas": 3, "zones": ["a", "b", "c"], "policy": "{}",
          "backends": ["well", "ill", "dying"])json",
      policy);
  const std::vector<std::string> features = {
      R"json("sticky": {"ttl": "2s", "entries": 20})json",
      R"json("outlier": {"interval": "200ms", "base_ejection": "300ms", "max_ejected": "40%", "success_rate_requests": 5})json",
      R"json("health_check": {"interval": "100ms", "timeout": "20ms"})json",
      R"json("health_check": {"interval": "100ms", "timeout": "20ms", "endpoint": "default"})json",
      R"json("priorities": {"well": 1, "dying[2]": 3})json",
      R"json("zone_aware": {"min_backends": 2})json",
      R"json("subset": 4)json",
      R"json("panic_threshold": "30%")json",
      R"json("panic_threshold": "90%")json",
      R"json("weights": {"ill": 0.5, "well[1]": 0})json",
      R"json("timeout": "30ms", "retry": "fixed(base=5ms, attempts=3)")json",
      R"json("hedge": "fixed_delay(5ms)")json",
      R"json("fail_timeout": "200ms")json",
      R"json("max_fails": 0)json",
      R"json("tries": 2)json",
      R"json("routes": [{"keys_below": 300, "backends": ["dying", "well"]}, {"share": "30%", "backends": ["ill"], "policy": "random"}])json"};
  std::set<std::string> taken;
  if (by_weight && chance.below(2) == 0) {
    text += R"json(, "slow_start": {"window": "500ms"})json";
  }
  for (std::uint64_t count = chance.below(7); count > 0; --count) {
    const std::string feature = any(chance, features);
    if (!taken.insert(feature.substr(0, feature.find(':'))).second) continue;
    text += ", " + feature;
  }
  return text + "},";
}

std::string random_system(std::uint64_t seed) {
  SplitMixSource chance(seed);
  std::string nodes =
      R"json("users": {"type": "clients", "arrivals": "poisson(400/s)", "target": "lb", "addresses": 50,
                "keys": "uniform(1000)", "reads": "80%", "timeout": "200ms", "zone": "a"},)json";
  nodes += random_balancer(chance);
  nodes += R"json(
      "well": {"type": "app_server", "replicas": 4, "zones": ["a", "b", "c"], "workers": 4, "queue_limit": 5,
               "endpoints": {"default": ["sleep(exponential(3ms))"]}},
      "ill": {"type": "app_server", "replicas": 2, "zones": ["b", "c"],
              "endpoints": {"default": ["sleep(1ms)", "fail(50%)"]}},
      "dying": {"type": "app_server", "replicas": 3, "zones": ["a", "c"],
                "endpoints": {"default": ["sleep(exponential(5ms))"]}})json";
  std::string faults;
  for (std::uint64_t count = chance.below(6); count > 0; --count) {
    if (!faults.empty()) faults += ", ";
    faults += fmt::format(R"json({{"at": "{}ms", "for": "{}ms", "fault": "{}"}})json",
                          100 + chance.below(3000), 50 + chance.below(2000),
                          any(chance, {"crash(dying)", "crash(dying[0])", "crash(dying[1])",
                                       "crash(well[0])", "crash(lb[1])", "crash(ill)"}));
  }
  return tests::scenario(
      nodes, "4s", R"json("zones": {"a": {}, "b": {}, "c": {}}, "faults": [)json" + faults + "]");
}

TEST(L7Properties, RandomBalancersLoseNothingAndPickNobodyTheyMayNot) {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    const std::string text = random_system(seed);
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, text));
    const sim::Result result = tests::run_checked(text);
    EXPECT_GT(result.requests.counts.ok, 0u);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(L7Properties, TheSameSeedGivesTheSameRun) {
  for (std::uint64_t seed = 201; seed <= 210; ++seed) {
    const std::string text = random_system(seed);
    const sim::Result one = tests::run_text(text);
    const sim::Result two = tests::run_text(text);
    EXPECT_EQ(one.order_digest, two.order_digest) << seed;
    EXPECT_EQ(one.results_digest, two.results_digest) << seed;
  }
}

}  // namespace
}  // namespace faultline
