/// A primary's stream of updates to replicas that it does not wait for, as each end sees it.
///
///   primary: update 1, 2, 3 ..  ---network, perhaps in another order--->  replica: 1, 2, 3 ..
///                               <--- I need a copy of everything ---
///                               --- all of it, as it was after update 7 --->  then 8, 9 ..
///
/// Rule: a stream is named by the term of its primary and by how often that has started; the
/// greater name is the newer stream. Updates are numbered and taken in their order. A replica that
/// meets a newer stream asks for a copy of everything and meanwhile keeps what comes; when more
/// than `backlog` updates wait for their turn or for the copy, it drops them and asks again. What
/// an older stream sends is ignored. Source: Redis documentation, "Redis replication" (replication
/// id, offset, backlog, full synchronisation). Does not model: going on from the offset under
/// another primary (PSYNC 2).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/param/assert.hpp"

namespace faultline::models {

struct StreamName {
  std::uint64_t term = 0;  ///< Grows with each promotion.
  std::uint64_t life = 0;  ///< Grows with each start of the primary.
  auto operator<=>(const StreamName&) const = default;
};

template <class Update>
class UpdateStream {
 public:
  /// What a replica has to do after what came in.
  struct Due {
    std::vector<Update> updates;  ///< To be made, in this order.
    bool copy = false;            ///< Ask for a copy of everything.
  };

  /// Requires: backlog > 0.
  explicit UpdateStream(std::size_t backlog) : backlog_(backlog) {}

  const StreamName& name() const { return name_; }
  /// Of a primary, the last update it sent; of a replica, the last it made.
  std::uint64_t position() const { return position_; }
  /// Whether a replica knows all up to its position.
  bool complete() const { return complete_; }

  // As the primary.

  /// A stream of its own begins, from what is here.
  void lead(const StreamName& name) {
    name_ = name;
    position_ = 0;
    complete_ = true;
    waiting_.clear();
  }
  /// The number of the next update.
  std::uint64_t append() { return ++position_; }

  // As a replica.

  /// It knows nothing any more, and needs a copy.
  void forget() {
    name_ = {};
    position_ = 0;
    complete_ = false;
    waiting_.clear();
  }
  /// The primary lives and has a stream of this name.
  Due hello(const StreamName& name) {
    Due due;
    if (name > name_) due.copy = begin(name);
    return due;
  }
  Due receive(const StreamName& name, std::uint64_t position, Update update) {
    Due due;
    if (name < name_) return due;
    if (name > name_) due.copy = begin(name);
    if (complete_ && position <= position_) return due;
    waiting_.emplace(position, std::move(update));
    if (complete_) take_turns(due);
    if (waiting_.size() > backlog_) {
      // Too much for waiting on; a later copy will have it all.
      waiting_.clear();
      complete_ = false;
      due.copy = true;
    }
    return due;
  }
  /// A copy has come, of everything up to `position`: it is in place when this is called. False: it
  /// is of an older stream and must be ignored.
  bool takes_copy(const StreamName& name) const { return name >= name_; }
  Due copied(const StreamName& name, std::uint64_t position) {
    SIM_ASSERT(takes_copy(name));
    if (name > name_) waiting_.clear();
    name_ = name;
    position_ = position;
    complete_ = true;
    waiting_.erase(waiting_.begin(), waiting_.upper_bound(position));
    Due due;
    take_turns(due);
    return due;
  }

 private:
  bool begin(const StreamName& name) {
    name_ = name;
    position_ = 0;
    complete_ = false;
    waiting_.clear();
    return true;
  }
  void take_turns(Due& due) {
    while (!waiting_.empty() && waiting_.begin()->first == position_ + 1) {
      due.updates.push_back(std::move(waiting_.begin()->second));
      waiting_.erase(waiting_.begin());
      ++position_;
    }
  }

  std::size_t backlog_;                      ///< Parameter.
  StreamName name_;                          ///< State.
  std::uint64_t position_ = 0;               ///< State.
  bool complete_ = true;                     ///< State.
  std::map<std::uint64_t, Update> waiting_;  ///< Came before their turn, by number. State.
};

}  // namespace faultline::models
