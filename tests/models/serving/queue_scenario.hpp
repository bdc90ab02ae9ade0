/// A server with one queue, for the tests of those who have to do with it.
#pragma once

#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline::tests {

/// `count` requests at 1 s to an app with the queue `q` and these endpoints.
inline sim::Result run_queue(int count, const std::string& queue, const std::string& endpoints,
                             const std::string& rest = "", const std::string& until = "1900ms",
                             const std::string& more = "") {
  return run_checked(scenario(
      burst(count, "app") +
          fmt::format(
              R"("app": {{"type": "app_server", "queues": {{"q": {{{}}}}}, "endpoints": {{{}}}}}{})",
              queue, endpoints, more),
      until, rest));
}

}  // namespace faultline::tests
