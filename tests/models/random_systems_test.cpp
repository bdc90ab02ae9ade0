/// Small systems drawn by lot, with faults drawn by lot: what must hold in each of them. A failure
/// prints the seed and the scenario; `faultline run` on that text shows the same run.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/resilience/retry/retry_policy.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/run.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using Json = nlohmann::json;

/// Draws a scenario.
class SystemMaker {
 public:
  explicit SystemMaker(std::uint64_t seed) : stream_(seed, 0, "random system", "shape") {}

  std::string make() {
    const int stores = between(1, 2);
    for (int i = 0; i < stores; ++i) add("db" + std::to_string(i), database(), between(1, 3));
    stores_ = targets_;
    const int caches = between(0, 2);
    for (int i = 0; i < caches; ++i) {
      caches_.push_back("cache" + std::to_string(i));
      add(caches_.back(), cache(), between(1, 2));
    }
    // Each layer of apps calls what stands below it, so there is no cycle.
    const int layers = between(1, 3);
    for (int i = 0; i < layers; ++i) add("app" + std::to_string(i), app(), between(1, 4));
    if (chance(0.7)) {
      const std::string backend = "app" + std::to_string(layers - 1);
      Json balancer = {{"type", "l7_balancer"},
                       {"backends", {backend}},
                       {"policy", one_of_kind(models::BalancingPolicy::kind)}};
      if (chance(0.3)) balancer["backends"].push_back(one_of(stores_));
      if (chance(0.3)) balancer["service_time"] = span();
      if (chance(0.3)) {
        balancer["workers"] = between(1, 3);
        balancer["queue_limit"] = between(0, 5);
      }
      if (chance(0.5)) balancer["max_fails"] = between(0, 3);
      if (chance(0.5)) balancer["fail_timeout"] = std::to_string(between(50, 3000)) + "ms";
      if (chance(0.3)) balancer["tries"] = between(1, 3);
      if (chance(0.3)) balancer["weights"][backend] = between(0, 5);
      add("lb", balancer, between(1, 2));
    }
    const int users = between(1, 3);
    for (int i = 0; i < users; ++i) add("users" + std::to_string(i), clients(), between(1, 2));
    return Json{{"faultline", 1},
                {"nodes", nodes_},
                {"network", network()},
                {"faults", faults()},
                {"run", {{"duration", std::to_string(between(2, 6)) + "s"}}}}
        .dump();
  }

 private:
  int between(int low, int high) {
    return low + static_cast<int>(stream_.below(static_cast<std::uint64_t>(high - low + 1)));
  }
  bool chance(double probability) { return stream_.chance(probability); }
  std::string one_of(const std::vector<std::string>& words) {
    return words[stream_.below(words.size())];
  }
  std::string one_of_kind(std::string_view kind) {
    std::vector<std::string> names = sim::TypeCatalogue::instance().names(kind);
    std::erase(names, "belady");
    return one_of(names);
  }
  std::string span() {
    const std::string mean = std::to_string(between(0, 8000)) + "us";
    switch (between(0, 3)) {
      case 0:
        return mean;
      case 1:
        return "uniform(low=0s, high=" + mean + ")";
      case 2:
        return "lognormal(median=1ms, sigma=1)";
      default:
        return "exponential(" + std::to_string(between(1, 8000)) + "us)";
    }
  }
  std::string patience() { return std::to_string(between(1, 200)) + "ms"; }

  void add(const std::string& name, Json node, int replicas) {
    if (replicas > 1) node["replicas"] = replicas;
    nodes_[name] = std::move(node);
    groups_.push_back(name);
    if (name.substr(0, 5) != "users") targets_.push_back(name);
    for (int i = 0; i < replicas; ++i) places_.push_back(name + "[" + std::to_string(i) + "]");
    places_.push_back(name);
  }

  /// Gives a node or a step a part of what a caller can carry, by lot.
  void equip(Json& caller, const std::string& prefix = "") {
    if (chance(0.4)) {
      caller[prefix + "retry"] = one_of_kind(models::RetryPolicy::kind) + "(" +
                                 std::to_string(between(1, 4)) +
                                 ", base=" + std::to_string(between(0, 20)) + "ms, cap=50ms)";
    }
    if (chance(0.3)) {
      caller[prefix + "retry_budget"] =
          chance(0.5) ? "grpc(" + std::to_string(between(1, 20)) + ")"
                      : "finagle(" + std::to_string(between(0, 60)) +
                            "%, retries_min=" + std::to_string(between(0, 3)) + "/s)";
    }
    if (chance(0.3)) {
      const std::string rest =
          "open_for=" + patience() + ", half_open_calls=" + std::to_string(between(1, 5)) + ")";
      caller[prefix + "breaker"] =
          one_of({"count_window(10, min_calls=5, slow_call=9ms, slow_rate=60%, " + rest,
                  "time_window(2s, min_calls=5, " + rest, "consecutive_failures(2, " + rest});
    }
    if (chance(0.3)) {
      caller[prefix + "bulkhead"] = one_of({"semaphore(2)", "semaphore(1, wait=" + patience() + ")",
                                            "thread_pool(2, queue=3)", "thread_pool(1)"});
    }
    if (chance(0.3)) {
      caller[prefix + "hedge"] = one_of({"fixed_delay(" + patience() + ", hedges=3)",
                                         "fixed_delay(0s)", "percentile(70%, min_calls=10)"});
    }
    if (chance(0.2)) {
      caller[prefix + "fallback"] = one_of(
          {"static_answer", "static_answer(writes=true)", "other_target(" + one_of(stores_) + ")"});
    }
    if (chance(0.3)) caller[prefix + "idempotent"] = true;
    if (chance(0.3)) caller[prefix + "deadline"] = std::to_string(between(200, 400)) + "ms";
  }

  Json database() {
    Json node = {{"type", "database"}, {"connections", between(1, 6)}, {"service_time", span()}};
    if (chance(0.4)) node["queue_limit"] = between(0, 10);
    if (chance(0.4)) node["write_service_time"] = span();
    if (chance(0.4)) node["reply_size"] = "exponential(1KiB)";
    return node;
  }

  Json cache() {
    Json node = {{"type", "cache"},
                 {"capacity", between(1, 100)},
                 {"eviction", one_of_kind(models::EvictionPolicy::kind)}};
    if (chance(0.3)) node["capacity"] = "64KiB";
    if (chance(0.5)) node["service_time"] = span();
    if (chance(0.5)) node["ttl"] = patience();
    if (chance(0.4)) {
      node["workers"] = between(1, 3);
      if (chance(0.5)) node["queue_limit"] = between(0, 5);
    }
    return node;
  }

  Json app() {
    Json node = {{"type", "app_server"}, {"endpoints", {{"default", steps(0)}}}};
    if (chance(0.5)) node["endpoints"]["other"] = steps(0);
    if (chance(0.6)) {
      node["workers"] = between(1, 8);
      if (chance(0.5)) node["queue_limit"] = between(0, 20);
      if (chance(0.5)) node["queue_order"] = one_of({"fifo", "lifo", "priority"});
    }
    if (chance(0.6)) {
      node["cores"] = between(1, 4);
      if (chance(0.4)) node["scheduling"] = "processor_sharing";
    }
    return node;
  }

  Json steps(int depth) {
    Json list = Json::array();
    const int count = between(depth == 0 ? 0 : 1, 3);
    for (int i = 0; i < count; ++i) list.push_back(step(depth));
    return list;
  }

  Json step(int depth) {
    switch (between(0, depth < 3 ? 8 : 5)) {
      case 0:
        return "cpu(" + span() + ")";
      case 1:
        return "sleep(" + span() + ")";
      case 2:
        return "fail(" + std::to_string(between(0, 20)) + "%)";
      case 3:
      case 4: {
        Json call = {{"type", "call"}, {"target", one_of(targets_)}};
        if (chance(0.4)) call["timeout"] = patience();
        if (chance(0.3)) call["operation"] = one_of({"same", "read", "write"});
        if (chance(0.2)) call["endpoint"] = "other";
        if (chance(0.4)) equip(call);
        return call;
      }
      case 5: {
        if (caches_.empty()) return "cpu(1ms)";
        Json aside = {
            {"type", "cache_aside"}, {"cache", one_of(caches_)}, {"store", one_of(stores_)}};
        if (chance(0.4)) aside["ttl"] = patience();
        if (chance(0.3)) aside["cache_timeout"] = patience();
        if (chance(0.3)) aside["store_timeout"] = patience();
        if (chance(0.2)) equip(aside, "cache_");
        if (chance(0.3)) equip(aside, "store_");
        return aside;
      }
      case 6:
        return {{"type", "parallel"}, {"steps", steps(depth + 1)}};
      case 7:
        return {{"type", "sequence"}, {"steps", steps(depth + 1)}};
      default: {
        Json options = Json::array();
        const int count = between(1, 3);
        for (int i = 0; i < count; ++i)
          options.push_back({{"weight", between(1, 5)}, {"steps", steps(depth + 1)}});
        return {{"type", "choose"}, {"options", options}};
      }
    }
  }

  Json clients() {
    const std::string rate = std::to_string(between(5, 150)) + "/s";
    Json node = {{"type", "clients"}, {"target", chance(0.8) ? targets_.back() : one_of(targets_)}};
    node["arrivals"] = chance(0.3) ? "constant(" + rate + ")" : "poisson(" + rate + ")";
    node["reads"] = std::to_string(between(0, 100)) + "%";
    node["keys"] = one_of({"uniform(50)", "zipf(n=300, s=0.9)", "sequential(n=40)",
                           "latest(n=100, s=1)", "hotspot(n=100)"});
    if (chance(0.7)) node["timeout"] = patience();
    if (chance(0.4))
      node["mix"] = {{{"endpoint", "default"}, {"weight", 2}},
                     {{"endpoint", "other"}, {"size", "100B"}}};
    if (chance(0.3)) node["addresses"] = between(1, 10);
    if (chance(0.3)) equip(node);
    return node;
  }

  Json network() {
    Json network = {{"default_latency",
                     chance(0.5) ? std::to_string(between(0, 900)) + "us" : "exponential(300us)"}};
    const int links = between(0, 3);
    for (int i = 0; i < links; ++i) {
      network["links"].push_back(
          {{"from", one_of(places_)}, {"to", one_of(places_)}, {"latency", span()}});
    }
    return network;
  }

  Json faults() {
    Json list = Json::array();
    const int count = between(0, 5);
    for (int i = 0; i < count; ++i) {
      const std::string place = one_of(places_);
      Json fault = {{"fault", fault_at(place)}};
      if (chance(0.6)) {
        fault["at"] = std::to_string(between(0, 3000)) + "ms";
        if (chance(0.8)) fault["for"] = std::to_string(between(1, 2000)) + "ms";
        if (fault.contains("for") && chance(0.3)) fault["every"] = "2001ms";
        if (chance(0.2)) fault["count"] = 1;
      } else {
        fault["mtbf"] = std::to_string(between(50, 2000)) + "ms";
        fault[chance(0.5) ? "mttr" : "for"] = std::to_string(between(1, 500)) + "ms";
      }
      list.push_back(fault);
    }
    return list;
  }

  /// Any fault that `place` can suffer.
  std::string fault_at(const std::string& place) {
    const auto times = [this] { return std::to_string(between(1, 9)); };
    const auto part = [this] { return std::to_string(between(1, 99)) + "%"; };
    if (chance(0.3)) return "crash(" + place + ")";
    std::vector<std::string> kinds{
        "slow(" + place + ", factor=" + times() + ")",
        "vanish(" + place + ")",
        "pause(" + place + ")",
        "error_rate(" + place + ", " + part() + (chance(0.5) ? ", after)" : ")"),
        "clock_skew(" + place + ", " + (chance(0.5) ? "-" : "") + times() + "s)",
        "clock_drift(" + place + ", 0." + times() + ")",
        "cold_start(" + place + ", warmup=" + times() + "00ms)",
        "bad_deploy(" + place + ", interval=" + times() + "00ms, factor=1.5, errors=" + part() +
            ")"};
    if (place.starts_with("app")) kinds.push_back("cpu_pressure(" + place + ", " + part() + ")");
    if (place.starts_with("app") || place.starts_with("cache"))
      kinds.push_back("memory_pressure(" + place + ", " + part() + ")");
    if (place.starts_with("cache")) kinds.push_back("cache_flush(" + place + ")");
    if (place.starts_with("db")) {
      kinds.push_back("disk_slow(" + place + ", factor=" + times() + ")");
      kinds.push_back("connection_limit(" + place + ", " + times() + ")");
    }
    return one_of(kinds);
  }

  sim::Stream stream_;
  Json nodes_ = Json::object();
  std::vector<std::string> groups_;
  std::vector<std::string> targets_;  ///< Groups that take requests, lowest first.
  std::vector<std::string> stores_;
  std::vector<std::string> caches_;
  std::vector<std::string> places_;  ///< Groups and single nodes.
};

/// What holds for a node at any time, counted from the start of the run.
void expect_sound(const sim::Node& node, sim::Time now) {
  const sim::OutcomeTally& tally = node.tally();
  ASSERT_EQ(tally.sent, tally.finished() + node.in_service()) << node.name();
  if (!node.up()) {
    ASSERT_EQ(node.in_service(), 0u) << node.name();
  }
  // Little's law: the area under the number of requests here is the sum of their stays. Of those
  // that did not end ok only the number is known; where all did and nobody is here it is exact.
  const sim::Int128 area = node.in_service_gauge().area(now);
  const auto stays = static_cast<sim::Int128>(node.latency().sum());
  ASSERT_TRUE(area >= stays) << node.name();
  if (node.in_service() == 0 && tally.finished() == tally.ok()) {
    ASSERT_TRUE(area == stays) << node.name();
  }
}

/// What the callers of a node counted since the run began. A message is a first try, a retry or a
/// hedge, unless the breaker or the bulkhead stopped it, or its call did not come so far yet.
void expect_sound_callers(const sim::NodeResult& node) {
  if (node.scalars.count("calls") == 0) return;
  const auto count = [&node](const char* name) { return node.scalars.at(name); };
  EXPECT_LE(count("attempts") + count("breaker_rejected") + count("bulkhead_rejected"),
            count("calls") + count("retries") + count("hedges_sent"))
      << node.name;
  EXPECT_LE(count("hedges_won"), count("hedges_sent")) << node.name;
  EXPECT_LE(count("fallbacks"), count("calls")) << node.name;
  EXPECT_LE(count("retries"), 3 * count("calls")) << node.name;
}

void expect_sound(const sim::Result& result) {
  tests::expect_conservation(result);
  for (const sim::NodeResult& node : result.nodes) {
    expect_sound_callers(node);
    for (const auto& [name, value] : node.scalars) {
      EXPECT_TRUE(std::isfinite(value)) << node.name << " " << name;
      EXPECT_GE(value, 0) << node.name << " " << name;
    }
    for (const char* share :
         {"utilization", "hit_ratio", "workers_utilization", "cores_utilization"}) {
      const auto found = node.scalars.find(share);
      if (found != node.scalars.end()) {
        EXPECT_LE(found->second, 1 + 1e-12) << node.name << " " << share;
      }
    }
    for (const auto& [name, values] : node.series) {
      for (const double value : values) EXPECT_GE(value, -1e-9) << node.name << " " << name;
    }
  }
}

void check_system(std::uint64_t seed) {
  const std::string text = SystemMaker(seed).make();
  SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
  ASSERT_EQ(tests::problems_of(text), "");
  const sim::Spec spec = tests::spec_of(text);
  sim::Problems problems;
  sim::Run run(spec, seed, 0, problems);
  for (int i = 1; i <= 20 && !testing::Test::HasFatalFailure(); ++i) {
    run.run_until(sim::Time(spec.run.duration * i / 20));
    for (const auto& node : run.system().nodes()) expect_sound(*node, run.now());
    const sim::RequestLog& requests = run.system().requests();
    ASSERT_EQ(requests.sent_total(), requests.finished_total() + requests.in_flight());
    expect_sound(run.result());
  }
  const sim::Result result = run.result();
  EXPECT_FALSE(result.cut_short);
  // The same in one go, in another run.
  sim::Run again(spec, seed, 0, problems);
  again.run_to_end();
  EXPECT_EQ(again.result().order_digest, result.order_digest);
  EXPECT_EQ(again.result().results_digest, result.results_digest);
}

TEST(RandomSystems, KeepTheirAccounts) {
  for (std::uint64_t seed = 1; seed <= 60 && !testing::Test::HasFailure(); ++seed)
    check_system(seed);
}

TEST(SlowRandomSystems, KeepTheirAccounts) {
  for (std::uint64_t seed = 1001; seed <= 3000 && !testing::Test::HasFailure(); ++seed)
    check_system(seed);
}

TEST(RandomSystems, ShowEveryOutcome) {
  // The lot is wide enough: all outcomes and reasons that the models know come up.
  std::map<std::string, std::uint64_t> reasons;
  sim::OutcomeCounts sum;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const sim::Result result = tests::run_text(SystemMaker(seed).make());
    sum.ok += result.requests.counts.ok;
    sum.fail += result.requests.counts.fail;
    sum.unknown += result.requests.counts.unknown;
    sum.in_flight += result.requests.counts.in_flight;
    for (const auto& [reason, count] : result.requests.counts.errors) reasons[reason] += count;
  }
  EXPECT_GT(sum.ok, 0u);
  EXPECT_GT(sum.fail, 0u);
  EXPECT_GT(sum.unknown, 0u);
  EXPECT_GT(sum.in_flight, 0u);
  for (const char* reason :
       {"timeout", "rejected", "refused", "reset", "error", "breaker_open", "bulkhead"})
    EXPECT_GT(reasons[reason], 0u) << reason;
}

}  // namespace
}  // namespace faultline
