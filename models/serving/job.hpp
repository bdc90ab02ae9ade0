/// One line of work on a server: what serves a request, a branch of it that runs beside others, or
/// a task in the background. A lock is held by a job, memory is kept for one, and of two things
/// that want to run at once each is a job of its own. What it is in the server depends on the
/// server's concurrency: a thread, a callback of an event loop, a coroutine, a message of an actor.
#pragma once

#include <coroutine>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/algorithms/memory/generational_heap.hpp"
#include "models/machine/processor.hpp"
#include "sim/kernel/resource.hpp"

namespace faultline::models {

class Carrier;
class Host;

class Job : public Burst {
 public:
  /// A job of `host` that does `what` ("checkout", the name of an endpoint). Requires: both outlive
  /// it.
  Job(Host& host, std::string_view what);
  /// The one that stands for all jobs of a server that need not be told apart.
  Job() : Burst(&done, &whose) {}
  /// A branch of `parent`: it begins where that is, and ends before it does.
  explicit Job(Job& parent);
  /// Gives back all that the host holds for it.
  ~Job();

  /// Unique in its server's run, in the order in which the jobs began, from 1 on. 0: the one that
  /// stands for all (Host::tell_jobs_apart).
  std::uint64_t number() const { return number_; }
  /// What it does: the name of an endpoint, or of a task.
  std::string_view what() const { return what_; }
  /// For reports: "checkout #17".
  std::string name() const;

  /// What the server's concurrency and machine keep with a job; not for steps.
  struct Seat {
    std::coroutine_handle<> frame;  ///< Waits for a turn, or for work to be done.
    std::uint32_t thread = 0;       ///< Of the processor: the thread that it is.
    Carrier* carrier = nullptr;     ///< The one it is on, or was on last.
    std::uint64_t turn = 0;         ///< Of the carrier, the last that was the job's.
    sim::Duration left{};           ///< CPU work to do when its turn comes.
    sim::Time ready_since{};
    std::uint8_t phase = 0;  ///< Of an event loop: where it goes on.
    bool queued = false;
    sim::Resource::Lease blocking;  ///< The thread that waits for it.
    GenerationalHeap::Kept memory;  ///< In use for it.
  };
  Seat seat;
  void resume() { seat.frame.resume(); }
  using Burst::abandon;
  /// What a wait was for: it decides where an event loop goes on.
  enum class Wake : std::uint8_t { timer, error, io, inside };
  /// Told by a step before it returns, if it waited for something else than I/O.
  void woken_by(Wake what) { seat.phase = static_cast<std::uint8_t>(what); }

 private:
  friend class Host;
  static void done(Burst& burst) { static_cast<Job&>(burst).resume(); }
  static std::coroutine_handle<> whose(const Burst& burst) {
    return static_cast<const Job&>(burst).seat.frame;
  }
  Host* host_ = nullptr;
  std::string_view what_;
  std::uint64_t number_ = 0;
};

}  // namespace faultline::models
