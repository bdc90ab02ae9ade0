/// What a member has to pass on, and how often it has done so: news travels on messages that are
/// sent anyway.
///
/// Rule: each message takes the updates that were passed on least often, and each update is passed
/// on `limit` times by each member, so that the cost of a message does not depend on how many there
/// are. A newer update about a member takes the place of an older one.
/// Source: Das, Gupta, Motivala, "SWIM", DSN 2002, section 4.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "models/algorithms/membership/membership_protocol.hpp"

namespace faultline::models {

class UpdateQueue {
 public:
  void clear() {
    by_times_.clear();
    newest_.clear();
  }
  void push(const MemberUpdate& update) {
    const std::uint64_t number = ++numbers_;
    newest_[update.member] = number;
    by_times_[0].push_back({update, number});
  }
  /// Adds to `out` until it holds `most` updates; each counts as passed on once more, and is gone
  /// when that makes `limit` times.
  void take(std::vector<MemberUpdate>& out, std::size_t most, std::size_t limit);
  std::size_t size() const { return newest_.size(); }

 private:
  struct Item {
    MemberUpdate update;
    std::uint64_t number;
  };
  bool current(const Item& item) const {
    const auto found = newest_.find(item.update.member);
    return found != newest_.end() && found->second == item.number;
  }

  std::map<std::size_t, std::deque<Item>> by_times_;  ///< By how often it was passed on.
  std::map<std::uint32_t, std::uint64_t> newest_;     ///< By member: its update that counts.
  std::uint64_t numbers_ = 0;
};

}  // namespace faultline::models
