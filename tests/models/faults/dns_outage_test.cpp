#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

TEST(DnsOutage, NeedsANameServer) {
  EXPECT_EQ(tests::problems_of(tests::scenario(
                R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                "1s", R"json("faults": [{"at": "0s", "fault": "dns_outage(db)"}])json")),
            "faults[0].fault.node: \"db\" is no name server\n");
}

}  // namespace
}  // namespace faultline
