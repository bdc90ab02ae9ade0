#include "models/resilience/caller.hpp"

namespace faultline::models {

Caller::Caller(const CallerParams& params, const sim::BuildContext& context,
               std::string_view purpose)
    : patience_(context.patience(params.timeout.value_or(sim::Duration(0)))),
      more_(params.more_than_wait() ? std::make_unique<Resilience>(params, context, purpose)
                                    : nullptr) {}

}  // namespace faultline::models
