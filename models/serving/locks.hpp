/// The locks of one server: who holds which, who waits, and who waits in a ring.
///
///   step --Wait--> { its turn? } --yes--> Hold, until its end
///                       '--no--> in the queue ... granted, or too late, or given up for a deadlock
///
/// Rule: a lock is known by its name. It is one for the whole server, or one for each key of the
/// requests, or one of a number of stripes that share the keys. Whose turn it is says
/// models/algorithms/concurrency/permit_queue.hpp. When one begins to wait, rings are looked for
/// (models/algorithms/concurrency/wait_for_graph.hpp); a ring is a finding of the run, "deadlock",
/// and is left as it is, or broken: the youngest in it gives up waiting, and all it holds with
/// that. A crash gives all locks back. Source: Java SE, java.util.concurrent.locks (timed and
/// reentrant locks); Guava, Striped. Does not model: the time of taking a lock that is free (tens
/// of nanoseconds), spinning, barging, priorities that are inherited; lost wake-ups. Locks of other
/// processes: they are calls.
#pragma once

#include <tsl/robin_map.h>

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/algorithms/concurrency/permit_queue.hpp"
#include "models/algorithms/concurrency/wait_for_graph.hpp"
#include "models/serving/step.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/param/described.hpp"
#include "sim/scenario/findings.hpp"

namespace faultline::models {

/// What every step that takes a lock says. All steps of a server that name a lock speak of the same
/// one, so what they say of it must agree; what is left out is as another step says.
struct LockUse {
  std::string name;
  std::optional<sim::Duration> timeout;
  std::optional<bool> per_key;
  std::optional<std::int64_t> stripes;
  std::optional<std::string> on_deadlock;
  std::vector<StepChoice> steps;

  static void describe(sim::ParamList<LockUse>& list);
  static void check(const LockUse& params, const sim::Path& path, sim::Problems& problems);
};

/// Whether `name` can be the name of a lock, a queue or a variable: a problem if not.
void check_shared_name(const std::string& name, const sim::Path& path, sim::Problems& problems);

class Locks final : public HostPart {
 public:
  explicit Locks(Host& host);
  ~Locks() override;

  /// What kind of lock it is, for the one that makes it.
  struct Kind {
    std::string_view step;  ///< The type of the steps that take it: "rw_lock".
    std::optional<std::int64_t> permits = 1;
    std::optional<std::string> preference{};
    bool reentrant = false;  ///< Who holds it may take it again.
  };
  class Lock;
  /// The lock of that name, made when the first step asks for it. What does not agree is a problem.
  Lock& lock(const LockUse& use, const Kind& kind, const StepContext& context);

  /// A claim that is held until the end of this object.
  class Hold;
  /// `Locks::Wait wait(lock, job, ...); Locks::Hold held = co_await wait;`
  class Wait;
  /// A job that waits for its branches, so that a ring over them is seen.
  class Join;

  void crashed() override;
  void describe_statistics(sim::NodeStatistics& statistics) override;

 private:
  using Process = WaitForGraph::Process;
  struct Instance;
  /// A job that holds or waits, by its process in the graph.
  struct Owner {
    std::uint64_t job = 0;
    std::string_view what;
    Wait* wait = nullptr;
    sim::Time since{};       ///< When it began to wait.
    std::uint32_t uses = 0;  ///< Claims, waits and joins.
  };

  Process enter(const Job& job);
  void leave(Process process);
  bool ending() const { return kernel_.ending(node_.id()); }
  void search(Wait& wait);
  void report(const std::vector<WaitForGraph::Link>& ring);
  bool is_to_be_broken(const std::vector<WaitForGraph::Link>& ring) const;
  Wait* youngest_of(const std::vector<WaitForGraph::Link>& ring) const;
  std::string name_of(Process process) const;
  std::string name_of_resource(WaitForGraph::Resource resource) const;

  sim::Node& node_;
  sim::Kernel& kernel_;
  std::vector<std::unique_ptr<Lock>> locks_;  ///< In the order of asking.
  sim::Findings* findings_ = nullptr;
  WaitForGraph graph_;                                   ///< State.
  std::vector<Owner> owners_;                            ///< By process. State.
  tsl::robin_map<std::uint64_t, Process> owner_of_job_;  ///< Never walked. State.
  std::vector<Instance*> by_resource_;                   ///< Null: a join. State.
  std::uint64_t deadlocks_ = 0;                          ///< Statistic.
  std::uint64_t victims_ = 0;                            ///< Statistic.
};

/// One lock for all, or that of a key or a stripe.
struct Locks::Instance {
  Instance(Lock& lock_, std::int64_t permits, std::uint64_t key_)
      : lock(lock_), key(key_), queue(permits) {}
  Lock& lock;
  std::uint64_t key;
  PermitQueue queue;
  WaitForGraph::Resource resource = 0;
  tsl::robin_map<std::uint64_t, Wait*> waiting;  ///< By arrival. Never walked.
  std::uint64_t owner = 0;                       ///< The job that holds a mutex; 0: none.
};

class Locks::Lock {
 public:
  Lock(Locks& locks, std::string name, std::string_view step);
  const std::string& name() const { return name_; }
  /// Of a semaphore.
  std::int64_t permits() const { return permits_.value_or(1); }

 private:
  friend class Locks;
  void agree(const LockUse& use, const Kind& kind, const StepContext& context);

  Instance& instance_for(std::uint64_t key);
  void tidy(Instance& instance);
  void give_back(Instance& instance, std::int64_t units);
  void grant(Instance& instance, const std::vector<PermitQueue::Place>& granted);
  void count(sim::Time asked, sim::Time now);
  void crashed();
  void describe_statistics(sim::NodeStatistics& statistics);
  std::string label(const Instance& instance) const;

  Locks& locks_;
  std::string name_;
  std::string step_;
  // As the steps that name it say.
  std::optional<std::int64_t> permits_;
  std::optional<std::string> preference_;
  std::optional<bool> per_key_;
  std::optional<std::int64_t> stripes_;
  std::optional<std::string> on_deadlock_;
  bool reentrant_ = false;

  /// By key or stripe; one of key 0 if it is one for all. Never walked but in a crash. State.
  tsl::robin_map<std::uint64_t, std::unique_ptr<Instance>> instances_;
  std::vector<PermitQueue::Place> granted_;  ///< For the moment of granting.
  sim::Time statistics_start_{};
  std::uint64_t acquisitions_ = 0;  ///< Statistic.
  std::uint64_t contended_ = 0;     ///< Statistic.
  std::uint64_t timed_out_ = 0;     ///< Statistic.
  sim::Histogram wait_;             ///< Nanoseconds, zero included. Statistic.
  sim::Histogram hold_;             ///< Nanoseconds. Statistic.
  sim::CountGauge held_;            ///< Claims. Statistic.
  sim::CountGauge waiting_;         ///< Statistic.
};

class Locks::Hold {
 public:
  Hold() = default;
  explicit Hold(sim::Reason why) : why_(why) {}
  Hold(Hold&& other) noexcept;
  Hold& operator=(Hold&&) = delete;
  ~Hold();
  /// Whether it was given.
  explicit operator bool() const { return why_ == sim::Reason::none; }
  /// Why not.
  sim::Reason why() const { return why_; }

 private:
  friend class Wait;
  Instance* instance_ = nullptr;  ///< Null: nothing to give back.
  Process process_ = 0;
  WaitForGraph::Hold hold_ = 0;
  std::int64_t units_ = 0;
  sim::Time since_{};
  sim::Reason why_ = sim::Reason::none;
};

class Locks::Wait final : public sim::Event {
 public:
  struct Claim {
    std::uint64_t key = 0;
    std::int64_t units = 1;  ///< 0: all there are.
    bool reads = false;      ///< Of a reader-writer lock.
    std::optional<sim::Duration> timeout{};
    sim::Time deadline = sim::time_max;
  };
  Wait(Lock& lock, const Job& job, const Claim& claim);
  ~Wait();
  bool await_ready();
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) {
    suspend(frame);
  }
  Hold await_resume();

 private:
  friend class Locks;
  friend class Lock;
  enum class State : std::uint8_t { fresh, waiting, granted, reentered, denied, done };
  void suspend(std::coroutine_handle<> frame);
  void granted(sim::Time now);
  void deny(sim::Reason why);
  void leave_queue();
  static void fire(sim::Event& event);

  Locks& locks_;
  Lock& lock_;
  const Job& job_;
  std::int64_t units_;
  std::int64_t rank_;
  std::optional<sim::Duration> timeout_;
  sim::Time deadline_;
  Instance* instance_;
  Process process_ = 0;
  WaitForGraph::Hold hold_ = 0;
  PermitQueue::Place place_;
  sim::Time asked_{};
  sim::Time until_ = sim::time_max;
  sim::Reason why_ = sim::Reason::none;
  State state_ = State::fresh;
  std::coroutine_handle<> frame_;
};

/// Names the branches before they begin; the parent waits for `needed` of them, or for all.
class Locks::Join {
 public:
  Join(Locks& locks, const Job& parent, std::uint32_t needed);
  Join(const Join&) = delete;
  Join& operator=(const Join&) = delete;
  ~Join();
  /// So many branches are still waited for.
  void set_needed(std::uint32_t needed);
  /// A branch as the graph knows it.
  class Branch {
   public:
    Branch(Join& join, const Job& job);
    Branch(const Branch&) = delete;
    Branch& operator=(const Branch&) = delete;
    ~Branch();

   private:
    Locks& locks_;
    bool idle_;
    Process process_ = 0;
    WaitForGraph::Hold hold_ = 0;
  };

 private:
  Locks& locks_;
  bool idle_;  ///< The server has no locks: there is nothing to see.
  Process process_ = 0;
  WaitForGraph::Resource resource_ = 0;
};

}  // namespace faultline::models
