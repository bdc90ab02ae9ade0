#include "gui/canvas/component_types.hpp"

#include <algorithm>
#include <QCoreApplication>
#include <QLocale>

#include "gui/shell/theme.hpp"
#include "sim/registry/language.hpp"

namespace faultline::gui {
namespace {

/// Where a category stands among those of the palette; the last place is for none.
int placeOf(sim::Category category) {
  const std::vector<sim::Category> all = sim::categories();
  return static_cast<int>(std::find(all.begin(), all.end(), category) - all.begin());
}

ComponentType typeOf(const sim::TypeRecord& record) {
  const sim::Language language = windowLanguage();
  return {QString::fromStdString(record.name()),
          QString::fromStdString(sim::type_title(record, language)),
          QString::fromStdString(sim::type_summary(record, language)),
          placeOf(record.doc().category)};
}

}  // namespace

sim::Language windowLanguage() { return sim::language_of(QLocale().name().toStdString()); }

std::vector<QString> componentCategories() {
  std::vector<QString> titles;
  for (const sim::Category category : sim::categories()) {
    titles.push_back(QString::fromStdString(sim::category_title(category, windowLanguage())));
  }
  titles.push_back(QCoreApplication::translate("ComponentTypes", "Other"));
  return titles;
}

std::vector<ComponentType> componentTypes() {
  std::vector<ComponentType> types;
  for (const sim::TypeRecord* record : sim::TypeCatalogue::instance().types("node")) {
    types.push_back(typeOf(*record));
  }
  std::stable_sort(types.begin(), types.end(), [](const ComponentType& a, const ComponentType& b) {
    return a.category < b.category;
  });
  return types;
}

ComponentType componentType(const QString& type) {
  const auto* record = sim::TypeCatalogue::instance().find("node", type.toStdString());
  if (record == nullptr) return {type, type, {}, placeOf(sim::Category::none)};
  return typeOf(*record);
}

QColor categoryColor(int category) {
  const Theme& theme = Theme::instance();
  static constexpr int order[] = {5, 0, 4, 2, 3, 1};
  return category >= 0 && category < 6 ? theme.series(order[category]) : theme.series(6);
}

}  // namespace faultline::gui
