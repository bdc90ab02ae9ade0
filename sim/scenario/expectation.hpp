/// The claims of a scenario's `expect` list, and whether a result bears them out.
///
///   "requests.latency_seconds.p99 < 50ms"        <  <=  >  >=  ==  !=
///   "nodes.db.utilization between 0.6 and 0.8"   both bounds belong to it
///   "requests.throughput_per_second within 2% of 200/s"
///
/// A value is a number in the base unit of the result (seconds, bytes, events a second, shares), or
/// is written with a unit and converted; "true" and "false" are 1 and 0, as flags of the result
/// are. "consistency.strongest" is compared with the word for a model, from weak to strong: none,
/// session, pram, causal, sequential, linearizable. A model's verdict is 1 or "holds", 0 or
/// "violated"; of an unknown one no claim holds. If the path says what it measures
/// (`_seconds`, `_bytes`, `_per_second`), a unit of another dimension is refused.
///
/// A path names a value of the result's JSON, member by member:
/// - Member names may hold any characters, so at each place the longest name that fits is tried
/// first:
///   `nodes.app[0].utilization` finds the member "app[0]" of `nodes`.
/// - An element of a list is given by its number, `slos[0].met`, or by its "name" if it has one,
/// `slos.fast.met`.
/// - `nodes.db` stands for the group `groups.db` if there is no single node of that name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/param/param.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::sim {

enum class Comparison { less, at_most, greater, at_least, equal, not_equal, between, within };

/// A claim that has been read.
struct Expectation {
  std::string claim;  ///< As written, for people.
  std::string path;   ///< Of a value in the result.
  Comparison comparison = Comparison::less;
  double value = 0;      ///< What is compared with; for `between` the lower bound. In base units.
  double value_max = 0;  ///< For `between` alone: the upper bound.
  double tolerance = 0;  ///< For `within` alone: the share of `value` it may be away.
  bool operator==(const Expectation&) const = default;
};

/// Reads a claim that stands at `path` of the scenario; nothing, and one problem, if it is wrong.
std::optional<Expectation> parse_expectation(std::string_view text, const Path& path,
                                             Problems& problems);

/// The value that `path` names in `result`, the JSON of a result, or null. Of several readings of
/// the path the one with the longest names first is taken.
const Json* find_in_result(const Json& result, std::string_view path);

/// What to write instead of a `path` that names no value: "did you mean
/// \"nodes.app.utilization\"?", or what is known at the first place where it goes wrong. Empty if
/// nothing is near.
std::string suggest_in_result(const Json& result, std::string_view path);

/// Compares the claim with `result`, the JSON of a result. A path that names no number or flag is
/// not found and does not hold; its hint says what to write. A value that was not measured (null,
/// or NaN) is found and holds for nothing, not even for !=. Equality is exact.
ExpectationResult evaluate(const Expectation& expectation, const Json& result);

}  // namespace faultline::sim
