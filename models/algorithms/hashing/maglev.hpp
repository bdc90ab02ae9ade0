/// Maglev hashing: a table so even and so quick that it is all a balancer looks at.
///
/// Rule: every node has an order of preference over the M slots of a table, M a prime: offset,
/// offset
/// + skip, offset + 2 skip, .. modulo M, both from hashes of its name. The nodes take turns, each
/// taking the first slot it prefers that is free, until none is; a node of half the greatest weight
/// takes every second turn. A key lives in the slot of its hash. Shares differ by less than a
/// hundredth at M of a hundred times the nodes; when a node leaves, its slots move and a few others
/// with them. The table is made anew in O(M log M) after a change of the nodes; the last two tables
/// are kept, so that hiding one node for a while and showing it again costs one.
/// Source: Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI
/// 2016, section 3.4; weights as in Envoy's Maglev. Does not model: connection tables beside it.
#pragma once

#include <array>

#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

/// A node's order of preference over the slots, and its weight.
struct MaglevPreference {
  std::uint64_t offset = 0;  ///< Below the number of slots.
  std::uint64_t skip = 1;    ///< 1 .. slots - 1.
  double weight = 1;         ///< Above 0.
};

/// For each of `slots` slots which of the preferences has it. Requires: slots is prime; at least
/// one preference.
std::vector<std::uint32_t> maglev_table(std::uint64_t slots,
                                        const std::vector<MaglevPreference>& preferences);

struct MaglevParams {
  std::int64_t table_size = 65537;

  static void describe(sim::ParamList<MaglevParams>& list);
  static void check(const MaglevParams& params, const sim::Path& path, sim::Problems& problems);
};

class Maglev final : public KeyPlacement {
 public:
  Maglev(const MaglevParams& params, const MakeArgs& args);

  std::size_t place(std::uint64_t key) override;

 private:
  /// A table and the nodes it was made of.
  struct Table {
    std::vector<double> weights;       ///< Of all nodes, 0 for those that take no keys.
    std::vector<std::uint32_t> nodes;  ///< By slot; empty when there is nobody.
  };

  void on_added(std::size_t index) override;
  void on_weight(std::size_t index) override { set_current(index); }
  void on_presence(std::size_t index) override { set_current(index); }
  void set_current(std::size_t index);
  void find_table();
  void make(Table& table) const;

  std::uint64_t slots_;                        ///< Parameter.
  std::vector<MaglevPreference> preferences_;  ///< Of all nodes, from their names.
  std::vector<double> current_;                ///< The weights as they are now, as in Table. State.
  std::array<Table, 2> tables_;                ///< The last two used. State.
  std::size_t used_ = 0;                       ///< The table in use. State.
  bool changed_ = true;                        ///< current_ may differ from the table's. State.
};

}  // namespace faultline::models
