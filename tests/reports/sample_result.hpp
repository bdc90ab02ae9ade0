/// Results made by hand for the tests of the reports, near enough to real ones to be looked at.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "sim/scenario/result.hpp"

namespace faultline::reports {

/// A sequence of numbers that is the same everywhere (a linear congruential generator; any will do
/// for a picture).
class SampleNumbers {
 public:
  explicit SampleNumbers(std::uint64_t seed) : state_(seed) {}
  double uniform() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (static_cast<double>(state_ >> 11) + 0.5) * 0x1.0p-53;
  }
  double exponential(double mean) { return -mean * std::log(uniform()); }

 private:
  std::uint64_t state_;
};

/// A three-tier shop in which app[0] crashes from 20 s to 30 s: a crash, a breached and a met SLO,
/// two classes of requests.
inline sim::Result sample_result() {
  SampleNumbers numbers(7);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  sim::Result result;
  result.version = "0.1.0";
  result.title = "Three-tier shop";
  result.scenario_sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  result.scenario_text =
      "{\n"
      "  \"faultline\": 1,\n"
      "  \"title\": \"Three-tier shop\",\n"
      "  \"nodes\": {\n"
      "    \"users\": {\"type\": \"clients\", \"arrivals\": \"poisson(500/s)\", \"target\": "
      "\"edge\"},\n"
      "    \"edge\":  {\"type\": \"l7_balancer\", \"policy\": \"least_connections\", \"backends\": "
      "[\"app\"]},\n"
      "    \"app\":   {\"type\": \"app_server\", \"replicas\": 8, \"workers\": 4},\n"
      "    \"cache\": {\"type\": \"cache\", \"capacity\": 20000, \"eviction\": \"lru\"},\n"
      "    \"db\":    {\"type\": \"database\", \"connections\": 16}\n"
      "  },\n"
      "  \"run\": {\"duration\": \"60s\", \"warmup\": \"5s\", \"seed\": 1}  // A minute will do.\n"
      "}\n";
  result.seed = 1;
  result.virtual_seconds = 60;
  result.planned_seconds = 60;
  result.warmup_seconds = 5;
  result.measured_seconds = 55;
  result.wall_seconds = 0.5;
  result.events = 1'234'567;
  result.order_digest = "8c1f6e0d5a7b4c3d2e1f0a9b8c7d6e5f";
  result.results_digest = "0123456789abcdef0123456789abcdef";

  const auto fill = [&](sim::Histogram& histogram, int count, double mean_seconds) {
    for (int i = 0; i < count; ++i) {
      const double hit = numbers.uniform() < 0.78 ? 0.0 : numbers.exponential(8e-3);
      const double stall = numbers.uniform() < 0.01 ? 0.05 + numbers.exponential(0.08) : 0.0;
      const double seconds = 0.7e-3 + numbers.exponential(mean_seconds) + hit + stall;
      histogram.record(static_cast<std::int64_t>(seconds * 1e9));
    }
  };
  const auto add_class = [&](const std::string& name, int count, double mean_seconds) {
    sim::RequestsResult& part = result.by_class[name];
    fill(part.latency, count, mean_seconds);
    part.counts.sent = part.counts.ok = static_cast<std::uint64_t>(count);
    part.throughput_per_second = count / 55.0;
    result.requests.latency.merge(part.latency);
  };
  add_class("browse", 24'800, 6e-3);
  add_class("checkout", 2'488, 14e-3);
  result.requests.counts = {27'512, 27'288, 112, 109, 3, {{"refused", 112}, {"timeout", 109}}};
  result.by_class["browse"].counts = {25'002, 24'800, 112,
                                      87,     3,      {{"refused", 112}, {"timeout", 87}}};
  result.by_class["checkout"].counts = {2'510, 2'488, 0, 22, 0, {{"timeout", 22}}};
  result.requests.throughput_per_second = 27'288 / 55.0;

  result.series_start_seconds = 0;
  result.series_step_seconds = 0.5;
  for (int step = 0; step < 120; ++step) {
    const double at = step * 0.5;
    const bool down = at >= 20 && at < 30;
    const double wave = down ? 1 - std::cos((at - 20) / 10 * 6.2832) : 0;
    result.series["throughput_per_second"].push_back(496 - 20 * wave +
                                                     40 * (numbers.uniform() - 0.5));
    result.series["fail_per_second"].push_back(down ? 10 * numbers.uniform() : 0);
    result.series["unknown_per_second"].push_back(down ? 9 * numbers.uniform() : 0);
    result.series["latency_p50_seconds"].push_back(0.0062 + 0.001 * numbers.uniform() +
                                                   0.003 * wave);
    result.series["latency_p90_seconds"].push_back(0.021 + 0.003 * numbers.uniform() + 0.02 * wave);
    result.series["latency_p99_seconds"].push_back(
        step == 3 ? nan : 0.046 + 0.01 * numbers.uniform() + 0.12 * wave);
  }

  const auto add_node = [&](const std::string& name, const std::string& group,
                            const std::string& type, double utilization, double queue,
                            double latency_mean, std::uint64_t received) {
    sim::NodeResult node;
    node.name = name;
    node.group = group;
    node.type = type;
    node.counts = {received, received, 0, 0, 0, {}};
    if (utilization >= 0) {
      node.scalars["utilization"] = utilization;
      node.scalars["queue_length_mean"] = queue;
      for (int step = 0; step < 120; ++step) {
        const double at = step * 0.5;
        const bool down = at >= 20 && at < 30;
        const bool victim = name == "app[0]";
        const double share =
            victim && down ? 0 : utilization * (down && group == "app" ? 1.12 : 1.0);
        node.series["utilization"].push_back(
            std::fmin(1, std::fmax(0, share + (share > 0 ? 0.1 * (numbers.uniform() - 0.5) : 0))));
        node.series["queue_length"].push_back(
            share > 0 ? numbers.exponential(queue * (down ? 3 : 1)) : 0);
      }
      fill(node.histograms["latency_seconds"], 2000, latency_mean);
      fill(node.histograms["queue_wait_seconds"], 2000, latency_mean / 10);
    }
    result.nodes.push_back(std::move(node));
  };
  for (int i = 0; i < 8; ++i) {
    add_node("app[" + std::to_string(i) + "]", "app", "app_server", 0.66 + 0.01 * i, 0.21, 6e-3,
             3'439);
  }
  result.nodes.front().counts = {3'000, 2'888, 112, 0, 0, {{"refused", 112}}};
  add_node("cache", "cache", "cache", 0.055, 0.002, 2e-4, 27'400);
  result.nodes.back().scalars["hit_ratio"] = 0.7812;
  add_node("db", "db", "database", 0.93, 4.7, 9e-3, 6'021);
  add_node("edge", "edge", "l7_balancer", 0.31, 0.02, 6e-3, 27'512);
  add_node("users", "users", "clients", -1, 0, 0, 27'512);
  result.nodes.back().counts = result.requests.counts;
  result.nodes.back().histograms["latency_seconds"] = result.requests.latency;

  result.slos.push_back({"fast",
                         "latency < 50ms",
                         "30d",
                         0.99,
                         26'950,
                         27'509,
                         26'950.0 / 27'509,
                         false,
                         2.03,
                         {{"fast: breach", "breach", 21.5, 29}}});
  result.slos.push_back(
      {"available", "ok", "30d", 0.99, 27'288, 27'509, 27'288.0 / 27'509, true, 0.803, {}});
  result.faults.push_back({"crash(app[0])", "fault", 20, 30});
  result.expectations.push_back({"requests.latency_seconds.p99 < 0.05", 0.0713, false, true});
  result.expectations.push_back({"nodes.db.utilization between 0.6 and 0.95", 0.93, true, true});

  result.topology_nodes = {{"users", "clients", 1},
                           {"edge", "l7_balancer", 1},
                           {"app", "app_server", 8},
                           {"cache", "cache", 1},
                           {"db", "database", 1}};
  result.topology_edges = {{"users", "edge", "target"},
                           {"edge", "app", "backends"},
                           {"app", "cache", "cache"},
                           {"app", "db", "store"}};
  return result;
}

/// As sample_result, with `count` app servers in one group.
inline sim::Result sample_with_replicas(int count) {
  sim::Result result = sample_result();
  SampleNumbers numbers(11);
  std::erase_if(result.nodes, [](const sim::NodeResult& node) { return node.group == "app"; });
  std::vector<sim::NodeResult> servers;
  for (int i = 0; i < count; ++i) {
    sim::NodeResult node;
    node.name = "app[" + std::to_string(i) + "]";
    node.group = "app";
    node.type = "app_server";
    node.counts = {27, 27, 0, 0, 0, {}};
    const double utilization = 0.5 + 0.3 * numbers.uniform();
    node.scalars = {{"utilization", utilization}, {"queue_length_mean", 0.1}};
    for (int step = 0; step < 120; ++step) {
      node.series["utilization"].push_back(utilization * (0.8 + 0.4 * numbers.uniform()));
      node.series["queue_length"].push_back(numbers.exponential(0.1));
    }
    node.histograms["latency_seconds"].record(static_cast<std::int64_t>(numbers.exponential(6e6)));
    servers.push_back(std::move(node));
  }
  result.nodes.insert(result.nodes.begin(), servers.begin(), servers.end());
  for (sim::TopologyNode& node : result.topology_nodes) {
    if (node.name == "app") node.replicas = count;
  }
  return result;
}

/// As sample_result, with `count` further groups of one node each, wired behind the app.
inline sim::Result sample_with_groups(int count) {
  sim::Result result = sample_result();
  SampleNumbers numbers(13);
  for (int i = 0; i < count; ++i) {
    sim::NodeResult node;
    node.name = node.group = "service-" + std::to_string(i);
    node.type = "app_server";
    node.counts = {100, 100, 0, 0, 0, {}};
    const double utilization = numbers.uniform();
    node.scalars = {{"utilization", utilization}, {"queue_length_mean", utilization * 2}};
    for (int step = 0; step < 120; ++step) {
      node.series["utilization"].push_back(utilization * (0.8 + 0.2 * numbers.uniform()));
      node.series["queue_length"].push_back(numbers.exponential(utilization * 2));
    }
    node.histograms["latency_seconds"].record(static_cast<std::int64_t>(numbers.exponential(6e6)));
    result.topology_nodes.push_back({node.name, node.type, 1});
    result.topology_edges.push_back({"app", node.name, "call"});
    result.nodes.push_back(std::move(node));
  }
  return result;
}

}  // namespace faultline::reports
