/// A concurrent collector: it works beside the program, on cores that the program wants too.
///
///   heap filled to start_at --> pause --> mark and move on `threads` cores --> pause --> room
///                                          meanwhile: who finds no room waits (allocation stall)
///
/// Rules: two short pauses of fixed length, whatever the heap holds; the work in between is what is
/// in use / mark rate of CPU time, in pieces that share the cores with the program. It frees what
/// was garbage when it began. A program that allocates faster than the collector frees fills the
/// heap before it is done, and then waits for it; if two collections in a row make no room, the
/// process dies. Source: Flood et al., Shenandoah, PPPJ 2016; Yang and Wrigstad, Deep Dive into
/// ZGC, TOPLAS 2022 (allocation stalls); Hudson, Getting to Go, ISMM 2018 (a quarter of the cores).
/// The rate is what a core marks, in orders of magnitude. Does not model: a young generation,
/// barriers that slow the program, allocators that help the collector.
#include <algorithm>
#include <memory>
#include <vector>

#include "models/machine/collector.hpp"
#include "models/machine/machine.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct ConcurrentParams {
  sim::Probability start_at{0.6};
  std::optional<std::int64_t> threads;
  Duration pause = std::chrono::microseconds(500);
  sim::Bandwidth mark_rate{4e9};

  static void describe(sim::ParamList<ConcurrentParams>& list) {
    list.add("start_at", &ConcurrentParams::start_at,
             "Share of the heap that is used when a collection begins")
        .between(sim::Probability{0.01}, sim::Probability{1});
    list.add("threads", &ConcurrentParams::threads,
             "Threads that collect; without it, a quarter of the machine's cores")
        .unit("threads")
        .between(1, 100'000);
    list.add("pause", &ConcurrentParams::pause, "How long each of its two pauses is")
        .at_least(Duration(0));
    list.add("mark_rate", &ConcurrentParams::mark_rate,
             "Memory in use that a thread marks and moves in a second")
        .above(sim::Bandwidth{0});
  }
};

class Concurrent final : public Collector {
 public:
  Concurrent(const ConcurrentParams& params, const MakeArgs& args)
      : params_(params), machine_(args.machine), memory_(args.memory) {
    const std::int64_t count =
        params.threads.value_or(std::max<std::int64_t>(1, args.machine.cores_or_one() / 4));
    for (std::int64_t i = 0; i < count; ++i)
      workers_.push_back(std::make_unique<Worker>(*this, machine_.processor().add_thread()));
  }

  std::int64_t young_size(std::int64_t) const override { return 0; }
  void allocated() override {
    const GenerationalHeap& heap = memory_.heap();
    const double limit = static_cast<double>(heap.size()) * params_.start_at.value;
    if (static_cast<double>(heap.used()) >= limit) begin();
  }
  bool make_room(std::int64_t) override {
    begin();
    return working_ != 0;
  }
  void crashed() override {
    for (const auto& each : workers_) each->end();
    working_ = 0;
  }

 private:
  /// A thread that collects, a piece of work after the other.
  class Worker final : public Burst {
   public:
    Worker(Concurrent& collector, std::uint32_t thread)
        : Burst(&piece_done), collector_(collector), thread_(thread) {}
    void work(Duration work) {
      left_ = work;
      go_on();
    }
    void end() { abandon(); }

   private:
    static void piece_done(Burst& burst) { static_cast<Worker&>(burst).go_on(); }
    void go_on() {
      if (left_ <= Duration(0)) return collector_.worker_done();
      const Duration piece = std::min<Duration>(left_, std::chrono::milliseconds(1));
      left_ -= piece;
      collector_.machine_.processor().run(*this, piece, thread_);
    }
    Concurrent& collector_;
    std::uint32_t thread_;
    Duration left_{};
  };

  void begin() {
    // Nothing to be found right after a collection that left no garbage.
    if (working_ != 0 || memory_.heap().garbage_now() == 0) return;
    garbage_ = memory_.heap().garbage_now();
    pause();
    const double seconds = static_cast<double>(memory_.heap().live()) * 8 /
                           params_.mark_rate.bits_per_second / static_cast<double>(workers_.size());
    working_ = workers_.size();
    const Duration each = std::max(sim::from_seconds(seconds), Duration(1));
    for (const auto& worker : workers_) worker->work(each);
  }
  void worker_done() {
    if (--working_ != 0) return;
    pause();
    memory_.heap().free_garbage(garbage_);
    memory_.count_collection(false);
    memory_.collected();
  }
  void pause() {
    const Duration span = machine_.processor().takes(params_.pause);
    machine_.pause(span);
    memory_.count_pause(span);
  }

  ConcurrentParams params_;  ///< Parameters.
  Machine& machine_;
  Memory& memory_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::size_t working_ = 0;   ///< Workers that are not done. State.
  std::int64_t garbage_ = 0;  ///< What this collection will free. State.
};

const sim::Registration<Collector, Concurrent, ConcurrentParams> registered{
    {.name = "concurrent",
     .title = "Concurrent collector",
     .summary = "Works beside the program: pauses are short, but it takes cores, and a program "
                "that allocates too fast has to wait for it.",
     .source = "Flood et al., Shenandoah, PPPJ 2016; Yang and Wrigstad, Deep Dive into ZGC, TOPLAS "
               "2022",
     .does_not_model = "a young generation, barriers, allocators that help the collector"}};

}  // namespace
}  // namespace faultline::models
