/// Raft groups under random faults, as their users see them: what they wrote and read, checked for
/// linearizability. The core's own promises are checked in raft_schedules_test.cpp; this is about
/// the whole store, with its forwarding, retries, snapshots, clocks and restarts.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

#include "models/algorithms/random_source.hpp"
#include "sim/measure/consistency/check.hpp"
#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

namespace consistency = sim::consistency;
using models::SplitMixSource;
using sim::Duration;
using sim::Outcome;
using tests::StoreUser;

class Users {
 public:
  /// `more`: further parameters of the replication, with a comma before them. `changing`: members
  /// come and go as well, and all belong to the group in the end.
  Users(std::uint64_t seed, const std::string& more, const std::string& database = "",
        bool changing = false)
      : dice_(seed),
        replicas_(3 + 2 * static_cast<int>(dice_.below(2))),
        user_(replication(more), replicas_, faults(changing), database) {}

  consistency::CheckResult see(Duration time) {
    std::vector<Session> sessions(6);
    for (Session& session : sessions) session.number = ++session_count_;
    const sim::Time end = user_.now() + time;
    while (user_.now() < end) {
      for (Session& session : sessions) {
        if (session.asked) {
          if (session.asked->reply) record(session);
        } else if (dice_.uniform() < 0.2) {
          ask(session);
        }
      }
      user_.run_for(std::chrono::milliseconds(4));
    }
    // What was never answered may have happened.
    user_.run_for(std::chrono::seconds(20));
    for (Session& session : sessions) {
      if (session.asked) record(session);
    }
    // In the end all is well, and everything that was acknowledged is still there.
    for (std::uint64_t key = 0; key < keys; ++key) {
      Session last;
      last.number = ++session_count_;
      last.operation.key = key;
      last.operation.invoked = user_.now();
      last.asked = user_.begin_read(dice_.below(user_.members()), key);
      user_.finish(last.asked);
      record(last);
      all_well_ = all_well_ && history_.operations.back().outcome == Outcome::ok;
    }
    history_.initial = 0;
    return consistency::check(history_, consistency::Model::rw_register,
                              consistency::Level::linearizable, {.with_witness = false});
  }
  /// Whether every key could be read in the end.
  bool all_well() const { return all_well_; }
  const consistency::History& history() const { return history_; }
  StoreUser& user() { return user_; }

 private:
  static constexpr std::uint64_t keys = 4;
  struct Session {
    std::uint32_t number = 0;
    consistency::Operation operation;
    std::shared_ptr<StoreUser::Asked> asked;
  };

  double between(double least, double most) { return least + (most - least) * dice_.uniform(); }

  std::string replication(const std::string& more) {
    const double timeout = between(0.05, 1);
    return fmt::format(
        R"json({{"type": "raft", "election_timeout": "{:.0f}ms", "election_spread": "{:.0f}ms",
                 "heartbeat_interval": "{:.0f}ms", "pre_vote": {}, "announce_commit": {},
                 "batch": {}, "batch_delay": "{}ms", "window": {}, "snapshot_every": {},
                 "log_kept": {}{}}})json",
        timeout * 1000, between(0.1, 1) * timeout * 1000, between(0.1, 0.4) * timeout * 1000,
        dice_.below(2) == 0, dice_.below(2) == 0, 1 + dice_.below(10), dice_.below(3),
        1 + dice_.below(10), 1 + dice_.below(100), dice_.below(50), more);
  }

  std::string anyone() {
    return fmt::format("db[{}]", dice_.below(static_cast<std::uint64_t>(replicas_)));
  }

  /// "fault(somebody)", as a text of a file.
  std::string struck(const std::string& fault, const std::string& more = "") {
    return fmt::format(R"json("{}({}{})")json", fault, anyone(), more);
  }

  /// Orders for the membership at random times, and in the end that all are to belong to it.
  std::string changes() {
    std::string list;
    for (int order = 0; order < 8; ++order) {
      std::string sides[3];
      for (int member = 0; member < replicas_; ++member) {
        std::string& side = sides[dice_.below(3)];
        side += fmt::format("{}\"db[{}]\"", side.empty() ? "" : ", ", member);
      }
      if (sides[0].empty() && sides[1].empty()) continue;
      list += fmt::format(
          R"json(, {{"at": "{:.0f}ms", "for": "1ms", "fault": {{"type": "change_members", "add": [{}], "remove": [{}], "learners_first": {}}}}})json",
          between(1000, 25000), sides[0], sides[1], dice_.below(2) == 0);
    }
    return list + R"json(, {"at": "31s", "for": "1ms", "fault": "change_members(add=[db])"})json";
  }

  std::string faults(bool changing) {
    std::string list;
    for (int fault = 0; fault < 14; ++fault) {
      std::string what;
      switch (dice_.below(6)) {
        case 0:
        case 1:
          what = struck("crash");
          break;
        case 2:
          what = struck("vanish");
          break;
        case 3:
          what = struck("pause");
          break;
        case 4:
          what = struck("clock_drift", fmt::format(", {:.3f}", between(-0.04, 0.04)));
          break;
        default: {
          std::string sides[2];
          for (int member = 0; member < replicas_; ++member) {
            std::string& side = sides[dice_.below(2)];
            side += fmt::format("{}\"db[{}]\"", side.empty() ? "" : ", ", member);
          }
          if (sides[0].empty() || sides[1].empty()) {
            what = struck("crash");
          } else {
            what = fmt::format(
                R"json({{"type": "partition", "groups": [[{}], [{}]], "one_way": {}}})json",
                sides[0], sides[1], dice_.below(4) == 0);
          }
        }
      }
      list += fmt::format(R"({}{{"at": "{:.0f}ms", "for": "{:.0f}ms", "fault": {}}})",
                          list.empty() ? "" : ", ", between(1000, 25000), between(20, 5000), what);
    }
    return fmt::format(
        R"json("network": {{"default_latency": "uniform(0.2ms, {}ms)"}}, "faults": [{}])json",
        1 + dice_.below(20), list + (changing ? changes() : ""));
  }

  void ask(Session& session) {
    session.operation = {};
    session.operation.invoked = user_.now();
    session.operation.key = dice_.below(keys);
    const std::size_t member = dice_.below(user_.members());
    if (dice_.below(2) == 0) {
      session.asked = user_.begin_read(member, session.operation.key);
    } else {
      session.operation.kind = consistency::Kind::write;
      session.operation.value = static_cast<consistency::Value>(++values_);
      session.asked = user_.begin_write(member, session.operation.key, values_);
    }
  }

  void record(Session& session) {
    consistency::Operation& operation = session.operation;
    operation.session = session.number;
    const sim::Reply reply =
        session.asked->reply.value_or(sim::Reply::unknown(sim::Reason::timeout));
    operation.outcome = reply.outcome;
    if (reply.is_ok()) {
      operation.completed = session.asked->answered_at;
      if (operation.kind == consistency::Kind::read) {
        operation.value = static_cast<consistency::Value>(reply.value);
      }
    }
    // A session that does not know how its last operation ended is over.
    if (reply.outcome == Outcome::unknown) session.number = ++session_count_;
    history_.operations.push_back(operation);
    session.asked.reset();
  }

  SplitMixSource dice_;
  int replicas_;
  StoreUser user_;
  consistency::History history_;
  bool all_well_ = true;
  std::uint32_t session_count_ = 0;
  std::uint64_t values_ = 0;
};

struct Counts {
  std::uint64_t operations = 0;
  std::uint64_t ok = 0;
  std::uint64_t unknown = 0;
  std::uint64_t violated = 0;
  double changes = 0;
};

Counts play(std::uint64_t first, std::uint64_t last, const std::string& more,
            const std::string& database = "", bool changing = false) {
  Counts counts;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Users users(seed, more, database, changing);
    const auto result = users.see(std::chrono::seconds(30));
    if (changing) counts.changes += users.user().scalar(0, "membership_changes");
    for (const auto& operation : users.history().operations) {
      ++counts.operations;
      counts.ok += operation.outcome == Outcome::ok ? 1 : 0;
      counts.unknown += operation.outcome == Outcome::unknown ? 1 : 0;
    }
    EXPECT_NE(result.verdict, consistency::Verdict::unknown) << result.reason;
    if (result.verdict == consistency::Verdict::violated) {
      ++counts.violated;
      EXPECT_FALSE(more.empty()) << "not linearizable";
    }
    EXPECT_TRUE(users.all_well() || !more.empty());
  }
  fmt::print("{} operations, {} ok, {} unknown, {} of {} histories violated\n", counts.operations,
             counts.ok, counts.unknown, counts.violated, last + 1 - first);
  return counts;
}

TEST(RaftHistories, AreLinearizableUnderFaults) {
  const Counts counts = play(1, 6, "");
  EXPECT_GT(counts.ok, counts.operations / 4);
  EXPECT_GT(counts.unknown, 0u);
}

TEST(SlowRaftHistories, AreLinearizableUnderFaults) {
  const Counts counts = play(1, 200, "");
  EXPECT_GT(counts.ok, counts.operations / 2);
}

/// Clocks differ by 8 % at most, the lease allows 10 %.
TEST(SlowRaftHistories, AreLinearizableByLeaseWhileClocksAreGood) {
  EXPECT_EQ(play(1, 100, R"(, "reads": "lease")").violated, 0u);
}

/// raft_test.cpp has the engine.
constexpr auto on_disk =
    R"json(, "storage": {"type": "disk_in_raft_tests", "sync_time": "4ms"})json";

TEST(RaftHistories, AreLinearizableWithDisks) { play(1, 4, "", on_disk); }

TEST(SlowRaftHistories, AreLinearizableWithDisks) {
  const Counts counts = play(1, 100, "", on_disk);
  EXPECT_GT(counts.ok, counts.operations / 2);
}

/// Members come and go, several at once, while others crash, stand still and are cut off.
TEST(RaftHistories, AreLinearizableWhileMembersComeAndGo) {
  const Counts counts = play(1, 6, "", "", true);
  EXPECT_GT(counts.ok, counts.operations / 8);
  EXPECT_GT(counts.changes, 6 * 3);
}

TEST(SlowRaftHistories, AreLinearizableWhileMembersComeAndGo) {
  EXPECT_GT(play(1, 150, "", "", true).changes, 150 * 3);
  EXPECT_GT(play(1, 50, "", on_disk, true).changes, 50 * 3);
}

TEST(RaftHistories, AreNotWhenReplicasReadLocally) {
  EXPECT_GE(play(1, 3, R"(, "reads": "local")").violated, 2u);
}

TEST(SlowRaftHistories, ShowWhatComesOfMistakes) {
  EXPECT_GE(play(1, 20, R"(, "mistake": "read_unconfirmed")").violated, 1u);
  EXPECT_GE(play(1, 8, R"(, "mistake": "no_election_restriction")").violated, 1u);
}

}  // namespace
}  // namespace faultline
