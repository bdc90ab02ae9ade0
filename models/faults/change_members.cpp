/// `change_members`: somebody changes who belongs to a replication group while it works.
///
///   {"type": "change_members", "add": ["db[3]", "db[4]"], "remove": ["db[0]"]}
///
///   order --> leader: new members learn the log --> joint consensus --> new membership
///
/// Rule: nothing goes wrong with a node here; what is shown is what the group does with an order of
/// its operator. All that one entry names of one group comes and goes in one change; orders wait
/// for each other. The order is carried out by whoever leads, now or later, and an end of the fault
/// takes nothing back: how long it lasts only says how long it is shown.
/// Source: Ongaro, "Consensus: Bridging Theory and Practice", 2014, chapter 4.
/// Does not model: the way from the operator to the leader.
#include <algorithm>
#include <vector>

#include "models/storage/shard_member.hpp"
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct ChangeMembersParams {
  std::vector<sim::NodeRef> add;
  std::vector<sim::NodeRef> remove;
  bool learners_first = true;

  static void describe(sim::ParamList<ChangeMembersParams>& list) {
    list.add("add", &ChangeMembersParams::add, "Replicas that are to belong to their group");
    list.add("remove", &ChangeMembersParams::remove,
             "Replicas that are not to belong to it any more");
    list.add("learners_first", &ChangeMembersParams::learners_first,
             "Whether those who come get the log without a vote until they have caught up; if not, "
             "they count for majorities while they are empty");
  }
  static void check(const ChangeMembersParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if (params.add.empty() && params.remove.empty()) {
      problems.add(path, "nobody is to come or to go", "give `add`, `remove` or both");
    }
  }
};

class ChangeMembers final : public sim::Fault {
 public:
  ChangeMembers(const ChangeMembersParams& params, const MakeArgs&) : params_(params) {}

  std::size_t prepare(sim::FaultContext& context) override {
    find(context, "add", params_.add, &MembershipChange::add);
    find(context, "remove", params_.remove, &MembershipChange::remove);
    return groups_.size();
  }
  std::string target_text() const override {
    std::string text = text_of("add", params_.add);
    if (!params_.add.empty() && !params_.remove.empty()) text += "; ";
    return text + text_of("remove", params_.remove);
  }
  std::string unit_text(std::size_t unit) const override { return groups_[unit].text; }
  void begin(std::size_t unit) override {
    groups_[unit].replication->change_membership(groups_[unit].change);
  }
  void end(std::size_t) override {}

 private:
  /// What happens to one replication group.
  struct Group {
    const sim::Node* first;  ///< Of those named.
    std::size_t shard;
    Replication* replication;
    MembershipChange change;
    std::string text;
  };

  static std::string text_of(std::string_view verb, const std::vector<sim::NodeRef>& nodes) {
    std::string text;
    for (const sim::NodeRef& node : nodes) {
      text += text.empty() ? std::string(verb) + " " : ", ";
      text += node.name;
    }
    return text;
  }

  void find(const sim::FaultContext& context, std::string_view key,
            const std::vector<sim::NodeRef>& references,
            std::vector<std::size_t> MembershipChange::*places) {
    for (const sim::NodeRef& reference : references) {
      for (sim::Node* node : context.find(reference.name)) {
        const auto* member = dynamic_cast<const ShardMember*>(&node->component());
        Replication* replication = member ? member->replication() : nullptr;
        if (!replication || !replication->changes_membership()) {
          context.problem(key, node->name() + " belongs to no group whose members can change",
                          "a database with the replication \"raft\" does");
          return;
        }
        Group& group = group_of(*node, member->shard(), *replication);
        std::vector<std::size_t>& named = group.change.*places;
        if (std::find(named.begin(), named.end(), member->place()) != named.end()) continue;
        if (&named == &group.change.remove && is_among(group.change.add, member->place())) {
          context.problem(key, node->name() + " is to come and to go");
          return;
        }
        group.text += group.text.empty() ? "" : named.empty() ? "; " : ", ";
        if (named.empty()) group.text += std::string(key) + " ";
        group.text += node->name();
        named.push_back(member->place());
      }
    }
  }
  static bool is_among(const std::vector<std::size_t>& places, std::size_t place) {
    return std::find(places.begin(), places.end(), place) != places.end();
  }
  Group& group_of(const sim::Node& node, std::size_t shard, Replication& replication) {
    for (Group& group : groups_) {
      if (group.first->group() == node.group() && group.shard == shard) return group;
    }
    groups_.push_back({.first = &node,
                       .shard = shard,
                       .replication = &replication,
                       .change = {.learners_first = params_.learners_first},
                       .text = {}});
    return groups_.back();
  }

  ChangeMembersParams params_;
  std::vector<Group> groups_;
};

const sim::Registration<sim::Fault, ChangeMembers, ChangeMembersParams> registered{
    {.name = "change_members",
     .title = "Change of members",
     .summary =
         "Replicas are added to the group that keeps their data, or removed from it, in one change "
         "while it works. It is an order that whoever leads carries out; how long it lasts only "
         "says how long it is shown.",
     .source = "Ongaro, Consensus: Bridging Theory and Practice, 2014, chapter 4",
     .does_not_model = "the way from the operator to the leader",
     .example = R"json({"type": "change_members", "add": ["db[3]", "db[4]"]})json"}};

}  // namespace
}  // namespace faultline::models
