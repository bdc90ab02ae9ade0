#include "sim/measure/theory.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <numeric>
#include <vector>

#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim::theory {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Little's law, in the station and in its queue.
void expect_consistent(const Station& station) {
  const auto near = [](double left, double right) {
    EXPECT_NEAR(left, right, 1e-9 * (1 + std::abs(right)));
  };
  near(station.number_mean, station.throughput * station.response_mean);
  near(station.queue_length_mean, station.throughput * station.wait_mean);
}

TEST(Theory, Mm1) {
  EXPECT_NEAR(mm1({.arrival_rate = 0.5}).response_mean, 2, 1e-12);
  EXPECT_NEAR(mm1({.arrival_rate = 0.8}).response_mean, 5, 1e-12);
  EXPECT_NEAR(mm1({.arrival_rate = 0.9}).response_mean, 10, 1e-12);
  EXPECT_NEAR(mm1_response_quantile({.arrival_rate = 0.5}, 0.99), 9.2103, 5e-5);
  EXPECT_NEAR(mm1_response_quantile({.arrival_rate = 0.8}, 0.99), 23.0259, 5e-5);
  EXPECT_NEAR(mm1_response_quantile({.arrival_rate = 0.9}, 0.99), 46.0517, 5e-5);
  const Station station = mm1({.arrival_rate = 80, .service_rate = 100});
  expect_consistent(station);
  EXPECT_NEAR(station.number_mean, 4, 1e-12);
  EXPECT_NEAR(station.utilization, 0.8, 1e-15);
  EXPECT_NEAR(station.wait_probability, 0.8, 1e-15);
}

TEST(Theory, Mmc) {
  struct Row {
    std::int64_t servers;
    double wait_probability;
    double wait_mean;
  };
  for (const Row& row :
       {Row{2, 0.711111, 1.777778}, Row{4, 0.596432, 0.745541}, Row{16, 0.304884, 0.095276}}) {
    const Station station =
        mmc({.arrival_rate = 0.8 * static_cast<double>(row.servers)}, row.servers);
    EXPECT_NEAR(station.wait_probability, row.wait_probability, 5e-7);
    EXPECT_NEAR(station.wait_mean, row.wait_mean, 5e-7);
    EXPECT_NEAR(station.utilization, 0.8, 1e-15);
    expect_consistent(station);
  }
  EXPECT_NEAR(mmc({.arrival_rate = 1.8}, 2).response_mean, 5.263158, 5e-7);
  EXPECT_NEAR(mmc({.arrival_rate = 3.6}, 4).response_mean, 2.969383, 5e-7);
}

TEST(Theory, ErlangTables) {
  // Two lines offered 1 erlang block 1/5; ten lines offered 5 erlang block 1.84 % (any Erlang B
  // table).
  EXPECT_NEAR(erlang_b(2, 1), 0.2, 1e-15);
  EXPECT_NEAR(erlang_b(10, 5), 0.018385, 5e-7);
  EXPECT_NEAR(erlang_c(1, 0.3), 0.3, 1e-15);
  EXPECT_EQ(erlang_c(4, 4), 1);
  EXPECT_EQ(erlang_b(3, 0), 0);
}

TEST(Theory, MmcWaitQuantileInvertsTheDistribution) {
  const Load load{.arrival_rate = 3.2};
  EXPECT_EQ(mmc_wait_quantile(load, 4, 0.4), 0);
  const double wait = mmc_wait_quantile(load, 4, 0.99);
  EXPECT_NEAR(erlang_c(4, 3.2) * std::exp(-0.8 * wait), 0.01, 1e-12);
}

TEST(Theory, OverloadIsInfinite) {
  const Station station = mmc({.arrival_rate = 5}, 4);
  EXPECT_EQ(station.response_mean, infinity);
  EXPECT_EQ(station.number_mean, infinity);
  EXPECT_EQ(station.utilization, 1);
  EXPECT_EQ(station.throughput, 4);
  EXPECT_EQ(station.wait_probability, 1);
  EXPECT_EQ(mm1_response_quantile({.arrival_rate = 1}, 0.5), infinity);
  EXPECT_EQ(mmc_wait_quantile({.arrival_rate = 4}, 4, 0.5), infinity);
  EXPECT_EQ(mg1({.arrival_rate = 1}, 1).wait_mean, infinity);
  EXPECT_EQ(mg1_processor_sharing({.arrival_rate = 2}).response_mean, infinity);
  EXPECT_EQ(erlang_m1({.arrival_rate = 1}, 2).wait_mean, infinity);
}

TEST(Theory, AnIdleStationOnlyServes) {
  for (const Station& station : {mm1({}), mmc({}, 3), mmck({}, {.servers = 2, .capacity = 5}),
                                 mg1({}, 2), mg1_processor_sharing({}), erlang_m1({}, 3)}) {
    EXPECT_EQ(station.response_mean, 1);
    EXPECT_EQ(station.wait_mean, 0);
    EXPECT_EQ(station.number_mean, 0);
    EXPECT_EQ(station.utilization, 0);
  }
}

TEST(Theory, Mmck) {
  const Station station = mmck({.arrival_rate = 0.8}, {.servers = 1, .capacity = 3});
  EXPECT_NEAR(station.loss_probability, 0.173442, 5e-7);
  EXPECT_NEAR(station.number_mean, 1.224932, 5e-7);
  EXPECT_NEAR(station.response_mean, 1.852459, 5e-7);
  EXPECT_NEAR(station.throughput, 0.661247, 5e-7);
  expect_consistent(station);
}

TEST(Theory, MmckHasErlangBAndMmcAsItsEnds) {
  const Station no_queue = mmck({.arrival_rate = 5}, {.servers = 10, .capacity = 10});
  EXPECT_NEAR(no_queue.loss_probability, erlang_b(10, 5), 1e-14);
  EXPECT_EQ(no_queue.wait_probability, 0);
  const Station long_queue = mmck({.arrival_rate = 3.6}, {.servers = 4, .capacity = 5000});
  const Station endless = mmc({.arrival_rate = 3.6}, 4);
  EXPECT_NEAR(long_queue.response_mean, endless.response_mean, 1e-9);
  EXPECT_NEAR(long_queue.wait_probability, endless.wait_probability, 1e-9);
  // Far overloaded, numbers beyond 1e200 inside: it always works and loses the rest.
  const Station flooded = mmck({.arrival_rate = 1000}, {.servers = 1, .capacity = 100'000});
  EXPECT_NEAR(flooded.throughput, 1, 1e-9);
  EXPECT_NEAR(flooded.loss_probability, 0.999, 1e-9);
  EXPECT_NEAR(flooded.number_mean, 100'000, 0.01);
}

TEST(Theory, Mg1) {
  EXPECT_NEAR(mg1({.arrival_rate = 0.8}, 0).response_mean, 3, 1e-12);
  EXPECT_NEAR(mg1({.arrival_rate = 0.8}, 1).response_mean, 5, 1e-12);
  EXPECT_NEAR(mg1({.arrival_rate = 0.8}, 2).response_mean, 11, 1e-12);
  EXPECT_NEAR(mg1({.arrival_rate = 0.8}, 3).response_mean, 21, 1e-12);
  expect_consistent(mg1({.arrival_rate = 0.8}, 2));
}

TEST(Theory, ProcessorSharing) {
  const Station station = mg1_processor_sharing({.arrival_rate = 0.8});
  EXPECT_NEAR(station.response_mean, 5, 1e-12);
  EXPECT_NEAR(station.number_mean, 4, 1e-12);
  // Two servers of rate 2, arrivals 1: a random split is M/M/1, round robin E_2/M/1 at each.
  EXPECT_NEAR(mg1_processor_sharing({.arrival_rate = 0.5, .service_rate = 2}).response_mean,
              0.666667, 5e-7);
  const Station dealt = erlang_m1({.arrival_rate = 0.5, .service_rate = 2}, 2);
  EXPECT_NEAR(dealt.response_mean, 0.577350, 5e-7);
  expect_consistent(dealt);
}

TEST(Theory, ErlangM1HasPoissonAndConstantArrivalsAsItsEnds) {
  EXPECT_NEAR(erlang_m1({.arrival_rate = 0.8}, 1).response_mean, 5, 1e-9);
  // D/M/1 at load 0.5: sigma = exp(-2 (1 - sigma)) = 0.203188.
  EXPECT_NEAR(erlang_m1({.arrival_rate = 0.5}, 10'000'000).wait_probability, 0.203188, 1e-6);
}

TEST(Theory, ForkJoinOfTwo) {
  EXPECT_NEAR(fork_join_of_two({.arrival_rate = 0.5}), 2.875, 1e-12);
  EXPECT_NEAR(fork_join_of_two({.arrival_rate = 0.8}), 7.0, 1e-12);
}

TEST(Theory, JacksonNetwork) {
  const OpenNetworkMetrics metrics = jackson({.external_rates = {1, 0, 0},
                                              .routing = {{0, 0.5, 0.3}, {1, 0, 0}, {1, 0, 0}},
                                              .service_rates = {8, 4, 3}});
  ASSERT_EQ(metrics.stations.size(), 3U);
  EXPECT_NEAR(metrics.stations[0].number_mean, 5.0 / 3, 1e-12);
  EXPECT_NEAR(metrics.stations[1].number_mean, 5.0 / 3, 1e-12);
  EXPECT_NEAR(metrics.stations[2].number_mean, 1, 1e-12);
  EXPECT_NEAR(metrics.response_mean, 13.0 / 3, 1e-12);
  EXPECT_NEAR(metrics.throughput, 1, 1e-12);
}

TEST(Theory, JacksonNetworkOfSeveralServers) {
  // A tandem: the second station is an M/M/2 of its own.
  const OpenNetworkMetrics metrics = jackson({.external_rates = {1.8, 0},
                                              .routing = {{0, 1}, {0, 0}},
                                              .service_rates = {3.6, 1},
                                              .servers = {1, 2}});
  EXPECT_NEAR(metrics.stations[1].response_mean, 5.263158, 5e-7);
  EXPECT_NEAR(metrics.response_mean, 1 / 1.8 + 5.263158, 5e-7);
}

TEST(TheoryDeathTest, AJacksonNetworkNeedsAWayOut) {
  EXPECT_DEATH(
      jackson({.external_rates = {1, 0}, .routing = {{0, 1}, {1, 0}}, .service_rates = {1, 1}}),
      "isInvertible");
}

TEST(Theory, MeanValueAnalysis) {
  ClosedNetwork network{.demands = {0.605, 2.1, 1.35}, .think_time = 15};
  EXPECT_NEAR(mean_value_analysis(network).throughput, 0.0524797, 5e-8);
  network.population = 3;
  const ClosedNetworkMetrics three = mean_value_analysis(network);
  EXPECT_NEAR(three.throughput, 0.151516, 5e-7);
  const double present = std::accumulate(three.number_means.begin(), three.number_means.end(), 0.0);
  EXPECT_NEAR(present + three.throughput * network.think_time, 3, 1e-12);
  // Many requests: the slowest station sets the pace.
  network.population = 1000;
  EXPECT_NEAR(mean_value_analysis(network).throughput, 1 / 2.1, 1e-9);
}

TEST(Theory, PowerOfChoices) {
  EXPECT_NEAR(power_of_choices(0.5, 2), 1.2657, 5e-5);
  EXPECT_NEAR(power_of_choices(0.7, 2), 1.6145, 5e-5);
  EXPECT_NEAR(power_of_choices(0.9, 2), 2.6141, 5e-5);
  EXPECT_NEAR(power_of_choices(0.95, 2), 3.3830, 5e-5);
  EXPECT_NEAR(power_of_choices(0.9, 1), 10, 1e-12);
  EXPECT_LT(power_of_choices(0.9, 3), power_of_choices(0.9, 2));
  EXPECT_EQ(power_of_choices(0, 2), 1);
}

TEST(Theory, Zipf) {
  const std::vector<double> popularity = zipf_popularity(4, 1);
  EXPECT_NEAR(popularity[0], 12.0 / 25, 1e-15);
  EXPECT_NEAR(popularity[3], 3.0 / 25, 1e-15);
  EXPECT_EQ(zipf_popularity(4, 0), std::vector<double>(4, 0.25));
}

TEST(Theory, CheApproximation) {
  const std::vector<double> flat = zipf_popularity(100'000, 0.8);
  const std::vector<double> steep = zipf_popularity(100'000, 1.0);
  EXPECT_NEAR(che_lru(flat, 1000), 0.204334, 5e-7);
  EXPECT_NEAR(che_lru(flat, 10'000), 0.468685, 5e-7);
  EXPECT_NEAR(che_lru(steep, 1000), 0.506170, 5e-7);
  EXPECT_NEAR(che_lru(steep, 10'000), 0.737340, 5e-7);
  EXPECT_NEAR(che_fifo(flat, 1000), 0.179212, 5e-7);
  EXPECT_NEAR(che_fifo(flat, 10'000), 0.428371, 5e-7);
  EXPECT_NEAR(che_fifo(steep, 1000), 0.464789, 5e-7);
  EXPECT_NEAR(che_fifo(steep, 10'000), 0.701020, 5e-7);
  EXPECT_EQ(che_lru(flat, 100'000), 1);
  EXPECT_EQ(che_fifo(flat, 200'000), 1);
}

TEST(Theory, ExactSmallCaches) {
  const std::vector<double> ten = zipf_popularity(10, 1);
  const std::vector<double> eight = zipf_popularity(8, 1);
  EXPECT_NEAR(exact_lru(ten, 5), 0.681364073, 5e-10);
  EXPECT_NEAR(exact_fifo(ten, 5), 0.641708709, 5e-10);
  EXPECT_NEAR(exact_lru(eight, 3), 0.535615336, 5e-10);
  EXPECT_NEAR(exact_fifo(eight, 3), 0.508958086, 5e-10);
  EXPECT_EQ(exact_lru(eight, 8), 1);
  EXPECT_EQ(exact_fifo(eight, 9), 1);
  EXPECT_NEAR(exact_lru(std::vector<double>{0.5, 0.5, 0}, 2), 1, 1e-15);
  EXPECT_NEAR(exact_fifo(std::vector<double>{0.5, 0.5, 0}, 2), 1, 1e-15);
}

/// Hit ratio by stepping the Markov chain of the cache's ordered contents until it stands still.
double hit_ratio_by_chain(const std::vector<double>& popularity, std::size_t capacity,
                          bool move_to_front) {
  std::map<std::vector<std::size_t>, double> now{{{}, 1.0}};
  double hits = 0;
  for (int step = 0; step < 2000; ++step) {
    std::map<std::vector<std::size_t>, double> next;
    hits = 0;
    for (const auto& [contents, probability] : now) {
      for (std::size_t key = 0; key < popularity.size(); ++key) {
        std::vector<std::size_t> after = contents;
        const auto found = std::find(after.begin(), after.end(), key);
        const bool hit = found != after.end();
        if (hit) hits += probability * popularity[key];
        if (hit && move_to_front) after.erase(found);
        if (!hit || move_to_front) after.insert(after.begin(), key);
        if (after.size() > capacity) after.pop_back();
        next[after] += probability * popularity[key];
      }
    }
    now = std::move(next);
  }
  return hits;
}

TEST(Theory, ExactSmallCachesEqualTheMarkovChain) {
  Lcg random(1);
  for (int round = 0; round < 3; ++round) {
    std::vector<double> popularity(5);
    for (double& p : popularity) p = 0.05 + random.uniform();
    const double total = std::accumulate(popularity.begin(), popularity.end(), 0.0);
    for (double& p : popularity) p /= total;
    for (const std::size_t capacity : {1U, 2U, 3U}) {
      const auto size = static_cast<std::int64_t>(capacity);
      EXPECT_NEAR(exact_lru(popularity, size), hit_ratio_by_chain(popularity, capacity, true),
                  1e-10);
      EXPECT_NEAR(exact_fifo(popularity, size), hit_ratio_by_chain(popularity, capacity, false),
                  1e-10);
    }
  }
}

}  // namespace
}  // namespace faultline::sim::theory
