#include "models/algorithms/causal/causal_replica.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

CausalReplica::Config config(std::size_t members, std::size_t self, bool dependencies = true) {
  return {.members = members, .self = self, .retry = 1s, .dependencies = dependencies};
}

/// Lloyd et al., section 2: Alice uploads a photo, then adds it to her album; Bob, elsewhere, must
/// not see the album without the photo. Their photo comes late.
TEST(CausalReplica, ShowsNothingBeforeWhatItDependsOn) {
  CausalReplica west(config(2, 0));
  CausalReplica east(config(2, 1));
  constexpr std::uint64_t photo = 1;
  constexpr std::uint64_t album = 2;
  ClientContext alice;
  west.write(photo, 100, 0, alice);
  auto first = west.next(1, 0s);
  west.write(album, 200, 0, alice);
  auto second = west.next(1, 0s);
  ASSERT_TRUE(first && second);

  ClientContext bob;
  east.receive(0, *second, 0s);
  EXPECT_EQ(east.read(album, bob), 0u);
  EXPECT_EQ(east.pending(), 1u);
  east.receive(0, *first, 0s);
  EXPECT_EQ(east.read(album, bob), 200u);
  EXPECT_EQ(east.read(photo, bob), 100u);
  EXPECT_EQ(east.pending(), 0u);

  CausalReplica careless(config(2, 1, false));
  careless.receive(0, *second, 0s);
  EXPECT_EQ(careless.read(album, bob), 200u);
  EXPECT_EQ(careless.read(photo, bob), 0u);
}

/// Through what was read: Bob sees Alice's post and answers; Carol must not see the answer alone.
TEST(CausalReplica, DependsOnWhatWasRead) {
  std::vector<CausalReplica> replicas;
  for (std::size_t self = 0; self < 3; ++self) replicas.emplace_back(config(3, self));
  ClientContext alice;
  ClientContext bob;
  ClientContext carol;
  replicas[0].write(1, 100, 0, alice);
  replicas[1].receive(0, *replicas[0].next(1, 0s), 0s);
  EXPECT_EQ(replicas[1].read(1, bob), 100u);
  replicas[1].write(2, 200, 0, bob);
  EXPECT_EQ(bob.nearest().size(), 1u);  // The answer stands for the post.
  replicas[2].receive(1, *replicas[1].next(2, 0s), 0s);
  EXPECT_EQ(replicas[2].read(2, carol), 0u);
  replicas[2].receive(0, *replicas[0].next(2, 0s), 0s);
  EXPECT_EQ(replicas[2].read(2, carol), 200u);
}

/// Two who write the same key at the same time: the same one wins everywhere, and the other one's
/// replica counts a conflict. A write that has seen the other is none.
TEST(CausalReplica, ConflictsEndTheSameEverywhere) {
  struct Counter final : CausalObserver {
    void changing(std::uint64_t, const CausalVersion*) override {}
    void changed(std::uint64_t, const CausalVersion&) override {}
    void conflict(const CausalVersion&, const CausalVersion&) override { ++conflicts; }
    int conflicts = 0;
  };
  Counter counters[2];
  CausalReplica a(config(2, 0), &counters[0]);
  CausalReplica b(config(2, 1), &counters[1]);
  ClientContext at_a;
  ClientContext at_b;
  a.write(1, 100, 0, at_a);
  b.write(1, 200, 0, at_b);
  b.receive(0, *a.next(1, 0s), 0s);
  a.receive(1, *b.next(0, 0s), 0s);
  EXPECT_EQ(a.read(1, at_a), 200u);  // Equal Lamport times: the larger replica.
  EXPECT_EQ(b.read(1, at_b), 200u);
  EXPECT_EQ(counters[0].conflicts + counters[1].conflicts, 1);
  a.write(1, 300, 0, at_a);
  b.receive(0, *a.next(1, 100ms), 100ms);
  EXPECT_EQ(b.read(1, at_b), 300u);
  EXPECT_EQ(counters[0].conflicts + counters[1].conflicts, 1);
}

TEST(ClientContext, KeepsTheNearest) {
  ClientContext context(3);
  context.read({0, 1}, 5, {});
  context.read({0, 1}, 5, {});
  context.read({1, 4}, 3, {});
  EXPECT_EQ(context.nearest().size(), 2u);
  EXPECT_EQ(context.lamport(), 5u);
  context.wrote({2, 1}, 6);
  EXPECT_EQ(context.nearest(), (std::vector<Dot>{{2, 1}}));
}

/// 2, 4, 6 and 8 of replica 7, where all up to 7 is shown, and 8: the first three become "up to 6".
TEST(ClientContext, RoundsUpWhatIsTooMuch) {
  ClientContext context(3);
  VersionVector without_gaps;
  without_gaps.set(7, 7);
  for (std::uint64_t counter = 2; counter <= 10; counter += 2) {
    if (counter != 8) context.read({7, counter}, counter, without_gaps);
  }
  EXPECT_EQ(context.nearest(), (std::vector<Dot>{{7, 10}}));
  EXPECT_EQ(context.vector().of(7), 6u);
  context.read({7, 5}, 5, without_gaps);  // Among what it depends on already.
  EXPECT_EQ(context.nearest().size(), 1u);
  context.read({7, 7}, 7, without_gaps);
  EXPECT_EQ(context.nearest().size(), 2u);
}

TEST(ClientContexts, ForgetWhoWasNotHeardOfForLongest) {
  ClientContexts contexts(10, 64);
  for (std::uint64_t client = 0; client < 1000; ++client) {
    contexts.of(client).wrote({0, client + 1}, client + 1);
    contexts.of(500'000).wrote({1, client + 1}, 1);
    EXPECT_LE(contexts.size(), 10u);
    EXPECT_EQ(contexts.of(client).nearest().front().counter, client + 1);
  }
  EXPECT_EQ(contexts.of(500'000).nearest().front().counter, 1000u);
  EXPECT_FALSE(contexts.of(999).empty());
  EXPECT_TRUE(contexts.of(3).empty());
}

/// Replicas, a network that loses, doubles and reorders, and clients that stay or move; beside them
/// the causal past of every write and client, worked out from what was read and written.
class World {
 public:
  struct Options {
    std::size_t members = 3;
    bool dependencies = true;
    std::size_t context_limit = 64;
    std::size_t log_limit = 1000;
    double loss = 0.2;
    bool clients_move = false;
    bool crashes = false;
  };
  World(const Options& options, std::uint64_t seed) : options_(options), chance(seed) {
    for (std::size_t self = 0; self < options.members; ++self) {
      replicas.emplace_back(CausalReplica::Config{.members = options.members,
                                                  .self = self,
                                                  .retry = 1s,
                                                  .log_limit = options.log_limit,
                                                  .dependencies = options.dependencies});
    }
    for (std::size_t client = 0; client < 6; ++client) {
      clients.push_back(
          {.context = ClientContext(options.context_limit), .home = client % options.members});
    }
  }

  void step() {
    now += 50ms;
    Client& client = clients[chance.below(clients.size())];
    if (options_.clients_move && chance.below(10) == 0) client.home = chance.below(replicas.size());
    CausalReplica& replica = replicas[client.home];
    if (replica.covers(client.context)) {
      chance.below(2) == 0 ? read(client, replica) : write(client, replica);
    } else {
      ++waits;
    }
    if (options_.crashes && chance.below(60) == 0)
      replicas[chance.below(replicas.size())].restart();
    exchange();
    for (const CausalReplica& each : replicas) check_shown(each);
  }

  void exchange() {
    for (std::size_t from = 0; from < replicas.size(); ++from) {
      for (std::size_t to = 0; to < replicas.size(); ++to) {
        if (to == from) continue;
        if (auto message = replicas[from].next(to, now)) send(from, to, std::move(*message));
      }
    }
    for (auto turns = mail.size() / 2; turns > 0; --turns) {
      const auto which = chance.below(mail.size());
      Letter letter = mail[which];
      if (chance.below(8) != 0) mail.erase(mail.begin() + static_cast<std::ptrdiff_t>(which));
      auto answer = replicas[letter.to].receive(letter.from, letter.message, now);
      if (answer) send(letter.to, letter.from, std::move(*answer));
      if (mail.empty()) break;
    }
  }

  void settle() {
    for (int round = 0; round < 1200; ++round) {
      now += 50ms;
      exchange();
    }
  }
  bool equal() const {
    for (const CausalReplica& replica : replicas) {
      if (!(replica.shown() == replicas[0].shown()) || replica.pending() != 0) return false;
      for (std::uint64_t key = 0; key < keys; ++key) {
        const CausalVersion* mine = replica.find(key);
        const CausalVersion* first = replicas[0].find(key);
        if ((mine ? mine->value : 0) != (first ? first->value : 0)) return false;
      }
    }
    return true;
  }

  struct Client {
    ClientContext context;
    std::size_t home;
    std::set<Dot> past = {};
  };
  struct Letter {
    std::size_t from;
    std::size_t to;
    CausalMessage message;
  };
  static constexpr std::uint64_t keys = 5;
  Options options_;
  SplitMixSource chance;
  sim::Duration now{};
  std::vector<CausalReplica> replicas;
  std::vector<Client> clients;
  std::vector<Letter> mail;
  std::map<Dot, std::set<Dot>> past_of;  ///< Of each write, itself included.
  std::map<Dot, std::pair<std::uint64_t, std::uint64_t>> key_and_lamport;
  std::uint64_t values = 0;
  int violations = 0;
  int waits = 0;

 private:
  void read(Client& client, CausalReplica& replica) {
    const std::uint64_t key = chance.below(keys);
    replica.read(key, client.context);
    const CausalVersion* version = replica.find(key);
    const std::uint64_t lamport = version ? version->lamport : 0;
    // Not older than anything written to the key in the client's past.
    for (const Dot& dot : client.past) {
      const auto& [other_key, other_lamport] = key_and_lamport.at(dot);
      if (other_key == key && other_lamport > lamport) ++violations;
    }
    if (version) {
      const auto& past = past_of.at(version->dot);
      client.past.insert(past.begin(), past.end());
    }
  }
  void write(Client& client, CausalReplica& replica) {
    const std::uint64_t key = chance.below(keys);
    replica.write(key, ++values, 0, client.context);
    const Dot dot = client.context.nearest().front();
    for (const Dot& before : client.past) {
      ASSERT_LT(key_and_lamport.at(before).second, client.context.lamport());
    }
    client.past.insert(dot);
    past_of[dot] = client.past;
    key_and_lamport[dot] = {key, client.context.lamport()};
  }
  /// Whatever is shown, all of its causal past is.
  void check_shown(const CausalReplica& replica) {
    for (const auto& [dot, past] : past_of) {
      if (!replica.shown().contains(dot)) continue;
      for (const Dot& before : past) violations += !replica.shown().contains(before);
    }
  }
  void send(std::size_t from, std::size_t to, CausalMessage message) {
    if (chance.uniform() >= options_.loss) mail.push_back({from, to, std::move(message)});
  }
};

TEST(CausalStore, WhatIsShownIsCausallyComplete) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    SCOPED_TRACE(seed);
    World world({.members = 2 + seed % 3,
                 .context_limit = seed % 2 == 0 ? 1u : 64u,
                 .log_limit = seed % 5 == 0 ? 6u : 1000u,
                 .clients_move = seed % 3 == 0,
                 .crashes = seed % 4 == 0},
                seed);
    for (int step = 0; step < 250; ++step) world.step();
    EXPECT_EQ(world.violations, 0);
    if (seed % 3 != 0) {
      EXPECT_EQ(world.waits, 0);  // Who stays where he is never waits.
    }
    world.settle();
    EXPECT_TRUE(world.equal());
  }
}

/// The same without dependencies is not, and the test above would notice. It converges all the
/// same.
TEST(CausalStore, WithoutDependenciesItIsEventualOnly) {
  int violations = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    World world({.dependencies = false}, seed);
    for (int step = 0; step < 250; ++step) world.step();
    violations += world.violations;
    world.settle();
    EXPECT_TRUE(world.equal());
  }
  EXPECT_GT(violations, 100);
}

/// A replica that went back to an earlier state takes a new name, gets back what others have of it,
/// and what it does then is not mistaken for what it had done.
TEST(CausalStore, GoesBackAndIsBroughtUpToDate) {
  World world({.loss = 0}, 1);
  CausalReplica& loser = world.replicas[0];
  ClientContext client;
  loser.write(1, 100, 0, client);
  const DotContext shown = loser.shown();
  const CausalVersion before = *loser.find(1);
  loser.write(1, 101, 0, client);
  world.settle();
  loser.restore(1, before);
  loser.restart_from(shown);
  ClientContext other;
  loser.write(2, 102, 0, other);
  world.settle();
  EXPECT_TRUE(world.equal());
  EXPECT_EQ(world.replicas[2].find(1)->value, 101u);
  EXPECT_EQ(world.replicas[2].find(2)->value, 102u);
}

}  // namespace
}  // namespace faultline::models
