/// How stale what a cache serves is, measured against the writes that its store acknowledged.
///
///   writers --> [ store ] --acknowledged--> ledger of the run
///   reader <-- value <-- [ cache ] --served(key, value)--> behind it by n writes, for t
///
/// Rule: models/algorithms/caching/version_ledger.hpp. What a cache acknowledges before the store
/// has it (write-behind) counts from then on, if that cache measures too. All who measure against
/// one store share its ledger, which watches the calls to its nodes; that costs the run no event.
/// The store keeps the values of its writes from the first one on. Does not model: transactions;
/// what they write is not counted.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "models/algorithms/caching/version_ledger.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/network/node.hpp"
#include "sim/param/param.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

/// How `staleness_of` is declared, wherever a cache has it.
inline constexpr std::string_view staleness_help =
    "The store whose writes say how stale what is served is; without it, that is not measured";

class StalenessMeter {
 public:
  /// Measures nothing if `of` names nobody.
  StalenessMeter(const sim::NodeRef& of, const sim::BuildContext& context);
  bool is_on() const { return ledger_ != nullptr; }

  /// A cache has acknowledged this write at its own risk, and the store will hear of it later.
  void acknowledged_early(std::uint64_t key, std::uint64_t value, sim::Time now);
  /// `value` of `key` was served to somebody who asked at `asked`.
  void served(std::uint64_t key, std::uint64_t value, sim::Time asked) {
    if (ledger_) judge(key, value, asked);
  }
  /// Names what is measured: `prefix` is empty, or what the cache is called within its node.
  void describe_statistics(sim::NodeStatistics& statistics, const std::string& prefix);

 private:
  void judge(std::uint64_t key, std::uint64_t value, sim::Time asked);

  std::shared_ptr<VersionLedger> ledger_;  ///< Null: off.
  std::uint64_t served_ = 0;               ///< Statistic.
  std::uint64_t stale_ = 0;                ///< Statistic.
  std::uint64_t versions_ = 0;             ///< Behind, of all stale ones together. Statistic.
  std::int64_t versions_max_ = 0;          ///< Statistic.
  sim::Histogram age_;                     ///< Of the stale ones. Statistic.
};

}  // namespace faultline::models
