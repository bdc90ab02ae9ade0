#include "models/resilience/caller_params.hpp"

namespace faultline::models {

void CallerParams::describe(sim::ParamList<CallerParams>& list) {
  list.add("timeout", &CallerParams::timeout,
           "How long it waits for the answer to one try; without it, for ever. Nobody is told")
      .above(sim::Duration(0));
  list.add("deadline", &CallerParams::deadline,
           "How long it waits in all, with all tries; whoever works on the call is told, and drops "
           "it when it is too late")
      .above(sim::Duration(0));
  list.add("retry", &CallerParams::retry, "How it tries again after a failure; without it, never");
  list.add("retry_budget", &CallerParams::retry_budget,
           "How many retries and hedges all its calls may make together; without it, any number");
  list.add("breaker", &CallerParams::breaker, "When it stops calling; without it, never");
  list.add("bulkhead", &CallerParams::bulkhead,
           "How many calls it has under way at once; without it, any number");
  list.add("hedge", &CallerParams::hedge,
           "When it sends a call once more and takes the first answer; without it, never");
  list.add("fallback", &CallerParams::fallback,
           "What it answers when all tries have failed; without it, the failure");
  list.add("idempotent", &CallerParams::idempotent,
           "Its writes may be done twice: they are tried again even if they may have taken effect, "
           "and hedged");
  list.add("connections", &CallerParams::connections,
           "What opening a connection costs, and how many there are; without it, one is always "
           "there");
}

void CallerParams::check(const CallerParams& params, const sim::Path& path,
                         sim::Problems& problems) {
  if (params.timeout && params.deadline && *params.timeout > *params.deadline) {
    problems.add(path / "timeout", "is above `deadline`, which ends the wait before");
  }
}

}  // namespace faultline::models
