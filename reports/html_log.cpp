#include "reports/html_part.hpp"

namespace faultline::reports {
namespace {

/// What scaled and deployed, as it says it itself.
class LogPart final : HtmlPart {
 public:
  explicit LogPart(HtmlState& state) : HtmlPart(state) {}

  void write() {
    if (result_.log.empty()) return;
    heading(Phrase::log);
    {
      const auto scroll = scroll_area(page_.say(Phrase::log));
      const auto table = markup_.scope("table");
      table_head(
          series_window(),
          {{page_.say(Phrase::log_time), "text"}, {page_.say(Phrase::node), "text"}, {"", "text"}});
      const auto body = markup_.scope("tbody");
      std::size_t shown = 0;
      for (const sim::LogEntry& entry : result_.log) {
        if (shown++ == list_rows_max) break;
        const auto row = markup_.scope("tr");
        row_head(fixed_text(entry.at_seconds, 1, page_.language));
        cell(entry.node, "text");
        cell(entry.text, "text");
      }
    }
    more(result_.log.size(), list_rows_max);
  }
};

}  // namespace

void write_log(HtmlState& state) { LogPart(state).write(); }

}  // namespace faultline::reports
