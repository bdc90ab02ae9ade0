#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// "c0": a read or a write of 10 ms, after `wait_ms`.
std::string claim(int number, const std::string& mode, int wait_ms, const std::string& more = "") {
  return fmt::format(
      R"json("c{}": ["sleep({}ms)", {{"type": "rw_lock", "name": "a", "mode": "{}", "steps": ["sleep(10ms)"]{}}}])json",
      number, wait_ms, mode, more);
}

sim::Result run_burst(const std::vector<std::string>& endpoints) {
  std::string all;
  for (const std::string& each : endpoints) all += (all.empty() ? "" : ", ") + each;
  return run_checked(scenario(burst(static_cast<int>(endpoints.size()), "app") +
                                  R"("app": {"type": "app_server", "endpoints": {)" + all + "}}",
                              "1900ms"));
}

TEST(RwLockStep, ReadersTogetherWritersAlone) {
  const auto readers = run_burst({claim(0, "read", 0), claim(1, "read", 0)});
  EXPECT_EQ(latency_of(readers, "c1"), 10 * millisecond);
  const auto writers = run_burst({claim(0, "write", 0), claim(1, "write", 0)});
  EXPECT_EQ(latency_of(writers, "c1"), 20 * millisecond);
  const auto both = run_burst({claim(0, "read", 0), claim(1, "write", 0)});
  EXPECT_EQ(latency_of(both, "c1"), 20 * millisecond);
}

/// A reader is there from 0 to 10 ms; a writer comes at 1 ms, another reader at 2 ms. When those
/// two are done.
std::pair<std::int64_t, std::int64_t> writer_and_late_reader(const std::string& preference) {
  const std::string more =
      preference.empty() ? "" : fmt::format(R"(, "preference": "{}")", preference);
  const auto result =
      run_burst({claim(0, "read", 0, more), claim(1, "write", 1, more), claim(2, "read", 2, more)});
  return {latency_of(result, "c1") / millisecond, latency_of(result, "c2") / millisecond};
}

TEST(RwLockStep, InFairOrderTheReaderWaitsForTheWriter) {
  EXPECT_EQ(writer_and_late_reader(""), (std::pair<std::int64_t, std::int64_t>{20, 30}));
  EXPECT_EQ(writer_and_late_reader("fair"), (std::pair<std::int64_t, std::int64_t>{20, 30}));
}

TEST(RwLockStep, ReadersThatGoFirstPassTheWriter) {
  // The second reader is in from 2 to 12 ms; the writer after it.
  EXPECT_EQ(writer_and_late_reader("readers"), (std::pair<std::int64_t, std::int64_t>{22, 12}));
}

TEST(RwLockStep, WritersThatGoFirstPassWaitingReaders) {
  // A writer to 10 ms; a reader waits from 1, a writer from 2 ms.
  for (const bool first : {false, true}) {
    const std::string more = first ? R"(, "preference": "writers")" : "";
    const auto result = run_burst(
        {claim(0, "write", 0, more), claim(1, "read", 1, more), claim(2, "write", 2, more)});
    EXPECT_EQ(latency_of(result, "c1"), (first ? 30 : 20) * millisecond);
    EXPECT_EQ(latency_of(result, "c2"), (first ? 20 : 30) * millisecond);
  }
}

TEST(RwLockStep, TakenAsTheRequestReadsOrWrites) {
  // Two requests that read share it, two that write do not.
  for (const bool writes : {false, true}) {
    const auto result = run_checked(scenario(
        burst(2, "app", [&](int) { return fmt::format(R"(, "reads": "{}%")", writes ? 0 : 100); }) +
            R"json("app": {"type": "app_server", "endpoints": {"default": [
                         {"type": "rw_lock", "name": "a", "steps": ["sleep(10ms)"]}]}})json",
        "1900ms"));
    EXPECT_EQ(latency_of(result, "c1"), (writes ? 20 : 10) * millisecond);
  }
}

TEST(RwLockStep, AReaderThatWantsToWriteWaitsForItself) {
  const auto result =
      run_burst({R"json("c0": [{"type": "rw_lock", "name": "a", "mode": "read", "steps": [
          {"type": "rw_lock", "name": "a", "mode": "write", "steps": ["sleep(1ms)"]}]}])json"});
  EXPECT_EQ(result.findings.kinds().at("deadlock").count, 1u);
  EXPECT_EQ(scalar_of(result, "app", "deadlocks"), 1);
}

TEST(RwLockStep, AReaderBehindAWriterThatWantsToReadAgainWaitsForItself) {
  // The known trap of fair locks: it reads, a writer waits for it, and its second read stands
  // behind that writer. With readers first there is no writer in the way.
  const auto deadlocks = [](const std::string& more) {
    const auto result = run_burst(
        {R"json("c0": [{"type": "rw_lock", "name": "a", "mode": "read", "steps": ["sleep(10ms)",
            {"type": "rw_lock", "name": "a", "mode": "read", "steps": ["sleep(1ms)"]}]}])json",
         claim(1, "write", 1, more)});
    return scalar_of(result, "app", "deadlocks");
  };
  EXPECT_EQ(deadlocks(""), 1);
  EXPECT_EQ(deadlocks(R"(, "preference": "readers")"), 0);
}

TEST(RwLockStep, AWriterThatGivesUpLetsTheReadersBehindItIn) {
  const auto result = run_burst(
      {claim(0, "read", 0), claim(1, "write", 1, R"(, "timeout": "4ms")"), claim(2, "read", 2)});
  EXPECT_EQ(errors_of(result.by_class.at("c1").counts, "timeout"), 1u);
  EXPECT_EQ(latency_of(result, "c2"), 15 * millisecond) << "in at 5 ms";
}

}  // namespace
}  // namespace faultline
