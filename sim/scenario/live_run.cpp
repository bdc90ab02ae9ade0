#include "sim/scenario/live_run.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/scenario/watch.hpp"

namespace faultline::sim {
namespace {

std::string lines_of(const Problems& problems) {
  std::string lines;
  for (const Problem& problem : problems.sorted()) {
    if (!lines.empty()) lines += '\n';
    lines += problem.to_text();
  }
  return lines;
}

double wall_seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// The last end of a breach of the objective; 0 without one.
double last_breach_end(const SloResult& slo) {
  double end = 0;
  for (const Band& breach : slo.breaches) end = std::max(end, breach.to_seconds);
  return end;
}

}  // namespace

LiveRun::LiveRun(const Scenario& scenario) {
  Problems problems;
  std::optional<Spec> spec = read_spec(scenario.text, scenario.base_directory, {}, problems);
  if (!spec) throw Wrong(lines_of(problems));
  file_ = std::move(*spec);
  seed_ = scenario.seed != 0 ? scenario.seed : static_cast<std::uint64_t>(file_.run.seed);
  build();
}

LiveRun::~LiveRun() = default;

void LiveRun::build() {
  {
    const std::lock_guard lock(interrupting_);
    interruptible_ = nullptr;
  }
  run_.reset();
  spec_ = file_;
  for (const Injected& each : injected_) {
    FaultSpec fault;
    fault.fault = each.fault;
    fault.at = each.at.time_since_epoch();
    fault.length = each.length;
    spec_.faults.push_back(std::move(fault));
  }
  Problems problems;
  run_ = std::make_unique<Run>(spec_, seed_, 0, problems);
  if (!problems.empty()) throw Wrong(lines_of(problems));
  run_->watch();
  if (follow_ != 0) run_->watched()->tracer().follow(follow_);
  run_->begin();
  {
    const std::lock_guard lock(interrupting_);
    interruptible_ = run_.get();
  }
  window_began_ = WallClock::now();
  window_begin_ = time_zero;
}

void LiveRun::interrupt() {
  const std::lock_guard lock(interrupting_);
  if (interruptible_) interruptible_->request_pause();
}

void LiveRun::go_to(Time time) {
  goal_ = Goal::time;
  goal_time_ = time;
}

void LiveRun::go_to_step_end() { go_to(run_->step_end()); }

void LiveRun::go_to_next_fault() {
  goal_ = Goal::next_fault;
  begun_before_ = run_->system().faults().episodes().size();
}

void LiveRun::go_to_breach() {
  goal_ = Goal::breach;
  breaches_from_.clear();
  for (const auto& slo : run_->system().requests().slos())
    breaches_from_.push_back(last_breach_end(slo.meter.result(run_->now())));
}

std::optional<std::string> LiveRun::go_to_condition(std::string_view claim) {
  std::string error;
  std::optional<Condition> condition = Condition::parse(claim, error);
  if (!condition) return error;
  const ExpectationResult now = condition->evaluate(*run_);
  if (!now.found) return "there is no such value" + (now.hint.empty() ? "" : "; " + now.hint);
  condition_ = std::move(condition);
  goal_ = Goal::condition;
  return std::nullopt;
}

Time LiveRun::next_stop() const {
  if (replay_to_) return *replay_to_;
  switch (goal_) {
    case Goal::end:
      break;
    case Goal::time:
      return goal_time_;
    case Goal::next_fault: {
      // The end of one may be what has to happen before the next is known.
      const auto changes = run_->system().faults().upcoming();
      return changes.empty() ? time_max : changes.front().at;
    }
    case Goal::breach:
    case Goal::condition:
      return run_->step_end();
  }
  return time_max;
}

bool LiveRun::is_new_breach() {
  const double now = to_seconds(run_->now());
  const double step = to_seconds(run_->system().slo_step());
  const auto& slos = run_->system().requests().slos();
  for (std::size_t i = 0; i < slos.size(); ++i) {
    double& known = breaches_from_[i];
    for (const Band& breach : slos[i].meter.result(run_->now()).breaches) {
      // One that was known goes on.
      if (breach.from_seconds < known) known = std::max(known, breach.to_seconds);
      if (breach.from_seconds > known && breach.from_seconds + step <= now + 1e-9) return true;
    }
  }
  return false;
}

bool LiveRun::reached_goal() {
  const Time now = run_->now();
  // A step of the series has just ended.
  const bool at_step = now + run_->step_length() == run_->step_end();
  switch (goal_) {
    case Goal::end:
      return false;
    case Goal::time:
      return now >= goal_time_;
    case Goal::next_fault:
      return run_->system().faults().episodes().size() > begun_before_;
    case Goal::breach:
      return at_step && is_new_breach();
    case Goal::condition:
      return at_step && condition_->evaluate(*run_).held;
  }
  return false;
}

LiveRun::Stop LiveRun::advance(Time until) {
  for (;;) {
    if (run_->finished()) return Stop::end;
    const Time stop = std::min(until, next_stop());
    const StopReason reason = run_->run_until(stop);
    if (replay_to_) {
      if (run_->now() >= *replay_to_ || run_->finished()) {
        replay_to_.reset();
        return Stop::replayed;
      }
    } else if (reached_goal()) {
      goal_ = Goal::end;
      return Stop::goal;
    }
    if (run_->finished()) return Stop::end;
    if (reason == StopReason::paused) return Stop::interrupted;
    if (run_->now() >= until) return Stop::until;
  }
}

std::optional<std::string> LiveRun::inject(std::string_view text, std::optional<Duration> length) {
  if (run_->finished()) return "the run is over";
  if (replay_to_) return "the run is being played anew";
  if (length && *length <= Duration(0)) return "it has to last some time";
  Problems problems;
  const std::optional<Choice<Fault>> fault = read_fault(text, file_, problems);
  FaultSchedule& schedule = run_->system().faults();
  if (fault) schedule.check(*fault, problems);
  if (!fault || !problems.empty()) {
    std::string error;
    for (const Problem& problem : problems.sorted()) {
      error += (error.empty() ? "" : "; ") + problem.message;
      if (!problem.hint.empty()) error += "; " + problem.hint;
    }
    return error;
  }
  const Time at = schedule.free_time();
  if (at > run_->end()) return "the run is over";
  injected_.push_back({std::string(text), *fault, at, length});
  effect_at_ = at;
  const bool anew = fault->make({})->impairs_network() && !run_->system().network().impairable();
  if (anew) {
    build();
    replay_to_ = at;
  } else {
    const Time struck = schedule.inject(*fault, length, problems);
    SIM_ASSERT(struck == at);
    SIM_ASSERT(problems.empty());
  }
  return std::nullopt;
}

bool LiveRun::strikes(const Injected& fault, std::string_view place) const {
  if (place.empty() || place == fault.text) return true;
  std::vector<FoundRef> refs;
  ValueType<Choice<Fault>>::collect_refs(fault.fault, {}, Path(), refs);
  const System& system = run_->system();
  const auto strikes_one = [&](std::string_view name) {
    const std::vector<Node*> nodes = system.find(name);
    return std::any_of(refs.begin(), refs.end(), [&](const FoundRef& ref) {
      const std::vector<Node*> struck = system.find(ref.name);
      return std::any_of(struck.begin(), struck.end(), [&](const Node* node) {
        return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
      });
    });
  };
  constexpr std::string_view arrow = " -> ";
  const std::size_t between = place.find(arrow);
  if (between == std::string_view::npos) return strikes_one(place);
  return fault.fault.make({})->impairs_network() && strikes_one(place.substr(0, between)) &&
         strikes_one(place.substr(between + arrow.size()));
}

bool LiveRun::heal(std::string_view place) {
  if (replay_to_ || run_->finished()) return false;
  bool any = false;
  for (std::size_t i = 0; i < injected_.size(); ++i) {
    Injected& fault = injected_[i];
    if (!strikes(fault, place)) continue;
    const std::optional<Time> at = run_->system().faults().heal(file_.faults.size() + i);
    if (!at) continue;
    fault.length = *at - fault.at;
    effect_at_ = *at;
    any = true;
  }
  return any;
}

void LiveRun::take_effect() {
  while (run_->now() < effect_at_ && !run_->finished()) run_->run_until(effect_at_);
}

void LiveRun::replay_to(Time time) {
  build();
  replay_to_ = std::min(time, run_->end());
}

void LiveRun::follow_requests(std::uint64_t every) {
  follow_ = every;
  run_->watched()->tracer().follow(every);
}

std::shared_ptr<const Snapshot> LiveRun::snapshot(bool standing) {
  // Windows are long enough to say something: a second or a step of virtual time, or what passes in
  // a second on the wall.
  const Time now = run_->now();
  const WallClock::time_point wall = WallClock::now();
  const Duration length = now - window_begin_;
  const bool over = run_->finished() ||
                    length >= std::max<Duration>(run_->step_length(), std::chrono::seconds(1)) ||
                    (standing && length >= run_->step_length()) ||
                    (length > Duration(0) && wall_seconds(wall - window_began_) >= 1);
  if (over) {
    window_begin_ = now;
    window_began_ = wall;
  }
  return run_->watched()->snapshot({.standing = standing, .window_over = over});
}

Result LiveRun::result() {
  Result result = run_->result();
  result.wall_seconds = wall_seconds(WallClock::now() - started_);
  const Json json = to_json(result);
  for (const Expectation& expectation : file_.expectations)
    result.expectations.push_back(evaluate(expectation, json));
  return result;
}

}  // namespace faultline::sim
