#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::errors_of;
using tests::machine;
using tests::scalar_of;
using tests::serve_burst;

/// Two of 4 MiB fit into 10 MiB; the third kills the process, which takes the others with it. It is
/// back after the restart delay.
TEST(AllocateStep, WithoutMemoryTheProcessIsKilled) {
  const std::string steps = R"json("allocate(4MiB)", "sleep(10ms)")json";
  const auto killed = serve_burst(
      3, machine(R"("memory": "10MiB", "restart_delay": "100ms")") +
             R"json("concurrency": "threads(memory_per_thread=0B)", )json" + default_steps(steps));
  EXPECT_EQ(errors_of(killed.requests.counts, "reset"), 3u);
  EXPECT_EQ(scalar_of(killed, "app", "out_of_memory_kills"), 1);
  const auto fits = serve_burst(
      2, machine(R"("memory": "10MiB")") +
             R"json("concurrency": "threads(memory_per_thread=0B)", )json" + default_steps(steps));
  EXPECT_EQ(fits.requests.counts.ok, 2u);
  EXPECT_EQ(scalar_of(fits, "app", "memory_max_bytes"), 8 << 20);
}

/// What a request allocated is given back when it ends: a hundred after each other fit.
TEST(AllocateStep, MemoryComesBack) {
  const auto result = tests::run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
      "app": {"type": "app_server", "workers": 1, "machine": {"memory": "10MiB"}, "endpoints": {"default": ["allocate(4MiB)", "cpu(1ms)"]}})json",
      "10s"));
  EXPECT_EQ(result.requests.counts.fail, 0u);
  EXPECT_EQ(scalar_of(result, "app", "out_of_memory_kills"), 0);
}

}  // namespace
}  // namespace faultline
