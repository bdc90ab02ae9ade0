#include "sim/scenario/frame_window.hpp"

#include <cmath>
#include <map>
#include <string_view>
#include <utility>

namespace faultline::sim {
namespace {

const NodeStatistics::Sampled* find_sampled(const NodeStatistics& statistics,
                                            std::string_view name) {
  for (const auto& each : statistics.sampled()) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

const NodeStatistics::Scalar* find_scalar(const NodeStatistics& statistics, std::string_view name) {
  for (const auto& each : statistics.scalars()) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

double seconds_of(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-9; }

}  // namespace

NodeCondition condition_of(const Node& node) {
  return {.down = !node.up() && !node.absent(),
          .paused = node.paused(),
          .slow = node.slow(),
          .cut_off = false,
          .draining = node.draining() || node.presence() == Presence::leaving,
          .faulty = node.faulty(),
          .off = node.presence() == Presence::off,
          .starting = node.presence() == Presence::starting};
}

Histogram latency_of(const RequestLog& log) {
  Histogram latency = log.latency();
  latency.merge(log.open_step_latency());
  return latency;
}

OutcomeTally tally_of(const RequestLog& log) {
  OutcomeTally sum;
  for (const ClassLog& each : log.classes()) {
    sum.sent += each.tally.sent;
    for (std::size_t i = 0; i < sum.ended.size(); ++i) sum.ended[i] += each.tally.ended[i];
  }
  return sum;
}

FrameWindow::FrameWindow(System& system, const WireCounts& wires, const SnapshotLegend& legend)
    : system_(system), wires_(wires), wire_windows_(legend.wires.size()) {
  std::map<std::string_view, std::uint32_t> groups;
  node_windows_.reserve(system.nodes().size());
  for (const auto& node : system.nodes()) {
    NodeWindow& window = node_windows_.emplace_back();
    const NodeStatistics& statistics = node->statistics();
    window.node = node.get();
    window.utilization = find_sampled(statistics, "utilization");
    window.queue_length = find_sampled(statistics, "queue_length");
    window.hits = find_scalar(statistics, "hits");
    window.misses = find_scalar(statistics, "misses");
    if (!window.misses) window.hits = nullptr;
    const auto number = static_cast<std::uint32_t>(groups.size());
    group_of_node_.push_back(groups.try_emplace(node->group(), number).first->second);
  }
  for (const SnapshotLegend::WireEntry& wire : legend.wires) {
    wire_ends_.emplace_back(groups.at(wire.from), groups.at(wire.to));
  }
}

template <class Visit>
void FrameWindow::visit_growths(NodeWindow& window, Time now, Visit visit) {
  const OutcomeTally& tally = window.node->tally();
  visit(window.received, static_cast<double>(tally.sent));
  visit(window.ok, static_cast<double>(tally.ok()));
  visit(window.not_ok, static_cast<double>(tally.finished() - tally.ok()));
  visit(window.in_service, static_cast<double>(window.node->in_service_gauge().area(now)) * 1e-9);
  if (window.utilization) visit(window.utilization_area, window.utilization->area(now));
  if (window.queue_length) visit(window.queue_area, window.queue_length->area(now));
  if (window.hits) {
    visit(window.hit, window.hits->read(now));
    visit(window.missed, window.misses->read(now));
  }
}

void FrameWindow::mark_present(const NodeWindow& window, Time now, NodeSample& sample) {
  sample.condition = condition_of(*window.node);
  sample.role = window.node->component().role();
  sample.in_service_now = static_cast<float>(window.node->in_service());
  if (window.queue_length) {
    // The integral of what it is now over one second more.
    const std::function<double(Time)>& area = window.queue_length->area;
    sample.queue_now =
        static_cast<float>(std::round(area(now + std::chrono::seconds(1)) - area(now)));
  }
}

void FrameWindow::mark_present(Frame& frame, Time now) {
  for (std::size_t i = 0; i < node_windows_.size(); ++i)
    mark_present(node_windows_[i], now, frame.nodes[i]);
  for (WireSample& wire : frame.wires) {
    wire.cut = false;
    wire.cut_ratio = 0;
  }
  mark_cuts(frame);
}

NodeSample FrameWindow::sample_of(NodeWindow& window, Time now, double seconds) {
  NodeSample sample;
  mark_present(window, now, sample);
  visit_growths(window, now, [&](Growth& growth, double value) {
    const double grown = growth.take(value);
    const auto mean = static_cast<float>(grown / seconds);
    if (&growth == &window.received) sample.received_per_second = mean;
    if (&growth == &window.ok) sample.ok_per_second = mean;
    if (&growth == &window.not_ok) sample.fail_per_second = mean;
    if (&growth == &window.in_service) sample.in_service = mean;
    if (&growth == &window.utilization_area) sample.utilization = mean;
    if (&growth == &window.queue_area) sample.queue_length = mean;
    if (&growth == &window.hit) sample.hit_ratio = static_cast<float>(grown);
    if (&growth == &window.missed) {
      const double hits = static_cast<double>(sample.hit_ratio);
      const double lookups = hits + grown;
      sample.hit_ratio = lookups > 0 ? static_cast<float>(hits / lookups) : NodeSample::none;
    }
  });
  window.latency.close(window.node->latency(), samples_);
  if (samples_.count() > 0) {
    sample.latency_p50_seconds = static_cast<float>(seconds_of(samples_.quantile(0.5)));
    sample.latency_p99_seconds = static_cast<float>(seconds_of(samples_.quantile(0.99)));
  }
  return sample;
}

std::shared_ptr<const Frame> FrameWindow::close(Time now) {
  SIM_ASSERT(now > begin_);
  const double seconds = to_seconds(now - begin_);
  auto frame = std::make_shared<Frame>();
  frame->from_seconds = to_seconds(begin_);
  frame->to_seconds = to_seconds(now);
  frame->nodes.reserve(node_windows_.size());
  for (NodeWindow& window : node_windows_) frame->nodes.push_back(sample_of(window, now, seconds));
  frame->wires.resize(wire_windows_.size());
  for (std::size_t i = 0; i < wire_windows_.size(); ++i) {
    const WireCounts::Count& count = wires_.of_wire(i);
    WireWindow& window = wire_windows_[i];
    frame->wires[i].per_second =
        static_cast<float>(window.sent.take(static_cast<double>(count.sent)) / seconds);
    frame->wires[i].fail_per_second =
        static_cast<float>(window.failed.take(static_cast<double>(count.failed)) / seconds);
  }
  mark_cuts(*frame);
  for (const RequestLog::WatchedSlo& watched : system_.requests().slos()) {
    SloResult so_far;
    so_far.target = watched.meter.slo().target.value;
    so_far.good_count = watched.meter.good_count();
    so_far.total = watched.meter.total();
    complete(so_far);
    frame->budgets_used.push_back(so_far.total == 0 ? NodeSample::none
                                                    : static_cast<float>(so_far.budget_used));
  }
  close_requests(now, seconds);
  begin_ = now;
  return frame;
}

void FrameWindow::mark_cuts(Frame& frame) {
  if (!system_.network().anything_cut()) return;
  struct Ways {
    std::uint64_t all = 0;
    std::uint64_t cut = 0;
  };
  std::map<std::pair<std::uint32_t, std::uint32_t>, Ways> between;
  system_.network().visit_ways([&](const Node& from, const Node& to, bool open) {
    const std::uint32_t a = group_of_node_[from.id()];
    const std::uint32_t b = group_of_node_[to.id()];
    Ways& ways = between[{std::min(a, b), std::max(a, b)}];
    ++ways.all;
    if (open) return;
    ++ways.cut;
    frame.nodes[from.id()].condition.cut_off = true;
    frame.nodes[to.id()].condition.cut_off = true;
  });
  for (std::size_t i = 0; i < wire_ends_.size(); ++i) {
    const auto [a, b] = wire_ends_[i];
    const auto found = between.find({std::min(a, b), std::max(a, b)});
    if (found == between.end()) continue;
    const Ways& ways = found->second;
    frame.wires[i].cut_ratio = static_cast<float>(ways.cut) / static_cast<float>(ways.all);
    frame.wires[i].cut = ways.cut == ways.all;
  }
}

void FrameWindow::close_requests(Time now, double seconds) {
  const RequestLog& log = system_.requests();
  const OutcomeTally tally = tally_of(log);
  const double ok = ok_.take(static_cast<double>(tally.ok()));
  const double not_ok = not_ok_.take(static_cast<double>(tally.finished() - tally.ok()));
  // At the end of a step, which is where most windows end, no step is open.
  if (log.open_step_latency().empty()) {
    latency_.close(log.latency(), samples_);
  } else {
    latency_.close(latency_of(log), samples_);
  }
  requests_ = {};
  requests_.from_seconds = to_seconds(begin_);
  requests_.to_seconds = to_seconds(now);
  requests_.throughput_per_second = ok / seconds;
  requests_.fail_ratio = ok + not_ok > 0 ? not_ok / (ok + not_ok) : 0;
  if (samples_.count() > 0) {
    requests_.latency_p50_seconds = seconds_of(samples_.quantile(0.5));
    requests_.latency_p99_seconds = seconds_of(samples_.quantile(0.99));
  }
}

void FrameWindow::before_reset(Time now) {
  for (NodeWindow& window : node_windows_) {
    visit_growths(window, now, [](Growth& growth, double value) { growth.before_reset(value); });
    window.latency.before_reset(window.node->latency());
  }
  const RequestLog& log = system_.requests();
  const OutcomeTally tally = tally_of(log);
  ok_.before_reset(static_cast<double>(tally.ok()));
  not_ok_.before_reset(static_cast<double>(tally.finished() - tally.ok()));
  latency_.before_reset(latency_of(log));
}

}  // namespace faultline::sim
