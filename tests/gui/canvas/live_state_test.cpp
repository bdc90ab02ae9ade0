#include "gui/canvas/live_state.hpp"

#include <gtest/gtest.h>

#include "gui/canvas/canvas_scene.hpp"
#include "gui/canvas/scene_painter.hpp"

namespace faultline::gui {
namespace {

struct Moment {
  std::shared_ptr<sim::SnapshotLegend> legend = std::make_shared<sim::SnapshotLegend>();
  sim::Frame frame;

  sim::NodeSample& add(const std::string& name, const std::string& group) {
    legend->nodes.push_back({name, group, "app_server", ""});
    return frame.nodes.emplace_back();
  }
  LiveState live() const {
    LiveState state;
    state.set(legend, frame);
    return state;
  }
};

TEST(LiveState, PoolsTheReplicasOfAGroup) {
  Moment moment;
  sim::NodeSample& first = moment.add("app[0]", "app");
  first.utilization = 0.4F;
  first.queue_length = 2;
  first.received_per_second = 10;
  first.latency_p99_seconds = 0.1F;
  sim::NodeSample& second = moment.add("app[1]", "app");
  second.utilization = 0.8F;
  second.queue_length = 3;
  second.received_per_second = 30;
  second.latency_p99_seconds = 0.3F;
  const LiveState state = moment.live();
  const CardLive* app = state.card("app");
  ASSERT_NE(app, nullptr);
  EXPECT_NEAR(app->utilization, 0.6, 1e-6);
  EXPECT_NEAR(app->queueLength, 5, 1e-6);
  EXPECT_NEAR(app->receivedPerSecond, 40, 1e-6);
  EXPECT_NEAR(app->latencyP99, 0.3, 1e-6);
  EXPECT_EQ(state.card("other"), nullptr);
}

TEST(LiveState, WeighsHitRatiosByWhatWasAsked) {
  Moment moment;
  sim::NodeSample& first = moment.add("cache[0]", "cache");
  first.hit_ratio = 1;
  first.received_per_second = 30;
  sim::NodeSample& second = moment.add("cache[1]", "cache");
  second.hit_ratio = 0;
  second.received_per_second = 10;
  EXPECT_NEAR(moment.live().card("cache")->hitRatio, 0.75, 1e-6);
}

TEST(LiveState, SaysHowManyOfAGroupAreDown) {
  Moment moment;
  for (int i = 0; i < 8; ++i) {
    moment.add("app[" + std::to_string(i) + "]", "app").condition.down = i == 3;
  }
  const CardBadge badge = badgeOf(*moment.live().card("app"));
  EXPECT_EQ(badge.text, "1 of 8 down");
  EXPECT_EQ(badge.shape, CardBadge::Shape::cross);
  EXPECT_FALSE(moment.live().card("app")->servesNobody);
}

TEST(LiveState, AGroupOfWhichAllAreDownServesNobody) {
  Moment moment;
  for (int i = 0; i < 2; ++i) {
    moment.add("app[" + std::to_string(i) + "]", "app").condition.down = true;
  }
  EXPECT_TRUE(moment.live().card("app")->servesNobody);
  EXPECT_EQ(badgeOf(*moment.live().card("app")).text, "down");
}

TEST(LiveState, TheWorstTroubleIsNamedAndTheOthersCounted) {
  Moment moment;
  sim::NodeSample& sample = moment.add("db", "db");
  sample.condition.slow = true;
  sample.condition.cut_off = true;
  const CardBadge badge = badgeOf(*moment.live().card("db"));
  EXPECT_EQ(badge.text, "cut off");
  EXPECT_EQ(badge.more, 1);
}

TEST(LiveState, EachRoleHasItsOwnRateAndTheLineShowsAllOfThem) {
  Moment moment;
  moment.add("app", "app");
  moment.legend->wires = {{"app", "db", "store"}, {"app", "db", "any"}};
  sim::WireSample sample;
  sample.per_second = 20;
  sample.fail_per_second = 1;
  sample.cut_ratio = 0.5F;
  moment.frame.wires = {sample, sample};
  moment.frame.wires[1].per_second = 10;
  moment.frame.wires[1].fail_per_second = 0;
  const LiveState state = moment.live();
  const WireLive* wire = state.wire("app", "db");
  ASSERT_NE(wire, nullptr);
  EXPECT_NEAR(wire->perSecond, 30, 1e-6);
  EXPECT_NEAR(wire->failPerSecond, 1, 1e-6);
  EXPECT_NEAR(wire->cutRatio, 0.5, 1e-6);
  EXPECT_FALSE(wire->cut);
  ASSERT_NE(state.wire("app", "db", "store"), nullptr);
  EXPECT_NEAR(state.wire("app", "db", "store")->perSecond, 20, 1e-6);
  EXPECT_NEAR(state.wire("app", "db", "any")->perSecond, 10, 1e-6);
  EXPECT_EQ(state.wire("app", "db", "cache"), nullptr);
}

TEST(LiveState, OfSeveralGroupsOfClientsEachShowsTheCallsThatItSends) {
  Moment moment;
  for (const char* name : {"near", "far"}) {
    moment.add(name, name);
    moment.legend->nodes.back().type = "clients";
  }
  moment.add("names", "names");
  moment.legend->nodes.back().type = "dns";
  moment.add("app", "app");
  const auto wire = [&](const char* from, const char* to, float rate, float failed) {
    moment.legend->wires.emplace_back();
    moment.legend->wires.back().from = from;
    moment.legend->wires.back().to = to;
    moment.frame.wires.emplace_back();
    moment.frame.wires.back().per_second = rate;
    moment.frame.wires.back().fail_per_second = failed;
  };
  wire("near", "app", 100, 10);
  wire("near", "names", 5, 0);
  wire("far", "app", 40, 0);
  LiveState state = moment.live();
  sim::Headline all;
  all.throughput_per_second = 130;
  state.setClients(all);
  // Names are looked up on the way: they are no requests.
  EXPECT_NEAR(state.card("near")->okPerSecond, 90, 1e-4);
  EXPECT_NEAR(state.card("near")->failPerSecond, 10, 1e-4);
  EXPECT_NEAR(state.card("far")->okPerSecond, 40, 1e-4);
  SceneCard clients;
  clients.category = 0;
  EXPECT_TRUE(figureOf(clients, *state.card("near")).startsWith("100"));
}

TEST(LiveState, EachOfSeveralGroupsOfClientsHasTheRateOfItsCalls) {
  Moment moment;
  moment.add("east", "east");
  moment.add("west", "west");
  moment.add("names", "names");
  for (std::size_t i = 0; i < 3; ++i) {
    moment.legend->nodes[i].type = i < 2 ? "clients" : "dns_resolver";
  }
  moment.legend->wires = {
      {"east", "db", "target"}, {"west", "db", "target"}, {"west", "names", "dns"}};
  moment.frame.wires.resize(3);
  moment.frame.wires[0].per_second = 30;
  moment.frame.wires[0].fail_per_second = 10;
  moment.frame.wires[1].per_second = 7;
  moment.frame.wires[2].per_second = 100;  // Questions for names are no requests.
  LiveState state = moment.live();
  sim::Headline all;
  all.throughput_per_second = 27;
  state.setClients(all);
  EXPECT_NEAR(state.card("east")->okPerSecond, 20, 1e-6);
  EXPECT_NEAR(state.card("east")->failPerSecond, 10, 1e-6);
  EXPECT_NEAR(state.card("west")->okPerSecond, 7, 1e-6);
  SceneCard card;
  card.category = 0;
  EXPECT_TRUE(figureOf(card, *state.card("east")).startsWith("30"));
}

TEST(LiveState, TheFigureOfACardIsWhatItsKindIsJudgedBy) {
  SceneCard cache, server, users;
  server.category = 2;
  users.category = 0;
  cache.category = 3;
  CardLive live;
  live.hitRatio = 0.78;
  live.utilization = 0.2;
  EXPECT_TRUE(figureOf(cache, live).startsWith("hit 78"));
  live.hitRatio = CardLive::none;
  EXPECT_TRUE(figureOf(server, live).startsWith("20"));
  live.utilization = CardLive::none;
  live.latencyP99 = 0.312;
  EXPECT_TRUE(figureOf(users, live).startsWith("p99 312"));
  EXPECT_TRUE(figureOf(server, live).endsWith("/s"));
}

}  // namespace
}  // namespace faultline::gui
