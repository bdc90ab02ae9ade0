/// Whether there is one order of all operations of a history that keeps each session's own order
/// and that the objects, one for each key, could have answered. Time does not matter otherwise.
///
/// A depth-first search that takes the next operation of one session after another and remembers
/// the configurations from which no way leads on. Operations that only observe, and may do so now,
/// do so at once. A register keeps a value as long as somebody has yet to read it and nobody will
/// write it again. The question is NP-complete even for registers with unique values, so a budget
/// may run out.
/// Source: Lamport, "How to Make a Multiprocessor Computer That Correctly Executes Multiprocess
/// Programs", 1979; Gibbons and Korach, "Testing Shared Memories", 1997.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sim/measure/consistency/budget.hpp"
#include "sim/measure/consistency/object.hpp"
#include "sim/measure/consistency/session_order.hpp"

namespace faultline::sim::consistency {

class SequentialSearch {
 public:
  /// `operations` by begin. Requires: `history` outlives it; each operation fits the model.
  SequentialSearch(Model model, const History& history,
                   std::span<const RankedOperation> operations);

  Verdict run(Budget& budget);

 private:
  /// How often a value can still be found in a register, and still be written to it.
  struct Supply {
    std::uint32_t finders = 0;
    std::uint32_t writers = 0;
  };
  struct Frame {
    std::size_t trail_begin;
    std::size_t candidate_begin;
    std::size_t candidate_next;
    Fingerprint key;
  };
  struct KeyHash {
    std::size_t operator()(const Fingerprint& key) const { return key.a; }
  };

  const Operation& operation(std::uint32_t place) const {
    return history_.operations[operations_[place].index];
  }
  Object& object(std::uint32_t place) const { return *objects_[object_of_[place]]; }
  bool is_ready(std::uint32_t chain) const;
  bool may_overwrite(std::uint32_t place) const;
  bool apply(std::uint32_t place);
  void count(std::uint32_t place, bool is_done);
  Fingerprint state_of(std::uint32_t object) const;
  void undo_to(std::size_t trail_size);
  /// Does what needs no choice; true when all that must be done is done.
  bool settle();
  void collect_candidates();

  const History& history_;
  std::span<const RankedOperation> operations_;
  bool is_register_;
  SessionOrder order_;
  std::vector<std::unique_ptr<Object>> objects_;
  std::vector<std::uint32_t> object_of_;
  std::vector<bool> observes_;
  std::size_t left_ = 0;  ///< Operations with a known outcome that are not done.

  std::vector<std::uint32_t> position_;  ///< Of each chain: how many are done.
  Fingerprint fingerprint_{};            ///< Of positions and states.
  std::vector<Value> held_;              ///< By object, of registers: the value now.
  std::vector<Value> replaced_;          ///< What the changes on the trail replaced.
  std::map<std::pair<std::uint32_t, Value>, Supply> supply_;

  std::vector<std::uint32_t> trail_;
  std::vector<std::uint32_t> candidates_;
  std::vector<Frame> frames_;
  std::unordered_set<Fingerprint, KeyHash> dead_;
};

}  // namespace faultline::sim::consistency
