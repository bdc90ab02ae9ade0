/// Smooth weighted round robin: turns in proportion to the weights, spread as evenly as they can
/// be: for weights 5, 1, 1 the order is a a b a c a a.
///
/// Rule (nginx): at each pick every backend that can be picked gains its weight; the one with the
/// most, the first among equals, is picked and pays the sum of all weights. What a backend has is
/// kept while it cannot be picked.
///
/// Written down like that a pick costs O(n). Here it is the same order, exactly, from a kinetic
/// tournament: a backend's balance grows along a straight line from one pick to the next, only the
/// winner's line is lowered, and each match of the tournament knows at which pick its loser will
/// overtake its winner, so only matches that are due, and those of the last winner, are played
/// again. With equal weights that is log2(n) matches a pick; with different ones the matches that
/// become due add a small multiple of it.
/// Source: nginx, ngx_http_upstream_round_robin.c, ngx_http_upstream_get_peer; Basch, Guibas,
/// Hershberger, "Data Structures for Mobile Data", SODA 1997 (kinetic tournament). Does not model:
/// the lowering of a weight after errors (nginx's effective_weight). Weights are rounded to a
/// millionth.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class WeightedRoundRobin final : public BalancingPolicy {
 public:
  WeightedRoundRobin(const sim::NoParams&, const MakeArgs& args) { add_backends(args.weights); }

  std::size_t pick(const BalancingRequest&) override {
    if (sum_ == 0) return none;
    if (++turn_ == turn_max) start_turns_again();
    play_what_is_due(1);
    const std::uint32_t winner = matches_[1].winner;
    lines_[winner].start -= sum_;
    replay(winner);
    return winner;
  }

  bool heeds_weights() const override { return true; }

 private:
  /// A balance as a straight line over the turns: start + slope * turn. In millionths of a weight.
  struct Line {
    std::int64_t start = 0;
    std::int64_t slope =
        0;  ///< 0 while the backend cannot be picked; then `start` is the balance kept.
  };
  struct Match {
    std::uint32_t winner = nobody;
    std::int64_t due =
        never;  ///< The first turn at which this match or one below it may end otherwise.
  };

  static constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  static constexpr double units_per_weight = 1e6;
  /// Turns after which the lines are started again, so that slope * turn stays below 2^62.
  static constexpr std::int64_t turn_max = std::int64_t{1} << 21;

  std::int64_t balance(std::size_t index) const {
    return lines_[index].start + lines_[index].slope * turn_;
  }

  void on_added(std::size_t index) override {
    lines_.emplace_back();
    if (lines_.size() > leaves_) {
      leaves_ = std::bit_ceil(lines_.size());
      matches_.assign(2 * leaves_, {});
      for (std::size_t other = 0; other < index; ++other) {
        if (lines_[other].slope > 0)
          matches_[leaves_ + other].winner = static_cast<std::uint32_t>(other);
      }
      play_all();
    }
    on_changed(index);
  }

  void on_changed(std::size_t index) override {
    const std::int64_t kept = balance(index);
    const std::int64_t slope =
        can_be_picked(index)
            ? std::max<std::int64_t>(1, std::llround(weight(index) * units_per_weight))
            : 0;
    sum_ += slope - lines_[index].slope;
    lines_[index] = {.start = kept - slope * turn_, .slope = slope};
    matches_[leaves_ + index].winner = slope > 0 ? static_cast<std::uint32_t>(index) : nobody;
    replay(index);
  }

  /// Plays one match as of this turn, and finds out when it has to be played again.
  void play(std::size_t match) {
    const Match& left = matches_[2 * match];
    const Match& right = matches_[2 * match + 1];
    Match result{.winner = left.winner, .due = std::min(left.due, right.due)};
    if (left.winner == nobody) {
      result.winner = right.winner;
    } else if (right.winner != nobody) {
      const std::int64_t lead = balance(left.winner) - balance(right.winner);
      const std::int64_t gain = lines_[right.winner].slope - lines_[left.winner].slope;
      if (lead < 0) {
        result.winner = right.winner;
        // The left one wins again as soon as it draws level.
        if (gain < 0) result.due = std::min(result.due, turn_ + (-lead + -gain - 1) / -gain);
      } else if (gain > 0) {
        result.due = std::min(result.due, turn_ + lead / gain + 1);
      }
    }
    matches_[match] = result;
  }

  /// Plays the matches on the way of backend `index` to the top.
  void replay(std::size_t index) {
    for (std::size_t match = (leaves_ + index) / 2; match > 0; match /= 2) play(match);
  }

  void play_what_is_due(std::size_t match) {
    if (matches_[match].due > turn_) return;
    play_what_is_due(2 * match);
    play_what_is_due(2 * match + 1);
    play(match);
  }

  void play_all() {
    for (std::size_t match = leaves_ - 1; match > 0; --match) play(match);
  }

  void start_turns_again() {
    for (std::size_t index = 0; index < lines_.size(); ++index)
      lines_[index].start = balance(index);
    turn_ = 0;
    play_all();
  }

  std::vector<Line> lines_;  ///< One per backend. State.
  std::vector<Match> matches_{
      2};  ///< Match k is between the winners of 2k and 2k+1; the last half are the backends.
  std::size_t leaves_ = 1;  ///< A power of two.
  std::int64_t turn_ = 0;   ///< Picks since the lines were started. State.
  std::int64_t sum_ = 0;    ///< Of the slopes.
};

const sim::Registration<BalancingPolicy, WeightedRoundRobin, sim::NoParams> registered{
    {.name = "weighted_round_robin",
     .title = "Smooth weighted round robin",
     .summary = "Turns in proportion to the weights, spread as evenly as they can be: weights 5, "
                "1, 1 give a a b a c a a.",
     .source = "nginx, ngx_http_upstream_round_robin.c",
     .does_not_model =
         "the lowering of a weight after errors; weights are rounded to a millionth"}};

}  // namespace
}  // namespace faultline::models
