/// An admission by its text, and a cache behind it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "models/algorithms/caching/cache_admission.hpp"
#include "models/algorithms/eviction/cache_store.hpp"

namespace faultline::tests {

inline sim::Choice<models::CacheAdmission> admission_choice(const std::string& text) {
  return sim::Choice<models::CacheAdmission>(text);
}

/// A cache that is looked up and, on a miss, put, as applications do.
struct AdmittingCache {
  models::SplitMixSource random{1};
  models::CacheStore store;

  AdmittingCache(const std::string& admission, models::CacheCapacity capacity,
                 const std::string& eviction = "lru")
      : store(sim::Choice<models::EvictionPolicy>(eviction), admission_choice(admission), capacity,
              random) {}
  /// Whether it was a hit.
  bool ask(models::CacheKey key, std::int64_t size = 1) {
    if (store.lookup(key)) return true;
    store.put({.key = key, .size = size});
    return false;
  }
};

}  // namespace faultline::tests
