/// Coordinator and participants together, over a network that loses, delays and reorders, with
/// crashes at any instant.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "models/algorithms/transactions/commit_coordinator.hpp"
#include "models/algorithms/transactions/commit_participant.hpp"

namespace faultline::models {
namespace {

using Step = CommitCoordinator::Step;

enum class Kind { prepare, yes, no, commit, abort, acknowledge, inquire, answer_abort };

struct Mail {
  Kind kind;
  std::uint64_t transaction;
  std::uint64_t shard;
  std::uint64_t key;
};

/// Some shards with a key each that all transactions want, one coordinator, and a bag of messages
/// from which chance takes the next.
class World {
 public:
  World(std::uint64_t seed, std::size_t shards, LockConflict conflict)
      : chance_(seed), values_(shards), applied_(shards), up_(shards, true), waiting_(shards) {
    for (std::size_t i = 0; i < shards; ++i) shards_.emplace_back(conflict);
  }

  void begin(std::uint64_t transaction) {
    if (!coordinator_up_) return;
    std::vector<std::uint64_t> all;
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) all.push_back(shard);
    coordinator_.begin(transaction, all);
    begun_.insert(transaction);
    for (const std::uint64_t shard : all) send(Kind::prepare, transaction, shard);
  }
  void crash_coordinator() {
    coordinator_.crash();
    logging_.clear();
    coordinator_up_ = false;
  }
  void restart_coordinator() {
    coordinator_up_ = true;
    resend();
  }
  void crash_shard(std::size_t shard) {
    shards_[shard].crash();
    up_[shard] = false;
    waiting_[shard].clear();
    unlogged_.erase(std::remove_if(unlogged_.begin(), unlogged_.end(),
                                   [shard](const Mail& mail) { return mail.shard == shard; }),
                    unlogged_.end());
  }
  void restart_shard(std::size_t shard) { up_[shard] = true; }

  /// What time would do: commits are sent again, and what is in doubt inquires.
  void resend() {
    if (coordinator_up_) {
      for (const auto& each : coordinator_.unfinished()) {
        for (const std::uint64_t shard : each.untold) send(Kind::commit, each.transaction, shard);
      }
    }
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      if (!up_[shard]) continue;
      for (const auto& part : shards_[shard].in_doubt()) {
        send(Kind::inquire, part.transaction.id, shard);
      }
    }
  }
  void time_out(std::uint64_t transaction) {
    if (coordinator_up_) act(coordinator_.timed_out(transaction), transaction);
  }

  /// One thing happens: a message arrives or is lost, or a log write is done.
  void step(std::uint64_t loss_percent) {
    const std::size_t things = bag_.size() + unlogged_.size() + logging_.size();
    if (things == 0) return;
    std::size_t which = chance_.below(things);
    if (which < bag_.size()) {
      const Mail mail = bag_[which];
      bag_.erase(bag_.begin() + static_cast<std::ptrdiff_t>(which));
      if (chance_.below(100) >= loss_percent) deliver(mail);
      return;
    }
    which -= bag_.size();
    if (which < unlogged_.size()) {
      const Mail mail = unlogged_[which];
      unlogged_.erase(unlogged_.begin() + static_cast<std::ptrdiff_t>(which));
      const bool yes = shards_[mail.shard].logged(mail.transaction, mail.shard);
      if (yes) voted_yes_.insert({mail.transaction, mail.shard});
      send(yes ? Kind::yes : Kind::no, mail.transaction, mail.shard);
      return;
    }
    const std::uint64_t transaction = logging_[which - unlogged_.size()];
    std::erase(logging_, transaction);
    coordinator_.logged(transaction);
    decided_commit_.insert(transaction);
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      send(Kind::commit, transaction, shard);
    }
  }
  bool quiet() const { return bag_.empty() && unlogged_.empty() && logging_.empty(); }

  /// The faults are over: everything comes to its end.
  void settle() {
    coordinator_up_ = true;
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) up_[shard] = true;
    for (int round = 0; round < 40; ++round) {
      resend();
      while (!quiet()) step(0);
      for (const std::uint64_t transaction : begun_) time_out(transaction);
      while (!quiet()) step(0);
    }
  }

  /// All or nothing, as decided, and nothing is left behind.
  void expect_atomic() const {
    for (const std::uint64_t transaction : begun_) {
      for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        EXPECT_EQ(applied_[shard].contains(transaction), decided_commit_.contains(transaction))
            << "transaction " << transaction << " on shard " << shard;
      }
    }
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      EXPECT_EQ(shards_[shard].locks_held(), 0u) << shard;
      EXPECT_TRUE(shards_[shard].in_doubt().empty()) << shard;
    }
    EXPECT_TRUE(coordinator_.unfinished().empty());
    EXPECT_EQ(coordinator_.undecided(), 0u);
  }
  /// Whoever voted yes and has heard of no end holds its lock, whatever crashes: exactly that.
  void expect_blocked_in_doubt() const {
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      for (const std::uint64_t transaction : begun_) {
        const bool expected =
            voted_yes_.contains({transaction, shard}) && !ended_.contains({transaction, shard});
        ASSERT_EQ(shards_[shard].is_in_doubt(transaction, shard), expected);
        if (expected) {
          ASSERT_EQ(shards_[shard].holder(shard)->id, transaction);
        }
      }
    }
  }

  std::size_t in_doubt() const {
    std::size_t all = 0;
    for (const auto& shard : shards_) all += shard.in_doubt().size();
    return all;
  }
  std::size_t committed() const { return decided_commit_.size(); }
  CommitCoordinator& coordinator() { return coordinator_; }

 private:
  void send(Kind kind, std::uint64_t transaction, std::uint64_t shard) {
    bag_.push_back({kind, transaction, shard, shard});
  }
  void act(Step step, std::uint64_t transaction) {
    if (step == Step::log_commit) logging_.push_back(transaction);
    if (step != Step::send_abort) return;
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      if (!voted_no_.contains({transaction, shard})) send(Kind::abort, transaction, shard);
    }
  }
  void locked(std::uint64_t shard, const std::optional<TransactionTag>& next) {
    if (next && waiting_[shard].erase(next->id) > 0) {
      unlogged_.push_back({Kind::prepare, next->id, shard, shard});
    }
  }
  void deliver(const Mail& mail) {
    const bool to_coordinator = mail.kind == Kind::yes || mail.kind == Kind::no ||
                                mail.kind == Kind::acknowledge || mail.kind == Kind::inquire;
    if (to_coordinator ? !coordinator_up_ : !up_[mail.shard]) return;
    CommitParticipant& shard = shards_[mail.shard];
    const std::pair<std::uint64_t, std::uint64_t> id{mail.transaction, mail.shard};
    switch (mail.kind) {
      case Kind::prepare:
        switch (shard.prepare({{mail.transaction, static_cast<std::int64_t>(mail.transaction)},
                               mail.shard,
                               mail.transaction,
                               0})) {
          case CommitParticipant::Prepare::locked:
            unlogged_.push_back(mail);
            break;
          case CommitParticipant::Prepare::waits:
            waiting_[mail.shard].insert(mail.transaction);
            break;
          case CommitParticipant::Prepare::refused:
            voted_no_.insert(id);
            send(Kind::no, mail.transaction, mail.shard);
            break;
          case CommitParticipant::Prepare::voted_yes:
            ADD_FAILURE() << "no prepare comes twice here";
        }
        break;
      case Kind::yes:
      case Kind::no:
        act(coordinator_.voted(mail.transaction, mail.shard, mail.kind == Kind::yes),
            mail.transaction);
        break;
      case Kind::commit:
        if (const auto part = shard.commit(mail.transaction, mail.shard)) {
          EXPECT_EQ(part->value, mail.transaction);
          values_[mail.shard] = part->value;
          EXPECT_TRUE(applied_[mail.shard].insert(mail.transaction).second);
          ended_.insert(id);
          locked(mail.shard, shard.applied(mail.transaction, mail.shard));
        }
        send(Kind::acknowledge, mail.transaction, mail.shard);
        break;
      case Kind::abort:
      case Kind::answer_abort:
        // What is aborted twice, once by the answer to an inquiry, must not be remembered again.
        if (mail.kind == Kind::answer_abort && !shard.is_in_doubt(mail.transaction, mail.shard)) {
          break;
        }
        if (voted_yes_.contains(id)) ended_.insert(id);
        waiting_[mail.shard].erase(mail.transaction);
        locked(mail.shard, shard.abort(mail.transaction, mail.shard));
        break;
      case Kind::acknowledge:
        coordinator_.acknowledged(mail.transaction, mail.shard);
        break;
      case Kind::inquire:
        if (coordinator_.inquired(mail.transaction) == CommitAnswer::commit) {
          send(Kind::commit, mail.transaction, mail.shard);
        } else if (coordinator_.inquired(mail.transaction) == CommitAnswer::abort) {
          send(Kind::answer_abort, mail.transaction, mail.shard);
        }
        break;
    }
  }

  SplitMixSource chance_;
  CommitCoordinator coordinator_;
  bool coordinator_up_ = true;
  std::vector<CommitParticipant> shards_;
  std::vector<std::uint64_t> values_;
  std::vector<std::set<std::uint64_t>> applied_;
  std::vector<bool> up_;
  std::vector<std::set<std::uint64_t>> waiting_;
  std::vector<Mail> bag_;
  std::vector<Mail> unlogged_;          ///< Prepares that are being logged.
  std::vector<std::uint64_t> logging_;  ///< Commits that are being logged.
  std::set<std::uint64_t> begun_;
  std::set<std::uint64_t> decided_commit_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> voted_yes_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> voted_no_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> ended_;
};

/// Runs of up to 8 transactions over 3 shards, with lost messages and crashes of everybody.
void run_schedules(std::uint64_t schedules) {
  std::size_t committed = 0;
  std::size_t begun = 0;
  for (std::uint64_t seed = 0; seed < schedules; ++seed) {
    SCOPED_TRACE(seed);
    SplitMixSource chance(seed ^ 0xabcdef);
    const std::uint64_t loss = chance.below(4) * 10;
    const std::uint64_t crashes = chance.below(3) * 5;  // In a thousand steps.
    const auto conflict = static_cast<LockConflict>(seed % 3);
    World world(seed, 3, conflict);
    std::uint64_t next = 1;
    for (int step = 0; step < 400; ++step) {
      const std::uint64_t draw = chance.below(1000);
      if (draw < 30 && next <= 8) {
        world.begin(next++);
      } else if (draw < 30 + crashes) {
        world.crash_coordinator();
      } else if (draw < 30 + 2 * crashes) {
        world.crash_shard(chance.below(3));
      } else if (draw < 200 && draw >= 150) {
        world.restart_coordinator();
      } else if (draw < 250 && draw >= 200) {
        world.restart_shard(chance.below(3));
      } else if (draw < 280 && draw >= 250) {
        world.resend();
      } else if (draw < 290 && draw >= 280 && next > 1) {
        world.time_out(1 + chance.below(next - 1));
      } else {
        world.step(loss);
      }
      world.expect_blocked_in_doubt();
      if (testing::Test::HasFatalFailure()) return;
    }
    world.settle();
    world.expect_atomic();
    if (testing::Test::HasFailure()) return;
    committed += world.committed();
    begun += next - 1;
  }
  // Both ends happen, and often.
  EXPECT_GT(committed, begun / 8);
  EXPECT_LT(committed, begun * 7 / 8);
}

TEST(TwoPhaseCommit, AllOrNothingWhateverFails) { run_schedules(300); }
TEST(SlowTwoPhaseCommit, AllOrNothingWhateverFails) { run_schedules(3000); }

/// The window: from the first vote until the decision is heard. The coordinator crashes after each
/// step of a run without other faults; participants are in doubt exactly if they had voted and not
/// heard, stay so whatever time passes, and end when it is back.
TEST(TwoPhaseCommit, ACrashOfTheCoordinatorBlocksWhoHasVoted) {
  std::size_t blocked = 0;
  std::size_t free = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (int crash_at = 0; crash_at < 20; ++crash_at) {
      SCOPED_TRACE(testing::Message() << seed << " at " << crash_at);
      World world(seed, 3, LockConflict::wait);
      world.begin(1);
      for (int step = 0; step < crash_at; ++step) world.step(0);
      world.crash_coordinator();
      for (int step = 0; step < 50; ++step) world.step(0);
      const std::size_t in_doubt = world.in_doubt();
      world.expect_blocked_in_doubt();
      // Time passes: inquiries are not answered.
      for (int round = 0; round < 10; ++round) {
        world.resend();
        for (int step = 0; step < 50; ++step) world.step(0);
        ASSERT_EQ(world.in_doubt(), in_doubt);
      }
      ++(in_doubt > 0 ? blocked : free);
      world.settle();
      world.expect_atomic();
    }
  }
  EXPECT_GT(blocked, 300u);
  EXPECT_GT(free, 100u);
}

/// Presumed abort: of what it aborted, and of what it never knew, the coordinator says the same.
TEST(CommitCoordinator, WhatItDoesNotKnowWasAborted) {
  CommitCoordinator coordinator;
  EXPECT_EQ(coordinator.inquired(1), CommitAnswer::abort);
  coordinator.begin(1, {10, 11});
  EXPECT_EQ(coordinator.inquired(1), CommitAnswer::undecided);
  EXPECT_EQ(coordinator.voted(1, 10, true), Step::wait);
  EXPECT_EQ(coordinator.voted(1, 10, true), Step::wait);  // Twice is once.
  EXPECT_EQ(coordinator.voted(1, 11, true), Step::log_commit);
  EXPECT_EQ(coordinator.timed_out(1), Step::wait);  // Too late for that.
  coordinator.logged(1);
  EXPECT_EQ(coordinator.inquired(1), CommitAnswer::commit);
  coordinator.crash();
  ASSERT_EQ(coordinator.unfinished().size(), 1u);
  EXPECT_FALSE(coordinator.acknowledged(1, 10));
  EXPECT_EQ(coordinator.unfinished()[0].untold, (std::vector<std::uint64_t>{11}));
  EXPECT_TRUE(coordinator.acknowledged(1, 11));
  EXPECT_FALSE(coordinator.acknowledged(1, 11));
  EXPECT_TRUE(coordinator.unfinished().empty());
}

TEST(CommitCoordinator, ANoIsEnough) {
  CommitCoordinator coordinator;
  coordinator.begin(1, {10, 11});
  EXPECT_EQ(coordinator.voted(1, 11, false), Step::send_abort);
  EXPECT_EQ(coordinator.voted(1, 10, true), Step::wait);
  EXPECT_EQ(coordinator.inquired(1), CommitAnswer::abort);
  EXPECT_EQ(coordinator.undecided(), 0u);
}

TEST(CommitCoordinator, ACommitThatIsNotLoggedIsForgotten) {
  CommitCoordinator coordinator;
  coordinator.begin(1, {10});
  EXPECT_EQ(coordinator.voted(1, 10, true), Step::log_commit);
  EXPECT_EQ(coordinator.inquired(1), CommitAnswer::undecided);
  coordinator.crash();
  EXPECT_EQ(coordinator.inquired(1), CommitAnswer::abort);
}

using Prepare = CommitParticipant::Prepare;
CommitParticipant::Part part(std::uint64_t transaction, std::uint64_t key) {
  return {{transaction, static_cast<std::int64_t>(transaction)}, key, 100 + transaction, 0};
}

TEST(CommitParticipant, WhatIsInDoubtSurvivesACrashAndNothingElse) {
  CommitParticipant shard(LockConflict::wait);
  EXPECT_EQ(shard.prepare(part(1, 5)), Prepare::locked);
  EXPECT_TRUE(shard.logged(1, 5));
  EXPECT_EQ(shard.prepare(part(2, 6)), Prepare::locked);  // Not logged.
  EXPECT_EQ(shard.prepare(part(3, 5)), Prepare::waits);
  EXPECT_EQ(shard.prepare(part(4, 6)), Prepare::waits);
  shard.crash();
  EXPECT_EQ(shard.locks_held(), 1u);
  EXPECT_EQ(shard.holder(5)->id, 1u);
  EXPECT_FALSE(shard.holder(6));
  EXPECT_FALSE(shard.applied(1, 5));  // Nobody waits any more.
  EXPECT_EQ(shard.locks_held(), 0u);
}

TEST(CommitParticipant, AnAbortOvertakesItsPrepare) {
  CommitParticipant shard(LockConflict::wait);
  EXPECT_FALSE(shard.abort(1, 5));
  EXPECT_EQ(shard.prepare(part(1, 5)), Prepare::refused);
  EXPECT_EQ(shard.locks_held(), 0u);
}

TEST(CommitParticipant, AnAbortWhileItIsLoggedMakesTheVoteANo) {
  CommitParticipant shard(LockConflict::wait);
  EXPECT_EQ(shard.prepare(part(1, 5)), Prepare::locked);
  EXPECT_EQ(shard.prepare(part(2, 5)), Prepare::waits);
  const auto next = shard.abort(1, 5);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->id, 2u);
  EXPECT_FALSE(shard.logged(1, 5));
  EXPECT_TRUE(shard.logged(2, 5));
  EXPECT_FALSE(shard.commit(1, 5));
  EXPECT_EQ(shard.commit(2, 5)->value, 102u);
}

TEST(CommitParticipant, WhoIsInDoubtCannotGiveUp) {
  CommitParticipant shard(LockConflict::no_wait);
  EXPECT_EQ(shard.prepare(part(1, 5)), Prepare::locked);
  EXPECT_TRUE(shard.logged(1, 5));
  EXPECT_FALSE(shard.give_up(1, 5));
  EXPECT_EQ(shard.holder(5)->id, 1u);
  EXPECT_EQ(shard.prepare(part(2, 5)), Prepare::refused);
  EXPECT_EQ(shard.prepare(part(1, 5)), Prepare::voted_yes);
}

}  // namespace
}  // namespace faultline::models
