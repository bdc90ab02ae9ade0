/// Following single requests: exact times on small systems in which nothing is left to chance.
#include "sim/scenario/request_tracer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "sim/scenario/live_run.hpp"
#include "sim/scenario/watch.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline::sim {
namespace {

using tests::scenario;

/// All requests of a run are followed.
std::vector<RequestTrace> traces_of(const std::string& text, std::uint64_t every = 1) {
  LiveRun live({.text = text});
  live.follow_requests(every);
  while (live.advance(time_max) != LiveRun::Stop::end) {
  }
  return live.snapshot(true)->traces;
}

std::string text_of(double seconds) {
  return std::isnan(seconds) ? "-" : fmt::format("{:.6g}", seconds * 1e3);
}
/// parent, node, what, try: sent arrived started answered ended, waiting, working (in ms since the
/// request's birth), outcome.
std::string text_of(const HopSpan& hop, double born) {
  const auto at = [born](double seconds) { return text_of(seconds - born); };
  return fmt::format("{} {} {} {}: {} {} {} {} {} waits {} works {} {}", hop.parent, hop.node,
                     hop.what, hop.attempt, at(hop.sent_seconds), at(hop.arrived_seconds),
                     at(hop.started_seconds), at(hop.answered_seconds), at(hop.ended_seconds),
                     text_of(hop.waiting_seconds), text_of(hop.working_seconds), hop.outcome);
}
std::vector<std::string> texts_of(const RequestTrace& trace) {
  std::vector<std::string> texts;
  for (const HopSpan& hop : trace.hops) texts.push_back(text_of(hop, trace.born_seconds));
  return texts;
}

using Lines = std::vector<std::string>;

/// What a hop did, one after the other: "queueing 2, working 3".
std::string doings_of(const HopSpan& hop) {
  std::string text;
  for (const HopStretch& each : hop.stretches) {
    const char* doing = each.doing == HopStretch::Doing::queueing  ? "queueing"
                        : each.doing == HopStretch::Doing::working ? "working"
                                                                   : "awaiting";
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}", doing, text_of(each.to_seconds - each.from_seconds));
  }
  return text;
}
/// "app: working 3", one line a hop, a child behind its parent's number.
Lines doings_of(const RequestTrace& trace) {
  Lines lines;
  for (const HopSpan& hop : trace.hops)
    lines.push_back(fmt::format("{} {}: {}", hop.parent, hop.node, doings_of(hop)));
  return lines;
}

/// No moment between arrival and answer is missing, and none counts twice.
void expect_whole(const RequestTrace& trace) {
  for (const HopSpan& hop : trace.hops) {
    if (std::isnan(hop.arrived_seconds)) {
      EXPECT_TRUE(hop.stretches.empty());
      continue;
    }
    const double end = std::isnan(hop.answered_seconds) ? trace.born_seconds + trace.latency_seconds
                                                        : hop.answered_seconds;
    double at = hop.arrived_seconds;
    for (const HopStretch& each : hop.stretches) {
      EXPECT_EQ(each.from_seconds, at);
      EXPECT_GT(each.to_seconds, each.from_seconds);
      at = each.to_seconds;
    }
    EXPECT_NEAR(at, end, 1e-9) << hop.node;
    EXPECT_NEAR(hop.waiting_seconds + hop.working_seconds + hop.awaiting_seconds,
                end - hop.arrived_seconds, 1e-9)
        << hop.node;
  }
}

TEST(RequestTracer, TellsWhereTheTimeOfARequestWent) {
  // 1 ms each way to the server, 4 ms of work, then a call to the database: 1 ms, 5 ms, 1 ms.
  const auto traces = traces_of(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["cpu(4ms)", "call(db)"]}},
    "db": {"type": "database", "connections": 1, "service_time": "5ms"})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 9U);
  EXPECT_EQ(traces[3].outcome, "ok");
  EXPECT_NEAR(traces[3].latency_seconds, 0.013, 1e-12);
  EXPECT_EQ(texts_of(traces[3]), (Lines{"-1 app read default 0: 0 1 1 12 13 waits 0 works 4 ok",
                                        "0 db read default 0: 5 6 6 11 12 waits 0 works 5 ok"}));
}

TEST(RequestTracer, TellsHowLongItWaited) {
  // Two come at the same time: the second waits the 10 ms of the first for the only worker.
  const auto traces = traces_of(scenario(R"json(
    "a": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "b": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["cpu(10ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  EXPECT_EQ(texts_of(traces[2]), (Lines{"-1 app read default 0: 0 1 1 11 12 waits 0 works 10 ok"}));
  EXPECT_EQ(texts_of(traces[3]),
            (Lines{"-1 app read default 0: 0 1 11 21 22 waits 10 works 10 ok"}));
}

TEST(RequestTracer, TellsWaitsInsideTheWorkToo) {
  // Workers enough for both, but one core: the second waits for the core, after its call.
  const auto traces = traces_of(scenario(R"json(
    "a": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "b": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "workers": 2, "cores": 1, "endpoints": {"default": ["sleep(2ms)", "cpu(10ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  EXPECT_EQ(texts_of(traces[3]),
            (Lines{"-1 app read default 0: 0 1 1 23 24 waits 10 works 12 ok"}));
}

TEST(RequestTracer, FollowsThroughBalancersAndParallelCalls) {
  // Both calls of 3 ms and 8 ms are made at once: the server is away for 10 ms and works 1 ms.
  const auto traces = traces_of(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "lb"},
    "lb": {"type": "l7_balancer", "policy": "round_robin", "backends": ["app"]},
    "app": {"type": "app_server", "replicas": 2, "endpoints": {"default": [
        "cpu(1ms)", {"type": "parallel", "steps": ["call(left)", "call(right)"]}]}},
    "left": {"type": "app_server", "endpoints": {"default": ["cpu(3ms)"]}},
    "right": {"type": "app_server", "endpoints": {"default": ["cpu(8ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  const Lines lines = texts_of(traces[4]);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "-1 lb read default 0: 0 1 1 14 15 waits 0 works 0 ok");
  EXPECT_EQ(lines[1].substr(0, 6), "0 app[");
  EXPECT_EQ(lines[1].substr(8), " read default 0: 1 2 2 13 14 waits 0 works 1 ok");
  EXPECT_EQ(lines[2], "1 left read default 0: 3 4 4 7 8 waits 0 works 3 ok");
  EXPECT_EQ(lines[3], "1 right read default 0: 3 4 4 12 13 waits 0 works 8 ok");
}

TEST(RequestTracer, EachTryIsAHop) {
  // The server answers with errors from the beginning: three tries, 10 ms apart.
  const auto traces = traces_of(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app",
              "retry": "fixed(3, base=10ms)"},
    "app": {"type": "app_server", "endpoints": {"default": ["cpu(2ms)", "fail(100%)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  EXPECT_EQ(traces[3].outcome, "error");
  const Lines lines = texts_of(traces[3]);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "-1 app read default 0: 0 1 1 3 4 waits 0 works 2 error");
  EXPECT_EQ(lines[1], "-1 app read default 1: 14 15 15 17 18 waits 0 works 2 error");
  EXPECT_EQ(lines[2], "-1 app read default 2: 28 29 29 31 32 waits 0 works 2 error");
}

TEST(RequestTracer, AHopThatIsGivenUpHasNoAnswer) {
  // The caller waits 5 ms for what takes 20 ms.
  const auto traces = traces_of(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "timeout": "5ms"},
    "app": {"type": "app_server", "endpoints": {"default": ["cpu(20ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 2U);
  EXPECT_EQ(traces[1].outcome, "timeout");
  EXPECT_EQ(texts_of(traces[1]),
            (Lines{"-1 app read default 0: 0 1 1 - 5 waits 0 works 4 timeout"}));
}

TEST(RequestTracer, WaitsForHedgedCopiesAreNoWork) {
  // 4 ms of work, then a call to a server that takes 20 ms; after 5 ms a copy of it is sent to the
  // other replica. The first is answered after 22 ms; all that time the server waits.
  const auto traces = traces_of(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "endpoints": {"default": [
        "cpu(4ms)", {"type": "call", "target": "back", "hedge": "fixed_delay(5ms)"}]}},
    "back": {"type": "app_server", "replicas": 2, "endpoints": {"default": ["cpu(20ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  for (const RequestTrace& trace : traces) expect_whole(trace);
  ASSERT_EQ(traces[3].hops.size(), 3U);
  EXPECT_EQ(doings_of(traces[3].hops[0]), "working 4, awaiting 22");
  EXPECT_EQ(traces[3].hops[1].parent, 0);
  EXPECT_EQ(traces[3].hops[2].parent, 0);
  EXPECT_EQ(doings_of(traces[3].hops[1]), "working 20");
  // The copy came 5 ms later; when the client has its answer, 2 ms after the first one ended, it
  // still goes on.
  EXPECT_EQ(traces[3].hops[2].attempt, 1);
  EXPECT_EQ(doings_of(traces[3].hops[2]), "working 17");
}

TEST(RequestTracer, WaitsInsideHedgedCopiesAreToldApart) {
  // One connection, which the copy waits for until the first message has its answer: the copy never
  // gets to be sent, and the server queues for nothing but awaits the first one's answer as well.
  // Two requests come at once: the first message of the second waits 2 + 2 + 20 ms for the
  // connection, and its own call takes 22 ms.
  const auto traces = traces_of(scenario(R"json(
    "a": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "b": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "endpoints": {"default": [
        {"type": "call", "target": "back", "hedge": "fixed_delay(100ms)",
         "connections": {"max_connections": 1, "keep_alive": "1h"}}]}},
    "back": {"type": "app_server", "endpoints": {"default": ["cpu(20ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  for (const RequestTrace& trace : traces) expect_whole(trace);
  // The first request of all opens the connection: a round trip.
  EXPECT_EQ(doings_of(traces[0].hops[0]), "awaiting 24");
  EXPECT_EQ(doings_of(traces[1].hops[0]), "queueing 24, awaiting 22");
  EXPECT_EQ(doings_of(traces[2].hops[0]), "awaiting 22");
  EXPECT_EQ(doings_of(traces[3].hops[0]), "queueing 22, awaiting 22");
}

TEST(RequestTracer, TheTimeBetweenTwoTriesIsNoWork) {
  // Three tries of 1 + 2 + 1 ms, 10 ms apart, between 3 ms of work and, as all fail, nothing.
  const auto traces = traces_of(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "endpoints": {"default": [
        "cpu(3ms)", {"type": "call", "target": "back", "retry": "fixed(3, base=10ms)"}]}},
    "back": {"type": "app_server", "endpoints": {"default": ["cpu(2ms)", "fail(100%)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  for (const RequestTrace& trace : traces) expect_whole(trace);
  EXPECT_EQ(doings_of(traces[3]), (Lines{"-1 app: working 3, awaiting 32", "0 back: working 2",
                                         "0 back: working 2", "0 back: working 2"}));
}

TEST(RequestTracer, BranchesWorkBesideEachOther) {
  // One branch works 6 ms, the other asks for 1 + 3 + 1 ms and works 2 ms then, waiting 1 ms for
  // the only core: so it works for 8 ms, none of them twice.
  const auto traces = traces_of(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "cores": 1, "workers": 4, "endpoints": {"default": [
        {"type": "gather", "steps": ["cpu(6ms)",
            {"type": "sequence", "steps": ["call(back)", "cpu(2ms)", "call(back)"]}]}]}},
    "back": {"type": "app_server", "endpoints": {"default": ["cpu(3ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  for (const RequestTrace& trace : traces) expect_whole(trace);
  EXPECT_EQ(doings_of(traces[3]),
            (Lines{"-1 app: working 8, awaiting 5", "0 back: working 3", "0 back: working 3"}));
}

TEST(RequestTracer, WhatIsLeftToRunIsWaitedForUntilItIsDecided) {
  // The first of two is enough: after 1 + 3 + 1 ms the server works 2 ms more. The other goes on,
  // and is nobody's any more.
  const auto traces = traces_of(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "endpoints": {"default": [
        {"type": "gather", "wait": "first", "rest": "leave", "steps": ["call(quick)", "call(slow)"]},
        "cpu(2ms)"]}},
    "quick": {"type": "app_server", "endpoints": {"default": ["cpu(3ms)"]}},
    "slow": {"type": "app_server", "endpoints": {"default": ["cpu(9ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  for (const RequestTrace& trace : traces) expect_whole(trace);
  EXPECT_EQ(doings_of(traces[3]),
            (Lines{"-1 app: awaiting 5, working 2", "0 quick: working 3", "0 slow: working 7"}));
}

TEST(RequestTracer, WhoAskedIsKnownWhereSeveralHopsAreAtOneNode) {
  // Two branches pass one balancer, which waits for each of them: 5 ms, and 9 ms.
  const auto traces = traces_of(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "endpoints": {"default": [
        {"type": "gather", "steps": [
            {"type": "sequence", "steps": ["call(lb)", "call(lb)"]}, "call(lb)"]}]}},
    "lb": {"type": "l7_balancer", "backends": ["back"], "service_time": "2ms"},
    "back": {"type": "app_server", "replicas": 3, "endpoints": {"default": ["cpu(3ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  for (const RequestTrace& trace : traces) {
    expect_whole(trace);
    ASSERT_EQ(trace.hops.size(), 7U);
    // Each hop at the balancer has one child, and waits for it and nothing else.
    std::vector<int> children(trace.hops.size());
    for (const HopSpan& hop : trace.hops) {
      if (hop.parent >= 0) ++children[static_cast<std::size_t>(hop.parent)];
    }
    for (std::size_t i = 0; i < trace.hops.size(); ++i) {
      if (trace.hops[i].node != "lb") continue;
      EXPECT_EQ(children[i], 1);
      EXPECT_EQ(doings_of(trace.hops[i]), "working 2, awaiting 5");
    }
    EXPECT_EQ(children[0], 3);
    EXPECT_EQ(doings_of(trace.hops[0]), "awaiting 18");
  }
}

TEST(RequestTracer, WhatAHopThatGoesOnWaitsForIsKnownInTheEnd) {
  // The second of two waits 20 ms for the only core, but its caller gives up after 5 ms: 3 ms after
  // it arrived, all of which it waited.
  const auto traces = traces_of(scenario(R"json(
    "a": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "b": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "timeout": "4ms"},
    "app": {"type": "app_server", "cores": 1, "endpoints": {"default": ["cpu(20ms)"]}})json",
                                         "1s", R"json("network": {"default_latency": "1ms"})json"));
  ASSERT_GE(traces.size(), 4U);
  for (const RequestTrace& trace : traces) {
    expect_whole(trace);
    EXPECT_TRUE(trace.settled);
    EXPECT_EQ(doings_of(trace.hops[0]), trace.outcome == "ok" ? "working 20" : "queueing 3");
  }
}

TEST(RequestTracer, WorkIsWhatTheServersDid) {
  // A cache in front of a database, hedged and tried again, and a fan-out: of all that is followed
  // each server worked as long as its one core, or connection, was busy. No moment counts twice.
  LiveRun live({.text = scenario(R"json(
    "users": {"type": "clients", "arrivals": "poisson(40/s)", "target": "app", "keys": "uniform(50)"},
    "app": {"type": "app_server", "cores": 1, "endpoints": {"default": [
        "cpu(exponential(5ms))",
        {"type": "cache_aside", "cache": "cache", "store": "db", "ttl": "500ms", "store_retry": "fixed(3, base=20ms)"},
        {"type": "gather", "copies": 2, "steps": [
            {"type": "call", "target": "back", "hedge": "fixed_delay(10ms)", "retry": "fixed(2, base=5ms)"}]}]}},
    "cache": {"type": "cache", "capacity": 20, "service_time": "200us"},
    "db": {"type": "database", "connections": 1, "service_time": "exponential(8ms)"},
    "back": {"type": "app_server", "cores": 1, "endpoints": {"default": ["cpu(exponential(3ms))", "fail(10%)"]}})json",
                                 "4s", R"json("network": {"default_latency": "1ms"})json")});
  live.follow_requests(1);
  while (live.advance(time_max) != LiveRun::Stop::end) {
  }
  const std::vector<RequestTrace> traces = live.snapshot(true)->traces;
  ASSERT_LT(traces.size(), RequestTracer::traces_max);  // All there were.
  ASSERT_GT(traces.size(), 100U);
  std::map<std::string, double> worked;
  std::map<std::string, double> waited;
  std::size_t retries = 0;
  for (const RequestTrace& trace : traces) {
    expect_whole(trace);
    for (const HopSpan& hop : trace.hops) {
      worked[hop.node] += hop.working_seconds;
      waited[hop.node] += hop.waiting_seconds;
      retries += hop.attempt > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(retries, 20U);
  const Result result = live.run().result();
  for (const NodeResult& node : result.nodes) {
    if (node.name == "users" || node.name == "cache") continue;
    const double busy = node.scalars.at("utilization") * 4;
    // What goes on when its request is over is not followed, nor what is under way at the end.
    EXPECT_LE(worked[node.name], busy + 1e-9) << node.name;
    EXPECT_GT(worked[node.name], 0.8 * busy) << node.name;
    EXPECT_GT(waited[node.name], 0.1 * worked[node.name]) << node.name;
  }
  EXPECT_GT(worked["cache"], 0);
}

TEST(RequestTracer, FollowsEveryNthAndKeepsTheNewest) {
  const std::string text = scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app"},
    "app": {"type": "app_server", "endpoints": {"default": ["cpu(2ms)"]}})json",
                                    "10s", R"json("network": {"default_latency": "1ms"})json");
  // About 10,000 requests: of every tenth there are 1,000, of which 200 are kept.
  const auto traces = traces_of(text, 10);
  ASSERT_EQ(traces.size(), RequestTracer::traces_max);
  for (std::size_t i = 1; i < traces.size(); ++i)
    EXPECT_NEAR(traces[i].born_seconds - traces[i - 1].born_seconds, 0.010, 1e-9);
  EXPECT_GT(traces.back().born_seconds, 9.9);
  EXPECT_TRUE(traces_of(text, 0).empty());
}

TEST(RequestTracer, CostsNothingWhenItIsSwitchedOff) {
  LiveRun live({.text = scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app"},
    "app": {"type": "app_server", "endpoints": {"default": ["cpu(2ms)"]}})json",
                                 "10s")});
  const Node& app = *live.run().system().find("app")[0];
  EXPECT_FALSE(app.heeds_service_observers());
  live.follow_requests(1);
  EXPECT_TRUE(app.heeds_service_observers());
  while (live.run().now() < Time(std::chrono::seconds(1)))
    live.advance(Time(std::chrono::seconds(1)));
  live.follow_requests(0);
  // Those that are followed are followed to their end.
  EXPECT_TRUE(app.heeds_service_observers());
  while (live.advance(time_max) != LiveRun::Stop::end) {
  }
  EXPECT_NEAR(static_cast<double>(live.snapshot(true)->traces.size()), 200, 0);
  EXPECT_FALSE(app.heeds_service_observers());
  EXPECT_EQ(live.run().system().kernel().wait_observer(), nullptr);
}

}  // namespace
}  // namespace faultline::sim
