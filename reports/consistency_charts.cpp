#include "reports/consistency_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "reports/witness_text.hpp"

namespace faultline::reports {
namespace {

constexpr double font = 11.5;
constexpr std::size_t lanes_max = 12;
constexpr std::size_t operations_max = 24;

struct NamedModel {
  std::string_view model;
  Phrase name;
};
constexpr std::array<NamedModel, 19> named_models = {
    {{"linearizable", Phrase::model_linearizable},
     {"sequential", Phrase::model_sequential},
     {"causal", Phrase::model_causal},
     {"pram", Phrase::model_pram},
     {"session", Phrase::session_held},
     {"none", Phrase::none_held},
     {"", Phrase::not_decided},
     {"read_your_writes", Phrase::model_read_your_writes},
     {"monotonic_reads", Phrase::model_monotonic_reads},
     {"monotonic_writes", Phrase::model_monotonic_writes},
     {"writes_follow_reads", Phrase::model_writes_follow_reads},
     {"regular", Phrase::model_regular},
     {"causal_convergence", Phrase::model_causal_convergence},
     {"strict_serializable", Phrase::level_strict_serializable},
     {"serializable", Phrase::level_serializable},
     {"snapshot_isolation", Phrase::level_snapshot_isolation},
     {"prefix", Phrase::level_prefix},
     {"read_atomic", Phrase::level_read_atomic},
     {"read_committed", Phrase::level_read_committed}}};

/// A rectangle that text must not cover.
struct Taken {
  double left, top, right, bottom;
  bool overlaps(const Taken& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

bool is_free(const std::vector<Taken>& taken, const Taken& place) {
  return std::none_of(taken.begin(), taken.end(),
                      [&place](const Taken& each) { return each.overlaps(place); });
}

// --- The witness.

/// Where the events of a witness stand: one after the other, equally far apart.
class EventOrder {
 public:
  explicit EventOrder(const std::vector<sim::consistency::WitnessOperation>& operations) {
    for (const auto& operation : operations) {
      times_.push_back(operation.invoked);
      if (operation.completed != sim::time_max) times_.push_back(operation.completed);
    }
    std::sort(times_.begin(), times_.end());
    times_.erase(std::unique(times_.begin(), times_.end()), times_.end());
  }
  std::size_t size() const { return times_.size(); }
  const std::vector<sim::Time>& times() const { return times_; }
  /// Behind all others if it never came.
  std::size_t place(sim::Time time) const {
    return static_cast<std::size_t>(std::lower_bound(times_.begin(), times_.end(), time) -
                                    times_.begin());
  }

 private:
  std::vector<sim::Time> times_;
};

class WitnessPicture {
 public:
  WitnessPicture(PageWriter& page, const sim::consistency::Witness& witness)
      : page_(page), markup_(page.markup), operations_(witness.operations) {
    if (operations_.size() > operations_max) operations_.resize(operations_max);
    for (const auto& operation : operations_) {
      texts_.push_back(checker_operation(operation.text, page.language));
    }
    order_ = EventOrder(operations_);
    clocked_ = witness.clock == sim::consistency::History::Clock::nanoseconds;
    for (const auto& operation : operations_) {
      const std::pair lane{operation.session, operation.node};
      if (std::find(lanes_.begin(), lanes_.end(), lane) == lanes_.end()) lanes_.push_back(lane);
    }
    std::sort(lanes_.begin(), lanes_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first.size(), a) < std::pair(b.first.size(), b);
    });
    if (lanes_.size() > lanes_max) lanes_.resize(lanes_max);
  }

  double height() const { return area().bottom() + 30; }

  std::string description() const {
    std::string text;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (!text.empty()) text += "; ";
      text += page_.say(Phrase::session_number, operations_[i].session) + ": " + texts_[i];
    }
    return text;
  }

  void draw() {
    draw_time();
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) draw_lane(lane);
    for (std::size_t i = 0; i < operations_.size(); ++i) draw_operation(operations_[i], texts_[i]);
  }

 private:
  static constexpr double lane_height = 56;

  PlotArea area() const {
    return {150, 8, chart_width_wide - 150 - 20, lane_height * static_cast<double>(lanes_.size())};
  }
  double x(std::size_t place) const {
    const double step = area().width / static_cast<double>(std::max<std::size_t>(order_.size(), 1));
    return area().left + step * (static_cast<double>(place) + 0.5);
  }
  double y(std::size_t lane) const {
    return area().top + lane_height * (static_cast<double>(lane) + 0.5);
  }

  void draw_time() {
    double taken = -1e9;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      markup_.empty("path",
                    {{"class", "grid"},
                     {"d", fmt::format("M{} {}V{}", coordinate(x(i)), coordinate(area().top),
                                       coordinate(area().bottom() + 4))}});
      if (!clocked_) continue;
      const sim::Duration since = order_.times()[i] - order_.times().front();
      const std::string label =
          i == 0 ? "0" : "+" + seconds_text(sim::to_seconds(since), page_.language);
      const double half = text_width(label, font) / 2;
      if (x(i) - half < taken + 6) continue;
      draw_text(markup_, x(i), area().bottom() + 18, label, "tick", "middle");
      taken = x(i) + half;
    }
  }

  void draw_lane(std::size_t lane) {
    const auto& [session, node] = lanes_[lane];
    const std::string name = page_.say(Phrase::session_number, session);
    const double middle = y(lane);
    draw_text(markup_, 4, node.empty() ? middle + 4 : middle - 2, fitted(name, 138, font),
              "tick strong");
    if (!node.empty()) draw_text(markup_, 4, middle + 13, fitted(node, 138, 10.5), "small");
    markup_.empty("path", {{"class", "lane"},
                           {"d", fmt::format("M{} {}H{}", coordinate(area().left),
                                             coordinate(middle), coordinate(area().right()))}});
  }

  void draw_operation(const sim::consistency::WitnessOperation& operation,
                      const std::string& text) {
    const auto lane =
        std::find(lanes_.begin(), lanes_.end(), std::pair{operation.session, operation.node});
    if (lane == lanes_.end()) return;
    const double middle = y(static_cast<std::size_t>(lane - lanes_.begin()));
    const double from = x(order_.place(operation.invoked));
    const bool open =
        operation.outcome == sim::Outcome::unknown || operation.completed == sim::time_max;
    const double to = open ? area().right() + 14 : x(order_.place(operation.completed));
    const bool reads = operation.text.starts_with("read");
    constexpr double bar = 12;
    markup_.empty("rect", {{"x", coordinate(from)},
                           {"y", coordinate(middle - bar / 2)},
                           {"width", coordinate(std::max(to - from, 4.0))},
                           {"height", coordinate(bar)},
                           {"rx", "4"},
                           {"class", fmt::format("op {}{}", reads ? "op-read" : "op-write",
                                                 open ? " op-open" : "")}});
    // Above its bar, or below where another label is in the way.
    const double width = text_width(text, font);
    const double start = std::min(from, area().right() + 14 - width);
    const Taken above{start, middle - 24, start + width, middle - 8};
    const Taken below{start, middle + 8, start + width, middle + 24};
    const bool fits_above = is_free(labels_, above);
    labels_.push_back(fits_above ? above : below);
    draw_text(markup_, start, fits_above ? middle - 11 : middle + 19, text, "tick strong halo");
  }

  PageWriter& page_;
  Markup& markup_;
  std::vector<sim::consistency::WitnessOperation> operations_;
  std::vector<std::string> texts_;  ///< Of them, in the language of the page.
  EventOrder order_{{}};
  bool clocked_ = true;
  std::vector<std::pair<std::string, std::string>> lanes_;  ///< Session and node.
  std::vector<Taken> labels_;
};

}  // namespace

std::string model_name(const PageWriter& page, std::string_view model) {
  for (const NamedModel& each : named_models) {
    if (each.model == model) return page.say(each.name);
  }
  return std::string(model);
}

std::string model_class(std::string_view model) {
  return fmt::format("model m-{}", model.empty() ? "undecided" : model);
}

void write_checker_sentence(PageWriter& page, std::string_view element,
                            const std::string& english) {
  if (const auto sentence = checker_sentence(english, page.language)) {
    page.markup.element(element, {}, *sentence);
  } else {
    page.markup.element(element, {{"lang", "en"}}, english);
  }
}

void draw_witness(PageWriter& page, const std::string& model, const sim::ModelVerdicts& verdicts) {
  const sim::consistency::Witness& witness = verdicts.witness;
  if (witness.operations.empty()) return;
  const std::string title = page.say(Phrase::witness_of, model_name(page, model));
  const double begin = sim::to_seconds(witness.operations.front().invoked);
  Figure figure(page, title,
                page.say(Phrase::witness_window, verdicts.witness_replication + 1,
                         time_text(begin, page.language)),
                true);
  write_checker_sentence(page, "p", witness.why);
  figure.legend({{"op op-write", page.say(Phrase::write_operation), true},
                 {"op op-read", page.say(Phrase::read_operation), true}});
  {
    WitnessPicture drawing(page, witness);
    const auto scroll = page.markup.scope("div", {{"class", "scroll"}});
    const Picture picture(page, chart_width_wide, drawing.height(), title, drawing.description());
    drawing.draw();
  }
  figure.note(page.say(Phrase::witness_note));
}

void draw_freshness(PageWriter& page, const sim::ConsistencyResult& consistency,
                    const std::string& window) {
  Markup& markup = page.markup;
  const std::string title = page.say(Phrase::fresh_reads);
  Figure figure(page, title, window);
  std::size_t first = sim::freshness_buckets;
  std::size_t last = 0;
  for (std::size_t i = 0; i < sim::freshness_buckets; ++i) {
    if (consistency.freshness[i].reads == 0) continue;
    first = std::min(first, i);
    last = i;
  }
  if (first > last) {
    figure.note(page.say(Phrase::no_data));
    return;
  }
  const auto bound = [](std::size_t index) {
    constexpr double least = 5e-6;
    constexpr double most = 1000;
    return std::clamp(sim::freshness_from_seconds(index), least, most);
  };
  const Axis time =
      Axis::logarithmic(bound(first), bound(last + 1), Quantity::seconds, 8, page.language);
  const Axis share = Axis::linear(1, Quantity::ratio, 4, page.language);
  const PlotArea area{64, 14, chart_width - 64 - 30, 200};
  std::string description;
  {
    for (std::size_t i = first; i <= last; ++i) {
      const sim::FreshnessBucket& bucket = consistency.freshness[i];
      if (bucket.reads == 0) continue;
      const double ratio = static_cast<double>(bucket.fresh) / static_cast<double>(bucket.reads);
      description += fmt::format("{}: {}; ", time_text(bound(i), page.language),
                                 ratio_text(ratio, page.language));
    }
    const Picture picture(page, chart_width, area.bottom() + 28, title, description);
    draw_y_axis(markup, area, share);
    draw_x_axis(markup, area, time, false);
    std::string bars;
    for (std::size_t i = first; i <= last; ++i) {
      const sim::FreshnessBucket& bucket = consistency.freshness[i];
      if (bucket.reads == 0) continue;
      const double ratio = static_cast<double>(bucket.fresh) / static_cast<double>(bucket.reads);
      bars += fmt::format("M{} {}V{}H{}V{}z", coordinate(area.x(time.place(bound(i))) + 0.5),
                          coordinate(area.bottom()),
                          coordinate(std::min(area.y(share.place(ratio)), area.bottom() - 0.6)),
                          coordinate(area.x(time.place(bound(i + 1))) - 0.5),
                          coordinate(area.bottom()));
    }
    markup.empty("path", {{"class", "bar"}, {"d", bars}});
  }
  figure.note(page.say(Phrase::fresh_axis) + " · " + page.say(Phrase::logarithmic));
}

namespace {

/// Places of labels beside their points: right, left, above or below, whichever is free.
struct Label {
  double x;
  double y;
  std::string_view anchor;
};
Label place_label(double x, double y, double width, const PlotArea& area,
                  std::vector<Taken>& taken) {
  const auto box = [&](double left, double baseline) {
    return Taken{left, baseline - 12, left + width, baseline + 4};
  };
  std::vector<std::pair<Label, Taken>> places;
  for (const double down : {0.0, -18.0, 18.0, -34.0, 34.0, -50.0, 50.0}) {
    places.push_back({{x + 12, y + 4 + down, "start"}, box(x + 12, y + 4 + down)});
    places.push_back({{x - 12, y + 4 + down, "end"}, box(x - 12 - width, y + 4 + down)});
  }
  for (const auto& [label, place] : places) {
    const bool inside = place.left >= area.left && place.right <= chart_width_wide &&
                        place.top >= 0 && place.bottom <= area.bottom() + 2;
    if (!inside || !is_free(taken, place)) continue;
    taken.push_back(place);
    return label;
  }
  taken.push_back(places.front().second);
  return places.front().first;
}

}  // namespace

void draw_cap_chart(PageWriter& page, const std::vector<CapPoint>& all) {
  Markup& markup = page.markup;
  std::vector<CapPoint> points;
  std::copy_if(all.begin(), all.end(), std::back_inserter(points), [](const CapPoint& point) {
    return std::isfinite(point.latency_p99_seconds) && std::isfinite(point.availability);
  });
  const std::string title = page.say(Phrase::cap_chart);
  Figure figure(page, title, page.say(Phrase::cap_note), true);
  if (points.empty()) {
    figure.note(page.say(Phrase::no_data));
    return;
  }
  double lowest = std::numeric_limits<double>::infinity();
  double highest = 0;
  std::vector<LegendEntry> legend;
  for (const NamedModel& model : named_models) {
    const bool used = std::any_of(points.begin(), points.end(), [&model](const CapPoint& point) {
      return point.strongest == model.model;
    });
    if (used) legend.push_back({model_class(model.model), page.say(model.name), true});
  }
  for (const CapPoint& point : points) {
    lowest = std::min(lowest, point.latency_p99_seconds);
    highest = std::max(highest, point.latency_p99_seconds);
  }
  figure.legend(legend);
  const Axis latency =
      Axis::logarithmic(lowest / 1.3, highest * 1.3, Quantity::seconds, 9, page.language);
  const Axis availability = Axis::linear(1, Quantity::ratio, 4, page.language);
  const PlotArea area{64, 44, chart_width_wide - 64 - 150, 380};
  std::string description;
  for (const CapPoint& point : points) {
    description += fmt::format(
        "{}: {}, {}, {}; ", point.name, seconds_text(point.latency_p99_seconds, page.language),
        ratio_text(point.availability, page.language), model_name(page, point.strongest));
  }
  {
    const Picture picture(page, chart_width_wide, area.bottom() + 50, title, description);
    draw_text(markup, 4, 12, page.say(Phrase::cap_availability), "tick");
    draw_y_axis(markup, area, availability);
    draw_x_axis(markup, area, latency, true);
    draw_text(markup, area.right(), area.bottom() + 40, page.say(Phrase::cap_latency), "tick",
              "end");
    std::vector<Taken> taken = {{0, 0, area.right(), 18}};  // The name of the vertical axis.
    const auto place = [&](const CapPoint& point) {
      return std::pair{area.x(latency.place(point.latency_p99_seconds)),
                       area.y(availability.place(point.availability))};
    };
    for (const CapPoint& point : points) {
      const auto [x, y] = place(point);
      taken.push_back({x - 8, y - 8, x + 8, y + 8});
    }
    for (const CapPoint& point : points) {
      const auto [x, y] = place(point);
      markup.empty("circle", {{"cx", coordinate(x)},
                              {"cy", coordinate(y)},
                              {"r", "7"},
                              {"class", model_class(point.strongest)}});
      const std::string text =
          fitted(point.name + " · " + model_name(page, point.strongest), area.width * 0.6, font);
      const Label label = place_label(x, y, text_width(text, font), area, taken);
      draw_text(markup, label.x, label.y, text, "tick strong halo", label.anchor);
    }
  }
  figure.note(page.say(Phrase::logarithmic));
}

}  // namespace faultline::reports
