/// The backend with the least score, and who is taken when several have it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/score_tree.hpp"

namespace faultline::models {

/// Who is taken among backends with equal scores.
enum class TieRule {
  first,        ///< The one with the lowest index.
  round_robin,  ///< The one that a request was sent to longest ago; those never used first, by
                ///< index.
  random,       ///< Each with the same probability.
  weighted,     ///< The one whose next turn is due first, a backend's turns being 1/weight apart.
};

/// The words that scenarios use for the rules, but `weighted`, for `ParamBuilder::one_of`.
inline std::vector<std::string> tie_words() { return {"first", "round_robin", "random"}; }

/// Requires: `word` is one of tie_words() or "weighted".
inline TieRule tie_rule(std::string_view word) {
  if (word == "first") return TieRule::first;
  if (word == "round_robin") return TieRule::round_robin;
  if (word == "random") return TieRule::random;
  SIM_ASSERT(word == "weighted");
  return TieRule::weighted;
}

/// Keeps the backends that can be picked by score.
class LeastScore {
 public:
  LeastScore(TieRule rule, RandomSource& random) : rule_(rule), random_(random) {}

  /// Adds one backend, out of play, with no turn taken yet.
  void add() {
    turns_.push_back(0);
    scores_.grow(turns_.size());
  }

  /// Backend `index` comes into play: by weight, its next turn is due 1/weight from now. `set` must
  /// follow.
  void enter(std::size_t index, double weight) {
    if (rule_ == TieRule::weighted) turns_[index] = latest_turn_ + 1 / weight;
  }

  /// Backend `index` is used: the turn it takes is over. `set` must follow.
  void take_turn(std::size_t index, double weight) {
    if (rule_ == TieRule::round_robin) turns_[index] = ++latest_turn_;
    if (rule_ == TieRule::weighted) {
      latest_turn_ = std::max(latest_turn_, turns_[index]);
      turns_[index] = latest_turn_ + 1 / weight;
    }
  }

  void set(std::size_t index, double score) { scores_.set(index, {score, turns_[index]}); }
  void erase(std::size_t index) { scores_.erase(index); }

  /// The backend to take, or BalancingPolicy::none. The random rule draws a word if there are at
  /// least two to draw from.
  std::size_t choose() const {
    if (rule_ == TieRule::random && scores_.ties() > 1) {
      return scores_.nth(random_.below(scores_.ties()));
    }
    return scores_.first();
  }

 private:
  /// Compared by score, then by turn.
  struct Rank {
    double score = 0;
    double turn = 0;
    bool operator==(const Rank&) const = default;
    bool operator<(const Rank& other) const {
      return score != other.score ? score < other.score : turn < other.turn;
    }
  };

  TieRule rule_;  ///< Parameter.
  RandomSource& random_;
  ScoreTree<Rank> scores_;     ///< State.
  std::vector<double> turns_;  ///< By backend; all 0 for the rules without turns. State.
  double latest_turn_ = 0;     ///< State.
};

}  // namespace faultline::models
