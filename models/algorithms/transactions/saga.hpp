/// A saga: a chain of transactions, each with a compensation that undoes it in the sense of the
/// business (a refund, not a roll-back).
///
///   do 0 --> do 1 --> do 2 --> done
///              '-fails or is unsure--> undo 1? --> undo 0 --> compensated
///
/// Rule: actions run in order. When one fails for certain, those before it are undone in reverse
/// order; one whose end is unknown is undone too, since it may have taken effect. A compensation is
/// tried until it succeeds. Each step is written to the saga's log before it is begun, so after a
/// crash the saga goes on where it was: what was begun and not ended counts as unknown, and the
/// saga is undone (backward recovery).
/// Source: Garcia-Molina, Salem, "Sagas", SIGMOD 1987, sections 3 and 5.
/// Does not model: forward recovery, parallel sagas.
#pragma once

#include <cstddef>
#include <cstdint>

namespace faultline::models {

class Saga {
 public:
  /// Requires: actions > 0.
  explicit Saga(std::size_t actions);

  enum class Doing : std::uint8_t {
    action,        ///< Do action `index()`.
    compensation,  ///< Undo action `index()`.
    done,          ///< All actions have taken effect.
    compensated,   ///< None has, any more.
  };
  Doing doing() const { return doing_; }
  std::size_t index() const { return index_; }
  bool over() const { return doing_ == Doing::done || doing_ == Doing::compensated; }
  /// Something may have to be undone: others can see what is not to stay.
  bool undoing() const { return doing_ == Doing::compensation; }

  enum class End : std::uint8_t { ok, fail, unknown };
  /// What doing() asked for has ended so. A compensation that did not end ok is asked for again.
  void ended(End end);
  /// The orchestrator crashed and has read its log.
  void recover();

 private:
  void undo_from(std::size_t count);

  std::size_t actions_;
  std::size_t index_ = 0;
  Doing doing_ = Doing::action;
};

}  // namespace faultline::models
