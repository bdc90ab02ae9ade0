#include "gui/document/node_subtitle.hpp"

#include <nlohmann/json.hpp>
#include <QLocale>
#include <QStringList>
#include <string_view>

#include "gui/shell/language.hpp"
#include "sim/registry/call.hpp"
#include "sim/registry/language.hpp"

namespace faultline::gui {
namespace {

using nlohmann::json;

sim::Language language() { return modelLanguage(); }

/// What a type is called in a few words: an abbreviation that the field uses ("LRU"), or its title
/// without what stands in brackets.
QString typeText(const std::string& kind, const std::string& name) {
  const sim::TypeRecord* type = sim::TypeCatalogue::instance().find(kind, name);
  if (!type) return QString::fromStdString(name);
  constexpr qsizetype length_max = 22;
  constexpr std::size_t abbreviation_max = 5;
  const QString word = QString::fromStdString(name);
  const QString english = QString::fromStdString(sim::type_title(*type, sim::Language::english));
  if (name.size() <= abbreviation_max && !word.contains('_') &&
      !english.contains(word, Qt::CaseInsensitive)) {
    return word.toUpper();
  }
  QString title = QString::fromStdString(sim::type_title(*type, language()));
  title = title.section(QStringLiteral(" ("), 0, 0);
  if (title.size() > length_max) title = QString(word).replace('_', ' ');
  return title;
}

/// What a choice is called in a few characters: its name, or the quantity that stands for it.
QString choiceText(const std::string& kind, const json& value) {
  if (value.is_object()) {
    const auto type = value.find("type");
    if (type == value.end() || !type->is_string()) return {};
    return typeText(kind, type->get<std::string>());
  }
  if (value.is_number()) return QLocale().toString(value.get<double>(), 'g', 6);
  if (!value.is_string()) return {};
  const std::string word = value.get<std::string>();
  std::string error;
  const auto call = sim::parse_call(word, error);
  if (!call || !sim::TypeCatalogue::instance().find(kind, call->name)) {
    return QString::fromStdString(word);
  }
  // An arrival process says its rate, a policy its name.
  if (call->arguments.size() == 1 && call->arguments[0].key.empty() && word.size() <= 24) {
    return QString::fromUtf8(call->arguments[0].value.data(),
                             static_cast<qsizetype>(call->arguments[0].value.size()));
  }
  return typeText(kind, call->name);
}

QString countText(const sim::ParamRecord& param, const sim::TypeRecord& type, const json& value) {
  QString number = value.is_number_integer() ? QLocale().toString(value.get<qlonglong>())
                   : value.is_number()       ? QLocale().toString(value.get<double>(), 'g', 6)
                   : value.is_string()       ? QString::fromStdString(value.get<std::string>())
                                             : QString();
  if (number.isEmpty() || number.size() > 24) return {};
  if (param.name() == "capacity") return number;
  return QString::fromStdString(sim::param_label(type, param, language())).toLower() + " " + number;
}

}  // namespace

QString nodeSubtitle(const sim::TypeRecord& type, const json& node) {
  // In the order of what tells nodes of a type apart. What is not named here comes after them.
  constexpr std::string_view order[] = {
      "arrivals",  "users",   "policy", "eviction",    "capacity", "workers",      "replication",
      "isolation", "storage", "shards", "connections", "protocol", "service_time", "ttl"};
  QStringList parts;
  for (const std::string_view name : order) {
    if (parts.size() == 2) break;
    const sim::ParamRecord* param = type.params().find(name);
    const auto value = param ? node.find(std::string(name)) : node.end();
    if (!param || value == node.end() || value->is_null()) continue;
    const bool plain = value->is_number() || value->is_string();
    const QString text = !param->choice_kind().empty() && !value->is_array()
                             ? choiceText(std::string(param->choice_kind()), *value)
                         : plain ? countText(*param, type, *value)
                                 : QString();
    if (!text.isEmpty()) parts << text;
  }
  return parts.join(QStringLiteral(" · "));
}

}  // namespace faultline::gui
