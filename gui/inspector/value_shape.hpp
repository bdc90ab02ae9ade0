/// What the editor of a parameter has to be like: read off its declaration.
#pragma once

#include <memory>
#include <QString>
#include <QStringList>
#include <string>

#include "gui/document/document.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::gui {

/// Whose parameters they are: for their texts.
struct TextScope {
  const sim::TypeRecord* type = nullptr;  ///< Null: a section of the scenario.
  QString label(const sim::ParamRecord& param) const;
  /// What it means, what it takes, its range and its default.
  QString help(const sim::ParamRecord& param, const QString& defaultText = {}) const;
};

struct ValueShape {
  enum class Kind {
    boolean,
    number,
    quantity,
    text,
    word,
    reference,
    zone,
    choice,
    object,
    list,
    map,
    json
  };
  Kind kind = Kind::json;
  const sim::ParamRecord* param = nullptr;    ///< Whose value it is, or within whose value.
  std::shared_ptr<const ValueShape> element;  ///< Of a list or map.
  std::string choiceKind;
  const sim::ParamSet* members = nullptr;
  bool whole = false;  ///< Of a number: no fractions.

  bool isScalar() const {
    return kind == Kind::number || kind == Kind::quantity || kind == Kind::text ||
           kind == Kind::json;
  }
};

ValueShape shapeOf(const sim::ParamRecord& param);

/// "constant" for the kinds of random quantities, which may be written as a bare value.
std::string bareTypeOf(const std::string& choiceKind);

/// What editors need to know beside their value.
struct EditContext {
  Document* document = nullptr;
  QStringList nodes;    ///< Whose parameters are edited: no wires to themselves.
  bool places = false;  ///< References may name zones and regions.
  TextScope scope;
};

}  // namespace faultline::gui
