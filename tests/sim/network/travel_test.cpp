#include "sim/network/travel.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/combinators.hpp"
#include "tests/sim/network/node_world.hpp"

namespace faultline::sim {
namespace {

using std::chrono::milliseconds;

/// A handshake as TCP does it: there, back and there again; notes when each message has arrived.
Task<void> shake(Node& from, Target target, std::vector<Time>* times) {
  co_await travel(from, target, Bytes{60});
  times->push_back(from.kernel().now());
  co_await travel_back(from, target, Bytes{60});
  times->push_back(from.kernel().now());
  co_await travel(from, target, Bytes{60});
  times->push_back(from.kernel().now());
}

TEST(Travel, AMessageTakesTheLatencyOfItsWay) {
  NodeWorld world(milliseconds(2));
  Node& a = world.add("a");
  Node& b = world.add("b");
  std::vector<Time> times;
  a.spawn(shake(a, world.network.target_of(a, b), &times));
  world.kernel.run_until(Time(milliseconds(100)));
  EXPECT_EQ(times, (std::vector<Time>{Time(milliseconds(2)), Time(milliseconds(4)),
                                      Time(milliseconds(6))}));
}

TEST(Travel, EndsWithTheProcessThatWaits) {
  NodeWorld world(milliseconds(2));
  Node& a = world.add("a");
  Node& b = world.add("b");
  std::vector<Time> times;
  a.spawn(shake(a, world.network.target_of(a, b), &times));
  world.kernel.run_until(Time(milliseconds(3)));
  a.crash();
  world.kernel.run_until(Time(milliseconds(100)));
  EXPECT_EQ(times, (std::vector<Time>{Time(milliseconds(2))}));
}

TEST(Travel, MayBeLimitedInTime) {
  NodeWorld world(milliseconds(50));
  Node& a = world.add("a");
  Node& b = world.add("b");
  bool arrived = true;
  Time at{};
  const auto one_way = [](Node& from, Target target) -> Task<bool> {
    co_await travel(from, target, Bytes{60}, Transport::datagram);
    co_return true;
  };
  const auto ask = [&](Node& from, Target target) -> Task<void> {
    Task<bool> way = one_way(from, target);
    const std::optional<bool> answer = co_await with_timeout(std::move(way), milliseconds(20));
    arrived = answer.has_value();
    at = from.kernel().now();
  };
  a.spawn(ask(a, world.network.target_of(a, b)));
  world.kernel.run_until(Time(milliseconds(100)));
  EXPECT_FALSE(arrived);
  EXPECT_EQ(at, Time(milliseconds(20)));
}

}  // namespace
}  // namespace faultline::sim
