#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

std::vector<std::uint64_t> next_uses(const std::vector<CacheKey>& trace) {
  std::vector<std::uint64_t> next(trace.size(), OfflineEvictionPolicy::Future::never);
  std::map<CacheKey, std::uint64_t> seen;
  for (std::size_t at = trace.size(); at > 0; --at) {
    const auto known = seen.find(trace[at - 1]);
    if (known != seen.end()) next[at - 1] = known->second;
    seen[trace[at - 1]] = at - 1;
  }
  return next;
}

std::int64_t belady_misses(std::int64_t entries, const std::vector<CacheKey>& trace) {
  const sim::Choice<OfflineEvictionPolicy> belady("belady");
  OfflineEvictionPolicy::Future future;
  SplitMixSource random(1);
  CacheStore store(
      [&](const EvictionPolicy::MakeArgs& args) {
        return belady.make({args, future});
      },
      {entries, CacheCapacity::Unit::entries}, random);
  const auto next = next_uses(trace);
  std::int64_t count = 0;
  for (std::size_t at = 0; at < trace.size(); ++at) {
    future.next_use = next[at];
    if (store.lookup(trace[at])) continue;
    ++count;
    store.put({.key = trace[at], .expires_at = CacheStore::no_expiry});
  }
  return count;
}

/// The fewest misses over all choices of victims, by trying them all.
std::int64_t fewest_misses(std::size_t entries, const std::vector<CacheKey>& trace, std::size_t at,
                           const std::set<CacheKey>& held) {
  if (at == trace.size()) return 0;
  if (held.count(trace[at]) > 0) return fewest_misses(entries, trace, at + 1, held);
  std::set<CacheKey> with = held;
  with.insert(trace[at]);
  if (with.size() <= entries) return 1 + fewest_misses(entries, trace, at + 1, with);
  std::int64_t fewest = static_cast<std::int64_t>(trace.size());
  for (const CacheKey victim : held) {
    std::set<CacheKey> without = with;
    without.erase(victim);
    fewest = std::min(fewest, 1 + fewest_misses(entries, trace, at + 1, without));
  }
  return fewest;
}

TEST(Belady, KnownCounts) {
  const auto trace = keys_of("abcd abe abcde");
  EXPECT_EQ(belady_misses(3, trace), 7);
  EXPECT_EQ(belady_misses(4, trace), 6);
}

TEST(Belady, NoChoiceOfVictimsDoesBetter) {
  SplitMixSource random(5);
  for (int round = 0; round < 150; ++round) {
    std::vector<CacheKey> trace;
    for (int request = 0; request < 12; ++request) trace.push_back(random.below(5));
    for (const std::size_t entries : {1u, 2u, 3u}) {
      ASSERT_EQ(belady_misses(static_cast<std::int64_t>(entries), trace),
                fewest_misses(entries, trace, 0, {}));
    }
  }
}

TEST(Belady, NoPolicyDoesBetter) {
  SplitMixSource random(6);
  for (int round = 0; round < 10; ++round) {
    std::vector<CacheKey> trace;
    for (int request = 0; request < 2000; ++request)
      trace.push_back(random.below(1 + random.below(60)));
    for (const std::int64_t entries : {1, 2, 7, 20}) {
      const std::int64_t best = belady_misses(entries, trace);
      for (const std::string& policy : sim::TypeCatalogue::instance().names(EvictionPolicy::kind)) {
        ASSERT_LE(best, misses(policy, entries, trace))
            << policy << " with " << entries << " entries";
      }
    }
  }
}

TEST(Belady, ErasedEntriesLeaveTheOrder) {
  const sim::Choice<OfflineEvictionPolicy> belady("belady");
  OfflineEvictionPolicy::Future future;
  SplitMixSource random(1);
  CacheStore store(
      [&](const EvictionPolicy::MakeArgs& args) {
        return belady.make({args, future});
      },
      {3, CacheCapacity::Unit::entries}, random);
  const auto put = [&](CacheKey key, std::uint64_t next_use) {
    future.next_use = next_use;
    store.put({.key = key, .expires_at = CacheStore::no_expiry});
  };
  put(1, 50);
  put(2, 90);
  put(3, 70);
  store.erase(2);
  put(4, 60);
  put(5, 80);  // 3 is needed last of 1, 3, 4.
  EXPECT_FALSE(store.peek(3));
  put(6, 10);  // Now 5 is.
  EXPECT_FALSE(store.peek(5));
  EXPECT_TRUE(store.peek(1));
  EXPECT_TRUE(store.peek(4));
}

/// A scenario that names it is told why not, in every form of a choice.
TEST(Belady, ARunningSystemIsToldWhyNot) {
  for (const char* text : {"\"belady\"", "{\"type\": \"belady\"}", "\"belady()\""}) {
    sim::Problems problems;
    sim::ReadContext context{problems};
    sim::Choice<EvictionPolicy> choice("lru");
    sim::ValueType<sim::Choice<EvictionPolicy>>::read(sim::Json::parse(text), choice, {},
                                                      sim::Path("nodes.cache.eviction"), context);
    ASSERT_EQ(problems.size(), 1u) << text;
    EXPECT_EQ(problems.sorted()[0].to_text(),
              "nodes.cache.eviction: \"belady\" must know all future requests, which a running "
              "system does not; "
              "it works on a recorded trace: faultline cache-trace FILE --policy belady");
    EXPECT_EQ(choice.name(), "lru");
  }
}

}  // namespace
}  // namespace faultline::models
