/// Which keys are hot, window after window, and where copies of a hot key go.
///
///   count(key), count(key) ..  --end of a window-->  who is hot now, who has become it, who no more
///
/// Rule: a key is hot with at least `share` of the requests of the window that has just ended, as
/// far as a sketch of fixed size is certain of it (space_saving.hpp). Its copies live where a
/// placement puts further keys that are derived from it, none of them where it lives itself; who
/// knows the placement knows them, without a table.
/// Source: Hong, Thottethodi, "Understanding and Mitigating the Impact of Load Imbalance in the
/// Memory Caching Tier", SoCC 2013 (hot keys are found by a sketch and copied to other servers).
/// Does not model: keys that are hot together.
#pragma once

#include <cstdint>
#include <vector>

#include "models/algorithms/hashing/key_placement.hpp"
#include "models/algorithms/sharding/space_saving.hpp"

namespace faultline::models {

class HotKeys {
 public:
  /// Requires: 0 < share <= 1, counters > 0.
  HotKeys(double share, std::size_t counters) : share_(share), sketch_(counters) {}

  void count(std::uint64_t key) { sketch_.count(key); }

  /// What the end of a window changed; keys in rising order.
  struct Change {
    std::vector<std::uint64_t> risen;   ///< Hot now, and not before.
    std::vector<std::uint64_t> cooled;  ///< Hot before, and not now.
  };
  /// The window ends. A window of nothing leaves nobody hot.
  Change end_window();
  /// The hot keys of the window before this one, in rising order.
  const std::vector<std::uint64_t>& hot() const { return hot_; }
  bool is_hot(std::uint64_t key) const;
  /// Forgets everything, as a crash does.
  void clear();

 private:
  double share_;                    ///< Parameter.
  SpaceSaving sketch_;              ///< Of the window. State.
  std::vector<std::uint64_t> hot_;  ///< State.
};

/// Where up to `copies` copies of `key` live, each on a node of its own, none on the node of `key`:
/// the first of these that the placement gives for keys derived from it. Fewer if there are fewer
/// nodes, or the placement knows only ranges in which all of them fall together.
std::vector<std::size_t> copies_of(KeyPlacement& placement, std::uint64_t key, std::size_t copies);

}  // namespace faultline::models
