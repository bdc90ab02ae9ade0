/// Chains under random faults, as their users see them: what they wrote and read, checked for
/// linearizability. The protocol alone is in tests/models/algorithms/replication/chain_test.cpp;
/// this is the whole store, with a network, pauses, forwarding, and a master that stands somewhere.
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
using tests::StoreUser;

constexpr std::uint64_t keys = 4;

std::string random_faults(SplitMixSource& dice, int members) {
  std::string list;
  for (int fault = 0; fault < 10; ++fault) {
    const std::uint64_t whom = dice.below(static_cast<std::uint64_t>(members));
    std::string what;
    switch (dice.below(5)) {
      case 0:
      case 1:
        what = fmt::format(R"json("crash(db[{}])")json", whom);
        break;
      case 2:
        what = fmt::format(R"json("vanish(db[{}])")json", whom);
        break;
      case 3:
        what = fmt::format(R"json("pause(db[{}])")json", whom);
        break;
      default: {
        std::string rest = R"("user")";
        for (int member = 0; member < members; ++member) {
          if (static_cast<std::uint64_t>(member) != whom) {
            rest += fmt::format(R"(, "db[{}]")", member);
          }
        }
        what = fmt::format(R"json({{"type": "partition", "groups": [["db[{}]"], [{}]]}})json", whom,
                           rest);
      }
    }
    list += fmt::format(R"json({}{{"at": "{}ms", "for": "{}ms", "fault": {}}})json",
                        list.empty() ? "" : ", ", 1000 + dice.below(20'000), 50 + dice.below(4000),
                        what);
  }
  return fmt::format(
      R"json("network": {{"default_latency": "uniform(0.2ms, {}ms)"}}, "faults": [{}])json",
      1 + dice.below(20), list);
}

struct Session {
  std::uint32_t number = 0;
  consistency::Operation operation;
  std::shared_ptr<StoreUser::Asked> asked;
};

struct Seen {
  consistency::History history;
  std::uint64_t ok = 0;
  std::uint64_t unknown = 0;
};

void record(Seen& seen, Session& session) {
  consistency::Operation& operation = session.operation;
  operation.session = session.number;
  const sim::Reply reply = session.asked->reply.value_or(sim::Reply::unknown(sim::Reason::timeout));
  operation.outcome = reply.outcome;
  if (reply.is_ok()) {
    ++seen.ok;
    operation.completed = session.asked->answered_at;
    if (operation.kind == consistency::Kind::read) {
      operation.value = static_cast<consistency::Value>(reply.value);
    }
  }
  seen.unknown += reply.outcome == sim::Outcome::unknown ? 1 : 0;
  seen.history.operations.push_back(operation);
  session.asked.reset();
}

Seen play(std::uint64_t seed, const std::string& more) {
  SplitMixSource dice(seed);
  const int members = 2 + static_cast<int>(dice.below(4));
  StoreUser user(R"json({"type": "chain", "detection_time": "500ms")json" + more + "}", members,
                 random_faults(dice, members));
  Seen seen;
  std::uint64_t next_value = 0;
  std::uint32_t next_session = 0;
  std::vector<Session> sessions(6);
  while (user.now() < sim::Time(std::chrono::seconds(25))) {
    for (Session& session : sessions) {
      if (session.asked) {
        if (session.asked->reply) record(seen, session);
        continue;
      }
      if (dice.below(5) != 0) continue;
      session.number = ++next_session;
      session.operation = {};
      session.operation.invoked = user.now();
      session.operation.key = dice.below(keys);
      const std::size_t member = dice.below(user.members());
      if (dice.below(2) == 0) {
        session.asked = user.begin_read(member, session.operation.key);
      } else {
        session.operation.kind = consistency::Kind::write;
        session.operation.value = static_cast<consistency::Value>(++next_value);
        session.asked = user.begin_write(member, session.operation.key, next_value);
      }
    }
    user.run_for(std::chrono::milliseconds(5));
  }
  user.run_for(std::chrono::seconds(20));
  for (Session& session : sessions) {
    if (session.asked) record(seen, session);
  }
  // In the end all is well.
  for (std::uint64_t key = 0; key < keys; ++key) {
    for (std::size_t member = 0; member < user.members(); ++member) {
      Session last;
      last.number = ++next_session;
      last.operation.key = key;
      last.operation.invoked = user.now();
      last.asked = user.begin_read(member, key);
      EXPECT_TRUE(user.finish(last.asked).is_ok()) << "member " << member << ", key " << key;
      record(seen, last);
    }
  }
  seen.history.initial = 0;
  return seen;
}

void expect_linearizable(std::uint64_t first, std::uint64_t last, const std::string& more) {
  std::uint64_t ok = 0;
  std::uint64_t unknown = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed << more);
    const Seen seen = play(seed, more);
    const auto result =
        consistency::check(seen.history, consistency::Model::rw_register,
                           consistency::Level::linearizable, {.with_witness = false});
    ASSERT_EQ(result.verdict, consistency::Verdict::holds);
    if (testing::Test::HasFailure()) return;
    ok += seen.ok;
    unknown += seen.unknown;
  }
  // The faults were felt, and did not stop everything.
  EXPECT_GT(unknown, 0u);
  EXPECT_GT(ok, 200 * (last - first + 1));
}

TEST(ChainHistories, AreLinearizable) {
  expect_linearizable(1, 4, "");
  expect_linearizable(11, 14, R"json(, "master": "user")json");
  expect_linearizable(21, 24, R"json(, "reads": "apportioned", "master": "user")json");
}

TEST(SlowChainHistories, AreLinearizable) {
  expect_linearizable(101, 160, R"json(, "reads": "apportioned")json");
  expect_linearizable(201, 300, R"json(, "master": "user")json");
  expect_linearizable(301, 400, R"json(, "reads": "apportioned", "master": "user")json");
}

}  // namespace
}  // namespace faultline
