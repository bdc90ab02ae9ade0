/// `clock_drift(cache, rate=0.01)`: the node's clock is too fast or too slow.
///
/// Rule: after t seconds of it the clock is t * rate seconds ahead; at the end it jumps to the
/// right time. A computer's quartz is wrong by some 1e-5 to 1e-4. Source: Mills, "Computer Network
/// Time Synchronization", section 12.2. Does not model: the spans the node measures, which keep
/// their length.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct ClockDriftParams {
  sim::NodeRef node;
  double rate = 1e-4;

  static void describe(sim::ParamList<ClockDriftParams>& list) {
    list.add("node", &ClockDriftParams::node, "A node, a group or a zone").required();
    list.add("rate", &ClockDriftParams::rate,
             "Seconds it gains in a second; negative: it loses them")
        .between(-1, 10);
  }
};

class ClockDrift final : public sim::NodeFault {
 public:
  ClockDrift(const ClockDriftParams& params, const MakeArgs&) : params_(params) {}

 private:
  const sim::NodeRef& target() const override { return params_.node; }
  void begin_at(sim::Node& node) override {
    node.add_clock_error(this, node.kernel().now(), sim::Duration(0), params_.rate);
  }
  void end_at(sim::Node& node) override { node.remove_clock_error(this); }

  ClockDriftParams params_;
};

const sim::Registration<sim::Fault, ClockDrift, ClockDriftParams> registered{
    {.name = "clock_drift",
     .title = "Clock drift",
     .summary = "The node's clock gains or loses time, and jumps to the right time at the end.",
     .source = "Mills, Computer Network Time Synchronization, 2010, section 12.2",
     .does_not_model = "the spans the node measures, which keep their length"}};

}  // namespace
}  // namespace faultline::models
