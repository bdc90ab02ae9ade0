/// What sessions see of a replicated database that is causal, through the whole of a run: judged by
/// the checkers of histories.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "sim/measure/consistency/check.hpp"
#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using namespace sim::consistency;
using tests::StoreUser;

/// What db[0] tells db[2] takes long, so that what db[1] has to say about it comes first; and db[0]
/// is cut from the others for a while.
constexpr const char* network =
    R"json("network": {"default_latency": "lognormal(median=5ms, sigma=1)",
                  "links": [{"from": "db[0]", "to": "db[2]", "latency": "lognormal(median=300ms, sigma=0.5)"}]},
     "faults": [{"at": "2s", "for": "2s", "fault": {"type": "partition", "groups": [["db[0]"], ["db[1]", "db[2]"]]}}])json";

/// Six sessions, of which the last two go to another replica now and then, if any may.
History history_of(const std::string& replication, std::uint64_t seed, bool some_move) {
  StoreUser user(replication, 3, network);
  models::SplitMixSource chance(seed);
  std::vector<std::size_t> at = {0, 1, 2, 0, 1, 2};
  History history;
  history.initial = 0;
  for (std::uint64_t step = 1; step <= 300; ++step) {
    const auto session = chance.below(at.size());
    if (some_move && session >= 4 && chance.below(4) == 0) at[session] = chance.below(3);
    Operation operation;
    operation.session = static_cast<std::uint32_t>(session + 1);
    operation.key = chance.below(4);
    operation.node = static_cast<std::uint32_t>(at[session]);
    operation.invoked = user.now();
    sim::Reply reply;
    if (chance.below(10) < 6) {
      reply = user.read(at[session], operation.key, operation.session);
      operation.kind = Kind::read;
      operation.value = reply.is_ok() ? static_cast<Value>(reply.value) : nil;
    } else {
      reply = user.write(at[session], operation.key, step, operation.session);
      operation.kind = Kind::write;
      operation.value = static_cast<Value>(step);
    }
    operation.outcome = reply.outcome;
    operation.completed = user.now();
    history.operations.push_back(operation);
    user.run_for(sim::Duration(static_cast<std::int64_t>(1 + chance.below(20'000'000))));
  }
  return history;
}

struct Seen {
  int convergence = 0;  ///< Histories that violate causal convergence,
  int memory = 0;       ///< causal memory,
  int sessions = 0;     ///< reading one's own writes, or reads that do not go back.
};
Seen seen_of(const std::string& replication, std::uint64_t histories, bool some_move = true) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    const History history = history_of(replication, seed, some_move);
    const auto violated = [&](Level level) {
      return check(history, Model::rw_register, level).verdict == Verdict::violated;
    };
    seen.memory += violated(Level::causal);
    seen.sessions += violated(Level::read_your_writes) || violated(Level::monotonic_reads);
    seen.convergence += violated(Level::causal_convergence);
  }
  return seen;
}

TEST(CausalRun, IsCausallyConvergentAlsoForWhoMoves) {
  const Seen seen = seen_of("\"causal\"", 12);
  EXPECT_EQ(seen.convergence, 0);
  EXPECT_EQ(seen.sessions, 0);
}

/// For who stays: each replica has an order of its own, and who moves meets another one.
TEST(CausalRun, WithoutConvergenceItIsCausalMemory) {
  const std::string none = R"json({"type": "causal", "convergence": "none"})json";
  const Seen seen = seen_of(none, 12, false);
  EXPECT_EQ(seen.memory, 0);
  EXPECT_EQ(seen.sessions, 0);
  EXPECT_GT(seen_of(none, 12).memory, 0);
}

/// Who is served wherever he comes sees less than he saw.
TEST(CausalRun, ServingWhoMovesBreaksHisSession) {
  const Seen seen = seen_of(R"json({"type": "causal", "moved_sessions": "serve"})json", 20);
  EXPECT_GT(seen.sessions, 2);
  EXPECT_GT(seen.convergence, 2);
}

TEST(CausalRun, WithoutDependenciesItIsNotCausal) {
  const Seen seen = seen_of(R"json({"type": "causal", "dependencies": false})json", 30);
  EXPECT_GT(seen.convergence, 2);
}

/// A multi-leader register keeps no order between keys, nor anybody's session.
TEST(CausalRun, MultiLeaderIsNotCausal) {
  const Seen seen = seen_of(R"json({"type": "multi_leader", "data": "lww_register"})json", 6);
  EXPECT_GT(seen.convergence, 2);
}

}  // namespace
}  // namespace faultline
