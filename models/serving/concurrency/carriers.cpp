#include "models/serving/concurrency/carriers.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {

using sim::Duration;

Carrier::Carrier(Carriers& model, std::uint32_t number, std::uint32_t thread)
    : Burst(&done, &whose), model_(model), number_(number), thread_(thread), wake_(*this) {
  wake_.set_tag(model.node_.id(), sim::EventKind::resume);
}

void Carrier::Wake::fire(Event& event) {
  Carrier& carrier = static_cast<Wake&>(event).carrier_;
  carrier.model_.woken(carrier);
}

std::coroutine_handle<> Carrier::whose(const Burst& burst) {
  const Job* job = static_cast<const Carrier&>(burst).at_work_;
  return job ? job->seat.frame : std::coroutine_handle<>();
}

void Carrier::done(Burst& burst) {
  Carrier& carrier = static_cast<Carrier&>(burst);
  carrier.model_.work_done(carrier);
}

Carriers::Carriers(const MakeArgs& args, Config config)
    : node_(args.build.node()), machine_(args.machine), config_(std::move(config)) {
  for (std::int64_t i = 0; i < config_.carriers; ++i) {
    carriers_.push_back(std::make_unique<Carrier>(*this, static_cast<std::uint32_t>(i),
                                                  machine_.processor().add_thread()));
  }
  if (config_.blocking_threads > 0) {
    blocking_ = std::make_unique<sim::Resource>(
        node_.kernel(), node_.id(), sim::Resource::Config{.servers = config_.blocking_threads});
  }
  machine_.keep(std::min(config_.memory_per_thread.count, std::int64_t{1} << 40) *
                config_.carriers);
}

Carriers::~Carriers() {
  for (const auto& each : carriers_) kernel().cancel_if_scheduled(each->wake_);
}

void Carriers::made(Job& job, Job* parent) {
  if (parent) {
    job.seat.carrier = parent->seat.carrier;
    job.seat.turn = parent->seat.turn;
  }
  jobs_.add(kernel().now(), 1);
  machine_.take(config_.memory_per_job.count);
}

bool Carriers::runs_on(const Job& job) const {
  const Carrier* carrier = job.seat.carrier;
  return carrier && carrier->turn_ == job.seat.turn && executes(*carrier);
}

Carrier* Carriers::free_for(Job& job) {
  if (machine_.processor().stopped()) return nullptr;
  if (Carrier* own = own_carrier(job)) return is_free(*own) && !anyone_waits(*own) ? own : nullptr;
  if (anyone_waits(*carriers_.front()) ||
      occupied_.value() == static_cast<std::int64_t>(carriers_.size()))
    return nullptr;
  for (std::size_t i = 0; i < carriers_.size(); ++i) {
    Carrier& carrier = *carriers_[next_free_];
    if (is_free(carrier)) return &carrier;
    if (++next_free_ == carriers_.size()) next_free_ = 0;
  }
  return nullptr;
}

void Carriers::lend(Carrier& carrier, Job& job) {
  carrier.debt_ += cost_of(carrier, true);
  ++taken_up_;
  carrier.lent_in_ = kernel().events();
  job.seat.carrier = &carrier;
  job.seat.turn = ++carrier.turn_;
  job.woken_by(Job::Wake::io);
  // If it does not work now, what taking it up costs is worked off from now on.
  carrier.debt_since_ = kernel().now();
  lag_.record(0);
}

bool Carriers::is_free(Carrier& carrier) {
  if (carrier.occupied() || executes(carrier)) return false;
  return carrier.debt_ == Duration(0) || settle(carrier);
}

bool Carriers::settle(Carrier& carrier) {
  const sim::Time now = kernel().now();
  const Duration due = machine_.processor().takes(carrier.debt_);
  const Duration done = std::min(due, now - carrier.debt_since_);
  carrier.debt_since_ = now;
  machine_.processor().worked_aside(done);
  aside_ += done;
  carrier.debt_ = done == due
                      ? Duration(0)
                      : carrier.debt_ - std::min(machine_.processor().work_in(done), carrier.debt_);
  return carrier.debt_ == Duration(0);
}

bool Carriers::back(Job& job) {
  if (runs_on(job)) return true;
  job.seat.left = {};
  if (Carrier* carrier = free_for(job)) {
    lend(*carrier, job);
    return true;
  }
  wait_for_turn(job, false);
  return false;
}

void Carriers::work(Job& job, Duration work) {
  Carrier* carrier = job.seat.carrier;
  if (runs_on(job)) {
    if (!carrier->occupied()) return occupy(*carrier, &job, work);
    // A branch beside it was first: this one is next.
    job.seat.left = work;
    return wait_for_turn(job, true);
  }
  if (Carrier* free = free_for(job)) {
    lend(*free, job);
    return occupy(*free, &job, work);
  }
  job.seat.left = work;
  wait_for_turn(job, false);
}

void Carriers::wait_for_turn(Job& job, bool first) {
  job.seat.ready_since = kernel().now();
  job.seat.queued = true;
  ready_.add(kernel().now(), 1);
  enqueue(job, first);
  if (Carrier* own = own_carrier(job)) return see_to(*own);
  for (const auto& each : carriers_) {
    if (!each->occupied() && !each->serving_) return see_to(*each);
  }
}

void Carriers::see_to(Carrier& carrier) {
  if (carrier.occupied() || carrier.serving_ || carrier.wake_.scheduled()) return;
  kernel().schedule_now(carrier.wake_);
}

void Carriers::woken(Carrier& carrier) {
  if (!carrier.occupied() && !carrier.serving_) serve(carrier);
}

void Carriers::occupy(Carrier& carrier, Job* job, Duration work) {
  kernel().cancel_if_scheduled(carrier.wake_);
  carrier.at_work_ = job;
  carrier.paying_ = job == nullptr;
  count_occupied(1);
  slice(carrier, sim::saturating_sum(work, std::exchange(carrier.debt_, Duration(0))));
}

void Carriers::slice(Carrier& carrier, Duration work) {
  const Duration now = config_.slice ? std::min(work, *config_.slice) : work;
  carrier.rest_ = work - now;
  machine_.processor().run(carrier, now, carrier.thread_);
}

void Carriers::work_done(Carrier& carrier) {
  if (carrier.rest_ > Duration(0)) {
    if (!anyone_waits(carrier)) return slice(carrier, carrier.rest_);
    Job* job = std::exchange(carrier.at_work_, nullptr);
    carrier.paying_ = false;
    count_occupied(-1);
    if (job) {
      job->seat.left = carrier.rest_;
      carrier.serving_ = true;  // It looks for the next itself.
      wait_for_turn(*job, false);
      carrier.serving_ = false;
    }
    return serve(carrier);
  }
  Job* job = std::exchange(carrier.at_work_, nullptr);
  carrier.paying_ = false;
  count_occupied(-1);
  if (job) run_code(carrier, *job);
  serve(carrier);
}

void Carriers::run_code(Carrier& carrier, Job& job) {
  carrier.serving_ = true;
  carrier.debt_since_ = kernel().now();
  job.seat.carrier = &carrier;
  job.seat.turn = ++carrier.turn_;
  job.resume();
  carrier.serving_ = false;
}

void Carriers::serve(Carrier& carrier) {
  while (!carrier.occupied() && !machine_.processor().stopped()) {
    if (carrier.debt_ > Duration(0) && anyone_waits(carrier) && !settle(carrier))
      return occupy(carrier, nullptr, Duration(0));
    Job* job = next(carrier);
    if (!job) return;
    const sim::Time now = kernel().now();
    job->seat.queued = false;
    ready_.add(now, -1);
    kernel().tell_waited(job->seat.frame, sim::WaitFor::turn, job->seat.ready_since);
    if (job->seat.ready_since >= statistics_start_)
      lag_.record((now - job->seat.ready_since).count());
    carrier.debt_ += cost_of(carrier, false);
    ++taken_up_;
    const Duration left = std::exchange(job->seat.left, Duration(0));
    if (left > Duration(0)) {
      job->seat.carrier = &carrier;
      return occupy(carrier, job, left);
    }
    run_code(carrier, *job);
  }
}

sim::Task<void> Carriers::block(Job& job) {
  if (!blocking_) {
    co_await returned(job);
    hold(job);
    co_return;
  }
  job.seat.blocking = co_await blocking_->acquire();
  machine_.take(config_.memory_per_thread.count);
}

void Carriers::unblock(Job& job) {
  if (!blocking_) return let_go(job);
  if (!job.seat.blocking) return;
  job.seat.blocking.release();
  machine_.give(config_.memory_per_thread.count);
}

void Carriers::hold(Job& job) {
  Carrier* carrier = job.seat.carrier;
  if (!runs_on(job) || carrier->occupied()) return;
  kernel().cancel_if_scheduled(carrier->wake_);
  carrier->held_by_ = &job;
  count_occupied(1);
}

void Carriers::let_go(Job& job) {
  Carrier* carrier = job.seat.carrier;
  if (!carrier || carrier->held_by_ != &job) return;
  carrier->held_by_ = nullptr;
  count_occupied(-1);
  // Its code goes on where it waited.
  carrier->lent_in_ = kernel().events();
  job.seat.turn = ++carrier->turn_;
  see_to(*carrier);
}

void Carriers::ended(Job& job) {
  if (job.seat.blocking) unblock(job);
  jobs_.add(kernel().now(), -1);
  machine_.give(config_.memory_per_job.count);
  if (job.seat.queued) {
    job.seat.queued = false;
    ready_.add(kernel().now(), -1);
    dequeue(job);
  }
  Carrier* carrier = job.seat.carrier;
  if (!carrier) return;
  if (carrier->at_work_ == &job) {
    carrier->at_work_ = nullptr;
    carrier->abandon();
    count_occupied(-1);
  } else if (carrier->held_by_ == &job) {
    carrier->held_by_ = nullptr;
    count_occupied(-1);
  } else {
    return;
  }
  if (!kernel().ending(node_.id())) see_to(*carrier);
}

void Carriers::go_on() {
  for (const auto& each : carriers_) see_to(*each);
}

void Carriers::crashed() {
  for (const auto& each : carriers_) {
    each->abandon();
    kernel().cancel_if_scheduled(each->wake_);
    each->at_work_ = each->held_by_ = nullptr;
    each->paying_ = each->serving_ = false;
    each->debt_ = each->rest_ = {};
    each->lent_in_ = 0;
  }
  occupied_.set(kernel().now(), 0);
}

void Carriers::count_occupied(std::int64_t change) { occupied_.add(kernel().now(), change); }

void Carriers::describe_statistics(sim::NodeStatistics& statistics) {
  const double count = static_cast<double>(carriers_.size());
  const auto area = [this, count](sim::Time now) {
    return (static_cast<double>(occupied_.area(now)) * 1e-9 + sim::to_seconds(aside_)) / count;
  };
  const auto share = [this, area](sim::Time now) {
    return now == statistics_start_ ? 0.0 : area(now) / sim::to_seconds(now - statistics_start_);
  };
  machine_.processor().describe_statistics(statistics);
  if (!machine_.processor().limited()) {
    statistics.scalar("utilization", share);
    statistics.series_part("utilization", area);
  }
  statistics.scalar(config_.name + "_utilization", share);
  statistics.scalar("jobs_mean", [this](sim::Time now) { return jobs_.mean(now); });
  statistics.scalar("jobs_max", [this](sim::Time) { return static_cast<double>(jobs_.maximum()); });
  statistics.scalar("queue_length_mean", [this](sim::Time now) { return ready_.mean(now); });
  statistics.scalar("queue_length_max",
                    [this](sim::Time) { return static_cast<double>(ready_.maximum()); });
  statistics.series_part("queue_length", [this](sim::Time now) {
    return static_cast<double>(ready_.area(now)) * 1e-9;
  });
  statistics.histogram(config_.name + "_lag_seconds", lag_);
  statistics.scalar(config_.name + "_switches",
                    [this](sim::Time) { return static_cast<double>(taken_up_); });
  if (blocking_) statistics.resource("blocking_threads", *blocking_);
  statistics.on_reset([this](sim::Time now) {
    occupied_.reset(now);
    jobs_.reset(now);
    ready_.reset(now);
    lag_.reset();
    taken_up_ = 0;
    aside_ = {};
    statistics_start_ = now;
  });
}

}  // namespace faultline::models
