/// `clock_skew(cache, 60s)`: the node's clock is wrong by a constant.
///
/// Rule: at the beginning the clock jumps ahead by the offset (back, if it is negative), at the end
/// it jumps to the right time. What goes by a clock goes by that of its node: a cache finds entries
/// older or younger than they are. How long work, sleep and time-outs take is not changed:
/// computers measure spans with another clock, that does not jump. Source: Linux, clock_gettime(2),
/// CLOCK_REALTIME and CLOCK_MONOTONIC. Does not model: a clock that is turned back slowly.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct ClockSkewParams {
  sim::NodeRef node;
  sim::Duration offset = std::chrono::seconds(1);

  static void describe(sim::ParamList<ClockSkewParams>& list) {
    list.add("node", &ClockSkewParams::node, "A node, a group or a zone").required();
    list.add("offset", &ClockSkewParams::offset, "How far ahead its clock is; negative: behind")
        .between(-sim::Duration(std::chrono::hours(24 * 365)),
                 sim::Duration(std::chrono::hours(24 * 365)));
  }
};

class ClockSkew final : public sim::NodeFault {
 public:
  ClockSkew(const ClockSkewParams& params, const MakeArgs&) : params_(params) {}

 private:
  const sim::NodeRef& target() const override { return params_.node; }
  void begin_at(sim::Node& node) override {
    node.add_clock_error(this, node.kernel().now(), params_.offset, 0);
  }
  void end_at(sim::Node& node) override { node.remove_clock_error(this); }

  ClockSkewParams params_;
};

const sim::Registration<sim::Fault, ClockSkew, ClockSkewParams> registered{
    {.name = "clock_skew",
     .title = "Clock skew",
     .summary = "The node's clock jumps ahead or back, and to the right time at the end. What it "
                "keeps for a time to live ages by that clock.",
     .source = "Linux manual, clock_gettime(2)",
     .does_not_model = "a clock that is turned back slowly"}};

}  // namespace
}  // namespace faultline::models
