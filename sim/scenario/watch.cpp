#include "sim/scenario/watch.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/scenario/run.hpp"

namespace faultline::sim {
namespace {

std::shared_ptr<const SnapshotLegend> make_legend(const System& system, const Spec& spec) {
  auto legend = std::make_shared<SnapshotLegend>();
  for (const auto& node : system.nodes()) {
    legend->nodes.push_back({node->name(), node->group(), system.type_of(*node),
                             node->zone() ? node->zone()->name : std::string()});
  }
  for (const TopologyEdge& wire : wires_of(spec))
    legend->wires.push_back({wire.from, wire.to, wire.role});
  return legend;
}

std::size_t stride_for(std::size_t nodes, Duration duration, Duration step) {
  const auto steps = static_cast<std::size_t>(duration / step) + 1;
  return (nodes * steps - 1) / Watch::samples_max + 1;
}

std::string_view words_of(EventKind kind) {
  switch (kind) {
    case EventKind::resume:
      return "goes on";
    case EventKind::grant:
      return "gets a server";
    case EventKind::service:
      return "ends a service";
    case EventKind::request:
      return "gets a request";
    case EventKind::reply:
      return "gets a reply";
    case EventKind::timeout:
      return "gives up waiting";
    case EventKind::fault:
      return "fault";
    case EventKind::statistics:
      return "ends a step of the series";
    case EventKind::message:
      return "message passes a link";
    case EventKind::notice:
      return "gets a message";
    case EventKind::other:
      break;
  }
  return "event";
}

}  // namespace

Watch::Watch(Run& run, System& system, const Spec& spec, Duration step)
    : run_(run),
      system_(system),
      legend_(make_legend(system, spec)),
      tracer_(system),
      wires_(system, wires_of(spec), tracer_),
      steps_(system, wires_, *legend_),
      present_(system, wires_, *legend_),
      stride_(stride_for(system.nodes().size(), spec.run.duration, step)),
      history_shown_(std::make_shared<std::vector<std::shared_ptr<const Frame>>>()),
      roles_(system.nodes().size()) {
  for (const auto& node : system.nodes()) node->observe_state(*this);
}

Watch::~Watch() = default;

void Watch::add_line(LogLine line) {
  lines_.push_back(std::move(line));
  if (lines_.size() > log_max) lines_.pop_front();
}

void Watch::changed(const Node& node, Change change) {
  const double now = to_seconds(system_.kernel().now());
  const bool end = change == Change::up || change == Change::resumed;
  const bool down = change == Change::down || change == Change::up;
  add_line({now, "node", node.name(), down ? "down" : "paused", end});
}

void Watch::came_or_went(const Node& node) {
  add_line({to_seconds(system_.kernel().now()), "scale", node.name(),
            std::string(to_text(node.presence())), false});
}

void Watch::noted(const Node& node, const std::string& text) {
  add_line({to_seconds(system_.kernel().now()), "scale", node.name(), text, false});
}

void Watch::note_roles(Time now) {
  for (std::size_t i = 0; i < roles_.size(); ++i) {
    const Node& node = *system_.nodes()[i];
    const std::string_view role = node.component().role();
    if (role == roles_[i]) continue;
    const bool led = roles_[i] == "leader";
    roles_[i] = role;
    if (led || role == "leader")
      add_line({to_seconds(now), "leader", node.name(), "leader", role != "leader"});
  }
}

void Watch::step_closed(Time now) {
  note_roles(now);
  if (++steps_open_ < stride_) return;
  steps_open_ = 0;
  history_.push_back(steps_.close(now));
}

void Watch::before_reset(Time now) {
  steps_.before_reset(now);
  present_.before_reset(now);
  statistics_start_ = now;
  add_line({to_seconds(now), "run", "", "statistics begin", false});
}

std::shared_ptr<const Frame> Watch::present_frame(const Wish& wish, Time now) {
  if (wish.window_over && now > present_.begin()) {
    frame_ = present_.close(now);
    recent_ = present_.requests();
    return frame_;
  }
  // The window goes on: its figures are those of the last one, its conditions those of now.
  auto frame = std::make_shared<Frame>();
  if (frame_) {
    *frame = *frame_;
  } else {
    frame->nodes.resize(legend_->nodes.size());
    frame->wires.resize(legend_->wires.size());
  }
  present_.mark_present(*frame, now);
  return frame;
}

Headline Watch::overall(const Histogram& latency) const {
  const Time now = system_.kernel().now();
  const OutcomeTally tally = tally_of(system_.requests());
  Headline all;
  all.from_seconds = to_seconds(statistics_start_);
  all.to_seconds = to_seconds(now);
  const double measured = all.to_seconds - all.from_seconds;
  if (measured > 0) all.throughput_per_second = static_cast<double>(tally.ok()) / measured;
  if (tally.finished() > 0) {
    all.fail_ratio =
        static_cast<double>(tally.finished() - tally.ok()) / static_cast<double>(tally.finished());
  }
  if (!latency.empty()) {
    all.latency_p50_seconds = static_cast<double>(latency.quantile(0.5)) / 1e9;
    all.latency_p99_seconds = static_cast<double>(latency.quantile(0.99)) / 1e9;
  }
  return all;
}

std::vector<LogLine> Watch::log_lines(const std::vector<SloResult>& slos, Time now) const {
  std::vector<LogLine> lines(lines_.begin(), lines_.end());
  const FaultSchedule& faults = system_.faults();
  for (const FaultSchedule::Episode& fault : faults.episodes()) {
    lines.push_back({to_seconds(fault.from), "fault", "", fault.name, false});
    if (fault.to != time_max)
      lines.push_back({to_seconds(fault.to), "fault", "", fault.name, true});
  }
  for (const FaultSchedule::Episode& phase : faults.phases()) {
    lines.push_back({to_seconds(phase.from), "phase", "", phase.name, false});
    if (phase.to <= now) lines.push_back({to_seconds(phase.to), "phase", "", phase.name, true});
  }
  // Of a step that is not over nobody knows yet whether it is in breach.
  const double step = to_seconds(system_.slo_step());
  const double judged = to_seconds(now) - step;
  for (const SloResult& slo : slos) {
    for (const Band& breach : slo.breaches) {
      if (breach.from_seconds <= judged)
        lines.push_back({breach.from_seconds, "slo", slo.name, "breach", false});
      if (breach.to_seconds <= judged)
        lines.push_back({breach.to_seconds, "slo", slo.name, "breach", true});
    }
  }
  for (const auto& [name, kind] : system_.findings().kinds()) {
    for (const Finding& finding : kind.kept)
      lines.push_back({finding.at_seconds, name, finding.node, brief_of(finding), false});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const LogLine& a, const LogLine& b) { return a.at_seconds < b.at_seconds; });
  if (lines.size() > log_max)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(log_max));
  return lines;
}

std::vector<NextEvent> Watch::next_events() {
  struct Pending {
    std::int64_t time;
    std::uint64_t order;
    std::uint32_t component;
    EventKind kind;
  };
  const auto sooner = [](const Pending& a, const Pending& b) {
    return std::pair(a.time, a.order) < std::pair(b.time, b.order);
  };
  std::vector<Pending> pending;
  // What is scheduled beyond the end never happens.
  const std::int64_t end = run_.end().time_since_epoch().count();
  system_.kernel().visit_scheduled([&](std::int64_t time, std::uint64_t order, const Event& event) {
    if (time > end || run_.finished()) return;
    pending.push_back({time, order, event.component(), event.kind()});
  });
  const std::size_t count = std::min(pending.size(), next_max);
  std::partial_sort(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count),
                    pending.end(), sooner);
  pending.resize(count);
  const std::vector<FaultSchedule::Change> changes = system_.faults().upcoming();
  std::size_t next_change = 0;
  std::vector<NextEvent> next;
  for (const Pending& each : pending) {
    NextEvent event;
    event.at_seconds = to_seconds(Time(Duration(each.time)));
    event.what = words_of(each.kind);
    if (each.component < system_.nodes().size() && each.kind != EventKind::fault) {
      event.component = system_.nodes()[each.component]->name();
    } else if (each.kind == EventKind::statistics) {
      event.component = "statistics";
    } else {
      event.component = "faults";
      // Changes come by time, as these do.
      while (next_change < changes.size() && changes[next_change].at < Time(Duration(each.time)))
        ++next_change;
      if (next_change < changes.size() && changes[next_change].at == Time(Duration(each.time))) {
        event.component = changes[next_change].name;
        event.what = changes[next_change++].begins ? "begins" : "ends";
      }
    }
    next.push_back(std::move(event));
  }
  return next;
}

std::shared_ptr<const Snapshot> Watch::snapshot(const Wish& wish) {
  const Time now = system_.kernel().now();
  const RequestLog& log = system_.requests();
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->legend = legend_;
  snapshot->now_seconds = to_seconds(now);
  snapshot->end_seconds = to_seconds(run_.end());
  snapshot->warmup_seconds = to_seconds(run_.warmup_end());
  snapshot->events = system_.kernel().events();
  snapshot->frame = present_frame(wish, now);
  snapshot->latency = latency_of(log);
  snapshot->recent = recent_;
  snapshot->overall = overall(snapshot->latency);
  if (history_shown_->size() != history_.size()) {
    history_shown_ = std::make_shared<std::vector<std::shared_ptr<const Frame>>>(history_);
  }
  snapshot->history = history_shown_;
  snapshot->series_start_seconds = 0;
  snapshot->series_step_seconds = to_seconds(run_.step_length());
  snapshot->series = series_of(log, run_.step_length());
  for (const auto& slo : log.slos()) snapshot->slos.push_back(slo.meter.result(now));
  snapshot->bands = system_.fault_bands();
  snapshot->log = log_lines(snapshot->slos, now);
  if (wish.standing) snapshot->next = next_events();
  snapshot->traces = tracer_.traces();
  return snapshot;
}

}  // namespace faultline::sim
