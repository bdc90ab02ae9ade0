/// The backends that can be picked, in order of their index, so that the k-th is found in O(1).
/// Joining and leaving move the rest of the list, which is a few kilobytes at thousands of
/// backends, and happens only when health changes. The order depends on the members alone, not on
/// how they came: the same chance picks the same backend.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace faultline::models {

class EligibleList {
 public:
  /// Makes `index` a member or not; no effect if it is so already.
  void set(std::size_t index, bool member) {
    const auto value = static_cast<std::uint32_t>(index);
    const auto place = std::lower_bound(members_.begin(), members_.end(), value);
    const bool found = place != members_.end() && *place == value;
    if (member && !found) members_.insert(place, value);
    if (!member && found) members_.erase(place);
  }

  std::size_t size() const { return members_.size(); }
  std::size_t operator[](std::size_t rank) const { return members_[rank]; }

 private:
  std::vector<std::uint32_t> members_;
};

}  // namespace faultline::models
