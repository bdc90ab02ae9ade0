#include <gtest/gtest.h>

#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;
using tests::StoreUser;

constexpr auto one_millisecond = R"json("network": {"default_latency": "1ms"})json";

TEST(ChainReplication, AWriteGoesAlongTheChainAndAReadToItsTail) {
  StoreUser user(R"json("chain")json", 3, one_millisecond);
  sim::Time began = user.now();
  EXPECT_TRUE(user.write(0, 7, 100).is_ok());
  EXPECT_EQ(user.now() - began, 5ms);  // To the head, two hops, back to it, back to the user.
  began = user.now();
  EXPECT_EQ(user.value(2, 7), 100u);
  EXPECT_EQ(user.now() - began, 2ms);
  began = user.now();
  EXPECT_EQ(user.value(0, 7), 100u);
  EXPECT_EQ(user.now() - began, 4ms);  // Forwarded.
  EXPECT_TRUE(user.write(2, 7, 200).is_ok());
  EXPECT_EQ(user.sum("requests_forwarded"), 2);
  EXPECT_EQ(user.leaders(), std::vector<std::size_t>{0});
}

TEST(ChainReplication, ApportionedReadsAreAnsweredWhereTheyCome) {
  StoreUser user(R"json("chain(apportioned)")json", 3, one_millisecond);
  EXPECT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_for(10ms);
  for (std::size_t member = 0; member < 3; ++member) {
    const sim::Time began = user.now();
    EXPECT_EQ(user.value(member, 7), 100u);
    EXPECT_EQ(user.now() - began, 2ms);
  }
  EXPECT_EQ(user.sum("clean_reads"), 3);
}

TEST(ChainReplication, WritesWaitUntilTheChainIsMended) {
  // db[1] is gone at 2 s. The master asks every 100 ms and finds it gone a second after it last
  // answered: at 3 s, since it answered at 1.9 s, or a round later.
  StoreUser user(R"json("chain")json", 3,
                 std::string(one_millisecond) +
                     R"json(, "faults": [{"at": "2s", "for": "5s", "fault": "crash(db[1])"}])json");
  user.run_until(2100ms);
  const auto write = user.begin_write(0, 7, 100);
  EXPECT_EQ(user.value(2, 7), 0u);  // Reads go on.
  user.run_until(2800ms);
  EXPECT_FALSE(write->reply);
  EXPECT_TRUE(user.finish(write).is_ok());
  EXPECT_GE(user.now().time_since_epoch(), 2900ms);
  EXPECT_LE(user.now().time_since_epoch(), 3200ms);
  EXPECT_EQ(user.value(2, 7), 100u);
  // It comes back at 7 s as the tail.
  user.run_until(10s);
  EXPECT_EQ(user.scalar(2, "copies_given"), 1);
  EXPECT_EQ(user.value(1, 7), 100u);
  EXPECT_TRUE(user.write(0, 7, 200).is_ok());
  const sim::Time began = user.now();
  EXPECT_EQ(user.value(1, 7), 200u);
  EXPECT_EQ(user.now() - began, 2ms);
}

TEST(ChainReplication, ACutOffHeadWritesNoMoreAndTheSideOfTheMasterGoesOn) {
  StoreUser user(R"json({"type": "chain", "master": "user"})json", 3, R"json(
      "network": {"default_latency": "1ms"}, "faults": [{"at": "2s", "for": "10s", "fault":
          {"type": "partition", "groups": [["db[0]"], ["db[1]", "db[2]", "user"]]}}])json");
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_until(5s);
  EXPECT_TRUE(user.write(1, 7, 200).is_ok());
  EXPECT_EQ(user.value(2, 7), 200u);
  user.run_until(20s);
  for (std::size_t member = 0; member < 3; ++member) EXPECT_EQ(user.value(member, 7), 200u);
  EXPECT_EQ(user.leaders(), std::vector<std::size_t>{1});
}

TEST(ChainReplication, WithAPerfectMasterACutStopsWritesUntilItHeals) {
  StoreUser user(R"json("chain")json", 3, R"json(
      "network": {"default_latency": "1ms"}, "faults": [{"at": "2s", "for": "3s", "fault":
          {"type": "partition", "groups": [["db[0]", "db[1]"], ["db[2]"]]}}])json");
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_until(2500ms);
  const auto write = user.begin_write(0, 7, 200);
  EXPECT_EQ(user.value(2, 7), 100u);
  user.run_until(4900ms);
  EXPECT_FALSE(write->reply);
  EXPECT_TRUE(user.finish(write).is_ok());
  EXPECT_EQ(user.value(2, 7), 200u);
}

}  // namespace
}  // namespace faultline
