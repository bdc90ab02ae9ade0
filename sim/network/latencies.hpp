/// How far apart places are: the latency between two nodes by where they stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/network/link.hpp"
#include "sim/network/zone.hpp"

namespace faultline::sim {

/// A table of latencies, chosen by one word in `network`.
class Latencies {
 public:
  static constexpr std::string_view kind = "latencies";
  struct MakeArgs {};

  virtual ~Latencies() = default;
  /// One way between two nodes that stand in `from` and `to` (null: nowhere). Nothing where
  /// the table does not reach: then the default latency holds. Requires: regions that differ are
  /// known.
  virtual std::optional<LinkLaw> between(const Zone* from, const Zone* to) const = 0;
  /// The regions whose distances from each other it knows; empty: it does not ask for regions.
  virtual std::vector<std::string> regions() const { return {}; }
};

}  // namespace faultline::sim
