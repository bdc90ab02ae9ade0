/// `link_loss(app, db, loss=5%)`: on the way between the two ends segments get lost, and datagrams
/// are doubled. What is lost of a reliable message is sent again after a time-out that doubles; a
/// datagram is lost. Several on one way add up, as independent chances.
#include "models/faults/network_fault.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct LinkLossParams {
  WayParams way;
  sim::Probability loss{0};
  sim::Probability duplication{0};

  static void describe(sim::ParamList<LinkLossParams>& list) {
    list.include(&LinkLossParams::way);
    list.add("loss", &LinkLossParams::loss, "Share of segments of 1460 bytes that get lost")
        .below(sim::Probability{1});
    list.add("duplication", &LinkLossParams::duplication, "Share of datagrams that arrive twice");
  }
};

class LinkLoss final : public NetworkFault {
 public:
  LinkLoss(const LinkLossParams& params, const MakeArgs&) : params_(params) {}
  std::string target_text() const override { return params_.way.text(); }

 private:
  std::vector<sim::Impairment> impairments(sim::FaultContext& context) override {
    sim::Impairment lossy = params_.way.impairment(context);
    lossy.loss = params_.loss.value;
    lossy.duplication = params_.duplication.value;
    return {std::move(lossy)};
  }

  LinkLossParams params_;
};

const sim::Registration<sim::Fault, LinkLoss, LinkLossParams> registered{
    {.name = "link_loss",
     .title = "Lossy link",
     .summary = "On the way between the two ends segments get lost, and datagrams are doubled. "
                "What is lost of a reliable message is sent again after a time-out that doubles.",
     .source = "RFC 6298, section 5 (retransmission)",
     .does_not_model = "losses in bursts, fast retransmit, congestion control",
     .example = "link_loss(app, db, loss=5%)"}};

}  // namespace
}  // namespace faultline::models
