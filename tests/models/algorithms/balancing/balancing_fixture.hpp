/// What the tests of balancing policies share: verbs over one policy, and a comparison of a policy
/// with a reference that is too plain to be wrong, through long random sequences of everything that
/// can happen to a policy.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models::balancing_test {

inline std::unique_ptr<BalancingPolicy> make_policy(const std::string& text,
                                                    const std::vector<double>& weights,
                                                    RandomSource& random) {
  return sim::Choice<BalancingPolicy>(text).make({.weights = weights, .random = random});
}

/// A policy under test and its chance.
class Balancer {
 public:
  Balancer(const std::string& text, const std::vector<double>& weights, std::uint64_t seed = 1)
      : random_(seed), policy_(make_policy(text, weights, random_)) {}

  BalancingPolicy* operator->() { return policy_.get(); }

  /// For a caller with this address who asks for the key of the same number.
  std::size_t pick(std::uint64_t source_address = 0, sim::Duration now = {}) {
    return policy_->pick({.key = source_address, .source_address = source_address, .now = now});
  }
  /// Picks and starts.
  std::size_t send(std::uint64_t source_address = 0, sim::Duration now = {}) {
    const std::size_t index = pick(source_address, now);
    if (index != BalancingPolicy::none) policy_->started(index);
    return index;
  }
  void finish(std::size_t index, sim::Duration latency = {}, sim::Duration now = {}) {
    policy_->finished(index, latency, true, now);
  }
  void fail(std::size_t index, sim::Duration latency, sim::Duration now) {
    policy_->finished(index, latency, false, now);
  }
  void start(std::size_t index, int times = 1) {
    while (times-- > 0) policy_->started(index);
  }
  /// The next `count` picks as letters, a = 0, each finished at once; '-' for none.
  std::string letters(int count) {
    std::string text;
    while (count-- > 0) {
      const std::size_t index = send();
      text += index == BalancingPolicy::none ? '-' : static_cast<char>('a' + index);
      if (index != BalancingPolicy::none) finish(index);
    }
    return text;
  }

 private:
  SplitMixSource random_;
  std::unique_ptr<BalancingPolicy> policy_;
};

/// What a reference knows of a backend.
struct ReferenceBackend {
  double weight = 1;
  bool available = true;
  std::size_t outstanding = 0;
  bool can_be_picked() const { return available && weight > 0; }
};

/// A policy as its definition reads, O(n) a pick.
class ReferencePolicy {
 public:
  static constexpr std::size_t none = BalancingPolicy::none;
  explicit ReferencePolicy(std::uint64_t seed) : random(seed) {}
  virtual ~ReferencePolicy() = default;

  virtual std::size_t pick(const BalancingRequest& request) = 0;
  virtual void started(std::size_t) {}
  virtual void changed(std::size_t) {}  ///< Weight or availability changed, or the backend is new.
  virtual void finished(std::size_t, sim::Duration /*latency*/, bool /*ok*/,
                        sim::Duration /*now*/) {}
  /// Whether `index` is as good an answer as `expected`; for references that compute with rounding.
  virtual bool agrees(std::size_t index, std::size_t expected) { return index == expected; }

  std::vector<std::size_t> eligible() const {
    std::vector<std::size_t> list;
    for (std::size_t index = 0; index < backends.size(); ++index) {
      if (backends[index].can_be_picked()) list.push_back(index);
    }
    return list;
  }
  /// The entry of `list` at or after `cursor`, going round. Requires: list is sorted and not empty.
  static std::size_t next_cyclic(const std::vector<std::size_t>& list, std::size_t cursor) {
    for (const std::size_t index : list) {
      if (index >= cursor) return index;
    }
    return list.front();
  }

  std::vector<ReferenceBackend> backends;
  SplitMixSource random;
};

/// How wild the sequence is.
struct ComparisonOptions {
  std::vector<double> weights_known = {0, 1, 1, 2, 3, 5};  ///< Drawn from.
  int steps = 4000;
};

/// Runs `text` and a `Reference(seed, extra...)` side by side and expects the same answer to every
/// pick.
template <class Reference, class... Extra>
void expect_same_picks(const std::string& text, const ComparisonOptions& options, Extra... extra) {
  for (const std::size_t size : {1u, 2u, 3u, 8u, 63u, 64u, 65u, 300u}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      SCOPED_TRACE(text + ", backends " + std::to_string(size) + ", seed " + std::to_string(seed));
      SplitMixSource operations(seed * 1000 + size);
      const auto any_weight = [&] {
        return options.weights_known[operations.below(options.weights_known.size())];
      };
      Reference reference(seed, extra...);
      std::vector<double> weights;
      for (std::size_t index = 0; index < size; ++index) {
        weights.push_back(any_weight());
        reference.backends.push_back({.weight = weights.back()});
        reference.changed(index);
      }
      SplitMixSource random(seed);
      const auto policy = make_policy(text, weights, random);

      struct InFlight {
        std::size_t index;
        sim::Duration sent;
      };
      std::vector<InFlight> in_flight;
      sim::Duration now{};
      // Stretches with many arrivals and stretches with many departures.
      std::uint64_t arrivals_of_ten = 5;
      for (int step = 0; step < options.steps; ++step) {
        now += sim::Duration(operations.below(20'000'000));
        if (operations.below(200) == 0) arrivals_of_ten = 2 + operations.below(7);
        const std::uint64_t die = operations.below(100);
        const std::size_t some = operations.below(reference.backends.size());
        if (die < 4) {
          const bool available = operations.below(2) == 0;
          const bool before = reference.backends[some].can_be_picked();
          policy->set_available(some, available);
          reference.backends[some].available = available;
          if (reference.backends[some].can_be_picked() != before) reference.changed(some);
        } else if (die < 7) {
          const double weight = any_weight();
          const bool same = weight == reference.backends[some].weight;
          policy->set_weight(some, weight);
          reference.backends[some].weight = weight;
          if (!same) reference.changed(some);
        } else if (die < 8 && reference.backends.size() < 2 * size) {
          const double weight = any_weight();
          ASSERT_EQ(policy->add_backend(weight), reference.backends.size());
          reference.backends.push_back({.weight = weight});
          reference.changed(reference.backends.size() - 1);
        } else if (operations.below(10) < arrivals_of_ten) {
          const BalancingRequest request{
              .key = operations.next(), .source_address = operations.below(50), .now = now};
          const std::size_t expected = reference.pick(request);
          const std::size_t index = policy->pick(request);
          ASSERT_TRUE(reference.agrees(index, expected))
              << "step " << step << ": picked " << index << ", expected " << expected;
          if (index != BalancingPolicy::none && operations.below(10) > 0) {
            policy->started(index);
            ++reference.backends[index].outstanding;
            reference.started(index);
            in_flight.push_back({index, now});
          }
        } else if (!in_flight.empty()) {
          InFlight& one = in_flight[operations.below(in_flight.size())];
          const bool ok = operations.below(10) > 0;
          --reference.backends[one.index].outstanding;
          reference.finished(one.index, now - one.sent, ok, now);
          policy->finished(one.index, now - one.sent, ok, now);
          one = in_flight.back();
          in_flight.pop_back();
        }
        for (std::size_t index = 0; step % 100 == 0 && index < policy->size(); ++index) {
          ASSERT_EQ(policy->outstanding(index), reference.backends[index].outstanding);
        }
      }
    }
  }
}

/// Chooses among `tied` as the rule says. Requires: tied is sorted and not empty.
class ReferenceTies {
 public:
  explicit ReferenceTies(std::string rule) : rule_(std::move(rule)) {}

  std::size_t choose(const std::vector<std::size_t>& tied, RandomSource& random) {
    if (rule_ == "random") return tied.size() == 1 ? tied[0] : tied[random.below(tied.size())];
    std::size_t best = tied[0];
    for (const std::size_t index : tied) {
      if (rule_ != "first" && turn(index) < turn(best)) best = index;
    }
    return best;
  }
  void entered(std::size_t index, double weight) {
    if (rule_ == "weighted") turn(index) = latest_ + 1 / weight;
  }
  void started(std::size_t index, double weight) {
    if (rule_ == "round_robin") turn(index) = ++latest_;
    if (rule_ == "weighted") {
      latest_ = std::max(latest_, turn(index));
      turn(index) = latest_ + 1 / weight;
    }
  }

 private:
  double& turn(std::size_t index) {
    if (index >= turns_.size()) turns_.resize(index + 1);
    return turns_[index];
  }
  std::string rule_;
  std::vector<double> turns_;
  double latest_ = 0;
};

}  // namespace faultline::models::balancing_test
