/// The cache in one user's browser: a few entries, the least recently used one goes, each good for
/// a time. A hit is answered at once and sends nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/kernel/time.hpp"

namespace faultline::models {

/// Memory: 24 bytes, and 24 for each entry it ever held at once.
class BrowserCache {
 public:
  /// The value of `key` if it is there and still good; then it becomes the most recently used one.
  std::optional<std::uint64_t> lookup(std::uint64_t key, sim::Time now) {
    const auto found = find(key);
    if (found == entries_.end()) return std::nullopt;
    if (found->good_until <= now) {
      entries_.erase(found);
      return std::nullopt;
    }
    std::rotate(entries_.begin(), found, found + 1);
    return entries_.front().value;
  }
  /// Puts `key` in, in place of the least recently used one when `capacity` are held.
  void store(std::uint64_t key, std::uint64_t value, sim::Time good_until, std::size_t capacity) {
    forget(key);
    if (entries_.size() == capacity) entries_.pop_back();
    entries_.insert(entries_.begin(), {key, value, good_until});
  }
  void forget(std::uint64_t key) {
    if (const auto found = find(key); found != entries_.end()) entries_.erase(found);
  }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint64_t key;
    std::uint64_t value;
    sim::Time good_until;
  };
  std::vector<Entry>::iterator find(std::uint64_t key) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [key](const Entry& entry) { return entry.key == key; });
  }

  std::vector<Entry> entries_;  ///< The most recently used one first.
};

}  // namespace faultline::models
