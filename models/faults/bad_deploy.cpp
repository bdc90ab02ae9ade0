/// `bad_deploy(app, interval=10s, factor=4)`: a new version that is slow or erroneous is rolled out
/// over a group, one node after the other.
///
///   app[0]  ---|####################|---     at the beginning
///   app[1]  -------|################|---     one interval later
///   app[2]  -----------|############|---     rolled back, all at once, when the fault ends
///
/// Rule: each node that has the new version takes factor times as long for everything that begins,
/// and fails a share of its requests after the work.
/// Does not model: the restart of each node, sessions that are lost, versions that do not
/// understand each other.
#include <map>

#include "sim/kernel/kernel.hpp"
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct BadDeployParams {
  sim::NodeRef node;
  sim::Duration interval = std::chrono::seconds(10);
  double factor = 1;
  sim::Probability errors{0};

  static void describe(sim::ParamList<BadDeployParams>& list) {
    list.add("node", &BadDeployParams::node, "A group or a zone").required();
    list.add("interval", &BadDeployParams::interval, "From one node to the next")
        .at_least(sim::Duration(0));
    list.add("factor", &BadDeployParams::factor,
             "How many times as long everything takes in the new version")
        .between(0.001, 1e6);
    list.add("errors", &BadDeployParams::errors,
             "Probability that a request fails in the new version, after the work for it");
  }
  static void check(const BadDeployParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.factor == 1 && params.errors.value == 0) {
      problems.add(path, "the new version is as good as the old one", "give a factor or errors");
    }
  }
};

class BadDeploy final : public sim::Fault {
 public:
  BadDeploy(const BadDeployParams& params, const MakeArgs&) : params_(params), next_step_(*this) {}

  std::size_t prepare(sim::FaultContext& context) override {
    nodes_ = context.find(params_.node.name);
    for (const sim::Node* node : nodes_)
      streams_.emplace(node->id(), context.stream("errors of " + node->name()));
    next_step_.set_tag(context.tag(), sim::EventKind::fault);
    kernel_ = &context.kernel();
    return 1;
  }
  std::string target_text() const override { return params_.node.name; }
  std::string unit_text(std::size_t) const override { return params_.node.name; }
  void begin(std::size_t) override {
    deployed_ = 0;
    deploy_next();
  }
  void end(std::size_t) override {
    kernel_->cancel_if_scheduled(next_step_);
    for (std::size_t i = 0; i < deployed_; ++i) {
      nodes_[i]->remove_slowness(this);
      nodes_[i]->remove_errors(this);
    }
    deployed_ = 0;
  }
  ~BadDeploy() override {
    if (kernel_) kernel_->cancel_if_scheduled(next_step_);
  }

 private:
  class Step final : public sim::Event {
   public:
    explicit Step(BadDeploy& deploy) : Event(&fire), deploy_(deploy) {}

   private:
    static void fire(Event& event) { static_cast<Step&>(event).deploy_.deploy_next(); }
    BadDeploy& deploy_;
  };

  void deploy_next() {
    sim::Node& node = *nodes_[deployed_++];
    node.add_slowness(this, params_.factor);
    node.add_errors({.cause = this,
                     .stream = &streams_.at(node.id()),
                     .before = 0,
                     .after = params_.errors.value});
    if (deployed_ < nodes_.size()) kernel_->schedule_after(next_step_, params_.interval);
  }

  BadDeployParams params_;
  Step next_step_;
  sim::Kernel* kernel_ = nullptr;
  std::vector<sim::Node*> nodes_;
  std::map<std::uint32_t, sim::Stream> streams_;  ///< By node.
  std::size_t deployed_ = 0;                      ///< Nodes with the new version: the first ones.
};

const sim::Registration<sim::Fault, BadDeploy, BadDeployParams> registered{
    {.name = "bad_deploy",
     .title = "Bad deployment",
     .summary =
         "A new version that is slow or erroneous is rolled out over a group, one node after "
         "the other, and rolled back everywhere when the fault ends.",
     .does_not_model = "the restart of each node, versions that do not understand each other",
     .example = "bad_deploy(app, factor=3)"}};

}  // namespace
}  // namespace faultline::models
