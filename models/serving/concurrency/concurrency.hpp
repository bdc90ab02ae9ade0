/// How a server does many things at once: what a request is on it (a thread, a callback, a
/// coroutine, a message), when its code runs, and what a wait and a switch cost. Steps are written
/// once; they run the same under all of them.
///
///   request --> [ places ] --> begin --> work ... back after a wait ... work --> ended
///
/// A model is asked in the order of a job's life. Where it says "not now" it keeps the job and
/// resumes the frame in its seat later, in a turn of its own.
#pragma once

#include <coroutine>
#include <string_view>

#include "models/machine/machine.hpp"
#include "models/serving/job.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class Concurrency {
 public:
  static constexpr std::string_view kind = "concurrency";
  struct MakeArgs {
    const sim::BuildContext& build;
    Machine& machine;
    /// The order, the limit and the rules of a queue of requests; the number of servers is the
    /// model's.
    sim::Resource::Config queue;
  };

  virtual ~Concurrency() = default;

  /// What limits the requests at work, if anything does: one of these is held for each. A request
  /// waits for it, or is turned away, before it is a job.
  virtual sim::Resource* places(const sim::Request&) { return nullptr; }
  /// Whether there are places, so that a limit of those who wait means something.
  virtual bool has_places() const { return false; }
  /// The one queue of all requests; null if there is none, or one for each of several places.
  virtual const sim::Resource* queue() const { return nullptr; }

  /// A job is made: of a request, of `parent` as a branch, or in the background (null).
  virtual void made(Job& job, Job* parent) = 0;
  /// A request's job begins. True: at once.
  virtual bool begin(Job& job) { return back(job); }
  /// The job goes on after a wait. True: at once.
  virtual bool back(Job& job) = 0;
  /// The job does `work`, and its frame is resumed when it is done.
  virtual void work(Job& job, sim::Duration work) = 0;
  /// A wait that blocks a thread begins. The frame is resumed if it has to wait for one.
  virtual sim::Task<void> block(Job& job) = 0;
  virtual void unblock(Job& job) = 0;
  /// A wait in which nothing else runs in the job's place, as when memory is short, begins or ends.
  virtual void hold(Job& job) = 0;
  virtual void let_go(Job& job) = 0;
  /// A request ended with `reply`, still in its place. Returns how long the place cannot be used.
  virtual sim::Duration closed(Job&, const sim::Reply&) { return {}; }
  /// The job is destroyed, wherever it is.
  virtual void ended(Job& job) = 0;

  /// The processor goes on after it stood still.
  virtual void go_on() = 0;
  /// The node crashed; its jobs are gone.
  virtual void crashed() {}
  /// At most so many requests at work, by a fault's doing.
  virtual void limit_connections(double /*level*/) {}
  virtual void describe_statistics(sim::NodeStatistics& statistics) = 0;

  // For coroutines:

  /// `co_await concurrency.begun(job)`.
  class Begun {
   public:
    Begun(Concurrency& model, Job& job) : model_(model), job_(job) {}
    bool await_ready() { return model_.begin(job_); }
    void await_suspend(std::coroutine_handle<> frame) { job_.seat.frame = frame; }
    void await_resume() const noexcept {}

   private:
    Concurrency& model_;
    Job& job_;
  };
  class Returned {
   public:
    Returned(Concurrency& model, Job& job) : model_(model), job_(job) {}
    bool await_ready() { return model_.back(job_); }
    void await_suspend(std::coroutine_handle<> frame) { job_.seat.frame = frame; }
    void await_resume() const noexcept {}

   private:
    Concurrency& model_;
    Job& job_;
  };
  class Worked {
   public:
    Worked(Concurrency& model, Job& job, sim::Duration work)
        : model_(model), job_(job), work_(work) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> frame) {
      job_.seat.frame = frame;
      model_.work(job_, work_);
    }
    void await_resume() const noexcept {}

   private:
    Concurrency& model_;
    Job& job_;
    sim::Duration work_;
  };
  Begun begun(Job& job) { return {*this, job}; }
  Returned returned(Job& job) { return {*this, job}; }
  Worked worked(Job& job, sim::Duration work) { return {*this, job, work}; }
};

}  // namespace faultline::models
