/// `semaphore`: permits around steps, so that only so many do them at a time.
///
///   request --> { enough permits free? } --yes--> steps --> permits given back
///                         '--no--> waits, first come, first served
///
/// Rule: nobody overtakes: one that wants many permits is not passed by others that want few.
/// Does not model: see models/serving/locks.hpp; permits that another job gives back than took
/// them.
#include <algorithm>

#include "models/serving/holding_step.hpp"

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
        .unit("permits")
        .between(1, 1'000'000'000);
    list.add("take", &SemaphoreParams::take, "How many this step takes")
        .unit("permits")
        .between(1, 1'000'000'000);
  }
  static void check(const SemaphoreParams& params, const sim::Path& path, sim::Problems& problems) {
    LockUse::check(params.use, path, problems);
    if (params.permits && params.take > *params.permits) {
      problems.add(path / "take", "expected at most the " + std::to_string(*params.permits) +
                                      " of `permits`, got " + std::to_string(params.take));
    }
  }
};

class SemaphoreStep final : public HoldingStep {
 public:
  SemaphoreStep(const SemaphoreParams& params, const StepContext& context)
      : HoldingStep(params.use, {.step = "semaphore", .permits = params.permits}, context),
        take_(params.take) {}

 private:
  Locks::Wait::Claim claim_of(const sim::Request&) const override {
    return {.units = std::min(take_, lock().permits())};
  }

  std::int64_t take_;
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
