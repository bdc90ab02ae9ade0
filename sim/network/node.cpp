#include "sim/network/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/kernel/run_error.hpp"

namespace faultline::sim {

std::string_view to_text(Reason reason) {
  switch (reason) {
    case Reason::none:
      return "none";
    case Reason::timeout:
      return "timeout";
    case Reason::rejected:
      return "rejected";
    case Reason::refused:
      return "refused";
    case Reason::reset:
      return "reset";
    case Reason::error:
      return "error";
    case Reason::loop:
      return "loop";
    case Reason::expired:
      return "expired";
    case Reason::throttled:
      return "throttled";
    case Reason::shed:
      return "shed";
    case Reason::breaker_open:
      return "breaker_open";
    case Reason::bulkhead:
      return "bulkhead";
    case Reason::no_connection:
      return "no_connection";
    case Reason::unresolved:
      return "unresolved";
    case Reason::abandoned:
      return "abandoned";
    case Reason::aborted:
      return "aborted";
    case Reason::moved:
      return "moved";
  }
  return "error";
}

namespace {

/// The integral of a gauge in unit-seconds.
double area_seconds(const CountGauge& gauge, Time now) {
  return static_cast<double>(gauge.area(now)) * 1e-9;
}

}  // namespace

void NodeStatistics::scalar(std::string name, std::function<double(Time)> read) {
  scalars_.push_back({std::move(name), std::move(read)});
}

namespace {

/// Adds `read` to the entry called `name`, or a new entry.
template <class Entry>
void add_part(std::vector<Entry>& entries, const std::string& name,
              std::function<double(Time)> Entry::*member, std::function<double(Time)> read) {
  for (Entry& entry : entries) {
    if (entry.name != name) continue;
    entry.*member = [others = std::move(entry.*member), own = std::move(read)](Time now) {
      return others(now) + own(now);
    };
    return;
  }
  entries.push_back({name, std::move(read)});
}

}  // namespace

void NodeStatistics::scalar_part(const std::string& name, std::function<double(Time)> read) {
  add_part(scalars_, name, &Scalar::read, std::move(read));
}

void NodeStatistics::series_part(const std::string& name, std::function<double(Time)> area) {
  add_part(sampled_, name, &Sampled::area, std::move(area));
}

double NodeStatistics::value(std::string_view name, Time now) const {
  for (const Scalar& scalar : scalars_) {
    if (scalar.name == name) return scalar.read(now);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

void NodeStatistics::histogram(std::string name, const Histogram& histogram) {
  histograms_.push_back({std::move(name), &histogram});
}

void NodeStatistics::on_reset(std::function<void(Time)> reset) {
  resets_.push_back(std::move(reset));
}

void NodeStatistics::servers(Resource& busy, Resource& queue) {
  if (busy.limited()) {
    const double servers = static_cast<double>(busy.config().servers);
    scalar("utilization", [&busy](Time now) { return busy.utilization(now); });
    sampled_.push_back({"utilization", [&busy, servers](Time now) {
                          return area_seconds(busy.busy_gauge(), now) / servers;
                        }});
  }
  scalar("busy_mean", [&busy](Time now) { return busy.busy_gauge().mean(now); });
  scalar("queue_length_mean", [&queue](Time now) { return queue.queue_gauge().mean(now); });
  scalar("queue_length_max",
         [&queue](Time) { return static_cast<double>(queue.queue_gauge().maximum()); });
  sampled_.push_back(
      {"queue_length", [&queue](Time now) { return area_seconds(queue.queue_gauge(), now); }});
  histogram("queue_wait_seconds", queue.wait());
  on_reset([&busy, &queue](Time now) {
    busy.reset_statistics(now);
    if (&busy != &queue) queue.reset_statistics(now);
  });
}

void NodeStatistics::servers(ProcessorSharing& busy, Resource& queue) {
  const double cores = static_cast<double>(busy.cores());
  scalar("utilization", [&busy](Time now) { return busy.utilization(now); });
  sampled_.push_back({"utilization", [&busy, cores](Time now) {
                        return area_seconds(busy.busy_gauge(), now) / cores;
                      }});
  scalar("busy_mean", [&busy](Time now) { return busy.busy_gauge().mean(now); });
  scalar("sharing_jobs_mean", [&busy](Time now) { return busy.jobs_gauge().mean(now); });
  scalar("queue_length_mean", [&queue](Time now) { return queue.queue_gauge().mean(now); });
  scalar("queue_length_max",
         [&queue](Time) { return static_cast<double>(queue.queue_gauge().maximum()); });
  sampled_.push_back(
      {"queue_length", [&queue](Time now) { return area_seconds(queue.queue_gauge(), now); }});
  histogram("queue_wait_seconds", queue.wait());
  on_reset([&busy, &queue](Time now) {
    busy.reset_statistics(now);
    queue.reset_statistics(now);
  });
}

void NodeStatistics::resource(std::string name, Resource& resource) {
  if (resource.limited()) {
    scalar(name + "_utilization", [&resource](Time now) { return resource.utilization(now); });
  }
  scalar(name + "_busy_mean", [&resource](Time now) { return resource.busy_gauge().mean(now); });
  scalar(name + "_queue_length_mean",
         [&resource](Time now) { return resource.queue_gauge().mean(now); });
  histogram(name + "_wait_seconds", resource.wait());
  on_reset([&resource](Time now) { resource.reset_statistics(now); });
}

void NodeStatistics::reset(Time now) const {
  for (const auto& reset : resets_) reset(now);
}

void Node::add_slowness(const void* cause, double factor) {
  slow_causes_.emplace_back(cause, factor);
  slowness_ = slow_causes_.size() == 1 ? factor : slowness_ * factor;
  update_slowness();
}

void Node::remove_slowness(const void* cause) {
  const auto found = std::find_if(slow_causes_.begin(), slow_causes_.end(),
                                  [cause](const auto& each) { return each.first == cause; });
  SIM_ASSERT(found != slow_causes_.end());
  slow_causes_.erase(found);
  slowness_ = 1.0;
  for (const auto& each : slow_causes_) slowness_ *= each.second;
  update_slowness();
}

void Node::too_many_in_service() const {
  throw RunError(
      kernel().now(), name_,
      fmt::format(
          "{} requests are here, waiting or in work, and more arrive than it can serve; give it a "
          "queue_limit, more servers or fewer requests, or raise run.in_service_limit",
          in_service_));
}

void Node::reset_statistics(Time now) {
  statistics_start_ = now;
  present_since_ = now;
  present_before_ = Duration(0);
  tally_ = {};
  latency_.reset();
  in_service_gauge_.reset(now);
  statistics_.reset(now);
}

void Node::assert_conservation() const { SIM_ASSERT(received_ == answered_ + in_service_); }

}  // namespace faultline::sim
