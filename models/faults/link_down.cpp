/// `link_down(zone:eu-a, zone:eu-b)`: no message passes a link between the two ends. One that is
/// under way on it is lost. Messages take another way where links lead another way; where none
/// does, reliable ones are sent again until one is open, and datagrams are lost. Nobody is told.
/// Does not model: the time that routers need to find the other way.
#include "models/faults/network_fault.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class LinkDown final : public NetworkFault {
 public:
  LinkDown(const WayParams& params, const MakeArgs&) : way_(params) {}
  std::string target_text() const override { return way_.text(); }

 private:
  std::vector<sim::Impairment> impairments(sim::FaultContext& context) override {
    sim::Impairment down = way_.impairment(context);
    down.cut = true;
    return {std::move(down)};
  }

  WayParams way_;
};

const sim::Registration<sim::Fault, LinkDown, WayParams> registered{
    {.name = "link_down",
     .title = "Link down",
     .summary = "No message passes a link between the two ends. Where links lead another way, "
                "messages go around; else reliable ones are sent again, after a time-out that "
                "doubles, until the link is back, and datagrams are lost.",
     .source = "RFC 6298, section 5 (retransmission)",
     .does_not_model = "the time that routers need to find another way"}};

}  // namespace
}  // namespace faultline::models
