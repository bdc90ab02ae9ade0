/// `cold_start(app, warmup=30s, factor=4)`: a node that has just started is slow until it is warm:
/// code not compiled yet, pages not in memory, connections not open.
///
///   slowness: factor at the start, then down in a straight line of `steps` steps to 1 after `warmup`;
///   it begins anew with each restart
///
/// Rule: while the fault lasts, each start of the node begins a warm-up, and so does the beginning
/// of the fault itself, unless `at_begin` is false. Its services take 1 + (factor - 1) (1 - k /
/// steps) times as long in step k. Does not model: a warm-up that depends on the work done.
#include <memory>
#include <vector>

#include "models/warmup.hpp"
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct ColdStartParams {
  sim::NodeRef node;
  sim::Duration warmup = std::chrono::seconds(30);
  double factor = 3;
  bool at_begin = true;

  static void describe(sim::ParamList<ColdStartParams>& list) {
    list.add("node", &ColdStartParams::node, "A node, a group or a zone").required();
    list.add("warmup", &ColdStartParams::warmup, "Time until it is warm").above(sim::Duration(0));
    list.add("factor", &ColdStartParams::factor, "How many times as long everything takes at first")
        .between(1, 1e6);
    list.add("at_begin", &ColdStartParams::at_begin,
             "Whether it is cold when the fault begins; else only after restarts");
  }
};

/// The warm-ups of one node.
struct ColdNode {
  ColdNode(sim::Node& node, const Warmup::Config& config, std::uint32_t tag)
      : warmup(node, config, tag) {}
  Warmup warmup;
  bool armed = false;  ///< While the fault lasts.
};

class ColdStart final : public sim::Fault {
 public:
  ColdStart(const ColdStartParams& params, const MakeArgs&) : params_(params) {}

  std::size_t prepare(sim::FaultContext& context) override {
    for (sim::Node* node : context.find(params_.node.name)) {
      nodes_.push_back(node);
      const Warmup::Config config{params_.warmup, params_.factor};
      auto& cold = *cold_.emplace_back(std::make_unique<ColdNode>(*node, config, context.tag()));
      node->on_restart([&cold] {
        if (cold.armed) cold.warmup.begin();
      });
    }
    return nodes_.size();
  }
  std::string target_text() const override { return params_.node.name; }
  std::string unit_text(std::size_t unit) const override { return nodes_[unit]->name(); }
  void begin(std::size_t unit) override {
    cold_[unit]->armed = true;
    if (params_.at_begin) cold_[unit]->warmup.begin();
  }
  void end(std::size_t unit) override {
    cold_[unit]->armed = false;
    cold_[unit]->warmup.end();
  }

 private:
  ColdStartParams params_;
  std::vector<sim::Node*> nodes_;
  std::vector<std::unique_ptr<ColdNode>> cold_;  ///< As nodes_.
};

const sim::Registration<sim::Fault, ColdStart, ColdStartParams> registered{
    {.name = "cold_start",
     .title = "Cold start",
     .summary = "While it lasts, a node that has just started is slow, and less so step by step "
                "until it is warm.",
     .does_not_model = "a warm-up that depends on the work done"}};

}  // namespace
}  // namespace faultline::models
