#include "sim/measure/consistency/ranks.hpp"

#include <algorithm>
#include <optional>

#include "sim/param/assert.hpp"

namespace faultline::sim::consistency {

namespace {

struct Event {
  Time time{};
  bool is_end = false;
  std::uint32_t operation = 0;  ///< Of the list that is being ranked.
};

/// The events of one instant, in the order that ranks.hpp describes.
class Instant {
 public:
  Instant(const History& history, const std::vector<RankedOperation>& operations)
      : history_(history), operations_(operations) {}

  void order(std::vector<Event>::iterator begin, std::vector<Event>::iterator end) {
    std::sort(begin, end, [this](const Event& a, const Event& b) {
      if (a.is_end != b.is_end) return b.is_end;
      return index(a) < index(b);
    });
    if (const std::optional<std::uint32_t> session = only_session_that_goes_on(begin, end)) {
      std::stable_sort(begin, end, [&](const Event& a, const Event& b) {
        const int group_a = group(a, *session);
        const int group_b = group(b, *session);
        if (group_a != group_b) return group_a < group_b;
        return group_a == 1 && index(a) < index(b);  // Begin before end of the same one: stable.
      });
    }
  }

 private:
  std::uint32_t index(const Event& event) const { return operations_[event.operation].index; }
  std::uint32_t session(const Event& event) const {
    return history_.operations[index(event)].session;
  }
  /// Beginnings of others, then what `session` does, then ends of others.
  int group(const Event& event, std::uint32_t of) const {
    if (session(event) == of) return 1;
    return event.is_end ? 2 : 0;
  }
  /// The session in which an operation ends here and a later one begins; nothing if none or several
  /// do.
  std::optional<std::uint32_t> only_session_that_goes_on(std::vector<Event>::iterator begin,
                                                         std::vector<Event>::iterator end) {
    if (end - begin < 2) return std::nullopt;
    firsts_.clear();  // Session, and the first of its operations that ends here.
    for (auto event = begin; event != end; ++event) {
      if (event->is_end) firsts_.push_back({session(*event), index(*event)});
    }
    std::sort(firsts_.begin(), firsts_.end());
    std::optional<std::uint32_t> only;
    for (auto event = begin; event != end && !event->is_end; ++event) {
      const auto first = std::lower_bound(firsts_.begin(), firsts_.end(),
                                          std::pair{session(*event), std::uint32_t{0}});
      if (first == firsts_.end() || first->first != session(*event)) continue;
      if (first->second >= index(*event)) continue;
      if (only && *only != first->first) return std::nullopt;
      only = first->first;
    }
    return only;
  }

  const History& history_;
  const std::vector<RankedOperation>& operations_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> firsts_;
};

}  // namespace

std::vector<RankedOperation> ranked(const History& history) {
  SIM_ASSERT(history.operations.size() < (std::size_t{1} << 31));
  std::vector<RankedOperation> operations;
  std::vector<Event> events;
  operations.reserve(history.operations.size());
  events.reserve(2 * history.operations.size());
  for (std::uint32_t index = 0; index < history.operations.size(); ++index) {
    const Operation& operation = history.operations[index];
    if (operation.outcome == Outcome::fail) continue;
    const bool is_ok = operation.outcome == Outcome::ok;
    if (!is_ok && (operation.kind == Kind::read || operation.kind == Kind::differs)) continue;
    const auto number = static_cast<std::uint32_t>(operations.size());
    operations.push_back({.index = index});
    events.push_back({operation.invoked, false, number});
    if (!is_ok) continue;
    SIM_ASSERT(operation.invoked <= operation.completed);
    events.push_back({operation.completed, true, number});
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.time < b.time; });
  Instant instant(history, operations);
  for (auto begin = events.begin(); begin != events.end();) {
    auto end = begin;
    while (end != events.end() && end->time == begin->time) ++end;
    if (end - begin > 1) instant.order(begin, end);
    begin = end;
  }
  for (Rank rank = 0; rank < events.size(); ++rank) {
    RankedOperation& operation = operations[events[rank].operation];
    (events[rank].is_end ? operation.end : operation.begin) = rank;
  }
  std::sort(operations.begin(), operations.end(),
            [](const RankedOperation& a, const RankedOperation& b) { return a.begin < b.begin; });
  return operations;
}

}  // namespace faultline::sim::consistency
