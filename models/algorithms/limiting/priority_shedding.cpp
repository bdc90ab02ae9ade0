/// Shedding by priority: the less important a request, the sooner the server is too full for it.
///
/// Rule: a request of priority p (0: the most important) is shed if `thresholds[p]` others are
/// here, waiting or in work; the last threshold holds for all priorities beyond it. With falling
/// thresholds the room above a threshold is kept free for what is more important.
/// Source: Beyer et al., "Site Reliability Engineering", chapter 21, "Criticality"; Zhou et al.,
/// "Overload Control for Scaling WeChat Microservices", 2018, section 4 (which moves its threshold
/// with the time in queue; here they are fixed).
#include <algorithm>
#include <vector>

#include "models/algorithms/limiting/load_shedder.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct PrioritySheddingParams {
  std::vector<std::int64_t> thresholds;

  static void describe(sim::ParamList<PrioritySheddingParams>& list) {
    list.add("thresholds", &PrioritySheddingParams::thresholds,
             "Requests here at which one of priority 0, 1, 2 .. is shed; the last holds for all "
             "beyond")
        .required()
        .not_empty()
        .unit("requests")
        .between(0, 1'000'000'000);
  }
  static void check(const PrioritySheddingParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    for (std::size_t i = 1; i < params.thresholds.size(); ++i) {
      if (params.thresholds[i] > params.thresholds[i - 1])
        problems.add((path / "thresholds")[i], "is above that of a more important priority");
    }
  }
};

class PriorityShedding final : public LoadShedder {
 public:
  PriorityShedding(const PrioritySheddingParams& params, const MakeArgs&)
      : thresholds_(params.thresholds) {}

  bool needs_queue() const override { return false; }
  bool admits(std::uint8_t priority, std::int64_t others) override {
    return others < thresholds_[std::min<std::size_t>(priority, thresholds_.size() - 1)];
  }

 private:
  std::vector<std::int64_t> thresholds_;  ///< By priority; not empty. Parameter.
};

const sim::Registration<LoadShedder, PriorityShedding, PrioritySheddingParams> registered{
    {.name = "priority",
     .title = "By priority",
     .summary = "The less important a request, the fewer others may be here when it comes.",
     .source = "Beyer et al., Site Reliability Engineering, chapter 21; Zhou et al., Overload "
               "Control for Scaling WeChat Microservices, 2018",
     .does_not_model = "thresholds that move with load",
     .example = R"json({"type": "priority", "thresholds": [100, 50, 20]})json"}};

}  // namespace
}  // namespace faultline::models
