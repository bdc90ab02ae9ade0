/// How the replicas of a group share what only the simulation sees.
#pragma once

#include "models/storage/replication.hpp"
#include "models/storage/shard_member.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {

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
