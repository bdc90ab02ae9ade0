/// `partition`: groups of nodes that cannot reach each other.
///
///   {"type": "partition", "groups": [["zone:eu-a"], ["zone:eu-b", "zone:us"]]}
///
///   two groups: a split    three: three islands    who is in no group reaches all
///
/// A partial partition, in which A and B are cut from each other and both reach C, is one of two
/// groups without C; A and B talk over C only if links lead over C. With `one_way` messages from
/// earlier groups do not reach later ones, but the other way is open. With `period` it flaps: it is
/// on for `share` of each period, first on, then off.
///
/// Rule: silence, not an error. A reliable message is sent again after a time-out that doubles, so
/// it arrives some time after the end; none arrives inside. Source: Bailis and Kingsbury, "The
/// Network is Reliable", 2014 (kinds of partitions); Alfatafta et al., "Toward a Generic Fault
/// Tolerance Technique for Partial Network Partitioning", OSDI 2020 (partial ones).
#include <algorithm>
#include <optional>

#include "models/faults/network_fault.hpp"
#include "sim/param/assert.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct PartitionParams {
  std::vector<std::vector<sim::NodeRef>> groups;
  bool one_way = false;
  std::optional<sim::Duration> period;
  sim::Probability share{0.5};

  static void describe(sim::ParamList<PartitionParams>& list) {
    list.add(
            "groups", &PartitionParams::groups,
            "Nodes, groups of nodes, zones (\"zone:NAME\") and regions (\"region:NAME\"); those of "
            "one group reach each other")
        .required();
    list.add("one_way", &PartitionParams::one_way,
             "Only messages from an earlier group to a later one are cut");
    list.add("period", &PartitionParams::period,
             "It flaps: so long from one cut to the next; without it, it stays")
        .above(sim::Duration(0));
    list.add("share", &PartitionParams::share, "With a period: the part of it that is cut");
  }
  static void check(const PartitionParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.groups.size() < 2) {
      problems.add(path / "groups", "expected at least two groups",
                   R"(for example [["zone:a"], ["zone:b"]])");
    }
    for (std::size_t i = 0; i < params.groups.size(); ++i) {
      if (params.groups[i].empty()) problems.add((path / "groups")[i], "a group may not be empty");
    }
  }
};

class Partition final : public NetworkFault {
 public:
  Partition(const PartitionParams& params, const MakeArgs&) : params_(params), flap_(*this) {}
  ~Partition() override {
    if (flap_.kernel) flap_.kernel->cancel_if_scheduled(flap_);
  }

  std::string target_text() const override {
    std::string text;
    for (const auto& group : params_.groups) {
      if (!text.empty()) text += params_.one_way ? " -> " : " | ";
      for (std::size_t i = 0; i < group.size(); ++i) text += (i > 0 ? ", " : "") + group[i].name;
    }
    return text;
  }
  std::vector<Side> sides() const override { return sides_; }
  void begin(std::size_t unit) override {
    NetworkFault::begin(unit);
    on_ = true;
    if (params_.period) flap_.after(span(true));
  }
  void end(std::size_t unit) override {
    if (flap_.kernel) flap_.kernel->cancel_if_scheduled(flap_);
    if (on_) NetworkFault::end(unit);
    on_ = false;
  }

 private:
  /// Turns it on and off.
  struct Flap final : sim::Event {
    explicit Flap(Partition& partition_) : Event(&fire), partition(partition_) {
      set_tag(0, sim::EventKind::fault);
    }
    void after(sim::Duration span) { kernel->schedule_after(*this, span); }
    static void fire(Event& event) { static_cast<Flap&>(event).partition.flap(); }
    Partition& partition;
    sim::Kernel* kernel = nullptr;
  };

  sim::Duration span(bool cut) const {
    const sim::Duration on = sim::scaled(*params_.period, params_.share.value);
    return cut ? on : *params_.period - on;
  }
  void flap() {
    if (on_) {
      NetworkFault::end(0);
    } else {
      NetworkFault::begin(0);
    }
    on_ = !on_;
    flap_.after(span(on_));
  }

  std::vector<sim::Impairment> impairments(sim::FaultContext& context) override {
    flap_.kernel = &context.kernel();
    std::vector<sim::Impairment> cuts;
    for (std::size_t i = 0; i < params_.groups.size(); ++i) {
      for (std::size_t j = i + 1; j < params_.groups.size(); ++j) {
        sim::Impairment cut;
        cut.from = places_of(context, params_.groups[i]);
        cut.to = places_of(context, params_.groups[j]);
        cut.one_way = params_.one_way;
        cut.cut = true;
        cuts.push_back(std::move(cut));
      }
    }
    check_members(context);
    find_sides(context);
    return cuts;
  }
  void find_sides(const sim::FaultContext& context) {
    for (const auto& group : params_.groups) {
      Side& side = sides_.emplace_back();
      for (const sim::NodeRef& ref : group) {
        side.name += (side.name.empty() ? "" : ", ") + ref.name;
        for (const sim::Node* node : context.find(ref.name)) side.nodes.push_back(node);
      }
    }
  }
  /// A node in two groups would be cut from itself.
  void check_members(const sim::FaultContext& context) const {
    std::vector<const sim::Node*> seen;
    for (const auto& group : params_.groups) {
      std::vector<const sim::Node*> members;
      for (const sim::NodeRef& ref : group) {
        for (const sim::Node* node : context.find(ref.name)) members.push_back(node);
      }
      for (const sim::Node* node : members) {
        if (std::find(seen.begin(), seen.end(), node) == seen.end()) continue;
        context.problem("groups", "\"" + node->name() + "\" is in two groups");
        return;
      }
      seen.insert(seen.end(), members.begin(), members.end());
    }
  }

  PartitionParams params_;
  std::vector<Side> sides_;
  bool on_ = false;
  Flap flap_;
};

const sim::Registration<sim::Fault, Partition, PartitionParams> registered{
    {.name = "partition",
     .title = "Partition",
     .summary = "Groups that cannot reach each other; who is in none reaches all. It is silent: "
                "reliable messages are sent again, after a time-out that doubles, and arrive after "
                "the end; datagrams are lost. One-way and flapping on request.",
     .source = "Bailis and Kingsbury, \"The Network is Reliable\", ACM Queue 2014; Alfatafta et "
               "al., \"Toward a Generic Fault Tolerance Technique for Partial Network "
               "Partitioning\", OSDI 2020",
     .example = "{\"type\": \"partition\", \"groups\": [[\"app\"], [\"db\"]]}"}};

}  // namespace
}  // namespace faultline::models
