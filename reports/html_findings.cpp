#include <algorithm>
#include <string>

#include "reports/findings_text.hpp"
#include "reports/html_part.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t findings_shown_max = 10;  ///< Of a kind.
constexpr std::size_t parts_shown_max = 20;     ///< Of a finding.

class FindingsPart final : HtmlPart {
 public:
  explicit FindingsPart(HtmlState& state) : HtmlPart(state) {}

  void write() {
    if (result_.findings.empty()) return;
    heading(Phrase::findings);
    for (const auto& [name, kind] : result_.findings.kinds()) {
      const auto card = markup_.scope("div", {{"class", "card flow"}});
      markup_.element("h3", {},
                      page_.say(Phrase::finding_count, finding_kind_text(name, page_.language),
                                count(kind.count)));
      const std::size_t shown = std::min(kind.kept.size(), findings_shown_max);
      for (std::size_t i = 0; i < shown; ++i) one(kind.kept[i]);
      more(kind.count, shown);
    }
  }

 private:
  void one(const sim::Finding& finding) {
    std::string where =
        page_.say(Phrase::finding_at, finding.node, time_text(finding.at_seconds, page_.language));
    if (result_.replications > 1)
      where += " · " + page_.say(Phrase::finding_replication, count(finding.replication + 1));
    markup_.element("p", {{"class", "window"}}, where);
    const auto list = markup_.scope("ul");
    const std::size_t shown = std::min(finding.parts.size(), parts_shown_max);
    for (std::size_t i = 0; i < shown; ++i)
      markup_.element("li", {}, finding_part_text(finding, i, page_.language));
    if (shown < finding.parts.size()) markup_.element("li", {}, "…");
  }
};

}  // namespace

void write_findings(HtmlState& state) { FindingsPart(state).write(); }

}  // namespace faultline::reports
