/// Range sharding: neighbouring keys live together.
///
///   0 ---- shard 0 ----| split |---- shard 1 ----| split |---- shard 2 ---->
///
/// Rule: with `splits` range i goes from split i-1 up to below split i, and the ranges are dealt to
/// the nodes in turn; a node that is away hands its ranges to the next one that is there. With
/// `keys` the keys 0 .. keys-1 are cut into one piece for each node that takes keys, in their order
/// and in proportion to their weights; keys beyond belong to the last, and when nodes come or go
/// all cuts are made anew. With neither, all numbers of 64 bits are cut so. In every case single
/// ranges can be given to other nodes (`give`): that is how a hot range is split. Source: Chang et
/// al., "Bigtable: A Distributed Storage System for Structured Data", OSDI 2006, section 5.1. Does
/// not model: ranges of bytes, merging of ranges that have become small.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct RangeParams {
  std::vector<std::int64_t> splits;
  std::optional<std::int64_t> keys;

  static void describe(sim::ParamList<RangeParams>& list);
  static void check(const RangeParams& params, const sim::Path& path, sim::Problems& problems);
};

class Range final : public KeyPlacement {
 public:
  Range(const RangeParams& params, const MakeArgs& args);

  std::size_t place(std::uint64_t key) override;

  /// The keys from `begin` to `last`, both included, that live together.
  struct Piece {
    std::uint64_t begin = 0;
    std::uint64_t last = 0;
    std::size_t node = 0;
  };
  /// The piece that `key` is in. Requires: some node takes keys.
  Piece piece_of(std::uint64_t key);
  /// All pieces in order; empty when no node takes keys.
  std::vector<Piece> pieces();
  /// From now on the keys of `piece` live on its node, whatever was said of them before; while
  /// that node is away, where they would live without this. Requires: begin <= last; a known node.
  void give(const Piece& piece);

 private:
  void on_added(std::size_t) override { stale_ = true; }
  void on_weight(std::size_t) override { stale_ = true; }
  void on_presence(std::size_t) override { stale_ = true; }
  void lay_out();
  void lay_out_splits();
  void lay_out_even();
  void paint(const Piece& piece);

  struct Start {
    std::uint64_t begin;
    std::size_t node;
  };
  RangeParams params_;         ///< Parameters.
  std::size_t dealt_to_;       ///< Nodes that were there at first: the ranges are dealt to them.
  std::vector<Piece> given_;   ///< In the order in which they were given. State.
  std::vector<Start> starts_;  ///< By begin, the first is 0; neighbours differ in node. State.
  bool stale_ = true;          ///< The nodes changed since the ranges were laid out. State.
};

}  // namespace faultline::models
