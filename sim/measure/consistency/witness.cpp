#include "sim/measure/consistency/witness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace faultline::sim::consistency {

namespace {

bool contains(const History& history, Value list, Value member) {
  if (list == nil) return false;
  const std::span<const Value> elements = history.values.elements_of(list);
  return std::find(elements.begin(), elements.end(), member) != elements.end();
}

/// Whether `watcher` may have seen that `seen` took effect, or needs it to have.
bool may_have_seen(Model model, const History& history, const Operation& watcher,
                   const Operation& seen) {
  if (model != Model::bank && watcher.key != seen.key) return false;
  const bool changes = seen.kind != Kind::read && seen.kind != Kind::differs;
  switch (model) {
    case Model::rw_register:
    case Model::cas_register:
      break;  // See Shrinker::for_each_watcher.
    case Model::set:
      return changes && watcher.kind == Kind::read && contains(history, watcher.value, seen.value);
    case Model::queue:
    case Model::unordered_queue:
      return watcher.value == seen.value && watcher.kind != seen.kind;
    case Model::kv_append: {
      if (!changes || watcher.kind != Kind::read) return false;
      if (seen.value == nil || watcher.value == nil) return seen.value == nil;
      const std::string& written = history.values.text_of(seen.value);
      return history.values.text_of(watcher.value).find(written) != std::string::npos;
    }
    case Model::counter:
    case Model::bank:
      return changes;
  }
  return true;
}

/// Whether it can be removed together with all that may have seen it.
bool is_removable(Model model, const Operation& operation) {
  switch (model) {
    case Model::counter:
    case Model::bank:
      return operation.kind == Kind::read;
    case Model::queue:
    case Model::unordered_queue:
      return operation.kind == Kind::enqueue || operation.outcome == Outcome::ok;
    default:
      return true;
  }
}

class Shrinker {
 public:
  Shrinker(Model model, const History& history, bool keeps_time, const Violates& violates,
           std::uint64_t work_max)
      : model_(model),
        history_(history),
        is_register_(model == Model::rw_register || model == Model::cas_register),
        keeps_time_(keeps_time && is_register_),
        violates_(violates),
        work_left_(work_max) {}

  std::vector<RankedOperation> shrink(std::vector<RankedOperation> operations) {
    operations_ = std::move(operations);
    look_around();
    for (std::size_t piece = std::max<std::size_t>(operations_.size() / 2, 1);; piece /= 2) {
      bool removed = true;
      while (removed && has_work()) {
        removed = false;
        for (std::size_t begin = 0; begin < operations_.size() && has_work();) {
          const std::size_t before = operations_.size();
          if (try_without(begin, std::min(begin + piece, before))) {
            removed = true;
          } else {
            begin += piece;
          }
        }
        if (piece > 1) break;
      }
      if (piece <= 1 || !has_work()) return std::move(operations_);
    }
  }

 private:
  bool has_work() const { return work_left_ > 0; }
  const Operation& operation(const RankedOperation& one) const {
    return history_.operations[one.index];
  }

  bool try_without(std::size_t begin, std::size_t end) {
    std::vector<bool>& out = out_;
    out.assign(operations_.size(), false);
    std::vector<std::size_t> stack;
    for (std::size_t place = begin; place < end; ++place) {
      if (!is_removable(model_, operation(operations_[place]))) continue;
      out[place] = true;
      stack.push_back(place);
    }
    if (stack.empty()) return false;
    while (!stack.empty()) {
      const std::size_t last = stack.back();
      stack.pop_back();
      const bool is_possible = for_each_watcher(last, [&](std::size_t place) {
        if (out[place]) return true;
        if (!is_removable(model_, operation(operations_[place]))) return false;
        out[place] = true;
        stack.push_back(place);
        return true;
      });
      if (!is_possible || !has_work()) return false;
    }
    std::vector<RankedOperation> rest;
    for (std::size_t place = 0; place < operations_.size(); ++place) {
      if (!out[place]) rest.push_back(operations_[place]);
    }
    if (rest.empty()) return false;
    spend(rest.size());
    if (!violates_(rest)) return false;
    operations_ = std::move(rest);
    look_around();
    return true;
  }

  /// Calls `visit` with all that may have seen the operation at `seen`, until it says false.
  template <class Visit>
  bool for_each_watcher(std::size_t seen, const Visit& visit) {
    const Operation& one = operation(operations_[seen]);
    if (!is_register_) {
      spend(operations_.size() / 8 + 1);
      for (std::size_t place = 0; place < operations_.size(); ++place) {
        if (may_have_seen(model_, history_, operation(operations_[place]), one) && !visit(place)) {
          return false;
        }
      }
      return true;
    }
    const std::optional<Value> written = written_by(one);
    if (!written || found_by(one) == written) return true;
    const Found& found = found_[{one.key, *written}];
    const bool has_other_writer = std::any_of(found.writers.begin(), found.writers.end(),
                                              [&](std::size_t place) { return !out_[place]; });
    for (const std::size_t place : found.readers) {
      // What was overwritten was not seen. But a value keeps a writer, to show where it came from.
      if (has_other_writer && is_hidden(operations_[place], operations_[seen])) continue;
      if (!visit(place)) return false;
    }
    for (const std::size_t place : differing_) {
      if (operation(operations_[place]).key != one.key) continue;
      if (is_hidden(operations_[place], operations_[seen])) continue;
      if (!visit(place)) return false;
    }
    spend(1 + (found.readers.size() + differing_.size()) / 8);
    return true;
  }

  void look_around() {
    if (!is_register_) return;
    found_.clear();
    differing_.clear();
    for (std::size_t place = 0; place < operations_.size(); ++place) {
      const Operation& one = operation(operations_[place]);
      if (one.kind == Kind::differs) differing_.push_back(place);
      if (const auto value = found_by(one)) found_[{one.key, *value}].readers.push_back(place);
      if (const auto value = written_by(one)) found_[{one.key, *value}].writers.push_back(place);
    }
    find_hidden();
  }

  /// For each operation: of the writes of its key that ended before it began, the latest beginning.
  /// What ended before that was overwritten.
  void find_hidden() {
    if (!keeps_time_) return;
    struct Event {
      Rank rank;
      bool is_end;
      std::size_t place;
    };
    std::vector<Event> events;
    for (std::size_t place = 0; place < operations_.size(); ++place) {
      const RankedOperation& one = operations_[place];
      events.push_back({one.begin, false, place});
      const Kind kind = operation(one).kind;
      if (one.completed() && (kind == Kind::write || kind == Kind::cas)) {
        events.push_back({one.end, true, place});
      }
    }
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return a.rank < b.rank; });
    hidden_before_.clear();
    std::unordered_map<std::uint64_t, Rank> last_begin;
    for (const Event& event : events) {
      const RankedOperation& one = operations_[event.place];
      Rank& last = last_begin[operation(one).key];
      if (event.is_end) {
        last = std::max(last, one.begin);
      } else {
        hidden_before_[one.index] = last;
      }
    }
  }
  bool is_hidden(const RankedOperation& watcher, const RankedOperation& seen) const {
    if (!keeps_time_) return false;
    return watcher.end < seen.begin || seen.end < hidden_before_.at(watcher.index);
  }
  void spend(std::uint64_t work) { work_left_ -= std::min(work, work_left_); }

  Model model_;
  const History& history_;
  /// Who found a value, and who wrote it.
  struct Found {
    std::vector<std::size_t> readers;
    std::vector<std::size_t> writers;
  };

  bool is_register_;
  bool keeps_time_;
  const Violates& violates_;
  std::uint64_t work_left_;
  std::map<std::pair<std::uint64_t, Value>, Found> found_;  ///< By key and value.
  std::vector<std::size_t> differing_;
  std::vector<bool> out_;                                  ///< What is being removed, by place.
  std::unordered_map<std::uint32_t, Rank> hidden_before_;  ///< By RankedOperation::index.
  std::vector<RankedOperation> operations_;
};

}  // namespace

std::vector<RankedOperation> shrunk(Model model, const History& history,
                                    std::vector<RankedOperation> operations, bool keeps_time,
                                    const Violates& violates, std::uint64_t work_max) {
  return Shrinker(model, history, keeps_time, violates, work_max).shrink(std::move(operations));
}

Witness make_witness(const History& history, std::span<const RankedOperation> operations,
                     std::string why) {
  constexpr std::size_t operations_max = 40;
  Witness witness;
  witness.why = std::move(why);
  witness.clock = history.clock;
  // Of very many the last ones say most: what cannot be explained is among them.
  const std::size_t first =
      operations.size() > operations_max ? operations.size() - operations_max : 0;
  if (first > 0) {
    witness.why += fmt::format(" (The last {} of {} operations are shown.)", operations_max,
                               operations.size());
  }
  for (const RankedOperation& ranked : operations.subspan(first)) {
    const Operation& operation = history.operations[ranked.index];
    WitnessOperation shown;
    shown.session = history.session_name(operation.session);
    if (!history.node_names.empty()) shown.node = history.node_name(operation.node);
    shown.text = history.to_text(operation);
    shown.outcome = operation.outcome;
    shown.invoked = operation.invoked;
    shown.completed = operation.outcome == Outcome::ok ? operation.completed : time_max;
    shown.index = ranked.index;
    witness.operations.push_back(std::move(shown));
  }
  return witness;
}

}  // namespace faultline::sim::consistency
