#include "gui/inspector/object_editor.hpp"

#include <QCheckBox>
#include <QLabel>
#include <QVBoxLayout>

#include <nlohmann/json.hpp>

#include "gui/inspector/param_form.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

ObjectEditor::ObjectEditor(const ValueShape& shape, const EditContext& context, QWidget* parent)
    : ValueEditor(shape, context, parent), switch_(new QCheckBox(this)), below_(new QWidget(this)) {
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->addWidget(switch_);
  setFocusProxy(switch_);
  watchFocus(switch_);
  auto* inside = new QVBoxLayout(below_);
  inside->setContentsMargins(8, 0, 0, 4);
  below_->setProperty("empty", true);
  below_->hide();
  connect(switch_, &QCheckBox::clicked, this,
          [this](bool on) { Q_EMIT edited(on ? Json(Json::object()) : Json(nullptr), {}, false); });
}

void ObjectEditor::setEntry(QWidget* key) {
  switch_->hide();
  setFocusProxy(key);
}

void ObjectEditor::setElement() {
  switch_->hide();
  summary_ = new QLabel(this);
  summary_->setTextFormat(Qt::PlainText);
  summary_->setMinimumWidth(40);
  summary_->setFont(Theme::instance().boldFont());
  summary_->setFocusPolicy(Qt::TabFocus);
  layout()->addWidget(summary_);
  setFocusProxy(summary_);
  watchFocus(summary_);
}

void ObjectEditor::setDefault(const Json& value) { optional_ = !value.is_object(); }

void ObjectEditor::display(const Json& value, bool mixed) {
  const bool on = value.is_object();
  if (summary_) {
    // By its name, or by the first plain thing that it says, in the order of its parameters.
    QString text;
    for (const char* key : {"name", "fault", "endpoint", "from", "text"}) {
      if (on && value.contains(key) && text.isEmpty()) text = fieldText(value[key]);
    }
    for (const auto& param : shape_.members->records()) {
      const auto said = on && text.isEmpty() ? value.find(param->name()) : value.end();
      if (said == value.end() || said->is_structured()) continue;
      text = said->is_string() && param->type_text() != "true or false"
                 ? fieldText(*said)
                 : tr("%1: %2", "a parameter and its value")
                       .arg(context_.scope.label(*param), fieldText(*said));
    }
    summary_->setText(summary_->fontMetrics().elidedText(text, Qt::ElideRight, 220));
  }
  switch_->setChecked(on);
  switch_->setText(mixed ? tr("several values") : on ? tr("set") : tr("not set"));
  if (on && !form_) {
    form_ = new ParamForm(context_, ParamForm::Extent::setOnly, below_);
    below_->layout()->addWidget(form_);
    // What its members are without a word of the file is not written down anywhere but in its own
    // defaults, which reading an empty object brings to light where it can be read.
    form_->setParams(recordsOf(*shape_.members), Json::object());
    connect(form_, &ParamForm::focused, this, &ValueEditor::focused);
    connect(form_, &ParamForm::edited, this,
            [this](const QString& parameter, const Json& part, const QString& where, bool typing) {
              Json object = value_->is_object() ? *value_ : Json::object();
              if (part.is_null())
                object.erase(parameter.toStdString());
              else
                object[parameter.toStdString()] = part;
              Q_EMIT edited(object, "." + parameter + where, typing);
            });
  }
  if (form_ && on) form_->setObjects({value});
  below_->setProperty("empty", !on);
  below_->setVisible(on && isVisibleTo(parentWidget()));
}

void ObjectEditor::setProblems(const std::vector<PartProblem>& problems) {
  std::vector<PartProblem> own;
  std::vector<PartProblem> inside;
  for (const PartProblem& problem : problems) {
    if (form_ && problem.path.startsWith('.'))
      inside.push_back({problem.path.mid(1), problem.message});
    else
      own.push_back({{}, problem.message});
  }
  noteProblem(own, switch_);
  if (form_) form_->setProblems(inside);
}

bool ObjectEditor::focusPart(const QString& path) {
  if (form_ && path.startsWith('.') && form_->focusPart(path.mid(1))) return true;
  return ValueEditor::focusPart({});
}

}  // namespace faultline::gui
