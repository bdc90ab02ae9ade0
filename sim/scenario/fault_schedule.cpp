#include "sim/scenario/fault_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sim/kernel/delay.hpp"
#include "sim/random/portable_math.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::sim {

Kernel& FaultContext::kernel() const { return system_.kernel(); }

Network& FaultContext::network() const { return system_.network(); }

std::vector<Node*> FaultContext::find(std::string_view reference) const {
  return system_.find(reference);
}

Stream FaultContext::stream(std::string_view purpose) const {
  return Stream(system_.seed(), system_.replication(), owner_, purpose);
}

std::uint32_t FaultContext::tag() const {
  return static_cast<std::uint32_t>(system_.nodes().size());
}

void FaultContext::problem(std::string_view key, std::string message, std::string hint) const {
  problems_.add(path_ / std::string(key), std::move(message), std::move(hint));
}

std::size_t NodeFault::prepare(FaultContext& context) {
  nodes_ = context.find(target().name);
  for (const Node* node : nodes_) {
    if (const std::string why = unsuited(*node); !why.empty()) {
      context.problem("node", fmt::format("\"{}\" {}", node->name(), why));
      break;
    }
  }
  return nodes_.size();
}

std::string NodeFault::unit_text(std::size_t unit) const { return nodes_[unit]->name(); }

/// One fault with its times, and what it did so far.
struct FaultSchedule::Entry {
  FaultSpec spec;
  std::unique_ptr<Fault> fault;
  std::size_t units = 0;
  Stream stream;                      ///< When, and who.
  std::vector<std::size_t> struck{};  ///< Units it is on at.
  struct Past {
    Time from{};
    Time to = time_max;  ///< time_max: still on.
    std::string name;
  };
  std::vector<Past> history{};
};

FaultSchedule::FaultSchedule(System& system, const std::vector<FaultSpec>& faults,
                             const std::vector<IncidentSpec>& incidents, Problems& problems)
    : system_(system),
      processes_(system.kernel(), static_cast<std::uint32_t>(system.nodes().size())) {
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const Path path = (Path() / "faults")[i];
    add(faults[i], path.text(), path, path / "fault", problems);
  }
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const IncidentSpec& incident = incidents[i];
    const std::vector<Duration> beginnings = incident.beginnings();
    for (std::size_t j = 0; j < incident.phases.size(); ++j) {
      const PhaseSpec& phase = incident.phases[j];
      const Path path = ((Path() / "incidents")[i] / "phases")[j];
      const Time from(beginnings[j]);
      phases_.push_back(
          {fmt::format("{}: {}", incident.name, phase.name), from,
           phase.length ? Time(saturating_sum(beginnings[j], *phase.length)) : time_max});
      for (std::size_t k = 0; k < phase.faults.size(); ++k) {
        const Path fault_path = (path / "faults")[k];
        FaultSpec spec;
        spec.fault = phase.faults[k];
        spec.at = beginnings[j];
        spec.length = phase.length;
        add(spec, fault_path.text(), path, fault_path, problems);
      }
    }
  }
}

void FaultSchedule::add(const FaultSpec& spec, const std::string& owner, const Path& path,
                        const Path& fault_path, Problems& problems) {
  FaultContext context(system_, owner, fault_path, problems);
  auto entry = std::make_unique<Entry>(
      Entry{.spec = spec, .fault = spec.fault.make({}), .stream = context.stream("times")});
  entry->units = entry->fault->prepare(context);
  if (spec.count && static_cast<std::size_t>(*spec.count) > entry->units && entry->units > 0) {
    problems.add(path / "count",
                 fmt::format("expected at most {}, got {}: {} is all there is", entry->units,
                             *spec.count, entry->fault->target_text()));
  }
  entries_.push_back(std::move(entry));
}

FaultSchedule::~FaultSchedule() { stop(); }

void FaultSchedule::stop() { processes_.end_processes(); }

void FaultSchedule::start() {
  for (const auto& entry : entries_) processes_.spawn(run(*entry));
}

Task<void> FaultSchedule::run(Entry& entry) {
  const FaultSpec& spec = entry.spec;
  const auto exponential = [&entry](Duration mean) {
    return from_seconds(-portable::log(entry.stream.uniform()) * to_seconds(mean));
  };
  if (spec.at) {
    co_await delay(*spec.at);
    for (;;) {
      begin(entry);
      if (!spec.length) co_return;
      co_await delay(*spec.length);
      end(entry);
      if (!spec.every) co_return;
      co_await delay(*spec.every - *spec.length);
    }
  }
  for (;;) {
    co_await delay(exponential(*spec.mean_time_between));
    begin(entry);
    co_await delay(spec.mean_time_to_repair ? exponential(*spec.mean_time_to_repair)
                                            : *spec.length);
    end(entry);
  }
}

void FaultSchedule::begin(Entry& entry) {
  // At random times a group loses one member at a time, unless the file says how many.
  const std::size_t count = entry.spec.count ? static_cast<std::size_t>(*entry.spec.count)
                            : entry.spec.at  ? entry.units
                                             : std::min<std::size_t>(1, entry.units);
  entry.struck.resize(entry.units);
  std::iota(entry.struck.begin(), entry.struck.end(), std::size_t{0});
  std::string target = entry.fault->target_text();
  if (count < entry.units) {
    for (std::size_t i = 0; i < count; ++i) {
      std::swap(entry.struck[i], entry.struck[i + entry.stream.below(entry.units - i)]);
    }
    entry.struck.resize(count);
    std::sort(entry.struck.begin(), entry.struck.end());
    target.clear();
    for (const std::size_t unit : entry.struck) {
      target += (target.empty() ? "" : ", ") + entry.fault->unit_text(unit);
    }
  }
  for (const std::size_t unit : entry.struck) entry.fault->begin(unit);
  entry.history.push_back(
      {system_.kernel().now(), time_max, fmt::format("{}({})", entry.spec.fault.name(), target)});
}

void FaultSchedule::end(Entry& entry) {
  for (const std::size_t unit : entry.struck) entry.fault->end(unit);
  entry.struck.clear();
  entry.history.back().to = system_.kernel().now();
}

std::vector<Fault::Side> FaultSchedule::sides() const {
  for (const auto& entry : entries_) {
    std::vector<Fault::Side> sides = entry->fault->sides();
    if (!sides.empty()) return sides;
  }
  return {};
}

std::vector<FaultSchedule::Span> FaultSchedule::spans() const {
  const bool cuts = std::any_of(entries_.begin(), entries_.end(),
                                [](const auto& entry) { return !entry->fault->sides().empty(); });
  std::vector<Span> spans;
  for (const auto& entry : entries_) {
    if (cuts && entry->fault->sides().empty()) continue;
    for (const Entry::Past& past : entry->history) spans.push_back({past.from, past.to});
  }
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<Span> joined;
  for (const Span& span : spans) {
    if (!joined.empty() && span.from <= joined.back().to) {
      joined.back().to = std::max(joined.back().to, span.to);
    } else {
      joined.push_back(span);
    }
  }
  return joined;
}

std::vector<Band> FaultSchedule::bands() const {
  std::vector<Band> bands;
  const double now = to_seconds(system_.kernel().now());
  for (const Phase& phase : phases_) {
    if (phase.from > system_.kernel().now()) continue;
    bands.push_back(
        {phase.name, "phase", to_seconds(phase.from), std::min(to_seconds(phase.to), now)});
  }
  for (const auto& entry : entries_) {
    for (const Entry::Past& past : entry->history) {
      bands.push_back({past.name, "fault", to_seconds(past.from),
                       past.to == time_max ? now : to_seconds(past.to)});
    }
  }
  std::stable_sort(bands.begin(), bands.end(),
                   [](const Band& a, const Band& b) { return a.from_seconds < b.from_seconds; });
  return bands;
}

}  // namespace faultline::sim
