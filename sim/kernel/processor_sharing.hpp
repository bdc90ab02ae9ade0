/// Cores shared by all who want them at once: egalitarian processor sharing.
///
/// n jobs on c cores each run at speed min(1, c/n). Kept as virtual work: W(t) grows at that speed,
/// a job that needs d units and comes at W0 ends when W reaches W0 + d; one event is pending, for
/// the job that ends first. Source: Kleinrock, Queueing Systems II, 1976, ch. 4. Does not model:
/// context switches, affinity, more than one thread a job.
#pragma once

#include <coroutine>
#include <cstdint>
#include <vector>

#include "sim/kernel/task.hpp"
#include "sim/measure/gauge.hpp"

namespace faultline::sim {

class ProcessorSharing {
 public:
  /// `cores` at least 1.
  ProcessorSharing(Kernel& kernel, std::uint32_t owner_id, std::int64_t cores);
  ProcessorSharing(const ProcessorSharing&) = delete;
  ProcessorSharing& operator=(const ProcessorSharing&) = delete;

  /// `co_await cores.use(work)`: goes on when `work` of CPU time has been got. Requires: not
  /// negative.
  class Use {
   public:
    Use(ProcessorSharing& cores, Duration work) : cores_(cores), work_(work) {}
    Use(const Use&) = delete;
    ~Use() {
      if (position_ != nowhere) cores_.leave(*this);
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> frame) {
      frame_ = frame;
      cores_.enter(*this);
    }
    void await_resume() const noexcept {}

   private:
    friend class ProcessorSharing;
    static constexpr std::size_t nowhere = ~std::size_t{0};
    ProcessorSharing& cores_;
    Duration work_;
    double end_ = 0;                  ///< The virtual work at which it is done. State.
    std::uint64_t sequence_ = 0;      ///< Orders equal ends. State.
    std::size_t position_ = nowhere;  ///< In the heap. State.
    std::coroutine_handle<> frame_;
  };
  Use use(Duration work) { return Use(*this, work); }

  /// Nothing gets done from now on, until go_on().
  void stop();
  void go_on();

  std::int64_t cores() const { return cores_; }
  std::size_t jobs() const { return heap_.size(); }
  const CountGauge& jobs_gauge() const { return jobs_gauge_; }
  const CountGauge& busy_gauge() const { return busy_gauge_; }  ///< Cores at work.
  double utilization(Time now) const { return busy_gauge_.mean(now) / static_cast<double>(cores_); }
  void reset_statistics(Time now);

 private:
  class Completion final : public Event {
   public:
    explicit Completion(ProcessorSharing& cores) : Event(&fire), cores_(cores) {}

   private:
    static void fire(Event& event) { static_cast<Completion&>(event).cores_.complete(); }
    ProcessorSharing& cores_;
  };

  static bool before(const Use& a, const Use& b) {
    return a.end_ != b.end_ ? a.end_ < b.end_ : a.sequence_ < b.sequence_;
  }
  double speed() const;
  void enter(Use& job);
  void leave(Use& job);
  void complete();
  void advance();
  void reschedule();
  void remove(std::size_t position);
  void sift_up(std::size_t position, Use* job);
  void sift_down(std::size_t position, Use* job);
  void count_jobs(std::int64_t change);

  Kernel& kernel_;
  std::int64_t cores_;
  double work_done_ = 0;  ///< W, in nanoseconds of one job's CPU time. State.
  Time updated_{};
  bool stopped_ = false;
  std::uint64_t sequence_ = 0;
  std::vector<Use*> heap_;
  Completion completion_;
  CountGauge jobs_gauge_;
  CountGauge busy_gauge_;
};

}  // namespace faultline::sim
