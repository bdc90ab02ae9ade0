/// Who is let into a cache. An eviction policy says who has to go; an admission says whether it is
/// worth it: of what is asked for once in a while, most is never asked for again.
///
///   lookup, hit or miss -> asked(key)
///   put of a new key    -> admits(key, size); with a full cache and compares(), also
///                          prefers(key, the key that would have to go)
///
/// An entry that is here already is overwritten without asking. Admissions have no clock and no
/// engine.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/random_source.hpp"

namespace faultline::models {

class CacheAdmission {
 public:
  static constexpr std::string_view kind = "cache_admission";
  struct MakeArgs {
    CacheCapacity capacity;
    RandomSource& random;  ///< Outlives the admission.
  };
  using Make = std::function<std::unique_ptr<CacheAdmission>(const MakeArgs&)>;

  virtual ~CacheAdmission() = default;
  /// `key` was asked for, and found or not.
  virtual void asked(CacheKey) {}
  /// Whether `key`, which is not here, of `size` bytes, may come in.
  virtual bool admits(CacheKey key, std::int64_t size) = 0;
  /// Whether it compares who comes with who would have to go first.
  virtual bool compares() const { return false; }
  /// Whether `key` may come in the place of `candidate`. Requires: compares().
  virtual bool prefers(CacheKey /*key*/, CacheKey /*candidate*/) { return true; }
  /// So many entries are in the cache after one came in.
  virtual void holds(std::size_t /*entries*/) {}
};

}  // namespace faultline::models
