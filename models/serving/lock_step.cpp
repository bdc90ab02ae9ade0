/// `lock`: a mutex around steps.
///
///   request --> { free? } --yes--> steps, while it is held --> given back
///                   '--no--> waits, at most `timeout`
///
/// Rule: first come, first served. Who waits keeps what it has: its thread, and the locks it holds
/// already. With `per_key` or `stripes` requests for different keys need not wait for each other.
/// Does not model: see models/serving/locks.hpp.
#include "models/serving/holding_step.hpp"

namespace faultline::models {
namespace {

struct LockParams {
  LockUse use;
  bool reentrant = false;

  static void describe(sim::ParamList<LockParams>& list) {
    list.include(&LockParams::use);
    list.add("reentrant", &LockParams::reentrant,
             "Whether one that holds it may take it once more; otherwise it waits for itself, for "
             "ever");
  }
  static void check(const LockParams& params, const sim::Path& path, sim::Problems& problems) {
    LockUse::check(params.use, path, problems);
  }
};

class LockStep final : public HoldingStep {
 public:
  LockStep(const LockParams& params, const StepContext& context)
      : HoldingStep(params.use, {.step = "lock", .reentrant = params.reentrant}, context) {}

 private:
  Locks::Wait::Claim claim_of(const sim::Request&) const override { return {}; }
};

const sim::Registration<Step, LockStep, LockParams> registered{
    {.name = "lock",
     .title = "Lock (mutex)",
     .summary = "Steps that only one of the server's jobs does at a time; the others wait their "
                "turn, first come, first served. A ring of those who wait for each other is "
                "reported.",
     .source = "Java SE, java.util.concurrent.locks.ReentrantLock (fair); Guava, Striped; Coffman, "
               "Elphick, Shoshani, System Deadlocks, 1971",
     .does_not_model = "the time of taking a free lock, spinning, barging, priorities that are "
                       "inherited; locks shared by several servers",
     .example =
         R"json({"type": "lock", "name": "stock", "timeout": "1s", "steps": ["cpu(2ms)"]})json"}};

}  // namespace
}  // namespace faultline::models
