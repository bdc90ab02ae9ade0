/// Several messages for one call, of which the first answer counts.
#pragma once

#include <coroutine>
#include <cstdint>

#include "sim/kernel/parts.hpp"
#include "sim/network/request.hpp"

namespace faultline::models {

/// Where the messages of one call report their ends, and what the caller waits for in the meantime.
class HedgeRace final : public sim::Event {
 public:
  HedgeRace(sim::Kernel& kernel, std::uint32_t owner_id) : Event(&fire), kernel_(kernel) {
    set_tag(owner_id, sim::EventKind::resume);
  }
  HedgeRace(const HedgeRace&) = delete;
  HedgeRace& operator=(const HedgeRace&) = delete;
  ~HedgeRace() { kernel_.cancel_if_scheduled(*this); }

  /// `co_await race.start(message, index)`: message number `index` is on its way. It is freed by
  /// the process that awaits this.
  sim::Parts::Start start(sim::Task<void>& message, std::size_t index) {
    ++under_way_;
    return parts_.start(message, index);
  }
  /// Message number `index` has ended. It is freed later, by the caller, in a turn of its own.
  void ended(std::size_t index, const sim::Reply& reply) {
    --under_way_;
    parts_.ended(index);
    if (won_) return;
    if (index == 0 && !reply.is_ok()) first_failed_ = true;
    const bool effect = last_.effect || reply.effect;
    last_ = reply;
    last_.effect = effect;
    if (reply.is_ok()) {
      won_ = true;
      winner_ = index;
    }
    news_ = true;
    if (!frame_) return;
    kernel_.cancel_if_scheduled(*this);
    kernel_.schedule_now(*this);
  }

  /// Nobody waits for those that are still under way.
  void end() { parts_.over(); }
  /// Over: one was answered ok, or none is left to wait for.
  bool over() const { return won_ || under_way_ == 0; }
  bool won() const { return won_; }
  std::size_t winner() const { return winner_; }
  bool first_failed() const { return first_failed_; }
  /// The answer that counts. If none was ok, the last failure.
  const sim::Reply& reply() const { return last_; }

  /// `co_await race.until(time)` goes on when a message has ended, at `time` at the latest.
  class Wait {
   public:
    Wait(HedgeRace& race, sim::Time until) : race_(race), until_(until) {}
    bool await_ready() const noexcept { return race_.news_; }
    void await_suspend(std::coroutine_handle<> frame) {
      race_.frame_ = frame;
      race_.since_ = race_.kernel_.now();
      if (until_ != sim::time_max) race_.kernel_.schedule_at(race_, until_);
    }
    void await_resume() noexcept {
      race_.frame_ = nullptr;
      race_.news_ = false;
    }

   private:
    HedgeRace& race_;
    sim::Time until_;
  };
  Wait until(sim::Time time) { return Wait(*this, time); }

 private:
  static void fire(Event& event) {
    HedgeRace& race = static_cast<HedgeRace&>(event);
    race.kernel_.tell_waited(race.frame_, sim::WaitFor::others, race.since_);
    race.frame_.resume();
  }

  sim::Kernel& kernel_;
  sim::Parts parts_;
  sim::Time since_{};
  std::coroutine_handle<> frame_;
  sim::Reply last_{};
  std::size_t under_way_ = 0;
  std::size_t winner_ = 0;
  bool won_ = false;
  bool first_failed_ = false;
  bool news_ = false;
};

}  // namespace faultline::models
