/// The pending events under loads that a queue may be bad at, through the public API.
///   pending CASE N EVENTS
/// CASE: hold      N processes, each waiting exponential(1 s) again and again
///       uniform   the same with uniform(0..2 s)
///       bimodal   the same with 1 ms or 1 day, each drawn exponential, one in two
///       burst     N processes wait for the same whole second, again and again: all times equal
///       far       hold, with 100 events years ahead
///       triangle  the pending grow from N/100 to N and fall again, in waves of 10 s
///       dense     N processes wait 0 to 3 ns: many equal times
///       flood     an event a second starts N processes that wait up to 1 ms and end
///       cancel    N time-outs of exponential(1 s) are started and cancelled together, again and again
///       timeouts  hold, each wait with a random time-out of 10 s beside it that is cancelled
///       mixed     N processes: lane, random, lane, time-out in a lane cancelled: what a small model does
///       lanesK    N processes, each waiting a constant delay of one of K lanes
/// Prints one line in the form of the other bench programs.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "sim/kernel/delay.hpp"
#include "sim/random/stream.hpp"
#include "sim/random/variates.hpp"

using namespace faultline::sim;

namespace {

struct Load {
  Kernel kernel;
  ProcessOwner owner{kernel, 0};
  Stream stream{1, 0, "pending", "wait"};
  std::uint64_t fired = 0;
  std::uint64_t stop = 0;

  void count(std::uint64_t more = 1) {
    fired += more;
    if (fired >= stop) kernel.request_pause();
  }

  Duration exponential(double mean_seconds) {
    return Duration(static_cast<std::int64_t>(mean_seconds * 1e9 * standard_exponential(stream)));
  }
  Duration uniform(double longest_seconds) {
    return Duration(static_cast<std::int64_t>(longest_seconds * 1e9 * stream.uniform()));
  }
};

template <class Draw>
Task<void> waits(Load& load, Draw draw) {
  for (;;) {
    const Duration wait = draw(load);
    co_await delay(wait);
    load.count();
  }
}

Task<void> wait_once(Load& load, Duration wait) {
  co_await delay(wait);
  load.count();
}

Task<void> waves(Load& load, long largest) {
  // Each of the first N/100 starts 99 others a wave; they end within it.
  for (;;) {
    const Duration pause = std::chrono::seconds(10);
    co_await delay(pause);
    for (long i = largest / 100; i < largest; ++i) {
      const Duration wait = load.uniform(5);
      load.owner.spawn(wait_once(load, wait));
    }
  }
}

Task<void> floods(Load& load, long count) {
  for (;;) {
    const Duration second = std::chrono::seconds(1);
    co_await delay(second);
    for (long i = 0; i < count; ++i) {
      const Duration wait = load.uniform(0.001);
      load.owner.spawn(wait_once(load, wait));
    }
  }
}

class Timeout final : public Event {
 public:
  Timeout() : Event([](Event&) {}) {}
};

Task<void> cancels(Load& load, long count) {
  std::vector<std::unique_ptr<Timeout>> timeouts;
  for (long i = 0; i < count; ++i) timeouts.push_back(std::make_unique<Timeout>());
  for (;;) {
    for (auto& timeout : timeouts) load.kernel.schedule_after(*timeout, load.exponential(1));
    const Duration pause(1000);
    co_await delay(pause);
    for (auto& timeout : timeouts) load.kernel.cancel_if_scheduled(*timeout);
    load.count(static_cast<std::uint64_t>(count));
  }
}

Task<void> waits_with_timeout(Load& load) {
  Timeout timeout;
  struct Guard {
    Load& load;
    Timeout& timeout;
    ~Guard() { load.kernel.cancel_if_scheduled(timeout); }
  } guard{load, timeout};
  for (;;) {
    load.kernel.schedule_after(timeout, load.exponential(10));
    const Duration wait = load.exponential(1);
    co_await delay(wait);
    load.kernel.cancel_if_scheduled(timeout);
    load.count();
  }
}

Task<void> small_model(Load& load) {
  const Duration hop = std::chrono::microseconds(250), limit = std::chrono::seconds(1);
  const EventQueue::Lane hop_lane = load.kernel.lane_of(hop),
                         limit_lane = load.kernel.lane_of(limit);
  Timeout timeout;
  struct Guard {
    Load& load;
    Timeout& timeout;
    ~Guard() { load.kernel.cancel_if_scheduled(timeout); }
  } guard{load, timeout};
  for (;;) {
    load.kernel.schedule_constant(timeout, limit_lane, limit);
    co_await delay(hop, hop_lane);
    const Duration wait = load.exponential(0.004);
    co_await delay(wait);
    co_await delay(hop, hop_lane);
    load.kernel.cancel_if_scheduled(timeout);
    const Duration think = load.exponential(0.001);
    co_await delay(think);
    load.count(4);
  }
}

Task<void> constant_waits(Load& load, Duration wait) {
  const EventQueue::Lane lane = load.kernel.lane_of(wait);
  for (;;) {
    co_await delay(wait, lane);
    load.count();
  }
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

long peak_kilobytes() {
  long kilobytes = 0;
  char line[256];
  if (std::FILE* file = std::fopen("/proc/self/status", "r")) {
    while (std::fgets(line, sizeof line, file)) {
      if (std::sscanf(line, "VmHWM: %ld", &kilobytes) == 1) break;
    }
    std::fclose(file);
  }
  return kilobytes;
}

template <class Draw>
void spawn_waits(Load& load, long count, Draw draw) {
  for (long i = 0; i < count; ++i) load.owner.spawn(waits(load, draw));
}

bool start(Load& load, const std::string& name, long count) {
  const auto second = [](Load& on) { return on.exponential(1); };
  if (name == "hold") {
    spawn_waits(load, count, second);
  } else if (name == "uniform") {
    spawn_waits(load, count, [](Load& on) { return on.uniform(2); });
  } else if (name == "bimodal") {
    spawn_waits(load, count, [](Load& on) {
      const double mean = (on.stream.next() >> 63) != 0 ? 0.001 : 86400.0;
      return on.exponential(mean);
    });
  } else if (name == "burst") {
    spawn_waits(load, count, [](Load&) { return Duration(std::chrono::seconds(1)); });
  } else if (name == "far") {
    spawn_waits(load, count, second);
    for (int i = 1; i <= 100; ++i) {
      load.owner.spawn(wait_once(load, i * std::chrono::hours(20000)));
    }
  } else if (name == "triangle") {
    spawn_waits(load, count / 100, second);
    load.owner.spawn(waves(load, count));
  } else if (name == "dense") {
    spawn_waits(load, count, [](Load& on) {
      return Duration(static_cast<std::int64_t>(on.stream.next() >> 62));
    });
  } else if (name == "flood") {
    load.owner.spawn(floods(load, count));
  } else if (name == "cancel") {
    load.owner.spawn(cancels(load, count));
  } else if (name == "timeouts") {
    for (long i = 0; i < count; ++i) load.owner.spawn(waits_with_timeout(load));
  } else if (name == "mixed") {
    for (long i = 0; i < count; ++i) load.owner.spawn(small_model(load));
  } else if (name.starts_with("lanes")) {
    const long lanes = std::atol(name.c_str() + 5);
    for (long i = 0; i < count; ++i) {
      const Duration wait(1'000'000 + 7919 * (i % lanes));
      load.owner.spawn(constant_waits(load, wait));
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: pending CASE N EVENTS\n");
    return 2;
  }
  const std::string name = argv[1];
  const long count = std::atol(argv[2]);
  const double events = std::atof(argv[3]);
  Load load;
  if (!start(load, name, count)) {
    std::fprintf(stderr, "pending: no case \"%s\"\n", argv[1]);
    return 2;
  }
  const double begin = cpu_seconds();
  load.stop = static_cast<std::uint64_t>(events);
  load.kernel.run_until(time_max);
  const double cpu = cpu_seconds() - begin;
  const double fired = static_cast<double>(load.fired);
  std::printf(
      "RES faultline %s %ld units=%.0f events=%.0f wall=%.4f cpu=%.4f rate=%.4g evrate=%.4g "
      "rss_kb=%ld check=%s\n",
      name.c_str(), count, fired, static_cast<double>(load.kernel.events()), cpu, cpu, fired / cpu,
      static_cast<double>(load.kernel.events()) / cpu, peak_kilobytes(),
      load.kernel.order_digest().finish().c_str());
  return 0;
}
