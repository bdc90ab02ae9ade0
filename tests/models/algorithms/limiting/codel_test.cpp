#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(Codel, AWaitThatIsTooLongForLessThanAnIntervalMayStand) {
  const auto codel = make_shedder("codel(target=5ms, interval=100ms)");
  // Above the target from 1000 ms on, but one waits less at 1090 ms: it begins anew.
  EXPECT_FALSE(codel->drops(1000ms, 6ms, 10));
  EXPECT_FALSE(codel->drops(1050ms, 20ms, 10));
  EXPECT_FALSE(codel->drops(1090ms, 4ms, 10));
  EXPECT_FALSE(codel->drops(1101ms, 20ms, 10));
  EXPECT_FALSE(codel->drops(1200ms, 20ms, 10));
  EXPECT_TRUE(codel->drops(1201ms, 20ms, 10));
}

TEST(Codel, DropsMoreAndMoreOften) {
  // The first at 100 ms, then 100 / sqrt(1) = 100 ms later, 100 / sqrt(2) = 70.71, 100 / sqrt(3) =
  // 57.74, 50, ...: at 100, 200, 270.7, 328.4, 378.4 ms.
  const auto codel = make_shedder("codel(target=5ms, interval=100ms)");
  std::vector<sim::Duration> drops;
  for (sim::Duration now{}; now < 400ms; now += 100us) {
    if (codel->drops(now, 50ms, 10)) drops.push_back(now);
  }
  EXPECT_EQ(drops, (std::vector<sim::Duration>{100ms, 200ms, 270800us, 328500us, 378500us}));
}

TEST(Codel, SeveralDropsMayBeDueAtOnce) {
  // At 1 s all drops since 200 ms are due, one after the other without a request served between.
  const auto codel = make_shedder("codel");
  EXPECT_FALSE(codel->drops(0ms, 50ms, 100));
  EXPECT_TRUE(codel->drops(100ms, 50ms, 100));
  EXPECT_FALSE(codel->drops(100ms, 50ms, 99));
  int dropped = 0;
  while (codel->drops(1000ms, 50ms, 98 - dropped)) ++dropped;
  // The n-th is due at 200 + 100 (1/sqrt 2 + .. + 1/sqrt n): 984 ms for n = 26, 1003 ms for 27.
  EXPECT_EQ(dropped, 26);
}

TEST(Codel, TheLastOneIsServed) {
  const auto codel = make_shedder("codel");
  for (sim::Duration now{}; now < 10s; now += 10ms) EXPECT_FALSE(codel->drops(now, 1s, 0));
}

TEST(Codel, OverloadThatComesBackSoonIsMetWhereItWasLeft) {
  const auto codel = make_shedder("codel");
  const auto drops_from = [&](sim::Duration from, sim::Duration length) {
    int count = 0;
    for (sim::Duration now = from; now < from + length; now += 1ms)
      count += codel->drops(now, 50ms, 10);
    return count;
  };
  EXPECT_EQ(drops_from(0ms, 1000ms), 1 + 26);  // Those above, up to 1 s.
  EXPECT_FALSE(codel->drops(1000ms, 1ms, 10));
  // After the interval it begins at the pace of 100 / sqrt(26), about 20 ms, not 100 ms.
  EXPECT_GE(drops_from(1001ms, 300ms), 9);
  EXPECT_FALSE(codel->drops(1400ms, 1ms, 10));
  // Much later it begins slowly again: 100 ms, 200 ms, 270.7 ms.
  EXPECT_EQ(drops_from(100s, 300ms), 3);
}

}  // namespace
}  // namespace faultline::models::limiting_test
