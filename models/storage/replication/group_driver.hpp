/// What drivers of protocols with numbered members have in common: where they stand, whom they
/// reach and how, and what is done the same way by all of them.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "models/letter.hpp"
#include "models/storage/replication.hpp"
#include "models/storage/replication/driver_parts.hpp"
#include "models/storage/shard_member.hpp"
#include "sim/network/call.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {

class GroupDriver : public Replication {
 protected:
  explicit GroupDriver(const ReplicationContext& context)
      : node_(context.build.node()),
        members_(context.members),
        targets_(context.targets),
        self_(static_cast<std::uint32_t>(context.self)),
        storage_(context.storage),
        log_(context.storage) {}

  sim::Duration now() const { return node_.kernel().now().time_since_epoch(); }
  /// What the node's own clock shows.
  sim::Duration clock() const { return node_.local_time(node_.kernel().now()).time_since_epoch(); }
  std::uint32_t group_size() const { return static_cast<std::uint32_t>(members_.size()); }
  /// The log for the protocol; null if everything is on disk at once.
  ReplicaLog* log() { return storage_.is_free() ? nullptr : &log_; }

  /// The driver of the first member, who keeps what the group has in common.
  template <class Driver>
  const Driver& driver_of_first() const {
    const auto* member = dynamic_cast<const ShardMember*>(&members_[0]->component());
    SIM_ASSERT(member);
    const auto* first = dynamic_cast<const Driver*>(member->replication());
    SIM_ASSERT(first);
    return *first;
  }
  /// The node that a file names as the place of a monitor; null if it names none.
  static sim::Node* host_of(const sim::BuildContext& context, const sim::NodeRef& ref) {
    if (ref.name.empty()) return nullptr;
    const sim::Port port = context.port(ref);
    return port.empty() ? nullptr : port.front().node;
  }

  /// Posts what the protocol wants to tell another member. Requires: Content has bytes().
  template <class Content>
  void post(std::uint32_t to, Content&& content) {
    const sim::Bytes size{content.bytes()};
    sim::post(node_, targets_[to],
              std::make_unique<Letter<std::decay_t<Content>>>(std::forward<Content>(content)),
              size);
  }
  /// Asks another member for what a user asked here. Requires: `patience` outlives the task.
  sim::Task<sim::Reply> pass_on(sim::Request request, std::uint32_t to,
                                const sim::Patience& patience) {
    request.connection = peer_connection;
    auto calling = sim::call(node_, targets_[to], request, patience);
    co_return co_await calling;
  }

  sim::Node& node_;
  std::vector<sim::Node*> members_;
  std::vector<sim::Target> targets_;
  std::uint32_t self_;
  StorageEngine& storage_;

 private:
  EngineLog log_;
};

}  // namespace faultline::models
