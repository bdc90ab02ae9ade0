/// `drain(app[0], grace=30s)`: the node finishes what it has and takes nothing new, as a server
/// does that was told to stop (SIGTERM) or that an operator takes out for a deployment.
///
///   begin: new requests are refused -- grace over: what is left is reset -- end: it is back
///
/// Rule: from its beginning a request that comes is refused at the door, certainly without effect,
/// so that a balancer tries another node and then leaves this one out; health checks find it unfit.
/// What is under way goes on, for `grace` at the most; then the process is killed (SIGKILL), which
/// is a crash. With `restart` it is a new process that comes back, which has forgotten what it held
/// in memory, and whatever was still under way is lost then at the latest.
/// Source: Kubernetes, "Termination of Pods" (terminationGracePeriodSeconds, 30 s).
/// Does not model: a notice to balancers ahead of the closed door (preStop).
#include <memory>
#include <optional>
#include <vector>

#include "sim/kernel/kernel.hpp"
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct DrainParams {
  sim::NodeRef node;
  std::optional<sim::Duration> grace;
  bool restart = false;

  static void describe(sim::ParamList<DrainParams>& list) {
    list.add("node", &DrainParams::node, "A node, a group or a zone").required();
    list.add("grace", &DrainParams::grace,
             "How long what is under way may go on before it is ended; without it, as long as it "
             "takes")
        .above(sim::Duration(0));
    list.add("restart", &DrainParams::restart,
             "Whether a new process comes back at the end, with nothing in memory");
  }
};

/// The drain of one node.
class DrainedNode final : public sim::Event {
 public:
  DrainedNode(sim::Node& node, const DrainParams& params, std::uint32_t tag)
      : Event(&fire), node_(node), params_(params) {
    set_tag(tag, sim::EventKind::fault);
  }
  ~DrainedNode() { node_.kernel().cancel_if_scheduled(*this); }

  void begin() {
    node_.add_disturbance(sim::Disturbance::drain, this, 1);
    if (params_.grace) node_.kernel().schedule_after(*this, *params_.grace);
  }
  void end() {
    node_.kernel().cancel_if_scheduled(*this);
    if (params_.restart && !killed_) kill();
    // The door opens before the new process starts.
    node_.remove_disturbance(sim::Disturbance::drain, this);
    if (killed_) node_.restart();
    killed_ = false;
  }

 private:
  static void fire(Event& event) {
    auto& self = static_cast<DrainedNode&>(event);
    if (self.node_.in_service() > 0) self.kill();
  }
  void kill() {
    killed_ = true;
    node_.crash();
  }

  sim::Node& node_;
  const DrainParams& params_;
  bool killed_ = false;  ///< State.
};

class Drain final : public sim::Fault {
 public:
  Drain(const DrainParams& params, const MakeArgs&) : params_(params) {}

  std::size_t prepare(sim::FaultContext& context) override {
    for (sim::Node* node : context.find(params_.node.name)) {
      if (!node->component().offers("any")) {
        context.problem("node", node->name() + " takes no requests: there is nothing to drain");
      }
      nodes_.push_back(node);
      drained_.push_back(std::make_unique<DrainedNode>(*node, params_, node->id()));
    }
    return nodes_.size();
  }
  std::string target_text() const override { return params_.node.name; }
  std::string unit_text(std::size_t unit) const override { return nodes_[unit]->name(); }
  void begin(std::size_t unit) override { drained_[unit]->begin(); }
  void end(std::size_t unit) override { drained_[unit]->end(); }

 private:
  DrainParams params_;
  std::vector<sim::Node*> nodes_;
  std::vector<std::unique_ptr<DrainedNode>> drained_;  ///< As nodes_.
};

const sim::Registration<sim::Fault, Drain, DrainParams> registered{
    {.name = "drain",
     .title = "Drain",
     .summary =
         "The node finishes what it has and refuses what is new, until the fault ends; after "
         "`grace` what is left is reset.",
     .source = "Kubernetes, Termination of Pods",
     .does_not_model = "a notice to balancers ahead of the closed door",
     .example = R"json({"type": "drain", "node": "app[0]", "grace": "30s"})json"}};

}  // namespace
}  // namespace faultline::models
