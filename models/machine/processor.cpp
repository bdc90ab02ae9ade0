#include "models/machine/processor.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {

namespace {

double seconds_area(const sim::CountGauge& gauge, sim::Time now) {
  return static_cast<double>(gauge.area(now)) * 1e-9;
}

}  // namespace

Burst::Burst(Done done, Whose whose) : Event(&Processor::fire), done_(done), whose_(whose) {}

void Burst::abandon() {
  if (processor_) processor_->leave(*this);
}

Processor::Processor(sim::Node& node, const Config& config) : node_(node), config_(config) {
  if (config_.sharing == Sharing::processor_sharing) {
    SIM_ASSERT(limited());
    shared_ = std::make_unique<sim::ProcessorSharing>(node.kernel(), node.id(), config_.cores);
  } else if (limited()) {
    cores_.resize(static_cast<std::size_t>(config_.cores));
    // The first core is the first to be taken.
    for (std::int64_t i = config_.cores; i-- > 0;) give_core(static_cast<std::int32_t>(i));
  }
}

sim::Duration Processor::takes(sim::Duration work) const {
  const double factor = node_.cpu_slowness() / config_.clock;
  return factor == 1.0 ? work : sim::scaled(work, factor);
}

sim::Duration Processor::work_in(sim::Duration span) const {
  const double factor = config_.clock / node_.cpu_slowness();
  return factor == 1.0 ? span : sim::scaled(span, factor);
}

sim::Task<void> Processor::share(Burst& burst, sim::Duration work) {
  co_await shared_->use(work);
  node_.kernel().schedule_now(burst);
}

void Processor::run(Burst& burst, sim::Duration work, std::uint32_t thread) {
  SIM_ASSERT(!burst.processor_);
  burst.processor_ = this;
  burst.set_tag(node_.id(), sim::EventKind::service);
  if (shared_) {
    burst.left_ = {};
    burst.slice_ = {};
    burst.share_.emplace(share(burst, takes(work)));
    burst.share_->start_in(node_);
    return;
  }
  burst.left_ = work;
  burst.thread_ = thread;
  burst.asked_ = node_.kernel().now();
  burst.on_core_ = burst.begun_ = false;
  if (stopped() || (limited() && free_.empty())) {
    burst.ready_since_ = burst.asked_;
    ready_.push_back(burst);
    ready_gauge_.add(burst.asked_, 1);
    return;
  }
  ready_wait_.record(0);
  start(burst, take_core(thread));
}

std::int32_t Processor::take_core(std::uint32_t thread) {
  if (!limited()) return Burst::nowhere;
  std::int32_t core = free_.back();
  if (thread < home_.size() && home_[thread] != Burst::nowhere) {
    const Core& home = cores_[static_cast<std::size_t>(home_[thread])];
    if (!home.busy && home.last_thread == thread) core = home_[thread];
  }
  Core& taken = cores_[static_cast<std::size_t>(core)];
  free_[taken.free_place] = free_.back();
  cores_[static_cast<std::size_t>(free_.back())].free_place = taken.free_place;
  free_.pop_back();
  taken.busy = true;
  return core;
}

void Processor::give_core(std::int32_t core) {
  Core& given = cores_[static_cast<std::size_t>(core)];
  given.busy = false;
  given.free_place = static_cast<std::uint32_t>(free_.size());
  free_.push_back(core);
}

void Processor::start(Burst& burst, std::int32_t core) {
  sim::Kernel& kernel = node_.kernel();
  burst.core_ = core;
  burst.on_core_ = burst.begun_ = true;
  burst.slice_ = burst.left_;
  if (config_.sharing == Sharing::round_robin && limited())
    burst.slice_ = std::min(burst.slice_, config_.quantum);
  burst.left_ -= burst.slice_;
  sim::Duration work = burst.slice_;
  if (core != Burst::nowhere) {
    Core& on = cores_[static_cast<std::size_t>(core)];
    if (on.last_thread != burst.thread_) {
      if (on.last_thread != nobody) {
        ++switches_;
        switching_ += config_.context_switch;
        work = sim::saturating_sum(work, config_.context_switch);
      }
      on.last_thread = burst.thread_;
      if (home_.size() <= burst.thread_)
        home_.resize(burst.thread_ + std::size_t{1}, Burst::nowhere);
      home_[burst.thread_] = core;
    }
  }
  const sim::Duration span = takes(work);
  burst.ends_ = sim::Time(sim::saturating_sum(kernel.now().time_since_epoch(), span));
  kernel.schedule_after(burst, span);
  running_.push_back(burst);
  busy_gauge_.add(kernel.now(), 1);
}

void Processor::fire(sim::Event& event) {
  Burst& burst = static_cast<Burst&>(event);
  burst.processor_->slice_ended(burst);
}

void Processor::slice_ended(Burst& burst) {
  if (!shared_) {
    burst.unlink();
    burst.on_core_ = false;
    busy_gauge_.add(node_.kernel().now(), -1);
    const std::int32_t core = burst.core_;
    if (burst.left_ > sim::Duration(0)) {
      if (ready_.empty()) return start(burst, core);
      burst.ready_since_ = node_.kernel().now();
      ready_.push_back(burst);
      ready_gauge_.add(burst.ready_since_, 1);
      return pass_on(core);
    }
    pass_on(core);
  }
  burst.processor_ = nullptr;
  burst.done_(burst);
}

void Processor::pass_on(std::int32_t core) {
  if (core == Burst::nowhere) return;
  if (ready_.empty() || stopped() || ending()) return give_core(core);
  start_ready(core);
}

void Processor::start_ready(std::int32_t core) {
  Burst& next = ready_.front();
  const sim::Time now = node_.kernel().now();
  next.unlink();
  ready_gauge_.add(now, -1);
  if (sim::WaitObserver* observer = node_.kernel().wait_observer()) [[unlikely]] {
    if (const std::coroutine_handle<> frame = next.whose_(next))
      observer->waited(frame, sim::WaitFor::turn, next.ready_since_, now);
  }
  // Of one that was taken off a core the first wait has been counted.
  if (!next.begun_ && next.asked_ >= statistics_start_)
    ready_wait_.record((now - next.asked_).count());
  start(next, core);
}

void Processor::leave(Burst& burst) {
  sim::Kernel& kernel = node_.kernel();
  burst.processor_ = nullptr;
  kernel.cancel_if_scheduled(burst);
  burst.share_.reset();
  if (shared_) return;
  burst.unlink();
  if (burst.on_core_) {
    busy_gauge_.add(kernel.now(), -1);
    pass_on(burst.core_);
  } else {
    ready_gauge_.add(kernel.now(), -1);
  }
}

void Processor::stop(Cause cause) {
  const bool stood_still = stopped();
  causes_ |= cause;
  if (stood_still) return;
  if (shared_) return shared_->stop();
  sim::Kernel& kernel = node_.kernel();
  running_.for_each([&](Burst& each) {
    kernel.cancel_if_scheduled(each);
    each.held_ = each.ends_ - kernel.now();
  });
}

void Processor::go_on(Cause cause) {
  const bool stood_still = stopped();
  causes_ &= static_cast<std::uint8_t>(~cause);
  if (!stood_still || stopped()) return;
  if (shared_) return shared_->go_on();
  sim::Kernel& kernel = node_.kernel();
  running_.for_each([&](Burst& each) {
    each.ends_ = kernel.now() + each.held_;
    kernel.schedule_after(each, each.held_);
  });
  while (!ready_.empty() && (!limited() || !free_.empty())) {
    const std::int32_t core = take_core(ready_.front().thread_);
    start_ready(core);
  }
}

double Processor::busy_area(sim::Time now) const {
  return seconds_area(shared_ ? shared_->busy_gauge() : busy_gauge_, now) + sim::to_seconds(aside_);
}

double Processor::ready_area(sim::Time now) const { return seconds_area(ready_gauge_, now); }

double Processor::utilization(sim::Time now) const {
  return limited() ? busy_mean(now) / static_cast<double>(config_.cores) : 0;
}

double Processor::busy_mean(sim::Time now) const {
  return now == statistics_start_ ? 0 : busy_area(now) / sim::to_seconds(now - statistics_start_);
}

void Processor::describe_statistics(sim::NodeStatistics& statistics) {
  if (limited()) {
    const double cores = static_cast<double>(config_.cores);
    statistics.scalar("utilization", [this](sim::Time now) { return utilization(now); });
    statistics.series_part("utilization",
                           [this, cores](sim::Time now) { return busy_area(now) / cores; });
  }
  if (shared_) {
    statistics.scalar("sharing_jobs_mean",
                      [this](sim::Time now) { return shared_->jobs_gauge().mean(now); });
  } else if (limited()) {
    statistics.scalar("ready_queue_mean", [this](sim::Time now) { return ready_gauge_.mean(now); });
    statistics.scalar("ready_queue_max",
                      [this](sim::Time) { return static_cast<double>(ready_gauge_.maximum()); });
    statistics.series_part("ready_queue", [this](sim::Time now) { return ready_area(now); });
    statistics.histogram("ready_wait_seconds", ready_wait_);
    statistics.scalar("context_switches",
                      [this](sim::Time) { return static_cast<double>(switches_); });
    statistics.scalar("context_switch_cpu_seconds",
                      [this](sim::Time) { return sim::to_seconds(switching_); });
  }
  statistics.scalar("busy_mean", [this](sim::Time now) { return busy_mean(now); });
  statistics.on_reset([this](sim::Time now) {
    if (shared_) shared_->reset_statistics(now);
    busy_gauge_.reset(now);
    ready_gauge_.reset(now);
    ready_wait_.reset();
    switches_ = 0;
    switching_ = {};
    aside_ = {};
    statistics_start_ = now;
  });
}

}  // namespace faultline::models
