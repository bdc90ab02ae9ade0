/// What each peer has of a sequence of changes, and what to send it next.
///
///   changes:      1 2 3 4 5 6 7 8 9
///   peer has:     -----|                acknowledged up to 3
///   on the way:         -----|          sent up to 6
///   next:                     -----|    the interval (6, 9], as one delta group
///
/// Rule: a replica numbers its changes. A peer is sent each interval once, as soon as there is
/// something new, and acknowledges it; acknowledgements join on to each other in any order. If
/// nothing that is on the way is acknowledged for `retry`, the peer counts as silent: it is sent a
/// probe now and then and nothing else, so that nothing piles up for who does not hear it; at its
/// first sign of life it is sent all that it has not acknowledged. If the changes it lacks are no
/// longer kept, it is sent everything.
/// Source: Almeida, Shoker, Baquero, "Delta State Replicated Data Types", JPDC 111, 2018, algorithm
/// 2 (delta intervals, acknowledgements, full state when the deltas are gone).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "sim/param/units.hpp"

namespace faultline::models {

/// The changes after + 1 .. upto.
struct Interval {
  std::uint64_t after = 0;
  std::uint64_t upto = 0;
  bool operator==(const Interval&) const = default;
};

class DeltaSync {
 public:
  enum class What : std::uint8_t { nothing, interval, everything, probe };
  struct Decision {
    What what = What::nothing;
    Interval interval = {};  ///< Of everything: from 0.
  };

  /// Of member `self` of so many; `retry`: longer than a message and its acknowledgement take.
  DeltaSync(std::size_t members, std::size_t self, sim::Duration retry)
      : peers_(members), self_(self), retry_(retry) {}

  /// One change more; its number.
  std::uint64_t record() { return ++newest_; }
  std::uint64_t newest() const { return newest_; }
  /// What to send `peer` now; it counts as sent.
  Decision next(std::size_t peer, sim::Duration now);
  void acknowledged(std::size_t peer, const Interval& interval, sim::Duration now);
  /// Anything came from this peer.
  void heard(std::size_t peer) { peers_[peer].silent = false; }
  /// This peer may lack anything, whatever it acknowledged: it is to be sent everything.
  void needs_everything(std::size_t peer);
  /// Changes up to here are no longer kept.
  void dropped(std::uint64_t upto) { dropped_ = upto; }
  /// What all peers have.
  std::uint64_t acknowledged_by_all() const;
  std::uint64_t acknowledged_by(std::size_t peer) const { return peers_[peer].acknowledged; }
  bool silent(std::size_t peer) const { return peers_[peer].silent; }
  /// Changes that were not acknowledged by somebody.
  bool idle() const { return acknowledged_by_all() == newest_; }

 private:
  struct Peer {
    std::uint64_t acknowledged = 0;
    std::uint64_t sent = 0;
    std::uint64_t floor = 0;   ///< What was sent before this was forgotten.
    sim::Duration progress{};  ///< When it last acknowledged, or was sent something anew.
    bool silent = false;
    sim::Duration probed{};
    std::map<std::uint64_t, std::uint64_t> ahead;  ///< Acknowledged intervals beyond a gap.
  };

  std::vector<Peer> peers_;  ///< By member; that of `self_` is not used.
  std::size_t self_;
  sim::Duration retry_;  ///< Parameter.
  std::uint64_t newest_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace faultline::models
