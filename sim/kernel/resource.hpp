/// Servers with a queue in front: worker threads, cores, connections.
///
///   arrivals --> [ queue: FIFO, LIFO or by priority ] --> ( c servers )
///
/// Two ways in: `acquire()` holds a server until the lease is destroyed; `use(duration)` holds one
/// for a service time and is the cheaper of the two. A process that is ended while it waits leaves
/// the queue, and one that holds a server gives it back. Equal times: who asked first is served
/// first.
#pragma once

#include <coroutine>
#include <cstdint>
#include <limits>
#include <utility>

#include "sim/kernel/task.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"

namespace faultline::sim {

/// Who is served next. By priority: the smaller number first, equals first come, first served.
enum class QueueOrder : std::uint8_t { fifo, lifo, priority };

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
  };

  Resource(Kernel& kernel, std::uint32_t owner_id, Config config)
      : kernel_(kernel), owner_id_(owner_id), config_(config) {}
  Resource(const Resource&) = delete;
  Resource& operator=(const Resource&) = delete;

  /// A held server. False when the queue was full.
  class Lease {
   public:
    Lease() = default;
    explicit Lease(Resource* resource) : resource_(resource) {}
    Lease(Lease&& other) noexcept : resource_(std::exchange(other.resource_, nullptr)) {}
    Lease& operator=(Lease&& other) noexcept {
      if (this != &other) {
        release();
        resource_ = std::exchange(other.resource_, nullptr);
      }
      return *this;
    }
    ~Lease() { release(); }
    explicit operator bool() const { return resource_ != nullptr; }
    void release() {
      if (Resource* held = std::exchange(resource_, nullptr)) held->release_server();
    }

   private:
    Resource* resource_ = nullptr;
  };

  class Acquire;
  class Use;

  /// `auto lease = co_await resource.acquire(); if (!lease) co_return rejected;`
  Acquire acquire(std::int64_t priority = 0) { return Acquire(*this, priority); }
  /// `if (!co_await resource.use(duration)) co_return rejected;` Requires: duration not negative.
  /// `lane`: Kernel::lane_of this duration, if it is a constant. A slow resource takes longer than
  /// `duration`.
  Use use(Duration duration, EventQueue::Lane lane = EventQueue::no_lane,
          std::int64_t priority = 0) {
    return Use(*this, duration, lane, priority);
  }

  const Config& config() const { return config_; }
  bool limited() const { return config_.servers != unlimited; }
  std::int64_t busy() const { return busy_; }
  std::int64_t waiting() const { return waiting_; }

  /// Statistics, since the last reset.
  const CountGauge& busy_gauge() const { return busy_gauge_; }
  const CountGauge& queue_gauge() const { return queue_gauge_; }
  const Histogram& wait() const {
    return wait_;
  }  ///< Nanoseconds from asking to getting, zero included.
  std::uint64_t refused() const { return refused_; }
  /// Mean share of the servers that were busy; 0 when there is no limit.
  double utilization(Time now) const {
    return limited() ? busy_gauge_.mean(now) / static_cast<double>(config_.servers) : 0.0;
  }
  void reset_statistics(Time now) {
    busy_gauge_.reset(now);
    queue_gauge_.reset(now);
    wait_.reset();
    refused_ = 0;
    statistics_start_ = now;
  }

  /// One that waits for a server, or holds one for a service time.
  class Claim : public Event, public ListHook {
   public:
    Claim(const Claim&) = delete;

   protected:
    enum class State : std::uint8_t { fresh, refused, waiting, granted, serving, done };
    Claim(Resource& resource, Fire fire, std::int64_t priority)
        : Event(fire), resource_(resource), priority_(priority) {}

    friend class Resource;
    Resource& resource_;
    std::int64_t priority_;
    Time asked_{};
    std::coroutine_handle<> frame_;
    State state_ = State::fresh;
    bool timed_ = false;
    Duration duration_{};
    EventQueue::Lane lane_ = EventQueue::no_lane;
  };

  class Acquire final : public Claim {
   public:
    ~Acquire() {
      if (state_ == State::waiting) resource_.leave_queue(*this);
      if (state_ == State::granted) {
        resource_.kernel_.cancel_if_scheduled(*this);
        resource_.release_server();
      }
    }
    bool await_ready() {
      asked_ = resource_.kernel_.now();
      if (resource_.try_take(asked_)) {
        state_ = State::granted;
        return true;
      }
      if (resource_.refuse()) {
        state_ = State::refused;
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
      if (state_ == State::refused) return Lease();
      state_ = State::done;
      return Lease(&resource_);
    }

   private:
    friend class Resource;
    Acquire(Resource& resource, std::int64_t priority) : Claim(resource, &fire, priority) {
      set_tag(resource.owner_id_, EventKind::grant);
    }
    static void fire(Event& event) { static_cast<Acquire&>(event).frame_.resume(); }
  };

  class Use final : public Claim {
   public:
    ~Use() {
      if (state_ == State::waiting) resource_.leave_queue(*this);
      if (state_ == State::serving) {
        resource_.kernel_.cancel_if_scheduled(*this);
        resource_.release_server();
      }
    }
    bool await_ready() {
      asked_ = resource_.kernel_.now();
      if (resource_.try_take(asked_)) {
        start();
        return false;
      }
      if (resource_.refuse()) {
        state_ = State::refused;
        return true;
      }
      state_ = State::waiting;
      resource_.enter_queue(*this);
      return false;
    }
    void await_suspend(std::coroutine_handle<> frame) { frame_ = frame; }
    /// True when it was served, false when it was refused.
    bool await_resume() const { return state_ != State::refused; }

   private:
    friend class Resource;
    Use(Resource& resource, Duration duration, EventQueue::Lane lane, std::int64_t priority)
        : Claim(resource, &fire, priority) {
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
    if (busy_ >= config_.servers) return false;
    ++busy_;
    busy_gauge_.add(now, 1);
    wait_.record(0);
    return true;
  }
  bool refuse() {
    if (waiting_ < config_.queue_limit) return false;
    ++refused_;
    return true;
  }
  void enter_queue(Claim& claim) {
    switch (config_.order) {
      case QueueOrder::fifo:
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
    ++waiting_;
    queue_gauge_.add(claim.asked_, 1);
  }
  void leave_queue(Claim& claim) {
    claim.unlink();
    --waiting_;
    queue_gauge_.add(kernel_.now(), -1);
  }
  void release_server() {
    if (!queue_.empty()) return pass_on();
    --busy_;
    busy_gauge_.add(kernel_.now(), -1);
  }
  void pass_on();

  Kernel& kernel_;
  std::uint32_t owner_id_;
  Config config_;
  std::int64_t busy_ = 0;
  std::int64_t waiting_ = 0;
  IntrusiveList<Claim> queue_;
  CountGauge busy_gauge_;
  CountGauge queue_gauge_;
  Histogram wait_;
  std::uint64_t refused_ = 0;
  Time statistics_start_{};
};

/// A semaphore is a resource whose leases are its permits.
using Semaphore = Resource;

}  // namespace faultline::sim
