#include <fmt/format.h>

#include <cmath>

#include "reports/html_part.hpp"

namespace faultline::reports {
namespace {

class CostPart final : HtmlPart {
 public:
  explicit CostPart(HtmlState& state) : HtmlPart(state), cost_(state.result.cost) {}

  void write() {
    if (cost_.runs == 0) return;
    heading(Phrase::cost);
    std::string what = window();
    if (!cost_.prices.empty()) {
      what += " · " + page_.say(Phrase::prices_of, cost_.prices, cost_.date);
    }
    markup_.element("p", {{"class", "window"}}, what);
    tiles();
    groups();
  }

 private:
  std::string money(double value) const {
    if (std::isnan(value)) return "–";
    return number_text(value, page_.language) + ' ' + cost_.currency;
  }
  void tile(const std::string& name, const std::string& value) {
    const auto tile = markup_.scope("div");
    markup_.element("dt", {}, name);
    markup_.element("dd", {}, value);
  }
  void tiles() {
    const auto tiles = markup_.scope("dl", {{"class", "tiles"}});
    tile(page_.say(Phrase::cost_of_million), money(cost_.per_million_requests()));
    tile(page_.say(Phrase::cost_of_month), money(cost_.per_month()));
    tile(page_.say(Phrase::cost_of_run), money(cost_.all.total()));
  }
  void groups() {
    const auto scroll = scroll_area(page_.say(Phrase::cost));
    const auto table = markup_.scope("table");
    table_head(cost_.currency + " · " + window(),
               {{page_.say(Phrase::name), "text"},
                {page_.say(Phrase::cost_hours), "", "hours"},
                {page_.say(Phrase::cost_machines), "", "machines"},
                {page_.say(Phrase::cost_requests), "", "requests"},
                {page_.say(Phrase::cost_moved), "", "moved"},
                {page_.say(Phrase::cost_stored), "", "stored"},
                {page_.say(Phrase::cost_total), "", "total"}});
    const auto body = markup_.scope("tbody");
    std::size_t shown = 0;
    for (const auto& [name, share] : cost_.groups) {
      if (shown++ >= list_rows_max) break;
      const auto row = markup_.scope("tr");
      row_head(name);
      for (const double value : {share.hours, share.machines, share.requests, share.moved,
                                 share.stored, share.total()}) {
        cell(number_text(value, page_.language));
      }
    }
  }

  const sim::CostResult& cost_;
};

}  // namespace

void write_cost(HtmlState& state) { CostPart(state).write(); }

}  // namespace faultline::reports
