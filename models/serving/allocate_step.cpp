/// `allocate(64KiB)`: memory that is in use until the request ends.
/// Rule: under a collector it is garbage then; `lifetime: moment` makes it garbage at once, as what
/// a computation throws away. Does not model: what is in it.
#include "models/serving/step.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {
namespace {

struct AllocateParams {
  sim::Bytes size;
  std::string lifetime = "request";

  static void describe(sim::ParamList<AllocateParams>& list) {
    list.add("size", &AllocateParams::size, "How much").required().at_least(sim::Bytes{0});
    list.add("lifetime", &AllocateParams::lifetime,
             "Whether it is in use until the request ends, or only for a moment")
        .one_of({"request", "moment"});
  }
};

class AllocateStep final : public Step {
 public:
  AllocateStep(const AllocateParams& params, const StepContext& context)
      : host_(context.host), size_(params.size), for_a_moment_(params.lifetime == "moment") {
    host_.tell_jobs_apart();
  }

  sim::Task<sim::Reply> run(Job& job, const sim::Request&) override {
    if (for_a_moment_) {
      co_await host_.allocate_briefly(job, size_);
    } else {
      co_await host_.allocate(job, size_);
    }
    co_return sim::Reply::ok();
  }

 private:
  Host& host_;
  sim::Bytes size_;
  bool for_a_moment_;
};

const sim::Registration<Step, AllocateStep, AllocateParams> registered{
    {.name = "allocate",
     .title = "Allocate memory",
     .summary = "Takes memory of the machine that is in use until the request ends; what a "
                "collector makes of it is the machine's affair.",
     .does_not_model = "what is in it"}};

}  // namespace
}  // namespace faultline::models
