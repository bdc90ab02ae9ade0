/// Balancing against queueing theory, without the simulator: a loop of a few lines serves requests
/// at 100 servers, each one first come, first served, with exponential service of mean 1 and
/// Poisson arrivals of `load` * 100.
#include <cmath>
#include <deque>
#include <queue>

#include "tests/models/algorithms/balancing/balancing_fixture.hpp"

namespace faultline::models::balancing_test {
namespace {

struct MeanTime {
  double mean = 0;
  double standard_error = 0;  ///< From 20 batches.
};

/// The mean time in system of `requests` requests, after a tenth as many to warm up.
MeanTime time_in_system(const std::string& policy_text, double load, int requests) {
  constexpr std::size_t servers = 100;
  constexpr int batches = 20;
  Balancer balancer(policy_text, std::vector<double>(servers, 1), 11);
  SplitMixSource chance(12);
  const auto exponential = [&](double mean) { return -mean * std::log(chance.uniform()); };

  struct Departure {
    double time;
    std::size_t server;
    bool operator>(const Departure& other) const { return time > other.time; }
  };
  std::priority_queue<Departure, std::vector<Departure>, std::greater<>> departures;
  std::vector<std::deque<double>> arrived(servers);
  std::vector<double> batch_sums(batches);
  double next_arrival = 0;
  const int warm_up = requests / 10;
  for (int departed = -warm_up; departed < requests;) {
    if (departures.empty() || next_arrival < departures.top().time) {
      const std::size_t server = balancer.send();
      arrived[server].push_back(next_arrival);
      if (arrived[server].size() == 1) departures.push({next_arrival + exponential(1), server});
      next_arrival += exponential(1 / (load * servers));
      continue;
    }
    const auto [now, server] = departures.top();
    departures.pop();
    const double spent = now - arrived[server].front();
    arrived[server].pop_front();
    balancer.finish(server, sim::from_seconds(spent), sim::from_seconds(now));
    if (!arrived[server].empty()) departures.push({now + exponential(1), server});
    if (departed >= 0) batch_sums[static_cast<std::size_t>(departed) * batches / requests] += spent;
    ++departed;
  }
  MeanTime result;
  for (const double sum : batch_sums) result.mean += sum / requests;
  double squares = 0;
  for (const double sum : batch_sums) {
    const double difference = sum * batches / requests - result.mean;
    squares += difference * difference;
  }
  result.standard_error = std::sqrt(squares / (batches - 1) / batches);
  return result;
}

/// Random splitting of a Poisson stream gives M/M/1 at each server: R = 1 / (1 - load) = 10.
TEST(SlowBalancingQueues, MoreKnowledgeMeansLessWaiting) {
  const MeanTime random = time_in_system("random", 0.9, 4'000'000);
  const MeanTime turns = time_in_system("round_robin", 0.9, 2'000'000);
  const MeanTime two = time_in_system("power_of_choices(2)", 0.9, 2'000'000);
  const MeanTime three = time_in_system("power_of_choices(3)", 0.9, 2'000'000);
  const MeanTime shortest = time_in_system("least_connections", 0.9, 2'000'000);
  EXPECT_NEAR(random.mean, 10, 4 * random.standard_error);
  EXPECT_GT(random.mean, turns.mean);
  EXPECT_GT(turns.mean, two.mean);
  EXPECT_GT(two.mean, three.mean);
  EXPECT_GT(three.mean, shortest.mean);
  EXPECT_GT(shortest.mean, 1);
}

/// The limit for many servers is the sum of load^(2^i - 2) over i >= 1; at 100 servers the mean is
/// a little higher, the more so the higher the load. Source: Mitzenmacher 2001, section 3.
TEST(SlowBalancingQueues, TwoChoicesComeNearTheLimitForManyServers) {
  struct Case {
    double load;
    double limit;
    int requests;
  };
  for (const auto& [load, limit, requests] : {Case{0.5, 1.2657, 3'000'000},
                                              {0.7, 1.6145, 3'000'000},
                                              {0.9, 2.6141, 6'000'000},
                                              {0.95, 3.3830, 10'000'000}}) {
    double sum = 0;
    for (int choice = 1; choice <= 20; ++choice) sum += std::pow(load, std::pow(2, choice) - 2);
    EXPECT_NEAR(sum, limit, 1e-4);
    const MeanTime measured = time_in_system("power_of_choices", load, requests);
    RecordProperty("load_" + std::to_string(load), std::to_string(measured.mean));
    EXPECT_LE(measured.standard_error, 0.01 * limit) << load;
    EXPECT_GT(measured.mean, limit - 2 * measured.standard_error) << load;
    EXPECT_LT(measured.mean, 1.04 * limit) << load;
  }
}

}  // namespace
}  // namespace faultline::models::balancing_test
