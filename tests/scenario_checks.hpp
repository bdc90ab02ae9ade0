/// What the tests of models share: short ways to write a system, and what holds for every result.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/scenario_runner.hpp"

namespace faultline::tests {

/// A scenario of `nodes` (the members of the object, without its braces) that lasts `duration`.
/// `rest` are further members of the file: R"("network": {...})".
inline std::string scenario(std::string_view nodes, std::string_view duration,
                            std::string_view rest = "") {
  return fmt::format(R"({{"faultline": 1, "nodes": {{{}}}, "run": {{"duration": "{}"}}{}{}}})",
                     nodes, duration, rest.empty() ? "" : ", ", rest);
}

/// The same with a warm-up.
inline std::string warmed_scenario(std::string_view nodes, std::string_view duration,
                                   std::string_view warmup, std::string_view rest = "") {
  return fmt::format(
      R"({{"faultline": 1, "nodes": {{{}}}, "run": {{"duration": "{}", "warmup": "{}"}}{}{}}})",
      nodes, duration, warmup, rest.empty() ? "" : ", ", rest);
}

inline void expect_balanced(const sim::OutcomeCounts& counts, const std::string& of) {
  EXPECT_EQ(counts.sent, counts.ok + counts.fail + counts.unknown + counts.in_flight) << of;
  std::uint64_t errors = 0;
  for (const auto& [reason, count] : counts.errors) errors += count;
  EXPECT_EQ(errors, counts.fail + counts.unknown) << of;
}

/// Conservation: sent = ok + fail + unknown + in flight, overall, by class, per node and per group;
/// every request that did not end ok has a reason; every ok one has a latency; the classes and the
/// members of groups add up.
inline void expect_conservation(const sim::Result& result) {
  expect_balanced(result.requests.counts, "requests");
  EXPECT_EQ(result.requests.latency.count(), result.requests.counts.ok);
  std::uint64_t sent = 0;
  for (const auto& [name, requests] : result.by_class) {
    expect_balanced(requests.counts, "class " + name);
    EXPECT_EQ(requests.latency.count(), requests.counts.ok) << name;
    sent += requests.counts.sent;
  }
  EXPECT_EQ(sent, result.requests.counts.sent);
  std::map<std::string, std::uint64_t> received;
  for (const sim::NodeResult& node : result.nodes) {
    expect_balanced(node.counts, node.name);
    EXPECT_EQ(node.histograms.at("latency_seconds").count(), node.counts.ok) << node.name;
    received[node.group] += node.counts.sent;
  }
  for (const auto& [name, group] : result.groups) {
    expect_balanced(group.counts, "group " + name);
    EXPECT_EQ(group.counts.sent, received[name]) << name;
  }
}

/// Runs a scenario and checks what holds for every result.
inline sim::Result run_checked(std::string_view text) {
  sim::Result result = run_text(text);
  expect_conservation(result);
  return result;
}

/// The node called `name`; a test failure if there is none.
inline const sim::NodeResult& node_of(const sim::Result& result, std::string_view name) {
  for (const sim::NodeResult& node : result.nodes) {
    if (node.name == name) return node;
  }
  ADD_FAILURE() << "no node " << name;
  static const sim::NodeResult none;
  return none;
}

/// Requests that came to `node`.
inline std::uint64_t received(const sim::Result& result, std::string_view node) {
  return node_of(result, node).counts.sent;
}

/// A scalar of `node`; a test failure if it has none of that name.
inline double scalar_of(const sim::Result& result, std::string_view node, const std::string& name) {
  if (name == "served") {
    const sim::OutcomeCounts& counts = node_of(result, node).counts;
    return static_cast<double>(counts.ok);
  }
  const auto& scalars = node_of(result, node).scalars;
  const auto found = scalars.find(name);
  if (found != scalars.end()) return found->second;
  ADD_FAILURE() << node << " has no " << name;
  return 0;
}

/// How many requests of all clients ended for `reason`.
inline std::uint64_t errors_of(const sim::OutcomeCounts& counts, const std::string& reason) {
  const auto found = counts.errors.find(reason);
  return found == counts.errors.end() ? 0 : found->second;
}

/// The latency of the only ok request of class `name`, in nanoseconds; a test failure unless there
/// is exactly one.
inline std::int64_t latency_of(const sim::Result& result, const std::string& name) {
  const auto found = result.by_class.find(name);
  if (found == result.by_class.end() || found->second.latency.count() != 1) {
    ADD_FAILURE() << "not exactly one ok request of class " << name;
    return -1;
  }
  return found->second.latency.max();
}

/// Members of "nodes": clients c0, c1, .. each of which sends one request of its own class ("c0",
/// ..) to `target`, all at 1 s and in this order, if the run lasts less than 2 s. `more(i)`, if
/// given, are further members of client i.
template <class More>
std::string burst(int count, std::string_view target, More more) {
  std::string nodes;
  for (int i = 0; i < count; ++i) {
    nodes += fmt::format(
        R"json("c{0}": {{"type": "clients", "arrivals": "constant(1/s)", "target": "{1}", "mix": [{{"endpoint": "c{0}"}}]{2}}}, )json",
        i, target, more(i));
  }
  return nodes;
}
inline std::string burst(int count, std::string_view target) {
  return burst(count, target, [](int) { return ""; });
}

inline constexpr std::int64_t millisecond = 1'000'000;  ///< In the nanoseconds of histograms.

}  // namespace faultline::tests
