/// `crash(app[0])`: the node's processes end where they are, connections are reset, and until it is
/// up again it refuses requests. Crashes that overlap keep it down until the last has ended. Does
/// not model: a host that vanishes without a word (silence instead of a reset).
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct CrashParams {
  sim::NodeRef node;

  static void describe(sim::ParamList<CrashParams>& list) {
    list.add("node", &CrashParams::node, "A node or a group").required();
  }
};

class Crash final : public sim::NodeFault {
 public:
  Crash(const CrashParams& params, const MakeArgs&) : node_(params.node) {}

 private:
  const sim::NodeRef& target() const override { return node_; }
  void begin_at(sim::Node& node) override { node.crash(); }
  void end_at(sim::Node& node) override { node.restart(); }

  sim::NodeRef node_;
};

const sim::Registration<sim::Fault, Crash, CrashParams> registered{
    {.name = "crash",
     .title = "Crash",
     .summary = "The node's processes end where they are and their callers see a reset; until it "
                "is up again it refuses requests. "
                "What it held in memory is lost.",
     .does_not_model = "a host that vanishes without a word"}};

}  // namespace
}  // namespace faultline::models
