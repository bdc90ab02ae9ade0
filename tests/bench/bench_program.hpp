/// What the programs of this folder share: one generator, one clock, one result line and the
/// constants of the three-tier workload, so that what differs between two of them is the engine and
/// not the arithmetic. C++17, because that is what the headers of ns-3 compile as.
///
/// Every program prints one line:
///
///   RESULT units=U cpu=C check=V peak_kb=M
///
/// U: events (hold) or finished requests (three tiers). C: CPU seconds of this process, without its
/// start. V: what tells that the workload was the right one, fired events over expected ones (hold)
/// or the mean latency in milliseconds (three tiers). M: the most memory the process held, in KiB.
#pragma once

#include <time.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace faultline_bench {

/// xoshiro256++ seeded by splitmix64. Source: Blackman and Vigna, "Scrambled linear pseudorandom
/// number generators", ACM TOMS 47(4), 2021.
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t mixed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      word = mixed ^ (mixed >> 31);
    }
  }
  std::uint64_t next() {
    const std::uint64_t result = rotated(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotated(state_[3], 45);
    return result;
  }
  /// In (0, 1).
  double uniform() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1p-53; }
  double exponential(double mean) { return -mean * std::log(uniform()); }

 private:
  static std::uint64_t rotated(std::uint64_t word, int by) {
    return (word << by) | (word >> (64 - by));
  }
  std::uint64_t state_[4];
};

/// CPU seconds of this process so far: the machine may be shared, so wall time says little.
inline double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// The most memory this process held, in KiB. Not ru_maxrss, which begins at the size of whoever
/// started the process.
inline long peak_memory() {
  long peak = 0;
  if (std::FILE* status = std::fopen("/proc/self/status", "r")) {
    char line[256];
    while (std::fgets(line, sizeof line, status)) {
      if (std::strncmp(line, "VmHWM:", 6) == 0) peak = std::strtol(line + 6, nullptr, 10);
    }
    std::fclose(status);
  }
  return peak;
}

inline void print_result(double units, double cpu, double check) {
  std::printf("RESULT units=%.0f cpu=%.6f check=%.6f peak_kb=%ld\n", units, cpu, check,
              peak_memory());
}

/// The three-tier workload; seconds. A request goes client, balancer, app server (least
/// connections), cache, on a miss database, app server, balancer, client, with one hop between any
/// two. App servers and the database are FIFO queues with exponential service; everything else has
/// no queue.
namespace three_tier {
constexpr int apps = 8;
constexpr int app_cores = 4;
constexpr int database_connections = 16;
constexpr double arrivals_per_second = 5600;
constexpr double hop = 0.25e-3;
constexpr double app_mean = 4e-3;
constexpr double cache_time = 0.2e-3;
constexpr double hit_ratio = 0.8;
constexpr double database_mean = 8e-3;
}  // namespace three_tier

}  // namespace faultline_bench
