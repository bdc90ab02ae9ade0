#include <gtest/gtest.h>

#include <iostream>

#include "sim/random/stream.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

/// Any of `words`.
std::string any(sim::Stream& luck, const std::vector<std::string>& words) {
  return words[luck.below(words.size())];
}

/// Members of "connections", any of those there are.
std::string random_connections(sim::Stream& luck) {
  std::string text = R"("tls": ")" + any(luck, {"none", "tls1.2", "tls1.3"}) + "\"";
  text += R"(, "streams": )" + any(luck, {"1", "2", "50"});
  text += R"(, "keep_alive": ")" + any(luck, {"0s", "20ms", "1s", "1h"}) + "\"";
  if (luck.below(2) == 0) {
    text += R"(, "max_connections": )" + any(luck, {"1", "3"});
    if (luck.below(2) == 0) text += R"(, "wait_timeout": "30ms")";
    if (luck.below(2) == 0) text += R"(, "queue_limit": 2)";
  }
  if (luck.below(3) == 0) text += R"(, "max_requests": )" + any(luck, {"1", "7"});
  if (luck.below(3) == 0) text += R"(, "connect_timeout": "10ms")";
  return text;
}

TEST(RandomConnections, LoseNothingWhateverCrashes) {
  // Requests through names, an L4 balancer, gateways and pools, while everything crashes now and
  // then: all are accounted for, at every node and for every class, at the end of each run.
  constexpr std::uint64_t seed = 20'240'611;
  std::cout << "seed " << seed << "\n";
  sim::Stream luck(seed, 0, "test", "connections");
  for (int round = 0; round < 40; ++round) {
    const std::string text = tests::scenario(
        fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "poisson(300/s)", "target": "resolver", "reads": "50%",
                 "addresses": 7, "timeout": "{}", "connections": {{{}}},
                 "resolver": {{"timeout": "20ms", "warm": true}}}},
      "resolver": {{"type": "dns_resolver", "replicas": 2, "upstream": "dns", "timeout": "10ms",
                    "failure_ttl": "50ms", "serve_stale": "100ms"}},
      "dns": {{"type": "dns", "records": ["lb"], "ttl": "200ms", "policy": "{}",
               "health_check": {{"interval": "50ms", "timeout": "10ms"}}}},
      "lb": {{"type": "l4_balancer", "replicas": 2, "backends": ["gate"], "policy": "{}", "reply": "{}",
              "idle_timeout": "{}", "service_time": "exponential(100us)",
              "drain": [{{"backend": "gate[0]", "at": "1s", "timeout": "200ms"}}]}},
      "gate": {{"type": "app_server", "replicas": 3, "endpoints": {{"default": [
                 "cpu(exponential(1ms))",
                 {{"type": "call", "target": "app", "timeout": "40ms", "connections": {{{}}}}}]}}}},
      "app": {{"type": "app_server", "workers": 3, "queue_limit": 20, "replicas": 2,
               "endpoints": {{"default": ["cpu(exponential(4ms))"]}}}})json",
                    any(luck, {"20ms", "100ms", "5s"}), random_connections(luck),
                    any(luck, {"round_robin", "weighted", "failover", "static"}),
                    any(luck, {"round_robin", "least_connections", "ip_hash", "maglev"}),
                    any(luck, {"proxy", "direct"}), any(luck, {"10ms", "1s", "1h"}),
                    random_connections(luck)),
        "3s",
        R"json("network": {"default_latency": "exponential(1ms)"}, "faults": [
          {"mtbf": "300ms", "mttr": "30ms", "fault": "crash(lb)"},
          {"mtbf": "200ms", "mttr": "20ms", "fault": "crash(gate)"},
          {"mtbf": "200ms", "mttr": "20ms", "fault": "crash(app)"},
          {"mtbf": "700ms", "mttr": "50ms", "fault": "crash(dns)"},
          {"mtbf": "700ms", "mttr": "50ms", "fault": "crash(resolver)"},
          {"mtbf": "1s", "mttr": "10ms", "fault": "crash(users)"}])json");
    const auto result = tests::run_checked(text);
    EXPECT_GT(result.requests.counts.ok, 0u) << text;
    if (testing::Test::HasFailure()) {
      ADD_FAILURE() << "round " << round << ": " << text;
      return;
    }
  }
}

}  // namespace
}  // namespace faultline
