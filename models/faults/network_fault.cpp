#include "models/faults/network_fault.hpp"

#include "sim/scenario/system.hpp"

namespace faultline::models {

sim::PlaceSet places_of(const sim::FaultContext& context, const std::vector<sim::NodeRef>& names) {
  const sim::Places& places = context.network().places();
  std::vector<sim::PlaceId> ids;
  for (const sim::NodeRef& ref : names) {
    for (const sim::PlaceId id : places.named(ref.name, context.find(ref.name))) ids.push_back(id);
  }
  return sim::PlaceSet(places, ids);
}

std::size_t NetworkFault::prepare(sim::FaultContext& context) {
  network_ = &context.network();
  impairments_ = impairments(context);
  return 1;
}

void NetworkFault::begin(std::size_t) {
  for (const sim::Impairment& impairment : impairments_) network_->begin(impairment);
}

void NetworkFault::end(std::size_t) {
  for (const sim::Impairment& impairment : impairments_) network_->end(impairment);
}

void WayParams::describe(sim::ParamList<WayParams>& list) {
  list.add("from", &WayParams::from, "One end: a node, a group, \"zone:NAME\" or \"region:NAME\"")
      .required();
  list.add("to", &WayParams::to, "The other end").required();
  list.add("one_way", &WayParams::one_way,
           "Only what goes from the one to the other, not what comes back");
}

sim::Impairment WayParams::impairment(const sim::FaultContext& context) const {
  sim::Impairment impairment;
  impairment.from = places_of(context, {from});
  impairment.to = places_of(context, {to});
  impairment.one_way = one_way;
  return impairment;
}

std::string joined(const std::vector<sim::NodeRef>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i].name;
  }
  return text;
}

}  // namespace faultline::models
