#include "gui/inspector/choice_editor.hpp"

#include <QComboBox>
#include <QVBoxLayout>

#include <nlohmann/json.hpp>

#include "gui/document/design_builder.hpp"
#include "gui/document/references.hpp"
#include "gui/inspector/density_plot.hpp"
#include "gui/inspector/param_form.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"
#include "sim/registry/language.hpp"
#include "sim/registry/reference.hpp"

namespace faultline::gui {

Json choiceObject(const std::string& kind, const Json& value) {
  if (value.is_null()) return nullptr;
  const Json object = choiceAsObject(kind, value);
  if (object.is_object()) return object;
  const std::string bare = bareTypeOf(kind);
  const sim::TypeRecord* type =
      bare.empty() ? nullptr : sim::TypeCatalogue::instance().find(kind, bare);
  if (!type || type->params().records().empty() || value.is_structured()) return nullptr;
  Json made = Json::object();
  made["type"] = bare;
  made[type->params().records().front()->name()] = value;
  return made;
}

Json choiceWritten(const std::string& kind, const Json& object, const Json& instead) {
  if (instead.is_object()) return object;
  sim::Problems problems;
  sim::ReadContext context{problems};
  const std::string bare = bareTypeOf(kind);
  const sim::AnyChoice choice = sim::read_choice(kind, object, sim::Path(), context, bare);
  if (!problems.empty() || !choice.type) {
    // With nothing but its name it is its name.
    return object.is_object() && object.size() == 1 && object.contains("type") ? object["type"]
                                                                               : object;
  }
  Json out;
  sim::write_choice(choice, out, bare);
  return out;
}

Json freshChoice(const sim::TypeRecord& type) {
  const auto& records = type.params().records();
  const bool needs = std::any_of(records.begin(), records.end(),
                                 [](const auto& param) { return param->options().required; });
  const bool bare = bareTypeOf(std::string(type.kind())) == type.name();
  if (!needs && !bare) return type.name();
  Json object = choiceObject(std::string(type.kind()), sim::example_of(type));
  if (!object.is_object()) object = Json{{"type", type.name()}};
  // The names of its example's nodes are nobody's.
  for (const auto& param : records) {
    const std::string text = param->type_text();
    if (text.find("reference") != std::string::npos) object.erase(param->name());
  }
  if (object.contains("steps")) object["steps"] = Json::array();
  return choiceWritten(std::string(type.kind()), object, nullptr);
}

ChoiceEditor::ChoiceEditor(const ValueShape& shape, const EditContext& context, QWidget* parent)
    : ValueEditor(shape, context, parent),
      box_(new ShortBox(this)),
      below_(new QWidget(this)),
      default_(std::make_unique<Json>()) {
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(2);
  rows->addWidget(box_);
  setFocusProxy(box_);
  watchFocus(box_);
  tameWheel(box_);
  box_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box_->setMinimumContentsLength(4);
  auto* inside = new QVBoxLayout(below_);
  inside->setContentsMargins(8, 0, 0, 4);
  inside->setSpacing(5);
  below_->setProperty("empty", true);
  below_->hide();
  box_->addItem(tr("none"), QString());
  for (const sim::TypeRecord* type : sim::TypeCatalogue::instance().types(shape_.choiceKind)) {
    box_->addItem(QString::fromStdString(sim::type_title(*type, modelLanguage())),
                  QString::fromStdString(type->name()));
    box_->setItemData(box_->count() - 1,
                      QString::fromStdString(sim::type_summary(*type, modelLanguage())),
                      Qt::ToolTipRole);
  }
  connect(box_, &QComboBox::activated, this,
          [this](int index) { choose(box_->itemData(index).toString()); });
}

ChoiceEditor::~ChoiceEditor() = default;

void ChoiceEditor::choose(const QString& typeName) {
  if (displaying_) return;
  mixed_ = false;
  if (typeName.isEmpty()) {
    Q_EMIT edited(Json(nullptr), {}, false);
    return;
  }
  const sim::TypeRecord* type =
      sim::TypeCatalogue::instance().find(shape_.choiceKind, typeName.toStdString());
  if (!type) return;
  Json fresh = choiceObject(shape_.choiceKind, freshChoice(*type));
  // What the two types have in common stays: another law of the same mean.
  const Json present = asObject(value_->is_null() ? *default_ : *value_);
  if (present.is_object() && fresh.is_object()) {
    for (const auto& param : type->params().records()) {
      const auto kept = present.find(param->name());
      if (kept == present.end()) continue;
      Json attempt = fresh;
      attempt[param->name()] = *kept;
      sim::Problems problems;
      sim::ReadContext context{problems};
      sim::read_choice(shape_.choiceKind, attempt, sim::Path(), context,
                       bareTypeOf(shape_.choiceKind));
      if (problems.empty()) fresh = std::move(attempt);
    }
  }
  Q_EMIT edited(written(fresh, *value_), {}, false);
}

Json ChoiceEditor::asObject(const Json& value) const {
  return choiceObject(shape_.choiceKind, value);
}

Json ChoiceEditor::written(const Json& object, const Json& instead) const {
  return choiceWritten(shape_.choiceKind, object, instead);
}

void ChoiceEditor::setDefault(const Json& value) {
  *default_ = value;
  const bool optional = value.is_null() && !shape_.param->options().required;
  // "None" only where there may be none.
  if (box_->itemData(0).toString().isEmpty() && !optional) box_->removeItem(0);
  if (!displaying_ && !mixed_) display(*value_, false);
}

QWidget* ChoiceEditor::below() { return below_; }

void ChoiceEditor::display(const Json& value, bool mixed) {
  const Json& shown = value.is_null() ? *default_ : value;
  const Json object = mixed ? Json() : asObject(shown);
  const sim::TypeRecord* type = nullptr;
  QString name;
  if (object.is_object() && object.contains("type") && object["type"].is_string()) {
    name = QString::fromStdString(object["type"].get<std::string>());
    type = sim::TypeCatalogue::instance().find(shape_.choiceKind, name.toStdString());
  }
  int index = mixed ? -1 : box_->findData(name);
  if (!mixed && value.is_null() && default_->is_null()) index = box_->findData(QString());
  // Only where nothing is chosen: the box would grow with a text that nobody sees.
  box_->setPlaceholderText(mixed             ? tr("several values")
                           : index >= 0      ? QString()
                           : shown.is_null() ? tr("choose …")
                                             : fieldText(shown).left(24));
  box_->setCurrentIndex(index);
  showType(type);
  if (form_ && type) form_->setObjects({object});
  if (density_) density_->setLaw(shape_.choiceKind, mixed ? Json() : shown);
  updateBelow();
}

void ChoiceEditor::showType(const sim::TypeRecord* type) {
  if (type_ == type) return;
  type_ = type;
  delete form_;
  form_ = nullptr;
  auto* inside = static_cast<QVBoxLayout*>(below_->layout());
  if (type && !type->params().records().empty()) {
    EditContext context = context_;
    context.scope.type = type;
    form_ = new ParamForm(context, ParamForm::Extent::setOnly, below_);
    inside->insertWidget(0, form_);
    form_->setParams(recordsOf(type->params()), defaultsOf(*type));
    connect(form_, &ParamForm::focused, this, &ValueEditor::focused);
    connect(form_, &ParamForm::edited, this,
            [this](const QString& parameter, const Json& part, const QString& where, bool typing) {
              Json object = asObject(value_->is_null() ? *default_ : *value_);
              if (!object.is_object()) return;
              if (part.is_null())
                object.erase(parameter.toStdString());
              else
                object[parameter.toStdString()] = part;
              Q_EMIT edited(written(object, *value_), "." + parameter + where, typing);
            });
  }
  const bool random = shape_.choiceKind.ends_with("distribution");
  if (random && type && !density_) {
    density_ = new DensityPlot(below_);
    inside->addWidget(density_);
  }
}

void ChoiceEditor::updateBelow() {
  // A constant is its value: nothing to draw.
  const bool constant = type_ && type_->name() == "constant";
  if (density_) density_->setVisible(type_ && !constant && density_->curve().valid);
  const bool empty = !type_ || (!form_ && (!density_ || constant));
  below_->setProperty("empty", empty);
  below_->setVisible(!empty && isVisibleTo(parentWidget()));
}

void ChoiceEditor::setProblems(const std::vector<PartProblem>& problems) {
  std::vector<PartProblem> own;
  std::vector<PartProblem> inside;
  for (const PartProblem& problem : problems) {
    if (form_ && problem.path.startsWith('.') && problem.path != QLatin1String(".type"))
      inside.push_back({problem.path.mid(1), problem.message});
    else if (form_ && problem.path.isEmpty() && type_ &&
             type_->name() == bareTypeOf(shape_.choiceKind))
      inside.push_back(
          {QString::fromStdString(type_->params().records().front()->name()), problem.message});
    else
      own.push_back({{}, problem.message});
  }
  noteProblem(own, box_);
  if (form_) form_->setProblems(inside);
}

bool ChoiceEditor::focusPart(const QString& path) {
  if (form_ && path.startsWith('.') && form_->focusPart(path.mid(1))) return true;
  return ValueEditor::focusPart({});
}

}  // namespace faultline::gui
