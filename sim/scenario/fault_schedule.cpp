#include "sim/scenario/fault_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

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
  ProcessOwner process;               ///< Its own, so that it can be ended alone.
  std::vector<std::size_t> struck{};  ///< Units it is on at.
  Time next = time_max;  ///< When it does something next; time_max: not known, or never.
  struct Past {
    Time from{};
    Time to = time_max;  ///< time_max: still on.
    std::string name;
  };
  std::vector<Past> history{};
};

FaultSchedule::FaultSchedule(System& system, const std::vector<FaultSpec>& faults,
                             const std::vector<IncidentSpec>& incidents, Problems& problems)
    : system_(system), fault_count_(faults.size()) {
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const Path path = (Path() / "faults")[i];
    entries_.push_back(make(faults[i], path.text(), path, path / "fault", problems));
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
        entries_.push_back(make(spec, fault_path.text(), path, fault_path, problems));
      }
    }
  }
}

std::unique_ptr<FaultSchedule::Entry> FaultSchedule::make(const FaultSpec& spec,
                                                          const std::string& owner,
                                                          const Path& path, const Path& fault_path,
                                                          Problems& problems) {
  FaultContext context(system_, owner, fault_path, problems);
  std::unique_ptr<Entry> entry(new Entry{.spec = spec,
                                         .fault = spec.fault.make({}),
                                         .stream = context.stream("times"),
                                         .process = {system_.kernel(), context.tag()}});
  entry->units = entry->fault->prepare(context);
  if (spec.count && static_cast<std::size_t>(*spec.count) > entry->units && entry->units > 0) {
    problems.add(path / "count",
                 fmt::format("expected at most {}, got {}: {} is all there is", entry->units,
                             *spec.count, entry->fault->target_text()));
  }
  return entry;
}

FaultSchedule::~FaultSchedule() { stop(); }

void FaultSchedule::stop() {
  for (const auto& entry : entries_) entry->process.end_processes();
}

void FaultSchedule::start() {
  for (const auto& entry : entries_) entry->process.spawn(run(*entry));
}

Time FaultSchedule::free_time() const {
  const Time now = system_.kernel().now();
  // How far one has to look: no more times can be taken than there are events.
  std::set<std::int64_t> taken;
  system_.kernel().visit_scheduled(
      [&](std::int64_t time, std::uint64_t, const Event&) { taken.insert(time); });
  Time time = now + Duration(1);
  while (taken.contains(time.time_since_epoch().count())) time += Duration(1);
  return time;
}

void FaultSchedule::check(const Choice<Fault>& fault, Problems& problems) const {
  const Path path = (Path() / "faults")[fault_count_];
  FaultContext context(system_, path.text(), path / "fault", problems);
  fault.make({})->prepare(context);
}

Time FaultSchedule::inject(const Choice<Fault>& fault, std::optional<Duration> length,
                           Problems& problems) {
  FaultSpec spec;
  spec.fault = fault;
  spec.at = free_time().time_since_epoch();
  spec.length = length;
  const Path path = (Path() / "faults")[fault_count_];
  const std::size_t problems_before = problems.size();
  auto entry = make(spec, path.text(), path, path / "fault", problems);
  if (problems.size() > problems_before) return Time(*spec.at);
  Entry& added = *entry;
  entries_.insert(entries_.begin() + static_cast<std::ptrdiff_t>(fault_count_++), std::move(entry));
  added.process.spawn(run(added));
  return Time(*spec.at);
}

std::optional<Time> FaultSchedule::heal(std::size_t fault) {
  SIM_ASSERT(fault < fault_count_);
  Entry& entry = *entries_[fault];
  if (!is_on(fault)) return std::nullopt;
  const Time at = free_time();
  if (entry.next <= at) return std::nullopt;
  entry.process.end_processes();
  entry.spec.length = at - entry.history.back().from;
  entry.process.spawn(run_end(entry, at - system_.kernel().now()));
  return at;
}

Task<void> FaultSchedule::run_end(Entry& entry, Duration wait) {
  entry.next = system_.kernel().now() + wait;
  co_await delay(wait);
  end(entry);
  entry.next = time_max;
}

bool FaultSchedule::is_on(std::size_t fault) const { return !entries_[fault]->struck.empty(); }

Task<void> FaultSchedule::run(Entry& entry) {
  const FaultSpec& spec = entry.spec;
  const auto exponential = [&entry](Duration mean) {
    return from_seconds(-portable::log(entry.stream.uniform()) * to_seconds(mean));
  };
  const auto wait = [this, &entry](Duration span) {
    const Duration now = system_.kernel().now().time_since_epoch();
    entry.next = Time(saturating_sum(now, span));
    return delay(span);
  };
  if (spec.at) {
    co_await wait(*spec.at - system_.kernel().now().time_since_epoch());
    for (;;) {
      begin(entry);
      entry.next = time_max;
      if (!spec.length) co_return;
      co_await wait(*spec.length);
      end(entry);
      entry.next = time_max;
      if (!spec.every) co_return;
      co_await wait(*spec.every - *spec.length);
    }
  }
  for (;;) {
    co_await wait(exponential(*spec.mean_time_between));
    begin(entry);
    co_await wait(spec.mean_time_to_repair ? exponential(*spec.mean_time_to_repair) : *spec.length);
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

std::vector<FaultSchedule::Episode> FaultSchedule::episodes() const {
  std::vector<Episode> episodes;
  for (const auto& entry : entries_) {
    for (const Entry::Past& past : entry->history)
      episodes.push_back({past.name, past.from, past.to});
  }
  return episodes;
}

std::vector<FaultSchedule::Episode> FaultSchedule::phases() const {
  std::vector<Episode> begun;
  for (const Phase& phase : phases_) {
    if (phase.from <= system_.kernel().now()) begun.push_back({phase.name, phase.from, phase.to});
  }
  return begun;
}

std::vector<FaultSchedule::Change> FaultSchedule::upcoming() const {
  std::vector<Change> changes;
  for (const auto& entry : entries_) {
    if (entry->next == time_max) continue;
    const bool on = !entry->struck.empty();
    changes.push_back(
        {entry->next, !on,
         on ? entry->history.back().name
            : fmt::format("{}({})", entry->spec.fault.name(), entry->fault->target_text())});
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  return changes;
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
