#include "sim/measure/consistency/session_views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>

#include "sim/measure/consistency/object.hpp"
#include "sim/measure/consistency/session_order.hpp"

namespace faultline::sim::consistency {

namespace {

constexpr std::uint32_t initial = UINT32_MAX;  ///< The write of what was there before.
constexpr std::uint32_t unreached = UINT32_MAX;

/// Which pairs a view keeps in order; see the table in the header.
struct Rules {
  bool from_reads = false;     ///< What a session does next follows its reads.
  bool from_writes = false;    ///< ... its writes.
  bool to_reads = false;       ///< Its reads follow what it did before.
  bool to_writes = false;      ///< Its writes do.
  bool each_key = false;       ///< All that for each key alone.
  bool foreign_reads = false;  ///< A read of any session follows the write that it found.
};

Rules rules_of(Level level) {
  switch (level) {
    case Level::causal:
      return {true, true, true, true, false, true};
    case Level::pram:
      return {true, true, true, true, false, false};
    case Level::monotonic_writes:
      return {false, true, false, true, false, false};
    case Level::monotonic_reads:
      return {false, true, false, true, true, false};
    case Level::writes_follow_reads:
      return {true, false, false, true, false, true};
    default:
      return {};
  }
}

/// Operations, and between them the points at which a session has done something: what it does next
/// follows all that it has done, by one edge instead of many.
class Graph {
 public:
  Graph(Level level, const History& history, std::span<const RankedOperation> operations)
      : history_(history), operations_(operations), rules_(rules_of(level)) {
    build();
  }

  std::size_t size() const { return before_.size(); }
  std::span<const std::uint32_t> before(std::uint32_t node) const { return before_[node]; }
  const Rules& rules() const { return rules_; }

 private:
  const Operation& operation(std::uint32_t place) const {
    return history_.operations[operations_[place].index];
  }

  void build() {
    struct Event {
      Rank rank;
      std::uint32_t place;
      bool is_end;
    };
    std::vector<Event> events;
    for (std::uint32_t place = 0; place < operations_.size(); ++place) {
      events.push_back({operations_[place].begin, place, false});
      if (operations_[place].completed()) events.push_back({operations_[place].end, place, true});
    }
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return a.rank < b.rank; });
    before_.resize(operations_.size());
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> points;
    for (const Event& event : events) {
      const Operation& one = operation(event.place);
      const bool writes = written_by(one).has_value();
      const bool reads = found_by(one).has_value();
      const std::pair session{one.session, rules_.each_key ? one.key : 0};
      const auto point = points.find(session);
      if (!event.is_end) {
        if (point == points.end()) continue;
        if ((writes && rules_.to_writes) || (reads && rules_.to_reads)) {
          before_[event.place].push_back(point->second);
        }
      } else if ((writes && rules_.from_writes) || (reads && rules_.from_reads)) {
        const auto node = static_cast<std::uint32_t>(before_.size());
        before_.push_back({event.place});
        if (point != points.end()) before_.back().push_back(point->second);
        points[session] = node;
      }
    }
  }

  const History& history_;
  std::span<const RankedOperation> operations_;
  Rules rules_;
  std::vector<std::vector<std::uint32_t>> before_;
};

/// Finds cycles in parts of a graph; the time it takes is that of the part.
class CycleFinder {
 public:
  explicit CycleFinder(std::size_t size) : number_(size, absent) {}

  /// A cycle among `nodes`, or nothing. `for_each_edge(node, visit)` calls visit(other, note) for
  /// each other that stands before the node; others that are not of `nodes` are passed over.
  template <class ForEachEdge>
  std::vector<std::uint32_t> find(const std::vector<std::uint32_t>& nodes,
                                  const ForEachEdge& for_each_edge) {
    const auto count = static_cast<std::uint32_t>(nodes.size());
    for (std::uint32_t number = 0; number < count; ++number) number_[nodes[number]] = number;
    std::vector<std::uint32_t> cycle = find_numbered(nodes, for_each_edge);
    for (const std::uint32_t node : nodes) number_[node] = absent;
    return cycle;
  }

 private:
  static constexpr std::uint32_t absent = UINT32_MAX;

  template <class ForEachEdge>
  std::vector<std::uint32_t> find_numbered(const std::vector<std::uint32_t>& nodes,
                                           const ForEachEdge& for_each_edge) const {
    std::vector<std::uint32_t> waits(nodes.size(), 0);
    std::vector<std::vector<std::uint32_t>> next(nodes.size());
    for (std::uint32_t number = 0; number < waits.size(); ++number) {
      for_each_edge(nodes[number], [&](std::uint32_t other, std::uint32_t) {
        if (number_[other] == absent) return;
        ++waits[number];
        next[number_[other]].push_back(number);
      });
    }
    // Remove what nothing stands before, again and again.
    std::vector<std::uint32_t> free;
    for (std::uint32_t number = 0; number < waits.size(); ++number) {
      if (waits[number] == 0) free.push_back(number);
    }
    std::size_t removed = 0;
    while (!free.empty()) {
      const std::uint32_t number = free.back();
      free.pop_back();
      ++removed;
      for (const std::uint32_t other : next[number]) {
        if (--waits[other] == 0) free.push_back(other);
      }
    }
    if (removed == nodes.size()) return {};
    // Something of what is left stands before each that is left: backwards it must come round.
    const auto first =
        std::find_if(waits.begin(), waits.end(), [](std::uint32_t count) { return count > 0; });
    std::uint32_t node = nodes[static_cast<std::size_t>(first - waits.begin())];
    std::vector<std::uint32_t> way;
    std::vector<bool> is_on_way(nodes.size());
    while (!is_on_way[number_[node]]) {
      is_on_way[number_[node]] = true;
      way.push_back(node);
      std::uint32_t before = absent;
      for_each_edge(node, [&](std::uint32_t other, std::uint32_t) {
        const bool is_left = number_[other] != absent && waits[number_[other]] > 0;
        if (before == absent && is_left) before = other;
      });
      node = before;
    }
    way.erase(way.begin(), std::find(way.begin(), way.end(), node));
    return way;
  }

  std::vector<std::uint32_t> number_;  ///< Of each node that is looked at.
};

/// One way of saying which write each read found: by place, `initial`, or a place.
using ReadsFrom = std::vector<std::uint32_t>;

/// Why a node stands where it does: before which other one, and because of which read if not
/// because of what sessions did.
struct Reason {
  std::uint32_t before = unreached;
  std::uint32_t read = unreached;
};

/// Builds one view after another; buffers are kept.
class Views {
 public:
  Views(const Graph& graph, const History& history, std::span<const RankedOperation> operations)
      : graph_(graph),
        history_(history),
        operations_(operations),
        step_(graph.size(), unreached),
        reasons_(graph.size()),
        cycles_(graph.size()),
        read_number_(operations.size(), unreached) {}

  /// Whether the session of which `reads` are reads one after the other has a view.
  ViewResult check(std::span<const std::uint32_t> reads, const ReadsFrom& reads_from,
                   Budget& budget) {
    reads_ = reads;
    reads_from_ = &reads_from;
    for (std::uint32_t number = 0; number < reads.size(); ++number) {
      read_number_[reads[number]] = number;
    }
    ViewResult result;
    if (!find_view(result, budget)) {
      result = {};
      result.verdict = Verdict::unknown;
    }
    for (const std::uint32_t node : reached_) step_[node] = unreached;
    for (const std::uint32_t read : reads) read_number_[read] = unreached;
    reached_.clear();
    keys_.clear();
    changed_.clear();
    return result;
  }

 private:
  /// Writes of one key by the first read before which they must stand. Entries whose step has
  /// become another are stale.
  using WritesOfKey = std::map<std::uint32_t, std::vector<std::uint32_t>>;
  struct Key {
    WritesOfKey writes;
    std::vector<std::uint32_t> reads;  ///< Numbers of this session's reads so far.
    bool is_changed = false;           ///< More of its writes stand before some read than did.
  };

  const Operation& operation(std::uint32_t place) const {
    return history_.operations[operations_[place].index];
  }

  template <class Visit>
  void for_each_before(std::uint32_t node, const Visit& visit) const {
    for (const std::uint32_t other : graph_.before(node)) visit(other);
    if (node >= operations_.size() || !found_by(operation(node))) return;
    const bool is_own = read_number_[node] != unreached;
    if (!is_own && !graph_.rules().foreign_reads) return;
    if ((*reads_from_)[node] != initial) visit((*reads_from_)[node]);
  }

  /// Makes everything before `node`, and it, stand before read number `step`. False if that would
  /// put a later read before an earlier one.
  bool reach(std::uint32_t node, std::uint32_t step, Reason why, Budget& budget, bool& in_budget) {
    if (step_[node] <= step) return true;
    bool is_possible = true;
    const auto set = [&](std::uint32_t one, Reason reason) {
      if (step_[one] <= step) return;
      if (one < operations_.size() && read_number_[one] != unreached && read_number_[one] > step) {
        if (is_possible) {
          blocked_ = one;
          blocked_reason_ = reason;
        }
        is_possible = false;
        return;
      }
      if (step_[one] == unreached) {
        reached_.push_back(one);
      } else {
        overwritten_.emplace_back(one, reasons_[one]);
      }
      step_[one] = step;
      reasons_[one] = reason;
      stack_.push_back(one);
      if (one < operations_.size() && written_by(operation(one))) {
        Key& key = keys_[operation(one).key];
        key.writes[step].push_back(one);
        if (!key.is_changed) changed_.push_back(&key);
        key.is_changed = true;
      }
    };
    overwritten_.clear();
    set(node, why);
    while (!stack_.empty()) {
      const std::uint32_t one = stack_.back();
      stack_.pop_back();
      in_budget = budget.take() && in_budget;
      for_each_before(one, [&](std::uint32_t other) { set(other, {one, unreached}); });
    }
    return is_possible;
  }

  /// Adds to `places` what makes `node` stand where it does.
  void explain(std::uint32_t node, std::vector<std::uint32_t>& places) const {
    for (std::size_t length = 0; node != unreached && length < step_.size(); ++length) {
      if (node < operations_.size()) places.push_back(node);
      if (step_[node] == unreached) return;
      explain(reasons_[node], places);
      node = reasons_[node].before;
    }
  }
  void explain(const Reason& reason, std::vector<std::uint32_t>& places) const {
    if (reason.read == unreached) return;
    places.push_back(reason.read);
    if ((*reads_from_)[reason.read] != initial) places.push_back((*reads_from_)[reason.read]);
  }
  ViewResult violated_by(std::string pattern, const std::vector<std::uint32_t>& nodes,
                         const Reason& reason = {}) const {
    std::vector<std::uint32_t> places;
    for (const std::uint32_t node : nodes) explain(node, places);
    explain(reason, places);
    if (reason.before != unreached) explain(reason.before, places);
    return violated(std::move(pattern), std::move(places));
  }

  /// False: the budget is spent.
  bool find_view(ViewResult& result, Budget& budget) {
    bool in_budget = true;
    for (std::uint32_t number = 0; number < reads_.size(); ++number) {
      if (!reach(reads_[number], number, {}, budget, in_budget)) {
        result = violated_by("CyclicHB", {reads_[number], blocked_}, blocked_reason_);
        return true;
      }
      Key& key = keys_[operation(reads_[number]).key];
      key.reads.push_back(number);
      if (!key.is_changed) changed_.push_back(&key);
      key.is_changed = true;
      // What follows for this read may change what follows for earlier ones.
      while (!changed_.empty()) {
        Key& next = *changed_.back();
        changed_.pop_back();
        next.is_changed = false;
        for (const std::uint32_t again : next.reads) {
          if (!order_writes(next.writes, again, result, budget, in_budget)) return in_budget;
        }
      }
    }
    find_cycle(result);
    return true;
  }

  /// All writes of its key that stand before the read must stand before the one that it found.
  /// False if that cannot be, or the budget is spent.
  bool order_writes(const WritesOfKey& writes, std::uint32_t number, ViewResult& result,
                    Budget& budget, bool& in_budget) {
    const std::uint32_t read = reads_[number];
    const std::uint32_t found = (*reads_from_)[read];
    const std::uint32_t step = found == initial ? 0 : step_[found];
    std::vector<std::uint32_t> earlier;
    for (auto at = writes.lower_bound(found == initial ? 0 : step + 1);
         at != writes.end() && at->first <= number; ++at) {
      for (const std::uint32_t write : at->second) {
        if (step_[write] == at->first && write != read) earlier.push_back(write);
      }
    }
    in_budget = budget.take(1 + earlier.size()) && in_budget;
    if (found == initial) {
      if (earlier.empty()) return in_budget;
      result = violated_by("WriteHBInitRead", {read, earlier.front()});
      return false;
    }
    for (const std::uint32_t write : earlier) {
      if (reach(write, step, {found, read}, budget, in_budget)) continue;
      // Why it is to stand there, and why it stood where it did.
      std::vector<std::uint32_t> places =
          violated_by("", {read, found, blocked_}, blocked_reason_).witness;
      for (auto old = overwritten_.rbegin(); old != overwritten_.rend(); ++old) {
        reasons_[old->first] = old->second;
      }
      explain(write, places);
      result = violated("CyclicHB", std::move(places));
      return false;
    }
    return in_budget;
  }

  /// Of the writes of a key that first stand before the same read, one that was found is the last;
  /// the order that follows must have no cycle.
  void find_cycle(ViewResult& result) {
    struct Found {
      std::uint32_t write;
      std::uint32_t read;
    };
    std::map<std::pair<std::uint64_t, std::uint32_t>, Found> last;  // By key and step.
    std::map<std::uint32_t, std::uint32_t> takers;  // Of a found write: the cas that replaced it.
    std::unordered_map<std::uint32_t, std::vector<Found>> earlier;  // Of a found write.
    for (const std::uint32_t read : reads_) {
      const std::uint32_t found = (*reads_from_)[read];
      if (found == initial) continue;
      // A compare-and-set of this session comes after all that stands before it anyway.
      if (found == reads_[step_[found]]) continue;
      const std::uint64_t key = operation(read).key;
      const auto [place, is_new] = last.try_emplace({key, step_[found]}, Found{found, read});
      if (!is_new && place->second.write != found) {
        result = violated_by("CyclicHB", {read, found, place->second.write, place->second.read});
        return;
      }
      if (!is_new) {
        // A compare-and-set that found it stands after it, so nobody finds it afterwards.
        const auto taker = takers.find(found);
        if (taker != takers.end() && taker->second != read) {
          earlier[found].push_back({taker->second, read});
        }
        continue;
      }
      for (const std::uint32_t write : keys_[key].writes[step_[found]]) {
        if (step_[write] != step_[found] || write == found) continue;
        if (write == read) {
          takers.emplace(found, read);
        } else {
          earlier[found].push_back({write, read});
        }
      }
    }
    const auto for_each_edge = [&](std::uint32_t node, const auto& visit) {
      for_each_before(node, [&](std::uint32_t other) { visit(other, unreached); });
      if (node >= operations_.size()) return;
      const std::uint32_t number = read_number_[node];
      if (number != unreached && number > 0) visit(reads_[number - 1], unreached);
      const auto before = earlier.find(node);
      if (before == earlier.end()) return;
      for (const Found& one : before->second) visit(one.write, one.read);
    };
    // Without them what sessions did and read has no cycle; see find_causal_cycle.
    if (earlier.empty()) return;
    // What stands before something stands before no later read, so a cycle is all of one step.
    std::vector<bool> is_step(reads_.size());
    for (const auto& [found, before] : earlier) is_step[step_[found]] = true;
    std::vector<std::uint32_t> suspects;
    for (const std::uint32_t node : reached_) {
      if (is_step[step_[node]]) suspects.push_back(node);
    }
    const std::vector<std::uint32_t> cycle = cycles_.find(suspects, for_each_edge);
    if (cycle.empty()) return;
    std::vector<std::uint32_t> nodes = cycle;
    for (const std::uint32_t node : cycle) {
      for_each_edge(node, [&](std::uint32_t other, std::uint32_t read) {
        const bool is_in = std::find(cycle.begin(), cycle.end(), other) != cycle.end();
        if (is_in && read != unreached) nodes.push_back(read);
      });
    }
    result = violated_by("CyclicHB", nodes);
  }

  static ViewResult violated(std::string pattern, std::vector<std::uint32_t> places) {
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return {Verdict::violated, std::move(pattern), std::move(places), {}};
  }

  const Graph& graph_;
  const History& history_;
  std::span<const RankedOperation> operations_;
  std::span<const std::uint32_t> reads_;
  const ReadsFrom* reads_from_ = nullptr;
  std::vector<std::uint32_t> step_;  ///< By node: the first read before which it must stand.
  std::vector<Reason> reasons_;      ///< By node, of those that were reached.
  CycleFinder cycles_;
  std::uint32_t blocked_ = unreached;  ///< The read that could not be put before an earlier one.
  Reason blocked_reason_;
  std::vector<std::uint32_t> read_number_;  ///< By place, of this session's reads.
  std::vector<std::uint32_t> reached_;
  std::vector<std::uint32_t> stack_;
  /// The reasons that the last `reach` replaced.
  std::vector<std::pair<std::uint32_t, Reason>> overwritten_;
  std::unordered_map<std::uint64_t, Key> keys_;  ///< Looked up, never walked.
  std::vector<Key*> changed_;
};

class ViewChecker {
 public:
  ViewChecker(Level level, const History& history, std::span<const RankedOperation> operations)
      : level_(level),
        history_(history),
        operations_(operations),
        graph_(level, history, operations),
        views_(graph_, history, operations) {
    const SessionOrder order(history, operations);
    for (const std::vector<std::uint32_t>& chain : order.chains) {
      std::vector<std::uint32_t> reads;
      for (const std::uint32_t place : chain) {
        if (is_read(place)) reads.push_back(place);
      }
      if (!reads.empty()) sessions_.push_back(std::move(reads));
    }
  }

  ViewResult check(Budget& budget) {
    std::vector<std::uint32_t> reads;
    for (std::uint32_t place = 0; place < operations_.size(); ++place) {
      if (is_read(place)) reads.push_back(place);
    }
    if (const std::optional<ViewResult> result = find_candidates(reads)) return *result;
    ReadsFrom reads_from(operations_.size(), initial);
    std::vector<std::uint32_t> open;  // Reads with a choice.
    for (const std::uint32_t read : reads) {
      reads_from[read] = candidates_[read].front();
      if (candidates_[read].size() > 1) open.push_back(read);
    }
    std::vector<std::size_t> chosen(open.size(), 0);
    ViewResult result;
    for (;;) {
      result = check(reads_from, budget);
      if (result.verdict != Verdict::violated) return result;
      std::size_t digit = 0;
      for (; digit < open.size(); ++digit) {
        const std::vector<std::uint32_t>& list = candidates_[open[digit]];
        chosen[digit] = (chosen[digit] + 1) % list.size();
        reads_from[open[digit]] = list[chosen[digit]];
        if (chosen[digit] != 0) break;
      }
      if (digit == open.size()) return result;
      if (!budget.take(operations_.size())) {
        return {Verdict::unknown,
                {},
                {},
                "values are written more than once, and which write each "
                "read found was not settled within the budget"};
      }
    }
  }

 private:
  const Operation& operation(std::uint32_t place) const {
    return history_.operations[operations_[place].index];
  }
  bool is_read(std::uint32_t place) const {
    return operations_[place].completed() && found_by(operation(place)).has_value();
  }

  /// For each read the writes that it may have found, the likeliest first. A violation if one has
  /// none.
  std::optional<ViewResult> find_candidates(const std::vector<std::uint32_t>& reads) {
    std::map<std::pair<std::uint64_t, Value>, std::vector<std::uint32_t>> writes;
    for (std::uint32_t place = 0; place < operations_.size(); ++place) {
      if (const auto written = written_by(operation(place))) {
        writes[{operation(place).key, *written}].push_back(place);
      }
    }
    candidates_.resize(operations_.size());
    for (const std::uint32_t read : reads) {
      std::vector<std::uint32_t>& list = candidates_[read];
      const Operation& one = operation(read);
      const Value value = *found_by(one);
      const auto found = writes.find({one.key, value});
      std::uint32_t later = initial;
      if (found != writes.end()) {
        // Backwards from the last that began before the read ended, then those that began later.
        const std::vector<std::uint32_t>& all = found->second;
        const auto middle = std::partition_point(all.begin(), all.end(), [&](std::uint32_t write) {
          return operations_[write].begin < operations_[read].end;
        });
        for (auto write = middle; write != all.begin();) {
          --write;
          if (*write != read) list.push_back(*write);
        }
        for (auto write = middle; write != all.end(); ++write) {
          if (operation(*write).session == one.session) {
            later = *write;
          } else {
            list.push_back(*write);
          }
        }
      }
      if (value == history_.initial) list.push_back(initial);
      if (!list.empty()) continue;
      if (later != initial) return ViewResult{Verdict::violated, "CyclicCO", {read, later}, {}};
      return ViewResult{Verdict::violated, "ThinAirRead", {read}, {}};
    }
    return std::nullopt;
  }

  ViewResult check(const ReadsFrom& reads_from, Budget& budget) {
    if (level_ == Level::read_your_writes) return check_own_writes(reads_from);
    if (level_ == Level::causal || level_ == Level::writes_follow_reads) {
      const std::vector<std::uint32_t> cycle = find_causal_cycle(reads_from);
      if (!cycle.empty()) return {Verdict::violated, "CyclicCO", cycle, {}};
    }
    for (const std::vector<std::uint32_t>& reads : sessions_) {
      ViewResult result = views_.check(reads, reads_from, budget);
      if (result.verdict == Verdict::unknown) result.reason = "the budget is spent";
      if (result.verdict != Verdict::holds) return result;
    }
    return {};
  }

  /// Operations that are, through what was read and done, before themselves.
  std::vector<std::uint32_t> find_causal_cycle(const ReadsFrom& reads_from) const {
    std::vector<std::uint32_t> nodes(graph_.size());
    std::iota(nodes.begin(), nodes.end(), 0U);
    std::vector<std::uint32_t> cycle =
        CycleFinder(graph_.size()).find(nodes, [&](std::uint32_t node, const auto& visit) {
          for (const std::uint32_t other : graph_.before(node)) visit(other, unreached);
          if (node < operations_.size() && reads_from[node] != initial) {
            visit(reads_from[node], unreached);
          }
        });
    std::erase_if(cycle, [&](std::uint32_t node) { return node >= operations_.size(); });
    std::sort(cycle.begin(), cycle.end());
    return cycle;
  }

  /// A read finds no less than the last write that its session had done to the key.
  ViewResult check_own_writes(const ReadsFrom& reads_from) const {
    struct Event {
      Rank rank;
      std::uint32_t place;
      bool is_end;
    };
    std::vector<Event> events;
    for (std::uint32_t place = 0; place < operations_.size(); ++place) {
      if (is_read(place)) events.push_back({operations_[place].begin, place, false});
      if (operations_[place].completed()) events.push_back({operations_[place].end, place, true});
    }
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return a.rank < b.rank; });
    // Of the writes that a session has done to a key, the one that began last.
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> last;
    for (const Event& event : events) {
      const Operation& one = operation(event.place);
      const std::pair where{one.session, one.key};
      const auto own = last.find(where);
      if (event.is_end) {
        if (!written_by(one)) continue;
        if (own == last.end() || operations_[own->second].begin < operations_[event.place].begin) {
          last[where] = event.place;
        }
        continue;
      }
      if (own == last.end()) continue;
      const std::uint32_t found = reads_from[event.place];
      if (found == initial) {
        return {Verdict::violated, "WriteHBInitRead", {own->second, event.place}, {}};
      }
      if (operation(found).session == one.session &&
          operations_[found].end < operations_[own->second].begin) {
        return {Verdict::violated, "CyclicHB", {found, own->second, event.place}, {}};
      }
    }
    return {};
  }

  Level level_;
  const History& history_;
  std::span<const RankedOperation> operations_;
  Graph graph_;
  Views views_;
  std::vector<std::vector<std::uint32_t>> sessions_;    ///< Reads of one chain each.
  std::vector<std::vector<std::uint32_t>> candidates_;  ///< By place, of reads.
};

}  // namespace

ViewResult check_views(Level level, const History& history,
                       std::span<const RankedOperation> operations, Budget& budget) {
  return ViewChecker(level, history, operations).check(budget);
}

}  // namespace faultline::sim::consistency
