#include "gui/inspector/value_shape.hpp"

#include <QCoreApplication>

#include "gui/shell/language.hpp"
#include "sim/registry/language.hpp"
#include "sim/scenario/sections.hpp"

namespace faultline::gui {

QString TextScope::label(const sim::ParamRecord& param) const {
  return QString::fromStdString(
      type ? sim::param_label(*type, param, modelLanguage())
           : sim::param_label(sim::scenario_scope, param, modelLanguage()));
}

QString TextScope::help(const sim::ParamRecord& param, const QString& defaultText) const {
  const auto language = modelLanguage();
  QString text =
      QString::fromStdString(type ? sim::param_help(*type, param, language)
                                  : sim::param_help(sim::scenario_scope, param, language));
  QStringList facts;
  facts << QString::fromStdString(sim::value_type_text(param, language));
  if (const std::string range = sim::range_text(param, language); !range.empty()) {
    facts << QString::fromStdString(range);
  }
  if (param.options().required) {
    facts << QCoreApplication::translate("Inspector", "required");
  } else if (!defaultText.isEmpty()) {
    facts << QCoreApplication::translate("Inspector", "usually %1").arg(defaultText);
  }
  if (!text.isEmpty() && !text.endsWith('.')) text += '.';
  return text + ' ' + facts.join(QStringLiteral(", ")) + '.';
}

std::string bareTypeOf(const std::string& choiceKind) {
  return choiceKind.ends_with("distribution") ? "constant" : "";
}

namespace {

/// Of the words for a type: "list of lists of references", "map of names to lists of steps".
ValueShape shapeOf(const std::string& words, const sim::ParamRecord& param) {
  using Kind = ValueShape::Kind;
  static constexpr std::pair<std::string_view, Kind> layers[] = {{"list of ", Kind::list},
                                                                 {"lists of ", Kind::list},
                                                                 {"map of names to ", Kind::map},
                                                                 {"maps of names to ", Kind::map}};
  ValueShape shape;
  shape.param = &param;
  for (const auto& [front, kind] : layers) {
    if (!words.starts_with(front)) continue;
    shape.kind = kind;
    shape.element = std::make_shared<const ValueShape>(shapeOf(words.substr(front.size()), param));
    return shape;
  }
  shape.choiceKind = std::string(param.choice_kind());
  shape.members = param.members();
  const auto is = [&](std::string_view noun) {
    return words == noun || words == std::string(noun) + "s";
  };
  if (!shape.choiceKind.empty())
    shape.kind = Kind::choice;
  else if (shape.members)
    shape.kind = Kind::object;
  else if (is("reference"))
    shape.kind = Kind::reference;
  else if (is("text"))
    shape.kind = Kind::text;
  else if (is("word"))
    shape.kind = Kind::word;
  else if (is("whole number"))
    shape.kind = Kind::number, shape.whole = true;
  else if (is("number"))
    shape.kind = Kind::number;
  else if (words == "true or false")
    shape.kind = Kind::boolean;
  else
    shape.kind = Kind::quantity;
  return shape;
}

}  // namespace

ValueShape shapeOf(const sim::ParamRecord& param) {
  ValueShape shape = shapeOf(param.type_text(), param);
  // Of a node: the names of zones that there are.
  if (&param == sim::node_sections().find("zone")) shape.kind = ValueShape::Kind::zone;
  if (&param == sim::node_sections().find("zones") && shape.element) {
    ValueShape zone = *shape.element;
    zone.kind = ValueShape::Kind::zone;
    shape.element = std::make_shared<const ValueShape>(zone);
  }
  return shape;
}

}  // namespace faultline::gui
