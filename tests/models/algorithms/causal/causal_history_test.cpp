/// What clients of the causal store see, judged by the checkers of histories.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/algorithms/causal/causal_replica.hpp"
#include "models/algorithms/random_source.hpp"
#include "sim/measure/consistency/check.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using namespace sim::consistency;

struct Store {
  std::size_t members = 2;
  std::uint64_t keys = 5;
  bool dependencies = true;
  bool converge = true;
};

/// Two clients at each replica read and write at random; each message takes up to 300 ms.
History random_history(const Store& store, std::uint64_t seed) {
  struct Letter {
    std::size_t from;
    std::size_t to;
    CausalMessage message;
    sim::Duration at;
  };
  SplitMixSource chance(seed);
  std::vector<CausalReplica> replicas;
  for (std::size_t self = 0; self < store.members; ++self) {
    replicas.emplace_back(CausalReplica::Config{.members = store.members,
                                                .self = self,
                                                .retry = 1s,
                                                .dependencies = store.dependencies,
                                                .converge = store.converge});
  }
  std::vector<ClientContext> clients(2 * store.members);
  std::vector<Letter> mail;
  History history;
  history.initial = 0;
  sim::Duration now{};
  std::uint64_t values = 0;
  const auto send = [&](std::size_t from, std::size_t to, CausalMessage message) {
    const auto delay = static_cast<std::int64_t>(chance.below(300'000'000));
    mail.push_back({from, to, std::move(message), now + sim::Duration(delay)});
  };
  for (int step = 0; step < 300; ++step) {
    now += 10ms;
    const auto client = chance.below(clients.size());
    CausalReplica& replica = replicas[client % store.members];
    Operation operation;
    operation.invoked = sim::Time(now);
    operation.completed = sim::Time(now + 1ms);
    operation.key = chance.below(store.keys);
    operation.session = static_cast<std::uint32_t>(client);
    if (chance.below(10) < 7) {
      operation.kind = Kind::read;
      operation.value = static_cast<Value>(replica.read(operation.key, clients[client]));
    } else {
      operation.kind = Kind::write;
      operation.value = static_cast<Value>(++values);
      replica.write(operation.key, values, 0, clients[client]);
    }
    history.operations.push_back(operation);
    for (std::size_t from = 0; from < store.members; ++from) {
      for (std::size_t to = 0; to < store.members; ++to) {
        if (from == to) continue;
        if (auto message = replicas[from].next(to, now)) send(from, to, std::move(*message));
      }
    }
    for (std::size_t place = 0; place < mail.size();) {
      if (mail[place].at > now) {
        ++place;
        continue;
      }
      Letter letter = std::move(mail[place]);
      mail.erase(mail.begin() + static_cast<std::ptrdiff_t>(place));
      auto answer = replicas[letter.to].receive(letter.from, letter.message, now);
      if (answer) send(letter.to, letter.from, std::move(*answer));
    }
  }
  return history;
}

/// Histories out of so many that violate causal convergence, causal memory, and each of the session
/// guarantees that are about one session's own reads and writes.
struct Violations {
  int convergence = 0;
  int memory = 0;
  int sessions = 0;
};
Violations violations_of(const Store& store, std::uint64_t histories) {
  Violations sum;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    const History history = random_history(store, seed);
    const auto violated = [&](Level level) {
      return check(history, Model::rw_register, level).verdict == Verdict::violated;
    };
    sum.memory += violated(Level::causal);
    sum.sessions += violated(Level::read_your_writes) || violated(Level::monotonic_reads);
    sum.convergence += violated(Level::causal_convergence);
  }
  return sum;
}

TEST(CausalHistory, IsCausallyConvergent) {
  for (const std::size_t members : {2u, 3u, 5u}) {
    for (const std::uint64_t keys : {2u, 5u, 20u}) {
      const Violations seen = violations_of({.members = members, .keys = keys}, 8);
      EXPECT_EQ(seen.convergence, 0) << members << " " << keys;
      EXPECT_EQ(seen.sessions, 0) << members << " " << keys;
    }
  }
}

/// Perrin, Mostefaoui and Jard: who converges without waiting cannot keep every session's view of
/// all writes. Some tenth of these histories shows it.
TEST(CausalHistory, ConvergenceIsNotCausalMemory) {
  const Violations seen = violations_of({.members = 2, .keys = 5}, 60);
  EXPECT_EQ(seen.convergence, 0);
  EXPECT_GT(seen.memory, 0);
}

/// The other half of the choice: the writes of others as they are shown.
TEST(CausalHistory, WithoutConvergenceItIsCausalMemory) {
  int apart = 0;
  for (const std::size_t members : {2u, 3u}) {
    for (const std::uint64_t keys : {2u, 5u}) {
      const Violations seen =
          violations_of({.members = members, .keys = keys, .converge = false}, 15);
      EXPECT_EQ(seen.memory, 0) << members << " " << keys;
      EXPECT_EQ(seen.sessions, 0) << members << " " << keys;
      apart += seen.convergence;
    }
  }
  EXPECT_GT(apart, 0);
}

TEST(CausalHistory, WithoutDependenciesItIsNeither) {
  const Violations seen = violations_of({.members = 3, .keys = 5, .dependencies = false}, 30);
  EXPECT_GT(seen.convergence, 5);
  EXPECT_GT(seen.memory, 5);
  EXPECT_EQ(seen.sessions, 0);  // Who stays with one replica of the last writer's keeps these.
}

}  // namespace
}  // namespace faultline::models
