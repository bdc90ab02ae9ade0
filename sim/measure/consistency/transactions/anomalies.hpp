/// The anomalies by name: which level forbids which, which is worse, and what to tell people.
/// Source: as dependencies.hpp; the hierarchy of levels is that of Elle and of
/// https://jepsen.io/consistency, without the levels that our histories cannot tell apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/measure/consistency/transactions/check.hpp"
#include "sim/measure/consistency/transactions/dependencies.hpp"
#include "sim/measure/consistency/transactions/transaction.hpp"

namespace faultline::sim::consistency {

/// Whether the level, as Adya and Elle define it, forbids the anomaly. (What the axioms of Biswas
/// and Enea forbid is decided by the axioms.)
bool is_forbidden(std::string_view anomaly, TransactionLevel level);

/// The weakest levels, by name and in alphabetical order, that one of the anomalies rules out.
std::vector<std::string> weakest_ruled_out(const std::vector<std::string>& anomalies);

/// Smaller is worse. Unknown names come last.
int severity(std::string_view anomaly);

/// Sorts by severity; equal ones stay as they are.
void sort_by_severity(std::vector<TransactionAnomaly>& anomalies);

/// Joins edges of one key: what comes before one version comes before those that replace it. "T1
/// read x before T2 wrote it, T2 wrote x before T3 wrote it" says no more than "T1 read x before T3
/// wrote it".
void shorten(NamedCycle& cycle);

/// The cycle as an anomaly, told in a sentence: "T1 read x: nil before T2 wrote x = 1, T2 read y:
/// nil before T1 wrote y = 1: no order of the transactions allows all of that."
TransactionAnomaly describe(const TransactionHistory& history, const NamedCycle& cycle);

/// The clause of one edge: "T1 read x: nil before T2 wrote x = 1".
std::string to_text(const TransactionHistory& history, const Dependency& dependency);

/// What a reader is to look at: the transactions by time, and the sentence.
Witness witness_of(const TransactionHistory& history, const TransactionAnomaly& anomaly);

}  // namespace faultline::sim::consistency
