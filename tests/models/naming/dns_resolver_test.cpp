#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Ten requests a second, each of another host, so that no host remembers anything.
std::string behind(const std::string& resolver, const std::string& duration,
                   const std::string& rest = "", const std::string& ttl = "1s") {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "resolver",
                 "resolver": {{"cache": false, "tries": 1, "timeout": "1s"}}}},
      "resolver": {{"type": "dns_resolver", "upstream": "dns"{}}},
      "dns": {{"type": "dns", "records": ["app"], "ttl": "{}"}},
      "app": {{"type": "app_server", "endpoints": {{"default": []}}}})json",
                              resolver, ttl),
                  duration, R"("network": {"default_latency": "0s"})" + rest);
}

TEST(DnsResolver, RemembersForAll) {
  // Fetched at 0.1 s, 1.1 s and 2.1 s.
  const auto result = run_checked(behind("", "3050ms"));
  EXPECT_EQ(result.requests.counts.ok, 30u);
  EXPECT_EQ(received(result, "resolver"), 30u);
  EXPECT_EQ(received(result, "dns"), 3u);
  EXPECT_EQ(scalar_of(result, "resolver", "hits"), 27);
}

TEST(DnsResolver, EachOfSeveralHasAMemoryOfItsOwn) {
  const auto result = run_checked(behind(R"(, "replicas": 4)", "30s", "", "1h"));
  EXPECT_EQ(received(result, "dns"), 4u);
}

TEST(DnsResolver, HandsOnWhatIsLeftOfTheTimeToLive) {
  // The host asks at 0.1 s and remembers 1 s; another host asked the resolver never. Host and
  // resolver forget at the same moment, so the server is asked once a second, not once in two.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "resolver",
                "addresses": 5},
      "resolver": {"type": "dns_resolver", "upstream": "dns"},
      "dns": {"type": "dns", "records": ["app"], "ttl": "1s"},
      "app": {"type": "app_server", "endpoints": {"default": []}})json",
                                           "10050ms", R"("network": {"default_latency": "0s"})"));
  EXPECT_EQ(received(result, "dns"), 10u);
}

TEST(DnsResolver, KeepsAnswersAsLongAsItIsTold) {
  EXPECT_EQ(received(run_checked(behind(R"(, "ttl_min": "10s")", "5050ms")), "dns"), 1u);
  EXPECT_EQ(received(run_checked(behind(R"(, "ttl_max": "1s")", "5050ms", "", "1h")), "dns"), 5u);
}

const std::string dead_server = R"json(, "faults": [{"at": "1500ms", "fault": "crash(dns)"}])json";

TEST(DnsResolver, FailsWhenNobodyAnswers) {
  // Good up to 2.1 s (fetched at 1.1 s). Then it asks twice, 100 ms each, and remembers for 5 s
  // that nobody answered: requests fail at once.
  const auto result = run_checked(behind(R"(, "timeout": "100ms")", "4050ms", dead_server));
  EXPECT_EQ(result.requests.counts.ok, 20u);
  EXPECT_EQ(errors_of(result.requests.counts, "unresolved"), 20u);
  EXPECT_EQ(scalar_of(result, "resolver", "failures"), 1);
}

TEST(DnsResolver, ServesStaleAnswers) {
  const auto result =
      run_checked(behind(R"(, "timeout": "100ms", "serve_stale": "1h")", "4050ms", dead_server));
  EXPECT_EQ(result.requests.counts.ok, 40u);
  EXPECT_EQ(scalar_of(result, "resolver", "stale_answers"), 20);
}

TEST(DnsResolver, ASecondOneIsAskedWhenTheFirstIsDead) {
  // Of two resolvers one is dead: hosts whose first choice it is wait a second for it in vain and
  // ask the other.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "resolver",
                "resolver": {"timeout": "1s"}},
      "resolver": {"type": "dns_resolver", "upstream": "dns", "replicas": 2},
      "dns": {"type": "dns", "records": ["app"]},
      "app": {"type": "app_server", "endpoints": {"default": []}})json",
                                           "30s",
                                           R"json("network": {"default_latency": "0s"},
      "faults": [{"at": "0s", "fault": "crash(resolver[0])"}])json"));
  EXPECT_EQ(result.requests.counts.fail, 0u);
  EXPECT_EQ(result.requests.latency.max(), 1000 * tests::millisecond);
}

TEST(DnsResolver, AsksOnlyNameServers) {
  EXPECT_EQ(tests::problems_of(scenario(R"json(
      "resolver": {"type": "dns_resolver", "upstream": "app"},
      "app": {"type": "app_server", "endpoints": {"default": []}})json",
                                        "1s")),
            "nodes.resolver.upstream: \"app\" is no name\n");
}

}  // namespace
}  // namespace faultline
