/// `pause(app[0])`: the node's processes stand still, as in a stop-the-world garbage collection, a
/// virtual machine that is moved, or `kill -STOP`.
///
/// Rule: what they work on or sleep for keeps the time it has left and goes on with it. What
/// arrives is held, and time-outs that pass meanwhile are noticed late; both are handled in their
/// order when the pause ends. The node's clock runs on. A node that goes down in a pause resets and
/// refuses as any other; if it is up again before the pause ends, it stands still until then.
/// Source: decision 0012.
/// Does not model: buffers of the kernel that overflow, connections it accepts meanwhile.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct PauseParams {
  sim::NodeRef node;

  static void describe(sim::ParamList<PauseParams>& list) {
    list.add("node", &PauseParams::node, "A node, a group or a zone").required();
  }
};

class Pause final : public sim::NodeFault {
 public:
  Pause(const PauseParams& params, const MakeArgs&) : node_(params.node) {}

 private:
  const sim::NodeRef& target() const override { return node_; }
  void begin_at(sim::Node& node) override { node.pause(); }
  void end_at(sim::Node& node) override { node.resume(); }

  sim::NodeRef node_;
};

const sim::Registration<sim::Fault, Pause, PauseParams> registered{
    {.name = "pause",
     .title = "Pause",
     .summary =
         "The node's processes stand still, as in a stop-the-world garbage collection, and go "
         "on with what they had left. What arrives meanwhile is held and handled in order "
         "at the end.",
     .does_not_model = "buffers that overflow, connections accepted meanwhile"}};

}  // namespace
}  // namespace faultline::models
