/// The graph of dependencies between transactions, and its cycles, named after Adya.
///
/// A cycle is named by its edges. Only ww: G0 (writes interleave). Also wr: G1c (information goes
/// in a circle). One rw: G-single (a stale read beside a fresh one). Several rw, never two in a
/// row: G-nonadjacent (a long fork). Two in a row: G2 (write skew). All our rw are of single items,
/// which the suffix "-item" says. A cycle that needs the order of sessions or of real time has the
/// suffix "-process" or "-realtime".
/// Source: Adya, Liskov and O'Neil, "Generalized Isolation Level Definitions", ICDE 2000; the
/// variants are Elle's (https://github.com/jepsen-io/elle).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/measure/consistency/transactions/check.hpp"
#include "sim/measure/consistency/transactions/transaction.hpp"

namespace faultline::sim::consistency {

/// A cycle with its name. The first edge is the one that makes it an anomaly of its kind.
struct NamedCycle {
  std::string name;
  std::vector<Dependency> edges;
};

class DependencyGraph {
 public:
  /// A graph over the transactions of `history` that are `committed` (one flag each).
  DependencyGraph(const TransactionHistory& history, const std::vector<bool>& committed);

  /// Requires: both ends are committed. An edge from a transaction to itself is left out.
  void add(const Dependency& dependency);
  /// Each transaction after the one before it in its session.
  void add_session_order();
  /// Each transaction after all that had ended when it began. Requires: a timed history.
  void add_realtime_order();

  /// For each strongly connected component one short cycle of each kind that is in it, unless a
  /// worse kind that implies it is. Whether a kind is found does not depend on `work_max`, which
  /// bounds the search for a shorter one, in visits of edges.
  std::vector<NamedCycle> cycles(std::uint64_t work_max = 20'000'000) const;

  /// The transactions in an order that no ww or wr edge (and, as asked, no edge of sessions or real
  /// time) goes against; empty if there is none.
  std::vector<std::size_t> write_read_order(bool with_sessions, bool with_realtime) const;

 private:
  const TransactionHistory& history_;
  const std::vector<bool>& committed_;
  std::vector<Dependency> edges_;
  /// Real time would need an edge for almost each pair. It goes by way of vertices that stand for
  /// the ends of transactions instead, each leading to the next one in time.
  std::size_t vertex_count_;
};

/// Each transaction after the one before it in its session, as far as that is certain.
std::vector<Dependency> session_order(const TransactionHistory& history,
                                      const std::vector<bool>& committed);

/// Real time as a graph with few edges: the vertices from the number of transactions on stand for
/// the ends of transactions in the order of time.
struct RealtimeOrder {
  std::size_t vertex_count = 0;  ///< Transactions and ends.
  std::vector<Dependency> edges;
};
RealtimeOrder realtime_order(const TransactionHistory& history, const std::vector<bool>& committed);

}  // namespace faultline::sim::consistency
