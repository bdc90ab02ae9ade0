/// Leaderless, primary and chain on storage that is durable only a second later (late_in_tests, of
/// crash_loss_test.cpp): what a crash takes from a replica, and what becomes of it.
#include <gtest/gtest.h>

#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;
using tests::StoreUser;

StoreUser user_of(const std::string& replication, int replicas) {
  return {replication, replicas, "", R"(, "storage": "late_in_tests")"};
}
void crash_and_restart(StoreUser& user, std::size_t member) {
  user.node(member).crash();
  user.run_for(10ms);
  user.node(member).restart();
  user.run_for(1ms);
}

TEST(ForgetfulDisk, ALeaderlessReplicaGetsBackWhatOthersHave) {
  for (const std::string versions : {"last_write_wins", "vector_clock"}) {
    SCOPED_TRACE(versions);
    StoreUser user =
        user_of(fmt::format(R"json({{"type": "leaderless", "r": 1, "w": 1, "versions": "{}",
                            "read_repair": "0%", "anti_entropy": "500ms"}})json",
                            versions),
                2);
    ASSERT_TRUE(user.write(0, 7, 100).is_ok());
    user.run_for(2s);
    ASSERT_TRUE(user.write(0, 7, 101).is_ok());
    user.run_for(400ms);
    crash_and_restart(user, 0);
    EXPECT_GE(user.scalar(0, "undone_by_crashes"), 1);
    // What it writes now is not taken for what it has forgotten.
    ASSERT_TRUE(user.write(0, 8, 102, 2).is_ok());
    user.run_for(5s);
    for (std::size_t member = 0; member < 2; ++member) {
      EXPECT_EQ(user.value(member, 7, 3), 101u);
      EXPECT_EQ(user.value(member, 8, 3), 102u);
    }
  }
}

TEST(ForgetfulDisk, APrimaryThatIsItselfAgainHasLostWhatItsReplicaStillHas) {
  StoreUser user =
      user_of(R"json({"type": "primary_replica", "failover": "manual", "reads": "any"})json", 2);
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_for(2s);
  ASSERT_TRUE(user.write(0, 7, 101).is_ok());
  user.run_for(400ms);
  EXPECT_EQ(user.value(1, 7), 101u);
  crash_and_restart(user, 0);
  EXPECT_EQ(user.value(0, 7), 100u);
  EXPECT_EQ(user.sum("lost_writes"), 1);
  user.run_for(2s);
  EXPECT_EQ(user.value(1, 7), 100u);
  EXPECT_EQ(user.scalar(1, "cut_off_entries"), 1);
  ASSERT_TRUE(user.write(0, 7, 102).is_ok());
  user.run_for(1s);
  EXPECT_EQ(user.value(1, 7), 102u);
}

TEST(ForgetfulDisk, APrimaryThatIsReplacedGetsItBack) {
  StoreUser user = user_of(
      R"json({"type": "primary_replica", "reads": "any", "mode": "semi_synchronous"})json", 3);
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_for(2s);
  ASSERT_TRUE(user.write(0, 7, 101).is_ok());
  user.node(0).crash();
  user.run_for(5s);
  user.node(0).restart();
  user.run_for(5s);
  EXPECT_EQ(user.scalar(0, "undone_by_crashes"), 1);
  EXPECT_EQ(user.sum("lost_writes"), 0);
  for (std::size_t member = 0; member < 3; ++member) EXPECT_EQ(user.value(member, 7), 101u);
}

TEST(ForgetfulDisk, AReplicaOfAChainComesBackWithACopyOfAll) {
  StoreUser user = user_of(R"json("chain")json", 3);
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_for(2s);
  ASSERT_TRUE(user.write(0, 7, 101).is_ok());
  crash_and_restart(user, 2);
  user.run_for(3s);
  EXPECT_EQ(user.scalar(2, "undone_by_crashes"), 1);
  for (std::size_t member = 0; member < 3; ++member) EXPECT_EQ(user.value(member, 7), 101u);
  EXPECT_TRUE(user.write(0, 7, 102).is_ok());
}

}  // namespace
}  // namespace faultline
