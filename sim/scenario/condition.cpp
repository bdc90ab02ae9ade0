#include "sim/scenario/condition.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "sim/scenario/watch.hpp"

namespace faultline::sim {
namespace {

/// A number of JSON, or null where there is none.
Json number(double value) { return value == value ? Json(value) : Json(nullptr); }

Json latency_json(double p50, double p99) { return {{"p50", number(p50)}, {"p99", number(p99)}}; }

Json node_json(const NodeSample& sample) {
  const auto real = [](float value) { return number(static_cast<double>(value)); };
  const NodeCondition& is = sample.condition;
  return {{"utilization", real(sample.utilization)},
          {"queue_length", real(sample.queue_length)},
          {"queue_now", real(sample.queue_now)},
          {"in_service", real(sample.in_service)},
          {"in_service_now", real(sample.in_service_now)},
          {"received_per_second", real(sample.received_per_second)},
          {"ok_per_second", real(sample.ok_per_second)},
          {"fail_per_second", real(sample.fail_per_second)},
          {"latency_seconds", latency_json(static_cast<double>(sample.latency_p50_seconds),
                                           static_cast<double>(sample.latency_p99_seconds))},
          {"hit_ratio", real(sample.hit_ratio)},
          {"down", is.down},
          {"paused", is.paused},
          {"slow", is.slow},
          {"cut_off", is.cut_off},
          {"draining", is.draining},
          {"faulty", is.faulty},
          {"off", is.off},
          {"starting", is.starting}};
}

/// `wanted` says which nodes somebody asks for.
Json window_json(const Watch& watch, const std::function<bool(const std::string&)>& wanted) {
  const std::shared_ptr<const Frame> frame = watch.last_step();
  Frame none;
  none.nodes.resize(watch.legend().nodes.size());
  const Frame& shown = frame ? *frame : none;
  const Headline& all = watch.last_step_requests();
  Json nodes = Json::object();
  for (std::size_t i = 0; i < shown.nodes.size(); ++i) {
    const std::string& name = watch.legend().nodes[i].name;
    if (wanted(name)) nodes[name] = node_json(shown.nodes[i]);
  }
  const bool some = frame != nullptr;
  return {{"from_seconds", some ? Json(shown.from_seconds) : Json(nullptr)},
          {"to_seconds", some ? Json(shown.to_seconds) : Json(nullptr)},
          {"requests",
           {{"throughput_per_second", some ? Json(all.throughput_per_second) : Json(nullptr)},
            {"fail_ratio", some ? Json(all.fail_ratio) : Json(nullptr)},
            {"latency_seconds", latency_json(all.latency_p50_seconds, all.latency_p99_seconds)}}},
          {"nodes", std::move(nodes)}};
}

}  // namespace

std::optional<Condition> Condition::parse(std::string_view text, std::string& error) {
  Problems problems;
  auto claim = parse_expectation(text, Path(), problems);
  if (claim) return Condition(std::move(*claim));
  error.clear();
  for (const Problem& problem : problems.sorted()) {
    error += error.empty() ? "" : "; ";
    error += problem.message;
    if (!problem.hint.empty()) error += "; " + problem.hint;
  }
  return std::nullopt;
}

ExpectationResult Condition::evaluate(Run& run) const {
  SIM_ASSERT(run.watched());
  const std::string& path = claim_.path;
  // A name that is part of the path, perhaps of a longer name in it: a few nodes too many do no
  // harm.
  const auto is_named = [&path](const std::string& name) {
    return path.find(name) != std::string::npos;
  };
  if (path.starts_with("window")) {
    const Json values{{"window", window_json(*run.watched(), is_named)}};
    const ExpectationResult result = sim::evaluate(claim_, values);
    if (result.found) return result;
    // Which names there are: for what to write instead.
    return sim::evaluate(
        claim_, {{"window", window_json(*run.watched(), [](const auto&) { return true; })}});
  }
  const auto wanted = [&](const Node& node) {
    return is_named(node.name()) || is_named(node.group());
  };
  const ExpectationResult result = sim::evaluate(claim_, to_json(run.glance(wanted)));
  if (result.found) return result;
  return sim::evaluate(claim_, to_json(run.glance([](const Node&) { return true; })));
}

}  // namespace faultline::sim
