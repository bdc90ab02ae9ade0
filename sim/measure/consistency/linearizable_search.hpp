/// Whether one object could have given the answers of a history, each operation at an instant
/// between its beginning and its end.
///
/// A depth-first search over the operations' ends in their order. An operation takes effect no
/// sooner than it must: when its own end is next, or when another one, whose end is next, needs it
/// before. Configurations from which no way leads on are remembered.
///
/// What keeps it small, besides the memory:
/// - an operation that only observes, and may do so now, does so at once;
/// - of pending operations with the same effect the one that ends first goes first, and of those
///   whose end is not known the one that began first;
/// - a configuration that used more operations of unknown outcome than one that failed, and is the
///   same otherwise, fails too.
/// Source: Wing and Gong, "Testing and Verifying Concurrent Objects", JPDC 1993; Lowe, "Testing for
/// Linearizability", CCPE 2017 (the memory, and just-in-time linearisation).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "sim/measure/consistency/budget.hpp"
#include "sim/measure/consistency/object.hpp"
#include "sim/measure/consistency/ranks.hpp"

namespace faultline::sim::consistency {

class LinearizableSearch {
 public:
  /// `operations` by `begin`. Requires: `history` outlives it; each operation fits the model.
  LinearizableSearch(Model model, const History& history,
                     std::span<const RankedOperation> operations);

  Verdict run(Budget& budget);
  /// After `violated`: the operation before whose end every attempt failed, as a place in
  /// `operations`. What began after that end has no part in the violation.
  std::size_t stuck_at() const { return ends_[furthest_]; }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  struct Candidate {
    std::uint32_t operation;
    std::uint32_t unknown_class;  ///< none: its outcome is known.
  };
  /// A choice: what was applied is on the trail, what else can be tried on the list.
  struct Frame {
    std::size_t trail_begin;      ///< What led here, and what followed from it at once.
    std::size_t candidate_begin;  ///< Of candidates_.
    std::size_t candidate_next;
    std::uint32_t next_end_before;
    Fingerprint key;
  };
  struct KeyHash {
    std::size_t operator()(const Fingerprint& key) const { return key.a; }
  };

  const Operation& operation(std::uint32_t index) const {
    return history_.operations[operations_[index].index];
  }
  void number_effects();
  bool apply(std::uint32_t index);
  void take(std::uint32_t index, std::uint32_t unknown_class);
  void undo_to(std::size_t trail_size);
  /// Does what needs no choice; true when every end is passed.
  bool settle();
  void collect_candidates();
  bool is_dead(const Fingerprint& key) const;
  void bury(const Fingerprint& key);
  Fingerprint key() const;

  const History& history_;
  std::span<const RankedOperation> operations_;
  std::unique_ptr<Object> object_;
  bool commutes_;

  std::vector<std::uint32_t> ends_;    ///< Operations with a known outcome, by end.
  std::vector<std::uint32_t> effect_;  ///< Of each operation; equal numbers, equal effect.
  std::vector<bool> observes_;         ///< Whether each only observes.
  std::vector<std::vector<std::uint32_t>> unknown_;  ///< By class, each in order of beginning.
  std::vector<std::uint32_t> unknown_effect_;        ///< The effect of each class.

  // The configuration.
  std::uint32_t next_end_ = 0;  ///< All of ends_ before it have taken effect.
  std::vector<bool> done_;
  std::vector<std::uint32_t> next_, previous_;  ///< List of those not done whose end is known.
  std::vector<std::uint16_t> used_;             ///< Of each class of unknown_, how many.
  Fingerprint done_fingerprint_{};

  std::vector<Candidate> trail_;
  std::vector<Candidate> candidates_;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> first_of_effect_;  ///< Scratch of collect_candidates.
  std::vector<std::uint32_t> touched_;
  std::uint32_t furthest_ = 0;

  /// Where no way leads on: for each, the smallest sets of unknown operations used.
  std::unordered_map<Fingerprint, std::vector<std::uint16_t>, KeyHash> dead_;
};

}  // namespace faultline::sim::consistency
