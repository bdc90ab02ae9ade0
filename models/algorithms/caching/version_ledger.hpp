/// Which values a key has had, so that it can be said of a value that somebody was served how far
/// behind it was.
///
/// Rule: values are the ids of their writes. A write supersedes a value if it began after that
/// value's own write had been acknowledged, and was itself acknowledged before the read was asked.
/// What ran at the same time supersedes nothing, so no read is called stale that may have been
/// fresh. A write whose outcome is not known supersedes nothing, and is superseded as if it had
/// ended when its caller gave up.
/// Of a key the last `versions_kept` writes are remembered; of a value older than those it is said
/// how far it is behind at least. A value that is not known while none was forgotten is fresh: its
/// write has not been heard of yet.
/// Source: Golab, Li and Shah, "Analyzing Consistency Properties for Fun and Profit", PODC 2011;
/// Bailis et al., "Probabilistically Bounded Staleness", VLDB 2012 (k versions and t).
/// Memory: 32 bytes a write remembered, at most 512 bytes and a table entry a key that is written.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace faultline::models {

class VersionLedger {
 public:
  static constexpr std::size_t versions_kept = 16;

  struct Verdict {
    bool stale = false;
    std::int64_t versions = 0;  ///< Acknowledged writes it is behind.
    std::int64_t age = 0;       ///< Since the first of them was acknowledged, in the caller's time.
  };

  // Times are the caller's nanoseconds, and do not go back.
  void begun(std::uint64_t key, std::uint64_t value, std::int64_t now);
  void acknowledged(std::uint64_t key, std::uint64_t value, std::int64_t now);
  /// It may have taken effect.
  void uncertain(std::uint64_t key, std::uint64_t value, std::int64_t now);
  /// It certainly had no effect.
  void failed(std::uint64_t key, std::uint64_t value);

  /// How far `value` (0: nothing was ever written) was behind for who asked for `key` at `asked`.
  Verdict judge(std::uint64_t key, std::uint64_t value, std::int64_t asked) const;

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  struct Version {
    std::uint64_t value;
    std::int64_t begun;
    std::int64_t done = never;  ///< Its effect is no news any more.
    bool acknowledged = false;
  };
  struct History {
    std::vector<Version> versions;   ///< By beginning.
    std::int64_t dropped = 0;        ///< Acknowledged ones that are not remembered.
    std::int64_t first_ack = never;  ///< Of all.
    bool forgot = false;             ///< Some are not remembered.
  };
  Version* find(std::uint64_t key, std::uint64_t value);

  tsl::robin_map<std::uint64_t, History> keys_;  ///< Never walked. State.
};

}  // namespace faultline::models
