/// Whether there is an order of commits that explains what transactions read, as the axioms of a
/// level demand.
///
/// A history is the order of each session (so) and who reads from whom (wr); a level holds if some
/// total order of the transactions contains both and, whenever t3 reads x from t1 while another
/// writer t2 of x is *visible* to t3, has t2 before t1. The levels differ in what is visible:
///
///   read_committed      t2, of which t3 read something before it read x
///   read_atomic         t2 with t2 so t3 or t2 wr t3
///   causal              t2 with a way of so and wr from t2 to t3
///   prefix              t2 that is, or comes before, some t with t so t3 or t wr t3
///   snapshot_isolation  also t2 that is, or comes before, some t4 before t3 that writes a key of
///                       t3
///   serializable        t2 before t3
///
/// Up to causal, what is visible does not depend on the order, so that each read demands edges, and
/// the answer is whether all edges together have a cycle. From prefix on, each read and each other
/// writer is a choice of two edges. What follows from the rest is chosen first, until nothing
/// follows; then an order is put together transaction by transaction, going back where it cannot be
/// continued, and never trying a set of transactions twice. For prefix and snapshot isolation a
/// transaction is two events: its snapshot, where it reads, and its commit, where it writes.
///
/// Transactions that share no key and no session do not disturb each other; they are treated apart.
/// (With real time too: what is ordered in each part and never against real time can be merged
/// that way, as for linearizability.)
/// Source: Biswas and Enea, "On the Complexity of Checking Transactional Consistency", OOPSLA 2019,
/// figure 2 and sections 3 and 4; the two-edge choices are Papadimitriou's polygraph, pruned as in
/// Tan et al., "Cobra", OSDI 2020.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "sim/measure/consistency/history.hpp"

namespace faultline::sim::consistency {

/// Committed transactions, numbered from 0, and keys likewise.
struct CommitProblem {
  using Number = std::uint32_t;
  static constexpr Number initial = std::numeric_limits<Number>::max();

  struct Read {
    Number key = 0;
    Number writer = initial;  ///< Not the reader itself.
    bool operator==(const Read&) const = default;
  };
  struct Transaction {
    std::vector<Read> reads;     ///< In their order, without those of what it wrote itself.
    std::vector<Number> writes;  ///< Keys, ascending, each once.
    bool is_floating =
        false;  ///< It ended at a time nobody knows: nothing comes after it for sure.
    std::int64_t invoked = 0;
    std::int64_t completed = std::numeric_limits<std::int64_t>::max();
  };
  /// Known order of two writers of a key.
  struct VersionEdge {
    Number before = 0;
    Number after = 0;
    Number key = 0;
  };

  std::vector<Transaction> transactions;
  std::vector<std::vector<Number>> sessions;  ///< Each transaction is in one.
  std::vector<VersionEdge> versions;
};

enum class CommitAxiom : std::uint8_t {
  read_committed,
  read_atomic,
  causal,
  prefix,
  snapshot_isolation,
  serializable,
};

/// What the order of commits must contain beside what is read.
enum class CommitConstraint : std::uint8_t { nothing, sessions, realtime };

/// Why one transaction must be before another.
struct CommitEdge {
  enum class Why : std::uint8_t {
    session,
    realtime,
    wr,        ///< `to` read `key` from `from`.
    version,   ///< The order of these versions of `key` is known.
    unseen,    ///< `third` read `key` from `to`, though `from`, which wrote it, is visible to it.
    replaced,  ///< `from` read `key` from `third`, and `to` wrote it after `third` did.
  };
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  Why why = Why::session;
  std::uint32_t key = 0;
  std::uint32_t third = 0;  ///< May be `initial`.
};

/// How much work is left.
class CommitBudget {
 public:
  explicit CommitBudget(const CheckOptions& options);
  /// Takes steps away. False, from then on always, if there are none left, or no time.
  bool spend(std::uint64_t steps);
  bool is_exhausted() const { return exhausted_; }
  std::uint64_t steps_left() const { return steps_left_; }
  /// What ran out, for people.
  std::string reason() const;

 private:
  std::uint64_t steps_max_;
  std::uint64_t steps_left_;
  std::uint64_t until_clock_ = 0;  ///< Steps until the clock is looked at again.
  double seconds_max_;
  std::chrono::steady_clock::time_point start_;
  bool exhausted_ = false;
  bool is_out_of_time_ = false;
};

struct CommitOrderResult {
  Verdict verdict = Verdict::unknown;
  /// Of violated: few transactions that no order explains.
  std::vector<std::uint32_t> transactions;
  /// Of violated: a cycle of what must be before what, or empty if every order was tried.
  std::vector<CommitEdge> cycle;
  std::string reason;  ///< Of unknown.
};

/// The order of versions that causality alone tells: each writer of a key before the next ones that
/// so and wr lead to (`version`), and each reader of a version, or of the initial one, before the
/// writers that follow it next (`replaced`). Nothing if so and wr have a cycle, or if the problem
/// is too large for it.
std::vector<CommitEdge> causal_versions(const CommitProblem& problem, CommitBudget& budget);

/// The transactions on a shortest way of so and wr, both ends included; empty if there is none.
std::vector<std::uint32_t> causal_way(const CommitProblem& problem, std::uint32_t from,
                                      std::uint32_t to);

struct CommitOrderOptions {
  bool with_witness = true;
  bool infers = true;  ///< Whether it chooses what follows before it searches. For tests.
};

CommitOrderResult find_commit_order(const CommitProblem& problem, CommitAxiom axiom,
                                    CommitConstraint constraint, CommitBudget& budget,
                                    const CommitOrderOptions& options = {});

}  // namespace faultline::sim::consistency
