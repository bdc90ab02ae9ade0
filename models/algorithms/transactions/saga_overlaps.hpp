/// What sagas lose for not locking anything: how often one touched a key on which another one was
/// not over yet.
///
/// Rule: a saga that writes a key after another, unfinished one has written it builds on a value
/// that may not stay: an overlap. If the earlier one is then undone, the later one has read what
/// never should have been (a dirty read), and the compensation may overwrite what it wrote (a lost
/// update). Source: Garcia-Molina, Salem, "Sagas", SIGMOD 1987, section 1; Berenson et al., "A
/// Critique of ANSI SQL Isolation Levels", SIGMOD 1995 (P1, P4).
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace faultline::models {

class SagaOverlaps {
 public:
  /// `saga` has written `key`.
  void wrote(std::uint64_t saga, std::uint64_t key) {
    auto& writers = open_[key];
    if (std::find(writers.begin(), writers.end(), saga) != writers.end()) return;
    if (!writers.empty()) ++overlaps_;
    for (const std::uint64_t earlier : writers) built_on_[earlier].insert(saga);
    writers.push_back(saga);
  }
  /// `saga` is over; what it wrote on `keys` stays, or has been undone.
  void over(std::uint64_t saga, const std::vector<std::uint64_t>& keys, bool undone) {
    if (undone) dirty_reads_ += built_on_[saga].size();
    built_on_.erase(saga);
    for (const std::uint64_t key : keys) {
      const auto found = open_.find(key);
      if (found == open_.end()) continue;
      std::erase(found->second, saga);
      if (found->second.empty()) open_.erase(found);
    }
  }
  std::uint64_t overlaps() const { return overlaps_; }
  std::uint64_t dirty_reads() const {
    return dirty_reads_;
  }  ///< Sagas that built on an undone one.
  void reset_counts() { overlaps_ = dirty_reads_ = 0; }

 private:
  std::map<std::uint64_t, std::vector<std::uint64_t>> open_;   ///< By key: its writers.
  std::map<std::uint64_t, std::set<std::uint64_t>> built_on_;  ///< By saga: those after it.
  std::uint64_t overlaps_ = 0;
  std::uint64_t dirty_reads_ = 0;
};

}  // namespace faultline::models
