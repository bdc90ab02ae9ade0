#include "models/serving/locks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/measure/digest.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Reason;
using sim::Time;

namespace {

/// The permits of a reader-writer lock: a reader takes one, a writer all.
constexpr std::int64_t reader_permits = std::int64_t{1} << 40;
/// Of a finding, so that a ring of a hundred thousand can still be looked at.
constexpr std::size_t parts_kept_max = 50;

template <class T>
std::string in_words(const T& value) {
  if constexpr (std::is_same_v<T, bool>) return value ? "true" : "false";
  if constexpr (std::is_same_v<T, std::string>) return "\"" + value + "\"";
  if constexpr (std::is_same_v<T, std::int64_t>) return std::to_string(value);
}

/// Takes what one more step says of a lock.
template <class T>
void agree_on(std::optional<T>& known, const std::optional<T>& said, std::string_view key,
              const std::string& name, const StepContext& context) {
  if (!said) return;
  if (known && *known != *said) {
    context.build.problem(
        context.path, fmt::format("expected `{}` {} as another step says of \"{}\", got {}", key,
                                  in_words(*known), name, in_words(*said)));
  }
  known = said;
}

}  // namespace

void check_shared_name(const std::string& name, const sim::Path& path, sim::Problems& problems) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  if (!name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), plain)) return;
  problems.add(path, "expected a name of at most 64 letters, digits, \"_\" and \"-\"",
               R"(such as "accounts")");
}

void LockUse::describe(sim::ParamList<LockUse>& list) {
  list.add("name", &LockUse::name,
           "Which lock of this server; all steps that name it mean the same one")
      .required();
  list.add("timeout", &LockUse::timeout,
           "How long it waits before it fails; 0: not at all; without it, as long as it takes")
      .at_least(Duration(0));
  list.add("per_key", &LockUse::per_key,
           "Whether each key of the requests has a lock of its own; without it, one for all");
  list.add("stripes", &LockUse::stripes,
           "So many locks share the keys of the requests; without it, one for all")
      .unit("locks")
      .between(2, 1'000'000);
  list.add("on_deadlock", &LockUse::on_deadlock,
           "What becomes of a ring of those who wait for each other, this lock among them. report: "
           "it is told, and stands; abort_youngest: the one that began last fails and gives all it "
           "holds back. Without it, report")
      .one_of({"report", "abort_youngest"});
  list.add("steps", &LockUse::steps, "What is done while it is held").required().not_empty();
}

void LockUse::check(const LockUse& params, const sim::Path& path, sim::Problems& problems) {
  check_shared_name(params.name, path / "name", problems);
  if (params.stripes && params.per_key == true)
    problems.add(path / "stripes", "either `stripes` share the keys, or each has a lock `per_key`");
}

// Locks

Locks::Locks(Host& host) : node_(host.node()), kernel_(host.node().kernel()) {}

Locks::~Locks() = default;

Locks::Lock& Locks::lock(const LockUse& use, const Kind& kind, const StepContext& context) {
  findings_ = &context.build.findings();
  context.host.tell_jobs_apart();
  const auto found = std::find_if(locks_.begin(), locks_.end(),
                                  [&](const auto& each) { return each->name() == use.name; });
  Lock* lock = found == locks_.end() ? nullptr : found->get();
  if (!lock) lock = locks_.emplace_back(std::make_unique<Lock>(*this, use.name, kind.step)).get();
  lock->agree(use, kind, context);
  return *lock;
}

Locks::Process Locks::enter(const Job& job) {
  const auto [found, is_new] = owner_of_job_.try_emplace(job.number(), 0);
  if (is_new) {
    const Process process = graph_.add_process();
    found.value() = process;
    if (owners_.size() <= process) owners_.resize(process + std::size_t{1});
    owners_[process] = {.job = job.number(), .what = job.what()};
  }
  ++owners_[found->second].uses;
  return found->second;
}

void Locks::leave(Process process) {
  Owner& owner = owners_[process];
  if (--owner.uses > 0) return;
  owner_of_job_.erase(owner.job);
  graph_.remove_process(process);
}

std::string Locks::name_of(Process process) const {
  const Owner& owner = owners_[process];
  return fmt::format("{} #{}", owner.what, owner.job);
}

std::string Locks::name_of_resource(WaitForGraph::Resource resource) const {
  const Instance* instance = by_resource_[resource];
  return instance ? instance->lock.label(*instance) : "its branches";
}

/// `wait` has begun: it may have closed a ring, and with several locks that are shared more than
/// one.
void Locks::search(Wait& wait) {
  wait.locks_.owners_[wait.process_].wait = &wait;
  owners_[wait.process_].since = wait.asked_;
  for (;;) {
    const auto ring = graph_.wait(wait.process_, wait.instance_->resource);
    if (ring.empty()) return;
    report(ring);
    if (!is_to_be_broken(ring)) return;
    Wait* victim = youngest_of(ring);
    ++victims_;
    victim->deny(Reason::aborted);
    if (victim == &wait) return;
    // There may be another ring through it.
    graph_.stop_waiting(wait.process_);
  }
}

void Locks::report(const std::vector<WaitForGraph::Link>& ring) {
  ++deadlocks_;
  sim::Finding finding{.kind = "deadlock",
                       .node = node_.name(),
                       .at_seconds = sim::to_seconds(kernel_.now()),
                       .parts = {}};
  for (const WaitForGraph::Link& link : ring) {
    if (finding.parts.size() == parts_kept_max) {
      finding.parts.push_back({fmt::format("(+{})", ring.size() - parts_kept_max), "", "", 0});
      break;
    }
    finding.parts.push_back({name_of(link.process), name_of_resource(link.holds),
                             name_of_resource(link.waits_for),
                             sim::to_seconds(owners_[link.process].since)});
  }
  findings_->add(std::move(finding));
}

bool Locks::is_to_be_broken(const std::vector<WaitForGraph::Link>& ring) const {
  return std::any_of(ring.begin(), ring.end(), [this](const WaitForGraph::Link& link) {
    const Instance* instance = by_resource_[link.waits_for];
    return instance && instance->lock.on_deadlock_ == "abort_youngest";
  });
}

/// Of those that wait for a lock: a ring that is to be broken has one.
Locks::Wait* Locks::youngest_of(const std::vector<WaitForGraph::Link>& ring) const {
  const Owner* youngest = nullptr;
  for (const WaitForGraph::Link& link : ring) {
    const Owner& owner = owners_[link.process];
    if (owner.wait && (!youngest || owner.job > youngest->job)) youngest = &owner;
  }
  SIM_ASSERT(youngest);
  return youngest->wait;
}

void Locks::crashed() {
  graph_ = WaitForGraph();
  owners_.clear();
  owner_of_job_.clear();
  by_resource_.clear();
  for (const auto& lock : locks_) lock->crashed();
}

void Locks::describe_statistics(sim::NodeStatistics& statistics) {
  if (locks_.empty()) return;
  statistics.scalar("deadlocks", [this](Time) { return static_cast<double>(deadlocks_); });
  statistics.scalar("deadlock_victims", [this](Time) { return static_cast<double>(victims_); });
  statistics.on_reset([this](Time) { deadlocks_ = victims_ = 0; });
  for (const auto& lock : locks_) lock->describe_statistics(statistics);
}

// Lock

Locks::Lock::Lock(Locks& locks, std::string name, std::string_view step)
    : locks_(locks), name_(std::move(name)), step_(step) {}

void Locks::Lock::agree(const LockUse& use, const Kind& kind, const StepContext& context) {
  if (kind.step != step_) {
    context.build.problem(
        context.path,
        fmt::format("\"{}\" is a `{}` already, and cannot be a `{}` too", name_, step_, kind.step));
    return;
  }
  agree_on(permits_, kind.permits, "permits", name_, context);
  agree_on(preference_, kind.preference, "preference", name_, context);
  agree_on(per_key_, use.per_key, "per_key", name_, context);
  agree_on(stripes_, use.stripes, "stripes", name_, context);
  agree_on(on_deadlock_, use.on_deadlock, "on_deadlock", name_, context);
  reentrant_ = reentrant_ || kind.reentrant;
}

Locks::Instance& Locks::Lock::instance_for(std::uint64_t key) {
  if (stripes_) {
    key = sim::mix_bits(key) % static_cast<std::uint64_t>(*stripes_);
  } else if (per_key_ != true) {
    key = 0;
  }
  const auto [found, is_new] = instances_.try_emplace(key, nullptr);
  if (!is_new) return *found->second;
  const std::int64_t permits = step_ == "rw_lock" ? reader_permits : this->permits();
  found.value() = std::make_unique<Instance>(*this, permits, key);
  Instance& made = *found->second;
  // Of a lock that many hold one who leaves is enough for the next, of the others all must.
  made.resource = locks_.graph_.add_resource(step_ == "semaphore" ? 1 : WaitForGraph::all);
  if (locks_.by_resource_.size() <= made.resource)
    locks_.by_resource_.resize(made.resource + std::size_t{1});
  locks_.by_resource_[made.resource] = &made;
  return made;
}

/// Forgets the lock of a key that nobody holds or wants.
void Locks::Lock::tidy(Instance& instance) {
  if (per_key_ != true) return;
  if (instance.queue.waiting() > 0 || instance.queue.free() < instance.queue.permits()) return;
  locks_.by_resource_[instance.resource] = nullptr;
  locks_.graph_.remove_resource(instance.resource);
  instances_.erase(instance.key);
}

void Locks::Lock::give_back(Instance& instance, std::int64_t units) {
  instance.owner = 0;
  granted_.clear();
  instance.queue.give_back(units, granted_);
  grant(instance, granted_);
  tidy(instance);
}

void Locks::Lock::grant(Instance& instance, const std::vector<PermitQueue::Place>& granted) {
  const Time now = locks_.kernel_.now();
  for (const PermitQueue::Place& place : granted) {
    const auto found = instance.waiting.find(place.arrival);
    Wait& wait = *found->second;
    instance.waiting.erase(found);
    wait.granted(now);
  }
}

void Locks::Lock::count(Time asked, Time now) {
  held_.add(now, 1);
  // By arrival: a wait that began before the statistics did is not in them.
  if (asked < statistics_start_) return;
  ++acquisitions_;
  if (now > asked) ++contended_;
  wait_.record((now - asked).count());
}

void Locks::Lock::crashed() {
  const Time now = locks_.kernel_.now();
  instances_.clear();
  held_.set(now, 0);
  waiting_.set(now, 0);
}

void Locks::Lock::describe_statistics(sim::NodeStatistics& statistics) {
  const auto named = [this](std::string_view what) {
    return fmt::format("{}:lock_{}", name_, what);
  };
  const auto count = [&](std::string_view what, const std::uint64_t& counter) {
    statistics.scalar(named(what), [&counter](Time) { return static_cast<double>(counter); });
  };
  count("acquisitions", acquisitions_);
  count("contended", contended_);
  count("timeouts", timed_out_);
  statistics.scalar(named("contended_ratio"), [this](Time) {
    return acquisitions_ == 0
               ? 0.0
               : static_cast<double>(contended_) / static_cast<double>(acquisitions_);
  });
  statistics.scalar(named("held_mean"), [this](Time now) { return held_.mean(now); });
  statistics.scalar(named("waiting_mean"), [this](Time now) { return waiting_.mean(now); });
  statistics.histogram(named("wait_seconds"), wait_);
  statistics.histogram(named("hold_seconds"), hold_);
  statistics.series_part(named("waiting"), [this](Time now) {
    return static_cast<double>(waiting_.area(now)) * 1e-9;
  });
  statistics.on_reset([this](Time now) {
    acquisitions_ = contended_ = timed_out_ = 0;
    wait_.reset();
    hold_.reset();
    held_.reset(now);
    waiting_.reset(now);
    statistics_start_ = now;
  });
}

std::string Locks::Lock::label(const Instance& instance) const {
  if (stripes_) return fmt::format("{}[stripe {}]", name_, instance.key);
  return per_key_ == true ? fmt::format("{}[{}]", name_, instance.key) : name_;
}

// Hold

Locks::Hold::Hold(Hold&& other) noexcept
    : instance_(std::exchange(other.instance_, nullptr)),
      process_(other.process_),
      hold_(other.hold_),
      units_(other.units_),
      since_(other.since_),
      why_(other.why_) {}

Locks::Hold::~Hold() {
  Instance* instance = std::exchange(instance_, nullptr);
  if (!instance) return;
  Lock& lock = instance->lock;
  Locks& locks = lock.locks_;
  // In a crash all of it is forgotten together.
  if (locks.ending()) return;
  const Time now = locks.kernel_.now();
  lock.held_.add(now, -1);
  if (since_ >= lock.statistics_start_) lock.hold_.record((now - since_).count());
  locks.graph_.let_go(hold_);
  locks.leave(process_);
  lock.give_back(*instance, units_);
}

// Wait

Locks::Wait::Wait(Lock& lock, const Job& job, const Claim& claim)
    : Event(&fire),
      locks_(lock.locks_),
      lock_(lock),
      job_(job),
      units_(claim.units),
      timeout_(claim.timeout),
      deadline_(claim.deadline) {
  instance_ = &lock_.instance_for(claim.key);
  if (units_ == 0) units_ = instance_->queue.permits();
  const bool first = (lock.preference_ == "readers" && claim.reads) ||
                     (lock.preference_ == "writers" && !claim.reads);
  rank_ = first ? 0 : 1;
}

Locks::Wait::~Wait() {
  locks_.kernel_.cancel_if_scheduled(*this);
  if (locks_.ending()) return;
  if (state_ == State::waiting) {
    leave_queue();
    locks_.leave(process_);
    lock_.tidy(*instance_);
  } else if (state_ == State::granted) {
    lock_.held_.add(locks_.kernel_.now(), -1);
    locks_.graph_.let_go(hold_);
    locks_.leave(process_);
    lock_.give_back(*instance_, units_);
  }
}

bool Locks::Wait::await_ready() {
  asked_ = locks_.kernel_.now();
  if (lock_.reentrant_ && instance_->owner == job_.number()) {
    state_ = State::reentered;
    return true;
  }
  if (instance_->queue.take(units_, rank_)) {
    process_ = locks_.enter(job_);
    granted(asked_);
    return true;
  }
  until_ = deadline_;
  if (timeout_) {
    until_ = std::min(until_, Time(sim::saturating_sum(asked_.time_since_epoch(), *timeout_)));
  }
  if (until_ > asked_) return false;
  why_ = deadline_ <= asked_ ? Reason::expired : Reason::rejected;
  state_ = State::denied;
  ++lock_.timed_out_;
  return true;
}

void Locks::Wait::suspend(std::coroutine_handle<> frame) {
  frame_ = frame;
  process_ = locks_.enter(job_);
  place_ = instance_->queue.enter(units_, rank_);
  instance_->waiting.emplace(place_.arrival, this);
  lock_.waiting_.add(asked_, 1);
  state_ = State::waiting;
  set_tag(locks_.node_.id(), sim::EventKind::timeout);
  if (until_ != sim::time_max) locks_.kernel_.schedule_at(*this, until_);
  locks_.search(*this);
}

/// It has its permits: at once, or after it waited.
void Locks::Wait::granted(Time now) {
  if (state_ == State::waiting) {
    lock_.waiting_.add(now, -1);
    locks_.graph_.stop_waiting(process_);
    locks_.owners_[process_].wait = nullptr;
    locks_.kernel_.cancel_if_scheduled(*this);
    set_tag(locks_.node_.id(), sim::EventKind::grant);
    locks_.kernel_.schedule_now(*this);
    locks_.kernel_.tell_waited(frame_, sim::WaitFor::turn, asked_);
  }
  state_ = State::granted;
  hold_ = locks_.graph_.hold(process_, instance_->resource);
  if (instance_->queue.permits() == 1) instance_->owner = job_.number();
  lock_.count(asked_, now);
}

/// Takes it out of the queue, which may let others in.
void Locks::Wait::leave_queue() {
  lock_.waiting_.add(locks_.kernel_.now(), -1);
  locks_.graph_.stop_waiting(process_);
  locks_.owners_[process_].wait = nullptr;
  instance_->waiting.erase(place_.arrival);
  lock_.granted_.clear();
  instance_->queue.leave(place_, lock_.granted_);
  lock_.grant(*instance_, lock_.granted_);
}

/// It does not get it. Goes on in a turn of its own.
void Locks::Wait::deny(Reason why) {
  leave_queue();
  locks_.leave(process_);
  state_ = State::denied;
  why_ = why;
  locks_.kernel_.cancel_if_scheduled(*this);
  set_tag(locks_.node_.id(), sim::EventKind::grant);
  locks_.kernel_.schedule_now(*this);
}

void Locks::Wait::fire(sim::Event& event) {
  Wait& self = static_cast<Wait&>(event);
  if (self.state_ == State::waiting) {
    const Time now = self.locks_.kernel_.now();
    self.leave_queue();
    self.locks_.leave(self.process_);
    self.state_ = State::denied;
    self.why_ = self.deadline_ <= now ? Reason::expired : Reason::timeout;
    if (self.asked_ >= self.lock_.statistics_start_) ++self.lock_.timed_out_;
    self.locks_.kernel_.tell_waited(self.frame_, sim::WaitFor::turn, self.asked_);
    self.lock_.tidy(*self.instance_);
  }
  self.frame_.resume();
}

Locks::Hold Locks::Wait::await_resume() {
  if (state_ == State::denied) return Hold(why_);
  Hold hold;
  if (state_ == State::granted) {
    hold.instance_ = instance_;
    hold.process_ = process_;
    hold.hold_ = hold_;
    hold.units_ = units_;
    hold.since_ = locks_.kernel_.now();
  }
  state_ = State::done;
  return hold;
}

// Join

Locks::Join::Join(Locks& locks, const Job& parent, std::uint32_t needed)
    : locks_(locks), idle_(locks.locks_.empty()) {
  if (idle_) return;
  process_ = locks_.enter(parent);
  resource_ = locks_.graph_.add_resource(needed);
  if (locks_.by_resource_.size() <= resource_)
    locks_.by_resource_.resize(resource_ + std::size_t{1});
  locks_.by_resource_[resource_] = nullptr;
  locks_.owners_[process_].since = locks_.kernel_.now();
  locks_.graph_.wait(process_, resource_);
}

Locks::Join::~Join() {
  if (idle_ || locks_.ending()) return;
  locks_.graph_.stop_waiting(process_);
  locks_.graph_.remove_resource(resource_);
  locks_.leave(process_);
}

void Locks::Join::set_needed(std::uint32_t needed) {
  if (!idle_) locks_.graph_.set_needed(resource_, needed);
}

Locks::Join::Branch::Branch(Join& join, const Job& job) : locks_(join.locks_), idle_(join.idle_) {
  if (idle_) return;
  process_ = locks_.enter(job);
  hold_ = locks_.graph_.hold(process_, join.resource_);
}

Locks::Join::Branch::~Branch() {
  if (idle_ || locks_.ending()) return;
  locks_.graph_.let_go(hold_);
  locks_.leave(process_);
}

}  // namespace faultline::models
