/// A message on a way where more happens than that time passes: shared bandwidth, loss, cuts.
///
///   round 1: link 1 -> link 2 -> link 3 -> there     some of its segments are lost, or it is cut
///            (rest of the retransmission time-out)
///   round 2: link 1 -> ...                           what is missing is sent again
///
/// Rule: a message of n segments goes as a whole from link to link, each of which sends it in the
/// order of arrival at that link. At each link each segment may get lost. If any is missing at the
/// end, or a link is cut when the message enters it or comes out of it, what is missing is sent
/// again a time-out after the beginning of the round, by the path that is the cheapest open one
/// then; the time-out doubles from round to round up to its longest. It arrives when nothing is
/// missing any more. A datagram has one round, and is lost if any of it is.
///
/// Rule: a message that comes in order, and is there, waits as long as one that was sent before it
/// on the same connection is being sent again (head-of-line blocking). On a way whose latency is
/// drawn, messages that lose nothing overtake each other, as they do where nothing can get lost.
///
/// What nobody waits for any more is given up after 15 rounds, as Linux does (tcp_retries2); until
/// then it may still arrive and have its effect long after its sender has given it up.
///
/// Source: RFC 6298, sections 2 and 5 (doubling in 5.5). Does not model: the estimate of the round
/// trip, fast retransmit, duplicate and delayed acknowledgements, congestion windows.
#pragma once

#include "sim/kernel/event.hpp"
#include "sim/kernel/frame_pool.hpp"
#include "sim/network/route.hpp"
#include "sim/network/way.hpp"

namespace faultline::sim {

class Journey final : public Event {
 public:
  static void* operator new(std::size_t size) { return FramePool::take(size); }
  static void operator delete(void* memory, std::size_t size) { FramePool::give(memory, size); }

  /// Sets `message` on its way now. It frees itself when that has arrived or is lost.
  static void begin(Way& way, Event& message, const Parcel& parcel);
  /// Takes the message out of the network; its event is the caller's again.
  void abandon();
  /// Frees the message that `event`, of kind message, carries when the run is torn down.
  static void discard(Event& event);

 private:
  Journey(Way& way, Event& message, const Parcel& parcel);
  ~Journey() = default;

  static void go_on(Event& event);
  void begin_round();
  void enter_link(bool may_double);
  void end_round();
  void join_stream();
  void leave_stream();
  /// Whether it is, or will be, sent again: what comes behind it waits.
  bool is_late() const { return rounds_ > 1 || resting_; }
  bool is_held_up() const;
  void let_next_go();
  void arrive();
  void lose();
  /// Frees this; the message is the caller's.
  Event& finish();

  Way& way_;
  Event& message_;
  Parcel parcel_;
  const Hops* path_ = nullptr;  ///< Of this round.
  std::size_t at_ = 0;          ///< The link of the path it is on.
  bool resting_ = false;        ///< Between two rounds.
  bool there_ = false;          ///< Nothing is missing; it waits for those before it.
  Journey* before_ = nullptr;   ///< Under way, and sent before it on the same connection.
  Journey* after_ = nullptr;
  std::int32_t rounds_ = 0;
  std::int64_t segments_;
  std::int64_t missing_;      ///< Segments that have not arrived.
  std::int64_t passing_ = 0;  ///< Segments of this round that are not lost yet.
  Time began_{};              ///< This round.
  Duration timeout_;          ///< From the beginning of this round to that of the next.
};

}  // namespace faultline::sim
