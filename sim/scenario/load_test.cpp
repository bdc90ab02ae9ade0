#include "sim/scenario/load_test.hpp"

#include <algorithm>

#include "sim/measure/slo.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::sim {

void LoadTestWatch::describe(ParamList<LoadTestWatch>& list) {
  list.add("slo", &LoadTestWatch::slo,
           "Name of the objective that is watched; without it, the first of `slos`");
  list.add("clients", &LoadTestWatch::clients, "Whose load it is; without it, of all clients");
  list.add("window", &LoadTestWatch::window, "The objective is judged anew after each of these")
      .above(Duration(0));
  list.add(
          "windows", &LoadTestWatch::windows,
          "How many windows in a row must be in breach for it to be broken, or not, for it to have "
          "recovered")
      .between(1, 1'000'000);
  list.add("ends_run", &LoadTestWatch::ends_run, "Whether the run ends as soon as it is broken");
}

LoadTestMonitor::LoadTestMonitor(System& system, const Choice<LoadTest>& choice,
                                 const SloMeter& meter)
    : Event(&fire),
      system_(system),
      type_(choice.name()),
      test_(choice.make({})),
      curve_(test_->curve()),
      meter_(meter) {
  set_tag(static_cast<std::uint32_t>(system.nodes().size()), EventKind::statistics);
  result_.type = type_;
  result_.slo = meter.slo().name;
  for (const NodeRef& clients : test_->watch().clients) {
    for (const Node* node : system.find(clients.name)) clients_.push_back(node);
  }
}

LoadTestMonitor::~LoadTestMonitor() { system_.kernel().cancel_if_scheduled(*this); }

void LoadTestMonitor::add_load(double requests_per_second, double users) {
  rate_usual_ += requests_per_second;
  users_usual_ += users;
}

bool LoadTestMonitor::strikes(const Node& node) const {
  return clients_.empty() || std::find(clients_.begin(), clients_.end(), &node) != clients_.end();
}

void LoadTestMonitor::start() {
  window_begin_ = system_.kernel().now();
  system_.kernel().schedule_after(*this, test_->watch().window);
}

void LoadTestMonitor::fire(Event& event) { static_cast<LoadTestMonitor&>(event).close_window(); }

bool LoadTestMonitor::is_in_breach(std::uint64_t ended, std::uint64_t good) const {
  if (ended == 0) return system_.requests().in_flight() > 0;
  constexpr double rounding = 1e-9;
  const double bad = static_cast<double>(ended - good);
  const double target = meter_.slo().target.value;
  return bad > (1 - target) * static_cast<double>(ended) * (1 + rounding);
}

void LoadTestMonitor::close_window() {
  const LoadTestWatch& watch = test_->watch();
  const Time now = system_.kernel().now();
  const std::uint64_t ended = meter_.total() - total_before_;
  const std::uint64_t good = meter_.good_count() - good_before_;
  const std::uint64_t sent = system_.requests().sent_total() - sent_before_;
  total_before_ += ended;
  good_before_ += good;
  sent_before_ += sent;
  const Time begin = std::exchange(window_begin_, now);
  system_.kernel().schedule_after(*this, watch.window);
  // The objective does not count what was sent in the warm-up.
  if (begin < system_.requests().slos_from()) return;
  if (is_in_breach(ended, good) == in_breach_) {
    in_row_ = 0;
    return;
  }
  if (in_row_++ == 0) {
    row_begin_ = begin;
    row_sent_ = static_cast<double>(sent) / to_seconds(watch.window);
  }
  if (in_row_ < watch.windows) return;
  in_row_ = 0;
  in_breach_ = !in_breach_;
  if (!in_breach_) {
    result_.recovered_at_seconds = to_seconds(row_begin_);
    return;
  }
  result_.recovered_at_seconds = LoadTestResult::none;
  if (result_.broken_runs > 0) return;
  result_.broken_runs = 1;
  result_.broken_at_seconds = to_seconds(row_begin_);
  const double middle = to_seconds(row_begin_ + watch.window / 2);
  result_.factor = curve_.at(middle);
  if (rate_usual_ > 0) result_.rate_per_second = rate_usual_ * result_.factor;
  if (users_usual_ > 0) result_.users = users_usual_ * result_.factor;
  result_.sent_per_second = row_sent_;
  if (!watch.ends_run) return;
  ended_run_ = true;
  system_.kernel().request_pause();
}

LoadTestResult LoadTestMonitor::result() const {
  LoadTestResult result = result_;
  result.runs = 1;
  // The highest load so far; corners are where a curve is highest.
  const double now = to_seconds(system_.kernel().now());
  double highest = std::max(curve_.at(0), curve_.at(now));
  for (const RatePoint& point : curve_.points()) {
    if (point.seconds <= now) highest = std::max(highest, point.factor);
  }
  if (rate_usual_ > 0) result.highest_rate_per_second = rate_usual_ * highest;
  if (users_usual_ > 0) result.highest_users = users_usual_ * highest;
  return result;
}

}  // namespace faultline::sim
