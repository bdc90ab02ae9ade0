/// One line of work on a server: what serves a request, a branch of that which runs beside others,
/// or a task in the background. A lock is held by a job, memory is kept for one, and of two things
/// that want to run at once each is a job of its own. What it is in the server depends on the
/// server's concurrency: a thread, a callback of an event loop, a coroutine, a message of an actor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace faultline::models {

class Host;

class Job {
 public:
  /// A job of `host` that does `what` ("checkout", the name of an endpoint). Requires: both outlive
  /// it.
  Job(Host& host, std::string_view what);
  /// The one that stands for all jobs of a server that need not be told apart.
  Job() = default;
  /// A branch of `parent`: it begins where that is, and ends before it does.
  explicit Job(Job& parent);
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  /// Gives back all that the host holds for it.
  ~Job();

  /// Unique in its server's run, in the order in which the jobs began, from 1 on. 0: the one that
  /// stands for all (Host::tell_jobs_apart).
  std::uint64_t number() const { return number_; }
  /// What it does: the name of an endpoint, or of a task.
  std::string_view what() const { return what_; }
  /// For reports: "checkout #17".
  std::string name() const;

 private:
  friend class Host;
  Host* host_ = nullptr;
  std::string_view what_;
  std::uint64_t number_ = 0;
};

}  // namespace faultline::models
