#include "sim/scenario/consistency_result.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/scenario/consistency_spec.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::sim {
namespace {

using consistency::Verdict;
using nlohmann::json;

json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return value == 0 ? 0.0 : value;
}

double ratio_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? ConsistencyResult::none
                    : static_cast<double>(part) / static_cast<double>(whole);
}

/// The larger one; of `none` and a number, the number.
double longest(double a, double b) {
  return std::isnan(a) ? b : std::isnan(b) ? a : std::max(a, b);
}

json counts_json(const AvailabilityCounts& counts) {
  return {{"ok", counts.ok},
          {"failed", counts.failed},
          {"timed_out", counts.timed_out},
          {"ratio", number(counts.ratio())},
          {"latency_seconds", to_json(counts.latency)}};
}

json kind_json(const SideAvailability::Kind& kind) {
  json out = {{"outage_seconds", number(kind.outage_seconds)}};
  for (std::size_t phase = 0; phase < kind.phases.size(); ++phase) {
    out[fault_phase_names[phase]] = counts_json(kind.phases[phase]);
  }
  return out;
}

constexpr std::array<const char*, 3> outcome_names = {"ok", "fail", "unknown"};

json witness_json(const ModelVerdicts& model) {
  json operations = json::array();
  for (const consistency::WitnessOperation& each : model.witness.operations) {
    json& out = operations.emplace_back(
        json{{"session", each.session},
             {"node", each.node},
             {"text", each.text},
             {"outcome", outcome_names[static_cast<std::size_t>(each.outcome)]},
             {"invoked_seconds", to_seconds(each.invoked)}});
    out["completed_seconds"] =
        each.completed == time_max ? json(nullptr) : json(to_seconds(each.completed));
  }
  return {{"why", model.witness.why},
          {"replication", model.witness_replication},
          {"operations", std::move(operations)}};
}

json model_json(const ModelVerdicts& model) {
  json out = {{"verdict", consistency::to_text(model.verdict())},
              {"held", model.held},
              {"violated", model.violated},
              {"unknown", model.unknown}};
  if (model.violated > 0) out["witness"] = witness_json(model);
  if (!model.anomalies.empty()) out["anomalies"] = model.anomalies;
  if (model.unknown > 0) out["reason"] = model.reason;
  return out;
}

/// 1 holds, 0 violated, null unknown: what a claim can compare with.
json verdict_number(Verdict verdict) {
  if (verdict == Verdict::unknown) return nullptr;
  return verdict == Verdict::holds ? 1 : 0;
}

json transactions_json(const TransactionVerdicts& seen) {
  const std::string strongest = seen.strongest();
  json out = {{"committed", seen.committed},
              {"aborted", seen.aborted},
              {"unknown", seen.unknown},
              {"single", seen.single},
              {"reads", seen.reads},
              {"writes", seen.writes},
              {"keys", seen.keys},
              {"strongest", strongest.empty() ? json(nullptr) : json(strongest)},
              {"anomalies", seen.anomalies}};
  json& levels = out["levels"] = json::object();
  for (const auto& [name, level] : seen.levels) {
    levels[name] = model_json(level);
    out[name] = verdict_number(level.verdict());
  }
  return out;
}

json staleness_json(const ConsistencyResult& result) {
  json fresh_after = json::array();
  for (std::size_t i = 0; i < result.freshness.size(); ++i) {
    const FreshnessBucket& bucket = result.freshness[i];
    if (bucket.reads == 0) continue;
    fresh_after.push_back({{"from_seconds", number(freshness_from_seconds(i))},
                           {"to_seconds", number(freshness_from_seconds(i + 1))},
                           {"reads", bucket.reads},
                           {"fresh", bucket.fresh},
                           {"ratio", ratio_of(bucket.fresh, bucket.reads)}});
  }
  // The histogram counts versions, the JSON of histograms seconds of nanoseconds.
  const Histogram& versions = result.stale_versions;
  const auto behind = [&versions](double q) {
    return versions.empty() ? json(nullptr) : json(versions.quantile(q));
  };
  return {{"reads", result.reads_judged},
          {"stale", result.reads_stale},
          {"ratio", number(ratio_of(result.reads_stale, result.reads_judged))},
          {"behind_seconds", to_json(result.stale_for)},
          {"behind_versions",
           {{"count", versions.count()},
            {"mean", versions.empty() ? json(nullptr) : json(versions.mean())},
            {"p50", behind(0.5)},
            {"p90", behind(0.9)},
            {"p99", behind(0.99)},
            {"max", versions.empty() ? json(nullptr) : json(versions.max())}}},
          {"fresh_after", std::move(fresh_after)}};
}

}  // namespace

Verdict ModelVerdicts::verdict() const {
  if (violated > 0) return Verdict::violated;
  return unknown == 0 && held > 0 ? Verdict::holds : Verdict::unknown;
}

void ModelVerdicts::add(const ModelVerdicts& other, std::uint64_t runs) {
  if (violated == 0 && other.violated > 0) {
    witness = other.witness;
    witness_replication = runs + other.witness_replication;
    anomalies = other.anomalies;
  }
  if (unknown == 0 && other.unknown > 0) reason = other.reason;
  held += other.held;
  violated += other.violated;
  unknown += other.unknown;
}

std::string TransactionVerdicts::strongest() const {
  bool undecided = false;
  for (const std::string_view name : isolation_levels) {
    const auto found = levels.find(std::string(name));
    if (found == levels.end()) continue;
    const Verdict verdict = found->second.verdict();
    if (verdict == Verdict::holds) return std::string(name);
    undecided = undecided || verdict == Verdict::unknown;
  }
  return undecided || levels.empty() ? "" : "none";
}

void TransactionVerdicts::add(const TransactionVerdicts& other, std::uint64_t runs) {
  committed += other.committed;
  aborted += other.aborted;
  unknown += other.unknown;
  single += other.single;
  reads += other.reads;
  writes += other.writes;
  keys += other.keys;
  for (const auto& [name, theirs] : other.levels) levels[name].add(theirs, runs);
  for (const auto& [name, count] : other.anomalies) anomalies[name] += count;
}

double AvailabilityCounts::ratio() const { return ratio_of(ok, all()); }

void AvailabilityCounts::add(const AvailabilityCounts& other) {
  ok += other.ok;
  failed += other.failed;
  timed_out += other.timed_out;
  latency.merge(other.latency);
}

bool SideAvailability::is_empty() const {
  const auto any = [](const Kind& kind) {
    return std::any_of(kind.phases.begin(), kind.phases.end(),
                       [](const AvailabilityCounts& counts) { return counts.all() > 0; });
  };
  return !any(reads) && !any(writes);
}

double freshness_from_seconds(std::size_t index) {
  if (index == 0) return 0;
  if (index >= freshness_buckets) return std::numeric_limits<double>::infinity();
  constexpr std::array<double, 3> steps = {1, 2, 5};
  constexpr std::array<double, 8> decades = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100};
  return steps[(index - 1) % 3] * decades[(index - 1) / 3];
}

std::size_t freshness_bucket_of(double seconds) {
  std::size_t index = 0;
  while (index + 1 < freshness_buckets && seconds >= freshness_from_seconds(index + 1)) ++index;
  return index;
}

std::string ConsistencyResult::strongest() const {
  bool undecided = false;
  const auto found_of = [this](std::string_view name) {
    const auto found = models.find(std::string(name));
    return found == models.end() ? Verdict::violated : found->second.verdict();
  };
  const auto verdict_of = [&found_of](std::string_view name) {
    const Verdict verdict = found_of(name);
    if (name != "causal" || verdict == Verdict::holds) return verdict;
    const Verdict other = found_of("causal_convergence");
    return other == Verdict::violated ? verdict : other;
  };
  for (std::size_t i = 0; i < chain_length + session_guarantees; ++i) {
    switch (verdict_of(consistency_models[i])) {
      case Verdict::holds:
        return i < chain_length ? std::string(consistency_models[i]) : "session";
      case Verdict::unknown:
        undecided = true;
        break;
      case Verdict::violated:
        break;
    }
  }
  return undecided || models.empty() ? "" : "none";
}

Histogram ConsistencyResult::undisturbed_latency() const {
  Histogram latency;
  if (sides.empty()) return latency;
  for (const FaultPhase phase : {FaultPhase::before, FaultPhase::after}) {
    const auto index = static_cast<std::size_t>(phase);
    latency.merge(sides.front().reads.phases[index].latency);
    latency.merge(sides.front().writes.phases[index].latency);
    if (!latency.empty()) break;
  }
  return latency;
}

double ConsistencyResult::disturbed_availability() const {
  if (sides.empty()) return none;
  AvailabilityCounts during;
  AvailabilityCounts all;
  for (const SideAvailability::Kind* kind : {&sides.front().reads, &sides.front().writes}) {
    during.add(kind->phases[static_cast<std::size_t>(FaultPhase::during)]);
    for (const AvailabilityCounts& counts : kind->phases) all.add(counts);
  }
  return during.all() > 0 ? during.ratio() : all.ratio();
}

void ConsistencyResult::add_store_count(const StoreCount& count, double value) {
  if (std::isnan(value)) return;
  const auto [found, is_new] = store.try_emplace(count.name, value);
  if (is_new) return;
  found->second = count.adds_up ? found->second + value : std::max(found->second, value);
}

void ConsistencyResult::add(const ConsistencyResult& other) {
  if (other.histories == 0) return;
  if (histories == 0) {
    *this = other;
    return;
  }
  for (const auto& [name, theirs] : other.models) models[name].add(theirs, histories);
  for (const auto& [name, theirs] : other.transactions) transactions[name].add(theirs, histories);
  histories += other.histories;
  operations += other.operations;
  reads += other.reads;
  writes += other.writes;
  writes_unknown += other.writes_unknown;
  keys += other.keys;
  keys_left_out += other.keys_left_out;
  keys_ratio = std::min(keys_ratio, other.keys_ratio);
  sessions += other.sessions;
  bound_reached += other.bound_reached;
  reads_judged += other.reads_judged;
  reads_stale += other.reads_stale;
  stale_for.merge(other.stale_for);
  stale_versions.merge(other.stale_versions);
  for (std::size_t i = 0; i < freshness.size(); ++i) {
    freshness[i].reads += other.freshness[i].reads;
    freshness[i].fresh += other.freshness[i].fresh;
  }
  writes_judged += other.writes_judged;
  writes_lost += other.writes_lost;
  for (std::size_t i = 0; i < sides.size() && i < other.sides.size(); ++i) {
    for (const auto kind : {&SideAvailability::reads, &SideAvailability::writes}) {
      SideAvailability::Kind& ours = sides[i].*kind;
      const SideAvailability::Kind& theirs = other.sides[i].*kind;
      for (std::size_t phase = 0; phase < ours.phases.size(); ++phase) {
        ours.phases[phase].add(theirs.phases[phase]);
      }
      ours.outage_seconds = longest(ours.outage_seconds, theirs.outage_seconds);
    }
  }
  convergence_seconds = longest(convergence_seconds, other.convergence_seconds);
  rpo_seconds = longest(rpo_seconds, other.rpo_seconds);
  rto_seconds = longest(rto_seconds, other.rto_seconds);
  leaderless_seconds = longest(leaderless_seconds, other.leaderless_seconds);
  for (const StoreCount& count : store_counts) {
    const auto found = other.store.find(count.name);
    if (found != other.store.end()) add_store_count(count, found->second);
  }
}

json to_json(const ConsistencyResult& result) {
  json out = json::object();
  if (result.histories == 0) return out;
  out["boundary"] = result.boundary;
  out["nodes"] = result.nodes;
  out["histories"] = result.histories;
  out["operations"] = result.operations;
  out["reads"] = result.reads;
  out["writes"] = result.writes;
  out["writes_unknown"] = result.writes_unknown;
  out["keys"] = result.keys;
  out["keys_left_out"] = result.keys_left_out;
  out["keys_ratio"] = number(result.keys_ratio);
  out["sessions"] = result.sessions;
  out["bound_reached"] = result.bound_reached;

  const std::string strongest = result.strongest();
  out["strongest"] = strongest.empty() ? json(nullptr) : json(strongest);
  json& models = out["models"] = json::object();
  for (const auto& [name, model] : result.models) {
    models[name] = model_json(model);
    out[name] = verdict_number(model.verdict());
  }
  for (const auto& [name, seen] : result.transactions) {
    out["transactions"][name] = transactions_json(seen);
  }
  out["staleness"] = staleness_json(result);
  out["writes_judged"] = result.writes_judged;
  out["writes_lost"] = result.writes_lost;
  out["convergence_seconds"] = number(result.convergence_seconds);
  out["rpo_seconds"] = number(result.rpo_seconds);
  out["rto_seconds"] = number(result.rto_seconds);
  out["leaderless_seconds"] = number(result.leaderless_seconds);
  json& store = out["store"] = json::object();
  for (const auto& [name, value] : result.store) store[name] = number(value);
  json& sides = out["availability"] = json::object();
  for (const SideAvailability& side : result.sides) {
    if (side.is_empty()) continue;
    sides[side.name] = {{"reads", kind_json(side.reads)}, {"writes", kind_json(side.writes)}};
  }
  out["undisturbed_latency_seconds"] = to_json(result.undisturbed_latency());
  out["disturbed_availability"] = number(result.disturbed_availability());
  return out;
}

}  // namespace faultline::sim
