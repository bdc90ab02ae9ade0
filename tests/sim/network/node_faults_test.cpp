/// What faults do to a node, in any order and overlap.
#include <gtest/gtest.h>

#include <functional>

#include "sim/random/stream.hpp"
#include "tests/sim/network/node_world.hpp"

namespace faultline::sim {
namespace {

using std::chrono::milliseconds;

/// A component that says when it is asked to do something it cannot.
class Watchful final : public Component {
 public:
  explicit Watchful(Node& node) : node_(node) {}
  Task<Reply> handle(const Request& request) override {
    expect_alive();
    co_await delay(milliseconds(3));
    expect_alive();
    co_await delay(milliseconds(2));
    expect_alive();
    ++served;
    co_return Reply::done(request);
  }
  void disturbed(Disturbance what, double level) override {
    levels[static_cast<std::size_t>(what)] = level;
  }
  int served = 0;
  std::array<double, disturbance_count> levels{};

 private:
  void expect_alive() const {
    EXPECT_TRUE(node_.up());
    EXPECT_FALSE(node_.paused());
  }
  Node& node_;
};

/// Calls `act` now and then for ever.
Task<void> again_and_again(Duration every, std::function<void()> act) {
  for (;;) {
    co_await delay(every);
    act();
  }
}

Task<void> fault(Duration begin, Duration length, std::function<void()> on,
                 std::function<void()> off) {
  co_await delay(begin);
  on();
  co_await delay(length);
  off();
}

TEST(NodeFaults, OverlapInAnyOrderAndLeaveTheNodeAsDeclared) {
  // Twenty random schedules of forty faults within a second. While they last, no process of a dead
  // or paused node does anything; when all are over, the node is what it was.
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Stream lot(seed, 0, "node faults", "schedule");
    NodeWorld world(milliseconds(1));
    Node& user = world.add("user");
    Node& server = world.add("server");
    auto owned = std::make_unique<Watchful>(server);
    Watchful& watchful = *owned;
    server.set_component(std::move(owned));
    ProcessOwner faults(world.kernel, 2);
    std::vector<std::unique_ptr<int>> causes;
    std::vector<std::unique_ptr<Stream>> streams;
    for (int i = 0; i < 40; ++i) {
      const Duration begin = milliseconds(lot.below(900));
      const Duration length = milliseconds(1 + lot.below(100));
      const void* cause = causes.emplace_back(std::make_unique<int>(i)).get();
      const double factor = 1 + static_cast<double>(lot.below(100)) / 30;
      Kernel& kernel = world.kernel;
      std::function<void()> on;
      std::function<void()> off;
      switch (lot.below(9)) {
        case 0:
          on = [&server] { server.crash(); };
          off = [&server] { server.restart(); };
          break;
        case 1:
          on = [&server] { server.vanish(); };
          off = [&server] { server.reappear(); };
          break;
        case 2:
        case 3:
          on = [&server] { server.pause(); };
          off = [&server] { server.resume(); };
          break;
        case 4: {
          Stream* luck = streams
                             .emplace_back(std::make_unique<Stream>(seed, 0, "node faults",
                                                                    "errors " + std::to_string(i)))
                             .get();
          on = [&server, cause, luck] { server.add_errors({cause, luck, 0.3, 0.3}); };
          off = [&server, cause] { server.remove_errors(cause); };
          break;
        }
        case 5:
          on = [&server, cause, factor] { server.add_slowness(cause, factor); };
          off = [&server, cause] { server.remove_slowness(cause); };
          break;
        case 6:
          on = [&server, cause, &kernel, factor] {
            server.add_clock_error(cause, kernel.now(), milliseconds(7), factor);
          };
          off = [&server, cause] { server.remove_clock_error(cause); };
          break;
        default: {
          const auto kind = static_cast<Disturbance>(lot.below(4));
          on = [&server, cause, kind, factor] { server.add_disturbance(kind, cause, factor); };
          off = [&server, cause, kind] { server.remove_disturbance(kind, cause); };
        }
      }
      faults.spawn(fault(begin, length, std::move(on), std::move(off)));
    }
    user.spawn(again_and_again(milliseconds(2),
                               [&] { world.call_now(user, server, {}, milliseconds(50)); }));
    world.kernel.run_until(Time(milliseconds(2000)));
    EXPECT_TRUE(server.up());
    EXPECT_FALSE(server.silent());
    EXPECT_FALSE(server.paused());
    EXPECT_EQ(server.slowness(), 1.0);
    EXPECT_EQ(server.cpu_slowness(), 1.0);
    EXPECT_EQ(server.disk_slowness(), 1.0);
    EXPECT_EQ(server.local_time(world.kernel.now()), world.kernel.now());
    for (std::size_t kind = 0; kind < 4; ++kind) {
      EXPECT_EQ(watchful.levels[kind] == 0 ? calm_level(static_cast<Disturbance>(kind))
                                           : watchful.levels[kind],
                calm_level(static_cast<Disturbance>(kind)));
    }
    server.assert_conservation();
    EXPECT_GT(watchful.served, 100);
    // One request a 2 ms, 5 ms each: two or three under way, and no more kept from the faults.
    EXPECT_LE(server.in_service(), 3u);
  }
}

TEST(NodeFaults, AVanishedNodeIsSilentAlsoWhileItIsDownForAnotherReason) {
  NodeWorld world;
  Node& user = world.add("user");
  Node& server = world.add("server");
  server.crash();
  server.vanish();
  const auto lost = world.call_now(user, server, {}, milliseconds(5));
  world.kernel.run_until(Time(milliseconds(10)));
  ASSERT_TRUE(*lost);
  EXPECT_EQ((*lost)->reply.reason, Reason::timeout);
  server.reappear();
  const auto refused = world.call_now(user, server);
  world.kernel.run_until(Time(milliseconds(20)));
  ASSERT_TRUE(*refused);
  EXPECT_EQ((*refused)->reply.reason, Reason::refused);
  server.restart();
  const auto served = world.call_now(user, server);
  world.kernel.run_until(Time(milliseconds(30)));
  ASSERT_TRUE(*served);
  EXPECT_TRUE((*served)->reply.is_ok());
}

TEST(NodeFaults, AClockErrorGrowsAndGoesWithItsCause) {
  NodeWorld world;
  Node& node = world.add("node");
  const int a = 0;
  const int b = 0;
  node.add_clock_error(&a, time_zero, milliseconds(100), 0);
  node.add_clock_error(&b, Time(milliseconds(1000)), Duration(0), 0.5);
  // 100 ms ahead, and half of the second since the drift began.
  EXPECT_EQ(node.local_time(Time(milliseconds(2000))), Time(milliseconds(2600)));
  node.remove_clock_error(&a);
  EXPECT_EQ(node.local_time(Time(milliseconds(2000))), Time(milliseconds(2500)));
  node.remove_clock_error(&b);
  EXPECT_EQ(node.local_time(Time(milliseconds(2000))), Time(milliseconds(2000)));
}

}  // namespace
}  // namespace faultline::sim
