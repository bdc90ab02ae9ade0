/// A process that has just started is slow until it is warm: code not compiled yet, pages not in
/// memory, connections not open.
///
///   slowness: factor at the start, then down in a straight line of `steps` steps to 1 after `length`
///
/// Rule: its services take 1 + (factor - 1) (1 - k / steps) times as long in step k.
/// Does not model: a warm-up that depends on the work done.
#pragma once

#include "sim/kernel/kernel.hpp"
#include "sim/network/node.hpp"

namespace faultline::models {

class Warmup final : public sim::Event {
 public:
  static constexpr int steps = 20;
  struct Config {
    sim::Duration length;  ///< Above 0.
    double factor = 1;
  };

  /// `tag`: whose its events are.
  Warmup(sim::Node& node, const Config& config, std::uint32_t tag)
      : Event(&fire), kernel_(node.kernel()), node_(node), config_(config) {
    set_tag(tag, sim::EventKind::fault);
  }
  /// The node may be gone by then.
  ~Warmup() { kernel_.cancel_if_scheduled(*this); }

  /// It is cold from now on.
  void begin() {
    end();
    step_ = 0;
    chill();
  }
  /// It is as declared at once.
  void end() {
    kernel_.cancel_if_scheduled(*this);
    if (cold_) node_.remove_slowness(this);
    cold_ = false;
  }

 private:
  static void fire(Event& event) {
    auto& self = static_cast<Warmup&>(event);
    self.node_.remove_slowness(&self);
    self.cold_ = false;
    if (++self.step_ < steps) self.chill();
  }
  void chill() {
    const double left = 1.0 - static_cast<double>(step_) / steps;
    node_.add_slowness(this, 1 + (config_.factor - 1) * left);
    cold_ = true;
    kernel_.schedule_after(*this, sim::scaled(config_.length, 1.0 / steps));
  }

  sim::Kernel& kernel_;
  sim::Node& node_;
  Config config_;      ///< Parameters.
  int step_ = 0;       ///< State.
  bool cold_ = false;  ///< State.
};

}  // namespace faultline::models
