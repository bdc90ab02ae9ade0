#include "reports/html_part.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace faultline::reports {
namespace {

constexpr std::size_t interval_rows_max = 40;
constexpr std::size_t scenario_bytes_max = 256 * 1024;

class ClaimsPart final : HtmlPart {
 public:
  explicit ClaimsPart(HtmlState& state) : HtmlPart(state) {}

  void expectations() {
    if (result_.expectations.empty()) return;
    heading(Phrase::expectations);
    const auto card = markup_.scope("div", {{"class", "card flow"}});
    {
      const auto scroll = scroll_area(page_.say(Phrase::expectations));
      const auto table = markup_.scope("table");
      table_head(window(), {{page_.say(Phrase::claim), "text"},
                            {page_.say(Phrase::value)},
                            {page_.say(Phrase::state), "text"}});
      const auto body = markup_.scope("tbody");
      std::size_t shown = 0;
      for (const bool held : {false, true}) {
        for (const sim::ExpectationResult& expectation : result_.expectations) {
          if (expectation.held == held && shown++ < list_rows_max) expectation_row(expectation);
        }
      }
    }
    more(result_.expectations.size(), list_rows_max);
  }

  void intervals() {
    if (result_.intervals.empty()) return;
    heading(Phrase::intervals);
    const double confidence = result_.intervals.begin()->second.confidence;
    const std::string note = page_.say(Phrase::intervals_note, result_.replications,
                                       stated_ratio_text(confidence, page_.language));
    const auto card = markup_.scope("div", {{"class", "card flow"}});
    {
      const auto scroll = scroll_area(page_.say(Phrase::intervals));
      const auto table = markup_.scope("table");
      table_head(note + " · " + window(), {{page_.say(Phrase::value), "text"},
                                           {page_.say(Phrase::mean)},
                                           {"± " + page_.say(Phrase::half_width)},
                                           {page_.say(Phrase::relative)},
                                           {page_.say(Phrase::deviation)}});
      const auto body = markup_.scope("tbody");
      // What all clients saw comes first, then SLOs and load; the rest follows in the order of the
      // paths.
      std::size_t shown = 0;
      for (const int rank : {0, 1, 2}) {
        for (const auto& [path, interval] : result_.intervals) {
          if (rank_of_interval(path) == rank && shown++ < interval_rows_max)
            interval_row(path, interval);
        }
      }
    }
    more(result_.intervals.size(), interval_rows_max);
  }

  void repeat() {
    heading(Phrase::repeat);
    const auto card = markup_.scope("div", {{"class", "card flow"}});
    markup_.element("p", {}, page_.say(Phrase::repeat_note));
    std::string command = fmt::format("faultline run scenario.json --seed {}", result_.seed);
    if (result_.replications > 1)
      command += fmt::format(" --replications {}", result_.replications);
    markup_.element("pre", {}, command);
    {
      const auto facts = markup_.scope("dl", {{"class", "facts"}});
      const auto fact = [&](Phrase name, const std::string& value) {
        if (value.empty()) return;
        markup_.element("dt", {}, page_.say(name));
        const auto description = markup_.scope("dd");
        markup_.element("code", {}, value);
      };
      fact(Phrase::seed, std::to_string(result_.seed));
      fact(Phrase::version, result_.version);
      fact(Phrase::digest_order, result_.order_digest);
      fact(Phrase::digest_results, result_.results_digest);
      fact(Phrase::scenario_digest, result_.scenario_sha256);
    }
    if (result_.scenario_text.empty()) return;
    const auto details = markup_.scope("details");
    markup_.element("summary", {}, page_.say(Phrase::scenario_text));
    const std::string_view text = result_.scenario_text;
    std::size_t shown = std::min(text.size(), scenario_bytes_max);
    // Cut between characters, not inside one.
    while (shown < text.size() && shown > 0 &&
           (static_cast<unsigned char>(text[shown]) & 0xC0) == 0x80)
      --shown;
    {
      const auto pre = markup_.scope("pre");
      markup_.text(text.substr(0, shown), LineBreaks::keep);
    }
    if (shown < text.size()) {
      markup_.element(
          "p", {{"class", "note"}},
          page_.say(Phrase::scenario_cut, bytes_text(static_cast<double>(shown), page_.language),
                    bytes_text(static_cast<double>(text.size()), page_.language)));
    }
  }

 private:
  /// Six digits, in base units as the claim itself.
  std::string claim_value(double value) const {
    std::string text = std::isnan(value) ? "–" : fmt::format("{:.6g}", value);
    if (page_.language == Language::russian) std::replace(text.begin(), text.end(), '.', ',');
    return text;
  }

  void expectation_row(const sim::ExpectationResult& expectation) {
    const auto row = markup_.scope("tr");
    {
      const auto claim = markup_.scope("th", {{"scope", "row"}, {"class", "name path"}});
      markup_.element("code", {}, expectation.claim);
    }
    cell(!expectation.word.empty() ? expectation.word
         : expectation.found       ? claim_value(expectation.value)
                                   : page_.say(Phrase::names_no_value));
    cell(page_.say(expectation.held ? Phrase::held : Phrase::failed),
         expectation.held ? "text good" : "text bad");
  }

  static int rank_of_interval(std::string_view path) {
    if (path.starts_with("requests.by_class")) return 2;
    if (path.starts_with("requests.")) return 0;
    const bool is_load = path.ends_with(".utilization") || path.ends_with(".queue_length_mean") ||
                         path.ends_with(".hit_ratio");
    return path.starts_with("slos.") || (path.starts_with("groups.") && is_load) ? 1 : 2;
  }

  void interval_row(const std::string& path, const sim::Interval& interval) {
    const auto row = markup_.scope("tr");
    {
      const auto name = markup_.scope("th", {{"scope", "row"}, {"class", "name path"}});
      markup_.element("code", {}, path);
    }
    cell(scalar_text(path, interval.mean, page_.language));
    cell(std::isnan(interval.half_width)
             ? "–"
             : "± " + scalar_text(path, interval.half_width, page_.language));
    cell(interval.mean == 0
             ? "–"
             : ratio_text(interval.half_width / std::abs(interval.mean), page_.language));
    cell(scalar_text(path, interval.stddev, page_.language));
  }
};

}  // namespace

void write_claims(HtmlState& state) {
  ClaimsPart part(state);
  part.expectations();
  part.intervals();
  part.repeat();
}

}  // namespace faultline::reports
