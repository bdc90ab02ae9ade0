/// How a name server chooses which of a name's addresses it answers with.
///
///   query --> [ order ] --> the addresses of the answer, the one to be used first
///
/// A policy knows the addresses by index, and of each its weight, how far it is from who asks, and
/// whether it may be given out (its health checks succeed). Policies have no clock and no engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

/// One address of a name, as seen from who asks.
struct DnsCandidate {
  double weight = 1;
  bool healthy = true;       ///< May be given out.
  bool same_zone = false;    ///< It and the asker stand in one zone.
  bool same_region = false;  ///< It and the asker stand in one region.
  sim::Duration latency{};   ///< Mean time of a message from the asker to it.
};

class DnsPolicy {
 public:
  static constexpr std::string_view kind = "dns policy";
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  struct MakeArgs {
    RandomSource& random;  ///< Must outlive the policy.
  };

  virtual ~DnsPolicy() = default;
  /// The address to answer with, one that is healthy and has a weight above 0, or `none`.
  virtual std::size_t pick(const std::vector<DnsCandidate>& candidates) = 0;

 protected:
  static bool usable(const DnsCandidate& candidate) {
    return candidate.healthy && candidate.weight > 0;
  }
};

}  // namespace faultline::models
