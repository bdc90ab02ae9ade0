/// Round trips through a network by a table of latencies.
#pragma once

#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline::tests {

/// One user at `from` asks a store at `to` that answers at once: there and back, in nanoseconds.
inline std::int64_t round_trip(const std::string& latencies, const std::string& from,
                               const std::string& to, const std::string& zones) {
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "zone": ")json" +
          from + R"("}, "db": {"type": "database", "service_time": "0s", "zone": ")" + to + R"("})",
      "2s", R"("zones": )" + zones + R"(, "network": {"latencies": )" + latencies + "}"));
  EXPECT_EQ(result.requests.latency.min(), result.requests.latency.max());
  return result.requests.latency.min();
}

}  // namespace faultline::tests
