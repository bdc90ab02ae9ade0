/// Runs with somebody at the controls: where they stop, and that what is done by hand could have
/// been written down.
#include "sim/scenario/live_run.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "sim/scenario/watch.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using tests::run_spec;
using tests::scenario;
using tests::spec_of;

struct Digests {
  std::string order;
  std::string results;
  bool operator==(const Digests&) const = default;
};
void PrintTo(const Digests& digests, std::ostream* out) {
  *out << digests.order << ' ' << digests.results;
}
Digests digests_of(const Result& result) { return {result.order_digest, result.results_digest}; }

const std::string shop = R"json({
  "faultline": 1,
  "zones": {"a": {}, "b": {}},
  "nodes": {
    "users": {"type": "clients", "arrivals": "poisson(300/s)", "target": "edge", "keys": "zipf(n=10000, s=0.99)",
              "reads": "90%", "timeout": "1s"},
    "edge": {"type": "l7_balancer", "policy": "least_connections", "backends": ["app"]},
    "app": {"type": "app_server", "replicas": 4, "workers": 8, "cores": 2, "queue_limit": 100, "zones": ["a", "b"],
            "endpoints": {"default": ["cpu(exponential(4ms))",
                {"type": "cache_aside", "cache": "cache", "store": "db", "ttl": "10s"}]}},
    "cache": {"type": "cache", "capacity": 2000, "service_time": "200us"},
    "db": {"type": "database", "connections": 8, "service_time": "exponential(6ms)", "zone": "b"}
  },
  "network": {"default_latency": "250us"},
  "faults": [{"at": "3s", "for": "1s", "fault": "slow(db, factor=2)"}],
  "incidents": [{"name": "day", "at": "6s", "phases": [{"name": "drain", "for": "500ms", "faults": ["drain(app[3])"]}]}],
  "slos": [{"name": "fast", "good": "latency < 50ms", "target": "99%"}],
  "expect": ["requests.sent > 100"],
  "run": {"duration": "10s", "warmup": "1s", "seed": 7}
})json";

/// The result of `text` with the faults behind its own, run as from the command line.
Result run_with(const std::string& text, const std::vector<LiveRun::Injected>& faults) {
  Json json = Json::parse(text);
  for (const LiveRun::Injected& each : faults) {
    Json fault{{"at", to_text(each.at.time_since_epoch())}, {"fault", each.text}};
    if (each.text.front() == '{') fault["fault"] = Json::parse(each.text);
    if (each.length) fault["for"] = to_text(*each.length);
    json["faults"].push_back(fault);
  }
  return run_spec(spec_of(json.dump()));
}

void play_to(LiveRun& live, Time time) {
  while (live.run().now() < time || live.replaying()) {
    ASSERT_NE(live.advance(time), LiveRun::Stop::end);
  }
}
void play_to_end(LiveRun& live) {
  while (live.advance(time_max) != LiveRun::Stop::end) {
  }
}
void inject(LiveRun& live, std::string_view fault, std::optional<Duration> length = {}) {
  const auto why = live.inject(fault, length);
  EXPECT_EQ(why.value_or(""), "");
}

TEST(LiveRun, GivesTheResultOfTheCommandLine) {
  LiveRun live({.text = shop});
  play_to_end(live);
  const Result alone = run_spec(spec_of(shop));
  const Result result = live.result();
  EXPECT_EQ(digests_of(result), digests_of(alone));
  ASSERT_EQ(result.expectations.size(), 1U);
  EXPECT_EQ(result.expectations[0].held, alone.expectations[0].held);
  EXPECT_FALSE(result.cut_short);
}

TEST(LiveRun, AnotherSeedIsAnotherRun) {
  LiveRun live({.text = shop, .seed = 8});
  play_to_end(live);
  EXPECT_EQ(live.result().seed, 8U);
  EXPECT_NE(live.result().order_digest, run_spec(spec_of(shop)).order_digest);
}

TEST(LiveRun, FaultsByHandAreThoseOfTheFile) {
  // One with a length, one without, one that is healed, one that is healed before its time; two at
  // one moment; one whose luck has a stream of its own. Struck between events at one time, too.
  LiveRun live({.text = shop});
  play_to(live, Time(1500ms));
  inject(live, "crash(app[0])", Duration(700ms));
  inject(live, "error_rate(app[1], rate=30%)");
  play_to(live, Time(2500ms));
  for (int i = 0; i < 1000; ++i) live.step_event();
  inject(live, "slow(db, factor=3)", Duration(4s));
  inject(live, "cache_flush(cache)");
  play_to(live, Time(4s));
  EXPECT_TRUE(live.heal("app[1]"));
  EXPECT_TRUE(live.heal("db"));
  EXPECT_FALSE(live.heal("edge"));
  play_to(live, Time(7s));
  inject(live, "pause(app)");
  play_to(live, Time(7300ms));
  EXPECT_TRUE(live.heal(""));
  play_to_end(live);
  ASSERT_EQ(live.injected().size(), 5U);
  EXPECT_EQ(live.injected()[0].at, Time(1500ms) + Duration(1));
  EXPECT_TRUE(live.injected()[1].length);
  EXPECT_LT(*live.injected()[2].length, Duration(2s));
  const Result result = live.result();
  EXPECT_EQ(digests_of(result), digests_of(run_with(shop, live.injected())));
  EXPECT_EQ(result.faults.size(), 1U + 1U + 1U + 5U);
}

TEST(LiveRun, ManyFaultsByHandAtAnyTimeAreThoseOfTheFile) {
  // All kinds of node faults at pseudo-random times of a run in which much happens at equal times.
  const std::string text = R"json({
    "faultline": 1,
    "nodes": {
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "lb", "keys": "sequential(n=777)", "timeout": "20ms"},
      "lb": {"type": "l7_balancer", "policy": "weighted_round_robin", "backends": ["app"]},
      "app": {"type": "app_server", "replicas": 3, "workers": 2, "endpoints": {"default": ["cpu(2ms)",
          {"type": "cache_aside", "cache": "cache", "store": "db"}]}},
      "cache": {"type": "cache", "capacity": 500, "service_time": "100us"},
      "db": {"type": "database", "connections": 4, "service_time": "6ms"}
    },
    "network": {"default_latency": "250us"},
    "run": {"duration": "6s", "warmup": "1s"}
  })json";
  LiveRun live({.text = text});
  std::uint64_t state = 99;
  const auto draw = [&state](std::uint64_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % below;
  };
  const char* const faults[] = {"crash(app[0])",  "slow(db, factor=2)",       "pause(app[1])",
                                "vanish(app[2])", "error_rate(db, rate=20%)", "cache_flush(cache)",
                                "drain(app)"};
  for (std::int64_t ms = 200; ms < 5800; ms += 200) {
    play_to(live, Time(std::chrono::milliseconds(ms)));
    for (std::uint64_t i = draw(30); i > 0; --i) live.step_event();
    if (draw(3) == 0) {
      live.heal(draw(2) == 0 ? "" : "app");
    } else {
      std::optional<Duration> length;
      if (draw(2) == 0) length = Duration(1'000'000 * static_cast<std::int64_t>(1 + draw(500)));
      inject(live, faults[draw(std::size(faults))], length);
    }
  }
  play_to_end(live);
  EXPECT_GE(live.injected().size(), 12U);
  EXPECT_EQ(digests_of(live.result()), digests_of(run_with(text, live.injected())));
}

TEST(LiveRun, ACutByHandIsOneOfTheFile) {
  LiveRun live({.text = shop});
  play_to(live, Time(2s));
  inject(live, "crash(app[0])", Duration(500ms));
  play_to(live, Time(4s));
  const std::string before = live.run().result().results_digest;
  inject(live, R"json({"type": "partition", "groups": [["app[0]", "app[1]"], ["db"]]})json");
  // It is played anew, up to the cut.
  ASSERT_TRUE(live.replaying());
  EXPECT_EQ(live.inject("crash(db)", {}), "the run is being played anew");
  ASSERT_EQ(live.advance(time_max), LiveRun::Stop::replayed);
  EXPECT_EQ(live.run().now(), live.injected()[1].at);
  const auto snapshot = live.snapshot(true);
  EXPECT_TRUE(snapshot->frame->nodes[live.run().system().find("db")[0]->id()].condition.cut_off);
  play_to(live, Time(5s));
  // The second needs no replay.
  inject(live, "link_slow(users, edge, extra=20ms)", Duration(1s));
  EXPECT_FALSE(live.replaying());
  play_to(live, Time(6s));
  EXPECT_TRUE(live.heal("app[0] -> db"));
  play_to_end(live);
  EXPECT_EQ(digests_of(live.result()), digests_of(run_with(shop, live.injected())));
  EXPECT_FALSE(before.empty());
}

TEST(LiveRun, WhatCannotBeDoneByHandIsSaid) {
  LiveRun live({.text = shop});
  play_to(live, Time(1s));
  EXPECT_EQ(live.inject("crash(ap[0])", {}), "there is no node \"ap[0]\"; did you mean \"app\"?");
  EXPECT_EQ(live.inject("crash(app[9])", {}),
            "there is no node \"app[9]\"; \"app\" has 4 replicas, [0] to [3]");
  EXPECT_EQ(live.inject("cache_flush(db)", {}), "\"db\" has no entries to lose");
  EXPECT_EQ(live.inject("crash(zone:c)", {}), "there is no zone \"c\"; known: a, b");
  EXPECT_TRUE(live.inject("crush(app)", {}));
  EXPECT_TRUE(live.inject("crash(", {}));
  EXPECT_TRUE(live.inject("", {}));
  EXPECT_TRUE(live.injected().empty());
  play_to_end(live);
  EXPECT_EQ(live.inject("crash(app)", {}), "the run is over");
  EXPECT_EQ(digests_of(live.result()), digests_of(run_spec(spec_of(shop))));
}

TEST(LiveRun, PlaysAgainToAnyMoment) {
  LiveRun live({.text = shop});
  play_to(live, Time(2s));
  inject(live, "crash(app)", Duration(1s));
  play_to(live, Time(5s));
  const std::string at_five = digest_of(live.run().result());
  play_to(live, Time(8s));
  live.replay_to(Time(5s));
  EXPECT_TRUE(live.replaying());
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::replayed);
  EXPECT_EQ(live.run().now(), Time(5s));
  EXPECT_EQ(digest_of(live.run().result()), at_five);
  // From there it can be broken otherwise, and is still a run that can be written down.
  inject(live, "crash(db)", Duration(1s));
  play_to_end(live);
  EXPECT_EQ(digests_of(live.result()), digests_of(run_with(shop, live.injected())));
}

TEST(LiveRun, StopsWhereItWasAskedTo) {
  LiveRun live({.text = shop});
  live.go_to(Time(1234567ns));
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::goal);
  EXPECT_EQ(live.run().now(), Time(1234567ns));
  live.go_to_step_end();
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::goal);
  EXPECT_EQ(live.run().now(), time_zero + live.run().step_length());
  live.go_to_next_fault();
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::goal);
  EXPECT_EQ(live.run().now(), Time(3s));
  live.go_to_next_fault();
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::goal);
  EXPECT_EQ(live.run().now(), Time(6s));
  live.go_to_next_fault();
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::end);
}

TEST(LiveRun, FindsFaultsThatComeByChance) {
  // After each repair the next failure is drawn: it is found although it is not known before.
  LiveRun live(
      {.text = scenario(
           R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": ["cpu(1ms)"]}})json",
           "100s", R"json("faults": [{"mtbf": "5s", "mttr": "1s", "fault": "crash(app)"}])json")});
  std::size_t stops = 0;
  for (;;) {
    live.go_to_next_fault();
    if (live.advance(time_max) == LiveRun::Stop::end) break;
    ++stops;
    EXPECT_FALSE(live.run().system().nodes()[0]->up());
    const auto bands = live.run().system().fault_bands();
    ASSERT_EQ(bands.size(), stops);
    EXPECT_DOUBLE_EQ(bands.back().from_seconds, to_seconds(live.run().now()));
  }
  EXPECT_GE(stops, 8U);
}

TEST(LiveRun, StopsAtABreach) {
  // From 5 s on half of all fail. Steps of the series are 0.05 s, breaches are judged over five of
  // them: the first one in breach is over at 5.25 s.
  LiveRun live(
      {.text = scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(200/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": ["cpu(1ms)"]}})json",
                        "20s", R"json("slos": [{"name": "works", "good": "ok", "target": "90%"}],
      "faults": [{"at": "5s", "for": "2s", "fault": "error_rate(app, rate=50%)"},
                 {"at": "12s", "for": "2s", "fault": "error_rate(app, rate=50%)"}])json")});
  live.go_to_breach();
  ASSERT_EQ(live.advance(time_max), LiveRun::Stop::goal);
  EXPECT_EQ(live.run().now(), Time(5250ms));
  // The breach that is under way is not a new one.
  live.go_to_breach();
  ASSERT_EQ(live.advance(time_max), LiveRun::Stop::goal);
  EXPECT_EQ(live.run().now(), Time(12250ms));
  live.go_to_breach();
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::end);
}

TEST(LiveRun, StopsWhenAClaimHolds) {
  // Between 5 s and 7 s the server takes ten times as long.
  LiveRun live(
      {.text = scenario(
           R"json(
      "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app"},
      "app": {"type": "app_server", "workers": 4, "endpoints": {"default": ["cpu(2ms)"]}})json",
           "20s", R"json("faults": [{"at": "5s", "for": "2s", "fault": "slow(app, factor=10)"}],
      "network": {"default_latency": "0s"})json")});
  // Of the first step of 0.05 s in trouble the last four of five requests are there at its end.
  EXPECT_EQ(live.go_to_condition("window.nodes.app.latency_seconds.p50 > 15ms"), std::nullopt);
  ASSERT_EQ(live.advance(time_max), LiveRun::Stop::goal);
  EXPECT_EQ(live.run().now(), Time(5050ms));
  // Since the beginning: 1 % of all requests are slow when 5 are, of 505.
  EXPECT_EQ(live.go_to_condition("requests.latency_seconds.p99 > 15ms"), std::nullopt);
  ASSERT_EQ(live.advance(time_max), LiveRun::Stop::goal);
  EXPECT_GE(live.run().now(), Time(5050ms));
  EXPECT_LE(live.run().now(), Time(5150ms));
  EXPECT_EQ(live.go_to_condition("window.nodes.app.utilization < 0.1 "), std::nullopt);
  ASSERT_EQ(live.advance(time_max), LiveRun::Stop::goal);
  EXPECT_GT(live.run().now(), Time(7s));
  EXPECT_LT(live.run().now(), Time(7200ms));
  EXPECT_EQ(live.go_to_condition("groups.app.utilization > 2"), std::nullopt);
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::end);
}

TEST(LiveRun, ClaimsThatNameNothingAreSaid) {
  LiveRun live({.text = shop});
  EXPECT_EQ(live.go_to_condition("window.nodes.ap.utilization > 0.5").value_or("").substr(0, 23),
            "there is no such value;");
  EXPECT_TRUE(live.go_to_condition("requests.latency_seconds.p99 > 5MiB"));
  EXPECT_TRUE(live.go_to_condition("nonsense"));
}

TEST(LiveRun, CanBeInterrupted) {
  LiveRun live({.text = shop});
  live.interrupt();
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::interrupted);
  const Time stood = live.run().now();
  EXPECT_LT(stood, Time(1s));
  std::thread other([&live] { live.interrupt(); });
  other.join();
  EXPECT_EQ(live.advance(time_max), LiveRun::Stop::interrupted);
  play_to_end(live);
  EXPECT_EQ(digests_of(live.result()), digests_of(run_spec(spec_of(shop))));
}

TEST(LiveRun, WrongScenariosAreSaidWithAllTheirProblems) {
  try {
    LiveRun live(
        {.text = R"json({"faultline": 1, "nodes": {"a": {"type": "clints"}}, "titel": "x"})json"});
    FAIL();
  } catch (const LiveRun::Wrong& wrong) {
    EXPECT_STREQ(wrong.what(),
                 "nodes.a.type: unknown node type \"clints\"; did you mean \"clients\"?\n"
                 "titel: unknown key; did you mean \"title\"?");
  }
}

}  // namespace
}  // namespace faultline::sim
