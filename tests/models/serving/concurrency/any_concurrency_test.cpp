/// What holds under every model of concurrency, on every machine, whatever befalls the server.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "tests/models/serving/concurrency/server_burst.hpp"
#include "tests/scenario_runner.hpp"

namespace faultline {
namespace {

const char* const concurrencies[] = {
    R"json("threads(size=12)")json",
    R"("threads")",
    R"json("event_loop(loops=2)")json",
    R"json("event_loop(blocking_threads=0)")json",
    R"("coroutines")",
    R"({"type": "coroutines", "threads": 3, "blocking_threads": 0, "slice": "2ms"})",
    R"({"type": "actors", "actors": 20, "mailbox_limit": 5, "restarts_max": 8})",
    R"({"type": "actors", "routing": "smallest_mailbox", "blocking_threads": 2, "slice": "1ms"})",
};
const char* const machines[] = {
    R"("disk": {})",
    R"("cores": 2, "disk": {}, "memory": "1GiB", "restart_delay": "300ms")",
    R"("cores": 3, "scheduling": "round_robin", "quantum": "1ms", "disk": {},
       "heap": {"size": "60MB", "live": "20MB", "allocation_per_request": "100kB",
                "leak_per_request": "5kB"})",
    R"("cores": 2, "scheduling": "processor_sharing", "disk": {}, "heap": {"size": "60MB",
       "live": "20MB", "allocation_per_request": "200kB", "collector": "concurrent"})",
};

class AnyConcurrency : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  static std::string troubled(const char* concurrency, const char* machine) {
    return tests::scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "poisson(150/s)", "target": "app", "timeout": "400ms",
                 "mix": [{{"endpoint": "a", "weight": 5}}, {{"endpoint": "b"}}, {{"endpoint": "c"}}]}},
      "app": {{"type": "app_server", "concurrency": {}, "machine": {{{}}}, "endpoints": {{
        "a": ["cpu(exponential(3ms))", "call(store)", "cpu(exponential(1ms))", "fail(2%)"],
        "b": ["disk_read(64kB)", {{"type": "parallel", "steps": ["cpu(2ms)", "call(store)",
              {{"type": "sleep", "time": "4ms", "blocking": true}}, "disk_write(4kB)"]}}, "cpu(1ms)"],
        "c": ["allocate(300kB)", "cpu(20ms)", {{"type": "call", "target": "store", "blocking": true}}],
        "default": []}}}},
      "store": {{"type": "database", "connections": 4, "service_time": "exponential(5ms)"}})json",
                                       concurrency, machine),
                           "20s",
                           R"json("faults": [{"at": "3s", "for": "500ms", "fault": "crash(app)"},
                  {"at": "6s", "for": "700ms", "fault": "pause(app)"},
                  {"at": "9s", "for": "2s", "fault": "slow(app, factor=4)"},
                  {"at": "12s", "for": "1s", "fault": "pause(app)"},
                  {"at": "12500ms", "for": "1s", "fault": "crash(app)"}])json");
  }
};

/// Every request ends once and is counted once; the server works after each trouble; and the same
/// file gives the same run.
TEST_P(AnyConcurrency, SurvivesCrashesPausesAndSlowness) {
  const std::string text = troubled(std::get<0>(GetParam()), std::get<1>(GetParam()));
  const sim::Result first = tests::run_checked(text);
  const sim::Result second = tests::run_checked(text);
  EXPECT_EQ(first.order_digest, second.order_digest);
  EXPECT_EQ(first.results_digest, second.results_digest);
  EXPECT_GT(first.requests.counts.ok, 400u);
  EXPECT_GT(tests::errors_of(first.requests.counts, "refused"), 0u);
}

/// Nothing is left behind: when the last request has ended there is no job, and no memory of one.
TEST_P(AnyConcurrency, IsEmptyWhenAllIsDone) {
  const sim::Result result = tests::run_checked(
      tests::scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "poisson(200/s)", "target": "app",
                 "profile": "piecewise(times=[0s, 2s, 2001ms], factors=[1, 1, 0])"}},
      "app": {{"type": "app_server", "concurrency": {}, "machine": {{{}}}, "endpoints": {{"default": [
        "allocate(20kB)", "cpu(exponential(2ms))", {{"type": "parallel", "steps": ["cpu(1ms)", "sleep(3ms)"]}},
        "disk_read(4kB)"]}}}})json",
                                  std::get<0>(GetParam()), std::get<1>(GetParam())),
                      "30s"));
  EXPECT_GT(result.requests.counts.ok, 100u);
  EXPECT_EQ(result.requests.counts.in_flight, 0u);
}

INSTANTIATE_TEST_SUITE_P(Servers, AnyConcurrency,
                         testing::Combine(testing::ValuesIn(concurrencies),
                                          testing::ValuesIn(machines)));

}  // namespace
}  // namespace faultline
