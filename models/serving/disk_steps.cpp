/// `disk_read(64KiB)`, `disk_write(4KiB)`: the machine's disk, by a call that blocks its thread.
/// Rule: a thread waits in it; an event loop and coroutines give it to their blocking threads, and
/// where there are none everything that runs on that thread waits. Does not model: a page cache,
/// files.
#include "models/serving/step.hpp"

namespace faultline::models {
namespace {

struct DiskStepParams {
  sim::Bytes size;

  static void describe(sim::ParamList<DiskStepParams>& list) {
    list.add("size", &DiskStepParams::size, "How much").required().at_least(sim::Bytes{0});
  }
};

template <bool writes>
class DiskStep final : public Step {
 public:
  DiskStep(const DiskStepParams& params, const StepContext& context)
      : host_(context.host), access_{params.size, writes} {
    if (!host_.has_disk()) {
      context.build.problem("machine", "has no disk, and " + context.path + " needs one",
                            R"(write "machine": {"disk": {}})");
    }
  }

  sim::Task<sim::Reply> run(Job& job, const sim::Request&) override {
    co_await host_.disk(job, access_);
    co_return sim::Reply::ok();
  }

 private:
  Host& host_;
  DiskAccess access_;
};

const sim::Registration<Step, DiskStep<false>, DiskStepParams> read{
    {.name = "disk_read",
     .title = "Read from disk",
     .summary = "Reads from the machine's disk; the thread is blocked meanwhile.",
     .does_not_model = "a page cache, files"}};
const sim::Registration<Step, DiskStep<true>, DiskStepParams> write{
    {.name = "disk_write",
     .title = "Write to disk",
     .summary = "Writes to the machine's disk; the thread is blocked meanwhile.",
     .does_not_model = "a page cache, files"}};

}  // namespace
}  // namespace faultline::models
