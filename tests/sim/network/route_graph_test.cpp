#include "sim/network/route_graph.hpp"

#include <gtest/gtest.h>

#include "sim/network/network.hpp"
#include "tests/sim/network/network_world.hpp"

namespace faultline::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Three zones joined in a triangle, the long side of which is A-B, with a node in each and a
/// second one in A; and a zone far away in a region of its own.
class Triangle : public testing::Test {
 protected:
  void SetUp() override {
    world.add_zone("A", "eu", 0);
    world.add_zone("B", "eu", 0);
    world.add_zone("C", "eu", 0);
    world.add_zone("F", "far", 1);
    a = &world.add_in("a", "A");
    a2 = &world.add_in("a2", "A");
    b = &world.add_in("b", "B");
    c = &world.add_in("c", "C");
    f = &world.add_in("f", "F");
    world.link("zone:A", "zone:B", milliseconds(10));
    world.link("zone:A", "zone:C", milliseconds(20));
    world.link("zone:C", "zone:B", milliseconds(30));
    world.link("region:eu", "region:far", milliseconds(100));
  }
  /// How long a message takes that is sent now, in milliseconds; -1: more than 150 ms.
  std::int64_t time(Node& from, Node& to) {
    const Time now = world.kernel.now();
    const Arrival arrival = world.send(from, to, 100);
    world.kernel.run_until(now + milliseconds(150));
    if (!*arrival) return -1;
    return std::chrono::duration_cast<milliseconds>(**arrival - now).count();
  }
  NetworkWorld world{milliseconds(1)};
  Node* a = nullptr;
  Node* a2 = nullptr;
  Node* b = nullptr;
  Node* c = nullptr;
  Node* f = nullptr;
};

TEST_F(Triangle, MessagesTakeTheCheapestWay) {
  world.lay_out();
  EXPECT_EQ(time(*a, *b), 10);
  EXPECT_EQ(time(*b, *c), 30);
  EXPECT_EQ(time(*c, *a), 20);
  EXPECT_EQ(time(*f, *c), 100);
  EXPECT_EQ(time(*c, *f), 100);
}

TEST_F(Triangle, ThoseOfOneZoneReachEachOtherDirectly) {
  world.lay_out(true);
  EXPECT_EQ(time(*a, *a2), 1);
}

TEST_F(Triangle, ALinkThatIsDownIsGoneAround) {
  world.lay_out(true);
  const Impairment down = world.cut({"zone:A"}, {"zone:B"});
  world.network.begin(down);
  EXPECT_EQ(time(*a, *b), 50);
  EXPECT_EQ(time(*b, *a2), 50);
  EXPECT_EQ(time(*a, *c), 20);
  world.network.end(down);
  EXPECT_EQ(time(*a, *b), 10);
}

TEST_F(Triangle, WhereNoWayIsOpenMessagesWait) {
  world.lay_out(true);
  const Impairment down = world.cut({"zone:A"}, {"zone:B", "zone:C", "zone:F"});
  world.network.begin(down);
  const Arrival arrival = world.send(*a, *b, 100);
  EXPECT_EQ(time(*a, *a2), 1);
  world.run_to(milliseconds(500));
  EXPECT_FALSE(*arrival);
  world.network.end(down);
  world.run_to(seconds(1));
  ASSERT_TRUE(*arrival);  // Sent at 0, 0.2 and 0.6 s.
  EXPECT_EQ(**arrival, Time(milliseconds(610)));
}

TEST_F(Triangle, TwoNodesThatAreCutTalkOverAThirdPlaceIfLinksLeadThere) {
  // a and b are cut from each other and both reach C; the others of their zones are not cut.
  world.lay_out(true);
  const Impairment partial = world.cut({"a"}, {"b"});
  world.network.begin(partial);
  EXPECT_EQ(time(*a, *b), 50);
  EXPECT_EQ(time(*a2, *b), 10);
  EXPECT_EQ(time(*a, *c), 20);
}

TEST_F(Triangle, AMessageUnderWayOnALinkThatGoesDownIsSentAgainTheOtherWay) {
  world.lay_out(true);
  const Impairment down = world.cut({"zone:A"}, {"zone:B"});
  const Arrival arrival = world.send(*a, *b, 100);
  world.run_to(milliseconds(5));
  world.network.begin(down);
  world.run_to(seconds(1));
  ASSERT_TRUE(*arrival);
  EXPECT_EQ(**arrival, Time(milliseconds(250)));
}

TEST(RouteGraph, WithoutLinksACutIsNotGoneAround) {
  // All three reach each other by the default latency, which is no link that others could use.
  NetworkWorld world{milliseconds(1)};
  Node& a = world.add("a");
  Node& b = world.add("b");
  Node& c = world.add("c");
  world.lay_out(true);
  const Impairment partial = world.cut({"a"}, {"b"});
  world.network.begin(partial);
  const Arrival cut = world.send(a, b, 100);
  const Arrival open = world.send(a, c, 100);
  world.run_to(seconds(5));
  EXPECT_FALSE(*cut);
  EXPECT_TRUE(*open);
}

TEST(RouteGraph, ALinkFromAZoneToItselfIsWhatItsNodesReachEachOtherBy) {
  NetworkWorld world{milliseconds(1)};
  world.add_zone("A", "A", 0);
  Node& a = world.add_in("a", "A");
  Node& b = world.add_in("b", "A");
  Node& c = world.add_in("c", "A");
  LinkLaw& law = world.link("zone:A", "zone:A", milliseconds(3));
  law.bandwidth = Bandwidth{8e6};
  world.lay_out();
  const Arrival first = world.send(a, b, 1'000'000);
  const Arrival second = world.send(c, a, 1'000'000);
  world.run_to(seconds(5));
  EXPECT_EQ(**first, Time(milliseconds(1003)));
  EXPECT_EQ(**second, Time(milliseconds(2003)));  // They share it.
}

TEST(RouteGraph, ANodeMayHaveALinkIntoItsOwnZone) {
  // The network card of db: 8 Mbit/s and 2 ms, to those of its zone and to those beyond.
  NetworkWorld world{milliseconds(1)};
  world.add_zone("A", "A", 0);
  world.add_zone("B", "B", 1);
  Node& db = world.add_in("db", "A");
  Node& a = world.add_in("a", "A");
  Node& a2 = world.add_in("a2", "A");
  Node& b = world.add_in("b", "B");
  world.link("db", "zone:A", milliseconds(2)).bandwidth = Bandwidth{8e6};
  world.link("zone:A", "zone:B", milliseconds(40));
  world.lay_out();
  const Arrival near = world.send(db, a, 1'000'000);
  const Arrival far = world.send(db, b, 1'000'000);
  const Arrival back = world.send(b, db, 1'000'000);
  const Arrival other = world.send(a, a2, 1'000'000);
  world.run_to(seconds(5));
  EXPECT_EQ(**near, Time(milliseconds(1002)));
  EXPECT_EQ(**far, Time(milliseconds(2042)));
  EXPECT_EQ(**back, Time(milliseconds(1042)));
  EXPECT_EQ(**other, Time(milliseconds(1)));
}

}  // namespace
}  // namespace faultline::sim
