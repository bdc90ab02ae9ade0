/// Runs that are watched: they do the same as others, and what is shown of them is right.
#include "sim/scenario/watch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>

#include "sim/scenario/run.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline::sim {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using tests::scenario;
using tests::spec_of;
using tests::warmed_scenario;

struct Digests {
  std::string order;
  std::string results;
  bool operator==(const Digests&) const = default;
};
void PrintTo(const Digests& digests, std::ostream* out) {
  *out << digests.order << ' ' << digests.results;
}
Digests digests_of(Run& run) {
  const Result result = run.result();
  return {result.order_digest, result.results_digest};
}

/// A run of `spec` that nobody watches, as far as it goes in `events` events; and when it was
/// there.
Digests play_alone(const Spec& spec, std::uint64_t events, Time& end) {
  Problems problems;
  Run run(spec, static_cast<std::uint64_t>(spec.run.seed), 0, problems);
  EXPECT_TRUE(problems.empty());
  while (run.events() < events && run.step()) {
  }
  end = run.now();
  run.run_until(end);
  return digests_of(run);
}

/// The same watched, in pieces, with pauses and snapshots between them, with requests followed for
/// some of the time.
Digests play_watched(const Spec& spec, Time end) {
  Problems problems;
  Run run(spec, static_cast<std::uint64_t>(spec.run.seed), 0, problems);
  Watch& watch = run.watch();
  run.begin();
  std::uint64_t state = 12345;
  const auto draw = [&state](std::uint64_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % below;
  };
  for (std::size_t piece = 0; run.now() < end; ++piece) {
    if (draw(4) == 0) run.request_pause();
    for (std::uint64_t i = draw(20); i > 0 && run.system().kernel().next_event_time() <= end; --i)
      run.step();
    const Duration length(static_cast<std::int64_t>(
        draw(static_cast<std::uint64_t>((end - time_zero).count()) / 10 + 2)));
    if (run.now() < end) run.run_until(std::min(end, run.now() + length));
    if (piece % 3 == 0) watch.tracer().follow(draw(3) == 0 ? 0 : 1 + draw(20));
    watch.snapshot({.standing = draw(2) == 0, .window_over = draw(2) == 0});
  }
  run.run_until(end);
  watch.snapshot({.standing = true, .window_over = true});
  return digests_of(run);
}

std::vector<fs::path> scenario_files() {
  std::vector<fs::path> files;
  const fs::path folder = fs::path(FAULTLINE_SOURCE_DIR) / "scenarios";
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const bool is_schema = entry.path().parent_path().filename() == "schema";
    if (entry.path().extension() == ".json" && !is_schema) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  std::string name =
      fs::relative(info.param, fs::path(FAULTLINE_SOURCE_DIR) / "scenarios").replace_extension();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

class WatchedScenario : public testing::TestWithParam<fs::path> {};

TEST_P(WatchedScenario, DoesWhatItDoesAlone) {
  Problems problems;
  const auto spec = read_spec_file(GetParam(), {}, problems);
  ASSERT_TRUE(spec);
  Time end;
  const Digests alone = play_alone(*spec, 300'000, end);
  EXPECT_EQ(play_watched(*spec, end), alone);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, WatchedScenario, testing::ValuesIn(scenario_files()),
                         test_name);

/// A watched run of `text` to its end, and its last snapshot.
struct Watched {
  explicit Watched(const std::string& text)
      : spec(spec_of(text)), run(spec, static_cast<std::uint64_t>(spec.run.seed), 0, problems) {
    run.watch();
  }
  std::shared_ptr<const Snapshot> to(Time time, bool window_over = true) {
    run.run_until(time);
    return run.watched()->snapshot({.standing = true, .window_over = window_over});
  }
  std::size_t node(const std::string& name) const {
    const auto& nodes = run_legend().nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].name == name) return i;
    }
    ADD_FAILURE() << "no node " << name;
    return 0;
  }
  std::size_t wire(const std::string& from, const std::string& to) const {
    const auto& wires = run_legend().wires;
    for (std::size_t i = 0; i < wires.size(); ++i) {
      if (wires[i].from == from && wires[i].to == to) return i;
    }
    ADD_FAILURE() << "no wire " << from << " -> " << to;
    return 0;
  }
  const SnapshotLegend& run_legend() const { return const_cast<Run&>(run).watched()->legend(); }

  Problems problems;
  Spec spec;
  Run run;
};

// One server, a request each 10 ms, 4 ms of work: it is busy 40 % of the time, nobody waits, and
// each answer takes exactly 4 ms.
const char* const steady_server = R"json(
  "users": {"type": "clients", "arrivals": "constant(100/s)",
                  "target" : "app", "keys" : "uniform(n=10)"
},
  "app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["cpu(4ms)"]}})json";

TEST(Watch, ShowsAServerOverAWindow) {
  Watched watched(
      scenario(steady_server, "20s", R"json("network": {"default_latency": "1ms"})json"));
  watched.to(Time(5s));
  const auto snapshot = watched.to(Time(9s));
  const Frame& frame = *snapshot->frame;
  EXPECT_DOUBLE_EQ(frame.from_seconds, 5);
  EXPECT_DOUBLE_EQ(frame.to_seconds, 9);
  const NodeSample& app = frame.nodes[watched.node("app")];
  EXPECT_NEAR(app.utilization, 0.4, 1e-6);
  EXPECT_NEAR(app.in_service, 0.4, 1e-6);
  EXPECT_NEAR(app.queue_length, 0, 1e-6);
  EXPECT_NEAR(app.received_per_second, 100, 0.26);
  EXPECT_NEAR(app.ok_per_second, 100, 0.26);
  EXPECT_EQ(app.fail_per_second, 0);
  EXPECT_NEAR(app.latency_p50_seconds, 0.004, 0.004 / 256);
  EXPECT_NEAR(app.latency_p99_seconds, 0.004, 0.004 / 256);
  EXPECT_TRUE(std::isnan(app.hit_ratio));
  EXPECT_EQ(app.condition, NodeCondition{});
  const WireSample& wire = frame.wires[watched.wire("users", "app")];
  EXPECT_NEAR(wire.per_second, 100, 0.26);
  EXPECT_EQ(wire.fail_per_second, 0);
  EXPECT_FALSE(wire.cut);
  EXPECT_NEAR(snapshot->recent.throughput_per_second, 100, 0.26);
  EXPECT_NEAR(snapshot->recent.latency_p99_seconds, 0.006, 0.006 / 256);
  EXPECT_NEAR(snapshot->overall.latency_p99_seconds, 0.006, 0.006 / 256);
}

TEST(Watch, NodeLatencyIncludesTheWaitInTheQueue) {
  // Two requests come together every 100 ms and take 10 ms each: one waits for the other, so half
  // of the answers take 10 ms and half 20 ms.
  Watched watched(scenario(R"json(
    "a": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "b": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["cpu(10ms)"]}})json",
                           "10s"));
  const NodeSample& app = watched.to(Time(5050ms))->frame->nodes[watched.node("app")];
  EXPECT_NEAR(app.latency_p50_seconds, 0.010, 0.010 / 256);
  EXPECT_NEAR(app.latency_p99_seconds, 0.020, 0.020 / 256);
}

TEST(Watch, PercentilesOfAWindowAreThoseOfItsSamples) {
  // The 99th percentile of each step by all samples of its clients stands in the series of the
  // result; the frames of the same steps at the only server must say nearly the same, for the
  // network takes no time. Two per cent is what is asked for; the histogram has 0.4.
  Watched watched(scenario(R"json(
    "users": {"type": "clients", "arrivals": "poisson(900/s)", "target": "app"},
    "app": {"type": "app_server", "workers": 4, "endpoints": {"default": ["cpu(lognormal(median=3ms, sigma=0.8))"]}})json",
                           "20s", R"json("network": {"default_latency": "0s"})json"));
  const auto snapshot = watched.to(Time(20s));
  const std::vector<double>& exact = snapshot->series.at("latency_p99_seconds");
  ASSERT_EQ(snapshot->history->size(), exact.size());
  ASSERT_GE(exact.size(), 180U);
  const std::size_t app = watched.node("app");
  for (std::size_t step = 0; step < exact.size(); ++step) {
    EXPECT_NEAR((*snapshot->history)[step]->nodes[app].latency_p99_seconds, exact[step],
                0.02 * exact[step])
        << step;
  }
}

TEST(Watch, FramesAddUpToTheResult) {
  Watched watched(scenario(R"json(
    "users": {"type": "clients", "arrivals": "poisson(500/s)", "target": "app", "timeout": "50ms",
              "keys": "zipf(n=1000, s=0.9)"},
    "app": {"type": "app_server", "replicas": 2, "workers": 2, "queue_limit": 5, "endpoints": {"default": [
        "cpu(exponential(6ms))", {"type": "cache_aside", "cache": "cache", "store": "db"}]}},
    "cache": {"type": "cache", "capacity": 100, "service_time": "100us"},
    "db": {"type": "database", "connections": 4, "service_time": "exponential(2ms)"})json",
                           "20s",
                           R"json("faults": [{"at": "5s", "for": "2s", "fault": "crash(app[0])"
}])json"));
  const auto snapshot = watched.to(Time(20s));
  const Result result = watched.run.result();
  const double step = snapshot->series_step_seconds;
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    double received = 0;
    double ok = 0;
    double not_ok = 0;
    for (const auto& frame : *snapshot->history) {
      received += step * static_cast<double>(frame->nodes[i].received_per_second);
      ok += step * static_cast<double>(frame->nodes[i].ok_per_second);
      not_ok += step * static_cast<double>(frame->nodes[i].fail_per_second);
    }
    const OutcomeCounts& counts = result.nodes[i].counts;
    EXPECT_NEAR(received, static_cast<double>(counts.sent), 1e-3) << result.nodes[i].name;
    EXPECT_NEAR(ok, static_cast<double>(counts.ok), 1e-3) << result.nodes[i].name;
    EXPECT_NEAR(not_ok, static_cast<double>(counts.fail + counts.unknown), 1e-3)
        << result.nodes[i].name;
  }
  // All that came to the database came along its one wire; and so with the cache, whose writes ask
  // for no answer. Messages on their way at the end have been sent and not received.
  for (const char* name : {"db", "cache"}) {
    double sent = 0;
    for (const auto& frame : *snapshot->history)
      sent += step * static_cast<double>(frame->wires[watched.wire("app", name)].per_second);
    EXPECT_NEAR(sent, static_cast<double>(result.nodes[watched.node(name)].counts.sent), 3) << name;
  }
  double hits = 0;
  double lookups = 0;
  for (const auto& frame : *snapshot->history) {
    const NodeSample& cache = frame->nodes[watched.node("cache")];
    ASSERT_FALSE(std::isnan(cache.hit_ratio));
    // Half of the messages to the cache are lookups or more: hits are not written again.
    hits += static_cast<double>(cache.hit_ratio);
    lookups += 1;
  }
  EXPECT_NEAR(hits / lookups, result.nodes[watched.node("cache")].scalars.at("hit_ratio"), 0.05);
}

TEST(Watch, FailuresOfAWireAreThoseItsCallersSee) {
  // The server is down from 2 s to 4 s: all that is sent then fails.
  Watched watched(
      scenario(steady_server, "10s",
               R"json("faults": [{"at": "2s", "for": "2s", "fault": "crash(app)"}])json"));
  watched.to(Time(2500ms));
  const auto snapshot = watched.to(Time(3500ms));
  const WireSample& wire = snapshot->frame->wires[watched.wire("users", "app")];
  EXPECT_NEAR(wire.per_second, 100, 1.01);
  EXPECT_NEAR(wire.fail_per_second, 100, 1.01);
  const NodeSample& app = snapshot->frame->nodes[watched.node("app")];
  EXPECT_TRUE(app.condition.down);
  EXPECT_NEAR(app.fail_per_second, 100, 1.01);
  EXPECT_NEAR(snapshot->recent.fail_ratio, 1, 1e-9);
  EXPECT_TRUE(std::isnan(app.latency_p99_seconds));
}

TEST(Watch, EachWireShowsItsOwnRate) {
  // Of each request the database is asked twice by calls, and once as the store of a cache, which
  // never has the key. The references of one role are one wire.
  Watched watched(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app", "keys": "uniform(1000000000)"},
    "app": {"type": "app_server", "workers": 50, "endpoints": {"default": [
        {"type": "cache_aside", "cache": "cache", "store": "db"},
        {"type": "parallel", "steps": ["call(db)", {"type": "call", "target": "db", "retry": "fixed(2, base=1ms)"}]}]}},
    "cache": {"type": "cache", "capacity": 10, "service_time": "1ms"},
    "db": {"type": "database", "connections": 50, "service_time": "1ms"})json",
                           "20s"));
  watched.to(Time(5s));
  const auto snapshot = watched.to(Time(15s));
  std::map<std::string, float> rates;
  for (std::size_t i = 0; i < snapshot->legend->wires.size(); ++i) {
    const auto& wire = snapshot->legend->wires[i];
    rates[wire.from + " " + wire.to + " " + wire.role] = snapshot->frame->wires[i].per_second;
  }
  ASSERT_EQ(rates.size(), 4U);
  EXPECT_NEAR(rates.at("users app any"), 100, 0.21);
  EXPECT_NEAR(rates.at("app db store"), 100, 0.21);
  EXPECT_NEAR(rates.at("app db any"), 200, 0.41);
  // A lookup, and what was found is put there.
  EXPECT_NEAR(rates.at("app cache cache"), 200, 0.41);
}

TEST(Watch, WindowsGoOnOverTheEndOfTheWarmUp) {
  Watched watched(warmed_scenario(steady_server, "20s", "7s"));
  watched.to(Time(6s));
  const auto snapshot = watched.to(Time(8s));
  const NodeSample& app = snapshot->frame->nodes[watched.node("app")];
  EXPECT_NEAR(app.received_per_second, 100, 0.51);
  EXPECT_NEAR(app.utilization, 0.4, 1e-6);
  EXPECT_NEAR(app.in_service, 0.4, 1e-6);
  EXPECT_NEAR(app.latency_p99_seconds, 0.004, 0.004 / 256);
  EXPECT_NEAR(snapshot->recent.throughput_per_second, 100, 0.51);
  EXPECT_DOUBLE_EQ(snapshot->overall.from_seconds, 7);
  // 100 requests since the statistics began, less one on its way.
  EXPECT_NEAR(static_cast<double>(snapshot->latency.count()), 100, 1);
}

TEST(Watch, ShowsWhatIsWrongNow) {
  Watched watched(scenario(steady_server, "20s", R"json("faults": [
      {"at": "2s", "for": "1s", "fault": "slow(app, factor=2)"},
      {"at": "4s", "for": "1s", "fault": "pause(app)"},
      {"at": "6s", "for": "1s", "fault": "drain(app)"},
      {"at": "8s", "for": "1s", "fault": "error_rate(app, rate=10%)"},
      {"at": "10s", "for": "1s", "fault": {"type": "partition", "groups": [["users"], ["app"]]}}])json"));
  const auto condition = [&](Time time) {
    // Between two windows too: conditions are of the moment.
    return watched.to(time, false)->frame->nodes[watched.node("app")].condition;
  };
  EXPECT_EQ(condition(Time(1s)), NodeCondition{});
  EXPECT_EQ(condition(Time(2500ms)), NodeCondition{.slow = true});
  EXPECT_EQ(condition(Time(4500ms)), NodeCondition{.paused = true});
  EXPECT_EQ(condition(Time(6500ms)), NodeCondition{.draining = true});
  EXPECT_EQ(condition(Time(8500ms)), NodeCondition{.faulty = true});
  EXPECT_EQ(condition(Time(10500ms)), NodeCondition{.cut_off = true});
  const auto snapshot = watched.to(Time(10600ms));
  EXPECT_TRUE(snapshot->frame->wires[watched.wire("users", "app")].cut);
  EXPECT_FLOAT_EQ(snapshot->frame->wires[watched.wire("users", "app")].cut_ratio, 1);
  EXPECT_EQ(condition(Time(12s)), NodeCondition{});
  EXPECT_FALSE(watched.to(Time(13s))->frame->wires[watched.wire("users", "app")].cut);
}

TEST(Watch, AWireThatIsCutInPartSaysHowMuch) {
  Watched watched(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app"},
    "app": {"type": "app_server", "replicas": 4, "endpoints": {"default": ["cpu(1ms)"]}})json",
                           "10s", R"json("faults": [
      {"at": "2s", "fault": {"type": "partition", "groups": [["users"], ["app[0]"]]}}])json"));
  const auto snapshot = watched.to(Time(3s));
  const WireSample& wire = snapshot->frame->wires[watched.wire("users", "app")];
  EXPECT_FALSE(wire.cut);
  EXPECT_FLOAT_EQ(wire.cut_ratio, 0.25F);
  EXPECT_TRUE(snapshot->frame->nodes[watched.node("app[0]")].condition.cut_off);
  EXPECT_FALSE(snapshot->frame->nodes[watched.node("app[1]")].condition.cut_off);
}

TEST(Watch, WhoWaitsNowIsCounted) {
  // Ten a second come, one in a second can be served: after 3 s about 27 wait.
  Watched watched(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
    "app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["cpu(1s)"]}})json",
                           "10s", R"json("network": {"default_latency": "0s"})json"));
  const NodeSample app = watched.to(Time(3050ms))->frame->nodes[watched.node("app")];
  const Node& node = *watched.run.system().nodes()[watched.node("app")];
  EXPECT_EQ(app.in_service_now, static_cast<float>(node.in_service()));
  EXPECT_EQ(app.queue_now, static_cast<float>(node.in_service() - 1));
  EXPECT_GT(app.queue_now, 20);
}

TEST(Watch, TellsWhatComesNext) {
  Watched watched(scenario(steady_server, "10s",
                           R"json("faults": [{"at": "3s", "for": "2s", "fault": "crash(app)"}],
                              "network": {"default_latency": "1ms"})json"));
  // At 2.9999 s the next request is to be sent at some time up to 3.01 s; the crash is next but
  // few.
  const auto snapshot = watched.to(Time(2999900us));
  ASSERT_FALSE(snapshot->next.empty());
  ASSERT_LE(snapshot->next.size(), Watch::next_max);
  EXPECT_TRUE(std::is_sorted(
      snapshot->next.begin(), snapshot->next.end(),
      [](const NextEvent& a, const NextEvent& b) { return a.at_seconds < b.at_seconds; }));
  const auto crash = std::find_if(snapshot->next.begin(), snapshot->next.end(),
                                  [](const NextEvent& e) { return e.component == "crash(app)"; });
  ASSERT_NE(crash, snapshot->next.end());
  EXPECT_DOUBLE_EQ(crash->at_seconds, 3);
  EXPECT_EQ(crash->what, "begins");
  // What is said to come first comes first.
  const double first = snapshot->next.front().at_seconds;
  watched.run.step();
  EXPECT_DOUBLE_EQ(to_seconds(watched.run.now()), first);
  EXPECT_TRUE(
      watched.run.watched()->snapshot({.standing = false, .window_over = false})->next.empty());
}

TEST(Watch, WhatIsScheduledBeyondTheEndNeverComes) {
  // A crash at 9 s is to end at 14 s, and the run ends at 10 s.
  Watched watched(
      scenario(steady_server, "10s",
               R"json("faults": [{"at": "9s", "for": "5s", "fault": "crash(app)"}])json"));
  const auto before = watched.to(Time(9500ms));
  EXPECT_FALSE(before->next.empty());
  for (const NextEvent& event : before->next) EXPECT_LE(event.at_seconds, 10) << event.component;
  EXPECT_TRUE(watched.to(Time(10s))->next.empty());
}

TEST(Watch, LogTellsOfFaultsNodesObjectivesAndTheRun) {
  Watched watched(
      warmed_scenario(steady_server, "20s", "1s",
                      R"json("faults": [{"at": "5s", "for": "2s", "fault": "crash(app)"}],
         "slos": [{"name": "works", "good": "ok", "target": "90%"}],
         "incidents": [{"name": "day", "at": "4s", "phases": [{"name": "bad", "for": "4s", "faults": []}]}])json"));
  const auto snapshot = watched.to(Time(20s));
  std::vector<std::string> lines;
  for (const LogLine& line : snapshot->log) {
    lines.push_back(fmt::format("{} {} {} {}{}", line.at_seconds, line.kind, line.component,
                                line.text, line.end ? " ends" : ""));
  }
  // Breaches are judged over steps of five points of the series, 0.05 s each: 0.25 s.
  EXPECT_EQ(lines,
            (std::vector<std::string>{
                "1 run  statistics begin", "4 phase  day: bad", "5 node app down",
                "5 fault  crash(app)", "5 slo works breach", "7 node app down ends",
                "7 fault  crash(app) ends", "7 slo works breach ends", "8 phase  day: bad ends"}));
}

TEST(Watch, LogTellsWhoLeads) {
  Watched watched(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(20/s)", "target": "db"},
    "db": {"type": "database", "replicas": 3, "service_time": "1ms", "replication": "raft"})json",
                           "30s",
                           R"json("faults": [{"at": "15s", "fault": "crash(db[0])"
}])json"));
  const auto snapshot = watched.to(Time(30s));
  std::size_t leaders = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string name = fmt::format("db[{}]", i);
    leaders += snapshot->frame->nodes[watched.node(name)].role == "leader" ? 1 : 0;
  }
  EXPECT_EQ(leaders, 1U);
  EXPECT_TRUE(std::any_of(snapshot->log.begin(), snapshot->log.end(),
                          [](const LogLine& line) { return line.kind == "leader" && !line.end; }));
}

TEST(Watch, HistoryOfManyNodesHasLongerFrames) {
  // 1,401 nodes and 400 steps are nearly four times the samples that are kept: a frame spans four
  // steps.
  Watched watched(scenario(R"json(
    "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app"},
    "app": {"type": "app_server", "replicas": 1400, "endpoints": {"default": ["cpu(1ms)"]}})json",
                           "2s"));
  const auto snapshot = watched.to(Time(2s));
  ASSERT_EQ(snapshot->history->size(), 100U);
  EXPECT_NEAR(snapshot->history->front()->to_seconds, 4 * snapshot->series_step_seconds, 1e-9);
  double received = 0;
  for (const auto& frame : *snapshot->history) {
    for (std::size_t i = 0; i < frame->nodes.size(); ++i) {
      received += (frame->to_seconds - frame->from_seconds) *
                  static_cast<double>(frame->nodes[i].received_per_second);
    }
  }
  EXPECT_NEAR(received, 2000, 2);
}

}  // namespace
}  // namespace faultline::sim
