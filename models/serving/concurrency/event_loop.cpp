/// Event loops, as in Node.js (one) or nginx (one a worker): a thread that calls what is ready, one
/// callback after the other, and waits for nothing.
///
///   .-> timers -> pending -> poll -> check -> close -.   each phase: what was ready when it began
///   '------------------------------------------------'   poll: the loop sleeps here while idle
///
/// Rules: a request belongs to one loop, in turn. Its code runs in a callback until it waits; what
/// it waited for decides the phase it goes on in: a sleep in timers, an error of the connection in
/// pending, a reply or new request in poll, what happened inside the process in check, its end in
/// close. A branch that is started inside a callback runs right after it, before other callbacks,
/// as what is resolved inside JavaScript does. Nothing interrupts a callback: one that computes for
/// 200 ms keeps all others waiting, which `loop_lag_seconds` shows. Blocking calls go to a pool of
/// `blocking_threads`; with none they block the loop. Each callback costs `callback_cost` and each
/// turn of the loop, which asks the operating system, `iteration_cost` of CPU.
/// Source: libuv, "Design overview" (docs.libuv.org: the I/O loop; thread pool of 4); Node.js
/// guide "The Node.js Event Loop" (its phases). The costs are a system call and a call through a
/// JavaScript binding, in orders of magnitude. Does not model: idle and prepare handles, the limit
/// of callbacks in one poll phase, that libuv before 1.45 ran timers before poll only.
#include <array>

#include "models/serving/concurrency/carriers.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct EventLoopParams {
  std::int64_t loops = 1;
  std::int64_t blocking_threads = 4;
  Duration callback_cost = std::chrono::microseconds(1);
  Duration iteration_cost = std::chrono::microseconds(1);
  Duration close_cost{};
  sim::Bytes memory_per_thread{std::int64_t{1} << 20};

  static void describe(sim::ParamList<EventLoopParams>& list) {
    list.add("loops", &EventLoopParams::loops,
             "Loops, each with a thread of its own; requests go to them in turn")
        .unit("loops")
        .between(1, 1024);
    list.add("blocking_threads", &EventLoopParams::blocking_threads,
             "Threads that wait in blocking calls; 0: such a call blocks the loop")
        .unit("threads")
        .between(0, 100'000);
    list.add("callback_cost", &EventLoopParams::callback_cost, "CPU time to call one callback")
        .at_least(Duration(0));
    list.add("iteration_cost", &EventLoopParams::iteration_cost,
             "CPU time of one turn of the loop, which asks the operating system what is ready")
        .at_least(Duration(0));
    list.add("close_cost", &EventLoopParams::close_cost,
             "CPU time in the close phase for each request, of connections that are not kept")
        .at_least(Duration(0));
    list.add("memory_per_thread", &EventLoopParams::memory_per_thread,
             "Memory that a thread's stack takes")
        .at_least(sim::Bytes{0});
  }
};

Carriers::Config config_of(const EventLoopParams& params) {
  Carriers::Config config;
  config.carriers = params.loops;
  config.blocking_threads = params.blocking_threads;
  config.memory_per_thread = params.memory_per_thread;
  config.name = "loop";
  return config;
}

class EventLoop final : public Carriers {
 public:
  EventLoop(const EventLoopParams& params, const MakeArgs& args)
      : Carriers(args, config_of(params)),
        callback_cost_(params.callback_cost),
        iteration_cost_(params.iteration_cost),
        close_cost_(params.close_cost),
        loops_(static_cast<std::size_t>(params.loops)) {}

  void made(Job& job, Job* parent) override {
    Carriers::made(job, parent);
    if (!job.seat.carrier) {
      job.seat.carrier = carriers()[next_loop_].get();
      if (++next_loop_ == loops_.size()) next_loop_ = 0;
    }
    job.seat.phase = poll;
  }
  Duration closed(Job& job, const sim::Reply&) override {
    if (close_cost_ > Duration(0)) charge(*job.seat.carrier, close_cost_);
    return {};
  }
  void describe_statistics(sim::NodeStatistics& statistics) override {
    Carriers::describe_statistics(statistics);
    statistics.scalar("loop_iterations",
                      [this](sim::Time) { return static_cast<double>(iterations_); });
    statistics.on_reset([this](sim::Time) { iterations_ = 0; });
  }

 private:
  /// As Job::Wake numbers them. The fifth, close, has no queue: its callbacks cost and do nothing.
  enum Phase : std::uint8_t { timers, pending, poll, check };
  static constexpr std::size_t phases = 4;
  struct Loop {
    sim::IntrusiveList<Job> branches;
    std::array<sim::IntrusiveList<Job>, phases> ready;
    std::array<std::uint64_t, phases> count{};
    std::uint64_t waiting = 0;        ///< In all of these.
    std::size_t phase = pending;      ///< Under way; before poll: asleep.
    std::uint64_t left_in_phase = 0;  ///< Of what was ready when it began.
    bool turned = false;              ///< A turn began that nothing has paid for.
  };

  Carrier* own_carrier(Job& job) override { return job.seat.carrier; }
  bool anyone_waits(const Carrier& carrier) const override {
    return loops_[carrier.number()].waiting != 0;
  }
  void enqueue(Job& job, bool first) override {
    Loop& loop = loops_[job.seat.carrier->number()];
    ++loop.waiting;
    if (first) {
      job.seat.phase = phases;
      return loop.branches.push_back(job);
    }
    const std::uint8_t phase = job.seat.phase < phases ? job.seat.phase : std::uint8_t{poll};
    job.seat.phase = phase;
    ++loop.count[phase];
    loop.ready[phase].push_back(job);
  }
  void dequeue(Job& job) override {
    Loop& loop = loops_[job.seat.carrier->number()];
    job.unlink();
    --loop.waiting;
    if (job.seat.phase < phases) --loop.count[job.seat.phase];
  }

  Job* next(Carrier& carrier) override {
    Loop& loop = loops_[carrier.number()];
    if (!loop.branches.empty()) return take(loop, loop.branches.front());
    if (loop.waiting == 0) {
      // It sleeps in poll: what wakes it is seen there first.
      loop.phase = pending;
      loop.left_in_phase = 0;
      loop.turned = true;
      return nullptr;
    }
    while (loop.left_in_phase == 0 || loop.ready[loop.phase].empty()) {
      if (++loop.phase == phases) {
        loop.phase = timers;
        loop.turned = true;
      }
      loop.left_in_phase = loop.count[loop.phase];
    }
    --loop.left_in_phase;
    return take(loop, loop.ready[loop.phase].front());
  }
  Job* take(Loop& loop, Job& job) {
    job.unlink();
    --loop.waiting;
    if (job.seat.phase < phases) --loop.count[job.seat.phase];
    job.seat.phase = poll;
    return &job;
  }
  Duration cost_of(const Carrier& carrier, bool at_once) override {
    Loop& loop = loops_[carrier.number()];
    // One that found the loop asleep woke it: that is a turn of its own.
    const bool turned = std::exchange(loop.turned, false);
    if (!at_once && !turned) return callback_cost_;
    ++iterations_;
    return callback_cost_ + iteration_cost_;
  }

  Duration callback_cost_;
  Duration iteration_cost_;
  Duration close_cost_;
  std::vector<Loop> loops_;
  std::size_t next_loop_ = 0;
  std::uint64_t iterations_ = 0;  ///< Statistic.
};

const sim::Registration<Concurrency, EventLoop, EventLoopParams> registered{
    {.name = "event_loop",
     .title = "Event loop",
     .summary = "A thread that calls what is ready, one callback after the other; nothing "
                "interrupts a callback, and blocking calls go to a pool of threads.",
     .source = "libuv, Design overview; Node.js, The Node.js Event Loop",
     .does_not_model = "idle and prepare handles, the limit of callbacks in one poll phase",
     .example = R"json({"type": "event_loop", "loops": 1, "blocking_threads": 4})json"}};

}  // namespace
}  // namespace faultline::models
