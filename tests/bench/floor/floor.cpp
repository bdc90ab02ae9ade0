/// Floors: the two workloads written by hand, with nothing of an engine that they do not need. What
/// a general simulator costs beyond them is the price of being general.
///
///   floor pq|cal hold N EVENTS               N events, each of which schedules itself again
///   floor pq|cal|tuned three_tier SECONDS    one event a hop, a switch on where the request is
///
/// pq: std::priority_queue. cal: a calendar queue that chooses the width of its days by itself,
/// when it grows; the three-tier workload has so few events pending that it never does. tuned: the
/// same with days as wide as suit this workload best, found by trial, which no simulator can know.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/bench_program.hpp"
#include "tests/bench/floor/event_queues.hpp"

namespace faultline_bench {
namespace {

/// Callbacks in slots that are used again, as any event loop has them, and a queue of slot numbers.
template <class Queue>
class Loop {
 public:
  using Callback = void (*)(Loop&, void*);

  void at(double time, Callback callback, void* argument) {
    std::uint32_t slot = free_;
    if (slot == none) {
      slot = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      free_ = slots_[slot].next;
    }
    slots_[slot] = {callback, argument, none};
    queue_.push(Pending::at(time, number_++, slot));
  }
  double now() const { return now_; }
  void stop() { stopped_ = true; }
  void run() {
    while (!stopped_) {
      const Pending event = queue_.pop();
      now_ = event.time();
      Slot& slot = slots_[event.what];
      const Callback callback = slot.callback;
      void* argument = slot.argument;
      slot.next = free_;
      free_ = event.what;
      callback(*this, argument);
    }
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct Slot {
    Callback callback;
    void* argument;
    std::uint32_t next;
  };
  Queue queue_;
  std::vector<Slot> slots_;
  std::uint32_t free_ = none;
  std::uint32_t number_ = 0;
  double now_ = 0;
  bool stopped_ = false;
};

template <class Queue>
void hold(long count, double events) {
  struct Model {
    Random random{7};
    std::uint64_t left;
    static void fire(Loop<Queue>& loop, void* self) {
      Model& model = *static_cast<Model*>(self);
      if (--model.left == 0) loop.stop();
      loop.at(loop.now() + model.random.exponential(1), &Model::fire, self);
    }
  };
  Model model;
  model.left = static_cast<std::uint64_t>(events);
  Loop<Queue> loop;
  for (long i = 0; i < count; ++i) {
    loop.at(model.random.exponential(1), &Model::fire, &model);
  }
  const double start = cpu_seconds();
  loop.run();
  const double cpu = cpu_seconds() - start;
  print_result(events, cpu, events / (loop.now() * static_cast<double>(count)));
}

/// First in, first out, in a ring of a power of two.
class Fifo {
 public:
  bool empty() const { return head_ == tail_; }
  void push(std::uint32_t value) {
    if (tail_ - head_ == ring_.size()) grow();
    ring_[tail_++ & (ring_.size() - 1)] = value;
  }
  std::uint32_t pop() { return ring_[head_++ & (ring_.size() - 1)]; }

 private:
  void grow() {
    std::vector<std::uint32_t> larger(2 * ring_.size());
    for (std::size_t i = head_; i != tail_; ++i) {
      larger[i & (larger.size() - 1)] = ring_[i & (ring_.size() - 1)];
    }
    ring_.swap(larger);
  }
  std::vector<std::uint32_t> ring_ = std::vector<std::uint32_t>(64);
  std::size_t head_ = 0;
  std::size_t tail_ = 0;
};

template <class Queue>
class ThreeTier {
 public:
  ThreeTier(double seconds, Queue queue) : end_(seconds), queue_(std::move(queue)) {}

  void run() {
    schedule(random_.exponential(1 / three_tier::arrivals_per_second), arrival);
    const double start = cpu_seconds();
    while (!queue_.empty()) {
      const Pending event = queue_.pop();
      now_ = event.time();
      if (event.what == arrival) {
        arrive();
      } else {
        advance(event.what);
      }
    }
    const double cpu = cpu_seconds() - start;
    const double finished = static_cast<double>(finished_);
    print_result(finished, cpu, 1e3 * latency_sum_ / finished);
  }

 private:
  /// What happens to a request next.
  enum class Stage : std::uint8_t {
    at_balancer,
    at_app,
    app_served,
    at_cache,
    cache_served,
    at_database,
    database_served,
    back_at_app,
    back_at_balancer,
    back_at_client
  };
  struct Request {
    double sent;
    std::uint32_t next_free;
    std::uint8_t app;
    Stage stage;
  };
  struct App {
    int busy = 0;
    Fifo waiting;
  };
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr std::uint32_t arrival = none;

  void schedule(double time, std::uint32_t what) {
    queue_.push(Pending::at(time, number_++, what));
  }
  void hop(std::uint32_t id, Stage next) {
    requests_[id].stage = next;
    schedule(now_ + three_tier::hop, id);
  }

  void arrive() {
    if (now_ >= end_) return;
    schedule(now_ + random_.exponential(1 / three_tier::arrivals_per_second), arrival);
    std::uint32_t id = free_;
    if (id == none) {
      id = static_cast<std::uint32_t>(requests_.size());
      requests_.emplace_back();
    } else {
      free_ = requests_[id].next_free;
    }
    requests_[id].sent = now_;
    hop(id, Stage::at_balancer);
  }

  void advance(std::uint32_t id) {
    Request& request = requests_[id];
    switch (request.stage) {
      case Stage::at_balancer: {
        int least = 0;
        for (int i = 1; i < three_tier::apps; ++i) {
          if (connections_[i] < connections_[least]) least = i;
        }
        ++connections_[least];
        request.app = static_cast<std::uint8_t>(least);
        return hop(id, Stage::at_app);
      }
      case Stage::at_app: {
        App& app = apps_[request.app];
        request.stage = Stage::app_served;
        if (app.busy == three_tier::app_cores) return app.waiting.push(id);
        ++app.busy;
        return schedule(now_ + random_.exponential(three_tier::app_mean), id);
      }
      case Stage::app_served: {
        App& app = apps_[request.app];
        if (app.waiting.empty()) {
          --app.busy;
        } else {
          schedule(now_ + random_.exponential(three_tier::app_mean), app.waiting.pop());
        }
        return hop(id, Stage::at_cache);
      }
      case Stage::at_cache:
        request.stage = Stage::cache_served;
        return schedule(now_ + three_tier::cache_time, id);
      case Stage::cache_served:
        return hop(id, random_.uniform() < three_tier::hit_ratio ? Stage::back_at_app
                                                                 : Stage::at_database);
      case Stage::at_database:
        request.stage = Stage::database_served;
        if (database_busy_ == three_tier::database_connections) return database_waiting_.push(id);
        ++database_busy_;
        return schedule(now_ + random_.exponential(three_tier::database_mean), id);
      case Stage::database_served:
        if (database_waiting_.empty()) {
          --database_busy_;
        } else {
          schedule(now_ + random_.exponential(three_tier::database_mean), database_waiting_.pop());
        }
        return hop(id, Stage::back_at_app);
      case Stage::back_at_app:
        return hop(id, Stage::back_at_balancer);
      case Stage::back_at_balancer:
        --connections_[request.app];
        return hop(id, Stage::back_at_client);
      case Stage::back_at_client:
        latency_sum_ += now_ - request.sent;
        ++finished_;
        request.next_free = free_;
        free_ = id;
        return;
    }
  }

  double end_;
  Random random_{7};
  Queue queue_;
  std::uint32_t number_ = 0;
  double now_ = 0;
  std::vector<Request> requests_;
  std::uint32_t free_ = none;
  int connections_[three_tier::apps] = {};
  App apps_[three_tier::apps];
  int database_busy_ = 0;
  Fifo database_waiting_;
  double latency_sum_ = 0;
  std::uint64_t finished_ = 0;
};

/// Best of 500 to 50,000.
constexpr double tuned_days_per_second = 8000;

template <class Queue>
void three_tiers(double seconds, Queue queue) {
  ThreeTier<Queue> model(seconds, std::move(queue));
  model.run();
}

bool run(const std::string& queue, const std::string& workload, int count, char** arguments) {
  if (workload == "hold" && count == 2) {
    const long pending = std::atol(arguments[0]);
    const double events = std::atof(arguments[1]);
    if (pending < 1 || !(events >= 1)) return false;
    if (queue == "pq") return hold<PriorityQueue>(pending, events), true;
    if (queue == "cal") return hold<CalendarQueue>(pending, events), true;
  }
  if (workload == "three_tier" && count == 1) {
    const double seconds = std::atof(arguments[0]);
    if (!(seconds > 0)) return false;
    if (queue == "pq") return three_tiers(seconds, PriorityQueue()), true;
    if (queue == "cal") return three_tiers(seconds, CalendarQueue()), true;
    if (queue == "tuned") return three_tiers(seconds, CalendarQueue(tuned_days_per_second)), true;
  }
  return false;
}

}  // namespace
}  // namespace faultline_bench

int main(int argc, char** argv) {
  if (argc > 3 && faultline_bench::run(argv[1], argv[2], argc - 3, argv + 3)) return 0;
  std::fprintf(stderr,
               "usage: floor pq|cal hold N EVENTS\n"
               "       floor pq|cal|tuned three_tier SECONDS\n");
  return 2;
}
