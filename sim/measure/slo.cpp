#include "sim/measure/slo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/param/assert.hpp"

namespace faultline::sim {
namespace {

constexpr std::string_view spaces = " \t\r\n";

/// Cuts an indicator into words: "latency<50ms" is "latency", "<", "50ms".
std::vector<std::string_view> words_of(std::string_view text) {
  const auto is_comparison = [](char c) { return c == '<' || c == '>' || c == '=' || c == '!'; };
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin < text.size();) {
    if (spaces.find(text[begin]) != std::string_view::npos) {
      ++begin;
      continue;
    }
    const bool comparison = is_comparison(text[begin]);
    std::size_t end = begin + 1;
    while (end < text.size() && spaces.find(text[end]) == std::string_view::npos &&
           is_comparison(text[end]) == comparison) {
      ++end;
    }
    words.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

/// Reads the words of an indicator from left to right. `error` says what is wrong with the first
/// that does not fit.
class IndicatorReader {
 public:
  explicit IndicatorReader(std::vector<std::string_view> words) : words_(std::move(words)) {}

  bool read() {
    if (!read_term()) return false;
    while (next_ < words_.size()) {
      if (words_[next_] != "and") return fail("expected \"and\" or the end");
      ++next_;
      if (!read_term()) return false;
    }
    return true;
  }
  std::int64_t latency_max() const { return latency_max_; }
  const std::string& error() const { return error_; }
  const std::string& hint() const { return hint_; }

 private:
  std::string found() const { return next_ < words_.size() ? in_quotes(words_[next_]) : "the end"; }
  bool fail(std::string_view expectation) {
    error_ = fmt::format("{}, got {}", expectation, found());
    return false;
  }
  bool read_term() {
    if (next_ < words_.size() && words_[next_] == "ok") {
      ++next_;
      return true;
    }
    if (next_ == words_.size() || words_[next_] != "latency") {
      if (next_ < words_.size()) {
        hint_ = suggestion(words_[next_], {"latency", "ok"});
      } else {
        hint_ = "write, for example, \"latency < 50ms\", \"ok\" or \"ok and latency <= 1s\"";
      }
      return fail("expected \"latency\" or \"ok\"");
    }
    ++next_;
    if (next_ == words_.size() || (words_[next_] != "<" && words_[next_] != "<=")) {
      return fail("expected \"<\" or \"<=\" after \"latency\"");
    }
    const bool inclusive = words_[next_++] == "<=";
    if (next_ == words_.size()) return fail("expected a duration");
    const std::optional<Duration> limit = parse_duration(words_[next_], error_);
    if (!limit) return false;
    const std::int64_t longest = inclusive ? limit->count() : limit->count() - 1;
    if (longest < 0) return fail("expected a limit that a request can keep");
    ++next_;
    latency_max_ = std::min(latency_max_, longest);
    return true;
  }

  std::vector<std::string_view> words_;
  std::size_t next_ = 0;
  std::int64_t latency_max_ = Duration::max().count();
  std::string error_;
  std::string hint_;
};

Indicator indicator_of(const Slo& slo) {
  Problems problems;
  const std::optional<Indicator> indicator = parse_indicator(slo.good, Path(), problems);
  SIM_ASSERT(indicator.has_value());
  return *indicator;
}

bool keeps(std::uint64_t bad, std::uint64_t total, double target) {
  constexpr double rounding = 1e-9;
  return static_cast<double>(bad) <= (1 - target) * static_cast<double>(total) * (1 + rounding);
}

}  // namespace

std::optional<Indicator> parse_indicator(std::string_view text, const Path& path,
                                         Problems& problems) {
  IndicatorReader reader(words_of(text));
  if (!reader.read()) {
    problems.add(path, reader.error(), reader.hint());
    return std::nullopt;
  }
  return Indicator(Duration(reader.latency_max()));
}

void Slo::describe(ParamList<Slo>& list) {
  list.add("name", &Slo::name, "Name in reports and charts").required().not_empty();
  list.add("good", &Slo::good,
           "Which requests are good: \"latency < 50ms\", \"ok\", or several joined by \"and\"; a "
           "request that did not end ok never is")
      .required();
  list.add("target", &Slo::target, "Share of the requests that must be good")
      .required()
      .above({0})
      .below({1});
  list.add("window", &Slo::window, "Period the promise is made for").above(Duration(0));
  list.add("node", &Slo::node, "Whose requests; without it those of all clients");
  list.add("request_class", &Slo::request_class,
           "Only requests of this class; without it requests of all");
}

void Slo::check(const Slo& slo, const Path& path, Problems& problems) {
  parse_indicator(slo.good, path / "good", problems);
}

void complete(SloResult& result) {
  result.ratio = 1;
  result.met = true;
  result.budget_used = 0;
  if (result.total == 0) return;
  const std::uint64_t bad = result.total - result.good_count;
  const auto total = static_cast<double>(result.total);
  result.ratio = static_cast<double>(result.good_count) / total;
  result.met = keeps(bad, result.total, result.target);
  result.budget_used = static_cast<double>(bad) / total / (1 - result.target);
}

SloMeter::SloMeter(const Slo& slo, const SeriesClock& clock)
    : slo_(slo), indicator_(indicator_of(slo)), total_(clock), bad_(clock) {
  SIM_ASSERT(slo.target.value > 0);
  SIM_ASSERT(slo.target.value < 1);
}

SloResult SloMeter::result(Time end) const {
  SloResult result;
  result.name = slo_.name;
  result.good = slo_.good;
  result.window = to_text(slo_.window);
  result.target = slo_.target.value;
  result.good_count = good_count();
  result.total = total_count_;
  complete(result);

  const SeriesClock clock = total_.clock_at(end);
  const std::vector<std::uint64_t> total = total_.counts(end);
  const std::vector<std::uint64_t> bad = bad_.counts(end);
  bool in_breach = false;
  for (std::size_t step = 0; step < total.size(); ++step) {
    if (total[step] == 0) continue;
    if (keeps(bad[step], total[step], result.target)) {
      in_breach = false;
      continue;
    }
    const Time begin = clock.step_begin(step);
    const double to = to_seconds(begin + clock.step_length(step, end));
    if (in_breach) {
      result.breaches.back().to_seconds = to;
    } else {
      result.breaches.push_back({.name = slo_.name + ": breach",
                                 .kind = "breach",
                                 .from_seconds = to_seconds(begin),
                                 .to_seconds = to});
    }
    in_breach = true;
  }
  return result;
}

double BurnAlert::threshold() const {
  return budget_share * static_cast<double>(period.count()) / static_cast<double>(window.count());
}

Duration BurnAlert::time_to_fire(double error_ratio, Probability target) const {
  // After t of errors the window holds t / window of them.
  const double share = threshold() * (1 - target.value) / error_ratio;
  if (!(share <= 1)) return Duration::max();
  return from_seconds(share * to_seconds(window));
}

Duration outage_budget(Probability target, Duration period) {
  return from_seconds((1 - target.value) * to_seconds(period));
}

double apdex(const ApdexCounts& counts) {
  const std::uint64_t all = counts.satisfied + counts.tolerating + counts.frustrated;
  if (all == 0) return 1;
  return (static_cast<double>(counts.satisfied) + static_cast<double>(counts.tolerating) / 2) /
         static_cast<double>(all);
}

}  // namespace faultline::sim
