/// What the tests of callers share: one caller, one callee, and what the caller counted.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline::tests {

/// Users who send `rate` requests a second, at even times, through a caller with the parameters
/// `caller` ("\"retry\": \"fixed\"") to "api", whose nodes are `others`.
inline std::string called(const std::string& caller, const std::string& others,
                          const std::string& duration, const std::string& rate = "10/s",
                          const std::string& reads = "100%", const std::string& rest = "") {
  return scenario(
      fmt::format(
          R"json("users": {{"type": "clients", "arrivals": "constant({})", "target": "api", "reads": "{}"{}{}}}, {})json",
          rate, reads, caller.empty() ? "" : ", ", caller, others),
      duration, R"("network": {"default_latency": "0s"})" + (rest.empty() ? "" : ", " + rest));
}

/// What the users' caller counted.
inline double counted(const sim::Result& result, const std::string& name) {
  return scalar_of(result, "users", name);
}

/// An api that answers after `time`.
inline std::string api_of(const std::string& time, const std::string& more = "") {
  return fmt::format(
      R"json("api": {{"type": "app_server", "endpoints": {{"default": ["sleep({})"]}}{}{}}})json",
      time, more.empty() ? "" : ", ", more);
}
/// An api that fails that share of its requests.
inline std::string failing_api(const std::string& share) {
  return fmt::format(
      R"json("api": {{"type": "app_server", "endpoints": {{"default": ["fail({})"]}}}})json",
      share);
}

}  // namespace faultline::tests
