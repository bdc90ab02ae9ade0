/// `cpu(exponential(4ms))`: works on a core.
/// Does not model: what the work is; it is time on one core of this server.
#include "models/serving/step.hpp"

namespace faultline::models {
namespace {

struct CpuParams {
  sim::RandomDuration time;

  static void describe(sim::ParamList<CpuParams>& list) {
    list.add("time", &CpuParams::time, "Time on a core").required();
  }
};

class CpuStep final : public Step {
 public:
  CpuStep(const CpuParams& params, const StepContext& context)
      : host_(context.host), time_(params.time, context.build, context.path) {}

  sim::Task<sim::Reply> run(Job& job, const sim::Request&) override {
    co_await host_.use(job, time_.draw());
    co_return sim::Reply::ok();
  }
  ServiceTime* plain_cpu() override { return &time_; }

 private:
  Host& host_;
  ServiceTime time_;
};

const sim::Registration<Step, CpuStep, CpuParams> registered{
    {.name = "cpu",
     .title = "CPU work",
     .summary =
         "Takes time on a core: waits for one when the server's cores are limited and all busy.",
     .does_not_model = "what the work is"}};

}  // namespace
}  // namespace faultline::models
