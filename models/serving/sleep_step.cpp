/// `sleep(5ms)`: lets time pass without a core; a thread is held.
#include "models/serving/step.hpp"
#include "sim/kernel/delay.hpp"

namespace faultline::models {
namespace {

struct SleepParams {
  sim::RandomDuration time;
  bool blocking = false;

  static void describe(sim::ParamList<SleepParams>& list) {
    list.add("time", &SleepParams::time, "How long").required();
    list.add("blocking", &SleepParams::blocking,
             "Whether the thread it runs on is blocked, as by a library that knows no other way");
  }
};

class SleepStep final : public Step {
 public:
  SleepStep(const SleepParams& params, const StepContext& context)
      : host_(context.host),
        time_(params.time, context.build, context.path),
        blocking_(params.blocking) {}

  sim::Task<sim::Reply> run(Job& job, const sim::Request&) override {
    const ServiceTime::Draw time = time_.next();
    if (blocking_) {
      co_await host_.block(job);
      co_await sim::delay(time.duration, time.lane);
      host_.unblock(job);
    } else {
      co_await sim::delay(time.duration, time.lane);
      job.woken_by(Job::Wake::timer);
    }
    co_return sim::Reply::ok();
  }

 private:
  Host& host_;
  ServiceTime time_;
  bool blocking_;
};

const sim::Registration<Step, SleepStep, SleepParams> registered{
    {.name = "sleep",
     .title = "Sleep",
     .summary = "Lets time pass without a core; a thread is held. A call to something outside "
                "the model, or a timer."}};

}  // namespace
}  // namespace faultline::models
