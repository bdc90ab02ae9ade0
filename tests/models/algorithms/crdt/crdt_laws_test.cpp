/// What every CRDT has to keep, whatever it holds: its states form a semilattice, a delta is worth
/// as much as the state it was taken from, and replicas that heard the same are equal.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/algorithms/crdt/counters.hpp"
#include "models/algorithms/crdt/dotted_values.hpp"
#include "models/algorithms/crdt/lww_register.hpp"
#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

/// One random change by `replica`; stamps come from a clock that stands still now and then.
GCounter change(GCounter& state, ReplicaId replica, SplitMixSource& chance, std::uint64_t) {
  return state.increment(replica, 1 + chance.below(3));
}
PnCounter change(PnCounter& state, ReplicaId replica, SplitMixSource& chance, std::uint64_t) {
  return chance.below(2) == 0 ? state.increment(replica, 1 + chance.below(3))
                              : state.decrement(replica, 1 + chance.below(3));
}
LwwRegister change(LwwRegister& state, ReplicaId replica, SplitMixSource& chance,
                   std::uint64_t event) {
  return state.assign(static_cast<std::int64_t>(chance.below(6)), {replica, event}, event);
}
MvRegister change(MvRegister& state, ReplicaId replica, SplitMixSource&, std::uint64_t event) {
  return state.assign(replica, event);
}
OrSet change(OrSet& state, ReplicaId replica, SplitMixSource& chance, std::uint64_t) {
  const std::uint64_t element = chance.below(4);
  return chance.below(3) == 0 ? state.remove(element) : state.add(replica, element);
}

template <class State>
State merged(State a, const State& b) {
  a.merge(b);
  return a;
}

/// States that replicas of one object reach when they change it, and hear of each other, at random;
/// deltas among them.
template <class State>
std::vector<State> reachable(SplitMixSource& chance, int steps) {
  std::array<State, 3> replicas;
  std::vector<State> pool{State()};
  for (int step = 1; step <= steps; ++step) {
    const auto replica = static_cast<ReplicaId>(chance.below(3));
    if (chance.below(3) != 0) {
      pool.push_back(change(replicas[replica], replica, chance, static_cast<std::uint64_t>(step)));
    } else {
      replicas[replica].merge(pool[chance.below(pool.size())]);
    }
    pool.push_back(replicas[replica]);
  }
  return pool;
}

template <class State>
class CrdtLaws : public testing::Test {};
using States = testing::Types<GCounter, PnCounter, LwwRegister, MvRegister, OrSet>;
TYPED_TEST_SUITE(CrdtLaws, States);

TYPED_TEST(CrdtLaws, MergingIsASemilattice) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    SplitMixSource chance(seed);
    const auto pool = reachable<TypeParam>(chance, 40);
    for (int draw = 0; draw < 300; ++draw) {
      const TypeParam& a = pool[chance.below(pool.size())];
      const TypeParam& b = pool[chance.below(pool.size())];
      const TypeParam& c = pool[chance.below(pool.size())];
      ASSERT_EQ(merged(a, b), merged(b, a));
      ASSERT_EQ(merged(merged(a, b), c), merged(a, merged(b, c)));
      ASSERT_EQ(merged(a, a), a);
      ASSERT_EQ(merged(a, TypeParam()), a);
      // The result says whether it changed; what was merged once changes nothing again.
      TypeParam sum = a;
      const bool changed = sum.merge(b);
      ASSERT_EQ(changed, !(sum == a));
      ASSERT_FALSE(sum.merge(b));
      ASSERT_FALSE(sum.merge(a));
    }
  }
}

/// A change is its delta merged into the state before; and other states learn from the delta what
/// they would learn from the whole state, if they have the state before.
TYPED_TEST(CrdtLaws, ADeltaIsWorthTheState) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    SplitMixSource chance(seed);
    TypeParam writer;
    TypeParam by_deltas;
    TypeParam by_states;
    TypeParam by_groups;
    TypeParam group;
    for (std::uint64_t event = 1; event <= 60; ++event) {
      const TypeParam before = writer;
      const TypeParam delta = change(writer, 7, chance, event);
      ASSERT_EQ(merged(before, delta), writer);
      by_deltas.merge(delta);
      by_states.merge(writer);
      group.merge(delta);
      if (chance.below(5) == 0) {
        by_groups.merge(group);
        group = TypeParam();
        ASSERT_EQ(by_groups, writer);
      }
      ASSERT_EQ(by_deltas, writer);
      ASSERT_EQ(by_states, writer);
    }
  }
}

/// Five replicas, deltas delivered in any order, some of them twice, a tenth of them only as part
/// of a later full state: equal in the end.
TYPED_TEST(CrdtLaws, ReplicasThatHeardTheSameAreEqual) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    SplitMixSource chance(seed);
    std::array<TypeParam, 5> replicas;
    std::array<std::vector<TypeParam>, 5> mail;
    for (std::uint64_t event = 1; event <= 80; ++event) {
      const auto writer = chance.below(5);
      const TypeParam delta =
          change(replicas[writer], static_cast<ReplicaId>(writer), chance, event);
      for (std::size_t reader = 0; reader < 5; ++reader) {
        if (reader != writer && chance.below(10) != 0) mail[reader].push_back(delta);
      }
      const auto reader = chance.below(5);
      for (auto turns = chance.below(4); turns > 0 && !mail[reader].empty(); --turns) {
        const auto which = chance.below(mail[reader].size());
        replicas[reader].merge(mail[reader][which]);
        if (chance.below(4) == 0) continue;  // It will come once more.
        mail[reader].erase(mail[reader].begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
    for (std::size_t reader = 0; reader < 5; ++reader) {
      while (!mail[reader].empty()) {
        const auto which = chance.below(mail[reader].size());
        replicas[reader].merge(mail[reader][which]);
        mail[reader].erase(mail[reader].begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
    const std::array<TypeParam, 5> before = replicas;
    for (auto& replica : replicas) {
      for (const auto& other : before) replica.merge(other);
    }
    for (const auto& replica : replicas) ASSERT_EQ(replica, replicas[0]);
  }
}

}  // namespace
}  // namespace faultline::models
