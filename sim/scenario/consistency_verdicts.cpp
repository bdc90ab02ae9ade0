#include "sim/scenario/consistency_verdicts.hpp"

#include <algorithm>
#include <unordered_map>

#include "sim/measure/consistency/check.hpp"
#include "sim/param/assert.hpp"
#include "sim/scenario/session_lanes.hpp"

namespace faultline::sim {
namespace {

using consistency::CheckResult;
using consistency::History;
using consistency::Verdict;

CheckResult checked(const History& history, consistency::Level level, const ConsistencySpec& spec) {
  consistency::CheckOptions options;
  options.steps_max = static_cast<std::uint64_t>(spec.budget);
  return consistency::check(history, consistency::Model::rw_register, level, options);
}

}  // namespace

History history_of(const std::vector<RecordedOperation>& operations,
                   std::vector<std::string> node_names) {
  History history;
  history.initial = 0;
  history.node_names = std::move(node_names);
  SessionLanes sessions(history.session_names);
  std::unordered_map<std::uint64_t, consistency::Value> numbers;  // Of values. Never walked.
  for (const RecordedOperation& each : operations) {
    if (each.is_read() || each.outcome == Outcome::fail) continue;
    numbers.try_emplace(each.value, static_cast<consistency::Value>(numbers.size()) + 1);
  }
  const auto number_of = [&numbers](std::uint64_t value) -> consistency::Value {
    if (value == 0) return 0;
    // What nobody wrote, or nobody who was watched, is larger than any number of these.
    constexpr std::uint64_t strangers = std::uint64_t{1} << 60;
    const auto found = numbers.find(value);
    return found != numbers.end() ? found->second
                                  : static_cast<consistency::Value>(strangers | value);
  };
  for (const RecordedOperation& each : operations) {
    const bool unanswered = each.outcome == Outcome::fail || (each.is_read() && !each.is_ok());
    if (unanswered) continue;
    const std::uint32_t session =
        each.is_ok() ? sessions.of(each.user(), each.session, each.invoked, each.completed)
                     : sessions.alone(each.session);
    history.operations.push_back(
        {.invoked = each.invoked,
         .completed = each.is_ok() ? each.completed : time_max,
         .key = each.key,
         .value = number_of(each.value),
         .session = session,
         .node = each.node,
         .kind = each.is_read() ? consistency::Kind::read : consistency::Kind::write,
         .outcome = each.is_ok() ? Outcome::ok : Outcome::unknown});
  }
  return history;
}

std::vector<std::string> tell_stores_apart(std::vector<RecordedOperation>& operations,
                                           const std::vector<std::string>& store_names) {
  std::vector<std::string> names;
  constexpr std::size_t no_store_and_one = 2;
  if (store_names.size() <= no_store_and_one) return names;
  // By store, and there by key. Never walked.
  std::vector<std::unordered_map<std::uint64_t, std::uint64_t>> numbers(store_names.size());
  for (RecordedOperation& each : operations) {
    const auto [found, is_new] = numbers[each.store].try_emplace(each.key, names.size());
    if (is_new) names.push_back(store_names[each.store] + "/" + std::to_string(each.key));
    each.key = found->second;
  }
  return names;
}

void judge(const History& history, const ConsistencySpec& spec, bool complete,
           ConsistencyResult& result) {
  constexpr std::size_t count = consistency_models.size();
  std::array<consistency::Level, count> levels{};
  for (std::size_t i = 0; i < count; ++i) {
    const auto level = consistency::level_of(consistency_models[i]);
    SIM_ASSERT(level);
    levels[i] = *level;
  }
  std::array<CheckResult, count> checks;
  std::array<bool, count> decided{};
  for (std::size_t i = 0; i < count; ++i) {
    if (decided[i] || !spec.wants(consistency_models[i])) continue;
    checks[i] = checked(history, levels[i], spec);
    if (checks[i].verdict == Verdict::unknown) continue;
    for (std::size_t other = 0; other < count; ++other) {
      const bool answers = checks[i].verdict == Verdict::holds
                               ? consistency::implies(levels[i], levels[other])
                               : consistency::implies(levels[other], levels[i]);
      if (!answers || decided[other]) continue;
      const bool own_witness = checks[other].verdict == Verdict::violated;
      if (!own_witness) checks[other] = checks[i];
      decided[other] = true;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!spec.wants(consistency_models[i])) continue;
    ModelVerdicts& model = result.models[std::string(consistency_models[i])];
    CheckResult& check = checks[i];
    if (check.verdict == Verdict::holds && !complete) {
      check.verdict = Verdict::unknown;
      check.reason = "the recording ended before the run, at the bound operations_max";
    }
    switch (check.verdict) {
      case Verdict::holds:
        ++model.held;
        break;
      case Verdict::violated:
        ++model.violated;
        model.witness = std::move(check.witness);
        break;
      case Verdict::unknown:
        ++model.unknown;
        model.reason = std::move(check.reason);
        break;
    }
  }
}

}  // namespace faultline::sim
