/// What the watched operations of a run say about its consistency and availability, as plain
/// values; of several runs, all of them together.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/measure/consistency/history.hpp"
#include "sim/measure/histogram.hpp"

namespace faultline::sim {

/// Whether one model allows what was seen, run by run.
struct ModelVerdicts {
  std::uint64_t held = 0;
  std::uint64_t violated = 0;
  std::uint64_t unknown = 0;
  consistency::Witness witness;           ///< Of the first run that violated it.
  std::uint64_t witness_replication = 0;  ///< Which run that was, from 0.
  std::string reason;                     ///< Of the first unknown one: why it was not decided.
  /// Of transactions: what was found in the first run that violated it, by name.
  std::vector<std::string> anomalies = {};

  /// Adds those of runs that come after `runs` others.
  void add(const ModelVerdicts& other, std::uint64_t runs);
  /// Holds if it held in every run, violated if in any.
  consistency::Verdict verdict() const;
};

/// The transactions at one store, or at several that transactions join, held against the levels of
/// isolation.
struct TransactionVerdicts {
  std::uint64_t committed = 0;
  std::uint64_t aborted = 0;  ///< Of those that had written something.
  std::uint64_t unknown = 0;  ///< Likewise: nobody knows how they ended.
  std::uint64_t single = 0;   ///< Reads and writes outside transactions that are judged with them.
  std::uint64_t reads = 0;    ///< In committed transactions.
  std::uint64_t writes = 0;   ///< Likewise.
  std::uint64_t keys = 0;
  std::map<std::string, ModelVerdicts> levels;     ///< By name; those that were checked.
  std::map<std::string, std::uint64_t> anomalies;  ///< In how many runs each was found, by name.

  /// The strongest level that held in every run, "none" if none did; empty if that was not decided.
  std::string strongest() const;
  /// Adds those of runs that come after `runs` others.
  void add(const TransactionVerdicts& other, std::uint64_t runs);
};

/// Operations of one kind by how they ended, as far as they ended.
struct AvailabilityCounts {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;     ///< Refused, rejected, reset, ...: the answer was no, or a broken
                                ///< connection.
  std::uint64_t timed_out = 0;  ///< No answer in time.
  Histogram latency;            ///< Of the ok ones, nanoseconds.

  std::uint64_t all() const { return ok + failed + timed_out; }
  double ratio() const;  ///< ok of all; NaN of none.
  void add(const AvailabilityCounts& other);
};

/// When an operation began.
enum class FaultPhase : std::uint8_t {
  before,  ///< Before the first fault; without faults, all of them.
  during,
  after,  ///< After the first fault, and not during another.
};
inline constexpr std::array<const char*, 3> fault_phase_names = {"before", "during", "after"};

/// What those on one side of a partition got, or all together.
struct SideAvailability {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();

  std::string name;  ///< "all", or as the partition names it: "zone:eu-a".
  struct Kind {
    std::array<AvailabilityCounts, 3> phases;  ///< By FaultPhase.
    /// The longest time, from the beginning of a fault on, in which none of these ended ok though
    /// some were tried, if it is more than twice as long as any before the first fault; infinity if
    /// it lasted to the end of the run. `none` without a fault or without any of these.
    double outage_seconds = none;
  };
  Kind reads;
  Kind writes;

  /// Nobody stands there whose operations were watched.
  bool is_empty() const;
};

/// How many reads that began so long after the last acknowledged write of their key were fresh.
struct FreshnessBucket {
  std::uint64_t reads = 0;
  std::uint64_t fresh = 0;
};
/// Buckets of time since the last acknowledged write: three a decade, with the bounds 1, 2 and 5,
/// from 10 us on; the first holds what is less, the last what is more than 500 s.
inline constexpr std::size_t freshness_buckets = 25;
/// The time at which bucket `index` begins; 0 of the first, infinity of one past the last.
double freshness_from_seconds(std::size_t index);
std::size_t freshness_bucket_of(double seconds);

/// Scalars of nodes that tell of conflicts between replicas. A node that knows of such things
/// reports them by these names.
struct StoreCount {
  const char* name;
  bool adds_up;  ///< Over nodes and runs; else the largest counts.
};
inline constexpr std::array<StoreCount, 7> store_counts = {
    {{"lost_writes", true},            ///< Acknowledged, and already older than another one.
     {"concurrent_overwrites", true},  ///< Acknowledged, and beaten by one that ran beside it.
     {"conflicts", true},              ///< Versions of which none is the later one.
     {"sibling_reads", true},          ///< Reads that found several such versions.
     {"siblings_max", false},
     {"divergent_keys_max", false},  ///< Keys of which replicas held different values at once.
     {"oldest_divergence_seconds", false}}};

struct ConsistencyResult {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();

  std::uint64_t histories = 0;  ///< Runs behind this; 0: nothing was measured.
  std::string boundary;
  std::vector<std::string> nodes;  ///< That were watched, as the file names them.

  std::uint64_t operations = 0;  ///< In the histories, warm-up included.
  std::uint64_t reads = 0;       ///< Of them, those that ended ok.
  std::uint64_t writes = 0;      ///< That ended ok: acknowledged.
  std::uint64_t writes_unknown = 0;
  std::uint64_t keys = 0;
  /// Of the watched ones: erased, written without a value, or written by transactions that nobody
  /// told of.
  std::uint64_t keys_left_out = 0;
  double keys_ratio = 0;  ///< The share that was watched to the end; the least of all runs.
  std::uint64_t sessions = 0;
  std::uint64_t bound_reached = 0;  ///< Runs that had more than operations_max.

  std::map<std::string, ModelVerdicts> models;  ///< By name; those that were checked.
  /// By the names of the stores: "db", "orders+payments".
  std::map<std::string, TransactionVerdicts> transactions;

  // From here on: operations that began after the warm-up.
  std::uint64_t reads_judged = 0;  ///< Reads whose value says how old it is.
  std::uint64_t reads_stale = 0;   ///< Of them, those whose value had been superseded by a write
                                   ///< acknowledged before they began.
  Histogram stale_for;       ///< How long before a stale read began the first such write had been
                             ///< acknowledged. Nanoseconds.
  Histogram stale_versions;  ///< And how many there were.
  std::array<FreshnessBucket, freshness_buckets> freshness{};

  std::uint64_t writes_judged = 0;  ///< Acknowledged ones that a later read could have missed.
  std::uint64_t writes_lost = 0;

  std::vector<SideAvailability> sides;  ///< All together first; then the sides of the partition.

  // The longest over all runs; `none` if there was nothing to measure, infinity for never.
  double convergence_seconds = none;
  double rpo_seconds = none;
  double rto_seconds = none;
  double leaderless_seconds = none;

  /// What stores say of conflicts, by the names of store_counts: added up, or the largest.
  std::map<std::string, double> store;

  /// The strongest model of the chain that held in every run (causal in either of its forms, causal
  /// memory or causal convergence), "session" if only session guarantees
  /// did, "none" if none of those did; empty if that was not decided.
  std::string strongest() const;
  /// Latency of all that ended ok while nothing was wrong: before the first fault, or after faults
  /// if there was no before.
  Histogram undisturbed_latency() const;
  /// The share of operations that ended ok during faults, or at all if there were none.
  double disturbed_availability() const;

  /// Adds what the store says to `store`: NaN is nothing.
  void add_store_count(const StoreCount& count, double value);
  /// Adds another run, the next one in order.
  void add(const ConsistencyResult& other);
};

/// The `consistency` object of a result; an empty one if nothing was measured.
nlohmann::json to_json(const ConsistencyResult& result);

}  // namespace faultline::sim
