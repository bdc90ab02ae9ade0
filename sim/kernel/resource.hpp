/// Servers with a queue in front: worker threads, cores, connections.
///
///   arrivals --> [ queue: FIFO, LIFO, by priority, or by a rule ] --> ( c servers )
///
/// Two ways in: `acquire()` holds a server until the lease is destroyed; `use(duration)` holds one
/// for a service time and is the cheaper of the two. A process that is ended while it waits leaves
/// the queue, and one that holds a server gives it back. Equal times: who asked first is served
/// first. Whoever waits can be told to leave, without having been served, when its deadline passes
/// or a QueueRule says so.
#pragma once

#include <coroutine>
#include <cstdint>
#include <limits>
#include <utility>

#include "sim/kernel/queue_rule.hpp"
#include "sim/kernel/task.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"

namespace faultline::sim {

/// Who is served next. By priority: the smaller number first, equals first come, first served.
/// Adaptive LIFO: the last to come while more than `lifo_above` wait, else the first.
/// Source of the last: Maurer, "Fail at Scale", ACM Queue 13(8), 2015.
enum class QueueOrder : std::uint8_t { fifo, lifo, priority, adaptive_lifo };

/// Why one that asked was not served.
enum class Denial : std::uint8_t {
  none,
  full,     ///< The queue was.
  dropped,  ///< By the queue's rule, after it had waited.
  expired,  ///< Its deadline passed while it waited.
};

class Resource {
 public:
  static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();
  static constexpr double as_asked = 1.0;

  struct Config {
    std::int64_t servers = 1;  ///< At least 1, or unlimited.
    std::int64_t queue_limit =
        unlimited;  ///< Waiting ones beyond this are refused. 0: nobody waits.
    QueueOrder order = QueueOrder::fifo;
    /// How many times as long as asked for a service takes that begins now; outlives the resource.
    const double* slowness = &as_asked;
    std::int64_t lifo_above = 0;  ///< For adaptive LIFO.
    bool drop_expired = false;    ///< Who waits beyond its deadline is not served.
    QueueRule* rule = nullptr;    ///< Outlives the resource.
  };

  Resource(Kernel& kernel, std::uint32_t owner_id, Config config)
      : kernel_(kernel), owner_id_(owner_id), config_(config), servers_(config.servers) {
    ruled_ = config.order == QueueOrder::adaptive_lifo || config.drop_expired || config.rule;
  }
  Resource(const Resource&) = delete;
  Resource& operator=(const Resource&) = delete;

  /// A held server. False when it was denied.
  class Lease {
   public:
    Lease() = default;
    explicit Lease(Resource* resource) : resource_(resource) {}
    explicit Lease(Denial denial) : denial_(denial) {}
    Lease(Lease&& other) noexcept
        : resource_(std::exchange(other.resource_, nullptr)), denial_(other.denial_) {}
    Lease& operator=(Lease&& other) noexcept {
      if (this != &other) {
        release();
        resource_ = std::exchange(other.resource_, nullptr);
        denial_ = other.denial_;
      }
      return *this;
    }
    ~Lease() { release(); }
    explicit operator bool() const { return resource_ != nullptr; }
    Denial denial() const { return denial_; }
    void release() {
      if (Resource* held = std::exchange(resource_, nullptr)) held->release_server();
    }

   private:
    Resource* resource_ = nullptr;
    Denial denial_ = Denial::none;
  };

  /// Whether a service was done.
  struct Served {
    Denial denial = Denial::none;
    explicit operator bool() const { return denial == Denial::none; }
  };

  class Acquire;
  class Use;

  /// `auto lease = co_await resource.acquire(); if (!lease) co_return rejected;`
  /// `deadline`: heeded if the resource drops what has expired.
  Acquire acquire(std::int64_t priority = 0, Time deadline = time_max) {
    return Acquire(*this, priority, deadline);
  }
  /// `if (!co_await resource.use(duration)) co_return rejected;` Requires: duration not negative.
  /// `lane`: Kernel::lane_of this duration, if it is a constant. A slow resource takes longer than
  /// `duration`.
  Use use(Duration duration, EventQueue::Lane lane = EventQueue::no_lane, std::int64_t priority = 0,
          Time deadline = time_max) {
    return Use(*this, duration, lane, priority, deadline);
  }

  const Config& config() const { return config_; }
  bool limited() const { return config_.servers != unlimited; }
  /// From now on so many work at once, as far as fewer are not asked for: those at work beyond it
  /// finish and are not replaced. Utilization stays the share of the declared servers.
  void set_servers(std::int64_t servers) {
    servers_ = servers;
    while (!queue_.empty() && busy_ < servers_) {
      ++busy_;
      busy_gauge_.add(kernel_.now(), 1);
      pass_on();
    }
  }
  std::int64_t busy() const { return busy_; }
  std::int64_t waiting() const { return waiting_; }

  /// Statistics, since the last reset.
  const CountGauge& busy_gauge() const { return busy_gauge_; }
  const CountGauge& queue_gauge() const { return queue_gauge_; }
  const Histogram& wait() const {
    return wait_;
  }  ///< Nanoseconds from asking to getting, zero included.
  std::uint64_t refused() const { return refused_; }
  std::uint64_t dropped() const { return dropped_; }  ///< By the rule, after they had waited.
  std::uint64_t expired() const { return expired_; }  ///< While they waited.
  /// Mean share of the servers that were busy; 0 when there is no limit.
  double utilization(Time now) const {
    return limited() ? busy_gauge_.mean(now) / static_cast<double>(config_.servers) : 0.0;
  }
  void reset_statistics(Time now) {
    busy_gauge_.reset(now);
    queue_gauge_.reset(now);
    wait_.reset();
    refused_ = dropped_ = expired_ = 0;
    statistics_start_ = now;
  }

  /// One that waits for a server, or holds one for a service time.
  class Claim : public Event, public ListHook {
   public:
    Claim(const Claim&) = delete;

   protected:
    /// Those after `done` are to be undone when the claim ends.
    enum class State : std::uint8_t { fresh, refused, done, waiting, granted, serving, denied };
    Claim(Resource& resource, Fire fire, std::int64_t priority, Time deadline)
        : Event(fire), resource_(resource), priority_(priority), deadline_(deadline) {}
    void undo() {
      if (state_ == State::waiting) return resource_.leave_queue(*this);
      resource_.kernel_.cancel_if_scheduled(*this);
      if (state_ != State::denied) resource_.release_server();
    }
    static void fire_denied(Event& event) {
      Claim& claim = static_cast<Claim&>(event);
      claim.state_ = State::refused;
      claim.frame_.resume();
    }

    friend class Resource;
    Resource& resource_;
    std::int64_t priority_;
    Time deadline_;
    Time asked_{};
    Time leave_by_;  ///< Set when it begins to wait in a queue with a rule.
    std::coroutine_handle<> frame_;
    State state_ = State::fresh;
    bool timed_ = false;
    Denial denial_ = Denial::none;
    Duration duration_{};
    EventQueue::Lane lane_ = EventQueue::no_lane;
  };

  class Acquire final : public Claim {
   public:
    ~Acquire() {
      if (state_ > State::done) undo();
    }
    bool await_ready() {
      asked_ = resource_.kernel_.now();
      if (resource_.try_take(asked_)) {
        state_ = State::granted;
        return true;
      }
      if (resource_.refuse(asked_)) {
        state_ = State::refused;
        denial_ = Denial::full;
        return true;
      }
      return false;
    }
    void await_suspend(std::coroutine_handle<> frame) {
      frame_ = frame;
      state_ = State::waiting;
      resource_.enter_queue(*this);
    }
    Lease await_resume() {
      if (state_ == State::refused) return Lease(denial_);
      state_ = State::done;
      return Lease(&resource_);
    }

   private:
    friend class Resource;
    Acquire(Resource& resource, std::int64_t priority, Time deadline)
        : Claim(resource, &fire, priority, deadline) {
      set_tag(resource.owner_id_, EventKind::grant);
    }
    static void fire(Event& event) { static_cast<Acquire&>(event).frame_.resume(); }
  };

  class Use final : public Claim {
   public:
    ~Use() {
      if (state_ > State::done) undo();
    }
    bool await_ready() {
      asked_ = resource_.kernel_.now();
      if (resource_.try_take(asked_)) {
        start();
        return false;
      }
      if (resource_.refuse(asked_)) {
        state_ = State::refused;
        denial_ = Denial::full;
        return true;
      }
      state_ = State::waiting;
      resource_.enter_queue(*this);
      return false;
    }
    void await_suspend(std::coroutine_handle<> frame) { frame_ = frame; }
    /// True when it was served, false when it was denied.
    Served await_resume() const { return {denial_}; }

   private:
    friend class Resource;
    Use(Resource& resource, Duration duration, EventQueue::Lane lane, std::int64_t priority,
        Time deadline)
        : Claim(resource, &fire, priority, deadline) {
      timed_ = true;
      duration_ = duration;
      lane_ = lane;
      set_tag(resource.owner_id_, EventKind::service);
    }
    void start() {
      state_ = State::serving;
      const double slowness = *resource_.config_.slowness;
      if (__builtin_expect(slowness != 1.0, false)) {
        resource_.kernel_.schedule_after(*this, scaled(duration_, slowness));
      } else {
        resource_.kernel_.schedule_constant(*this, lane_, duration_);
      }
    }
    static void fire(Event& event) {
      Use& use = static_cast<Use&>(event);
      use.state_ = State::done;
      use.resource_.release_server();
      use.frame_.resume();
    }
  };

 private:
  bool try_take(Time now) {
    if (busy_ >= servers_) return false;
    ++busy_;
    busy_gauge_.add(now, 1);
    wait_.record(0);
    return true;
  }
  bool refuse(Time now) {
    if (waiting_ < config_.queue_limit) return false;
    if (ruled_ && makes_room(now)) return false;
    ++refused_;
    return true;
  }
  void enter_queue(Claim& claim) {
    switch (config_.order) {
      case QueueOrder::fifo:
      case QueueOrder::adaptive_lifo:
        queue_.push_back(claim);
        break;
      case QueueOrder::lifo:
        queue_.push_front(claim);
        break;
      case QueueOrder::priority:
        queue_.insert_sorted(
            claim, [](const Claim& a, const Claim& b) { return a.priority_ <= b.priority_; });
        break;
    }
    if (__builtin_expect(ruled_, false)) set_patience(claim);
    ++waiting_;
    queue_gauge_.add(claim.asked_, 1);
  }
  void leave_queue(Claim& claim) {
    claim.unlink();
    --waiting_;
    queue_gauge_.add(kernel_.now(), -1);
  }
  void release_server() {
    if (!queue_.empty() && busy_ <= servers_) return pass_on();
    --busy_;
    busy_gauge_.add(kernel_.now(), -1);
  }
  void pass_on();
  void pass_on_by_rule();
  void serve(Claim& claim, Time now);
  void set_patience(Claim& claim);
  /// Lets those leave who have waited too long, from the oldest on. True if the queue is below its
  /// limit then.
  bool makes_room(Time now);
  void deny(Claim& claim, Denial why);
  Denial overdue(const Claim& claim, Time now) const;

  Kernel& kernel_;
  std::uint32_t owner_id_;
  Config config_;
  std::int64_t servers_;  ///< Now; config_ has the declared ones.
  std::int64_t busy_ = 0;
  std::int64_t waiting_ = 0;
  IntrusiveList<Claim> queue_;
  CountGauge busy_gauge_;
  CountGauge queue_gauge_;
  Histogram wait_;
  std::uint64_t refused_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t expired_ = 0;
  bool ruled_ = false;  ///< Whoever is taken from the queue is looked at first.
  Time statistics_start_{};
};

/// A semaphore is a resource whose leases are its permits.
using Semaphore = Resource;

}  // namespace faultline::sim
