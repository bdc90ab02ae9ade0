#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/algorithms/membership/update_queue.hpp"
#include "tests/models/algorithms/membership/membership_world.hpp"

namespace faultline::models {
namespace {

using membership_test::World;
using namespace std::chrono_literals;
using sim::Duration;
using sim::to_seconds;
using State = MemberState;

/// Mean of `draw(seed)` over so many seeds, and the half width of its 95 % interval.
struct Estimate {
  double mean = 0;
  double half_width = 0;
};
template <class Draw>
Estimate estimate(int trials, const Draw& draw) {
  double sum = 0;
  double squares = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const double value = draw(static_cast<std::uint64_t>(trial) + 1);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / trials;
  return {mean, 1.96 * std::sqrt((squares / trials - mean * mean) / (trials - 1))};
}

/// Das et al., section 3.2: a member that crashes as a period begins is found out by the first who
/// asks it: after T' / (1 - e^-1) on average in large groups; of n members, exactly T' / (1 - (1 -
/// 1/(n-1))^(n-1)), here 1.5701 s of n = 40.
TEST(Swim, FirstDetectionTakesAsLongAsThePaperSays) {
  constexpr std::size_t members = 40;
  const Estimate first = estimate(400, [&](std::uint64_t seed) {
    World world("swim(suspicion_multiplier=0, probe_order=random)", members, seed, true);
    world.run_until(999ms);
    world.crash(0);
    while (world.events.empty()) world.run_for(1s);
    EXPECT_EQ(world.events.front().member, 0u);
    return to_seconds(world.events.front().at - 1s);
  });
  const double others = members - 1;
  const double exact = 1 / (1 - std::pow(1 - 1 / others, others));
  EXPECT_NEAR(exact, 1 / (1 - std::exp(-1.0)), 0.013);
  EXPECT_NEAR(first.mean, exact, first.half_width);
  EXPECT_LT(first.half_width, 0.1);
}

/// Members that do not act at the same instants: the first question comes after about a period, and
/// whoever asks it gives up a period later. Of n members, m = n - 1: each asks him in the part s of
/// a period with s / m, so the wait is the integral of (1 - s/m)^m over 0..1, over 1 - (1 - 1/m)^m.
TEST(Swim, FirstDetectionOutOfStepTakesTwoPeriods) {
  constexpr std::size_t members = 40;
  const Estimate first = estimate(400, [&](std::uint64_t seed) {
    World world("swim(suspicion_multiplier=0, probe_order=random)", members, seed);
    world.run_until(1s);
    world.crash(0);
    while (world.events.empty()) world.run_for(100ms);
    return to_seconds(world.events.front().at - 1s);
  });
  const double m = members - 1;
  const double none = std::pow(1 - 1 / m, m);
  const double exact = 1 + m / (m + 1) * (1 - none * (1 - 1 / m)) / (1 - none);
  EXPECT_NEAR(exact, 1.989, 0.001);
  // Questions that are on their way when he crashes (1 ms) count too.
  EXPECT_NEAR(first.mean, exact, first.half_width + 0.005);
}

/// Section 3.1: with messages that arrive with probability q, the question fails though all are
/// there with (1 - q^2) * (1 - q^4)^k.
TEST(Swim, QuestionsFailAsOftenAsThePaperSays) {
  for (const auto& [loss, indirect] :
       std::vector<std::pair<double, int>>{{0.2, 1}, {0.2, 3}, {0.5, 3}}) {
    constexpr std::size_t members = 50;
    const Estimate wrong = estimate(100, [&](std::uint64_t seed) {
      World world("swim(suspicion_multiplier=0, indirect_probes=" + std::to_string(indirect) + ")",
                  members, seed, true);
      world.loss = loss;
      world.run_until(1s);  // One period; news of it does not travel before the next.
      return static_cast<double>(world.count(State::dead)) / members;
    });
    const double q = 1 - loss;
    const double exact = (1 - q * q) * std::pow(1 - std::pow(q, 4), indirect);
    EXPECT_NEAR(wrong.mean, exact, 1.5 * wrong.half_width) << loss << " " << indirect;
  }
}

/// Section 3.3: a question and its answer a period for each member, however many there are.
TEST(Swim, LoadOfAMemberDoesNotGrowWithTheGroup) {
  for (const std::size_t members : {8u, 64u, 256u}) {
    World world("swim", members, 1);
    world.run_until(1s);
    const auto before = world.messages;
    world.run_until(21s);
    const double each =
        static_cast<double>(world.messages - before) / (20 * static_cast<double>(members));
    EXPECT_NEAR(each, 2.0, 0.03) << members;
    EXPECT_TRUE(world.events.empty());
  }
}

/// Section 4.1: news reaches everybody in O(log n) periods. From the first who knows of a crash to
/// the last: 16 times as many members, and log2 of that, 4, times 2 periods more at the most.
TEST(Swim, NewsReachesAllInLogarithmicTime) {
  std::map<std::size_t, double> spread;
  for (const std::size_t members : {16u, 64u, 256u}) {
    const Estimate periods = estimate(4, [&](std::uint64_t seed) {
      World world("swim(suspicion_multiplier=0)", members, seed);
      world.run_until(5s);
      world.crash(0);
      world.run_for(60s);
      EXPECT_EQ(world.believers(0, State::dead), members - 1);
      EXPECT_EQ(world.count(State::dead), members - 1);
      return to_seconds(world.events.back().at - world.events.front().at);
    });
    spread[members] = periods.mean;
    EXPECT_LT(periods.mean, 2 * std::log2(static_cast<double>(members)));
  }
  EXPECT_GT(spread[256], spread[16]);
  EXPECT_LT(spread[256] - spread[16], 8);
}

/// Section 4.3: with a shuffled list everybody is asked once in n - 1 periods, and the next time
/// within 2 (n - 1) - 1.
TEST(Swim, ShuffledOrderLeavesNobodyOut) {
  constexpr std::size_t members = 20;
  World world("swim", members, 1);
  world.keep_sent = true;
  world.run_until(400s);
  std::map<std::size_t, int> last;
  int period = 0;
  for (const auto& [from, outgoing] : world.sent) {
    if (from != 0 || outgoing.message.kind != MembershipMessage::Kind::ping) continue;
    ++period;
    const auto before = last.find(outgoing.to);
    if (before != last.end()) {
      EXPECT_LE(period - before->second, 2 * (20 - 1) - 1);
    }
    last[outgoing.to] = period;
    if (period % 19 == 0) {
      EXPECT_EQ(last.size(), 19u);
    }
  }
  EXPECT_GT(period, 390);
}

/// Section 4.2: a member that was deaf for two periods is suspected, hears of it and says that it
/// is there; nobody takes it for dead. Without suspicion it is dead.
TEST(Swim, SuspicionGivesTimeToAnswer) {
  for (const bool suspicion : {true, false}) {
    World world(suspicion ? "swim" : "swim(suspicion_multiplier=0)", 20, 3);
    world.run_until(10s);
    world.deaf_until[5] = 13s;
    world.run_until(60s);
    EXPECT_EQ(world.count(State::dead) > 0, !suspicion);
    if (suspicion) {
      EXPECT_GT(world.count(State::suspect), 10u);
    }
    EXPECT_EQ(world.believers(5, State::alive), 19u);  // It came back in both.
  }
}

/// A crash: suspected by all, dead after the suspicion time: 4 * max(1, log10 20) = 5.2 periods.
TEST(Swim, ASuspicionLastsAsLongAsItShould) {
  World world("swim", 20, 1);
  world.run_until(10s);
  world.crash(5);
  world.run_until(60s);
  Duration suspected = Duration::max();
  Duration dead = Duration::max();
  for (const auto& event : world.events) {
    EXPECT_EQ(event.member, 5u);
    if (event.state == State::suspect) suspected = std::min(suspected, event.at);
    if (event.state == State::dead) dead = std::min(dead, event.at);
  }
  EXPECT_NEAR(to_seconds(dead - suspected), 4 * std::log10(20.0), 1e-6);
  EXPECT_EQ(world.believers(5, State::dead), 19u);
}

/// Who comes back with nothing remembered is told that it is dead, and takes a higher incarnation.
TEST(Swim, WhoComesBackIsBelieved) {
  World world("swim", 20, 1);
  world.run_until(10s);
  world.crash(5);
  world.run_until(60s);
  ASSERT_EQ(world.believers(5, State::dead), 19u);
  world.restart(5);
  world.run_until(80s);
  EXPECT_EQ(world.believers(5, State::alive), 19u);
  world.crash(5);
  world.run_until(120s);
  EXPECT_EQ(world.believers(5, State::dead), 19u);
}

TEST(Swim, SidesOfACutFindEachOtherAgain) {
  World world("swim(reconnect_interval=10s)", 12, 1);
  world.run_until(10s);
  world.cut = [](std::size_t a, std::size_t b) { return (a < 4) != (b < 4); };
  world.run_until(60s);
  EXPECT_EQ(world.believers(0, State::dead), 8u);
  EXPECT_EQ(world.believers(11, State::dead), 4u);
  world.cut = nullptr;
  world.run_until(150s);
  for (std::size_t member = 0; member < 12; ++member) {
    EXPECT_EQ(world.believers(member, State::alive), 11u) << member;
  }
}

/// Lifeguard: one member hears everything late, so that its own questions seem to go unanswered.
/// Plain SWIM has it suspect everybody in turn; with local health it learns to wait.
TEST(Swim, LifeguardIsPatientWhereItIsSlowItself) {
  const auto suspicions_by_the_slow_one = [](const std::string& protocol) {
    World world(protocol, 20, 1);
    world.late_by[5] = 2500ms;
    world.run_until(120s);
    std::size_t count = 0;
    for (const auto& event : world.events) {
      count += event.observer == 5 && event.state == State::suspect && event.member != 5;
    }
    return count;
  };
  const auto plain = suspicions_by_the_slow_one("swim");
  const auto patient = suspicions_by_the_slow_one("swim(lifeguard=true)");
  EXPECT_GT(plain, 50u);
  EXPECT_LT(patient, plain / 5);
}

/// With lifeguard a suspicion that nobody shares lasts six times as long; that of a crash is shared
/// by all and takes as long as ever.
TEST(Swim, LifeguardBelievesWhatIsShared) {
  World world("swim(lifeguard=true)", 20, 1);
  world.run_until(10s);
  world.crash(5);
  world.run_until(80s);
  EXPECT_EQ(world.believers(5, State::dead), 19u);
  Duration suspected = Duration::max();
  Duration dead = Duration::max();
  for (const auto& event : world.events) {
    if (event.member != 5) continue;
    if (event.state == State::suspect) suspected = std::min(suspected, event.at);
    if (event.state == State::dead) dead = std::min(dead, event.at);
  }
  EXPECT_GE(to_seconds(dead - suspected), 4 * std::log10(20.0) - 1e-6);
  EXPECT_LT(to_seconds(dead - suspected), 12);
}

TEST(UpdateQueue, TakesWhatWasPassedOnLeast) {
  UpdateQueue queue;
  std::vector<MemberUpdate> out;
  for (std::uint32_t member = 0; member < 3; ++member) {
    queue.push({member, 0, State::suspect, 0});
    out.clear();
    queue.take(out, 1, 4);
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out.front().member, member);  // The new one before those told once.
  }
  queue.push({1, 1, State::alive, 1});
  out.clear();
  queue.take(out, 10, 4);
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(out.front().member, 1u);
  EXPECT_EQ(out.front().state, State::alive);  // Not the suspicion that it answers.
  // Each is passed on four times: 0 and 2 twice so far, 1 once.
  int passed_on = 0;
  for (int message = 0; message < 10; ++message) {
    out.clear();
    queue.take(out, 10, 4);
    passed_on += static_cast<int>(out.size());
  }
  EXPECT_EQ(passed_on, 2 + 3 + 2);
  EXPECT_EQ(queue.size(), 0u);
}

}  // namespace
}  // namespace faultline::models
