/// Following single requests: exact times on small systems in which nothing is left to chance.
#include "sim/scenario/request_tracer.hpp"

#include <gtest/gtest.h>

#include <cmath>

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
