/// The cores of a machine, and threads that want them.
///
///   bursts of threads --> [ ready queue ] --> ( cores: to the end, in time slices, or all at once )
///
/// A burst is CPU work that one thread does without waiting. Rules: FIFO runs each to its end;
/// round robin takes it from its core after a quantum if others are ready, and puts it behind them;
/// processor sharing is the limit of round robin for a quantum and switches of no time. A core that
/// takes up another thread than it ran last pays for the switch, so a machine with no more threads
/// than cores does not switch. Work of w takes w / clock on a core, and longer on a slow node.
/// Source: Silberschatz, Galvin, Gagne, Operating System Concepts, ch. 5; sharing: Kleinrock,
/// Queueing Systems II, 1976, ch. 4. Does not model: priorities, that caches are cold after a
/// switch beyond its stated cost, simultaneous multithreading, NUMA.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/kernel/processor_sharing.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/network/node.hpp"

namespace faultline::models {

class Processor;

/// CPU work of one thread, kept by whoever has it done. Leaves the processor when it is destroyed.
class Burst : public sim::Event, public sim::ListHook {
 public:
  /// What is done when the work is done, in a turn of its own.
  using Done = void (*)(Burst&);
  /// The frame of the process that has the work done; null: of no process.
  using Whose = std::coroutine_handle<> (*)(const Burst&);

 protected:
  explicit Burst(Done done, Whose whose = &nobody);
  ~Burst() { abandon(); }
  /// Not wanted any more; nothing happens if it is not under way.
  void abandon();

 private:
  friend class Processor;
  static std::coroutine_handle<> nobody(const Burst&) { return {}; }
  Done done_;
  Whose whose_;
  Processor* processor_ = nullptr;  ///< Null while nothing is to be done.
  sim::Duration left_{};            ///< Of the work, without the slice under way.
  sim::Duration slice_{};           ///< Work of the slice under way.
  sim::Duration held_{};  ///< Until the end of the slice, of a processor that stands still.
  sim::Time asked_{};
  sim::Time ready_since_{};  ///< Of one that waits for a core.
  sim::Time ends_{};
  std::uint32_t thread_ = 0;
  std::int32_t core_ = nowhere;
  bool on_core_ = false;
  bool begun_ = false;                    ///< It was on a core before.
  std::optional<sim::Task<void>> share_;  ///< Under processor sharing.
  static constexpr std::int32_t nowhere = -1;
};

class Processor {
 public:
  enum class Sharing : std::uint8_t { fifo, round_robin, processor_sharing };
  struct Config {
    std::int64_t cores = sim::Resource::unlimited;
    Sharing sharing = Sharing::fifo;
    sim::Duration quantum = std::chrono::milliseconds(4);
    double clock = 1;                ///< How many times as fast as declared work assumes.
    sim::Duration context_switch{};  ///< CPU work that a core needs to take up another thread.
  };
  Processor(sim::Node& node, const Config& config);
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  /// A number for a thread that will work here.
  std::uint32_t add_thread() { return threads_++; }
  /// Does `work` as `thread`, then calls the burst's done. Requires: `burst` is not under way;
  /// outlives the work or abandons it.
  void run(Burst& burst, sim::Duration work, std::uint32_t thread);

  /// Why it may stand still. Work goes on with what was left when there is no cause.
  enum Cause : std::uint8_t { fault = 1, collector = 2 };
  void stop(Cause cause);
  /// Nothing happens if it did not stand still for this cause.
  void go_on(Cause cause);
  bool stopped() const { return causes_ != 0; }
  /// The node crashed: no cause is left, and nobody is at work.
  void crashed() {
    go_on(fault);
    go_on(collector);
  }

  /// Counts core time that was so little that nobody waited for it, and no core was asked for it.
  void worked_aside(sim::Duration span) { aside_ += span; }
  /// The work done on a core in `span`; what takes() it.
  sim::Duration work_in(sim::Duration span) const;
  /// How long work takes that begins now, on a core of its own.
  sim::Duration takes(sim::Duration work) const;

  bool limited() const { return config_.cores != sim::Resource::unlimited; }
  std::int64_t cores() const { return config_.cores; }
  /// Share of the cores at work; 0 without a limit.
  double utilization(sim::Time now) const;
  double busy_mean(sim::Time now) const;   ///< Cores at work.
  double busy_area(sim::Time now) const;   ///< Core-seconds.
  double ready_area(sim::Time now) const;  ///< Bursts that waited, times seconds.
  double ready_mean(sim::Time now) const { return ready_gauge_.mean(now); }
  const sim::Histogram& ready_wait() const { return ready_wait_; }
  /// Utilization and what else there is about cores: `context_switches` and so on.
  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  friend class Burst;
  struct Core {
    std::uint32_t last_thread = nobody;
    std::uint32_t free_place = 0;  ///< In free_, while it is free.
    bool busy = false;
  };
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};

  static void fire(sim::Event& event);
  void slice_ended(Burst& burst);
  void start(Burst& burst, std::int32_t core);
  std::int32_t take_core(std::uint32_t thread);
  void give_core(std::int32_t core);
  /// The next that is ready goes onto `core`, or that is free.
  void pass_on(std::int32_t core);
  /// The next that is ready begins on `core`. Requires: there is one.
  void start_ready(std::int32_t core);
  void leave(Burst& burst);
  sim::Task<void> share(Burst& burst, sim::Duration work);
  bool ending() const { return node_.kernel().ending(node_.id()); }

  sim::Node& node_;
  Config config_;
  std::uint32_t threads_ = 0;
  std::uint8_t causes_ = 0;
  std::vector<Core> cores_;          ///< Empty without a limit.
  std::vector<std::int32_t> free_;   ///< Those that are free.
  std::vector<std::int32_t> home_;   ///< By thread: the core it was on last.
  sim::IntrusiveList<Burst> ready_;  ///< First come, first served.
  sim::IntrusiveList<Burst> running_;
  std::unique_ptr<sim::ProcessorSharing> shared_;
  std::uint64_t switches_ = 0;   ///< Statistic.
  sim::Duration switching_{};    ///< CPU work for switches. Statistic.
  sim::Duration aside_{};        ///< Statistic.
  sim::CountGauge busy_gauge_;   ///< Statistic.
  sim::CountGauge ready_gauge_;  ///< Statistic.
  sim::Histogram ready_wait_;    ///< Nanoseconds from asking to the first core. Statistic.
  sim::Time statistics_start_{};
};

}  // namespace faultline::models
