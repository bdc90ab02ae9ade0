#include "models/machine/memory.hpp"

#include <algorithm>
#include <utility>

#include "models/machine/machine.hpp"

namespace faultline::models {

void HeapParams::describe(sim::ParamList<HeapParams>& list) {
  list.add("size", &HeapParams::size, "What it may grow to").required().above(sim::Bytes{0});
  list.add("collector", &HeapParams::collector, "How garbage is found");
  list.add("live", &HeapParams::live, "What is in use all the time, such as caches in the process")
      .at_least(sim::Bytes{0});
  list.add("allocation_per_request", &HeapParams::allocation_per_request,
           "What each request allocates and lets go at once")
      .at_least(sim::Bytes{0});
  list.add("leak_per_request", &HeapParams::leak_per_request,
           "What each request leaves in use for ever")
      .at_least(sim::Bytes{0});
}

void HeapParams::check(const HeapParams& params, const sim::Path& path, sim::Problems& problems) {
  if (params.live >= params.size)
    problems.add(path / "live", "expected less than `size`: there is no room for requests");
  if (params.allocation_per_request >= params.size)
    problems.add(path / "allocation_per_request", "expected less than `size`");
  if (params.leak_per_request >= params.size)
    problems.add(path / "leak_per_request", "expected less than `size`");
}

/// One that waits for the collector.
class Memory::Waits final : public sim::Event, public sim::ListHook {
 public:
  explicit Waits(Memory& memory) : Event(&fire), memory_(memory) {}
  ~Waits() { kernel().cancel_if_scheduled(*this); }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) {
    frame_ = frame;
    since_ = kernel().now();
    set_tag(memory_.machine_.node().id(), sim::EventKind::grant);
    memory_.waiting_.push_back(*this);
  }
  void await_resume() const noexcept {}
  void go_on() {
    unlink();
    kernel().schedule_now(*this);
  }

 private:
  sim::Kernel& kernel() const { return memory_.machine_.node().kernel(); }
  static void fire(Event& event) {
    Waits& self = static_cast<Waits&>(event);
    self.kernel().tell_waited(self.frame_, sim::WaitFor::turn, self.since_);
    self.frame_.resume();
  }
  Memory& memory_;
  sim::Time since_{};
  std::coroutine_handle<> frame_;
};

Memory::Memory(Machine& machine, const Config& config) : machine_(machine), config_(config) {
  make_heap();
}

Memory::~Memory() = default;

void Memory::make_heap() {
  if (!config_.heap) return;
  const HeapParams& params = *config_.heap;
  if (!collector_) collector_ = params.collector.make({machine_, *this});
  heap_ = std::make_unique<GenerationalHeap>(params.size.count,
                                             collector_->young_size(params.size.count));
  leaked_ = live_ = {};
  heap_->allocate(live_, params.live.count);
  heap_->collect_all();
  heap_touched_ = heap_->used();
}

std::int64_t Memory::resident() const {
  return config_.base.count + kept_ + taken_ + (heap_ ? heap_touched_ : in_use_);
}

void Memory::look() {
  const sim::Time now = machine_.node().kernel().now();
  const std::int64_t resident_now = resident();
  resident_gauge_.set(now, resident_now);
  if (!config_.size) return;
  const double limit = static_cast<double>(config_.size->count) * share_;
  if (static_cast<double>(resident_now) > limit) machine_.end_process(Machine::End::memory);
}

void Memory::take(std::int64_t bytes) {
  taken_ += bytes;
  look();
}

void Memory::keep(std::int64_t bytes) { kept_ += bytes; }

void Memory::allocated() {
  const sim::Time now = machine_.node().kernel().now();
  heap_touched_ = std::max(heap_touched_, heap_->used());
  heap_gauge_.set(now, heap_->used());
  collector_->allocated();
  heap_gauge_.set(now, heap_->used());
  look();
}

bool Memory::try_allocate(Kept& holder, std::int64_t bytes) {
  if (!heap_) {
    holder.old += bytes;
    in_use_ += bytes;
    look();
    return true;
  }
  if (!heap_->fits(bytes)) return false;
  heap_->allocate(holder, bytes);
  allocated();
  return true;
}

bool Memory::try_allocate_garbage(std::int64_t bytes) {
  if (!heap_) return true;
  if (!heap_->fits(bytes)) return false;
  heap_->allocate_garbage(bytes);
  allocated();
  return true;
}

sim::Task<bool> Memory::wait(std::int64_t bytes) {
  const sim::Time asked = machine_.node().kernel().now();
  for (bool collected = false; !heap_->fits(bytes); collected = true) {
    const std::uint64_t before = collections_;
    // What is in use no collection will free.
    const bool hopeless = collected && heap_->live() > heap_->size() - bytes;
    if (hopeless || !collector_->make_room(bytes)) {
      machine_.end_process(Machine::End::heap);
      co_return false;
    }
    if (collections_ != before) continue;
    Waits waits(*this);
    co_await waits;
  }
  const sim::Time now = machine_.node().kernel().now();
  if (asked >= statistics_start_) stalls_.record((now - asked).count());
  co_return true;
}

void Memory::collected() {
  ++collections_;
  heap_gauge_.set(machine_.node().kernel().now(), heap_->used());
  while (!waiting_.empty()) waiting_.front().go_on();
}

void Memory::give_back(Kept& holder, std::int64_t bytes) {
  if (heap_) return heap_->give_back(holder, bytes);
  const std::int64_t given = std::min(bytes, holder.old);
  holder.old -= given;
  in_use_ -= given;
  look();
}

std::int64_t Memory::allocation_per_request() const {
  return config_.heap ? config_.heap->allocation_per_request.count : 0;
}

std::int64_t Memory::leak_per_request() const {
  return config_.heap ? config_.heap->leak_per_request.count : 0;
}

void Memory::set_share(double share) {
  share_ = share;
  look();
}

void Memory::crashed() {
  taken_ = in_use_ = 0;
  if (collector_) collector_->crashed();
  make_heap();
  const sim::Time now = machine_.node().kernel().now();
  resident_gauge_.set(now, resident());
  if (heap_) heap_gauge_.set(now, heap_->used());
}

void Memory::count_pause(sim::Duration pause) {
  if (pause > sim::Duration(0)) pauses_.record(pause.count());
}

void Memory::describe_statistics(sim::NodeStatistics& statistics) {
  resident_gauge_ = sim::CountGauge(sim::time_zero, resident());
  statistics.scalar("memory_mean_bytes",
                    [this](sim::Time now) { return resident_gauge_.mean(now); });
  statistics.scalar("memory_max_bytes",
                    [this](sim::Time) { return static_cast<double>(resident_gauge_.maximum()); });
  statistics.series_part("memory_bytes", [this](sim::Time now) {
    return static_cast<double>(resident_gauge_.area(now)) * 1e-9;
  });
  statistics.on_reset([this](sim::Time now) { resident_gauge_.reset(now); });
  if (!heap_) return;
  heap_gauge_ = sim::CountGauge(sim::time_zero, heap_->used());
  statistics.scalar("heap_used_mean_bytes",
                    [this](sim::Time now) { return heap_gauge_.mean(now); });
  statistics.scalar("heap_used_max_bytes",
                    [this](sim::Time) { return static_cast<double>(heap_gauge_.maximum()); });
  statistics.scalar("heap_live_bytes",
                    [this](sim::Time) { return static_cast<double>(heap_->live()); });
  statistics.series_part("heap_used_bytes", [this](sim::Time now) {
    return static_cast<double>(heap_gauge_.area(now)) * 1e-9;
  });
  statistics.histogram("collector_pause_seconds", pauses_);
  statistics.scalar("collector_paused_ratio", [this](sim::Time now) {
    const double seconds = sim::to_seconds(now - statistics_start_);
    return seconds > 0 ? static_cast<double>(pauses_.count()) * pauses_.mean() * 1e-9 / seconds
                       : 0.0;
  });
  statistics.histogram("allocation_stall_seconds", stalls_);
  statistics.scalar("young_collections",
                    [this](sim::Time) { return static_cast<double>(young_collections_); });
  statistics.scalar("old_collections",
                    [this](sim::Time) { return static_cast<double>(old_collections_); });
  statistics.on_reset([this](sim::Time now) {
    heap_gauge_.reset(now);
    pauses_.reset();
    stalls_.reset();
    young_collections_ = old_collections_ = 0;
    statistics_start_ = now;
  });
}

}  // namespace faultline::models
