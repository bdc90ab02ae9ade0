/// What the parts of the page share: what is shown, the page as far as it is written, and the ways
/// to write tables, bars and numbers on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/figure.hpp"
#include "reports/html.hpp"
#include "reports/node_rows.hpp"
#include "reports/time_charts.hpp"

namespace faultline::reports {

inline constexpr std::size_t list_rows_max =
    100;  ///< Of SLOs, expectations, intervals, classes, reasons.

struct HtmlState {
  HtmlState(const sim::Result& result, const HtmlOptions& options);

  const sim::Result& result;
  const HtmlOptions& options;
  std::vector<NodeRow> rows;
  PageWriter page;
  TimeSteps steps;  ///< Of the charts over time.
  Bands bands;
};

/// The base of a part of the page. Parts are objects of a moment: they are made to be written.
class HtmlPart {
 protected:
  explicit HtmlPart(HtmlState& state);
  ~HtmlPart() = default;

  std::string time(double seconds) const { return time_text(seconds, page_.language); }
  std::string seconds(double value) const;
  std::string count(std::uint64_t value) const { return count_text(value, page_.language); }
  /// A share with its denominator, or "–" without one.
  std::string share_text(std::uint64_t part, std::uint64_t whole) const;

  /// Which stretch of virtual time the statistics cover.
  std::string window() const;
  std::string series_window() const;
  std::string title() const {
    return result_.title.empty() ? page_.say(Phrase::untitled) : result_.title;
  }
  std::string latency_window() const { return window() + " · " + page_.say(Phrase::latency_of_ok); }

  void heading(Phrase title) { markup_.element("h2", {}, page_.say(title)); }
  /// What is wider than the page scrolls by itself, by keyboard too.
  Markup::Scope scroll_area(const std::string& label);

  /// How wide a column of a table is aligned.
  struct Heading {
    std::string text;
    const char* css_class = "";  ///< "text": aligned at the start.
    std::string name = {};       ///< In the JSON result; shown when one points at it.
  };
  void table_head(const std::string& caption, const std::vector<Heading>& headings);
  void row_head(std::string_view text);
  void cell(std::string_view text, const char* css_class = "");
  void more(std::size_t all, std::size_t shown);
  /// A small bar, `ratio` of its width filled. The number stands beside it as text.
  void meter(double ratio, const char* css_class);
  /// The number at a bar's side, in a width of its own so that the bars of a column stand in line.
  void beside_meter(const std::string& text);

  const sim::Result& result_;
  const HtmlOptions& options_;
  const std::vector<NodeRow>& rows_;
  PageWriter& page_;
  Markup& markup_;
  const TimeSteps& steps_;
  const Bands& bands_;
};

/// A whole page: head and foot around what `write_body` writes.
std::string html_page(HtmlState& state, const std::function<void()>& write_body);

/// Title, and verdicts in a few words.
void write_top(HtmlState& state);
/// Key numbers, picture of the system, charts over time.
void write_overview(HtmlState& state);
void write_latency(HtmlState& state);
/// Verdicts of models and why, staleness, availability of each side; nothing if it was not
/// measured.
void write_consistency(HtmlState& state);
void write_cost(HtmlState& state);
void write_log(HtmlState& state);
/// What models found out: deadlocks, lost updates; nothing if there is none.
void write_findings(HtmlState& state);
void write_slos(HtmlState& state);
void write_nodes(HtmlState& state);
/// Expectations, intervals, and how to repeat the run.
void write_claims(HtmlState& state);

/// Of a series or scalar by its name.
Quantity quantity_of(std::string_view name);

}  // namespace faultline::reports
