/// A parallel collector that stops the world: the program stands still while all cores collect.
///
///   young full --> pause: base + bytes in use / (copy rate * threads)      often, short
///   old full   --> pause: base + bytes in use / (mark rate * threads)      seldom, long
///
/// Rules: a pause is as long as what is in use is large; garbage costs nothing but the next
/// collection. So short requests and a large young generation make it cheap, and what is held over
/// a collection makes it dear twice. If even a full collection leaves no room, the process dies;
/// and so it does when five full collections in a row took 98 % of the time and left less than 2 %
/// of the heap free, for such a program does nothing but collect (GCTimeLimit, GCHeapFreeLimit).
/// Source: Jones, Hosking, Moss, The Garbage Collection Handbook, 2012, ch. 4, 9 and 14; HotSpot's
/// parallel collector (young generation of a third: -XX:NewRatio=2). The rates are what a core
/// copies and marks, in orders of magnitude; read your own from the collector's log. Does not
/// model: threads of the collector that wait for each other, ages of objects.
#include <algorithm>

#include "models/machine/collector.hpp"
#include "models/machine/machine.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct ParallelParams {
  sim::Probability young{1.0 / 3};
  std::optional<std::int64_t> threads;
  Duration pause_base = std::chrono::milliseconds(1);
  sim::Bandwidth copy_rate{8e9};
  sim::Bandwidth mark_rate{4e9};

  static void describe(sim::ParamList<ParallelParams>& list) {
    list.add("young", &ParallelParams::young, "Share of the heap for what was allocated lately")
        .between(sim::Probability{0.01}, sim::Probability{0.95});
    list.add("threads", &ParallelParams::threads,
             "Threads that collect; without it, one for each core of the machine")
        .unit("threads")
        .between(1, 100'000);
    list.add("pause_base", &ParallelParams::pause_base, "What a pause takes in any case")
        .at_least(Duration(0));
    list.add("copy_rate", &ParallelParams::copy_rate,
             "Memory in use that a thread copies in a second, in a young collection")
        .above(sim::Bandwidth{0});
    list.add("mark_rate", &ParallelParams::mark_rate,
             "Memory in use that a thread marks and moves in a second, in a full collection")
        .above(sim::Bandwidth{0});
  }
};

class Parallel final : public Collector {
 public:
  Parallel(const ParallelParams& params, const MakeArgs& args)
      : params_(params),
        machine_(args.machine),
        memory_(args.memory),
        threads_(static_cast<double>(params.threads.value_or(args.machine.cores_or_one()))) {}

  std::int64_t young_size(std::int64_t size) const override {
    return static_cast<std::int64_t>(static_cast<double>(size) * params_.young.value);
  }
  void allocated() override {
    GenerationalHeap& heap = memory_.heap();
    if (!heap.young_is_full()) return;
    pause(heap.collect_young(), params_.copy_rate, true);
    memory_.collected();
    if (heap.old_used() > heap.old_size()) collect_all();
  }
  void crashed() override {
    in_vain_ = 0;
    last_end_ = machine_.node().kernel().now();
  }
  bool make_room(std::int64_t bytes) override {
    collect_all();
    return memory_.heap().fits(bytes);
  }

 private:
  void collect_all() {
    GenerationalHeap& heap = memory_.heap();
    const Duration worked = machine_.node().kernel().now() - last_end_;
    const Duration span = pause(heap.collect_all(), params_.mark_rate, false);
    const bool little_work = worked < (worked + span) / 50;
    const bool little_room = heap.size() - heap.used() < heap.size() / 50;
    in_vain_ = little_work && little_room ? in_vain_ + 1 : 0;
    if (in_vain_ >= in_vain_max) machine_.end_process(Machine::End::heap);
    memory_.collected();
  }
  Duration pause(std::int64_t bytes, sim::Bandwidth rate, bool young) {
    const double seconds = static_cast<double>(bytes) * 8 / rate.bits_per_second / threads_;
    const Duration span = machine_.processor().takes(
        sim::saturating_sum(params_.pause_base, sim::from_seconds(seconds)));
    machine_.pause(span);
    memory_.count_pause(span);
    memory_.count_collection(young);
    last_end_ = std::max(last_end_, machine_.node().kernel().now()) + span;
    return span;
  }

  ParallelParams params_;  ///< Parameters.
  Machine& machine_;
  Memory& memory_;
  double threads_;
  sim::Time last_end_{};  ///< Of a pause. State.
  int in_vain_ = 0;       ///< Full collections in a row that were hardly worth it. State.
  static constexpr int in_vain_max = 5;
};

const sim::Registration<Collector, Parallel, ParallelParams> registered{
    {.name = "parallel",
     .title = "Parallel collector",
     .summary = "Stops the world: short pauses for the young generation, long ones for all of it.",
     .source = "Jones, Hosking, Moss, The Garbage Collection Handbook, 2012; HotSpot",
     .does_not_model = "threads of the collector that wait for each other, ages of objects"}};

}  // namespace
}  // namespace faultline::models
