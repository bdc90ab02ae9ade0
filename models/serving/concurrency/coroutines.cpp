/// Coroutines on few threads (M:N): goroutines, virtual threads, Kotlin's, Tokio's tasks.
///
///   ready coroutines --> [ run queue: first come, first served ] --> ( threads )
///
/// Rules: a request is a coroutine of `memory_per_coroutine`. One that waits leaves its thread, so
/// waits are cheap and any number may be under way; each time it is taken up again costs
/// `switch_cost` of CPU. A coroutine that computes is taken from its thread after `slice` if others
/// are ready; without one it runs until it waits. Blocking calls take up further threads, at most
/// `blocking_threads` (Go starts threads for system calls, Tokio has a pool of 512); with none they
/// hold the thread, as a pinned virtual thread does.
/// Source: Go's scheduler (Vyukov, Scalable Go Scheduler Design Doc, 2012; preemption after 10 ms:
/// runtime/proc.go, forcePreemptNS; stacks of 2 KiB: runtime/stack.go, stackMin); switch:
/// Bendersky, Measuring context switching and memory overheads for Linux threads, 2018 (a goroutine
/// 170 to 200 ns, a thread 1.2 to 2.2 us). Does not model: run queues for each thread and the
/// stealing of work between them, the growth of stacks, the network poller's own work.
#include "models/serving/concurrency/one_queue.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct CoroutinesParams {
  std::optional<std::int64_t> threads;
  Duration switch_cost = std::chrono::nanoseconds(200);
  std::optional<Duration> slice = std::chrono::milliseconds(10);
  std::int64_t blocking_threads = 512;
  sim::Bytes memory_per_coroutine{4096};
  sim::Bytes memory_per_thread{std::int64_t{1} << 20};

  static void describe(sim::ParamList<CoroutinesParams>& list) {
    list.add("threads", &CoroutinesParams::threads,
             "Threads that run coroutines; without it, one for each core of the machine")
        .unit("threads")
        .between(1, 100'000);
    list.add("switch_cost", &CoroutinesParams::switch_cost, "CPU time to take up a coroutine")
        .at_least(Duration(0));
    list.add("slice", &CoroutinesParams::slice,
             "Work after which a coroutine makes room if others are ready; null: it never does")
        .above(Duration(0));
    list.add("blocking_threads", &CoroutinesParams::blocking_threads,
             "Further threads that wait in blocking calls; 0: such a call holds its thread")
        .unit("threads")
        .between(0, 100'000);
    list.add("memory_per_coroutine", &CoroutinesParams::memory_per_coroutine,
             "Memory that a coroutine's stack takes")
        .at_least(sim::Bytes{0});
    list.add("memory_per_thread", &CoroutinesParams::memory_per_thread,
             "Memory that a thread's stack takes")
        .at_least(sim::Bytes{0});
  }
};

Carriers::Config config_of(const CoroutinesParams& params, const Concurrency::MakeArgs& args) {
  Carriers::Config config;
  config.carriers = params.threads.value_or(args.machine.cores_or_one());
  config.blocking_threads = params.blocking_threads;
  config.memory_per_thread = params.memory_per_thread;
  config.memory_per_job = params.memory_per_coroutine;
  config.slice = params.slice;
  config.name = "carrier";
  return config;
}

class Coroutines final : public OneQueueCarriers {
 public:
  Coroutines(const CoroutinesParams& params, const MakeArgs& args)
      : OneQueueCarriers(args, config_of(params, args), params.switch_cost) {}
};

const sim::Registration<Concurrency, Coroutines, CoroutinesParams> registered{
    {.name = "coroutines",
     .title = "Coroutines",
     .summary = "Any number of coroutines on few threads: a wait leaves the thread, and going on "
                "costs a small switch.",
     .source = "Vyukov, Scalable Go Scheduler Design Doc, 2012; Bendersky, Measuring context "
               "switching and memory overheads for Linux threads, 2018",
     .does_not_model = "run queues for each thread, the growth of stacks, the network poller",
     .example = R"json({"type": "coroutines", "threads": 4})json"}};

}  // namespace
}  // namespace faultline::models
