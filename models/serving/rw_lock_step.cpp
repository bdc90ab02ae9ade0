/// `rw_lock`: a reader-writer lock around steps.
///
///   readers --> ( any number at once )     writer --> ( alone )
///
/// Rule: `fair`: in the order of coming, neighbouring readers together. `writers`: a writer that
/// waits goes before all readers that wait, and readers that come stand behind it. `readers`:
/// readers go past writers that wait, which may starve. A reader that wants to write as well waits
/// for itself: that is a deadlock, and reported.
/// Does not model: see models/serving/locks.hpp; upgrading a lock.
#include "models/serving/holding_step.hpp"

namespace faultline::models {
namespace {

struct RwLockParams {
  LockUse use;
  std::string mode = "same";
  std::optional<std::string> preference;

  static void describe(sim::ParamList<RwLockParams>& list) {
    list.include(&RwLockParams::use);
    list.add("mode", &RwLockParams::mode,
             "Whether it is taken to read, together with others, or to write, alone; same: as the "
             "request reads or writes")
        .one_of({"same", "read", "write"});
    list.add("preference", &RwLockParams::preference,
             "Who goes first when readers and writers wait; without it, fair: who came first")
        .one_of({"fair", "readers", "writers"});
  }
  static void check(const RwLockParams& params, const sim::Path& path, sim::Problems& problems) {
    LockUse::check(params.use, path, problems);
  }
};

class RwLockStep final : public HoldingStep {
 public:
  RwLockStep(const RwLockParams& params, const StepContext& context)
      : HoldingStep(params.use, {.step = "rw_lock", .preference = params.preference}, context),
        mode_(params.mode) {}

 private:
  Locks::Wait::Claim claim_of(const sim::Request& request) const override {
    const bool reads = mode_ == "read" || (mode_ == "same" && request.is_read());
    return {.units = reads ? 1 : 0, .reads = reads};
  }

  std::string mode_;
};

const sim::Registration<Step, RwLockStep, RwLockParams> registered{
    {.name = "rw_lock",
     .title = "Reader-writer lock",
     .summary = "Steps that many of the server's jobs may do at a time to read, and one alone to "
                "write.",
     .source = "Courtois, Heymans, Parnas, Concurrent Control with Readers and Writers, CACM "
               "14(10), 1971; Java SE, ReentrantReadWriteLock",
     .does_not_model = "upgrading a read lock, the time of taking a free lock, lines of a "
                       "processor's cache that readers share",
     .example =
         R"json({"type": "rw_lock", "name": "catalogue", "preference": "writers", "steps": ["cpu(1ms)"]})json"}};

}  // namespace
}  // namespace faultline::models
