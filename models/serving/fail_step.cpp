/// `fail(1%)`: the application answers with an error, by lot.
#include "models/serving/step.hpp"

namespace faultline::models {
namespace {

struct FailParams {
  sim::Probability probability{1};

  static void describe(sim::ParamList<FailParams>& list) {
    list.add("probability", &FailParams::probability, "How likely")
        .between(sim::Probability{0}, sim::Probability{1});
  }
};

class FailStep final : public Step {
 public:
  FailStep(const FailParams& params, const StepContext& context)
      : probability_(params.probability.value), stream_(context.build.stream(context.path)) {}

  sim::Task<sim::Reply> run(Job&, const sim::Request&) override {
    co_return stream_.uniform() < probability_ ? sim::Reply::fail(sim::Reason::error)
                                               : sim::Reply::ok();
  }

 private:
  double probability_;
  sim::Stream stream_;
};

const sim::Registration<Step, FailStep, FailParams> registered{
    {.name = "fail",
     .title = "Fail",
     .summary = "Ends the request with an error, by lot; later steps are not run."}};

}  // namespace
}  // namespace faultline::models
