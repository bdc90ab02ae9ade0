/// Whose turn it is at a lock or a semaphore: permits, and a queue of those who wait for some.
///
///   take(units) --> yes | no, then enter(units) --> place ... granted by somebody's release or leave
///
/// Rule: one that comes is served at once if enough permits are free and it would stand first in
/// the queue; so nobody overtakes. The queue is ordered by rank, the smaller first, and within one
/// rank by arrival. With that it is
///
///   a mutex               1 permit, everybody takes it
///   a semaphore           n permits, FIFO
///   a reader-writer lock  many permits: a reader takes one, a writer all. Equal ranks: fair.
///                         Writers of a smaller rank: they go first, and readers that come while one
///                         waits stand behind it. Readers of a smaller rank: they go past writers
///                         that wait, who may starve.
///
/// Cost: O(log n) of those who wait. Whoever is granted is granted once.
/// Source: Courtois, Heymans, Parnas, "Concurrent Control with Readers and Writers", CACM 14(10),
/// 1971 (the two preferences); Java SE, java.util.concurrent.locks.ReentrantReadWriteLock (fair
/// mode: the longest waiting writer, or all readers in front of the next one) and Semaphore (fair).
/// Does not model: barging, that is, a running thread that takes a lock which had been given back
/// for one that is only waking up.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace faultline::models {

class PermitQueue {
 public:
  /// Where one waits in the queue; a place is given to one only.
  struct Place {
    std::int64_t rank = 0;
    std::uint64_t arrival = 0;
    auto operator<=>(const Place&) const = default;
  };

  /// Requires: permits >= 1.
  explicit PermitQueue(std::int64_t permits) : permits_(permits), free_(permits) {}

  /// The permits, if it is its turn. Requires: 1 <= units <= permits().
  bool take(std::int64_t units, std::int64_t rank);
  /// Stands in the queue. Requires: take() said no.
  Place enter(std::int64_t units, std::int64_t rank);
  /// Gives up waiting. Those whose turn it is now are added to `granted`, in the order of the
  /// queue, and hold what they waited for. Requires: waits in that place.
  void leave(const Place& place, std::vector<Place>& granted);
  /// Gives permits back.
  void give_back(std::int64_t units, std::vector<Place>& granted);

  std::int64_t permits() const { return permits_; }
  std::int64_t free() const { return free_; }
  std::size_t waiting() const { return queue_.size(); }

 private:
  void grant(std::vector<Place>& granted);

  std::int64_t permits_;                 ///< Parameter.
  std::int64_t free_;                    ///< State.
  std::uint64_t arrivals_ = 0;           ///< State.
  std::map<Place, std::int64_t> queue_;  ///< Units by place. State.
};

}  // namespace faultline::models
