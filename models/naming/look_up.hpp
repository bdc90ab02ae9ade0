/// Asking name servers until one answers, as a stub resolver does it.
#pragma once

#include <cstdint>
#include <vector>

#include "models/naming/name_server.hpp"
#include "sim/network/call.hpp"

namespace faultline::models {

/// How long an answer is waited for, and how often it is asked for.
struct LookUpRule {
  sim::Duration timeout = std::chrono::seconds(5);
  std::int64_t tries = 2;
};

/// What came of it: an answer, or none.
struct LookUp {
  bool answered = false;
  NameAnswer answer;
};

/// Asks `servers`, beginning with number `first`, one after the other. A server that is down says
/// nothing, and the time runs out; one that fails (its own question was not answered) is left for
/// the next at once. Ends at `until`. `basis`: on behalf of what request.
sim::Task<LookUp> look_up(sim::Node& asker, const std::vector<sim::Target>& servers,
                          std::size_t first, LookUpRule rule, sim::Request basis, sim::Time until);

}  // namespace faultline::models
