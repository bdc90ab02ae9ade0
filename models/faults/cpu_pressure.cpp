/// `cpu_pressure(app, 50%)`: something else takes a share of the node's cores.
///
/// Rule: work on a core that begins meanwhile takes 1 / (1 - share) times as long; several such
/// faults multiply. Sleep, calls and disks are not slower.
/// Does not model: work under way when it begins or ends, which keeps its time; scheduling delays.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct CpuPressureParams {
  sim::NodeRef node;
  sim::Probability share{0.5};

  static void describe(sim::ParamList<CpuPressureParams>& list) {
    list.add("node", &CpuPressureParams::node, "A node, a group or a zone").required();
    list.add("share", &CpuPressureParams::share, "Of the cores' time that is taken")
        .between(sim::Probability{0}, sim::Probability{0.999});
  }
};

class CpuPressure final : public sim::NodeFault {
 public:
  CpuPressure(const CpuPressureParams& params, const MakeArgs&) : params_(params) {}

 private:
  const sim::NodeRef& target() const override { return params_.node; }
  void begin_at(sim::Node& node) override {
    node.add_disturbance(sim::Disturbance::cpu, this, 1 / (1 - params_.share.value));
  }
  void end_at(sim::Node& node) override { node.remove_disturbance(sim::Disturbance::cpu, this); }
  std::string unsuited(const sim::Node& node) const override {
    return node.component().suffers(sim::Disturbance::cpu) ? "" : "does no work on cores";
  }

  CpuPressureParams params_;
};

const sim::Registration<sim::Fault, CpuPressure, CpuPressureParams> registered{
    {.name = "cpu_pressure",
     .title = "CPU pressure",
     .summary = "Something else takes a share of the cores: cpu steps that begin meanwhile take "
                "1 / (1 - share) times as long.",
     .does_not_model = "work under way when it begins or ends, scheduling delays"}};

}  // namespace
}  // namespace faultline::models
