/// The least loaded of a few different backends drawn at random.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/distinct_draws.hpp"
#include "models/algorithms/balancing/eligible_list.hpp"

namespace faultline::models {

class FewChoices {
 public:
  /// How many backends can be drawn at most.
  static constexpr std::int64_t choices_max = DistinctDraws::max;

  /// Requires: 1 <= choices <= choices_max.
  FewChoices(std::int64_t choices, RandomSource& random)
      : choices_(static_cast<std::size_t>(choices)), random_(random) {}

  /// Whether backend `index` can be drawn.
  void set(std::size_t index, bool member) { members_.set(index, member); }

  /// Of `choices` different members, or all if they are fewer, the one with the fewest requests
  /// outstanding in `policy`; of equals the one drawn first. BalancingPolicy::none if there are no
  /// members.
  std::size_t pick(const BalancingPolicy& policy) {
    if (choices_ == 2 && members_.size() >= 2) return pick_of_two(policy);
    std::size_t best = BalancingPolicy::none;
    DistinctDraws::draw(std::min(choices_, members_.size()), members_.size(), random_,
                        [&](std::uint64_t rank) {
                          const std::size_t index = members_[rank];
                          if (best == BalancingPolicy::none ||
                              policy.outstanding(index) < policy.outstanding(best)) {
                            best = index;
                          }
                        });
    return best;
  }

 private:
  /// The same as the loop above, without a branch that chance decides.
  std::size_t pick_of_two(const BalancingPolicy& policy) {
    const std::size_t first = random_.below(members_.size());
    std::size_t second = random_.below(members_.size() - 1);
    second += second >= first;
    const std::size_t pair[2] = {members_[first], members_[second]};
    return pair[policy.outstanding(pair[1]) < policy.outstanding(pair[0])];
  }

  std::size_t choices_;   ///< Parameter.
  EligibleList members_;  ///< State.
  RandomSource& random_;
};

}  // namespace faultline::models
