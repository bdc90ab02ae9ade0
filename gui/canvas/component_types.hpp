/// The types of component for people: their categories in the palette, their titles, in the
/// language of the window.
#pragma once

#include <QColor>
#include <QString>
#include <vector>

#include "sim/registry/language.hpp"

namespace faultline::gui {

/// The language of the window, for texts that the registry has.
sim::Language windowLanguage();

/// A type that can be put on the canvas.
struct ComponentType {
  QString name;      ///< "app_server"
  QString title;     ///< "App server"
  QString summary;   ///< A sentence or two.
  int category = 0;  ///< Index into componentCategories().
};

/// Titles of the categories, in the order of the palette; the last is for what fits no other.
std::vector<QString> componentCategories();
/// All types that the program knows, by category, then by name.
std::vector<ComponentType> componentTypes();
/// That of `type`; of one that is not known, itself in the last category.
ComponentType componentType(const QString& type);
/// The signal colour of a category; never the only sign of it.
QColor categoryColor(int category);

}  // namespace faultline::gui
