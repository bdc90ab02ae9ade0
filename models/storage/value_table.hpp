/// The values a replica holds: of each key, what was written to it last.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>

namespace faultline::models {

/// Memory: 24 bytes for a key at a load of one half.
class ValueTable {
 public:
  /// 0: nothing was ever written.
  std::uint64_t read(std::uint64_t key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? 0 : found->second;
  }
  void write(std::uint64_t key, std::uint64_t value) { values_[key] = value; }
  void erase(std::uint64_t key) { values_.erase(key); }
  void clear() { values_.clear(); }
  std::size_t size() const { return values_.size(); }

 private:
  tsl::robin_map<std::uint64_t, std::uint64_t> values_;
};

}  // namespace faultline::models
