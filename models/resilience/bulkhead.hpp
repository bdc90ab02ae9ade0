/// The waiting room of a bulkhead: who waits for a place among the calls under way, first come,
/// first served. A process that is ended while it waits leaves, and one that is let in gives its
/// place back.
#pragma once

#include <coroutine>
#include <utility>

#include "models/algorithms/resilience/bulkhead/bulkhead_policy.hpp"
#include "sim/kernel/intrusive_list.hpp"
#include "sim/kernel/kernel.hpp"

namespace faultline::models {

class Bulkhead {
 public:
  Bulkhead(sim::Kernel& kernel, std::uint32_t owner_id, const BulkheadLimits& limits)
      : kernel_(kernel), owner_id_(owner_id), gate_(limits) {}
  Bulkhead(const Bulkhead&) = delete;
  Bulkhead& operator=(const Bulkhead&) = delete;

  /// A place among the calls under way. False when there was none.
  class Place {
   public:
    Place() = default;
    explicit Place(Bulkhead* bulkhead) : bulkhead_(bulkhead) {}
    Place(Place&& other) noexcept : bulkhead_(std::exchange(other.bulkhead_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      if (this != &other) {
        release();
        bulkhead_ = std::exchange(other.bulkhead_, nullptr);
      }
      return *this;
    }
    ~Place() { release(); }
    explicit operator bool() const { return bulkhead_ != nullptr; }
    void release() {
      if (Bulkhead* held = std::exchange(bulkhead_, nullptr)) held->leave();
    }

   private:
    Bulkhead* bulkhead_ = nullptr;
  };

  /// `Bulkhead::Place place = co_await bulkhead.enter(until);`
  class Enter final : public sim::Event, public sim::ListHook {
   public:
    Enter(Bulkhead& bulkhead, sim::Time until) : Event(&fire), bulkhead_(bulkhead), until_(until) {
      set_tag(bulkhead.owner_id_, sim::EventKind::grant);
    }
    Enter(const Enter&) = delete;
    ~Enter();

    bool await_ready();
    void await_suspend(std::coroutine_handle<> frame);
    Place await_resume();

   private:
    friend class Bulkhead;
    enum class State : std::uint8_t { outside, waiting, inside };
    static void fire(Event& event);

    Bulkhead& bulkhead_;
    sim::Time until_;
    sim::Time since_{};
    State state_ = State::outside;
    std::coroutine_handle<> frame_;
  };
  /// Waits for a place, but not beyond `until`.
  Enter enter(sim::Time until) { return Enter(*this, until); }

  const BulkheadGate& gate() const { return gate_; }

 private:
  void leave();

  sim::Kernel& kernel_;
  std::uint32_t owner_id_;
  BulkheadGate gate_;
  sim::IntrusiveList<Enter> waiting_;
};

}  // namespace faultline::models
