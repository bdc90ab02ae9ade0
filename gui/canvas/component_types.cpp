#include "gui/canvas/component_types.hpp"

#include <algorithm>
#include <QCoreApplication>
#include <string_view>

#include "gui/shell/theme.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::gui {
namespace {

constexpr int others = 7;

/// Where the types of the palette stand. A type that is not here comes under "Other", so that one of
/// a plug-in can be used without a line here.
struct Place {
  std::string_view type;
  int category;
};
constexpr Place places[] = {
    {"clients", 0},     {"trace_replay", 0}, {"dns", 1},         {"dns_resolver", 1},
    {"l4_balancer", 1}, {"l7_balancer", 1},  {"cdn", 1},         {"app_server", 2},
    {"autoscaler", 2},  {"cache", 3},        {"distributed_cache", 3}, {"database", 4},
    {"shard_router", 4}, {"shard_directory", 4}, {"queue", 5},   {"stream", 5},
    {"gossip_member", 6}, {"membership", 6}, {"failure_detector", 6}};

QString say(const char* text) { return QCoreApplication::translate("ComponentTypes", text); }

ComponentType typeOf(const sim::TypeRecord& record) {
  ComponentType type;
  type.name = QString::fromStdString(record.name());
  type.title = QString::fromStdString(record.doc().title);
  type.summary = QString::fromStdString(record.doc().summary);
  type.category = others;
  for (const Place& place : places) {
    if (place.type == record.name()) type.category = place.category;
  }
  return type;
}

}  // namespace

std::vector<QString> componentCategories() {
  return {say(QT_TRANSLATE_NOOP("ComponentTypes", "Traffic")),
          say(QT_TRANSLATE_NOOP("ComponentTypes", "Naming and balancing")),
          say(QT_TRANSLATE_NOOP("ComponentTypes", "Serving")),
          say(QT_TRANSLATE_NOOP("ComponentTypes", "Caching")),
          say(QT_TRANSLATE_NOOP("ComponentTypes", "Storage")),
          say(QT_TRANSLATE_NOOP("ComponentTypes", "Messaging")),
          say(QT_TRANSLATE_NOOP("ComponentTypes", "Membership")),
          say(QT_TRANSLATE_NOOP("ComponentTypes", "Other"))};
}

std::vector<ComponentType> componentTypes() {
  std::vector<ComponentType> types;
  for (const sim::TypeRecord* record : sim::TypeCatalogue::instance().types("node")) {
    types.push_back(typeOf(*record));
  }
  const auto rank = [](const ComponentType& type) {
    const auto* found = std::find_if(std::begin(places), std::end(places), [&](const Place& place) {
      return type.name == QLatin1String(place.type.data(), static_cast<int>(place.type.size()));
    });
    return std::pair(type.category, found - std::begin(places));
  };
  std::stable_sort(
      types.begin(), types.end(),
      [&](const ComponentType& a, const ComponentType& b) { return rank(a) < rank(b); });
  return types;
}

ComponentType componentType(const QString& type) {
  const auto* record = sim::TypeCatalogue::instance().find("node", type.toStdString());
  if (record == nullptr) return {type, type, {}, others};
  return typeOf(*record);
}

QColor categoryColor(int category) {
  const Theme& theme = Theme::instance();
  switch (category) {
    case 0: return theme.series(5);
    case 1: return theme.series(0);
    case 2: return theme.series(4);
    case 3: return theme.series(2);
    case 4: return theme.series(3);
    case 5: return theme.series(1);
    default: return theme.series(6);
  }
}

}  // namespace faultline::gui
