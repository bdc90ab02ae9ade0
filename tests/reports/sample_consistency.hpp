/// Consistency made by hand for the tests of the reports: a store of two zones in a cut.
#pragma once

#include "tests/reports/sample_result.hpp"

namespace faultline::reports {

inline sim::ConsistencyResult sample_consistency() {
  using sim::Time;
  const auto at = [](double seconds) { return Time(sim::from_seconds(seconds)); };
  sim::ConsistencyResult seen;
  seen.histories = 5;
  seen.boundary = "callers";
  seen.nodes = {"db"};
  seen.operations = 120'000;
  seen.reads = 100'000;
  seen.writes = 19'000;
  seen.writes_unknown = 1'000;
  seen.keys = 900;
  seen.keys_ratio = 0.1;
  seen.sessions = 200;
  sim::consistency::Witness witness;
  witness.why = "No order of these operations that keeps to their times explains all answers.";
  witness.operations = {
      {"7", "app[0]", "write 5 = 3", sim::Outcome::ok, at(21.5), at(21.503), 1},
      {"9", "app[1]", "write 5 = 4", sim::Outcome::unknown, at(21.501), sim::time_max, 2},
      {"12", "app[1]", "read 5: 2", sim::Outcome::ok, at(21.51), at(21.512), 3},
      {"7", "app[0]", "read 5: 3", sim::Outcome::ok, at(21.511), at(21.52), 4}};
  seen.models["linearizable"] = {1, 4, 0, witness, 2, ""};
  seen.models["sequential"] = {4, 0, 1, {}, 0, "the budget is spent"};
  seen.models["causal"] = {5, 0, 0, {}, 0, ""};
  seen.models["pram"] = {5, 0, 0, {}, 0, ""};
  seen.reads_judged = 90'000;
  seen.reads_stale = 450;
  for (int i = 1; i <= 450; ++i) {
    seen.stale_for.record(i * 1'000'000);
    seen.stale_versions.record(1 + i % 3);
  }
  for (std::size_t i = 3; i < 15; ++i) seen.freshness[i] = {100 * i, 100 * i - 100 / i};
  seen.writes_judged = 15'000;
  seen.writes_lost = 12;
  const auto counts = [](std::uint64_t ok, std::uint64_t failed, std::uint64_t timed_out) {
    sim::AvailabilityCounts all;
    all.ok = ok;
    all.failed = failed;
    all.timed_out = timed_out;
    all.latency.record_n(2'000'000, ok);
    return all;
  };
  for (const char* name : {"all", "zone:east", "zone:west", "cache"}) {
    sim::SideAvailability side;
    side.name = name;
    if (side.name != "cache") {
      side.reads.phases = {counts(5000, 0, 0), counts(900, 20, 80), counts(5000, 1, 0)};
      side.writes.phases = {counts(500, 0, 0), counts(40, 10, 50), counts(500, 0, 0)};
      side.reads.outage_seconds = 0;
      side.writes.outage_seconds = side.name == "zone:west" ? INFINITY : 3.2;
    }
    seen.sides.push_back(side);
  }
  seen.convergence_seconds = 0.7;
  seen.rpo_seconds = 0.25;
  seen.rto_seconds = 3.2;
  seen.leaderless_seconds = 2.9;
  seen.store = {{"lost_writes", 12}, {"siblings_max", 3}};
  return seen;
}

/// The transactions of one database, which loses updates.
inline sim::TransactionVerdicts sample_transactions() {
  using sim::Time;
  const auto at = [](double seconds) { return Time(sim::from_seconds(seconds)); };
  sim::TransactionVerdicts seen;
  seen.committed = 21'900;
  seen.aborted = 12;
  seen.unknown = 1;
  seen.single = 300;
  seen.keys = 100;
  sim::consistency::Witness witness;
  witness.why = "T2 and T3 both read 1 of T1 and then both replaced it";
  witness.operations = {
      {"7", "app[0]", "T1: write 5 = 1", sim::Outcome::ok, at(1), at(1.1), 0},
      {"8", "app[0]", "T2: read 5: 1, write 5 = 2", sim::Outcome::ok, at(1.2), at(1.4), 1},
      {"9", "app[1]", "T3: read 5: 1, write 5 = 3", sim::Outcome::ok, at(1.3), at(1.5), 2},
      {"10", "app[1]", "T4: write 5 = 4, abort", sim::Outcome::fail, at(1.3), at(1.5), 3}};
  for (const char* level : {"strict_serializable", "serializable", "snapshot_isolation"}) {
    seen.levels[level] = {3, 2, 0, witness, 1, "", {"lost-update"}};
  }
  seen.levels["prefix"] = {4, 0, 1, {}, 0, "not decided within 1000 steps", {}};
  for (const char* level : {"causal", "read_atomic", "read_committed"}) {
    seen.levels[level] = {5, 0, 0, {}, 0, "", {}};
  }
  seen.anomalies = {{"lost-update", 2}};
  return seen;
}

/// The same system, with transactions beside the operations.
inline sim::Result sample_with_transactions() {
  sim::Result result = sample_result();
  result.consistency = sample_consistency();
  result.consistency.transactions["db<rc>"] = sample_transactions();
  return result;
}

inline sim::Result sample_with_consistency() {
  sim::Result result = sample_result();
  result.consistency = sample_consistency();
  return result;
}

}  // namespace faultline::reports
