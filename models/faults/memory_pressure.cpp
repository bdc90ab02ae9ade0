/// `memory_pressure(cache, 75%)`: a share of the node's memory is taken.
///
/// Rule: a cache evicts down to the capacity that is left and keeps no more until it ends. An app
/// server collects garbage that much more often: its work on cores takes 1 / (1 - share) times as
/// long. Source: Jones, Hosking and Moss, "The Garbage Collection Handbook", section 2.4: the cost
/// of tracing grows with the inverse of the room there is. Does not model: swapping, a process that
/// is killed for want of memory, single long pauses (the fault `pause`).
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

using sim::Disturbance;

struct MemoryPressureParams {
  sim::NodeRef node;
  sim::Probability share{0.5};

  static void describe(sim::ParamList<MemoryPressureParams>& list) {
    list.add("node", &MemoryPressureParams::node, "A node, a group or a zone").required();
    list.add("share", &MemoryPressureParams::share, "Of the memory that is taken")
        .between(sim::Probability{0}, sim::Probability{0.999});
  }
};

class MemoryPressure final : public sim::NodeFault {
 public:
  MemoryPressure(const MemoryPressureParams& params, const MakeArgs&) : params_(params) {}

 private:
  const sim::NodeRef& target() const override { return params_.node; }
  void begin_at(sim::Node& node) override {
    const double left = 1 - params_.share.value;
    if (keeps(node)) {
      node.add_disturbance(Disturbance::memory, this, left);
    } else {
      node.add_disturbance(Disturbance::cpu, this, 1 / left);
    }
  }
  void end_at(sim::Node& node) override {
    node.remove_disturbance(keeps(node) ? Disturbance::memory : Disturbance::cpu, this);
  }
  std::string unsuited(const sim::Node& node) const override {
    return keeps(node) || node.component().suffers(Disturbance::cpu)
               ? ""
               : "keeps nothing in memory and collects no garbage";
  }
  static bool keeps(const sim::Node& node) { return node.component().suffers(Disturbance::memory); }

  MemoryPressureParams params_;
};

const sim::Registration<sim::Fault, MemoryPressure, MemoryPressureParams> registered{
    {.name = "memory_pressure",
     .title = "Memory pressure",
     .summary =
         "A share of the memory is taken: a cache evicts down to what is left, an app server "
         "collects garbage so often that cpu steps take 1 / (1 - share) times as long.",
     .source = "Jones, Hosking, Moss, The Garbage Collection Handbook, 2011, section 2.4",
     .does_not_model = "swapping, a process killed for want of memory, single long pauses"}};

}  // namespace
}  // namespace faultline::models
