#include "models/algorithms/consensus/raft.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/algorithms/consensus/raft_group.hpp"

namespace faultline {
namespace {

using models::Raft;
using models::RaftMessage;
using models::RaftMessageKind;
using models::RaftProgress;
using namespace std::chrono_literals;
using tests::Duration;
using tests::LogIndex;
using tests::nobody;
using tests::PeerId;
using tests::RaftGroup;
using tests::Term;

/// Timeouts of 100 to 200 ms, messages of 1 ms.
RaftGroup::Settings group_of(std::size_t members, std::uint64_t seed = 1) {
  RaftGroup::Settings settings;
  settings.members = members;
  settings.seed = seed;
  settings.raft.election_timeout = 100ms;
  settings.raft.election_spread = 100ms;
  settings.raft.heartbeat_interval = 20ms;
  return settings;
}

PeerId other_than(PeerId id) { return id == 1 ? 2 : 1; }

// --- Elections ----------------------------------------------------------------------------------

struct Share {
  double value;
  double half_width;  ///< Of its 95 % interval.
};

/// How often the first election after the crash of a leader elects nobody, with messages of
/// `latency` widths of the range of timeouts.
Share split_votes(std::size_t members, double latency, int samples) {
  int split = 0;
  for (int sample = 1; sample <= samples; ++sample) {
    RaftGroup::Settings settings = group_of(members, static_cast<std::uint64_t>(sample));
    settings.raft.pre_vote = false;
    settings.raft.check_quorum = false;
    settings.raft.election_timeout = 300ms;
    settings.latency_min = settings.latency_max =
        Duration(static_cast<std::int64_t>(latency * 100e6));
    RaftGroup group(settings);
    const PeerId leader = group.run_until_led(10s);
    // Heartbeats reach all others at the same time, so all wait from the same time on.
    group.run_for(200ms);
    const Term term = group.raft(leader).term();
    group.crash(leader);
    const PeerId next = group.run_until_led(100s);
    EXPECT_NE(next, nobody);
    if (group.raft(next).term() > term + 1) ++split;
    EXPECT_FALSE(group.violation());
  }
  const double share = static_cast<double>(split) / samples;
  return {share, 1.96 * std::sqrt(share * (1 - share) / samples)};
}

/// The first election is split if c of the s others stand before they hear of the first: the c-th
/// least of s uniform timeouts is less than a latency after the least. c = s - floor(n/2) + 1.
/// Ongaro 2014, section 9.1: sum over k from c-1 to s of C(s,k) l^k (1-l)^(s-k).
TEST(RaftElection, VotesAreSplitAsOftenAsTheFormulaSays) {
  const Share near = split_votes(5, 0.1, 3000);
  EXPECT_NEAR(near.value, 0.0523, near.half_width);
  const Share far = split_votes(5, 0.2, 3000);
  EXPECT_NEAR(far.value, 0.1808, far.half_width);
}

/// Four wait for 100 to 200 ms, so the first stands after 100 + 100 / 5 = 120 ms in the mean, and
/// is elected a round trip of 2 ms later. A split vote is rare (0.06 %).
TEST(RaftElection, ANewLeaderTakesTheLeastOfTheTimeouts) {
  double sum = 0;
  double squares = 0;
  constexpr int samples = 1000;
  for (int sample = 1; sample <= samples; ++sample) {
    RaftGroup::Settings settings = group_of(5, static_cast<std::uint64_t>(sample));
    settings.raft.pre_vote = false;
    settings.raft.check_quorum = false;
    RaftGroup group(settings);
    const PeerId leader = group.run_until_led(10s);
    Duration heard{};
    group.filter = [&](const RaftMessage& message) {
      if (message.kind == RaftMessageKind::heartbeat_response) heard = group.now();
      return true;
    };
    group.run_for(200ms);
    group.crash(leader);
    group.run_until_led(10s);
    const double took = sim::to_seconds(group.now() - heard) * 1000;
    EXPECT_GE(took, 102);
    sum += took;
    squares += took * took;
  }
  const double mean = sum / samples;
  const double deviation = std::sqrt(squares / samples - mean * mean);
  EXPECT_NEAR(mean, 122, 1.96 * deviation / std::sqrt(samples));
}

TEST(RaftElection, APreVoteDoesNotDisturbAGroupThatHasALeader) {
  for (const bool pre_vote : {false, true}) {
    RaftGroup::Settings settings = group_of(3);
    settings.raft.pre_vote = pre_vote;
    RaftGroup group(settings);
    const PeerId leader = group.run_until_led(10s);
    group.run_for(50ms);
    const Term term = group.raft(leader).term();
    const PeerId away = other_than(leader);
    group.partition({away});
    group.run_for(5s);
    group.heal();
    group.run_for(1s);
    EXPECT_FALSE(group.violation());
    if (pre_vote) {
      EXPECT_EQ(group.leader(), leader);
      EXPECT_EQ(group.raft(leader).term(), term);
    } else {
      // It comes back with a term that has grown with every election it could not win.
      EXPECT_GT(group.raft(group.leader()).term(), term + 20);
    }
  }
}

/// Cut off at t, it has heard of a quorum at t at the latest; it looks 100 ms after it last did.
TEST(RaftElection, ALeaderThatHearsOfNoQuorumStepsDown) {
  RaftGroup group(group_of(3));
  const PeerId leader = group.run_until_led(10s);
  group.run_for(500ms);
  group.partition({leader});
  group.run_for(105ms);
  EXPECT_FALSE(group.raft(leader).leads());
  group.run_for(1s);
  EXPECT_NE(group.leader(), leader);
  EXPECT_NE(group.leader(), nobody);
  EXPECT_FALSE(group.violation());
}

TEST(RaftElection, WithoutThatItLeadsOnAndOn) {
  RaftGroup::Settings settings = group_of(3);
  settings.raft.check_quorum = false;
  RaftGroup group(settings);
  const PeerId leader = group.run_until_led(10s);
  group.partition({leader});
  group.run_for(10s);
  EXPECT_TRUE(group.raft(leader).leads());
  EXPECT_NE(group.leader(), leader);
  EXPECT_FALSE(group.violation());
}

/// A candidate asks for votes only when its own is on its disk, and nobody's vote leaves before.
TEST(RaftElection, VotesAreOnDiskBeforeTheyAreTold) {
  models::SplitMixSource random(1);
  auto first = std::make_shared<models::Snapshot>();
  first->membership.voters = {1, 2, 3};
  models::RaftDiskState disk;
  disk.snapshot = first;
  models::RaftConfig config;
  config.id = 1;
  Raft candidate(config, random, disk, 0s);
  candidate.campaign(0s);
  const std::uint64_t asked = candidate.take().write.id;
  EXPECT_NE(asked, 0u);
  EXPECT_FALSE(candidate.has_output());
  candidate.persisted(asked, 0s);
  ASSERT_TRUE(candidate.has_output());
  const std::vector<RaftMessage> requests = candidate.take().messages;
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].kind, RaftMessageKind::vote);

  config.id = 2;
  config.check_quorum = false;
  Raft voter(config, random, disk, 0s);
  voter.receive(requests[0], 0s);
  const models::RaftOutput& output = voter.take();
  EXPECT_TRUE(output.messages.empty());
  EXPECT_EQ(output.write.hard, (models::HardState{1, 1}));
  voter.persisted(output.write.id, 0s);
  ASSERT_EQ(voter.take().messages.size(), 1u);
}

TEST(RaftElection, AHandOverTakesNoTimeout) {
  RaftGroup group(group_of(5));
  const PeerId leader = group.run_until_led(10s);
  group.run_for(100ms);
  const PeerId heir = other_than(leader);
  group.transfer(leader, heir);
  group.run_for(10ms);
  EXPECT_EQ(group.leader(), heir);
  EXPECT_FALSE(group.violation());
}

// --- The log ------------------------------------------------------------------------------------

TEST(RaftLogging, ManyCommandsGoInOneMessage) {
  RaftGroup::Settings settings = group_of(3);
  settings.raft.entries_per_message = 64;
  RaftGroup group(settings);
  const PeerId leader = group.run_until_led(10s);
  group.run_for(50ms);
  std::size_t appends = 0;
  std::size_t most = 0;
  group.filter = [&](const RaftMessage& message) {
    if (!message.entries.empty()) {
      ++appends;
      most = std::max(most, message.entries.size());
    }
    return true;
  };
  group.propose(leader, 200);
  group.run_for(10ms);
  // 200 = 64 + 3 messages more, to each of two; all in flight at once but for the window.
  EXPECT_EQ(most, 64u);
  EXPECT_EQ(appends, 2u * 4u);
  EXPECT_EQ(group.committed(), 201u);
}

TEST(RaftLogging, TheWindowBoundsWhatIsInFlight) {
  RaftGroup::Settings settings = group_of(3);
  settings.raft.entries_per_message = 1;
  settings.raft.window.messages = 3;
  RaftGroup group(settings);
  const PeerId leader = group.run_until_led(10s);
  group.run_for(50ms);
  group.propose(leader, 20);
  for (int step = 0; step < 200; ++step) {
    for (const RaftProgress& peer : group.raft(leader).progress()) {
      EXPECT_LE(peer.in_flight(), 3u);
    }
    group.run_next(group.now() + 1ms);
  }
  EXPECT_EQ(group.committed(), 21u);
}

TEST(RaftLogging, WhoIsBehindTheLogGetsASnapshot) {
  RaftGroup::Settings settings = group_of(3);
  settings.compact_every = 10;
  RaftGroup group(settings);
  const PeerId leader = group.run_until_led(10s);
  const PeerId away = other_than(leader);
  group.crash(away);
  for (int i = 0; i < 100; ++i) {
    group.propose(leader);
    group.run_for(5ms);
  }
  EXPECT_GT(group.raft(leader).log().first(), 80u);
  group.restart(away);
  group.run_for(500ms);
  EXPECT_EQ(group.snapshots_installed(), 1u);
  EXPECT_EQ(group.applied(away), group.committed());
  EXPECT_FALSE(group.violation());
}

/// Ongaro 2014, figure 3.7: an entry of an older term on a majority may still be overwritten, so a
/// leader commits it only with an entry of its own.
TEST(RaftLogging, EntriesOfOlderTermsAreNotCommittedByCounting) {
  for (const bool deviates : {false, true}) {
    models::SplitMixSource random(1);
    auto first = std::make_shared<models::Snapshot>();
    first->membership.voters = {1, 2, 3, 4, 5};
    models::RaftDiskState disk;
    disk.hard.term = 1;
    disk.snapshot = first;
    disk.entries.push_back({1, {}, nullptr});
    models::RaftConfig config;
    config.id = 1;
    config.deviations.commit_older_terms = deviates;
    Raft leader(config, random, disk, 0s);
    leader.campaign(0s);
    leader.persisted(leader.take().write.id, 0s);
    const auto answer = [&](PeerId from, RaftMessageKind kind, LogIndex index) {
      RaftMessage message;
      message.kind = kind;
      message.from = from;
      message.to = 1;
      message.term = 2;
      message.index = index;
      leader.receive(message, 0s);
    };
    answer(2, RaftMessageKind::vote_response, 0);
    answer(3, RaftMessageKind::vote_response, 0);
    ASSERT_TRUE(leader.leads());
    leader.persisted(leader.take().write.id, 0s);
    answer(2, RaftMessageKind::append_response, 1);
    answer(3, RaftMessageKind::append_response, 1);
    EXPECT_EQ(leader.commit(), deviates ? 1u : 0u);
    answer(2, RaftMessageKind::append_response, 2);
    answer(3, RaftMessageKind::append_response, 2);
    EXPECT_EQ(leader.commit(), 2u);
  }
}

TEST(RaftLogging, AnIdleGroupCostsItsHeartbeatsOnly) {
  RaftGroup group(group_of(5));
  group.run_until_led(10s);
  group.run_for(1s);
  const auto before = group.steps();
  group.run_for(10s);
  // 50 heartbeats a second to 4 members, their answers and the leader's alarm: 9 events each. A
  // follower's alarm is set anew when it rings too early, ten times a second at most.
  const auto events = group.steps() - before;
  EXPECT_GE(events, 10u * 50 * 9);
  EXPECT_LE(events, 10u * (50 * 9 + 4 * 15));
}

// --- Membership ---------------------------------------------------------------------------------

TEST(RaftMembership, OneSetTakesOverFromAnother) {
  RaftGroup::Settings settings = group_of(3);
  settings.spares = 3;
  RaftGroup group(settings);
  const PeerId leader = group.run_until_led(10s);
  group.run_for(50ms);
  ASSERT_TRUE(group.change_membership(leader, {4, 5, 6}));
  EXPECT_TRUE(group.raft(leader).membership().is_joint());
  EXPECT_FALSE(group.change_membership(leader, {1, 2, 3}));  // One at a time.
  group.run_for(2s);
  EXPECT_EQ(group.memberships_committed(), 1u);
  const PeerId next = group.leader();
  EXPECT_GE(next, 4u);  // The old leader led the change to its end and stepped down.
  for (PeerId id = 1; id <= 3; ++id) group.crash(id);
  group.propose(next);
  group.run_for(100ms);
  EXPECT_EQ(group.applied(next), group.raft(next).log().last());
  EXPECT_FALSE(group.violation());
}

TEST(RaftMembership, ALearnerGetsTheLogAndHasNoVote) {
  RaftGroup::Settings settings = group_of(3);
  settings.spares = 1;
  RaftGroup group(settings);
  const PeerId leader = group.run_until_led(10s);
  group.run_for(50ms);
  ASSERT_TRUE(group.change_membership(leader, {1, 2, 3}, {4}));
  group.run_for(100ms);
  EXPECT_EQ(group.applied(4), group.committed());
  // With two of three voters away the learner is no help.
  for (PeerId id = 1; id <= 3; ++id) {
    if (id != leader) group.crash(id);
  }
  const LogIndex committed = group.committed();
  group.propose(leader);
  group.run_for(5s);
  EXPECT_EQ(group.committed(), committed);
  EXPECT_FALSE(group.violation());
}

/// A schedule that once left the group without a leader for ever: those who are to leave have the
/// entry that removes them, and the one who stays has not. It cannot win, as its log is older; so
/// those who leave must stand, though they are no voters by their own log.
TEST(RaftMembership, WhoLeavesStandsUntilItIsCommitted) {
  RaftGroup group(group_of(3));
  const PeerId leader = group.run_until_led(10s);
  group.run_for(50ms);
  const PeerId stays = other_than(leader);
  group.filter = [&](const RaftMessage& message) {
    for (const auto& entry : message.entries) {
      if (message.to == stays && entry.membership && !entry.membership->is_joint()) return false;
    }
    return true;
  };
  ASSERT_TRUE(group.change_membership(leader, {stays}));
  group.run_for(10ms);
  EXPECT_FALSE(group.raft(leader).membership().is_joint());
  EXPECT_TRUE(group.raft(stays).membership().is_joint());
  group.crash(leader);
  group.restart(leader);
  group.filter = nullptr;
  group.run_for(3s);
  EXPECT_EQ(group.leader(), stays);
  EXPECT_EQ(group.memberships_committed(), 1u);
  EXPECT_FALSE(group.violation());
}

// --- Reads --------------------------------------------------------------------------------------

TEST(RaftReads, AReadIndexTakesARoundTripAndALeaseNone) {
  RaftGroup group(group_of(3));
  const PeerId leader = group.run_until_led(10s);
  group.run_for(100ms);
  const auto by_lease = group.read(leader, Raft::ReadMode::lease);
  EXPECT_TRUE(group.read_answers().at(by_lease).granted);
  const auto by_index = group.read(leader, Raft::ReadMode::read_index);
  EXPECT_FALSE(group.read_answers().contains(by_index));
  group.run_for(2ms);
  EXPECT_TRUE(group.read_answers().at(by_index).granted);
}

TEST(RaftReads, ReadsShareARound) {
  RaftGroup group(group_of(3));
  const PeerId leader = group.run_until_led(10s);
  group.run_for(100ms);
  std::size_t heartbeats = 0;
  group.filter = [&](const RaftMessage& message) {
    heartbeats += message.kind == RaftMessageKind::heartbeat ? 1 : 0;
    return true;
  };
  std::vector<std::uint64_t> reads;
  for (int i = 0; i < 100; ++i) reads.push_back(group.read(leader, Raft::ReadMode::read_index));
  group.run_for(5ms);
  for (const auto read : reads) EXPECT_TRUE(group.read_answers().at(read).granted);
  EXPECT_EQ(heartbeats, 2u * 2u);  // The first read's round, and one for all others.
}

TEST(RaftReads, ALeaderThatIsCutOffGrantsNone) {
  RaftGroup group(group_of(3));
  const PeerId leader = group.run_until_led(10s);
  group.run_for(100ms);
  group.partition({leader});
  const auto read = group.read(leader, Raft::ReadMode::read_index);
  group.run_for(1s);
  EXPECT_FALSE(group.read_answers().at(read).granted);
  EXPECT_FALSE(group.violation());
}

/// A leader is cut off, another is elected and writes; the first is read from all the time.
std::optional<std::string> read_by_lease_through_a_cut(double leaders_clock, std::uint64_t seed) {
  RaftGroup::Settings settings = group_of(3, seed);
  settings.raft.election_spread = 20ms;
  settings.raft.clock_drift = 0.1;
  RaftGroup group(settings);
  const PeerId leader = group.run_until_led(10s);
  group.set_clock_rate(leader, leaders_clock);
  group.run_for(500ms);
  group.partition({leader});
  for (int i = 0; i < 400; ++i) {
    const PeerId newest = group.leader();
    if (newest != leader && newest != nobody) group.propose(newest);
    group.read(leader, Raft::ReadMode::lease);
    group.run_for(1ms);
  }
  EXPECT_NE(group.leader(), leader);
  return group.violation();
}

TEST(RaftReads, ALeaseIsRightWhileClocksDriftLessThanItAllows) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    for (const double clock : {0.92, 1.0, 1.08}) {
      const auto violated = read_by_lease_through_a_cut(clock, seed);
      EXPECT_FALSE(violated) << *violated;
    }
  }
}

/// By a clock at half speed the lease of 90 ms lasts 180 ms; another leads after 100 to 120 ms,
/// unless the votes are split.
TEST(RaftReads, ALeaseIsWrongWhenTheLeadersClockIsSlow) {
  int stale = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto violated = read_by_lease_through_a_cut(0.5, seed);
    if (!violated) continue;
    EXPECT_NE(violated->find("linearizable reads"), std::string::npos) << *violated;
    ++stale;
  }
  EXPECT_GT(stale, 25);
}

}  // namespace
}  // namespace faultline
