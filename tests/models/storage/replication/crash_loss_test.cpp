/// Replicas that never wait, on storage that is durable only later: what a crash takes, what the
/// others bring back, and that nobody mistakes what is done next for what was lost.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>

#include "models/storage/storage_engine.hpp"
#include "sim/registry/registry.hpp"
#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using tests::StoreUser;
using namespace std::chrono_literals;

struct LateParams {
  static void describe(sim::ParamList<LateParams>&) {}
};

/// Nobody waits for its log, and a crash leaves what is older than a second.
class LateEngine final : public models::StorageEngine {
 public:
  LateEngine(const LateParams&, const sim::BuildContext& context) : kernel_(context.kernel()) {}

  sim::Task<void> read(std::uint64_t, std::int64_t) override { co_return; }
  sim::Task<void> write(std::uint64_t, std::int64_t) override { co_return; }
  models::LogPosition append(std::int64_t) override {
    log_.emplace_back(++last_, kernel_.now());
    return last_;
  }
  sim::Task<void> sync(models::LogPosition) override { co_return; }
  models::LogPosition survives() const override {
    if (down_) return last_;
    models::LogPosition position = durable_;
    for (const auto& [record, written] : log_) {
      if (written + 1s <= kernel_.now()) position = record;
    }
    return position;
  }
  sim::Task<void> recover() override {
    down_ = false;
    co_return;
  }
  void crashed() override {
    last_ = durable_ = survives();
    log_.clear();
    down_ = true;
  }

 private:
  sim::Kernel& kernel_;
  std::deque<std::pair<models::LogPosition, sim::Time>> log_;
  models::LogPosition last_ = 0;
  models::LogPosition durable_ = 0;
  bool down_ = false;
};

const sim::Registration<models::StorageEngine, LateEngine, LateParams> registered{
    {.name = "late_in_tests", .title = "Durable after a second", .summary = "For tests."}};

StoreUser user_of(const std::string& replication) {
  return {replication, 2, "", R"(, "storage": "late_in_tests")"};
}
void crash_and_restart(StoreUser& user) {
  user.node(0).crash();
  user.run_for(10ms);
  user.node(0).restart();
  user.run_for(1ms);
}

class NeverWaits : public testing::TestWithParam<std::string> {};

/// 100 is durable, 101 is not but the other replica has it, 102 nobody has.
TEST_P(NeverWaits, WhatOthersHaveComesBackAndTheRestIsLost) {
  StoreUser user = user_of(GetParam());
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_for(2s);
  ASSERT_TRUE(user.write(0, 7, 101).is_ok());
  user.run_for(500ms);
  ASSERT_EQ(user.value(1, 7), 101u);
  ASSERT_TRUE(user.write(0, 8, 102).is_ok());
  crash_and_restart(user);
  EXPECT_GE(user.scalar(0, "lost_in_crashes"), 2);
  EXPECT_EQ(user.value(0, 8, 5), 0u);
  user.run_for(3s);
  EXPECT_EQ(user.value(0, 7, 5), 101u);
  EXPECT_EQ(user.value(1, 7, 5), 101u);
  EXPECT_EQ(user.value(0, 8, 5), user.value(1, 8, 5));
  // What it does next is new to the other.
  ASSERT_TRUE(user.write(0, 9, 103, 6).is_ok());
  user.run_for(3s);
  EXPECT_EQ(user.value(1, 9, 6), 103u);
  EXPECT_EQ(user.scalar(0, "divergent_keys"), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, NeverWaits,
    testing::Values(R"({"type": "multi_leader", "data": "lww_register", "sync_interval": "100ms"})",
                    R"({"type": "multi_leader", "data": "mv_register", "sync_interval": "100ms"})",
                    R"({"type": "causal", "sync_interval": "100ms"})"));

/// Ten increments are durable, five are told and lost, and one comes right after the restart: 16 at
/// both. Under its old name the replica would count 11, of which the other knows 15 already.
TEST(NeverWaiting, ACounterThatWentBackCountsOn) {
  StoreUser user = user_of(R"({"type": "multi_leader", "data": "g_counter"})");
  for (std::uint64_t value = 1; value <= 10; ++value) user.write(0, 7, value);
  user.run_for(2s);
  for (std::uint64_t value = 11; value <= 15; ++value) user.write(0, 7, value);
  user.run_for(500ms);
  crash_and_restart(user);
  EXPECT_EQ(user.value(0, 7), 10u);
  user.write(0, 7, 16);
  user.run_for(3s);
  EXPECT_EQ(user.value(0, 7), 16u);
  EXPECT_EQ(user.value(1, 7), 16u);
}

/// The same of a set: an element that is added after the restart is not taken for one that was
/// removed before it.
TEST(NeverWaiting, ASetThatWentBackGoesOn) {
  StoreUser user = user_of(R"({"type": "multi_leader", "data": "or_set", "elements": 1})");
  user.write(0, 7, 100);
  user.run_for(2s);
  user.write(0, 7, 101);  // And removes 100.
  user.run_for(500ms);
  crash_and_restart(user);
  user.write(0, 7, 102);
  user.run_for(3s);
  user.write(0, 8, 101);
  EXPECT_EQ(user.value(0, 7), user.value(1, 7));
  EXPECT_NE(user.value(0, 7), 0u);
  EXPECT_EQ(user.scalar(0, "divergent_keys"), 1);  // Key 8, just written.
}

}  // namespace
}  // namespace faultline
