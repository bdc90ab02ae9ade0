/// Costs against sums that can be made by hand.
#include "sim/scenario/cost_meter.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::problems_of;
using tests::run_checked;

/// Ten reads a second from outside; the app in zone a asks the database in zone b or region s.
std::string shop(const std::string& cost, const std::string& region = "r",
                 const std::string& rest = "") {
  return fmt::format(
      R"json({{"faultline": 1, "zones": {{"a": {{"region": "r"}}, "b": {{"region": "{1}"}}}}, "nodes": {{
    "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app", "size": "1kB"}},
    "app": {{"type": "app_server", "replicas": 2, "zone": "a", "workers": 4, "endpoints": {{"default": ["call(db)"]}}}},
    "db": {{"type": "database", "zone": "b", "connections": 4, "service_time": "1ms", "reply_size": "10kB"}}}},
    "network": {{"default_latency": "1ms"}}, "cost": {{{0}}},
    "run": {{"duration": "360s", "seed": 1{2}}}}})json",
      cost, region, rest);
}

/// Two machines of 3 an hour for a tenth of an hour: 0.6.
TEST(CostMeter, PricesTheTimeOfMachines) {
  const auto result = run_checked(shop(R"("node_hour": {"app": 3})"));
  EXPECT_NEAR(result.cost.all.total(), 0.6, 1e-9);
  EXPECT_NEAR(result.cost.groups.at("app").hours, 0.2, 1e-9);
  EXPECT_NEAR(result.cost.nodes.at("app[1]").machines, 0.3, 1e-9);
  EXPECT_NEAR(result.cost.per_hour(), 6, 1e-9);
  EXPECT_NEAR(result.cost.per_month(), 6 * 730, 1e-6);
  const double requests = static_cast<double>(result.requests.counts.ok);
  EXPECT_NEAR(result.cost.per_million_requests(), 0.6 / requests * 1e6, 1e-6);
  EXPECT_FALSE(result.cost.groups.contains("db"));
}

/// What was before the warm-up's end costs nothing here: half of the time is left.
TEST(CostMeter, CountsWhatIsMeasured) {
  const auto result = run_checked(shop(R"("node_hour": {"app": 3})", "r", R"(, "warmup": "180s")"));
  EXPECT_NEAR(result.cost.all.total(), 0.3, 1e-9);
}

TEST(CostMeter, PricesRequestsAndStorage) {
  const auto result = run_checked(
      shop(R"("million_requests": {"app": 2}, "stored": {"db": "730GB"}, "gb_month": {"db": 1})"));
  const double received = static_cast<double>(result.groups.at("app").counts.sent);
  EXPECT_NEAR(result.cost.groups.at("app").requests, received * 2e-6, 1e-12);
  // 730 GB for a month of 730 hours at 1: 1 an hour, and a tenth of it.
  EXPECT_NEAR(result.cost.groups.at("db").stored, 0.1, 1e-9);
}

/// Each request takes 1 kB from a to b, each reply 10 kB back, and 10 kB out to the users.
TEST(CostMeter, PricesWhatCrossesABoundary) {
  const std::string prices = R"("gb_moved": {"zone": 1000, "region": 5000, "internet": 9000})";
  const auto zones = run_checked(shop(prices));
  const double requests = static_cast<double>(zones.requests.counts.ok);
  EXPECT_NEAR(zones.cost.bytes_moved[0], requests * 11'000, 11'001);
  EXPECT_EQ(zones.cost.bytes_moved[1], 0);
  EXPECT_NEAR(zones.cost.bytes_moved[2], requests * 10'000, 10'001);
  EXPECT_NEAR(zones.cost.groups.at("app").moved, requests * (1e3 * 1e-6 + 1e4 * 9e-6), 0.2);
  EXPECT_NEAR(zones.cost.groups.at("db").moved, requests * 1e4 * 1e-6, 0.2);
  const auto regions = run_checked(shop(prices, "s"));
  EXPECT_EQ(regions.cost.bytes_moved[0], 0);
  EXPECT_NEAR(regions.cost.bytes_moved[1], requests * 11'000, 22'001);
}

/// Who is said to stand outside does: what the app sends to it goes out to the internet.
TEST(CostMeter, ThePlaceOutsideCanBeChosen) {
  const auto result =
      run_checked(shop(R"("gb_moved": {"internet": 1}, "outside": ["users", "db"])"));
  const double requests = static_cast<double>(result.requests.counts.ok);
  EXPECT_NEAR(result.cost.bytes_moved[2], requests * 11'000, 22'001);
}

/// Replicas that tell each other of writes pay for it when they stand in different zones.
TEST(CostMeter, CountsWhatReplicasPost) {
  const auto with = [](const std::string& zones) {
    return run_checked(fmt::format(
        R"json({{"faultline": 1, "zones": {{"a": {{"region": "r"}}, "b": {{"region": "r"}}}}, "nodes": {{
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "db[0]", "reads": "0%", "size": "1kB"}},
      "db": {{"type": "database", "replicas": 2, "zones": [{}], "service_time": "1ms", "replication": "primary_replica"}}}},
      "network": {{"default_latency": "1ms"}}, "cost": {{"gb_moved": {{"zone": 1}}}},
      "run": {{"duration": "60s", "seed": 1}}}})json",
        zones));
  };
  EXPECT_EQ(with(R"("a")").cost.bytes_moved[0], 0);
  EXPECT_GT(with(R"("a", "b")").cost.bytes_moved[0], 1000);
}

/// A list gives what the file does not say itself.
TEST(CostMeter, ReadsAPriceList) {
  const auto result = run_checked(
      shop(R"("prices": "scenarios/prices/example.csv", "machines": {"app": "four_cores"})"));
  EXPECT_NEAR(result.cost.all.machines, 0.2 * 0.2, 1e-9);
  EXPECT_EQ(result.cost.currency, "USD");
  EXPECT_EQ(result.cost.date, "2026-11-26");
  EXPECT_GT(result.cost.all.moved, 0) << "the list has prices of what is moved";
  const nlohmann::json json = sim::to_json(result);
  EXPECT_NEAR(json["cost"]["total"].get<double>(), result.cost.all.total(), 1e-12);
  EXPECT_EQ(json["cost"]["prices"], "Example");
}

/// Of replications it is the mean of one run, with an interval.
TEST(CostMeter, IsTheMeanOfReplications) {
  const auto result = tests::run_text(shop(R"("node_hour": {"app": 3})"), 3);
  EXPECT_NEAR(result.cost.all.total(), 0.6, 1e-9);
  EXPECT_NEAR(result.intervals.at("cost.total").mean, 0.6, 1e-9);
  EXPECT_NEAR(result.intervals.at("cost.total").half_width, 0, 1e-9);
}

/// Without the section there is no cost in the result.
TEST(CostMeter, WithoutPricesThereIsNoCost) {
  const auto result = run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(1/s)", "target": "app"},
         "app": {"type": "app_server", "workers": 1, "endpoints": {"default": ["cpu(1ms)"]}})json",
      "10s"));
  EXPECT_EQ(result.cost.runs, 0u);
  EXPECT_FALSE(sim::to_json(result).contains("cost"));
}

TEST(CostMeter, SaysWhatIsWrong) {
  EXPECT_EQ(problems_of(shop(R"("node_hour": {"ap": 3})")),
            "cost.node_hour.ap: there is no node \"ap\"; did you mean \"app\"?\n");
  EXPECT_EQ(problems_of(shop(R"("machines": {"app": "small"})")),
            "cost.machines.app: the price list has no node_hour \"small\"; name a list with "
            "`prices`\n");
  EXPECT_EQ(problems_of(shop(R"("stored": {"db": "1GB"})")),
            "cost.stored.db: what is kept has no price; give `storage`, an item of the list, or "
            "`gb_month`, a price\n");
  EXPECT_EQ(problems_of(shop(R"("gb_moved": {"moon": 1})")),
            "cost.gb_moved.moon: expected zone, region or internet\n");
  EXPECT_EQ(problems_of(shop(R"("prices": "scenarios/prices/example.csv", "currency": "EUR")")),
            "cost.currency: the price list is in USD, not in EUR\n");
}

}  // namespace
}  // namespace faultline
