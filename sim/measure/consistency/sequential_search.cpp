#include "sim/measure/consistency/sequential_search.hpp"

#include <algorithm>

namespace faultline::sim::consistency {

SequentialSearch::SequentialSearch(Model model, const History& history,
                                   std::span<const RankedOperation> operations)
    : history_(history),
      operations_(operations),
      is_register_(model == Model::rw_register || model == Model::cas_register),
      order_(history, operations),
      object_of_(operations.size()),
      observes_(operations.size()),
      position_(order_.chains.size()) {
  std::map<std::uint64_t, std::vector<std::uint32_t>> places_of_key;
  for (std::uint32_t place = 0; place < operations.size(); ++place) {
    const std::uint64_t key = model == Model::bank ? 0 : operation(place).key;
    places_of_key[key].push_back(place);
    if (operations[place].completed()) ++left_;
  }
  for (const auto& [key, places] : places_of_key) {
    const auto number = static_cast<std::uint32_t>(objects_.size());
    std::vector<std::uint32_t> indices;
    for (const std::uint32_t place : places) {
      indices.push_back(operations[place].index);
      object_of_[place] = number;
    }
    objects_.push_back(make_object(model, history, indices));
    fingerprint_ ^= state_of(number);
    held_.push_back(history.initial);
    for (const std::uint32_t place : places) {
      const Operation& one = operation(place);
      observes_[place] = objects_.back()->only_observes(one);
      if (!is_register_) continue;
      if (const auto written = written_by(one)) ++supply_[{number, *written}].writers;
      if (!operations[place].completed()) continue;
      if (const auto found = found_by(one)) ++supply_[{number, *found}].finders;
    }
  }
}

bool SequentialSearch::is_ready(std::uint32_t chain) const {
  const std::vector<std::uint32_t>& list = order_.chains[chain];
  if (position_[chain] == list.size()) return false;
  const std::vector<SessionOrder::Wait>& waits = order_.waits[list[position_[chain]]];
  return std::all_of(waits.begin(), waits.end(), [&](const SessionOrder::Wait& wait) {
    return position_[wait.chain] >= wait.count;
  });
}

bool SequentialSearch::may_overwrite(std::uint32_t place) const {
  const std::uint32_t number = object_of_[place];
  const Value now = held_[number];
  const Operation& one = operation(place);
  if (written_by(one) == now) return true;
  const auto found = supply_.find({number, now});
  if (found == supply_.end() || found->second.writers > 0) return true;
  const bool takes_one = one.kind == Kind::cas && operations_[place].completed();
  return found->second.finders <= (takes_one ? 1U : 0U);
}

Fingerprint SequentialSearch::state_of(std::uint32_t object) const {
  const Fingerprint state = objects_[object]->state();
  Fingerprint result = fingerprint_of(state.a, 2 * std::uint64_t{object} + (1ULL << 40));
  result ^= fingerprint_of(state.b, 2 * std::uint64_t{object} + 1 + (1ULL << 40));
  return result;
}

void SequentialSearch::count(std::uint32_t place, bool is_done) {
  const std::uint32_t chain = order_.chain_of[place];
  fingerprint_ ^= fingerprint_of(position_[chain], chain);
  position_[chain] += is_done ? 1U : UINT32_MAX;
  fingerprint_ ^= fingerprint_of(position_[chain], chain);
  const bool completed = operations_[place].completed();
  if (completed) left_ += is_done ? SIZE_MAX : 1U;
  if (!is_register_) return;
  const Operation& one = operation(place);
  const std::uint32_t change = is_done ? UINT32_MAX : 1U;
  if (const auto written = written_by(one)) {
    supply_[{object_of_[place], *written}].writers += change;
  }
  if (!completed) return;
  if (const auto found = found_by(one)) supply_[{object_of_[place], *found}].finders += change;
}

bool SequentialSearch::apply(std::uint32_t place) {
  const Operation& one = operation(place);
  const std::uint32_t number = object_of_[place];
  const Fingerprint before = state_of(number);
  if (!object(place).apply(one, operations_[place].completed())) return false;
  fingerprint_ ^= before;
  fingerprint_ ^= state_of(number);
  count(place, true);
  if (const auto written = written_by(one); written && is_register_) {
    replaced_.push_back(held_[number]);
    held_[number] = *written;
  }
  trail_.push_back(place);
  return true;
}

void SequentialSearch::undo_to(std::size_t trail_size) {
  while (trail_.size() > trail_size) {
    const std::uint32_t place = trail_.back();
    trail_.pop_back();
    const Operation& one = operation(place);
    const std::uint32_t number = object_of_[place];
    if (is_register_ && written_by(one)) {
      held_[number] = replaced_.back();
      replaced_.pop_back();
    }
    count(place, false);
    fingerprint_ ^= state_of(number);
    object(place).undo(one);
    fingerprint_ ^= state_of(number);
  }
}

bool SequentialSearch::settle() {
  for (bool moved = true; moved;) {
    moved = false;
    for (std::uint32_t chain = 0; chain < position_.size(); ++chain) {
      while (is_ready(chain)) {
        const std::uint32_t place = order_.chains[chain][position_[chain]];
        if (!observes_[place] || !apply(place)) break;
        moved = true;
      }
    }
  }
  return left_ == 0;
}

void SequentialSearch::collect_candidates() {
  const std::size_t begin = candidates_.size();
  for (std::uint32_t chain = 0; chain < position_.size(); ++chain) {
    if (!is_ready(chain)) continue;
    const std::uint32_t place = order_.chains[chain][position_[chain]];
    if (observes_[place]) continue;
    if (is_register_ && !may_overwrite(place)) continue;
    candidates_.push_back(place);
  }
  // A store that is better than it has to be did them in the order of time.
  std::sort(candidates_.begin() + begin, candidates_.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (operations_[a].end != operations_[b].end) return operations_[a].end < operations_[b].end;
    return a < b;
  });
}

Verdict SequentialSearch::run(Budget& budget) {
  constexpr std::size_t dead_max = 16'000'000;  // Beyond it the search only gets slower.
  if (settle()) return Verdict::holds;
  frames_.push_back({0, 0, 0, fingerprint_});
  collect_candidates();
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    if (frame.candidate_next == candidates_.size()) {
      if (dead_.size() < dead_max) dead_.insert(frame.key);
      candidates_.resize(frame.candidate_begin);
      undo_to(frame.trail_begin);
      frames_.pop_back();
      continue;
    }
    if (!budget.take()) return Verdict::unknown;
    const std::uint32_t place = candidates_[frame.candidate_next++];
    const std::size_t trail_begin = trail_.size();
    if (!apply(place)) continue;
    if (settle()) return Verdict::holds;
    if (dead_.contains(fingerprint_)) {
      undo_to(trail_begin);
      continue;
    }
    frames_.push_back({trail_begin, candidates_.size(), candidates_.size(), fingerprint_});
    collect_candidates();
  }
  return Verdict::violated;
}

}  // namespace faultline::sim::consistency
