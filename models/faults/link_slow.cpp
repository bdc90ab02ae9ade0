/// `link_slow(users, zone:eu-a, extra=100ms)`: messages between the two ends take longer, by a time
/// drawn for each, and have less bandwidth where it is limited. They are not sent another way: who
/// routes knows that a link is up, not how busy it is. Several on one way add up.
#include "models/faults/network_fault.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct LinkSlowParams {
  WayParams way;
  sim::RandomDuration extra{sim::Duration(0)};
  sim::Probability bandwidth{1};

  static void describe(sim::ParamList<LinkSlowParams>& list) {
    list.include(&LinkSlowParams::way);
    list.add("extra", &LinkSlowParams::extra, "Added to the latency of each message");
    list.add("bandwidth", &LinkSlowParams::bandwidth, "What is left of the link's bandwidth")
        .above(sim::Probability{0});
  }
};

class LinkSlow final : public NetworkFault {
 public:
  LinkSlow(const LinkSlowParams& params, const MakeArgs&) : params_(params) {}
  std::string target_text() const override { return params_.way.text(); }

 private:
  std::vector<sim::Impairment> impairments(sim::FaultContext& context) override {
    sim::Impairment slow = params_.way.impairment(context);
    slow.extra = params_.extra;
    slow.bandwidth_left = params_.bandwidth.value;
    return {std::move(slow)};
  }

  LinkSlowParams params_;
};

const sim::Registration<sim::Fault, LinkSlow, LinkSlowParams> registered{
    {.name = "link_slow",
     .title = "Slow link",
     .summary = "Messages between the two ends take longer, by a time drawn for each, and share "
                "less bandwidth. They are not sent another way.",
     .example = "link_slow(app, db, extra=50ms)"}};

}  // namespace
}  // namespace faultline::models
