/// Few threads that carry many jobs: what event loops, coroutines and actors have in common.
///
///   ready jobs --> [ queue: the model's ] --> ( carriers ) --> the job's code, until it waits
///                          ^------- after the wait ------------------------'
///
/// Rules: a job's code runs on a carrier until it waits; then the carrier takes the next that is
/// ready. What runs between two waits is not interrupted, unless the model has a slice. Taking up a
/// job costs CPU time. A wait that blocks a thread is handed to a pool of further threads, or, if
/// there are none, blocks the carrier and all that wait for it. More carriers than cores share them
/// as threads do (models/machine/processor.hpp). Does not model: queues for each carrier and the
/// stealing of work between them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/serving/concurrency/concurrency.hpp"

namespace faultline::models {

class Carriers;

/// One thread that carries jobs.
class Carrier final : public Burst {
 public:
  Carrier(Carriers& model, std::uint32_t number, std::uint32_t thread);
  std::uint32_t number() const { return number_; }

 private:
  friend class Carriers;
  /// Looks for the next job, in a turn of its own.
  class Wake final : public sim::Event {
   public:
    explicit Wake(Carrier& carrier) : Event(&fire), carrier_(carrier) {}

   private:
    static void fire(Event& event);
    Carrier& carrier_;
  };
  static void done(Burst& burst);
  static std::coroutine_handle<> whose(const Burst& burst);

  bool occupied() const { return at_work_ || held_by_ || paying_; }

  Carriers& model_;
  std::uint32_t number_;
  std::uint32_t thread_;
  Wake wake_;
  Job* at_work_ = nullptr;     ///< Whose work it does.
  Job* held_by_ = nullptr;     ///< Who waits on it.
  bool paying_ = false;        ///< It works for nobody: what taking up a job costs.
  bool serving_ = false;       ///< A job's code runs, and this carrier sees it when it waits.
  std::uint64_t lent_in_ = 0;  ///< The event of the run in which a job's code went on at once.
  std::uint64_t turn_ = 0;     ///< The number of jobs taken up.
  sim::Duration debt_{};       ///< CPU work for taking up, not done yet.
  sim::Time debt_since_{};     ///< Since when it is worked off, while nobody waits for that.
  sim::Duration rest_{};       ///< Of the work at hand, after the slice.
};

class Carriers : public Concurrency {
 public:
  struct Config {
    std::int64_t carriers = 1;
    std::int64_t blocking_threads = 0;
    sim::Bytes memory_per_thread{0};
    sim::Bytes memory_per_job{0};
    std::optional<sim::Duration> slice;  ///< Work after which a carrier looks for others.
    std::string name;                    ///< In statistics: "loop".
  };
  Carriers(const MakeArgs& args, Config config);
  Carriers(const Carriers&) = delete;
  Carriers& operator=(const Carriers&) = delete;
  ~Carriers() override;

  void made(Job& job, Job* parent) override;
  bool back(Job& job) override;
  void work(Job& job, sim::Duration work) override;
  sim::Task<void> block(Job& job) override;
  void unblock(Job& job) override;
  void hold(Job& job) override;
  void let_go(Job& job) override;
  void ended(Job& job) override;
  void go_on() override;
  void crashed() override;
  void describe_statistics(sim::NodeStatistics& statistics) override;

 protected:
  // The model's: its queues.

  /// A job that is ready waits for a carrier. `first`: before all others.
  virtual void enqueue(Job& job, bool first) = 0;
  /// The next for this carrier, taken out of the queue; null if there is none.
  virtual Job* next(Carrier& carrier) = 0;
  /// It leaves the queue without its turn.
  virtual void dequeue(Job& job) = 0;
  /// Whether somebody waits for this carrier.
  virtual bool anyone_waits(const Carrier& carrier) const = 0;
  /// The CPU work of taking up a job; `at_once`: it found the carrier idle.
  virtual sim::Duration cost_of(const Carrier& carrier, bool at_once) = 0;
  /// The only one that may take this job; null: any.
  virtual Carrier* own_carrier(Job&) { return nullptr; }

  const std::vector<std::unique_ptr<Carrier>>& carriers() const { return carriers_; }
  /// CPU work that the carrier has to do before it takes up another job.
  void charge(Carrier& carrier, sim::Duration work) { carrier.debt_ += work; }
  sim::Kernel& kernel() const { return node_.kernel(); }

 private:
  friend class Carrier;
  bool runs_on(const Job& job) const;
  bool executes(const Carrier& carrier) const {
    return carrier.serving_ || carrier.lent_in_ == kernel().events();
  }
  /// May do away with a debt.
  bool is_free(Carrier& carrier);
  bool settle(Carrier& carrier);
  Carrier* free_for(Job& job);
  /// The code of the job, which is being executed, goes on on this carrier.
  void lend(Carrier& carrier, Job& job);
  void occupy(Carrier& carrier, Job* job, sim::Duration work);
  void slice(Carrier& carrier, sim::Duration work);
  void wait_for_turn(Job& job, bool first);
  void see_to(Carrier& carrier);
  void run_code(Carrier& carrier, Job& job);
  void serve(Carrier& carrier);
  void work_done(Carrier& carrier);
  void woken(Carrier& carrier);
  void count_occupied(std::int64_t change);

  sim::Node& node_;
  Machine& machine_;
  Config config_;
  std::vector<std::unique_ptr<Carrier>> carriers_;
  std::unique_ptr<sim::Resource> blocking_;  ///< Threads for waits; null without any.
  std::size_t next_free_ = 0;                ///< Where to look for one that is free.
  sim::CountGauge occupied_;                 ///< Carriers. Statistic.
  sim::CountGauge jobs_;                     ///< Statistic.
  sim::CountGauge ready_;                    ///< Jobs in queues. Statistic.
  sim::Histogram lag_;                       ///< Nanoseconds that ready jobs waited. Statistic.
  std::uint64_t taken_up_ = 0;               ///< Statistic.
  sim::Duration aside_{};                    ///< Debts worked off while nobody waited. Statistic.
  sim::Time statistics_start_{};
};

}  // namespace faultline::models
