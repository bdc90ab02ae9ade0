/// Every fixed text of the page, in each language, in one table.
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "reports/units_text.hpp"

namespace faultline::reports {

/// A fixed text. Its words stand in phrases.cpp, in the same order.
enum class Phrase : std::size_t {
  untitled,
  heading_run,
  heading_replications,
  heading_wall,
  cut_short,
  expectations_failed,
  slo_breached,
  slo_met,
  window_all,
  window_after_warmup,
  window_empty,
  window_pooled,
  window_series,
  key_numbers,
  throughput,
  ended_ok,
  sent,
  in_flight,
  not_ok,
  topology,
  topology_note,
  topology_folded,
  topology_merged,
  topology_description,
  over_time,
  latency_over_time,
  throughput_over_time,
  errors_over_time,
  errors_none,
  events_over_time,
  events_more,
  event_span,
  event_times,
  ok,
  fail,
  unknown,
  fault,
  breach,
  warmup,
  logarithmic,
  no_data,
  latency,
  latency_of_ok,
  distribution,
  distribution_share,
  percentile_curve,
  percentile_axis,
  chart_description,
  outcomes,
  outcome,
  requests,
  share,
  reason,
  errors_by_reason,
  class_of_request,
  all_requests,
  mean,
  maximum,
  slo,
  name,
  state,
  met,
  breached,
  good_if,
  target,
  reached,
  budget_used,
  breaches,
  breach_count,
  nodes,
  node,
  type,
  utilization,
  of_each,
  hit_ratio,
  hit_short,
  queue_mean,
  queue_wait,
  received,
  other_values,
  nodes_note,
  rows_more,
  utilization_over_time,
  queue_over_time,
  hits_over_time,
  rows_own_scale,
  rows_mean_of_replicas,
  rows_highest,
  rows_zero,
  scale_from_to,
  scale_root,
  row_mean,
  row_max,
  expectations,
  claim,
  value,
  held,
  failed,
  names_no_value,
  intervals,
  intervals_note,
  half_width,
  relative,
  deviation,
  repeat,
  repeat_note,
  seed,
  digest_order,
  digest_results,
  scenario_digest,
  version,
  scenario_text,
  scenario_cut,
  more_in_json,
  made_by,
  count  ///< How many there are; not a text.
};

/// The words of `id`, with {} where values go in.
std::string_view words(Phrase id, Language language);

/// The words of `id` with `values` put in.
template <class... Values>
std::string phrase(Language language, Phrase id, const Values&... values) {
  return fmt::vformat(fmt::string_view(words(id, language).data(), words(id, language).size()),
                      fmt::make_format_args(values...));
}

}  // namespace faultline::reports
