/// The workloads on ns-3: callbacks on its scheduler. It has no library of queueing stations, so
/// the three tiers are one class of callbacks, one a hop.
///
///   ns3_peer map|heap|pq hold N EVENTS
///   ns3_peer map|heap|pq three_tier SECONDS
///
/// map, heap, pq: ns-3's schedulers of that name; map is its default. Time is whole nanoseconds, as
/// ns-3 counts it.
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>

#include <ns3/core-module.h>

#include "tests/bench/bench_program.hpp"

namespace {

using faultline_bench::Random;
using ns3::Simulator;
namespace three_tier = faultline_bench::three_tier;

ns3::Time time_of(double seconds) {
  return ns3::NanoSeconds(static_cast<std::int64_t>(seconds * 1e9 + 0.5));
}

class Hold {
 public:
  Hold(long count, double events) : count_(count), left_(static_cast<std::uint64_t>(events)) {}
  void run() {
    for (long i = 0; i < count_; ++i) schedule();
    const double events = static_cast<double>(left_);
    const double start = faultline_bench::cpu_seconds();
    Simulator::Run();
    const double cpu = faultline_bench::cpu_seconds() - start;
    const double expected = Simulator::Now().GetSeconds() * static_cast<double>(count_);
    faultline_bench::print_result(events, cpu, events / expected);
  }

 private:
  void schedule() { Simulator::Schedule(time_of(random_.exponential(1)), &Hold::fire, this); }
  void fire() {
    if (--left_ == 0) Simulator::Stop();
    schedule();
  }
  Random random_{7};
  long count_;
  std::uint64_t left_;
};

class ThreeTier {
 public:
  explicit ThreeTier(double seconds) : end_(seconds) {
    for (Station& app : apps_) {
      app.free = three_tier::app_cores;
      app.mean = three_tier::app_mean;
      app.served = &ThreeTier::app_served;
    }
    database_.free = three_tier::database_connections;
    database_.mean = three_tier::database_mean;
    database_.served = &ThreeTier::database_served;
  }
  void run() {
    schedule_arrival();
    const double start = faultline_bench::cpu_seconds();
    Simulator::Run();
    const double cpu = faultline_bench::cpu_seconds() - start;
    const double finished = static_cast<double>(finished_);
    faultline_bench::print_result(finished, cpu, 1e3 * latency_sum_ / finished);
  }

 private:
  struct Request {
    double sent;
    int app = 0;
  };
  using Step = void (ThreeTier::*)(Request*);
  struct Station {
    int free = 0;
    double mean = 0;
    Step served = nullptr;
    std::deque<Request*> waiting;
  };

  static double now() { return Simulator::Now().GetSeconds(); }
  void after(double seconds, Step step, Request* request) {
    Simulator::Schedule(time_of(seconds), step, this, request);
  }
  void hop(Step step, Request* request) { after(three_tier::hop, step, request); }
  void serve(Station& station, Request* request) {
    after(random_.exponential(station.mean), station.served, request);
  }
  void enter(Station& station, Request* request) {
    if (station.free == 0) return station.waiting.push_back(request);
    --station.free;
    serve(station, request);
  }
  void leave(Station& station) {
    if (station.waiting.empty()) {
      ++station.free;
      return;
    }
    serve(station, station.waiting.front());
    station.waiting.pop_front();
  }

  void schedule_arrival() {
    Simulator::Schedule(time_of(random_.exponential(1 / three_tier::arrivals_per_second)),
                        &ThreeTier::arrive, this);
  }
  void arrive() {
    if (now() >= end_) return;
    schedule_arrival();
    hop(&ThreeTier::at_balancer, new Request{now()});
  }
  void at_balancer(Request* request) {
    int least = 0;
    for (int i = 1; i < three_tier::apps; ++i) {
      if (connections_[i] < connections_[least]) least = i;
    }
    ++connections_[least];
    request->app = least;
    hop(&ThreeTier::at_app, request);
  }
  void at_app(Request* request) { enter(apps_[request->app], request); }
  void app_served(Request* request) {
    leave(apps_[request->app]);
    hop(&ThreeTier::at_cache, request);
  }
  void at_cache(Request* request) {
    after(three_tier::cache_time, &ThreeTier::cache_served, request);
  }
  void cache_served(Request* request) {
    const bool hit = random_.uniform() < three_tier::hit_ratio;
    hop(hit ? &ThreeTier::back_at_app : &ThreeTier::at_database, request);
  }
  void at_database(Request* request) { enter(database_, request); }
  void database_served(Request* request) {
    leave(database_);
    hop(&ThreeTier::back_at_app, request);
  }
  void back_at_app(Request* request) { hop(&ThreeTier::back_at_balancer, request); }
  void back_at_balancer(Request* request) {
    --connections_[request->app];
    hop(&ThreeTier::back_at_client, request);
  }
  void back_at_client(Request* request) {
    latency_sum_ += now() - request->sent;
    ++finished_;
    delete request;
  }

  double end_;
  Random random_{7};
  int connections_[three_tier::apps] = {};
  Station apps_[three_tier::apps];
  Station database_;
  double latency_sum_ = 0;
  std::uint64_t finished_ = 0;
};

bool use_scheduler(const std::string& name) {
  const char* type = name == "map"    ? "ns3::MapScheduler"
                     : name == "heap" ? "ns3::HeapScheduler"
                     : name == "pq"   ? "ns3::PriorityQueueScheduler"
                                      : nullptr;
  if (!type) return false;
  ns3::ObjectFactory factory;
  factory.SetTypeId(type);
  Simulator::SetScheduler(factory);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string workload = argc > 3 ? argv[2] : "";
  const bool hold = workload == "hold" && argc == 5;
  if ((!hold && !(workload == "three_tier" && argc == 4)) || !use_scheduler(argv[1])) {
    std::fprintf(stderr,
                 "usage: ns3_peer map|heap|pq hold N EVENTS\n"
                 "       ns3_peer map|heap|pq three_tier SECONDS\n");
    return 2;
  }
  if (hold) {
    Hold(std::atol(argv[3]), std::atof(argv[4])).run();
  } else {
    ThreeTier(std::atof(argv[3])).run();
  }
  Simulator::Destroy();
}
