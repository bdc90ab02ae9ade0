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

#include "sim/kernel/kernel.hpp"
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

/// How cold one node is.
class Warmup final : public sim::Event {
 public:
  static constexpr int steps = 20;

  Warmup(sim::Node& node, const ColdStartParams& params, std::uint32_t tag)
      : Event(&fire), node_(node), params_(params) {
    set_tag(tag, sim::EventKind::fault);
  }
  ~Warmup() { node_.kernel().cancel_if_scheduled(*this); }

  void begin() {
    end();
    step_ = 0;
    chill();
  }
  void end() {
    node_.kernel().cancel_if_scheduled(*this);
    if (cold_) node_.remove_slowness(this);
    cold_ = false;
  }
  bool armed = false;  ///< While the fault lasts.

 private:
  static void fire(Event& event) {
    auto& self = static_cast<Warmup&>(event);
    self.node_.remove_slowness(&self);
    self.cold_ = false;
    if (++self.step_ < steps) self.chill();
  }
  void chill() {
    const double left = 1.0 - static_cast<double>(step_) / steps;
    node_.add_slowness(this, 1 + (params_.factor - 1) * left);
    cold_ = true;
    node_.kernel().schedule_after(*this, sim::scaled(params_.warmup, 1.0 / steps));
  }

  sim::Node& node_;
  const ColdStartParams& params_;
  int step_ = 0;
  bool cold_ = false;
};

class ColdStart final : public sim::Fault {
 public:
  ColdStart(const ColdStartParams& params, const MakeArgs&) : params_(params) {}

  std::size_t prepare(sim::FaultContext& context) override {
    for (sim::Node* node : context.find(params_.node.name)) {
      nodes_.push_back(node);
      auto& warmup =
          *warmups_.emplace_back(std::make_unique<Warmup>(*node, params_, context.tag()));
      node->on_restart([&warmup] {
        if (warmup.armed) warmup.begin();
      });
    }
    return nodes_.size();
  }
  std::string target_text() const override { return params_.node.name; }
  std::string unit_text(std::size_t unit) const override { return nodes_[unit]->name(); }
  void begin(std::size_t unit) override {
    warmups_[unit]->armed = true;
    if (params_.at_begin) warmups_[unit]->begin();
  }
  void end(std::size_t unit) override {
    warmups_[unit]->armed = false;
    warmups_[unit]->end();
  }

 private:
  ColdStartParams params_;
  std::vector<sim::Node*> nodes_;
  std::vector<std::unique_ptr<Warmup>> warmups_;  ///< As nodes_.
};

const sim::Registration<sim::Fault, ColdStart, ColdStartParams> registered{
    {.name = "cold_start",
     .title = "Cold start",
     .summary = "While it lasts, a node that has just started is slow, and less so step by step "
                "until it is warm.",
     .does_not_model = "a warm-up that depends on the work done"}};

}  // namespace
}  // namespace faultline::models
