#include "sim/experiment/experiment.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "sim/experiment/pool.hpp"
#include "sim/scenario/run.hpp"

namespace faultline::sim {

namespace {

using WallClock = std::chrono::steady_clock;

double seconds_since(WallClock::time_point start) {
  return std::chrono::duration<double>(WallClock::now() - start).count();
}

/// The threads of an experiment and what they share.
class Workers {
 public:
  Workers(const Spec& spec, const ExperimentOptions& options) : spec_(spec), options_(options) {
    const std::uint64_t jobs = std::min(options.jobs, options.replications);
    running_.resize(jobs);
    active_ = jobs;
    for (std::uint64_t job = 0; job < jobs; ++job)
      threads_.emplace_back([this, job] { work(job); });
  }

  /// Waits for the end, tells of the progress, and passes on a wish to stop.
  void wait() {
    std::unique_lock lock(mutex_);
    while (active_ > 0) {
      changed_.wait_for(lock, std::chrono::milliseconds(100));
      if (options_.stop && options_.stop->load(std::memory_order_relaxed)) stop_all();
      if (options_.progress) options_.progress(progress());
    }
    lock.unlock();
    for (std::thread& thread : threads_) thread.join();
    // Those that waited for one that was cut short.
    for (const auto& entry : early_) pool_.add(entry.second);
  }

  std::exception_ptr error() const { return error_; }
  Problems& problems() { return problems_; }
  const ResultPool& pool() const { return pool_; }
  const std::optional<Result>& partial() const { return partial_; }

 private:
  void work(std::uint64_t job) {
    for (;;) {
      std::uint64_t replication;
      {
        const std::lock_guard lock(mutex_);
        if (stopping_ || next_ == options_.replications) break;
        replication = next_++;
      }
      try {
        run(job, replication);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        // Of several, the error of the first replication is told, whichever thread came first.
        if (!error_ || replication < error_replication_) {
          error_ = std::current_exception();
          error_replication_ = replication;
        }
        stop_all();
      }
    }
    const std::lock_guard lock(mutex_);
    --active_;
    changed_.notify_all();
  }

  /// Takes a run back out of `running_` before it is destroyed, also when it ends with an
  /// exception.
  class Announcement {
   public:
    Announcement(Workers& workers, std::uint64_t job) : workers_(workers), job_(job) {}
    Announcement(const Announcement&) = delete;
    ~Announcement() {
      const std::lock_guard lock(workers_.mutex_);
      workers_.running_[job_] = nullptr;
    }

   private:
    Workers& workers_;
    std::uint64_t job_;
  };

  void run(std::uint64_t job, std::uint64_t replication) {
    Problems problems;
    Run run(spec_, options_.seed, replication, problems);
    {
      const std::lock_guard lock(mutex_);
      if (!problems.empty()) {
        if (problems_.empty()) problems_ = problems;
        stop_all();
        return;
      }
      if (stopping_) return;
      running_[job] = &run;
    }
    const Announcement announcement(*this, job);
    run.run_to_end();
    Result result = run.result();
    const std::lock_guard lock(mutex_);
    running_[job] = nullptr;  // From here on it counts as done, so its progress must not be added.
    events_done_ += result.events;
    seconds_done_ += result.virtual_seconds;
    ++done_;
    take(replication, std::move(result));
  }

  /// Pools finished replications in their order; those that came early wait.
  void take(std::uint64_t replication, Result result) {
    if (result.cut_short) {
      if (!partial_ || replication < partial_replication_) {
        partial_ = std::move(result);
        partial_replication_ = replication;
      }
      return;
    }
    early_.emplace(replication, std::move(result));
    while (!early_.empty() && early_.begin()->first == pool_next_) {
      pool_.add(early_.begin()->second);
      early_.erase(early_.begin());
      ++pool_next_;
    }
  }

  void stop_all() {
    stopping_ = true;
    for (Run* run : running_) {
      if (run) run->request_pause();
    }
  }

  Progress progress() const {
    Progress progress;
    progress.replications = options_.replications;
    progress.replications_done = done_;
    progress.virtual_seconds = seconds_done_;
    progress.events = events_done_;
    progress.virtual_seconds_planned =
        to_seconds(spec_.run.duration) * static_cast<double>(options_.replications);
    for (const Run* run : running_) {
      if (!run) continue;
      progress.virtual_seconds += to_seconds(run->progress());
      progress.events += run->progress_events();
    }
    progress.wall_seconds = seconds_since(start_);
    return progress;
  }

  const Spec& spec_;
  const ExperimentOptions& options_;
  WallClock::time_point start_ = WallClock::now();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::thread> threads_;
  std::vector<Run*> running_;
  std::uint64_t active_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t events_done_ = 0;
  double seconds_done_ = 0;
  bool stopping_ = false;
  std::exception_ptr error_;
  std::uint64_t error_replication_ = 0;
  Problems problems_;
  ResultPool pool_;
  std::uint64_t pool_next_ = 0;
  std::map<std::uint64_t, Result> early_;
  std::optional<Result> partial_;
  std::uint64_t partial_replication_ = 0;
};

}  // namespace

std::optional<Result> run_experiment(const Spec& spec, const ExperimentOptions& options,
                                     Problems& problems) {
  const WallClock::time_point start = WallClock::now();
  Workers workers(spec, options);
  workers.wait();
  if (!workers.problems().empty()) {
    problems = workers.problems();
    return std::nullopt;
  }
  if (workers.error()) std::rethrow_exception(workers.error());
  std::optional<Result> result;
  if (workers.pool().count() > 0) {
    result = workers.pool().pooled();
    result->cut_short = workers.pool().count() < options.replications;
  } else {
    result = workers.partial();
  }
  if (!result) return std::nullopt;
  result->wall_seconds = seconds_since(start);
  const nlohmann::json json = to_json(*result);
  for (const Expectation& expectation : spec.expectations) {
    result->expectations.push_back(evaluate(expectation, json));
  }
  return result;
}

}  // namespace faultline::sim
