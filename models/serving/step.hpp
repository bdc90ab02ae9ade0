/// What an endpoint of an app server does, step by step. A step is registered like a policy: one
/// file, one test.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/machine/disk.hpp"
#include "models/service_time.hpp"
#include "models/serving/job.hpp"
#include "sim/network/component.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

/// A step that coordinates transactions, as those who are in doubt about one see it.
class Coordinating {
 public:
  virtual ~Coordinating() = default;
  /// Whether the transaction with this number is, or was, one of its own.
  virtual bool coordinates(std::uint64_t transaction) const = 0;
  /// What became of it: a CommitAnswer in Reply::value.
  virtual sim::Reply inquired(std::uint64_t transaction) const = 0;
};

/// Something that several steps of one server share, made when the first of them asks for it: the
/// table of its locks, its queues. Lives as long as the server.
class HostPart {
 public:
  virtual ~HostPart() = default;
  /// The server crashed: its processes are gone. Forget what was in memory.
  virtual void crashed() {}
  /// Takes a message that somebody posted to the server.
  virtual void receive(sim::Message&) {}
  /// Names what is measured, once, before the run.
  virtual void describe_statistics(sim::NodeStatistics&) {}
};

/// What a step may use of the server it runs on. Everything is asked for on behalf of a job. Steps
/// are written as if every job were a thread; how many can be at work, and what a wait costs, is
/// the affair of the server's concurrency.
class Host {
 public:
  virtual ~Host() = default;
  virtual sim::Node& node() = 0;

  // Asked for while the server is built, by the constructor of a step.

  /// Inquiries about transactions of `step` are its to answer. Returns how many such steps there
  /// were before.
  virtual std::size_t add_coordinator(Coordinating& step) = 0;
  /// A step needs to know which job it works for. Without such a step all requests of a server may
  /// be served as one nameless job, which costs less.
  virtual void tell_jobs_apart() = 0;
  /// Whether the machine has a disk.
  virtual bool has_disk() const = 0;
  /// The server's one Part, which is made by `Part(Host&)`.
  template <class Part>
  Part& part() {
    static const char key = 0;
    for (const auto& [part_key, part] : parts_) {
      if (part_key == &key) return static_cast<Part&>(*part);
    }
    auto made = std::make_unique<Part>(*this);
    Part& part = *made;
    parts_.emplace_back(&key, std::move(made));
    return part;
  }

  // Asked for by a step while it runs.

  /// Takes `work` of CPU time, waiting for a core if need be. `work` is as declared; a slow node
  /// or a slower machine takes longer for it.
  virtual sim::Task<void> use(Job& job, ServiceTime::Draw work) = 0;
  /// The wait that follows blocks the thread it is in, as a system call does, until unblock(). A
  /// job that is a thread waits as always; another one takes up a thread for it, and may have to
  /// wait for one. Any other wait needs no word: a callback or a coroutine makes room by itself.
  virtual sim::Task<void> block(Job& job) = 0;
  virtual void unblock(Job& job) = 0;
  /// Goes on with `job` after a wait: waits for its turn where it is not a thread of its own. Steps
  /// do it by themselves when they end and when they use the CPU: only code in between that
  /// depends on the place needs it.
  virtual sim::Task<void> back(Job& job) = 0;
  /// Reads or writes `bytes` on the disk. Requires: has_disk().
  virtual sim::Task<void> disk(Job& job, DiskAccess access) = 0;
  /// Takes memory that is in use until the job ends or gives it back. May have to wait for the
  /// collector; a machine without memory to give kills the server.
  virtual sim::Task<void> allocate(Job& job, sim::Bytes bytes) = 0;
  /// The same of memory that nobody holds: garbage at once.
  virtual sim::Task<void> allocate_briefly(Job& job, sim::Bytes bytes) = 0;
  /// Gives back `bytes` of what the job allocated before it ends.
  virtual void free(Job& job, sim::Bytes bytes) = 0;
  /// Starts a task in the background, which a crash ends as well. It makes a Job of its own.
  void spawn(sim::Task<void> task) { node().spawn(std::move(task)); }

 protected:
  void parts_crashed() {
    for (const auto& [key, part] : parts_) part->crashed();
  }
  void parts_receive(sim::Message& message) {
    for (const auto& [key, part] : parts_) part->receive(message);
  }
  void describe_parts(sim::NodeStatistics& statistics) {
    for (const auto& [key, part] : parts_) part->describe_statistics(statistics);
  }

 private:
  friend class Job;
  virtual std::uint64_t begun(Job& job, Job* parent) = 0;
  virtual void ended(Job& job) = 0;
  std::vector<std::pair<const void*, std::unique_ptr<HostPart>>> parts_;  ///< As asked for.
};

/// What the steps of one server share.
struct StepContext {
  const sim::BuildContext& build;
  Host& host;
  std::string path;  ///< Names the random streams of the step: "endpoints.default[1]".
};

/// A step that only calls another node.
class PlainCall {
 public:
  enum class Operation : std::uint8_t { same, read, write };

  PlainCall(sim::PortPicker target, sim::NameId endpoint, Operation operation,
            sim::Patience patience)
      : target_(std::move(target)),
        endpoint_(endpoint),
        operation_(operation),
        patience_(patience) {}
  const sim::Target& next_target() { return target_.next(); }
  const sim::Node* first_node() const { return target_.port().front().node; }
  sim::NameId endpoint() const { return endpoint_; }
  const sim::Patience& patience() const { return patience_; }
  /// Whether what is sent on behalf of `request` differs from it.
  bool changes(const sim::Request& request) const {
    return request.endpoint != endpoint_ || request.attempt != 0 || operation_ != Operation::same;
  }
  /// What is sent on behalf of `request`.
  sim::Request request_for(const sim::Request& request) const {
    sim::Request sent = request;
    sent.endpoint = endpoint_;
    sent.attempt = 0;
    if (operation_ != Operation::same) {
      sent.operation = operation_ == Operation::read ? sim::Operation::read : sim::Operation::write;
    }
    return sent;
  }

 private:
  sim::PortPicker target_;
  sim::NameId endpoint_;
  Operation operation_;
  sim::Patience patience_;
};

class StepList;

class Step {
 public:
  static constexpr std::string_view kind = "step";
  using MakeArgs = StepContext;

  virtual ~Step() = default;
  /// Does its work for `request`, as `job`. A reply that is not ok ends the endpoint with it.
  virtual sim::Task<sim::Reply> run(Job& job, const sim::Request& request) = 0;

  // Most steps are simple, and a server does them in its own coroutine instead of starting one for
  // each. A step is at most one of these kinds; what it returns here and what run() does must be
  // the same.
  /// The work of a step that only takes CPU time; else null.
  virtual ServiceTime* plain_cpu() { return nullptr; }
  /// The call of a step that only calls; else null.
  virtual PlainCall* plain_call() { return nullptr; }
  /// True when the step only stands for other steps, which expand() names.
  virtual bool is_plain_list() const { return false; }
  /// The steps to do in its place, this time.
  virtual const StepList& expand();

  /// The calls it makes in every case.
  virtual void certain_calls(std::vector<sim::CertainCall>&) const {}
};

using StepChoice = sim::Choice<Step>;

/// Steps one after the other, as an endpoint, a branch or an option has them.
class StepList {
 public:
  StepList() = default;
  StepList(const std::vector<StepChoice>& steps, const StepContext& context);
  /// Runs them until one does not end ok. Requires: outlives the task.
  sim::Task<sim::Reply> run(Job& job, const sim::Request& request) const;
  void certain_calls(std::vector<sim::CertainCall>& out) const;
  bool empty() const { return steps_.empty(); }

  /// A step and what kind of simple step it is.
  struct Entry {
    std::unique_ptr<Step> step;
    ServiceTime* cpu = nullptr;
    PlainCall* call = nullptr;
    bool is_list = false;
  };
  const std::vector<Entry>& steps() const { return steps_; }

 private:
  Host* host_ = nullptr;
  std::vector<Entry> steps_;
};

}  // namespace faultline::models
