#include "reports/html.hpp"

#include "reports/html_part.hpp"
#include "reports/page_style.hpp"

namespace faultline::reports {
namespace {

/// The page around its parts.
class HtmlPage final : HtmlPart {
 public:
  explicit HtmlPage(HtmlState& state) : HtmlPart(state) {}

  std::string write(const std::function<void()>& write_body) {
    markup_.raw("<!DOCTYPE html>\n");
    const std::string theme =
        options_.theme == "light" || options_.theme == "dark" ? options_.theme : "auto";
    {
      const auto html = markup_.scope(
          "html",
          {{"lang", page_.language == Language::russian ? "ru" : "en"}, {"data-theme", theme}});
      head();
      const auto body = markup_.scope("body");
      hatching();
      write_body();
      markup_.element("footer", {}, page_.say(Phrase::made_by, result_.version));
    }
    return markup_.str();
  }

 private:
  void head() {
    const auto head = markup_.scope("head");
    markup_.empty("meta", {{"charset", "utf-8"}});
    markup_.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                           {"content",
                            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                            "form-action 'none'"}});
    markup_.empty("meta",
                  {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    markup_.empty(
        "meta", {{"name", "generator"}, {"content", page_.say(Phrase::made_by, result_.version)}});
    markup_.element("title", {}, title() + " · Faultline");
    const auto style = markup_.scope("style");
    markup_.raw(page_style());
  }

  /// The pattern that marks the warm-up, defined once for all charts.
  void hatching() {
    const auto svg = markup_.scope(
        "svg",
        {{"width", "0"}, {"height", "0"}, {"aria-hidden", "true"}, {"style", "position:absolute"}});
    const auto pattern = markup_.scope("pattern", {{"id", "hatch"},
                                                   {"width", "6"},
                                                   {"height", "6"},
                                                   {"patternUnits", "userSpaceOnUse"},
                                                   {"patternTransform", "rotate(45)"}});
    markup_.empty("path", {{"class", "hatching"}, {"d", "M0 0V6"}});
  }
};

}  // namespace

std::string html_page(HtmlState& state, const std::function<void()>& write_body) {
  return HtmlPage(state).write(write_body);
}

std::string html_report(const sim::Result& result, const HtmlOptions& options) {
  HtmlState state(result, options);
  return html_page(state, [&state] {
    write_top(state);
    const auto main = state.page.markup.scope("main");
    write_overview(state);
    write_latency(state);
    write_consistency(state);
    write_cost(state);
    write_log(state);
    write_findings(state);
    write_slos(state);
    write_nodes(state);
    write_claims(state);
  });
}

}  // namespace faultline::reports
