#include "models/resilience/caller.hpp"

namespace faultline::models {

void CallerParams::describe(sim::ParamList<CallerParams>& list) {
  list.add("timeout", &CallerParams::timeout,
           "How long it waits for an answer; without it, for ever")
      .above(sim::Duration(0));
}

void CallerParams::check(const CallerParams&, const sim::Path&, sim::Problems&) {}

Caller::Caller(const CallerParams& params, const sim::BuildContext& context, std::string_view)
    : patience_(context.patience(params.timeout.value_or(sim::Duration(0)))) {}

}  // namespace faultline::models
