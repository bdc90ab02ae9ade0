/// Recorded traces as the load of a system.
#include "models/clients/trace_replay.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "models/algorithms/eviction/cache_trace.hpp"
#include "sim/kernel/run_error.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

class TraceReplayed : public testing::Test {
 protected:
  TraceReplayed() {
    folder_ = std::filesystem::temp_directory_path() /
              ("faultline_replay_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(folder_);
  }
  ~TraceReplayed() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return (folder_ / name).string();
  }
  /// A trace sent to a store that takes 1 ms.
  static std::string to_store(const std::string& trace, const std::string& duration,
                              const std::string& more = "") {
    return scenario(fmt::format(R"json(
        "users": {{"type": "clients", "target": "db", "trace": {}{}}},
        "db": {{"type": "database", "service_time": "1ms", "write_service_time": "2ms"}})json",
                                trace, more),
                    duration);
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(TraceReplayed, SendsAtItsOwnTimes) {
  const std::string trace = file("a.csv",
                                 "time,key,class,operation,size\n"
                                 "100.5,1,look,get,10\n"
                                 "100.5,2,look,get,10\n"
                                 "101,1,buy,set,10\n"
                                 "102.25,x,look,get,10\n");
  // From the first one on: at 0, 0, 0.5 and 1.75 s.
  const auto result = run_checked(to_store(fmt::format(R"({{"file": "{}"}})", trace), "1751001us"));
  EXPECT_EQ(result.requests.counts.ok, 4u);
  EXPECT_EQ(result.by_class.at("look").counts.sent, 3u);
  EXPECT_EQ(result.by_class.at("look").latency.max(), millisecond);
  EXPECT_EQ(result.by_class.at("buy").latency.max(), 2 * millisecond);
  EXPECT_EQ(run_checked(to_store(fmt::format(R"({{"file": "{}"}})", trace), "1749ms"))
                .requests.counts.sent,
            3u);
}

TEST_F(TraceReplayed, RunsFasterAndAgain) {
  const std::string trace = file("a.csv", "time_ms,key\n0,1\n1000,2\n2000,3\n");
  // Twice as fast: 0, 0.5, 1 s; then after the mean gap again: 1.5, 2, 2.5, and 3, 3.5, 4 s.
  const std::string three = fmt::format(R"({{"file": "{}", "speed": 2, "repeat": 3}})", trace);
  EXPECT_EQ(run_checked(to_store(three, "1200ms")).requests.counts.sent, 3u);
  EXPECT_EQ(run_checked(to_store(three, "1600ms")).requests.counts.sent, 4u);
  EXPECT_EQ(run_checked(to_store(three, "3900ms")).requests.counts.sent, 8u);
  EXPECT_EQ(run_checked(to_store(three, "60s")).requests.counts.sent, 9u);
}

TEST_F(TraceReplayed, CanFollowAnArrivalProcess) {
  const std::string trace = file("keys.txt", "1\n2\n3\n4\n5\n");
  const auto result = run_checked(to_store(
      fmt::format(R"json({{"file": "{}", "arrivals": "constant(10/s)", "repeat": 100}})json",
                  trace),
      "2050ms", R"json(, "profile": "constant(2)")json"));
  // 20 a second for 2.05 s: 41.
  EXPECT_NEAR(static_cast<double>(result.requests.counts.sent), 41, 1);
}

TEST_F(TraceReplayed, TakesFromTheMixWhatItDoesNotSay) {
  const std::string trace = file("a.csv", "time,key,class\n0,1,slow\n1,1,fast\n");
  const auto result = run_checked(to_store(fmt::format(R"({{"file": "{}"}})", trace), "3s",
                                           R"(, "mix": [{"endpoint": "slow", "reads": "0%"}])"));
  EXPECT_EQ(result.by_class.at("slow").latency.max(), 2 * millisecond);
  EXPECT_EQ(result.by_class.at("fast").latency.max(), millisecond);
}

std::string problems_of_trace(const std::string& trace, const std::string& more = "") {
  return tests::problems_of(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "target": "db", "trace": {}{}}},
      "db": {{"type": "database", "service_time": "1ms"}})json",
                                                 trace, more),
                                     "1s"));
}

TEST_F(TraceReplayed, SaysWhatIsWrongWithItsLine) {
  const auto problem = [this](const std::string& content, const std::string& name = "a.csv") {
    const std::string path = file(name, content);
    std::string text = problems_of_trace(fmt::format(R"({{"file": "{}"}})", path));
    // Without the folder, which differs between machines.
    if (const std::size_t at = text.find(path); at != std::string::npos)
      text.replace(at, path.size(), name);
    return text;
  };
  const std::string at = "nodes.users.trace.file: ";
  EXPECT_EQ(problem("time,key\n0,1\n2,1\n1,1\n"),
            at + "a.csv:4: expected a time not before that of the request before, got \"1\"; sort "
                 "the trace by time, or replay it with `arrivals`\n");
  EXPECT_EQ(problem("time,key\n-1,1\n"),
            at + "a.csv:2: expected a time, a number from 0 on, got \"-1\"\n");
  EXPECT_EQ(problem("time,key,op\n0,1,get\n0,1,jump\n"),
            at + "a.csv:3: expected an operation (get, set, delete or the like), got \"jump\"\n");
  EXPECT_EQ(problem("time,key,class\n0,1,a[0]\n"),
            at + "a.csv:2: expected the name of a class, of letters and digits, got \"a[0]\"\n");
  EXPECT_EQ(problem("time,key,class\n0,1\n"), at + "a.csv:2: expected at least 3 fields, got 2\n");
  EXPECT_EQ(problem("key,size\n1,1\n"),
            at + "a.csv:1: expected a column time among those named; replay it with `arrivals`, or "
                 "use a trace with times\n");
  EXPECT_EQ(problem("1\n2\n", "keys.txt"),
            at + "keys.txt: the trace has no times, only keys; replay it with `arrivals`, or use a "
                 "trace with times\n");
  EXPECT_EQ(problem("time,key\n"), at + "a.csv: the trace holds no request\n");
}

TEST_F(TraceReplayed, SaysWhatDoesNotGoTogether) {
  EXPECT_EQ(problems_of_trace(R"({"file": "no/such.csv"})"),
            "nodes.users.trace.file: file \"no/such.csv\": no such file; a relative name is looked "
            "for in the scenario's folder\n");
  EXPECT_EQ(problems_of_trace(R"({"file": "tests"})"),
            "nodes.users.trace.file: file \"tests\": not a regular file; a relative name is looked "
            "for in the scenario's folder\n");
  const std::string trace = fmt::format(R"({{"file": "{}"}})", file("a.csv", "time,key\n0,1\n"));
  EXPECT_EQ(
      problems_of_trace(trace, R"json(, "profile": "constant(2)")json"),
      "nodes.users.profile: a trace has its own times; give `trace.arrivals` for a profile to "
      "shape, or `trace.speed`\n");
  EXPECT_EQ(problems_of_trace(trace, R"(, "users": 3)"),
            "nodes.users: `users` and `trace` are given; give the one that says when requests "
            "come\n");
}

TEST_F(TraceReplayed, ThatChangedMeanwhileStopsTheRun) {
  const std::string path = file("a.csv", "time,key\n0,1\n1,1\n");
  const auto spec = tests::spec_of(to_store(fmt::format(R"({{"file": "{}"}})", path), "9s"));
  file("a.csv", "time,key\n0,1\n?,1\n");
  sim::Problems problems;
  EXPECT_THROW(sim::run_experiment(spec, {}, problems), sim::RunError);
}

/// A trace through an application with a cache aside misses as often as the cache alone.
void expect_same_misses(const std::string& file, const std::string& policy, std::int64_t capacity) {
  sim::Problems problems;
  const auto alone = models::run_cache_trace(
      {.file = file, .policies = policy, .capacity = std::to_string(capacity), .progress = {}},
      problems);
  ASSERT_EQ(alone.size(), 1u);
  const auto result = run_checked(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "target": "app", "trace": {{"file": "{}", "arrivals": "constant(1000/s)"}}}},
      "app": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cache_aside", "cache": "cache", "store": "db"}}]}}}},
      "cache": {{"type": "cache", "capacity": {}, "eviction": "{}"}},
      "db": {{"type": "database", "service_time": "0s"}})json",
                                                       file, capacity, policy),
                                           fmt::format("{}ms", alone[0].requests + 1)));
  EXPECT_EQ(result.requests.counts.ok, alone[0].requests);
  EXPECT_EQ(scalar_of(result, "cache", "misses"), static_cast<double>(alone[0].misses));
  EXPECT_EQ(scalar_of(result, "cache", "hits"), static_cast<double>(alone[0].hits));
}

TEST_F(TraceReplayed, MissesAsOftenAsTheCacheAlone) {
  std::string keys;
  for (int i = 0; i < 3000; ++i) keys += std::to_string(i * i % 97) + "\n";
  const std::string trace = file("keys.txt", keys);
  for (const char* policy : {"lru", "fifo", "sieve"}) expect_same_misses(trace, policy, 20);
}

TEST(SlowTraceReplayed, MissesOfRealTracesAreExact) {
  const std::string folder = std::string(FAULTLINE_SHARED_DATA) + "/cache/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no reference traces at " << folder;
  expect_same_misses(folder + "cloudPhysicsIO.txt.gz", "lru", 1000);
  expect_same_misses(folder + "cloudPhysicsIO.oracleGeneral.bin", "lru", 1000);
  expect_same_misses(folder + "lirs_multi1.txt.gz", "lru", 500);
  expect_same_misses(folder + "zipf_N10000_a0.8_n200000_s1.txt.gz", "lru", 1000);
}

}  // namespace
}  // namespace faultline
