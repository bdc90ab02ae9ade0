#include "sim/measure/theory.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <Eigen/LU>
#include <iterator>
#include <limits>

#include "sim/param/assert.hpp"
#include "sim/random/portable_math.hpp"

namespace faultline::sim::theory {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void check(const Load& load) {
  SIM_ASSERT(load.arrival_rate >= 0);
  SIM_ASSERT(load.service_rate > 0);
}

double offered_load(const Load& load) { return load.arrival_rate / load.service_rate; }

/// A station without loss whose mean wait is known: the rest is Little's law.
Station lossless(const Load& load, double servers, double wait_probability, double wait_mean) {
  const double offered = offered_load(load);
  Station station;
  station.wait_probability = wait_probability;
  station.utilization = std::min(1.0, offered / servers);
  station.throughput = std::min(load.arrival_rate, servers * load.service_rate);
  station.wait_mean = wait_mean;
  station.response_mean = wait_mean + 1 / load.service_rate;
  station.queue_length_mean = load.arrival_rate == 0 ? 0 : load.arrival_rate * wait_mean;
  station.number_mean = station.queue_length_mean + offered;
  return station;
}

/// The root of a rising function between `low` and `high`, to the last digit.
template <class Function>
double root_of_rising(double low, double high, Function&& function) {
  for (;;) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (function(middle) < 0 ? low : high) = middle;
  }
}

/// Hit ratio of a cache in which a key of rate p is present with probability presence(p * T), where
/// T is such that `capacity` keys are present on average.
template <class Presence>
double characteristic_time_hit_ratio(std::span<const double> popularity, double capacity,
                                     Presence&& presence) {
  SIM_ASSERT(capacity > 0);
  const auto askable = static_cast<double>(
      std::count_if(popularity.begin(), popularity.end(), [](double p) { return p > 0; }));
  if (capacity >= askable) return 1;
  const auto excess = [&](double time) {
    double present = 0;
    for (const double p : popularity) present += presence(p * time);
    return present - capacity;
  };
  double high = capacity;
  while (excess(high) < 0) high *= 2;
  const double time = root_of_rising(0, high, excess);
  double hits = 0;
  for (const double p : popularity) hits += p * presence(p * time);
  return hits;
}

}  // namespace

Station mm1(const Load& load) { return mmc(load, 1); }

double mm1_response_quantile(const Load& load, double q) {
  check(load);
  SIM_ASSERT(q >= 0);
  SIM_ASSERT(q < 1);
  if (load.arrival_rate >= load.service_rate) return infinity;
  return -portable::log1p(-q) / (load.service_rate - load.arrival_rate);
}

double erlang_b(std::int64_t servers, double offered) {
  SIM_ASSERT(servers >= 1);
  SIM_ASSERT(offered >= 0);
  double blocking = 1;
  for (std::int64_t n = 1; n <= servers; ++n) {
    blocking = offered * blocking / (static_cast<double>(n) + offered * blocking);
  }
  return blocking;
}

double erlang_c(std::int64_t servers, double offered) {
  const double utilization = offered / static_cast<double>(servers);
  if (utilization >= 1) return 1;
  const double blocking = erlang_b(servers, offered);
  return blocking / (1 - utilization * (1 - blocking));
}

Station mmc(const Load& load, std::int64_t servers) {
  check(load);
  const double waiting = erlang_c(servers, offered_load(load));
  const double spare = static_cast<double>(servers) * load.service_rate - load.arrival_rate;
  return lossless(load, static_cast<double>(servers), waiting,
                  spare > 0 ? waiting / spare : infinity);
}

double mmc_wait_quantile(const Load& load, std::int64_t servers, double q) {
  check(load);
  SIM_ASSERT(q >= 0);
  SIM_ASSERT(q < 1);
  const double waiting = erlang_c(servers, offered_load(load));
  const double spare = static_cast<double>(servers) * load.service_rate - load.arrival_rate;
  if (spare <= 0) return infinity;
  return 1 - q >= waiting ? 0 : portable::log(waiting / (1 - q)) / spare;
}

Station mmck(const Load& load, const Room& room) {
  check(load);
  SIM_ASSERT(room.servers >= 1);
  SIM_ASSERT(room.capacity >= room.servers);
  const double offered = offered_load(load);
  const auto servers = static_cast<double>(room.servers);
  // p(n) = p(n - 1) * offered / min(n, servers), scaled down whenever it grows large.
  double p = 1;
  double total = 1;
  double number = 0;
  double queue = 0;
  double waiting = 0;
  for (std::int64_t n = 1; n <= room.capacity; ++n) {
    const auto present = static_cast<double>(n);
    p *= offered / std::min(present, servers);
    total += p;
    number += present * p;
    queue += std::max(0.0, present - servers) * p;
    if (n >= room.servers && n < room.capacity) waiting += p;
    if (p > 1e200) {
      for (double* const sum : {&p, &total, &number, &queue, &waiting}) *sum *= 1e-200;
    }
  }
  Station station;
  station.loss_probability = p / total;
  const double accepted = 1 - station.loss_probability;
  station.throughput = load.arrival_rate * accepted;
  station.utilization = station.throughput / (servers * load.service_rate);
  station.wait_probability = waiting / (total - p);
  station.number_mean = number / total;
  station.queue_length_mean = queue / total;
  station.wait_mean = station.throughput > 0 ? station.queue_length_mean / station.throughput : 0;
  station.response_mean = station.wait_mean + 1 / load.service_rate;
  return station;
}

Station mg1(const Load& load, double service_cv) {
  check(load);
  SIM_ASSERT(service_cv >= 0);
  const double utilization = offered_load(load);
  const double wait = utilization < 1 ? utilization * (1 + service_cv * service_cv) / 2 /
                                            (load.service_rate - load.arrival_rate)
                                      : infinity;
  return lossless(load, 1, std::min(1.0, utilization), wait);
}

Station mg1_processor_sharing(const Load& load) {
  check(load);
  const double spare = load.service_rate - load.arrival_rate;
  Station station = lossless(load, 1, 0, 0);
  station.response_mean = spare > 0 ? 1 / spare : infinity;
  station.number_mean = spare > 0 ? load.arrival_rate / spare : infinity;
  return station;
}

Station erlang_m1(const Load& load, std::int64_t phases) {
  check(load);
  SIM_ASSERT(phases >= 1);
  if (load.arrival_rate == 0) return lossless(load, 1, 0, 0);
  if (load.arrival_rate >= load.service_rate) return lossless(load, 1, 1, infinity);
  // sigma, the share of arrivals that wait, is the root below 1 of sigma = A*(mu (1 - sigma)), with
  // the Laplace transform A*(s) = (k lambda / (k lambda + s))^k of the interarrival time. The
  // difference is convex with its other root at 1, so below its minimum it is falling: halving
  // between 0 and 1 - epsilon, where it is negative, finds the lower root.
  const auto k = static_cast<double>(phases);
  const auto falling = [&](double sigma) {
    const double base =
        k * load.arrival_rate / (k * load.arrival_rate + load.service_rate * (1 - sigma));
    return portable::pow(base, k) - sigma;
  };
  const double sigma =
      root_of_rising(0, 1 - 0x1p-40, [&](double value) { return -falling(value); });
  return lossless(load, 1, sigma, sigma / (load.service_rate * (1 - sigma)));
}

double fork_join_of_two(const Load& load) {
  return (12 - offered_load(load)) / 8 * mm1(load).response_mean;
}

OpenNetworkMetrics jackson(const OpenNetwork& network) {
  const auto size = static_cast<Eigen::Index>(network.external_rates.size());
  SIM_ASSERT(size > 0);
  SIM_ASSERT(network.routing.size() == network.external_rates.size());
  SIM_ASSERT(network.service_rates.size() == network.external_rates.size());
  SIM_ASSERT(network.servers.empty() || network.servers.size() == network.external_rates.size());
  // Traffic equations: rate(i) = external(i) + sum over j of rate(j) * routing(j, i).
  Eigen::MatrixXd equations = Eigen::MatrixXd::Identity(size, size);
  Eigen::VectorXd external(size);
  for (Eigen::Index from = 0; from < size; ++from) {
    const auto& row = network.routing[static_cast<std::size_t>(from)];
    SIM_ASSERT(row.size() == network.external_rates.size());
    external(from) = network.external_rates[static_cast<std::size_t>(from)];
    for (Eigen::Index to = 0; to < size; ++to) {
      equations(to, from) -= row[static_cast<std::size_t>(to)];
    }
  }
  const Eigen::FullPivLU<Eigen::MatrixXd> solver(equations);
  SIM_ASSERT(solver.isInvertible());  // Otherwise some requests can never leave.
  const Eigen::VectorXd rates = solver.solve(external);

  OpenNetworkMetrics metrics;
  for (std::size_t i = 0; i < network.external_rates.size(); ++i) {
    // Rounding may leave a rate of zero slightly below it.
    const Load load{.arrival_rate = std::max(0.0, rates(static_cast<Eigen::Index>(i))),
                    .service_rate = network.service_rates[i]};
    const Station station = mmc(load, network.servers.empty() ? 1 : network.servers[i]);
    metrics.number_mean += station.number_mean;
    metrics.stations.push_back(station);
    metrics.throughput += network.external_rates[i];
  }
  metrics.response_mean = metrics.throughput > 0 ? metrics.number_mean / metrics.throughput : 0;
  return metrics;
}

ClosedNetworkMetrics mean_value_analysis(const ClosedNetwork& network) {
  SIM_ASSERT(network.population >= 1);
  SIM_ASSERT(network.think_time >= 0);
  const std::size_t stations = network.demands.size();
  ClosedNetworkMetrics metrics;
  metrics.station_responses.assign(stations, 0);
  metrics.number_means.assign(stations, 0);
  for (std::int64_t n = 1; n <= network.population; ++n) {
    // An arriving request sees the network as it is with one request fewer.
    metrics.response_mean = 0;
    for (std::size_t i = 0; i < stations; ++i) {
      metrics.station_responses[i] = network.demands[i] * (1 + metrics.number_means[i]);
      metrics.response_mean += metrics.station_responses[i];
    }
    metrics.throughput = static_cast<double>(n) / (network.think_time + metrics.response_mean);
    for (std::size_t i = 0; i < stations; ++i) {
      metrics.number_means[i] = metrics.throughput * metrics.station_responses[i];
    }
  }
  return metrics;
}

double power_of_choices(double load, std::int64_t choices) {
  SIM_ASSERT(load >= 0);
  SIM_ASSERT(load < 1);
  SIM_ASSERT(choices >= 1);
  const auto d = static_cast<double>(choices);
  if (choices == 1) return 1 / (1 - load);
  // Exponents 0, d, d (d + 1), ...: each is d * (the one before + 1).
  double sum = 0;
  double exponent = 0;
  for (;;) {
    const double term = portable::pow(load, exponent);
    sum += term;
    if (term < sum * 1e-17) return sum;
    exponent = d * (exponent + 1);
  }
}

std::vector<double> zipf_popularity(std::int64_t n, double s) {
  SIM_ASSERT(n >= 1);
  SIM_ASSERT(s >= 0);
  std::vector<double> popularity(static_cast<std::size_t>(n));
  // Summed from the smallest, to lose nothing.
  double total = 0;
  for (std::size_t i = popularity.size(); i-- > 0;) {
    popularity[i] = portable::pow(static_cast<double>(i + 1), -s);
    total += popularity[i];
  }
  for (double& p : popularity) p /= total;
  return popularity;
}

double che_lru(std::span<const double> popularity, double capacity) {
  return characteristic_time_hit_ratio(popularity, capacity,
                                       [](double asked) { return -portable::expm1(-asked); });
}

double che_fifo(std::span<const double> popularity, double capacity) {
  return characteristic_time_hit_ratio(popularity, capacity,
                                       [](double asked) { return asked / (1 + asked); });
}

double exact_lru(std::span<const double> popularity, std::int64_t capacity) {
  SIM_ASSERT(popularity.size() <= 24);
  SIM_ASSERT(capacity >= 1);
  const std::size_t keys = popularity.size();
  if (static_cast<std::size_t>(capacity) >= keys) return 1;
  // held[S]: probability that the last |S| different keys asked for are those of S. Going back in
  // time, the one added last is the next key outside the others, drawn in proportion to its
  // probability.
  const std::size_t subsets = std::size_t{1} << keys;
  std::vector<double> held(subsets, 0);
  held[0] = 1;
  double hit_ratio = 0;
  for (std::size_t subset = 0; subset < subsets; ++subset) {
    if (held[subset] == 0) continue;
    double inside = 0;
    double outside = 0;
    std::int64_t size = 0;
    for (std::size_t key = 0; key < keys; ++key) {
      const bool in = (subset >> key & 1) != 0;
      (in ? inside : outside) += popularity[key];
      size += in ? 1 : 0;
    }
    if (size == capacity) {
      hit_ratio += held[subset] * inside;
      continue;
    }
    if (outside <= 0) {  // Keys that are never asked for fill the rest: every request is a hit.
      hit_ratio += held[subset] * inside;
      continue;
    }
    for (std::size_t key = 0; key < keys; ++key) {
      if ((subset >> key & 1) == 0) {
        held[subset | std::size_t{1} << key] += held[subset] * popularity[key] / outside;
      }
    }
  }
  return hit_ratio;
}

double exact_fifo(std::span<const double> popularity, std::int64_t capacity) {
  SIM_ASSERT(capacity >= 1);
  std::vector<double> askable;
  std::copy_if(popularity.begin(), popularity.end(), std::back_inserter(askable),
               [](double p) { return p > 0; });
  const auto size = static_cast<std::size_t>(capacity);
  if (size >= askable.size()) return 1;
  // weight[m]: sum over all sets of m keys of the product of their probabilities; inside[m]: the
  // same with each product times the sum of the probabilities in its set. Scaled by the largest
  // probability against underflow.
  const double scale = *std::max_element(askable.begin(), askable.end());
  std::vector<double> weight(size + 1, 0);
  std::vector<double> inside(size + 1, 0);
  weight[0] = 1;
  for (const double p : askable) {
    for (std::size_t m = size; m >= 1; --m) {
      inside[m] += (inside[m - 1] + weight[m - 1] * p) * (p / scale);
      weight[m] += weight[m - 1] * (p / scale);
    }
  }
  return inside[size] / weight[size];
}

}  // namespace faultline::sim::theory
