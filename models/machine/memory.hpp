/// The memory of a machine: what the process takes of it, the heap and its collector, and the end
/// when there is none left.
///
///   process: base + stacks of threads and coroutines + heap (as far as it was ever used)
///   more than the machine has -----------------------> killed by the operating system
///   heap full, and the collector finds no room -------> the process dies of it
///
/// Rules: what a request allocates is in use until it ends. Without a `heap` it is given back at
/// once then, as by malloc and free. With one it becomes garbage, and the collector decides when it
/// is found and what that costs. Does not model: swapping, the page cache, fragmentation.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "models/algorithms/memory/generational_heap.hpp"
#include "models/machine/collector.hpp"
#include "sim/kernel/task.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/network/node.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

struct HeapParams {
  sim::Bytes size;
  sim::Choice<Collector> collector{"parallel"};
  sim::Bytes live{0};
  sim::Bytes allocation_per_request{0};
  sim::Bytes leak_per_request{0};

  static void describe(sim::ParamList<HeapParams>& list);
  static void check(const HeapParams& params, const sim::Path& path, sim::Problems& problems);
};

class Machine;

class Memory {
 public:
  using Kept = GenerationalHeap::Kept;
  /// `size`: what the machine has; none: no end of it.
  struct Config {
    std::optional<sim::Bytes> size;
    sim::Bytes base;
    std::optional<HeapParams> heap;
  };
  Memory(Machine& machine, const Config& config);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  /// Whether there is an end of it.
  bool limited() const { return config_.size.has_value(); }
  /// The process takes, or gives back, `bytes` beside the heap.
  void take(std::int64_t bytes);
  void give(std::int64_t bytes) { take(-bytes); }
  /// What it takes as soon as it runs.
  void keep(std::int64_t bytes);

  /// Allocates `bytes` that `holder` has in use until it gives them back. False: there is no room
  /// now; then wait(), which ends when there may be.
  bool try_allocate(Kept& holder, std::int64_t bytes);
  bool try_allocate_garbage(std::int64_t bytes);
  /// Waits for the collector. Requires: an allocation of `bytes` found no room. False: there will
  /// be none, and the process ends.
  sim::Task<bool> wait(std::int64_t bytes);
  void give_back(Kept& holder, std::int64_t bytes);
  /// What each request allocates by itself; 0 without a heap.
  std::int64_t allocation_per_request() const;
  /// What each leaves behind; 0 without a heap.
  std::int64_t leak_per_request() const;
  /// Allocates what nobody will ever give back. False: there is no room now.
  bool try_leak(std::int64_t bytes) { return try_allocate(leaked_, bytes); }

  /// The share of the memory that is left, by a fault's doing.
  void set_share(double share);
  /// The process begins: anew after a crash.
  void crashed();
  void describe_statistics(sim::NodeStatistics& statistics);

  // For the collector.
  GenerationalHeap& heap() { return *heap_; }
  void collected();  ///< There may be room: those who wait try again.
  void count_pause(sim::Duration pause);
  void count_collection(bool young) { ++(young ? young_collections_ : old_collections_); }

 private:
  class Waits;
  void make_heap();
  void allocated();
  void look();
  std::int64_t resident() const;

  Machine& machine_;
  Config config_;
  double share_ = 1;
  std::int64_t kept_ = 0;          ///< From the beginning. State.
  std::int64_t taken_ = 0;         ///< State.
  std::int64_t in_use_ = 0;        ///< Without a heap: of requests. State.
  std::int64_t heap_touched_ = 0;  ///< The most of it that was ever used. State.
  Kept leaked_;                    ///< State.
  Kept live_;                      ///< State.
  std::uint64_t collections_ = 0;  ///< Ends of collections. State.
  std::unique_ptr<GenerationalHeap> heap_;
  std::unique_ptr<Collector> collector_;
  sim::IntrusiveList<Waits> waiting_;
  sim::CountGauge resident_gauge_;       ///< Statistic.
  sim::CountGauge heap_gauge_;           ///< Statistic.
  sim::Histogram pauses_;                ///< Nanoseconds. Statistic.
  sim::Histogram stalls_;                ///< Nanoseconds. Statistic.
  std::uint64_t young_collections_ = 0;  ///< Statistic.
  std::uint64_t old_collections_ = 0;    ///< Statistic.
  sim::Time statistics_start_{};
};

}  // namespace faultline::models
