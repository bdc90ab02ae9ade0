/// Writes that were acknowledged and have not reached the store yet: the buffer of write-behind.
///
///   add(key, value) --> [ waiting, oldest first ] --take()--> [ on the way ] --stored() | failed()
///
/// Rule: of several writes to one key the last one counts; it keeps the place of the first, so that
/// no key waits for ever. A write that comes while an older one of its key is on the way waits
/// behind it, so that they arrive in order. What is still here when the buffer is lost was never
/// stored.
/// Source: Ehcache and Oracle Coherence, "Write-behind caching" (coalescing, batches, maximum lag).
/// Does not model: a buffer that is itself replicated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/param/units.hpp"

namespace faultline::models {

class WriteBuffer {
 public:
  struct Config {
    sim::Duration flush_interval{};  ///< Longest that a write waits. Above 0.
    std::int64_t batch = 1;          ///< Writes that are stored together. At least 1.
    std::int64_t limit = 1;          ///< Keys it holds at most. At least 1.
  };
  struct Write {
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    std::int64_t size = 0;  ///< Bytes.
  };

  explicit WriteBuffer(const Config& config) : config_(config) {}

  /// Whether there is room for one more key.
  bool is_full() const { return writes_.size() >= static_cast<std::size_t>(config_.limit); }
  /// Whether `key` has a write here already, which another one joins.
  bool holds(std::uint64_t key) const { return writes_.contains(key); }
  /// Requires: holds(write.key), or not is_full().
  void add(const Write& write);
  /// The last write of `key` here, on its way or not.
  std::optional<Write> find(std::uint64_t key) const;

  /// Up to a batch of those that wait and may go, oldest first; they are on the way from then on.
  std::vector<Write> take();
  /// What was taken of `key` has been stored.
  void stored(std::uint64_t key);
  /// What was taken of `key` has not been stored: it waits again, last, unless a newer one does.
  void failed(std::uint64_t key);

  std::size_t size() const { return writes_.size(); }     ///< Keys, on the way or not.
  std::size_t waiting() const { return order_.size(); }   ///< Keys that take() may give.
  std::uint64_t coalesced() const { return coalesced_; }  ///< Writes that another one replaced.
  const Config& config() const { return config_; }
  /// Forgets everything; returns how many keys had a write that was not stored.
  std::size_t lose();

 private:
  struct Entry {
    Write last;  ///< The newest.
    bool on_the_way = false;
    bool newer = false;  ///< `last` came after what is on the way.
  };

  Config config_;                                    ///< Parameters.
  std::unordered_map<std::uint64_t, Entry> writes_;  ///< By key; looked up, never walked. State.
  std::deque<std::uint64_t> order_;                  ///< Keys that wait. State.
  std::uint64_t coalesced_ = 0;                      ///< Statistic.
};

}  // namespace faultline::models
