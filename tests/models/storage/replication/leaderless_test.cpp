#include <gtest/gtest.h>

#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;
using tests::StoreUser;

constexpr auto one_millisecond = R"json("network": {"default_latency": "1ms"})json";

TEST(LeaderlessReplication, AWriteTakesTheRoundTripOfItsQuorum) {
  // The coordinator is one of three: itself at once, the others after 1 ms there and 1 ms back. The
  // user is 1 ms away. W = 1: 2 ms; W = 2 and W = 3: 4 ms.
  for (const int w : {1, 2, 3}) {
    StoreUser user(fmt::format(R"json("leaderless(n=3, r=1, w={})")json", w), 3, one_millisecond);
    const sim::Time began = user.now();
    EXPECT_TRUE(user.write(0, 7, 100).is_ok());
    EXPECT_EQ(user.now() - began, w == 1 ? 2ms : 4ms) << "w " << w;
  }
}

TEST(LeaderlessReplication, ASessionsNextWriteResolvesTheSiblingsItRead) {
  StoreUser user(
      R"json({"type": "leaderless", "versions": "vector_clock", "blind_writes": true})json", 3,
      one_millisecond);
  const auto one = user.begin_write(0, 7, 100, 1);
  const auto other = user.begin_write(1, 7, 200, 2);
  user.finish(one);
  user.finish(other);
  user.run_for(1s);
  EXPECT_EQ(user.value(2, 7, 3), 200u);  // Of two siblings of one stamp, that of the greater dot.
  EXPECT_EQ(user.sum("sibling_reads"), 1);
  EXPECT_EQ(user.scalar(2, "siblings_max"), 2);
  EXPECT_TRUE(user.write(2, 7, 300, 3).is_ok());
  user.run_for(1s);
  EXPECT_EQ(user.value(0, 7, 4), 300u);
  EXPECT_EQ(user.sum("sibling_reads"), 1);
  // One who has read nothing writes beside it.
  EXPECT_TRUE(user.write(0, 7, 400, 5).is_ok());
  EXPECT_EQ(user.sum("conflicts"), 1);
}

TEST(LeaderlessReplication, ASessionThatKnowsNothingReadsFirst) {
  StoreUser user(R"json({"type": "leaderless", "versions": "vector_clock"})json", 3,
                 one_millisecond);
  EXPECT_TRUE(user.write(0, 7, 100, 1).is_ok());
  const sim::Time began = user.now();
  EXPECT_TRUE(user.write(1, 7, 200, 2).is_ok());
  EXPECT_EQ(user.now() - began, 6ms);  // To the coordinator, two round trips of it, and back.
  EXPECT_EQ(user.value(2, 7, 3), 200u);
  EXPECT_EQ(user.sum("conflicts"), 0);
  // One who read before that and does not read again writes beside it.
  EXPECT_TRUE(user.write(2, 7, 300, 1).is_ok());
  EXPECT_EQ(user.sum("conflicts"), 1);
}

TEST(LeaderlessReplication, ClocksThatAreWrongLoseWritesAndVectorClocksDoNot) {
  // db[0] is 50 ms ahead. Of the pairs of writes, first at db[0] and at once after it at db[1], the
  // second is lost, though both were acknowledged and one came after the other.
  for (const std::string versions : {"last_write_wins", "vector_clock"}) {
    StoreUser user(fmt::format(R"({{"type": "leaderless", "versions": "{}"}})", versions), 3,
                   std::string(one_millisecond) +
                       R"json(, "faults": [{"at": "0s", "fault": "clock_skew(db[0], 50ms)"}])json");
    int lost = 0;
    for (std::uint64_t key = 0; key < 20; ++key) {
      ASSERT_TRUE(user.write(0, key, 1000 + key).is_ok());
      user.read(1, key);
      ASSERT_TRUE(user.write(1, key, 2000 + key).is_ok());
      user.run_for(1s);
      lost += user.value(2, key) == 2000 + key ? 0 : 1;
    }
    if (versions == "last_write_wins") {
      EXPECT_EQ(lost, 20);
      EXPECT_EQ(user.sum("lost_writes"), 20);
    } else {
      EXPECT_EQ(lost, 0);
    }
  }
}

constexpr auto cut_in_two = R"json("network": {"default_latency": "1ms"}, "faults": [
    {"at": "1s", "for": "10s", "fault": {"type": "partition", "groups": [["db[0]", "db[1]"], ["db[2]", "db[3]", "db[4]"]]}}])json";

TEST(LeaderlessReplication, InACutAStrictQuorumServesTheSideThatHasOne) {
  StoreUser user(R"json("leaderless(n=5, r=3, w=3)")json", 5, cut_in_two);
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_until(2s);
  EXPECT_EQ(user.write(0, 7, 200).outcome, sim::Outcome::unknown);
  EXPECT_EQ(user.write(0, 7, 300).outcome, sim::Outcome::fail);  // It knows by now.
  EXPECT_EQ(user.read(1, 7).outcome, sim::Outcome::fail);
  EXPECT_TRUE(user.write(4, 7, 400).is_ok());
  EXPECT_EQ(user.value(3, 7), 400u);
  user.run_until(20s);
  EXPECT_EQ(user.value(0, 7), 400u);
}

TEST(LeaderlessReplication, InACutASloppyQuorumTakesWritesOnBothSidesAndHintsBringThemHome) {
  StoreUser user(
      R"json({"type": "leaderless", "n": 3, "sloppy": true, "versions": "vector_clock",
              "anti_entropy": null, "read_repair": "0%"})json",
      6, R"json("network": {"default_latency": "1ms"}, "faults": [
      {"at": "1s", "for": "10s", "fault": {"type": "partition", "groups": [["db[0]", "db[1]", "db[2]"], ["db[3]", "db[4]", "db[5]"]]}}])json");
  user.run_until(1500ms);
  for (std::uint64_t key = 0; key < 20; ++key) {
    EXPECT_TRUE(user.write(0, key, 100 + key, 1).is_ok());
    EXPECT_TRUE(user.write(5, key, 200 + key, 2).is_ok());
  }
  EXPECT_GT(user.sum("fallback_writes"), 0);
  user.run_until(40s);
  EXPECT_GT(user.sum("hints_delivered"), 0);
  EXPECT_EQ(user.sum("hints_waiting"), 0);
  const double before = user.sum("sibling_reads");
  for (std::uint64_t key = 0; key < 20; ++key) user.value(2, key, 3);
  EXPECT_EQ(user.sum("sibling_reads") - before, 20);
}

TEST(LeaderlessReplication, AGroupOfMoreThanItCanKnowIsAProblem) {
  EXPECT_EQ(tests::problems_of(tests::scenario(
                R"json("db": {"type": "database", "service_time": "1ms", "replicas": 2,
                              "replication": "leaderless(n=3)"})json",
                "1s")),
            "nodes.db.replication: n is 3, and there are 2 replicas in a group; give more "
            "`replicas`, or a smaller n\n");
}

TEST(LeaderlessReplication, StalenessIsAsPublished) {
  // LNKD-DISK of Bailis et al. 2012, N = 3, with the delays of the four kinds of messages: of reads
  // at once after the acknowledgement 43.65 % and, with W = 2, 71.32 % are fresh. 6000 reads: 0.65
  // points of standard deviation.
  const std::string fast =
      R"json("mixture([0.9122, 0.0878], pareto(10, 235us), exponential(602410ns))")json";
  const std::string slow =
      R"json("mixture([0.38, 0.62], pareto(1.51, 1050us), exponential(5464481ns))")json";
  for (const auto& [w, expected] : {std::pair{1, 0.4365}, std::pair{2, 0.7132}}) {
    StoreUser user(fmt::format(R"json({{"type": "leaderless", "n": 3, "r": 1, "w": {},
        "anti_entropy": null, "read_repair": "0%", "hinted_handoff": false,
        "suspect_after": "10000s", "replica_timeout": "10000s", "write_delay": {},
        "write_ack_delay": {}, "read_delay": {}, "read_reply_delay": {}}})json",
                               w, slow, fast, fast, fast),
                   3, R"json("network": {"default_latency": "0s"})json", "", "100000s");
    int fresh = 0;
    for (std::uint64_t value = 1; value <= 6000; ++value) {
      EXPECT_TRUE(user.write(0, 7, value).is_ok());
      fresh += user.value(0, 7) == value ? 1 : 0;
      user.run_for(10s);
    }
    EXPECT_NEAR(fresh / 6000.0, expected, 0.02) << "w " << w;
  }
}

}  // namespace
}  // namespace faultline
