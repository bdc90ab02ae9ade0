/// Random schedules of faults: crashes with what was not synced lost, cuts of all kinds, messages
/// late, lost, doubled and out of order, changes of the membership, hand-overs and snapshots, under
/// timeouts between far too short and comfortable. Everything that Raft promises is checked after
/// every event. And the same schedules find each of the mistakes that can be put into it.
#include <gtest/gtest.h>

#include "tests/models/algorithms/consensus/raft_group.hpp"

namespace faultline {
namespace {

using models::RaftDeviations;
using namespace std::chrono_literals;
using tests::Duration;
using tests::nobody;
using tests::PeerId;
using tests::Raft;
using tests::RaftGroup;
using tests::SplitMixSource;

struct Totals {
  std::uint64_t schedules = 0;
  std::uint64_t tight = 0;  ///< Of them with timeouts below three times the latency.
  std::uint64_t steps = 0;
  std::uint64_t elections = 0;
  std::uint64_t committed = 0;
  std::uint64_t reads = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t memberships = 0;
};

class Schedule {
 public:
  Schedule(std::uint64_t seed, const RaftDeviations& deviations)
      : dice_(seed * 0x9e3779b97f4a7c15 + 17), group_(draw_settings(seed, deviations)) {}

  /// What was violated, or nothing.
  std::optional<std::string> play(Totals& totals) {
    const Duration unit = group_.settings().latency_max;
    const std::size_t acts = 100 + dice_.below(200);
    for (std::size_t act = 0; act < acts && !group_.violation(); ++act) {
      group_.run_for(Duration(
          static_cast<std::int64_t>(dice_.uniform() * pace_ * static_cast<double>(unit.count()))));
      if (!group_.violation()) act_once();
    }
    if (!group_.violation()) calm_down();
    ++totals.schedules;
    totals.tight += tight_ ? 1 : 0;
    totals.steps += group_.steps();
    totals.elections += group_.elections();
    totals.committed += group_.committed();
    totals.reads += group_.reads_granted();
    totals.snapshots += group_.snapshots_installed();
    totals.memberships += group_.memberships_committed();
    return stuck_.empty() ? group_.violation() : std::optional(stuck_);
  }

 private:
  double between(double least, double most) { return least + (most - least) * dice_.uniform(); }
  bool chance(double probability) { return dice_.uniform() < probability; }
  static Duration times(double factor, Duration duration) {
    return Duration(static_cast<std::int64_t>(factor * static_cast<double>(duration.count())));
  }

  RaftGroup::Settings draw_settings(std::uint64_t seed, const RaftDeviations& deviations) {
    RaftGroup::Settings settings;
    settings.seed = seed;
    settings.members = 2 + dice_.below(4);
    settings.spares = dice_.below(3);
    settings.latency_max = 10ms;
    settings.latency_min = times(between(0.05, 1), settings.latency_max);
    settings.sync_max = chance(0.5) ? Duration(0) : times(between(0.1, 2), settings.latency_max);
    settings.loss = chance(0.5) ? 0 : between(0, 0.25);
    settings.duplication = chance(0.5) ? 0 : between(0, 0.25);
    settings.compact_every = chance(0.5) ? 0 : 1 + dice_.below(12);
    settings.compact_keep = dice_.below(5);
    tight_ = chance(0.5);
    auto& raft = settings.raft;
    raft.election_timeout = times(tight_ ? between(0.5, 3) : between(4, 15), settings.latency_max);
    raft.election_spread = times(tight_ ? between(0.1, 2) : between(1, 15), settings.latency_max);
    raft.heartbeat_interval = times(between(0.1, 0.6), raft.election_timeout);
    raft.pre_vote = chance(0.5);
    raft.check_quorum = chance(0.6);
    raft.entries_per_message = 1 + dice_.below(8);
    raft.window.messages = 1 + dice_.below(8);
    raft.announce_commit = chance(0.5);
    raft.snapshot_retry = 4 * raft.election_timeout;
    raft.deviations = deviations;
    pace_ = chance(0.5) ? between(0.2, 4) : between(4, 20);
    changes_members_ = settings.members + settings.spares > 2 && chance(0.5);
    return settings;
  }

  PeerId anyone() { return static_cast<PeerId>(1 + dice_.below(group_.count())); }
  /// One that leads, as it believes itself; of several any.
  PeerId a_leader() {
    std::vector<PeerId> leaders;
    for (PeerId id = 1; id <= group_.count(); ++id) {
      if (group_.up(id) && group_.raft(id).leads()) leaders.push_back(id);
    }
    return leaders.empty() ? nobody : leaders[dice_.below(leaders.size())];
  }

  void act_once() {
    const PeerId leader = a_leader();
    const double what = dice_.uniform();
    if (what < 0.30) {
      if (leader != nobody) group_.propose(leader, 1 + dice_.below(4));
    } else if (what < 0.45) {
      // Also of one that leads no more and does not know it.
      const bool lease = chance(0.5);
      const PeerId reader = leader != nobody ? leader : anyone();
      group_.read(reader, lease ? Raft::ReadMode::lease : Raft::ReadMode::read_index);
    } else if (what < 0.53) {
      group_.crash(chance(0.4) && leader != nobody ? leader : anyone());
    } else if (what < 0.68) {
      for (PeerId id = 1; id <= group_.count(); ++id) {
        if (chance(0.7)) group_.restart(id);
      }
    } else if (what < 0.75) {
      if (chance(0.3)) {
        group_.cut(anyone(), anyone());
      } else {
        std::set<PeerId> side;
        for (PeerId id = 1; id <= group_.count(); ++id) {
          if (chance(0.5)) side.insert(id);
        }
        // Often the leader alone, or with one other.
        if (chance(0.5) && leader != nobody) side = {leader, chance(0.5) ? anyone() : leader};
        group_.partition(side);
      }
    } else if (what < 0.88) {
      group_.heal();
    } else if (what < 0.92) {
      if (leader != nobody) group_.transfer(leader, anyone());
    } else if (changes_members_ && leader != nobody) {
      std::vector<PeerId> voters;
      std::vector<PeerId> learners;
      for (PeerId id = 1; id <= group_.count(); ++id) {
        if (chance(0.6)) {
          voters.push_back(id);
        } else if (chance(0.3)) {
          learners.push_back(id);
        }
      }
      if (!voters.empty()) group_.change_membership(leader, voters, learners);
    }
  }

  /// When nothing is wrong any more, and messages are much faster than the timeouts, the group gets
  /// back to work: an entry is committed and every member applies it.
  void calm_down() {
    group_.heal();
    for (PeerId id = 1; id <= group_.count(); ++id) group_.restart(id);
    group_.settings().loss = 0;
    group_.settings().latency_max = group_.settings().raft.heartbeat_interval / 8;
    group_.settings().latency_min = group_.settings().latency_max / 4;
    group_.settings().sync_max = group_.settings().latency_min;
    const Duration timeout =
        group_.settings().raft.election_timeout + group_.settings().raft.election_spread;
    for (int round = 0; round < 200 && !group_.violation(); ++round) {
      group_.run_for(timeout);
      const PeerId leader = group_.leader();
      if (leader == nobody) continue;
      const auto before = group_.committed();
      group_.propose(leader);
      group_.run_for(2 * timeout);
      if (group_.committed() == before) continue;
      bool all = true;
      for (const PeerId id : group_.raft(leader).membership().everybody()) {
        all = all && group_.applied(id) > before;
      }
      if (all) return;
    }
    if (!group_.violation()) stuck_ = "liveness: nothing is committed any more after all is well";
  }

  SplitMixSource dice_;
  bool tight_ = false;
  double pace_ = 1;  ///< Latencies between two acts, at most.
  bool changes_members_ = false;
  RaftGroup group_;
  std::string stuck_;
};

Totals play_all(std::uint64_t first, std::uint64_t last) {
  Totals totals;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const auto violated = Schedule(seed, {}).play(totals);
    EXPECT_FALSE(violated) << "schedule " << seed << ": " << *violated;
    if (violated) break;
  }
  fmt::print(
      "schedules {} to {}: {} tight; {} events, {} elections, {} entries, {} reads, {} "
      "snapshots, {} memberships\n",
      first, last, totals.tight, totals.steps, totals.elections, totals.committed, totals.reads,
      totals.snapshots, totals.memberships);
  // A schedule in which nothing happens would hold anything.
  EXPECT_GT(totals.tight, totals.schedules / 3);
  EXPECT_LT(totals.tight, totals.schedules * 2 / 3);
  EXPECT_GT(totals.elections, 3 * totals.schedules);
  EXPECT_GT(totals.committed, 10 * totals.schedules);
  EXPECT_GT(totals.reads, totals.schedules);
  EXPECT_GT(totals.snapshots, totals.schedules);
  EXPECT_GT(totals.memberships, totals.schedules / 4);
  return totals;
}

TEST(RaftSchedules, ThreeHundredViolateNothing) { play_all(1, 300); }

TEST(SlowRaftSchedules, TenThousandViolateNothing) { play_all(1, 10'000); }

/// The first schedule that finds the mistake, of at most `most`; 0: none does.
std::uint64_t found_by(const RaftDeviations& deviations, std::uint64_t most,
                       const std::string& what) {
  Totals totals;
  for (std::uint64_t seed = 1; seed <= most; ++seed) {
    const auto violated = Schedule(seed, deviations).play(totals);
    if (!violated) continue;
    fmt::print("schedule {}: {}\n", seed, *violated);
    EXPECT_NE(violated->find(what), std::string::npos) << *violated;
    return seed;
  }
  return 0;
}

TEST(RaftSchedules, FindTwoVotesInATerm) { EXPECT_NE(found_by({.vote_twice = true}, 300, ""), 0u); }

TEST(RaftSchedules, FindTheCommitOfAnOlderTermByCounting) {
  EXPECT_NE(found_by({.commit_older_terms = true}, 300, ""), 0u);
}

TEST(RaftSchedules, FindTheMissingElectionRestriction) {
  EXPECT_NE(found_by({.no_election_restriction = true}, 300, ""), 0u);
}

TEST(RaftSchedules, FindTheVoteLostInARestart) {
  EXPECT_NE(found_by({.forget_vote = true}, 300, ""), 0u);
}

TEST(RaftSchedules, FindReadsThatAreNotConfirmed) {
  EXPECT_NE(found_by({.read_unconfirmed = true}, 300, ""), 0u);
}

TEST(RaftSchedules, FindTheMembershipChangeWithoutAJointStep) {
  EXPECT_NE(found_by({.unjoined_membership = true}, 300, ""), 0u);
}

}  // namespace
}  // namespace faultline
