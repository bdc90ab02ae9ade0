/// Values in versions: what a key held at each commit that somebody may still ask for.
///
/// Rule: commits are numbered by stamps from 1; a reader with snapshot s sees, of each key, the
/// last version whose stamp is at most s. A version that a newer one has replaced goes when no
/// reader that has begun can see it; that is looked at when its key is written. Source: Bernstein,
/// Goodman, "Multiversion Concurrency Control", ACM TODS 8(4), 1983. Does not model: where versions
/// lie and what collecting them costs.
#pragma once

#include <tsl/robin_map.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/param/assert.hpp"

namespace faultline::models {

class VersionStore {
 public:
  using Key = std::uint64_t;
  using Value = std::uint64_t;
  using Stamp = std::uint64_t;  ///< 0: before all commits.

  struct Version {
    Stamp stamp = 0;
    Value value = 0;  ///< 0: nothing was ever written.
  };

  const Version& latest(Key key) const {
    const auto found = keys_.find(key);
    return found == keys_.end() ? nothing() : found->second.back();
  }
  const Version& at(Key key, Stamp snapshot) const {
    const auto found = keys_.find(key);
    if (found == keys_.end()) return nothing();
    const std::vector<Version>& versions = found->second;
    for (std::size_t i = versions.size(); i-- > 0;) {
      if (versions[i].stamp <= snapshot) return versions[i];
    }
    return nothing();
  }

  /// A new version. Nobody with a snapshot before `oldest` will ask any more. Requires: `stamp` is
  /// above all stamps of the key.
  void install(Key key, Value value, Stamp stamp, Stamp oldest) {
    std::vector<Version>& versions = keys_[key];
    SIM_ASSERT(versions.empty() || versions.back().stamp < stamp);
    versions.push_back({stamp, value});
    ++size_;
    // The last one at or before `oldest` is still seen; those before it are not.
    std::size_t needed = 0;
    while (needed + 1 < versions.size() && versions[needed + 1].stamp <= oldest) ++needed;
    versions.erase(versions.begin(), versions.begin() + static_cast<std::ptrdiff_t>(needed));
    size_ -= needed;
  }

  /// The key has this value, as of its last version, or of none. Requires: no reader.
  void overwrite(Key key, Value value) {
    if (value == 0) {
      const auto found = keys_.find(key);
      if (found == keys_.end()) return;
      size_ -= found->second.size();
      keys_.erase(key);
      return;
    }
    std::vector<Version>& versions = keys_[key];
    if (versions.empty()) {
      versions.push_back({});
      ++size_;
    }
    versions.back().value = value;
  }

  /// Keeps the last version of each key only. Requires: no reader.
  void forget_old_versions() {
    // The order in which keys are walked does not show.
    for (auto at = keys_.begin(); at != keys_.end(); ++at) {
      std::vector<Version>& versions = at.value();
      size_ -= versions.size() - 1;
      versions.erase(versions.begin(), versions.end() - 1);
    }
  }

  /// Versions of all keys.
  std::size_t size() const { return size_; }

 private:
  static const Version& nothing() {
    static const Version none;
    return none;
  }

  tsl::robin_map<Key, std::vector<Version>> keys_;  ///< Of each key the oldest first. State.
  std::size_t size_ = 0;                            ///< State.
};

}  // namespace faultline::models
