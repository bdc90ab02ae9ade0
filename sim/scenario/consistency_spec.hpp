/// What a scenario wants to know of its consistency: where operations are watched, of which keys,
/// and which models are checked.
///
///   "consistency": {"boundary": "clients", "keys": "10%"}
///   "consistency": {"boundary": "callers", "nodes": ["db"], "models": ["linearizable", "causal"]}
///
///   user --> app --> cache        clients   what the end users see, stale caches and all
///             '----> store        callers   what the application sees: calls to `nodes`, by those
///                                           who make them
///                                 nodes     what the store sees: from a call's arrival at one of
///                                           `nodes` to its answer there
///
/// Transactions are recorded at the boundaries `callers` and `nodes`, at both as those see them who
/// run them: what they read and wrote at `nodes`. Without the section nothing is recorded. A sample
/// takes or leaves whole keys, by a hash, because a key of which some operations are missing could
/// be judged neither way.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/param/param.hpp"

namespace faultline::sim {

/// The models that a run's history is held against. Each of the first four, the chain, implies
/// those after it in the chain; the next four are the session guarantees, which `pram` (without
/// writes_follow_reads) and `causal` imply. `regular`, what quorums of plain reads and writes give,
/// stands beside the chain: linearizable alone implies it. So does `causal_convergence`, what a
/// causal store gives that converges: implied by linearizable and sequential too.
/// Source: Viotti and Vukolic, "Consistency in Non-Transactional Distributed Storage Systems", ACM
/// Computing Surveys 2016.
inline constexpr std::array<std::string_view, 10> consistency_models = {
    "linearizable",     "sequential",        "causal",           "pram",
    "read_your_writes", "monotonic_reads",   "monotonic_writes", "writes_follow_reads",
    "regular",          "causal_convergence"};
/// How many of them form the chain, and how many are session guarantees.
inline constexpr std::size_t chain_length = 4;
inline constexpr std::size_t session_guarantees = 4;

/// The levels of isolation that the transactions of a run are held against, the strongest first;
/// each implies those after it.
/// Source: Biswas and Enea, "On the Complexity of Checking Transactional Consistency", OOPSLA 2019;
/// strict: Papadimitriou, "The Serializability of Concurrent Database Updates", JACM 1979.
inline constexpr std::array<std::string_view, 7> isolation_levels = {
    "strict_serializable", "serializable",  "snapshot_isolation", "prefix", "causal",
    "read_atomic",         "read_committed"};

/// How strong the word that `consistency.strongest` may be is: "none" 0, "session" 1, "pram" 2,
/// "causal" 3, "sequential" 4, "linearizable" 5; -1 for any other word.
int strength_of(std::string_view word);

struct ConsistencySpec {
  std::string boundary = "clients";
  std::vector<NodeRef> nodes;
  Probability keys{1};
  std::int64_t operations_max = 200'000;
  std::vector<std::string> models;  ///< Empty: all.
  std::vector<std::string> levels;  ///< Of transactions. Empty: all.
  Duration lost_after = std::chrono::seconds(5);
  std::int64_t budget = 1'000'000;

  static void describe(ParamList<ConsistencySpec>& list);
  static void check(const ConsistencySpec& consistency, const Path& path, Problems& problems);
  bool wants(std::string_view model) const;
  bool wants_level(std::string_view level) const;
};

}  // namespace faultline::sim
