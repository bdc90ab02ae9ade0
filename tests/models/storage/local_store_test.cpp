#include "models/storage/local_store.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;

/// One database with transactions, which keeps values; power goes at 5 s for a second.
std::string database(const std::string& storage, const std::string& isolation = "read_committed") {
  return fmt::format(R"json(, "isolation": "{}", "storage": {})json", isolation, storage);
}
constexpr auto crash = R"json("faults": [{"at": "5s", "for": "1s", "fault": "crash(db)"}])json";
std::string disk_store(const std::string& engine, const std::string& sync) {
  return fmt::format(
      R"json({{"type": "{}", "keys": 1000, "sync": "{}", "disk": {{"sync_time": "1ms"}}}})json",
      engine, sync);
}

TEST(LocalStore, AReadFindsWhatWasWrittenLast) {
  for (const std::string& isolation : sim::TypeCatalogue::instance().names("isolation")) {
    tests::StoreUser user("null", 1, "", database(R"("memory")", isolation));
    models::SplitMixSource random(1);
    std::map<std::uint64_t, std::uint64_t> written;
    for (std::uint64_t value = 1; value <= 100; ++value) {
      const std::uint64_t key = random.below(10);
      EXPECT_EQ(user.value(0, key), written[key]) << isolation;
      EXPECT_TRUE(user.write(0, key, value).is_ok()) << isolation;
      written[key] = value;
    }
    EXPECT_EQ(user.scalar(0, "transactions_committed"), 200) << isolation;
    EXPECT_EQ(user.scalar(0, "transactions_open"), 0) << isolation;
  }
}

/// One write after the other, each answered before the next. What is there after the crash is what
/// was there after one of them: the lost ones are the last ones, and as many as are counted.
TEST(LocalStore, ACrashTakesTheLastWritesAndCountsThem) {
  for (const char* engine : {"b_tree", "lsm"}) {
    for (const char* sync : {"always", "group", "interval(300ms)", "never"}) {
      SCOPED_TRACE(testing::Message() << engine << ", " << sync);
      tests::StoreUser user("null", 1, crash, database(disk_store(engine, sync)));
      models::SplitMixSource random(3);
      std::vector<std::map<std::uint64_t, std::uint64_t>> states{{}};
      while (user.now() < sim::Time(4990ms)) {
        const std::uint64_t key = random.below(20);
        const std::uint64_t value = states.size();
        ASSERT_TRUE(user.write(0, key, value).is_ok());
        states.push_back(states.back());
        states.back()[key] = value;
        user.run_for(7ms);
      }
      EXPECT_GT(states.size(), 500u);
      user.run_until(6s);
      while (user.read(0, 0).reason == sim::Reason::refused) user.run_for(10ms);
      const auto lost = static_cast<std::size_t>(user.scalar(0, "lost_writes"));
      ASSERT_LT(lost, states.size());
      const auto& expected = states[states.size() - 1 - lost];
      for (std::uint64_t key = 0; key < 20; ++key) {
        const auto found = expected.find(key);
        EXPECT_EQ(user.value(0, key), found == expected.end() ? 0 : found->second) << key;
      }
      const std::string rule = sync;
      if (rule == "never") {
        EXPECT_EQ(lost, states.size() - 1);
      } else if (rule == "interval(300ms)") {
        EXPECT_GT(lost, 0u);
        EXPECT_LE(lost, 44u);
      } else {
        EXPECT_EQ(lost, 0u);
      }
      // It works again, and what is written now follows what is left.
      EXPECT_TRUE(user.write(0, 3, 100'000).is_ok());
      EXPECT_EQ(user.value(0, 3), 100'000u);
    }
  }
}

/// Writes that are under way when the power goes may or may not be there afterwards, but whoever
/// was answered finds what was answered, or something newer.
TEST(LocalStore, WhatWasAnsweredIsThereAfterACrashWhenTheLogIsSynced) {
  for (const char* engine : {"b_tree", "lsm"}) {
    for (const char* sync : {"always", "group", "group(window=3ms)"}) {
      SCOPED_TRACE(testing::Message() << engine << ", " << sync);
      tests::StoreUser user("null", 1, crash, database(disk_store(engine, sync)));
      user.run_until(4990ms);
      std::vector<std::shared_ptr<tests::StoreUser::Asked>> asked;
      for (std::uint64_t value = 1; value <= 200; ++value) {
        asked.push_back(user.begin_write(0, value % 10, value));
        user.run_for(70us);
      }
      user.run_until(6s);
      while (user.read(0, 0).reason == sim::Reason::refused) user.run_for(10ms);
      std::map<std::uint64_t, std::uint64_t> answered;
      std::size_t ok = 0;
      for (std::size_t i = 0; i < asked.size(); ++i) {
        ASSERT_TRUE(asked[i]->reply);
        if (!asked[i]->reply->is_ok()) continue;
        ++ok;
        answered[(i + 1) % 10] = i + 1;
      }
      EXPECT_GT(ok, 5u);
      EXPECT_LT(ok, 200u);
      for (std::uint64_t key = 0; key < 10; ++key) {
        EXPECT_GE(user.value(0, key), answered[key]) << key;
      }
    }
  }
}

TEST(LocalStore, QueriesAreRefusedUntilItHasRecovered) {
  tests::StoreUser user(
      "null", 1, crash,
      database(
          R"json({"type": "b_tree", "keys": 1000, "replay_time": "10ms", "sync": "group"})json"));
  for (std::uint64_t value = 1; value <= 50; ++value) ASSERT_TRUE(user.write(0, 1, value).is_ok());
  user.run_until(6010ms);
  EXPECT_EQ(user.read(0, 1).reason, sim::Reason::refused);
  user.run_until(6600ms);
  EXPECT_EQ(user.value(0, 1), 50u);
  EXPECT_NEAR(user.scalar(0, "recovery_seconds"), 0.5, 0.01);
}

TEST(LocalStore, IsNotForReplicas) {
  EXPECT_EQ(tests::problems_of(tests::scenario(
                R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
                "db": {"type": "database", "service_time": "1ms", "replicas": 3, "replication": "causal",
                       "isolation": "snapshot"})json",
                "1s")),
            "nodes.db.isolation: transactions of a replicated database are not modelled; leave out "
            "`isolation` or `replication`\n");
}

}  // namespace
}  // namespace faultline
