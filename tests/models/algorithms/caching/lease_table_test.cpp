#include "models/algorithms/caching/lease_table.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

TEST(LeaseTable, OneLoadsAndTheOthersComeAgain) {
  LeaseTable leases(100);
  EXPECT_TRUE(leases.ask(1, 11, 0));
  EXPECT_FALSE(leases.ask(1, 12, 1));
  EXPECT_TRUE(leases.ask(1, 11, 2));  // He holds it.
  EXPECT_TRUE(leases.ask(2, 12, 3));  // Of another key.
  EXPECT_TRUE(leases.may_put(1, 11, 10));
  EXPECT_TRUE(leases.ask(1, 12, 11));  // It was given back by the put.
}

TEST(LeaseTable, AnEraseRevokesIt) {
  // 11 has read the old value when the key is written and erased: what he brings is refused, and
  // what the next one brings is taken.
  LeaseTable leases(100);
  EXPECT_TRUE(leases.ask(1, 11, 0));
  leases.revoke(1, 5);
  EXPECT_TRUE(leases.ask(1, 12, 6));
  EXPECT_FALSE(leases.may_put(1, 11, 7));
  EXPECT_TRUE(leases.may_put(1, 12, 8));
}

TEST(LeaseTable, ALeaseThatIsOverGoesToTheNext) {
  LeaseTable leases(100);
  EXPECT_TRUE(leases.ask(1, 11, 0));
  EXPECT_FALSE(leases.ask(1, 12, 99));
  EXPECT_TRUE(leases.ask(1, 12, 100));
  EXPECT_FALSE(leases.may_put(1, 11, 150));
  EXPECT_TRUE(leases.may_put(1, 12, 160));
}

TEST(LeaseTable, WhoHadNoLeaseMayPut) {
  LeaseTable leases(100);
  EXPECT_TRUE(leases.ask(1, 11, 0));
  EXPECT_TRUE(leases.may_put(1, 99, 1));
  EXPECT_FALSE(leases.ask(1, 12, 2));  // 11 has his still.
}

TEST(LeaseTable, ForgetsWhomItRevoked) {
  LeaseTable leases(100);
  leases.ask(1, 11, 0);
  leases.revoke(1, 5);
  EXPECT_TRUE(leases.may_put(1, 11, 200));
}

}  // namespace
}  // namespace faultline::models
