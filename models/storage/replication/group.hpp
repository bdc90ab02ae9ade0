/// What drivers of replication protocols share: how a message of a state machine travels, and how
/// the replicas of a group share what only the simulation sees.
#pragma once

#include <memory>
#include <utility>

#include "models/storage/replication.hpp"
#include "models/storage/shard_member.hpp"
#include "sim/network/message.hpp"

namespace faultline::models {

/// A message of a protocol on its way.
template <class Content>
struct Letter final : sim::Message {
  explicit Letter(Content content_) : content(std::move(content_)) {}
  std::unique_ptr<sim::Message> copy() const override { return std::make_unique<Letter>(content); }
  Content content;
};

/// The driver of member 0 of the group, as a `Driver`, while another member is built. Requires:
/// member 0 was built, with a Driver.
template <class Driver>
const Driver& first_member(const ReplicationContext& context) {
  const auto* member = dynamic_cast<const ShardMember*>(&context.members.front()->component());
  const auto* driver = member ? dynamic_cast<const Driver*>(member->replication()) : nullptr;
  SIM_ASSERT(driver != nullptr);
  return *driver;
}

}  // namespace faultline::models
