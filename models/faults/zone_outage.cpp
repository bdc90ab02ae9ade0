/// `zone_outage(zone:eu-a)`: a data centre is gone, as by a loss of power. All its nodes are down,
/// and messages between others that went through it go around or wait. By default it is silent: who
/// calls its nodes hears nothing, and waits until his patience ends. Afterwards its nodes begin
/// anew; what they held in memory is gone.
/// Does not model: clean shut-downs, nodes that come back one by one.
#include "models/faults/network_fault.hpp"
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct ZoneOutageParams {
  sim::NodeRef zone;
  bool silent = true;

  static void describe(sim::ParamList<ZoneOutageParams>& list) {
    list.add("zone", &ZoneOutageParams::zone, "\"zone:NAME\", or \"region:NAME\" for all its zones")
        .required();
    list.add("silent", &ZoneOutageParams::silent,
             "Callers hear nothing; false: connections are reset and refused");
  }
  static void check(const ZoneOutageParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    const std::string& name = params.zone.name;
    if (name.starts_with(sim::zone_prefix) || name.starts_with(sim::region_prefix)) return;
    problems.add(path / "zone", "expected a zone or a region, got \"" + name + "\"",
                 "write \"zone:" + name + "\"");
  }
};

class ZoneOutage final : public NetworkFault {
 public:
  ZoneOutage(const ZoneOutageParams& params, const MakeArgs&) : params_(params) {}
  std::string target_text() const override { return params_.zone.name; }

  void begin(std::size_t unit) override {
    NetworkFault::begin(unit);
    for (sim::Node* node : nodes_) params_.silent ? node->vanish() : node->crash();
  }
  void end(std::size_t unit) override {
    for (sim::Node* node : nodes_) params_.silent ? node->reappear() : node->restart();
    NetworkFault::end(unit);
  }

 private:
  std::vector<sim::Impairment> impairments(sim::FaultContext& context) override {
    nodes_ = context.find(params_.zone.name);
    const sim::Places& places = context.network().places();
    // Its nodes answer for themselves; what passes through has nowhere to pass.
    sim::Impairment through;
    through.from = sim::PlaceSet::relays(places, places.named(params_.zone.name, {}));
    through.to = sim::PlaceSet::all(places);
    through.cut = true;
    return {std::move(through)};
  }

  ZoneOutageParams params_;
  std::vector<sim::Node*> nodes_;
};

const sim::Registration<sim::Fault, ZoneOutage, ZoneOutageParams> registered{
    {.name = "zone_outage",
     .title = "Zone outage",
     .summary = "All nodes of a zone or a region are down at once, without a word, and nothing "
                "passes through it. Afterwards they begin anew.",
     .does_not_model = "clean shut-downs, nodes that come back one by one",
     .example = "zone_outage(zone:eu-a)"}};

}  // namespace
}  // namespace faultline::models
