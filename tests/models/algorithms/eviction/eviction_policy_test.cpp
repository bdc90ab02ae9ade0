/// What every registered eviction policy promises, checked on each of them.
#include "models/algorithms/eviction/eviction_policy.hpp"

#include <gtest/gtest.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "models/algorithms/eviction/cache_store.hpp"

namespace faultline::models {
namespace {

using Unit = CacheCapacity::Unit;

class EveryEvictionPolicy : public testing::TestWithParam<std::string> {
 protected:
  sim::Choice<EvictionPolicy> policy() const { return sim::Choice<EvictionPolicy>(GetParam()); }
};

/// A cache next to the simplest model of it: what was put last for each key, and what may be held.
class CheckedCache {
 public:
  CheckedCache(const sim::Choice<EvictionPolicy>& policy, CacheCapacity capacity)
      : random_(1), store_(policy, capacity, random_) {}

  void lookup(CacheKey key, std::int64_t now) {
    const CacheEntry* before = store_.peek(key);
    const bool expected = before && before->expires_at > now;
    CacheEntry* found = store_.lookup(key, now);
    ASSERT_EQ(found != nullptr, expected);
    if (found) {
      ASSERT_EQ(found->key, key);
      ASSERT_EQ(found, store_.peek(key)) << "a hit must not evict the entry it returns";
      ASSERT_EQ(found->version, written_[key].version);
    } else {
      written_.erase(key);
    }
    check();
  }
  void put(CacheKey key, std::int64_t size, std::int64_t expires_at) {
    const CacheEntry entry{
        .key = key, .size = size, .expires_at = expires_at, .version = ++version_};
    const bool resident = store_.peek(key) != nullptr;
    const bool fits = store_.capacity().unit == Unit::entries || size <= store_.capacity().amount;
    ASSERT_EQ(store_.put(entry), fits);
    if (fits) {
      written_[key] = entry;
      // A new key is never refused; one that grew may be the victim of its own growth.
      if (!resident) {
        ASSERT_TRUE(store_.peek(key));
      }
    } else {
      ASSERT_FALSE(store_.peek(key));
      written_.erase(key);
    }
    check();
  }
  void erase(CacheKey key) {
    const bool resident = store_.peek(key) != nullptr;
    ASSERT_EQ(store_.erase(key), resident);
    ASSERT_FALSE(store_.peek(key));
    written_.erase(key);
    check();
  }
  void clear() {
    store_.clear();
    written_.clear();
    check();
  }

 private:
  /// Everything held was put and is what was put last; the sums agree; the capacity holds.
  void check() {
    std::int64_t used = 0;
    std::size_t entries = 0;
    for (auto it = written_.begin(); it != written_.end();) {
      const CacheEntry* held = store_.peek(it->first);
      if (!held) {
        it = written_.erase(it);  // Evicted: it must not come back by itself.
        continue;
      }
      ASSERT_EQ(held->version, it->second.version);
      ASSERT_EQ(held->size, it->second.size);
      used += store_.capacity().unit == Unit::entries ? 1 : held->size;
      ++entries;
      ++it;
    }
    ASSERT_EQ(store_.entries(), entries) << "an entry is held that was not put";
    ASSERT_EQ(store_.used(), used);
    ASSERT_LE(store_.used(), store_.capacity().amount);
  }

  SplitMixSource random_;
  CacheStore store_;
  std::map<CacheKey, CacheEntry> written_;
  std::uint64_t version_ = 0;
};

/// Long random use: lookups, puts of new and known keys in other sizes, invalidations, expiry, a
/// restart now and then.
TEST_P(EveryEvictionPolicy, KeepsItsPromisesUnderRandomUse) {
  for (const Unit unit : {Unit::entries, Unit::bytes}) {
    for (const std::int64_t amount : {1, 2, 3, 4, 5, 8, 17, 64}) {
      SCOPED_TRACE(testing::Message() << (unit == Unit::bytes ? "bytes " : "entries ") << amount);
      SplitMixSource random(static_cast<std::uint64_t>(amount));
      CheckedCache cache(policy(), {amount, unit});
      for (std::int64_t now = 0; now < 6000; ++now) {
        const CacheKey key = random.below(1 + random.below(80));
        const auto size = static_cast<std::int64_t>(1 + random.below(1 + random.below(12)));
        const auto life = static_cast<std::int64_t>(1 + random.below(400));
        const std::uint64_t action = random.below(1000);
        if (action < 500) {
          cache.lookup(key, now);
        } else if (action < 930) {
          cache.put(key, size, now + life);
        } else if (action < 998) {
          cache.erase(key);
        } else {
          cache.clear();
        }
        if (HasFatalFailure()) FAIL() << "at step " << now;
      }
    }
  }
}

/// Bytes with most objects near the whole capacity: the shares of a policy's parts are smaller than
/// its objects.
TEST_P(EveryEvictionPolicy, ServesObjectsLargerThanItsParts) {
  SplitMixSource random(9);
  CheckedCache cache(policy(), {1000, Unit::bytes});
  for (std::int64_t now = 0; now < 6000; ++now) {
    const CacheKey key = random.below(12);
    const auto size = static_cast<std::int64_t>(1 + random.below(1000));
    switch (random.below(8)) {
      case 0:
        cache.erase(key);
        break;
      case 1:
      case 2:
      case 3:
        cache.put(key, size, CacheStore::no_expiry);
        break;
      default:
        cache.lookup(key, now);
    }
    if (HasFatalFailure()) FAIL() << "at step " << now;
  }
}

/// Without a miss nothing is evicted: the whole capacity is of use.
TEST_P(EveryEvictionPolicy, HoldsAsManyAsTheCapacity) {
  for (const std::int64_t amount : {1, 2, 10, 1000}) {
    SplitMixSource random(1);
    CacheStore store(policy(), {amount, Unit::entries}, random);
    for (int round = 0; round < 3; ++round) {
      for (std::int64_t key = 0; key < amount; ++key) {
        const auto wanted = static_cast<CacheKey>(key);
        const bool hit = store.lookup(wanted) != nullptr;
        ASSERT_EQ(hit, round > 0) << amount;
        if (!hit) store.put({.key = wanted, .expires_at = CacheStore::no_expiry});
      }
    }
    EXPECT_EQ(store.entries(), static_cast<std::size_t>(amount));
    EXPECT_EQ(store.counts().evictions, 0u);
  }
}

/// One place: a repeat hits, another key takes the place.
TEST_P(EveryEvictionPolicy, WorksWithOnePlace) {
  SplitMixSource random(1);
  CacheStore store(policy(), {1, Unit::entries}, random);
  for (CacheKey key = 0; key < 100; ++key) {
    EXPECT_FALSE(store.lookup(key));
    store.put({.key = key, .expires_at = CacheStore::no_expiry});
    EXPECT_TRUE(store.lookup(key));
    EXPECT_EQ(store.entries(), 1u);
  }
}

/// The same requests give the same answers, whatever ran before in the process.
TEST_P(EveryEvictionPolicy, IsRepeatable) {
  const auto answers = [this] {
    SplitMixSource random(3);
    SplitMixSource requests(4);
    CacheStore store(policy(), {50, Unit::entries}, random);
    std::string text;
    for (int request = 0; request < 5000; ++request) {
      const CacheKey key = requests.below(1 + requests.below(300));
      const bool hit = store.lookup(key) != nullptr;
      text += hit ? 'h' : 'm';
      if (!hit) store.put({.key = key, .expires_at = CacheStore::no_expiry});
    }
    return text;
  };
  EXPECT_EQ(answers(), answers());
}

/// Read, written and read again it is the same choice.
TEST_P(EveryEvictionPolicy, RoundTripsAsText) {
  sim::Json written;
  sim::ValueType<sim::Choice<EvictionPolicy>>::write(policy(), written);
  EXPECT_EQ(written, sim::Json(GetParam()));
}

/// Its page says what it is and where it comes from.
TEST_P(EveryEvictionPolicy, IsDocumented) {
  const sim::TypeDoc& doc = policy().type().doc();
  EXPECT_FALSE(doc.title.empty());
  EXPECT_FALSE(doc.summary.empty());
  EXPECT_FALSE(doc.source.empty());
  EXPECT_FALSE(doc.does_not_model.empty());
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
/// Keys that never come again run through a small cache: after the ghosts have filled up, memory
/// must not grow.
TEST_P(EveryEvictionPolicy, MemoryDoesNotGrowWithTheKeysSeen) {
  SplitMixSource random(1);
  CacheStore store(policy(), {100, Unit::entries}, random);
  const auto pass = [&](CacheKey from, CacheKey to) {
    for (CacheKey key = from; key < to; ++key) {
      if (!store.lookup(key)) store.put({.key = key, .expires_at = CacheStore::no_expiry});
      if (key % 3 == 0) store.lookup(key - key / 7);
    }
  };
  pass(0, 50'000);
  const std::size_t before = mallinfo2().uordblks;
  pass(50'000, 1'000'000);
  const std::size_t after = mallinfo2().uordblks;
  EXPECT_LE(after, before + 32 * 1024);
}
#endif

INSTANTIATE_TEST_SUITE_P(
    Registered, EveryEvictionPolicy,
    testing::ValuesIn(sim::TypeCatalogue::instance().names(EvictionPolicy::kind)),
    [](const auto& tested) { return tested.param; });

TEST(EvictionPolicies, AreAllRegistered) {
  EXPECT_EQ(
      sim::TypeCatalogue::instance().names(EvictionPolicy::kind),
      (std::vector<std::string>{"arc", "clock", "fifo", "gdsf", "lfu", "lirs", "lru", "random",
                                "s3_fifo", "sieve", "slru", "two_queue", "w_tinylfu"}));
  EXPECT_EQ(sim::TypeCatalogue::instance().names(OfflineEvictionPolicy::kind),
            (std::vector<std::string>{"belady"}));
}

TEST(EvictionPolicies, AParameterOutOfRangeIsAProblem) {
  sim::Problems problems;
  sim::ReadContext context{problems};
  sim::Choice<EvictionPolicy> choice;
  sim::ValueType<sim::Choice<EvictionPolicy>>::read("clock(counter_bits=0)", choice, {},
                                                    sim::Path("eviction"), context);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_FALSE(choice);
}

}  // namespace
}  // namespace faultline::models
