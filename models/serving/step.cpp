#include "models/serving/step.hpp"

#include <fmt/format.h>

namespace faultline::models {

const StepList& Step::expand() {
  SIM_ASSERT(is_plain_list());
  static const StepList nothing;
  return nothing;
}

StepList::StepList(const std::vector<StepChoice>& steps, const StepContext& context)
    : host_(&context.host) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const StepContext own{context.build, context.host, fmt::format("{}[{}]", context.path, i)};
    std::unique_ptr<Step> step = steps[i].make(own);
    Entry entry{nullptr, step->plain_cpu(), step->plain_call(), step->is_plain_list()};
    entry.step = std::move(step);
    steps_.push_back(std::move(entry));
  }
}

sim::Task<sim::Reply> StepList::run(Job& job, const sim::Request& request) const {
  sim::Reply reply;
  for (const Entry& entry : steps_) {
    const bool effect_before = reply.effect;
    reply = co_await entry.step->run(job, request);
    reply = reply.after(effect_before, request);
    if (job.number() != 0) co_await host_->back(job);
    if (!reply.is_ok()) break;
  }
  co_return reply;
}

void StepList::certain_calls(std::vector<sim::CertainCall>& out) const {
  for (const Entry& entry : steps_) entry.step->certain_calls(out);
}

}  // namespace faultline::models
