#include "reports/topology_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "reports/layered_layout.hpp"
#include "reports/node_rows.hpp"
#include "reports/plain_text.hpp"
#include "sim/network/component.hpp"

namespace faultline::reports {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double box_width = 152;
constexpr double box_height = 62;
constexpr double margin = 18;
constexpr std::size_t boxes_max = 60;
constexpr std::size_t edges_max = 300;
constexpr std::size_t layer_boxes_max = 14;
constexpr std::size_t described_edges_max = 40;

/// One box of the picture.
struct Box {
  std::string name;
  std::string subtitle;
  std::string count_text;  ///< "×8", or empty.
  bool stacked = false;
  bool has_position = false;
  Point centre;
  double utilization = nan;
  std::string figure;  ///< What stands beside the bar, or in its place.
};

struct Arrow {
  GraphEdge ends;
  std::string role;
  std::vector<Point> way;
};

/// Makes the boxes and arrows: one box a group, or several groups in one.
class TopologyBuilder {
 public:
  TopologyBuilder(const PageWriter& page, const sim::Result& result)
      : page_(page), result_(result) {
    for (const sim::NodeResult& node : result.nodes) {
      members_[node.group].push_back(&node);
      if (is_sender(node)) ++senders_;
    }
  }

  /// A box for each group.
  void build_groups() {
    build([](const sim::TopologyNode& node) { return node.name; }, false);
  }

  /// As build_groups, but groups of one type with the same callers and callees share a box.
  void build_merged() {
    std::map<std::string, std::set<std::string>> neighbours;
    for (const sim::TopologyEdge& edge : result_.topology_edges) {
      neighbours[edge.from].insert("to " + edge.to);
      neighbours[edge.to].insert("from " + edge.from);
    }
    build(
        [&](const sim::TopologyNode& node) {
          return fmt::format("{}\n{}", node.type, fmt::join(neighbours[node.name], "\n"));
        },
        false);
  }

  /// A box for each type of node.
  void build_types() {
    build([](const sim::TopologyNode& node) { return node.type; }, true);
  }

  std::vector<Box> boxes;
  std::vector<Arrow> arrows;

 private:
  double utilization_of(const std::string& group) const {
    const sim::NodeResult* node = nullptr;
    if (const auto found = result_.groups.find(group); found != result_.groups.end())
      node = &found->second;
    if (node == nullptr) {
      const auto found = members_.find(group);
      if (found == members_.end()) return nan;
      return NodeRow(found->second, nullptr).scalar("utilization");
    }
    const auto found = node->scalars.find("utilization");
    return found == node->scalars.end() ? nan : found->second;
  }

  void set_utilization(Box& box, double utilization) const {
    box.utilization = utilization;
    if (!std::isnan(utilization)) box.figure = percent_text(utilization, page_.language);
  }

  /// What is said of a group without utilisation: the latency its requests saw if it sends, else
  /// what it receives.
  std::string flow_text(const std::vector<const sim::NodeResult*>& members) const {
    const sim::NodeResult& first = *members.front();
    if (is_sender(first)) {
      const sim::Histogram* latency = NodeRow(first).histogram("latency_seconds");
      if (senders_ == 1 && latency == nullptr) latency = &result_.requests.latency;
      const double p99 = quantile_seconds(latency, 0.99);
      return std::isnan(p99) || members.size() > 1 ? ""
                                                   : "p99 " + seconds_text(p99, page_.language);
    }
    if (!(result_.measured_seconds > 0)) return {};
    std::uint64_t received = 0;
    for (const sim::NodeResult* node : members) received += node->counts.sent;
    // Pooled counts are of all replications.
    const double measured = result_.measured_seconds * static_cast<double>(result_.replications);
    return rate_text(static_cast<double>(received) / measured, page_.language);
  }

  Box group_box(const sim::TopologyNode& node) const {
    Box box;
    box.name = node.name;
    box.subtitle = sim::type_title(sim::Component::kind, node.type, page_.language);
    box.stacked = node.replicas > 1;
    if (box.stacked)
      box.count_text = "×" + count_text(static_cast<std::uint64_t>(node.replicas), page_.language);
    box.has_position = node.has_position && std::isfinite(node.x) && std::isfinite(node.y);
    box.centre = {node.x, node.y};
    set_utilization(box, utilization_of(node.name));
    const auto found = members_.find(node.name);
    if (found == members_.end()) return box;
    const sim::NodeResult& first = *found->second.front();
    if (const auto hits = first.scalars.find("hit_ratio"); hits != first.scalars.end()) {
      const std::string percent = fixed_text(hits->second * 100, 0, page_.language) + " %";
      box.subtitle += " · " + page_.say(Phrase::hit_short, percent);
    }
    if (std::isnan(box.utilization)) box.figure = flow_text(found->second);
    return box;
  }

  /// A box for all groups of one key, in the order in which the keys come up.
  template <class KeyOf>
  void build(const KeyOf& key_of, bool named_by_type) {
    boxes.clear();
    arrows.clear();
    std::map<std::string, std::size_t> box_of_key;
    std::map<std::string, std::size_t> box_of_group;
    std::vector<std::vector<const sim::TopologyNode*>> sharing;
    for (const sim::TopologyNode& node : result_.topology_nodes) {
      if (box_of_group.contains(node.name)) continue;
      const std::size_t box = box_of_key.try_emplace(key_of(node), sharing.size()).first->second;
      if (box == sharing.size()) sharing.emplace_back();
      box_of_group[node.name] = box;
      sharing[box].push_back(&node);
    }
    for (const auto& groups : sharing) {
      boxes.push_back(groups.size() == 1 && !named_by_type ? group_box(*groups.front())
                                                           : shared_box(groups, named_by_type));
    }
    connect(box_of_group);
  }

  Box shared_box(const std::vector<const sim::TopologyNode*>& groups, bool named_by_type) const {
    Box box;
    const std::string type =
        sim::type_title(sim::Component::kind, groups.front()->type, page_.language);
    box.name = named_by_type ? type : groups.front()->name + " …";
    if (!named_by_type) box.subtitle = type;
    box.stacked = groups.size() > 1;
    if (box.stacked) box.count_text = "×" + count_text(groups.size(), page_.language);
    double sum = 0;
    double count = 0;
    for (const sim::TopologyNode* group : groups) {
      const double utilization = utilization_of(group->name);
      if (std::isnan(utilization)) continue;
      sum += utilization;
      ++count;
    }
    set_utilization(box, count > 0 ? sum / count : nan);
    return box;
  }

  void connect(const std::map<std::string, std::size_t>& box_of_group) {
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> seen;
    for (const sim::TopologyEdge& edge : result_.topology_edges) {
      const auto from = box_of_group.find(edge.from);
      const auto to = box_of_group.find(edge.to);
      if (from == box_of_group.end() || to == box_of_group.end()) continue;
      const auto [at, is_new] = seen.try_emplace({from->second, to->second}, arrows.size());
      if (is_new) {
        arrows.push_back({{from->second, to->second}, edge.role, {}});
      } else if (arrows[at->second].role.find(edge.role) == std::string::npos &&
                 arrows[at->second].role.size() < 60) {
        arrows[at->second].role += ", " + edge.role;
      }
    }
  }

  const PageWriter& page_;
  const sim::Result& result_;
  std::map<std::string, std::vector<const sim::NodeResult*>> members_;
  std::size_t senders_ = 0;
};

/// Whether the places that the scenario gives make a picture: all there, no two boxes on top of
/// each other, no desert.
bool places_usable(const std::vector<Box>& boxes) {
  if (boxes.size() > boxes_max) return false;
  double width = 0;
  double height = 0;
  for (const Box& a : boxes) {
    if (!a.has_position) return false;
    for (const Box& b : boxes) {
      const double dx = std::abs(a.centre.x - b.centre.x);
      const double dy = std::abs(a.centre.y - b.centre.y);
      width = std::max(width, dx);
      height = std::max(height, dy);
      if (&a != &b && dx < box_width && dy < box_height) return false;
    }
  }
  const auto room = 2.5 * static_cast<double>(boxes.size());
  return width < std::max(1200.0, room * box_width) && height < std::max(800.0, room * box_height);
}

/// The way of an arrow: out of the right side of one box, through the places given, into the left
/// side of the other; down or up where the boxes stand one above the other.
std::string arrow_path(const Box& from, const Box& to, const std::vector<Point>& way) {
  const double dx = to.centre.x - from.centre.x;
  if (std::abs(dx) < box_width && way.empty()) {
    const double side = to.centre.y > from.centre.y ? 1 : -1;
    const double start = from.centre.y + side * box_height / 2;
    const double end = to.centre.y - side * (box_height / 2 + 5);
    const double bend = (end - start) / 2;
    return fmt::format("M{} {}C{} {} {} {} {} {}", coordinate(from.centre.x), coordinate(start),
                       coordinate(from.centre.x), coordinate(start + bend), coordinate(to.centre.x),
                       coordinate(end - bend), coordinate(to.centre.x), coordinate(end));
  }
  const double side = dx > 0 ? 1 : -1;
  Point last{from.centre.x + side * box_width / 2, from.centre.y};
  std::string path = fmt::format("M{} {}", coordinate(last.x), coordinate(last.y));
  const auto curve_to = [&](Point next) {
    const double middle = (last.x + next.x) / 2;
    path +=
        fmt::format("C{} {} {} {} {} {}", coordinate(middle), coordinate(last.y),
                    coordinate(middle), coordinate(next.y), coordinate(next.x), coordinate(next.y));
    last = next;
  };
  for (const Point& point : way) {
    curve_to({point.x - side * box_width / 2, point.y});
    curve_to({point.x + side * box_width / 2, point.y});
  }
  curve_to({to.centre.x - side * (box_width / 2 + 5), to.centre.y});
  return path;
}

/// The last straight bit of an arrow, as a triangle.
std::string arrow_head(const Box& from, const Box& to, bool straight_through) {
  const double dx = to.centre.x - from.centre.x;
  if (std::abs(dx) < box_width && straight_through) {
    const double side = to.centre.y > from.centre.y ? 1 : -1;
    const double tip = to.centre.y - side * box_height / 2;
    return fmt::format("M{} {}l-3.5 {}h7z", coordinate(to.centre.x), coordinate(tip),
                       coordinate(-side * 7));
  }
  const double side = dx > 0 ? 1 : -1;
  const double tip = to.centre.x - side * box_width / 2;
  return fmt::format("M{} {}l{} -3.5v7z", coordinate(tip), coordinate(to.centre.y),
                     coordinate(-side * 7));
}

std::string load_class(double utilization) {
  if (std::isnan(utilization)) return "load none";
  return utilization >= 0.9 ? "load high" : utilization >= 0.7 ? "load middle" : "load low";
}

void draw_box(Markup& markup, const Box& box) {
  const double left = box.centre.x - box_width / 2;
  const double top = box.centre.y - box_height / 2;
  const auto rectangle = [&](double offset) {
    markup.empty("rect", {{"class", "box"},
                          {"x", coordinate(left + offset)},
                          {"y", coordinate(top - offset)},
                          {"width", coordinate(box_width)},
                          {"height", coordinate(box_height)},
                          {"rx", "7"}});
  };
  const auto group = markup.scope("g");
  markup.element("title", {}, box.subtitle.empty() ? box.name : box.name + ": " + box.subtitle);
  if (box.stacked) {
    rectangle(8);
    rectangle(4);
  }
  rectangle(0);
  const std::string load = load_class(box.utilization);
  markup.empty("path", {{"class", load},
                        {"d", fmt::format("M{} {}h4v{}h-4z", coordinate(left + 1),
                                          coordinate(top + 8), coordinate(box_height - 16))}});
  const double inner = left + 14;
  const double inner_right = left + box_width - 10;
  const double count_width = text_width(box.count_text, 12);
  draw_text(markup, inner, top + 20, fitted(box.name, inner_right - inner - count_width - 4, 13.5),
            "name");
  if (!box.count_text.empty())
    draw_text(markup, inner_right, top + 20, box.count_text, "tick", "end");
  if (!box.subtitle.empty()) {
    draw_text(markup, inner, top + 36, fitted(box.subtitle, inner_right - inner, 10.5), "small");
  }
  if (!box.figure.empty()) draw_text(markup, inner_right, top + 54, box.figure, "tick", "end");
  if (std::isnan(box.utilization)) return;
  const double track = 66;
  const auto bar = [&](double width, const std::string& css_class) {
    markup.empty("rect", {{"class", css_class},
                          {"x", coordinate(inner)},
                          {"y", coordinate(top + 47)},
                          {"width", coordinate(width)},
                          {"height", "6"},
                          {"rx", "3"}});
  };
  bar(track, "track");
  const double filled = track * std::clamp(box.utilization, 0.0, 1.0);
  if (filled >= 0.5) bar(filled, load);
}

}  // namespace

void draw_topology(PageWriter& page, const sim::Result& result, const std::string& window) {
  if (result.topology_nodes.empty()) return;
  Markup& markup = page.markup;
  TopologyBuilder builder(page, result);
  Layout layout;
  const auto lay_out = [&] {
    std::vector<GraphEdge> edges;
    for (const Arrow& arrow : builder.arrows) edges.push_back(arrow.ends);
    layout = layered_layout(
        builder.boxes.size(), edges,
        {.layer_distance = box_width + 58, .box_distance = box_height + 24, .edge_distance = 26});
  };
  const auto fits = [&] {
    if (builder.boxes.size() > boxes_max || builder.arrows.size() > edges_max) return false;
    lay_out();
    return layout.layer_size_max <= layer_boxes_max;
  };
  builder.build_groups();
  const bool placed = places_usable(builder.boxes);
  Phrase note = Phrase::count;
  if (!placed && !fits()) {
    builder.build_merged();
    note = Phrase::topology_merged;
    if (!fits()) {
      builder.build_types();
      note = Phrase::topology_folded;
      lay_out();
    }
  }
  if (!placed) {
    for (std::size_t i = 0; i < builder.boxes.size(); ++i)
      builder.boxes[i].centre = layout.nodes[i];
    for (std::size_t i = 0; i < builder.arrows.size(); ++i) builder.arrows[i].way = layout.edges[i];
  }
  Point low{1e300, 1e300};
  Point high{-1e300, -1e300};
  const auto include = [&](const Point& point, double half_width, double half_height) {
    low = {std::min(low.x, point.x - half_width), std::min(low.y, point.y - half_height)};
    high = {std::max(high.x, point.x + half_width), std::max(high.y, point.y + half_height)};
  };
  for (const Box& box : builder.boxes) include(box.centre, box_width / 2, box_height / 2);
  for (const Arrow& arrow : builder.arrows) {
    for (const Point& point : arrow.way) include(point, 0, 10);
  }
  const Point shift{margin - low.x, margin - low.y};
  for (Box& box : builder.boxes) box.centre = {box.centre.x + shift.x, box.centre.y + shift.y};
  for (Arrow& arrow : builder.arrows) {
    for (Point& point : arrow.way) point = {point.x + shift.x, point.y + shift.y};
  }
  const double width = high.x - low.x + 2 * margin;
  const double height = high.y - low.y + 2 * margin;

  std::string description;
  for (std::size_t i = 0; i < std::min(builder.arrows.size(), described_edges_max); ++i) {
    const Arrow& arrow = builder.arrows[i];
    description += fmt::format("{}{} → {}", i == 0 ? "" : "; ", builder.boxes[arrow.ends.from].name,
                               builder.boxes[arrow.ends.to].name);
  }
  if (builder.arrows.size() > described_edges_max) description += "; …";
  Figure figure(page, page.say(Phrase::topology), window + " · " + page.say(Phrase::topology_note),
                true);
  {
    const auto scroll = markup.scope("div", {{"class", "scroll"}});
    const Picture picture(page, width, height, page.say(Phrase::topology),
                          page.say(Phrase::topology_description, description),
                          fmt::format("max-width:{}px;min-width:{}px", coordinate(width * 1.15),
                                      coordinate(width * 0.66)));
    for (const Arrow& arrow : builder.arrows) {
      if (arrow.ends.from == arrow.ends.to) continue;
      const Box& from = builder.boxes[arrow.ends.from];
      const Box& to = builder.boxes[arrow.ends.to];
      const auto group = markup.scope("g");
      markup.element("title", {}, fmt::format("{} → {}: {}", from.name, to.name, arrow.role));
      markup.empty("path", {{"class", "wire"}, {"d", arrow_path(from, to, arrow.way)}});
      markup.empty("path",
                   {{"class", "wire-head"}, {"d", arrow_head(from, to, arrow.way.empty())}});
    }
    for (const Box& box : builder.boxes) draw_box(markup, box);
  }
  if (note != Phrase::count) {
    figure.note(page.say(note, count_text(result.topology_nodes.size(), page.language)));
  }
}

}  // namespace faultline::reports
