#include "models/algorithms/crdt/counters.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace faultline::models {
namespace {

/// Shapiro et al., section 3.1.1: each replica raises its own entry; the value is their sum, and a
/// merge takes the larger of each, so that nothing counts twice.
TEST(GCounter, CountsEachIncrementOnce) {
  GCounter a;
  GCounter b;
  a.increment(1);
  a.increment(1);
  b.increment(2, 5);
  a.merge(b);
  b.merge(a);
  a.merge(b);
  EXPECT_EQ(a.value(), 7u);
  EXPECT_EQ(b.value(), 7u);
  b.increment(2);
  EXPECT_EQ(b.counts().of(2), 6u);
  EXPECT_EQ(a.value(), 7u);
}

/// The delta says the new number of one replica and nothing else.
TEST(GCounter, DeltaIsOneEntry) {
  GCounter counter;
  counter.increment(1, 10);
  counter.increment(2, 10);
  const GCounter delta = counter.increment(2, 3);
  EXPECT_EQ(delta.counts().entries(), (std::vector<Dot>{{2, 13}}));
  EXPECT_EQ(delta.bytes(), 12);
}

/// Two decrements at two replicas that saw 1 take it to -1: a PN-counter cannot keep a bound.
TEST(PnCounter, MayPassBelowZero) {
  PnCounter a;
  a.increment(1);
  PnCounter b;
  b.merge(a);
  a.decrement(1);
  b.decrement(2);
  a.merge(b);
  EXPECT_EQ(a.value(), -1);
  EXPECT_EQ(a.added().value(), 1u);
  EXPECT_EQ(a.taken().value(), 2u);
}

}  // namespace
}  // namespace faultline::models
