/// A cache of one eviction policy that is asked for letters, so that a test reads as a story.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "models/algorithms/eviction/cache_store.hpp"

namespace faultline::models {

class LetterCache {
 public:
  LetterCache(std::string_view policy, CacheCapacity capacity, std::uint64_t seed = 1)
      : random_(seed), store_(sim::Choice<EvictionPolicy>(policy), capacity, random_) {}
  LetterCache(std::string_view policy, std::int64_t entries)
      : LetterCache(policy, {entries, CacheCapacity::Unit::entries}) {}

  /// Asks for each letter and puts it after a miss. "h" or "m" for each; spaces are passed over.
  std::string ask(std::string_view letters, std::int64_t size = 1) {
    std::string answers;
    for (const char letter : letters) {
      if (letter == ' ') continue;
      const CacheEntry* entry = store_.lookup(key(letter));
      answers += entry ? 'h' : 'm';
      if (!entry) put(letter, size);
    }
    return answers;
  }
  bool put(char letter, std::int64_t size = 1) {
    return store_.put({.key = key(letter), .size = size, .expires_at = CacheStore::no_expiry});
  }
  bool erase(char letter) { return store_.erase(key(letter)); }

  /// The letters held, sorted.
  std::string held() const {
    std::string letters;
    for (char letter = 'a'; letter <= 'z'; ++letter) {
      if (store_.peek(key(letter))) letters += letter;
    }
    return letters;
  }
  CacheStore& store() { return store_; }

 private:
  static CacheKey key(char letter) { return static_cast<CacheKey>(letter); }

  SplitMixSource random_;
  CacheStore store_;
};

/// Misses of a policy on a trace, each miss putting its key.
inline std::int64_t misses(std::string_view policy, std::int64_t entries,
                           const std::vector<CacheKey>& trace) {
  SplitMixSource random(1);
  CacheStore store(sim::Choice<EvictionPolicy>(policy), {entries, CacheCapacity::Unit::entries},
                   random);
  std::int64_t count = 0;
  for (const CacheKey key : trace) {
    if (store.lookup(key)) continue;
    ++count;
    store.put({.key = key, .expires_at = CacheStore::no_expiry});
  }
  return count;
}

/// Letters as keys.
inline std::vector<CacheKey> keys_of(std::string_view letters) {
  std::vector<CacheKey> keys;
  for (const char letter : letters) {
    if (letter != ' ') keys.push_back(static_cast<CacheKey>(letter));
  }
  return keys;
}

}  // namespace faultline::models
