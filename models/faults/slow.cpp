/// `slow(db, factor=3)`: all service times that begin on the node take so many times as long.
/// Does not model: services under way when it begins or ends, which keep their time; several slow
/// faults on one node at once multiply.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct SlowParams {
  sim::NodeRef node;
  double factor = 2;

  static void describe(sim::ParamList<SlowParams>& list) {
    list.add("node", &SlowParams::node, "A node or a group").required();
    list.add("factor", &SlowParams::factor, "How many times as long everything takes")
        .between(0.001, 1e6);
  }
};

class Slow final : public sim::NodeFault {
 public:
  Slow(const SlowParams& params, const MakeArgs&) : node_(params.node), factor_(params.factor) {}

 private:
  const sim::NodeRef& target() const override { return node_; }
  void begin_at(sim::Node& node) override { node.add_slowness(this, factor_); }
  void end_at(sim::Node& node) override { node.remove_slowness(this); }

  sim::NodeRef node_;
  double factor_;
};

const sim::Registration<sim::Fault, Slow, SlowParams> registered{
    {.name = "slow",
     .title = "Slow",
     .summary = "All service times that begin on the node take so many times as long.",
     .does_not_model = "services under way when it begins or ends, which keep their time"}};

}  // namespace
}  // namespace faultline::models
