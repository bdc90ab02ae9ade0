/// `sleep(5ms)`: lets time pass without a core; the worker is held.
#include "models/serving/step.hpp"
#include "sim/kernel/delay.hpp"

namespace faultline::models {
namespace {

struct SleepParams {
  sim::RandomDuration time;

  static void describe(sim::ParamList<SleepParams>& list) {
    list.add("time", &SleepParams::time, "How long").required();
  }
};

class SleepStep final : public Step {
 public:
  SleepStep(const SleepParams& params, const StepContext& context)
      : time_(params.time, context.build, context.path) {}

  sim::Task<sim::Reply> run(Job&, const sim::Request&) override {
    const ServiceTime::Draw time = time_.next();
    co_await sim::delay(time.duration, time.lane);
    co_return sim::Reply::ok();
  }

 private:
  ServiceTime time_;
};

const sim::Registration<Step, SleepStep, SleepParams> registered{
    {.name = "sleep",
     .title = "Sleep",
     .summary = "Lets time pass without a core; the worker is held. A call to something outside "
                "the model, or blocking I/O."}};

}  // namespace
}  // namespace faultline::models
