/// Pictures of consistency: why a history is not allowed, how fresh reads are, and what several
/// configurations give for how much.
#pragma once

#include <string>
#include <vector>

#include "reports/figure.hpp"
#include "sim/scenario/consistency_result.hpp"

namespace faultline::reports {

/// The name of a model as people write it; of `strongest()` too, "" being "not decided".
std::string model_name(const PageWriter& page, std::string_view model);
/// The class that fills a mark in the colour of a model.
std::string model_class(std::string_view model);

/// An element with what a checker says, in the language of the page where that is known.
void write_checker_sentence(PageWriter& page, std::string_view element, const std::string& english);

/// A space-time diagram: a line for each session, a bar for each operation, from left to right in
/// the order of events.
void draw_witness(PageWriter& page, const std::string& model, const sim::ModelVerdicts& verdicts);

/// The share of fresh reads over the time since the last acknowledged write.
void draw_freshness(PageWriter& page, const sim::ConsistencyResult& consistency,
                    const std::string& window);

/// One configuration of the CAP chart.
struct CapPoint {
  std::string name;
  std::string strongest;  ///< As ConsistencyResult::strongest().
  std::uint64_t histories = 0;
  double latency_p99_seconds = 0;  ///< While nothing is wrong; NaN: not measured.
  double availability = 0;         ///< During the fault; NaN: not measured.
};

/// Latency without a fault against availability in one, coloured by the strongest model that held.
/// Points without both values are left out.
void draw_cap_chart(PageWriter& page, const std::vector<CapPoint>& points);

}  // namespace faultline::reports
