/// What each of many closed users costs.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "sim/scenario/run.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// Memory of this process that is in use, in bytes.
double resident_bytes() {
  double all = 0;
  double resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

TEST(SlowClientsMemory, AThinkingUserCostsLessThan500Bytes) {
  if (sanitized || resident_bytes() == 0) GTEST_SKIP() << "no true figure of memory here";
  // 100,000 users who think for 10 s on average: after 10 s each has asked once or more, and few of
  // them wait at any time.
  const auto spec = tests::spec_of(tests::scenario(R"json(
      "users": {"type": "clients", "users": 100000, "think_time": "exponential(10s)", "target": "db"},
      "db": {"type": "database", "service_time": "1ms"})json",
                                                   "20s"));
  sim::Problems problems;
  sim::Run run(spec, 1, 0, problems);
  ASSERT_TRUE(problems.empty());
  const double before = resident_bytes();
  run.run_until(sim::Time(std::chrono::seconds(10)));
  const double after_one = resident_bytes();
  EXPECT_LT(after_one - before, 500.0 * 100'000);
  // And time does not add to it.
  run.run_to_end();
  EXPECT_LT(resident_bytes() - after_one, 20.0 * 100'000);
  EXPECT_GT(run.result().requests.counts.ok, 150'000u);
}

}  // namespace
}  // namespace faultline
