/// Consistent hashing with bounded loads: a ring on which no node holds more than `factor` times
/// its fair share.
///
/// Rule: with m keys held and one more to come, a node with a share p of the weight that is present
/// holds at most ceil(factor * p * (m + 1)). A key lives with the first node at or after its place
/// that is below its bound. Small factors are even and move more keys, and keys then also depend on
/// what else is held; a large one is the plain ring. The walk takes O(1 / (factor - 1)^2) nodes on
/// the mean. What a key is depends on the user: stored items, or requests in flight.
/// Source: Mirrokni, Thorup, Zadimoghaddam, "Consistent Hashing with Bounded Loads", arXiv
/// 1608.01350, 2016 (SODA 2018); as a balancer: HAProxy, hash-balance-factor. Does not model:
/// moving keys already held when the bound sinks.
#pragma once

#include "models/algorithms/hashing/ring.hpp"

namespace faultline::models {

struct BoundedLoadParams {
  double factor = 1.25;
  RingParams ring;

  static void describe(sim::ParamList<BoundedLoadParams>& list);
};

class BoundedLoad final : public KeyPlacement {
 public:
  BoundedLoad(const BoundedLoadParams& params, const MakeArgs& args);

  std::size_t place(std::uint64_t key) override;

  /// The most that node `index` may hold when one key more comes.
  std::uint64_t bound(std::size_t index) const;

 private:
  void on_added(std::size_t index) override;
  void on_weight(std::size_t index) override;
  void on_presence(std::size_t index) override;
  void on_load(std::size_t index, std::int64_t change) override;
  void recount();

  double factor_;              ///< Parameter.
  Ring ring_;                  ///< State.
  double weight_sum_ = 0;      ///< Of the nodes that take keys. State.
  std::int64_t load_sum_ = 0;  ///< Of the nodes that take keys. State.
};

}  // namespace faultline::models
