/// Which backend each connection through a balancer belongs to.
///
///   (caller's node, its connection) --> backend, until it is closed, broken or idle for too long
///
/// Looking one up and using it cost O(1). A connection that is idle longer than the limit is
/// forgotten, oldest first.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <deque>
#include <vector>

#include "sim/kernel/intrusive_list.hpp"
#include "sim/kernel/time.hpp"
#include "sim/measure/digest.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {

class ConnectionTable {
 public:
  struct Key {
    std::uint32_t caller = 0;      ///< The id of the caller's node.
    std::uint32_t connection = 0;  ///< Request::connection of what comes by it.
    bool operator==(const Key&) const = default;
  };
  /// One connection.
  struct Entry : sim::ListHook {
    Key key;
    std::size_t backend = 0;
    sim::Time opened{};
    sim::Time used{};
    std::uint32_t in_use = 0;  ///< Requests on it now: one that waits for an answer is not idle.
  };

  /// Null if there is none.
  Entry* find(const Key& key) {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
  }
  /// Requires: there is none with this key.
  Entry& add(const Key& key, std::size_t backend, sim::Time now) {
    if (free_.empty()) free_.push_back(&entries_.emplace_back());
    Entry& entry = *free_.back();
    free_.pop_back();
    entry.key = key;
    entry.backend = backend;
    entry.opened = entry.used = now;
    entry.in_use = 0;
    by_use_.push_back(entry);
    const bool fresh = by_key_.emplace(key, &entry).second;
    SIM_ASSERT(fresh);
    return entry;
  }
  void use(Entry& entry, sim::Time now) {
    entry.used = now;
    entry.unlink();
    by_use_.push_back(entry);
  }
  void remove(Entry& entry) {
    entry.unlink();
    by_key_.erase(entry.key);
    free_.push_back(&entry);
  }
  /// The connection that was not used for longest; null if there is none.
  Entry* oldest() { return by_use_.empty() ? nullptr : &by_use_.front(); }
  std::size_t size() const { return by_key_.size(); }
  /// Those of `backend`.
  std::vector<Entry*> of(std::size_t backend) {
    std::vector<Entry*> all;
    by_use_.for_each([&](Entry& entry) {
      if (entry.backend == backend) all.push_back(&entry);
    });
    return all;
  }

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return static_cast<std::size_t>(
          sim::mix_bits(std::uint64_t{key.caller} << 32 | key.connection));
    }
  };
  std::deque<Entry> entries_;
  std::vector<Entry*> free_;
  tsl::robin_map<Key, Entry*, Hash> by_key_;  ///< Never iterated.
  sim::IntrusiveList<Entry> by_use_;          ///< The one used last at the end.
};

}  // namespace faultline::models
