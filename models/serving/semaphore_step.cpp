/// `semaphore`: permits around steps, so that only so many do them at a time.
///
///   request --> { enough permits free? } --yes--> steps --> permits given back
///                         '--no--> waits, first come, first served
///
/// Rule: nobody overtakes: one that wants many permits is not passed by others that want few.
/// Does not model: see models/serving/locks.hpp; permits that another job gives back than took
/// them.
#include "models/serving/locks.hpp"

namespace faultline::models {
namespace {

struct SemaphoreParams {
  LockUse use;
  std::optional<std::int64_t> permits;
  std::int64_t take = 1;

  static void describe(sim::ParamList<SemaphoreParams>& list) {
    list.include(&SemaphoreParams::use);
    list.add("permits", &SemaphoreParams::permits,
             "How many there are; without it, as another step says, else 1")
        .between(1, 1'000'000'000);
    list.add("take", &SemaphoreParams::take, "How many this step takes").between(1, 1'000'000'000);
  }
  static void check(const SemaphoreParams& params, const sim::Path& path, sim::Problems& problems) {
    LockUse::check(params.use, path, problems);
    if (params.permits && params.take > *params.permits) {
      problems.add(path / "take", "expected at most the " + std::to_string(*params.permits) +
                                      " of `permits`, got " + std::to_string(params.take));
    }
  }
};

class SemaphoreStep final : public Step {
 public:
  SemaphoreStep(const SemaphoreParams& params, const StepContext& context)
      : lock_(context.host.part<Locks>().lock(
            params.use, {.step = "semaphore", .permits = params.permits}, context)),
        timeout_(params.use.timeout),
        take_(params.take),
        steps_(params.use.steps, context) {}

  sim::Task<sim::Reply> run(Job& job, const sim::Request& request) override {
    const Locks::Wait::Claim claim{.key = request.key,
                                   .units = std::min(take_, lock_.permits()),
                                   .timeout = timeout_,
                                   .deadline = request.deadline};
    Locks::Wait wait(lock_, job, claim);
    const Locks::Hold held = co_await wait;
    job.woken_by(Job::Wake::inside);
    if (!held) co_return sim::Reply::fail(held.why());
    co_return co_await steps_.run(job, request);
  }
  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    steps_.certain_calls(out);
  }

 private:
  Locks::Lock& lock_;
  std::optional<sim::Duration> timeout_;
  std::int64_t take_;
  StepList steps_;
};

const sim::Registration<Step, SemaphoreStep, SemaphoreParams> registered{
    {.name = "semaphore",
     .title = "Semaphore",
     .summary = "Steps that only so many of the server's jobs do at a time, as there are permits.",
     .source = "Dijkstra, Cooperating sequential processes, EWD 123, 1965; Java SE, "
               "java.util.concurrent.Semaphore (fair)",
     .does_not_model = "the time of taking a free permit, permits that another job gives back than "
                       "took them",
     .example =
         R"json({"type": "semaphore", "name": "reports", "permits": 3, "timeout": "0s", "steps": ["cpu(50ms)"]})json"}};

}  // namespace
}  // namespace faultline::models
