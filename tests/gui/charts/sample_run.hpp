/// Runs of small scenarios for the tests of charts, as the window gets them: a result, and a
/// snapshot with the frames that its series hold.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "gui/charts/chart_source.hpp"
#include "sim/scenario/run.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::gui {

inline std::string scenarioText(const std::string& file) {
  std::ifstream stream(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/" + file);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// `folder`: of the scenarios, where files that it names are looked for.
inline ResultPtr resultOf(const std::string& text, const std::vector<sim::Override>& overrides = {},
                          const std::string& folder = "library") {
  sim::Problems problems;
  const auto spec =
      sim::read_spec(text, FAULTLINE_SOURCE_DIR "/scenarios/" + folder, overrides, problems);
  if (!spec) {
    ADD_FAILURE() << problems.sorted().front().to_text();
    return nullptr;
  }
  sim::Run run(*spec, static_cast<std::uint64_t>(spec->run.seed), 0, problems);
  run.run_to_end();
  return std::make_shared<const sim::Result>(run.result());
}

/// The last snapshot of a run that ended with `result`, as far as the result tells of it.
inline SnapshotPtr snapshotOf(const sim::Result& result) {
  auto snapshot = std::make_shared<sim::Snapshot>();
  auto legend = std::make_shared<sim::SnapshotLegend>();
  for (const sim::NodeResult& node : result.nodes) {
    legend->nodes.push_back({node.name, node.group, node.type, ""});
  }
  auto history = std::make_shared<std::vector<std::shared_ptr<const sim::Frame>>>();
  const auto found = result.series.find("throughput_per_second");
  const std::size_t steps = found == result.series.end() ? 0 : found->second.size();
  for (std::size_t i = 0; i < steps; ++i) {
    auto frame = std::make_shared<sim::Frame>();
    frame->from_seconds = static_cast<double>(i) * result.series_step_seconds;
    frame->to_seconds = static_cast<double>(i + 1) * result.series_step_seconds;
    for (const sim::NodeResult& node : result.nodes) {
      sim::NodeSample sample;
      const auto value = [&](const char* key) {
        const auto series = node.series.find(key);
        return series == node.series.end() ? sim::NodeSample::none
                                           : static_cast<float>(series->second[i]);
      };
      sample.utilization = value("utilization");
      sample.queue_length = value("queue_length");
      if (const auto hits = node.scalars.find("hit_ratio"); hits != node.scalars.end()) {
        sample.hit_ratio = static_cast<float>(hits->second);
      }
      for (const sim::Band& band : result.faults) {
        if (band.name == "crash(" + node.name + ")" && frame->from_seconds >= band.from_seconds &&
            frame->to_seconds <= band.to_seconds) {
          sample.condition.down = true;
        }
      }
      frame->nodes.push_back(sample);
    }
    for (const sim::SloResult& slo : result.slos) {
      frame->budgets_used.push_back(static_cast<float>(slo.budget_used));
    }
    history->push_back(std::move(frame));
  }
  snapshot->legend = legend;
  snapshot->history = history;
  if (!history->empty()) snapshot->frame = history->back();
  snapshot->now_seconds = result.virtual_seconds;
  snapshot->end_seconds = result.planned_seconds;
  snapshot->warmup_seconds = result.warmup_seconds;
  snapshot->events = result.events;
  const auto& counts = result.requests.counts;
  const double ended = static_cast<double>(counts.ok + counts.fail + counts.unknown);
  snapshot->overall = {result.virtual_seconds - result.measured_seconds,
                       result.virtual_seconds,
                       result.requests.throughput_per_second,
                       static_cast<double>(counts.fail + counts.unknown) / ended,
                       static_cast<double>(result.requests.latency.quantile(0.5)) / 1e9,
                       static_cast<double>(result.requests.latency.quantile(0.99)) / 1e9};
  snapshot->recent = snapshot->overall;
  snapshot->series_start_seconds = result.series_start_seconds;
  snapshot->series_step_seconds = result.series_step_seconds;
  snapshot->series = result.series;
  snapshot->latency = result.requests.latency;
  snapshot->slos = result.slos;
  snapshot->bands = result.faults;
  for (const sim::Band& band : result.faults) {
    snapshot->log.push_back({band.from_seconds, "fault", "app[0]", band.name, false});
    snapshot->log.push_back({band.to_seconds, "fault", "app[0]", band.name, true});
  }
  return snapshot;
}

/// The shop of three tiers over 30 s, with a crash that the objective "tight" does not survive.
inline ResultPtr shopResult() {
  static const ResultPtr result =
      resultOf(scenarioText("library/three_tier.json"),
               {{"run.duration", "30s"},
                {"slos", R"([{"name": "fast", "good": "latency < 50ms", "target": "99%"},
                             {"name": "tight", "good": "latency < 12ms", "target": "99%"}])"},
                {"expect", "[]"}});
  return result;
}
inline SnapshotPtr shopSnapshot() {
  static const SnapshotPtr snapshot = snapshotOf(*shopResult());
  return snapshot;
}

}  // namespace faultline::gui
