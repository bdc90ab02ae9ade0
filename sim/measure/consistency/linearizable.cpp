#include "sim/measure/consistency/linearizable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <unordered_map>

#include "sim/measure/consistency/linearizable_search.hpp"
#include "sim/measure/consistency/witness.hpp"
#include "sim/measure/consistency/zones.hpp"

namespace faultline::sim::consistency {

namespace {

constexpr std::string_view budget_is_spent = "the budget is spent";

struct KeyResult {
  Verdict verdict = Verdict::holds;
  std::vector<RankedOperation> violating;  ///< Not yet small.
  std::string_view reason;
};

KeyResult check_object(Model model, const History& history,
                       const std::vector<RankedOperation>& operations, Budget& budget) {
  if (model == Model::rw_register || model == Model::cas_register) {
    if (const std::optional<ZoneResult> zones = check_zones(history, operations)) {
      KeyResult result{zones->verdict, {}, {}};
      for (const std::size_t place : zones->witness) result.violating.push_back(operations[place]);
      return result;
    }
  }
  std::vector<RankedOperation> known;
  bool is_exact = true;
  if (model == Model::unordered_queue) {
    // What a dequeue without an answer took, if anything, only an empty queue can tell.
    bool has_lost = false;
    bool has_empty = false;
    for (const RankedOperation& one : operations) {
      const Operation& operation = history.operations[one.index];
      const bool is_dequeue = operation.kind == Kind::dequeue;
      if (is_dequeue && !one.completed()) {
        has_lost = true;
        continue;
      }
      has_empty = has_empty || (is_dequeue && operation.value == nil);
      known.push_back(one);
    }
    is_exact = !has_lost || !has_empty;
  }
  const std::vector<RankedOperation>& checked =
      model == Model::unordered_queue ? known : operations;
  LinearizableSearch search(model, history, checked);
  const Verdict verdict = search.run(budget);
  if (verdict == Verdict::unknown) return {verdict, {}, budget_is_spent};
  if (verdict == Verdict::holds) return {};
  if (!is_exact) {
    return {Verdict::unknown,
            {},
            "which elements the dequeues without an answer took is not looked into"};
  }
  KeyResult result{Verdict::violated, {}, {}};
  const Rank end = checked[search.stuck_at()].end;
  for (const RankedOperation& one : checked) {
    if (one.begin < end) result.violating.push_back(one);
  }
  return result;
}

std::string sentence(Model model, const History& history,
                     const std::vector<RankedOperation>& operations) {
  const auto named = [&](const RankedOperation& one) {
    const Operation& operation = history.operations[one.index];
    return fmt::format("\"{}\" of session {}", history.to_text(operation),
                       history.session_name(operation.session));
  };
  if (operations.size() == 1) {
    const bool is_register = model == Model::rw_register || model == Model::cas_register;
    if (is_register && found_by(history.operations[operations.front().index])) {
      return fmt::format("Nobody wrote what {} found.", named(operations.front()));
    }
    return fmt::format("Nothing explains the answer of {}.", named(operations.front()));
  }
  Budget budget(100'000);
  LinearizableSearch search(model, history, operations);
  if (search.run(budget) != Verdict::violated) {
    return "No order of these operations that keeps to their times explains all answers.";
  }
  return fmt::format(
      "However these operations are ordered within their times, {} cannot be explained.",
      named(operations[search.stuck_at()]));
}

}  // namespace

std::vector<std::vector<RankedOperation>> by_object(
    Model model, const History& history, const std::vector<RankedOperation>& operations) {
  std::vector<std::vector<RankedOperation>> objects;
  if (model == Model::bank) {
    if (!operations.empty()) objects.push_back(operations);
    return objects;
  }
  std::unordered_map<std::uint64_t, std::size_t> number_of_key;
  for (const RankedOperation& one : operations) {
    const auto [found, is_new] =
        number_of_key.try_emplace(history.operations[one.index].key, objects.size());
    if (is_new) objects.emplace_back();
    objects[found->second].push_back(one);
  }
  return objects;
}

LinearizableResult check_linearizable(Model model, const History& history,
                                      const std::vector<RankedOperation>& operations,
                                      const CheckOptions& options,
                                      std::optional<Budget::Clock::time_point> deadline) {
  const std::vector<std::vector<RankedOperation>> objects = by_object(model, history, operations);
  std::vector<KeyResult> results(objects.size());
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> first_violated{objects.size()};
  const auto work = [&] {
    for (;;) {
      const std::size_t number = next.fetch_add(1);
      // What comes after a violation does not matter any more; what comes before it does.
      if (number >= first_violated.load()) return;
      Budget budget(options.steps_max, deadline);
      results[number] = check_object(model, history, objects[number], budget);
      if (results[number].verdict != Verdict::violated) continue;
      std::size_t first = first_violated.load();
      while (number < first && !first_violated.compare_exchange_weak(first, number)) {
      }
    }
  };
  const std::size_t threads = std::min<std::size_t>(std::max(1U, options.threads),
                                                    std::max<std::size_t>(1, objects.size()));
  std::vector<std::thread> helpers;
  for (std::size_t helper = 1; helper < threads; ++helper) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();

  LinearizableResult result;
  if (first_violated < objects.size()) {
    result.verdict = Verdict::violated;
    result.witness = std::move(results[first_violated].violating);
    if (!options.with_witness) return result;
    const auto violates = [&](std::span<const RankedOperation> rest) {
      Budget budget(200'000);
      const std::vector<RankedOperation> list(rest.begin(), rest.end());
      return check_object(model, history, list, budget).verdict == Verdict::violated;
    };
    result.witness = shrunk(model, history, std::move(result.witness), true, violates, 4'000'000);
    result.why = sentence(model, history, result.witness);
    return result;
  }
  for (const KeyResult& one : results) {
    if (one.verdict != Verdict::unknown) continue;
    result.verdict = Verdict::unknown;
    result.reason = one.reason;
    break;
  }
  return result;
}

}  // namespace faultline::sim::consistency
