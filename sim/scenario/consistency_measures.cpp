#include "sim/scenario/consistency_measures.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace faultline::sim {
namespace {

/// Counts of marked places, and how many are marked from a place on, in O(log n).
/// Source: Fenwick, "A New Data Structure for Cumulative Frequency Tables", 1994.
class MarkedPlaces {
 public:
  explicit MarkedPlaces(std::size_t size) : sums_(size + 1) {}
  void mark(std::size_t place) {
    ++marked_;
    for (std::size_t i = place + 1; i < sums_.size(); i += i & (~i + 1)) ++sums_[i];
  }
  std::uint64_t from(std::size_t place) const {
    std::uint64_t before = 0;
    for (std::size_t i = place; i > 0; i -= i & (~i + 1)) before += sums_[i];
    return marked_ - before;
  }

 private:
  std::vector<std::uint64_t> sums_;
  std::uint64_t marked_ = 0;
};

/// A value that was written, perhaps in several tries.
struct WrittenValue {
  std::uint64_t value = 0;
  Time invoked{};                ///< Of the first try.
  Time acknowledged = time_max;  ///< Of the first ok one; time_max: of none.
  Time surely_done = time_max;   ///< Its effect is no news any more; time_max: it may be to come.
  int tries = 0;
};

/// The operations of one key.
class KeyHistory {
 public:
  KeyHistory(const std::vector<const RecordedOperation*>& operations, const WatchedRun& run,
             ConsistencyResult& result)
      : run_(run), result_(result) {
    for (const RecordedOperation* each : operations) {
      if (!each->is_read()) add_write(*each);
    }
    for (const RecordedOperation* each : operations) {
      if (each->is_read() && each->is_ok()) add_read(*each);
    }
    // They are by beginning already: a value stands where its first try does.
    first_acknowledged_.assign(values_.size() + 1, time_max);
    for (std::size_t i = values_.size(); i-- > 0;) {
      first_acknowledged_[i] = std::min(first_acknowledged_[i + 1], values_[i].acknowledged);
    }
  }

  void judge_reads(std::vector<Time>& unconverged) {
    std::vector<std::size_t> by_acknowledgement;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i].acknowledged != time_max) by_acknowledgement.push_back(i);
    }
    std::sort(by_acknowledgement.begin(), by_acknowledgement.end(),
              [this](std::size_t a, std::size_t b) {
                return values_[a].acknowledged < values_[b].acknowledged;
              });
    MarkedPlaces acknowledged(values_.size());
    std::size_t marked = 0;
    for (const Read& read : reads_) {
      while (marked < by_acknowledgement.size() &&
             values_[by_acknowledgement[marked]].acknowledged < read.invoked) {
        acknowledged.mark(by_acknowledgement[marked++]);
      }
      if (read.invoked < run_.statistics_start) continue;
      const Time first = first_acknowledged_[read.superseded_from];
      const bool stale = first < read.invoked;
      ++result_.reads_judged;
      if (stale) {
        ++result_.reads_stale;
        result_.stale_for.record((read.invoked - first).count());
        result_.stale_versions.record(
            static_cast<std::int64_t>(acknowledged.from(read.superseded_from)));
        note_unconverged(read.invoked, first, unconverged);
      }
      if (marked == 0) continue;
      const Time last = values_[by_acknowledgement[marked - 1]].acknowledged;
      FreshnessBucket& bucket =
          result_.freshness[freshness_bucket_of(to_seconds(read.invoked - last))];
      ++bucket.reads;
      bucket.fresh += stale ? 0 : 1;
    }
  }

  /// Appends when each lost write had been acknowledged.
  void find_lost(std::vector<Time>& lost) {
    if (reads_.empty()) return;
    const Read& last = reads_.back();
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const WrittenValue& written = values_[i];
      if (written.acknowledged == time_max || written.invoked < run_.statistics_start) continue;
      if (last.invoked - written.acknowledged < run_.lost_after) continue;
      ++result_.writes_judged;
      if (i < last.superseded_from) continue;
      ++result_.writes_lost;
      lost.push_back(written.acknowledged);
    }
  }

 private:
  struct Read {
    Time invoked;
    /// All values from this place on supersede what it found.
    std::size_t superseded_from;
  };

  void add_write(const RecordedOperation& write) {
    if (write.outcome == Outcome::fail) return;
    const auto [found, is_new] = places_.try_emplace(write.value, values_.size());
    if (is_new) values_.push_back({.value = write.value, .invoked = write.invoked});
    WrittenValue& written = values_[found->second];
    const Time done = write.is_ok() ? write.completed : time_max;
    written.acknowledged = std::min(written.acknowledged, done);
    written.surely_done = is_new ? done : std::max(written.surely_done, done);
    ++written.tries;
  }
  /// Requires: called in the order of beginning, after all writes.
  void add_read(const RecordedOperation& read) {
    if (read.value == 0) {  // Every write is later than nothing.
      reads_.push_back({read.invoked, 0});
      return;
    }
    const auto found = places_.find(read.value);
    if (found == places_.end()) return;  // Written by nobody that was watched.
    WrittenValue& written = values_[found->second];
    const auto after = [this](Time time) {
      return static_cast<std::size_t>(
          std::upper_bound(values_.begin(), values_.end(), time,
                           [](Time a, const WrittenValue& b) { return a < b.invoked; }) -
          values_.begin());
    };
    reads_.push_back({read.invoked, after(written.surely_done)});
    if (written.tries == 1 && read.completed < written.surely_done) {
      written.surely_done = read.completed;
    }
  }
  void note_unconverged(Time read, Time missed, std::vector<Time>& unconverged) const {
    for (std::size_t i = 0; i < run_.spans.size(); ++i) {
      const Time healed = run_.spans[i].to;
      const bool later_fault = i + 1 < run_.spans.size() && read >= run_.spans[i + 1].from;
      if (healed == time_max || read < healed || later_fault || missed >= healed) continue;
      unconverged[i] = std::max(unconverged[i], read);
    }
  }

  const WatchedRun& run_;
  ConsistencyResult& result_;
  std::vector<WrittenValue> values_;
  std::unordered_map<std::uint64_t, std::size_t> places_;  ///< Of a value. Never walked.
  std::vector<Time> first_acknowledged_;                   ///< Of the values from a place on.
  std::vector<Read> reads_;
};

/// Availability of the operations of one kind on one side.
class KindMeter {
 public:
  KindMeter(const WatchedRun& run, SideAvailability::Kind& kind) : run_(run), kind_(kind) {}

  void add(const RecordedOperation& operation) {
    if (!operation.is_ok()) misses_.push_back(operation.invoked);
    if (operation.completed == time_max) return;  // Under way: in no count, but it may hang.
    AvailabilityCounts& counts =
        kind_.phases[static_cast<std::size_t>(phase_of(operation.invoked))];
    if (operation.is_ok()) {
      ++counts.ok;
      counts.latency.record((operation.completed - operation.invoked).count());
      answers_.push_back(operation.completed);
      return;
    }
    const bool timed_out = operation.reason == Reason::timeout ||
                           operation.reason == Reason::abandoned ||
                           operation.reason == Reason::expired;
    ++(timed_out ? counts.timed_out : counts.failed);
  }

  void finish() {
    if (run_.spans.empty() || (answers_.empty() && misses_.empty())) return;
    kind_.outage_seconds = 0;
    std::sort(answers_.begin(), answers_.end());
    std::sort(misses_.begin(), misses_.end());
    find_usual_gap();
    for (std::size_t i = 0; i < run_.spans.size(); ++i) {
      const Time until = i + 1 < run_.spans.size() ? run_.spans[i + 1].from : time_max;
      look_at(run_.spans[i].from, until);
    }
  }

 private:
  FaultPhase phase_of(Time time) const {
    if (run_.spans.empty() || time < run_.spans.front().from) return FaultPhase::before;
    for (const FaultSchedule::Span& span : run_.spans) {
      if (time >= span.from && time < span.to) return FaultPhase::during;
    }
    return FaultPhase::after;
  }
  void find_usual_gap() {
    for (std::size_t i = 1; i < answers_.size(); ++i) {
      if (answers_[i] >= run_.spans.front().from) return;
      usual_gap_ = std::max(usual_gap_, answers_[i] - answers_[i - 1]);
    }
  }
  /// The stretches without an answer that begin between `from` and `until`.
  void look_at(Time from, Time until) {
    auto answer = std::lower_bound(answers_.begin(), answers_.end(), from);
    Time begin = from;
    while (begin < until) {
      const bool answered = answer != answers_.end();
      const Time end = answered ? *answer++ : run_.end;
      const auto miss = std::lower_bound(misses_.begin(), misses_.end(), begin);
      if (end - begin > 2 * usual_gap_ && miss != misses_.end() && *miss < end) {
        const double seconds =
            answered ? to_seconds(end - begin) : std::numeric_limits<double>::infinity();
        kind_.outage_seconds = std::max(kind_.outage_seconds, seconds);
      }
      if (!answered) return;
      begin = end;
    }
  }

  const WatchedRun& run_;
  SideAvailability::Kind& kind_;
  std::vector<Time> answers_;
  std::vector<Time> misses_;  ///< Beginnings of what did not end ok.
  Duration usual_gap_{};      ///< The longest between two answers before the first fault.
};

/// One side of the partition, or all together.
struct SideMeter {
  SideMeter(const WatchedRun& run, SideAvailability& side)
      : reads(run, side.reads), writes(run, side.writes) {}
  KindMeter reads;
  KindMeter writes;
};

void measure_sides(const std::vector<RecordedOperation>& operations, const WatchedRun& run,
                   ConsistencyResult& result) {
  result.sides.resize(1 + run.sides.size());
  result.sides.front().name = "all";
  std::vector<std::vector<std::size_t>> sides_of_node;
  for (std::size_t i = 0; i < run.sides.size(); ++i) {
    result.sides[i + 1].name = run.sides[i].name;
    for (const Node* node : run.sides[i].nodes) {
      if (sides_of_node.size() <= node->id()) sides_of_node.resize(node->id() + 1);
      sides_of_node[node->id()].push_back(i + 1);
    }
  }
  std::vector<SideMeter> meters;
  meters.reserve(result.sides.size());
  for (SideAvailability& side : result.sides) meters.emplace_back(run, side);
  for (const RecordedOperation& operation : operations) {
    if (operation.invoked < run.statistics_start) continue;
    const auto kind = operation.is_read() ? &SideMeter::reads : &SideMeter::writes;
    (meters.front().*kind).add(operation);
    if (operation.node >= sides_of_node.size()) continue;
    for (const std::size_t side : sides_of_node[operation.node]) {
      (meters[side].*kind).add(operation);
    }
  }
  for (SideMeter& meter : meters) {
    meter.reads.finish();
    meter.writes.finish();
  }
  result.rto_seconds = result.sides.front().writes.outage_seconds;
}

/// How long the time is from which acknowledged writes were lost.
double recovery_point(std::vector<Time> lost, const WatchedRun& run) {
  if (lost.empty()) return run.spans.empty() ? ConsistencyResult::none : 0;
  std::sort(lost.begin(), lost.end());
  double longest = 0;
  auto next = lost.begin();
  for (std::size_t i = 0; i <= run.spans.size() && next != lost.end(); ++i) {
    const bool behind_all = i == run.spans.size();
    const Time to = behind_all ? time_max : run.spans[i].to;
    const auto end = std::find_if(next, lost.end(), [to](Time time) { return time >= to; });
    if (end == next) continue;
    const Time last = behind_all ? *(end - 1) : std::max(*(end - 1), run.spans[i].from);
    longest = std::max(longest, to_seconds(last - *next));
    next = end;
  }
  return longest;
}

}  // namespace

void count_operations(const std::vector<RecordedOperation>& operations, ConsistencyResult& result) {
  std::unordered_set<std::uint64_t> keys;
  std::unordered_set<std::uint64_t> sessions;
  result.operations = operations.size();
  for (const RecordedOperation& operation : operations) {
    keys.insert(operation.key);
    sessions.insert(operation.user());
    if (operation.is_ok()) {
      ++(operation.is_read() ? result.reads : result.writes);
    } else if (!operation.is_read() && operation.outcome == Outcome::unknown) {
      ++result.writes_unknown;
    }
  }
  result.keys = keys.size();
  result.sessions = sessions.size();
}

void measure_operations(const std::vector<RecordedOperation>& operations, const WatchedRun& run,
                        ConsistencyResult& result) {
  std::vector<const RecordedOperation*> by_key;
  by_key.reserve(operations.size());
  for (const RecordedOperation& operation : operations) by_key.push_back(&operation);
  std::stable_sort(
      by_key.begin(), by_key.end(),
      [](const RecordedOperation* a, const RecordedOperation* b) { return a->key < b->key; });
  std::vector<Time> unconverged(run.spans.size(), time_zero);
  std::vector<Time> lost;
  for (std::size_t begin = 0; begin < by_key.size();) {
    std::size_t end = begin;
    while (end < by_key.size() && by_key[end]->key == by_key[begin]->key) ++end;
    KeyHistory key({by_key.begin() + static_cast<std::ptrdiff_t>(begin),
                    by_key.begin() + static_cast<std::ptrdiff_t>(end)},
                   run, result);
    key.judge_reads(unconverged);
    key.find_lost(lost);
    begin = end;
  }
  for (std::size_t i = 0; i < run.spans.size(); ++i) {
    const Time healed = run.spans[i].to;
    if (healed >= run.end) continue;
    const double seconds = unconverged[i] == time_zero ? 0 : to_seconds(unconverged[i] - healed);
    const double before = result.convergence_seconds;
    result.convergence_seconds = before > seconds ? before : seconds;
  }
  result.rpo_seconds = recovery_point(std::move(lost), run);
  measure_sides(operations, run, result);
}

}  // namespace faultline::sim
