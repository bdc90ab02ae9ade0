/// How the members of a group find out who of them is there.
///
///   wakeup() --alarm--> wake() --> outbox: messages --datagrams--> receive() of others
///                                  changes: whom this member takes for alive, suspect or dead now
///
/// A protocol runs once in every member. It has no clock and no network: times are handed in, since
/// the start of the run, and never go back; what it wants to send and what it has concluded are
/// taken from it after each call. Members are numbered; all know who could be there, and none knows
/// who is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

enum class MemberState : std::uint8_t { alive, suspect, dead };

/// What one member is told of another.
struct MemberUpdate {
  std::uint32_t member = 0;
  std::uint32_t incarnation = 0;
  MemberState state = MemberState::alive;
  std::uint32_t from = 0;  ///< Of a suspicion: who has it.
};

struct MembershipMessage {
  enum class Kind : std::uint8_t {
    ping,      ///< Are you there?
    ack,       ///< Yes; or: the one you asked about is.
    ping_req,  ///< Ask `subject` for me.
    nack,      ///< The one you asked about has not answered me.
    heartbeat  ///< I am there.
  };
  Kind kind = Kind::ping;
  std::uint32_t sequence = 0;                ///< Of the question.
  std::uint32_t subject = 0;                 ///< Of ping_req.
  std::vector<MemberUpdate> updates = {};    ///< Carried along.
  std::vector<std::uint64_t> counters = {};  ///< Of heartbeats, by member, where they are gossiped.

  /// As protocols pack it: a header of UDP and IP, the question, 9 bytes for an update, 8 for a
  /// counter.
  std::int64_t bytes() const {
    return 28 + 11 + 9 * static_cast<std::int64_t>(updates.size()) +
           8 * static_cast<std::int64_t>(counters.size());
  }
};

class MembershipProtocol {
 public:
  static constexpr std::string_view kind = "membership";
  struct MakeArgs {
    std::size_t members;
    std::size_t self;
    RandomSource& random;  ///< Must outlive the protocol.
  };
  struct Outgoing {
    std::size_t to;
    MembershipMessage message;
  };
  struct Change {
    std::size_t member;
    MemberState state;
  };

  virtual ~MembershipProtocol() = default;
  MembershipProtocol(const MembershipProtocol&) = delete;
  MembershipProtocol& operator=(const MembershipProtocol&) = delete;

  /// Begins, or begins anew with all forgotten. `phase` in 0..1: which part of its first period
  /// passes before it does anything, so that members need not act at the same instants.
  virtual void start(sim::Duration now, double phase) = 0;
  /// When wake() is to be called next; Duration::max(): never.
  virtual sim::Duration wakeup() const = 0;
  /// Requires: now >= wakeup().
  virtual void wake(sim::Duration now) = 0;
  virtual void receive(sim::Duration now, std::size_t from, const MembershipMessage& message) = 0;
  virtual MemberState state_of(std::size_t member) const = 0;

  /// What to send, and what it has concluded, since the last time.
  std::vector<Outgoing> take_outbox() { return std::exchange(outbox_, {}); }
  std::vector<Change> take_changes() { return std::exchange(changes_, {}); }

 protected:
  MembershipProtocol() = default;
  void send(std::size_t to, MembershipMessage message) {
    outbox_.push_back({to, std::move(message)});
  }
  void conclude(std::size_t member, MemberState state) { changes_.push_back({member, state}); }

 private:
  std::vector<Outgoing> outbox_;
  std::vector<Change> changes_;
};

}  // namespace faultline::models
