#include "sim/measure/consistency/linearizable_search.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/param/assert.hpp"

namespace faultline::sim::consistency {

LinearizableSearch::LinearizableSearch(Model model, const History& history,
                                       std::span<const RankedOperation> operations)
    : history_(history), operations_(operations) {
  std::vector<std::uint32_t> indices;
  indices.reserve(operations.size());
  for (const RankedOperation& one : operations) indices.push_back(one.index);
  object_ = make_object(model, history, indices);
  commutes_ = object_->commutes();
  number_effects();

  const auto count = static_cast<std::uint32_t>(operations.size());
  done_.resize(count);
  // Place `count` is the list's head.
  next_.assign(count + 1, count);
  previous_.assign(count + 1, count);
  std::uint32_t last = count;
  for (std::uint32_t index = 0; index < count; ++index) {
    if (!operations[index].completed()) continue;
    next_[last] = index;
    previous_[index] = last;
    next_[index] = count;
    previous_[count] = index;
    last = index;
    ends_.push_back(index);
  }
  std::sort(ends_.begin(), ends_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return operations_[a].end < operations_[b].end;
  });
}

void LinearizableSearch::number_effects() {
  const auto count = static_cast<std::uint32_t>(operations_.size());
  effect_.resize(count);
  observes_.resize(count);
  std::map<std::tuple<Kind, Value, Value>, std::uint32_t> numbers;
  std::vector<std::uint32_t> class_of_effect;
  for (std::uint32_t index = 0; index < count; ++index) {
    const Operation& one = operation(index);
    observes_[index] = object_->only_observes(one);
    if (observes_[index]) continue;
    const auto number = static_cast<std::uint32_t>(numbers.size());
    const auto [found, is_new] = numbers.try_emplace({one.kind, one.value, one.second}, number);
    if (is_new) class_of_effect.push_back(none);
    effect_[index] = found->second;
    if (operations_[index].completed()) continue;
    std::uint32_t& class_number = class_of_effect[found->second];
    if (class_number == none) {
      class_number = static_cast<std::uint32_t>(unknown_.size());
      unknown_.emplace_back();
      unknown_effect_.push_back(found->second);
    }
    // More than a counter of 16 bits holds are as good as never: no history needs so many.
    if (unknown_[class_number].size() < UINT16_MAX) unknown_[class_number].push_back(index);
  }
  used_.resize(unknown_.size());
  first_of_effect_.assign(numbers.size(), none);
}

bool LinearizableSearch::apply(std::uint32_t index) {
  return object_->apply(operation(index), operations_[index].completed());
}

void LinearizableSearch::take(std::uint32_t index, std::uint32_t unknown_class) {
  trail_.push_back({index, unknown_class});
  done_[index] = true;
  if (unknown_class != none) {
    ++used_[unknown_class];
    return;
  }
  next_[previous_[index]] = next_[index];
  previous_[next_[index]] = previous_[index];
  done_fingerprint_ ^= fingerprint_of(index, 1);
}

void LinearizableSearch::undo_to(std::size_t trail_size) {
  while (trail_.size() > trail_size) {
    const auto [index, unknown_class] = trail_.back();
    trail_.pop_back();
    object_->undo(operation(index));
    done_[index] = false;
    if (unknown_class != none) {
      --used_[unknown_class];
      continue;
    }
    next_[previous_[index]] = index;
    previous_[next_[index]] = index;
    done_fingerprint_ ^= fingerprint_of(index, 1);
  }
}

bool LinearizableSearch::settle() {
  const auto head = static_cast<std::uint32_t>(operations_.size());
  for (;;) {
    while (next_end_ < ends_.size() && done_[ends_[next_end_]]) ++next_end_;
    furthest_ = std::max(furthest_, next_end_);
    if (next_end_ == ends_.size()) return true;
    const Rank bound = operations_[ends_[next_end_]].end;
    bool passed = false;
    for (std::uint32_t index = next_[head]; index != head && operations_[index].begin < bound;
         index = next_[index]) {
      if (!observes_[index] || !apply(index)) continue;
      take(index, none);
      passed = passed || index == ends_[next_end_];
    }
    if (!passed) return false;
  }
}

void LinearizableSearch::collect_candidates() {
  const auto head = static_cast<std::uint32_t>(operations_.size());
  const std::uint32_t goal = ends_[next_end_];
  const Rank bound = operations_[goal].end;
  bool is_watched = false;
  touched_.clear();
  for (std::uint32_t index = next_[head]; index != head && operations_[index].begin < bound;
       index = next_[index]) {
    if (observes_[index]) {
      is_watched = true;
      continue;
    }
    std::uint32_t& first = first_of_effect_[effect_[index]];
    if (first == none) touched_.push_back(effect_[index]);
    if (first == none || operations_[index].end < operations_[first].end) first = index;
  }
  const std::size_t begin = candidates_.size();
  const bool goal_changes = !observes_[goal];
  if (goal_changes) candidates_.push_back({goal, none});
  // Where changes commute and nobody looks, the one that must come may as well come first.
  const bool goal_only = goal_changes && commutes_ && !is_watched && [&] {
    if (!apply(goal)) return false;
    object_->undo(operation(goal));
    return true;
  }();
  if (!goal_only) {
    for (const std::uint32_t effect : touched_) {
      if (first_of_effect_[effect] != goal) candidates_.push_back({first_of_effect_[effect], none});
    }
    for (std::uint32_t number = 0; number < unknown_.size(); ++number) {
      if (used_[number] == unknown_[number].size()) continue;
      if (first_of_effect_[unknown_effect_[number]] != none) continue;
      const std::uint32_t index = unknown_[number][used_[number]];
      if (operations_[index].begin < bound) candidates_.push_back({index, number});
    }
  }
  for (const std::uint32_t effect : touched_) first_of_effect_[effect] = none;
  // The goal cannot be reached unless something can stand right before it.
  if (goal_changes && apply(goal)) {
    object_->undo(operation(goal));
    return;
  }
  for (std::size_t place = begin; place < candidates_.size(); ++place) {
    const std::uint32_t index = candidates_[place].operation;
    if (index != goal && object_->helps(operation(index), operation(goal))) return;
  }
  candidates_.resize(begin);
}

Fingerprint LinearizableSearch::key() const {
  Fingerprint key = done_fingerprint_;
  const Fingerprint state = object_->state();
  key ^= fingerprint_of(state.a, 2);
  key ^= fingerprint_of(state.b, 3);
  key ^= fingerprint_of(next_end_, 4);
  return key;
}

bool LinearizableSearch::is_dead(const Fingerprint& key) const {
  const auto found = dead_.find(key);
  if (found == dead_.end()) return false;
  const std::size_t classes = used_.size();
  if (classes == 0) return true;
  const std::vector<std::uint16_t>& sets = found->second;
  for (std::size_t begin = 0; begin < sets.size(); begin += classes) {
    if (std::equal(used_.begin(), used_.end(), sets.begin() + begin,
                   [](std::uint16_t here, std::uint16_t there) { return there <= here; })) {
      return true;
    }
  }
  return false;
}

void LinearizableSearch::bury(const Fingerprint& key) {
  // Beyond this the memory is that of the machine, not that of the search; it only gets slower.
  constexpr std::size_t dead_max = 8'000'000;
  if (dead_.size() >= dead_max) return;
  std::vector<std::uint16_t>& sets = dead_[key];
  sets.insert(sets.end(), used_.begin(), used_.end());
}

Verdict LinearizableSearch::run(Budget& budget) {
  if (settle()) return Verdict::holds;
  frames_.push_back({0, 0, 0, 0, key()});
  collect_candidates();
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    if (frame.candidate_next == candidates_.size()) {
      bury(frame.key);
      candidates_.resize(frame.candidate_begin);
      undo_to(frame.trail_begin);
      next_end_ = frame.next_end_before;
      frames_.pop_back();
      continue;
    }
    if (!budget.take()) return Verdict::unknown;
    const Candidate candidate = candidates_[frame.candidate_next++];
    if (!apply(candidate.operation)) continue;
    const std::size_t trail_begin = trail_.size();
    const std::uint32_t next_end_before = next_end_;
    take(candidate.operation, candidate.unknown_class);
    if (settle()) return Verdict::holds;
    const Fingerprint here = key();
    if (is_dead(here)) {
      undo_to(trail_begin);
      next_end_ = next_end_before;
      continue;
    }
    frames_.push_back({trail_begin, candidates_.size(), candidates_.size(), next_end_before, here});
    collect_candidates();
  }
  return Verdict::violated;
}

}  // namespace faultline::sim::consistency
