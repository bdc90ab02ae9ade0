/// Queueing and caching theory: exact or asymptotic values to hold a simulation against.
///
/// Rates are per second and times in seconds (any other unit does, if it is the same throughout). A
/// station that cannot keep up with its arrivals has an infinite mean wait. Sources: [K] Kleinrock,
/// "Queueing Systems", volume 1, 1975; [HB] Harchol-Balter, "Performance Modeling and Design of
/// Computer Systems", 2013; others at their functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace faultline::sim::theory {

/// What flows into a station of equal servers, and how fast one of them works.
struct Load {
  double arrival_rate = 0;  ///< At least 0.
  double service_rate = 1;  ///< Of one server: 1 / mean service time. Above 0.
};

/// A station in steady state.
struct Station {
  double utilization = 0;        ///< Of its servers, 0 to 1.
  double throughput = 0;         ///< Requests served a second.
  double loss_probability = 0;   ///< Share of the arrivals turned away.
  double wait_probability = 0;   ///< Share of the accepted that have to wait.
  double wait_mean = 0;          ///< In queue, of the accepted.
  double response_mean = 0;      ///< In queue and service, of the accepted.
  double queue_length_mean = 0;  ///< Waiting.
  double number_mean = 0;        ///< Waiting and in service.
};

/// Poisson arrivals, exponential service, one server. [K] 3.2.
Station mm1(const Load& load);
/// Quantile of the time in system, which is exponential with rate service_rate - arrival_rate.
/// [K] 5.  0 <= q < 1.
double mm1_response_quantile(const Load& load, double q);

/// Probability that an arrival finds all servers busy and is lost, for `offered` = arrival rate /
/// service rate. Erlang's B formula, by its recursion over the servers. [K] 3.6. Requires: servers
/// >= 1, offered >= 0.
double erlang_b(std::int64_t servers, double offered);
/// Probability that an arrival has to wait if none is lost; 1 from offered = servers on. Erlang's C
/// formula. [K] 3.5.
double erlang_c(std::int64_t servers, double offered);

/// Poisson arrivals, exponential service, several servers, one queue. [K] 3.5.
Station mmc(const Load& load, std::int64_t servers);
/// Quantile of the wait in queue: 0 up to q = 1 - erlang_c, then exponential. 0 <= q < 1.
double mmc_wait_quantile(const Load& load, std::int64_t servers, double q);

/// Places of a station that turns arrivals away.
struct Room {
  std::int64_t servers = 1;
  std::int64_t capacity =
      1;  ///< Requests in the station at most, those in service included. At least `servers`.
};
/// M/M/c/K: as mmc, but an arrival that finds the station full is lost. [K] 3.7.
Station mmck(const Load& load, const Room& room);

/// Poisson arrivals, any service with coefficient of variation `service_cv`, one server, in order
/// of arrival. Pollaczek-Khinchine formula. [K] 5.6.
Station mg1(const Load& load, double service_cv);
/// Poisson arrivals, any service, one server shared equally by all present. Insensitive to the
/// service's shape; waits are 0 by definition. [HB] 22.
Station mg1_processor_sharing(const Load& load);
/// Interarrival times that are the sum of `phases` exponential ones (each phases-th arrival of a
/// Poisson stream, as round robin deals them out), exponential service, one server: E_k/M/1.
/// [K] 6.4. Requires: phases >= 1.
Station erlang_m1(const Load& load, std::int64_t phases);
/// Mean response of a request that forks into two equal M/M/1 stations and ends with the later of
/// both: (12 - rho) / 8 of M/M/1's. Source: Nelson and Tantawi, "Approximate Analysis of Fork/Join
/// Synchronization in Parallel Queues", 1988 (exact for two).
double fork_join_of_two(const Load& load);

/// Stations with Poisson arrivals from outside, exponential service and probabilistic routing.
struct OpenNetwork {
  std::vector<double> external_rates;  ///< Arrivals from outside at each station.
  std::vector<std::vector<double>>
      routing;  ///< [from][to]: probability; what is missing to 1 leaves the network.
  std::vector<double> service_rates;       ///< Of one server of each station.
  std::vector<std::int64_t> servers = {};  ///< Of each station; empty: one each.
};
struct OpenNetworkMetrics {
  std::vector<Station> stations;
  double throughput =
      0;  ///< Leaving the network: all arrivals from outside if every station keeps up.
  double number_mean = 0;    ///< In the whole network.
  double response_mean = 0;  ///< From entering to leaving, by Little's law.
};
/// Each station is an M/M/c with the arrival rate of the traffic equations. Source: Jackson,
/// "Networks of Waiting Lines", 1957. Requires: equal sizes, and that from every station a way
/// leads out.
OpenNetworkMetrics jackson(const OpenNetwork& network);

/// A fixed number of requests that go round between a pause and stations of one server each.
struct ClosedNetwork {
  std::vector<double> demands;  ///< Mean visits times mean service time of each station.
  double think_time = 0;        ///< Mean pause between two rounds.
  std::int64_t population = 1;  ///< At least 1.
};
struct ClosedNetworkMetrics {
  double throughput = 0;                  ///< Rounds a second.
  double response_mean = 0;               ///< Of a round without its pause.
  std::vector<double> station_responses;  ///< Time at each station a round.
  std::vector<double> number_means;       ///< Requests at each station.
};
/// Exact mean value analysis. Source: Reiser and Lavenberg, "Mean-Value Analysis of Closed
/// Multichain Queuing Networks", 1980.
ClosedNetworkMetrics mean_value_analysis(const ClosedNetwork& network);

/// Mean response, in mean service times, where each arrival joins the shortest of `choices` queues
/// drawn at random among very many (mean-field limit), exponential service: the sum over i >= 1 of
/// load^((d^i - d) / (d - 1)). choices = 1 is M/M/1. Source: Mitzenmacher, "The Power of Two
/// Choices in Randomized Load Balancing", 1996. Requires: 0 <= load < 1, choices >= 1.
double power_of_choices(double load, std::int64_t choices);

/// Probability of each of `n` keys, proportional to 1 / rank^s. Requires: n >= 1, s >= 0.
std::vector<double> zipf_popularity(std::int64_t n, double s);

/// Hit ratio of a cache of `capacity` entries under independent requests with these probabilities,
/// by the characteristic time T within which just `capacity` different keys are asked for. Source:
/// Che, Tung and Wang, "Hierarchical Web Caching Systems", 2002; FIFO (and random replacement):
/// Fricker, Robert and Roberts, "A Versatile and Accurate Approximation for LRU Cache Performance",
/// 2012. 1 if all keys fit. Requires: capacity > 0.
double che_lru(std::span<const double> popularity, double capacity);
double che_fifo(std::span<const double> popularity, double capacity);

/// Exact hit ratio of LRU, from the stationary probabilities of its contents, summed over all
/// subsets of the keys. Source: King, "Analysis of Demand Paging Algorithms", 1971. Requires: at
/// most 24 keys, capacity >= 1.
double exact_lru(std::span<const double> popularity, std::int64_t capacity);
/// Exact hit ratio of FIFO, which is that of random replacement: a set of keys is held with a
/// probability proportional to the product of theirs. Source: Gelenbe, "A Unified Approach to the
/// Evaluation of a Class of Replacement Algorithms", 1973. Requires: capacity >= 1.
double exact_fifo(std::span<const double> popularity, std::int64_t capacity);

}  // namespace faultline::sim::theory
