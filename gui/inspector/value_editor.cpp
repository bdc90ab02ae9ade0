#include "gui/inspector/value_editor.hpp"

#include <QComboBox>
#include <QEvent>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QStyleOptionComboBox>
#include <QStylePainter>
#include <QToolTip>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <nlohmann/json.hpp>

#include "gui/inspector/choice_editor.hpp"
#include "gui/inspector/list_editor.hpp"
#include "gui/inspector/object_editor.hpp"
#include "gui/inspector/scalar_editors.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

ValueEditor::ValueEditor(ValueShape shape, EditContext context, QWidget* parent)
    : QWidget(parent),
      shape_(std::move(shape)),
      context_(std::move(context)),
      value_(std::make_unique<Json>()) {}

ValueEditor::~ValueEditor() = default;

const Json& ValueEditor::value() const { return *value_; }

void ValueEditor::setValue(const Json& value, bool mixed) {
  displaying_ = true;
  *value_ = value;
  mixed_ = mixed;
  display(value, mixed);
  displaying_ = false;
}

void ValueEditor::setDefault(const Json&) {}

bool ValueEditor::focusPart(const QString&) {
  QWidget* target = focusProxy() ? focusProxy() : this;
  target->setFocus(Qt::ShortcutFocusReason);
  return true;
}

void ValueEditor::setNames(const QString& name, const QString& help) {
  help_ = help;
  setToolTip(help);
  QWidget* field = focusProxy() ? focusProxy() : this;
  field->setAccessibleName(name);
  field->setAccessibleDescription(help);
}

void ValueEditor::setProblems(const std::vector<PartProblem>& problems) {
  noteProblem(problems, focusProxy() ? focusProxy() : this);
}

/// Marks a field, and writes what is wrong below it.
void ValueEditor::noteProblem(const std::vector<PartProblem>& problems, QWidget* field) {
  QStringList texts;
  for (const PartProblem& problem : problems) {
    if (problem.path.isEmpty() || shape_.isScalar()) texts << problem.message;
  }
  texts.removeDuplicates();
  const bool wrong = !texts.isEmpty();
  if (!wrong && !error_) return;
  if (!error_) {
    error_ = new QLabel(this);
    error_->setWordWrap(true);
    error_->setFont(Theme::instance().smallFont());
    if (layout()) layout()->addWidget(error_);
  }
  error_->setText(texts.join('\n'));
  error_->setStyleSheet(QStringLiteral("color: %1").arg(Theme::instance().bad().name()));
  error_->setVisible(wrong);
  field->setStyleSheet(
      wrong ? QStringLiteral("border-color: %1").arg(Theme::instance().bad().name()) : QString());
  field->setAccessibleDescription(wrong ? texts.join(' ') : help_);
}

void ValueEditor::watchFocus(QWidget* widget) { widget->installEventFilter(this); }

bool ValueEditor::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::FocusIn) Q_EMIT focused(help_);
  return QWidget::eventFilter(watched, event);
}

namespace {

class WheelFilter : public QObject {
 public:
  using QObject::QObject;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    auto* widget = qobject_cast<QWidget*>(watched);
    if (event->type() == QEvent::Wheel && widget && !widget->hasFocus()) {
      event->ignore();
      return true;
    }
    return false;
  }
};

}  // namespace

namespace {

/// What of a box shows its text.
int textRoom(const QComboBox& box, const QStyleOptionComboBox& option) {
  const QRect field =
      box.style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, &box);
  return field.width() - 4;
}

}  // namespace

void ShortBox::paintEvent(QPaintEvent*) {
  QStylePainter painter(this);
  painter.setPen(palette().color(QPalette::Text));
  QStyleOptionComboBox option;
  initStyleOption(&option);
  painter.drawComplexControl(QStyle::CC_ComboBox, option);
  if (currentIndex() < 0 && !placeholderText().isEmpty()) {
    option.palette.setBrush(QPalette::ButtonText, option.palette.placeholderText());
    option.currentText = placeholderText();
  }
  option.currentText =
      fontMetrics().elidedText(option.currentText, Qt::ElideRight, textRoom(*this, option));
  painter.drawControl(QStyle::CE_ComboBoxLabel, option);
}

bool ShortBox::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    QStyleOptionComboBox option;
    initStyleOption(&option);
    // A text that is cut comes first, then what is said of the field anyway.
    if (fontMetrics().horizontalAdvance(currentText()) > textRoom(*this, option)) {
      QString text = QStringLiteral("<b>%1</b>").arg(currentText().toHtmlEscaped());
      for (const QWidget* above = this; above; above = above->parentWidget()) {
        if (above->toolTip().isEmpty()) continue;
        text += QStringLiteral("<br>") + above->toolTip().toHtmlEscaped();
        break;
      }
      QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), text, this);
      return true;
    }
  }
  return QComboBox::event(event);
}

void tameWheel(QWidget* widget) {
  widget->setFocusPolicy(Qt::StrongFocus);
  widget->installEventFilter(new WheelFilter(widget));
}

QString fieldText(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return QString::fromStdString(value.get_ref<const std::string&>());
  const QByteArray line = jsonLine(value);
  return QString::fromUtf8(line);
}

Json typedValue(const ValueShape& shape, const QString& text) {
  const QString trimmed = text.trimmed();
  if (trimmed.isEmpty()) return nullptr;
  if (shape.kind == ValueShape::Kind::text) return text.toStdString();
  QString plain = trimmed;
  // A decimal comma, and digits in groups, as people write them.
  if (shape.kind == ValueShape::Kind::number || shape.kind == ValueShape::Kind::quantity) {
    static const QRegularExpression comma(QStringLiteral("^(-?\\d+),(\\d+)"));
    plain.replace(comma, QStringLiteral("\\1.\\2"));
    static const QRegularExpression group(QStringLiteral("(?<=\\d)[\\s\u00a0\u202f](?=\\d)"));
    plain.remove(group);
  }
  const std::string bytes = plain.toStdString();
  const Json parsed = Json::parse(bytes, nullptr, false);
  const bool number = parsed.is_number();
  if (number &&
      (shape.kind == ValueShape::Kind::number || shape.kind == ValueShape::Kind::quantity ||
       shape.kind == ValueShape::Kind::json)) {
    return parsed;
  }
  if (shape.kind == ValueShape::Kind::json && !parsed.is_discarded()) return parsed;
  return bytes;
}

ValueEditor* makeValueEditor(const ValueShape& shape, const EditContext& context, QWidget* parent) {
  switch (shape.kind) {
    case ValueShape::Kind::boolean:
      return new BoolEditor(shape, context, parent);
    case ValueShape::Kind::word:
      return new WordEditor(shape, context, parent);
    case ValueShape::Kind::reference:
    case ValueShape::Kind::zone:
      return new ReferenceEditor(shape, context, parent);
    case ValueShape::Kind::choice:
      return new ChoiceEditor(shape, context, parent);
    case ValueShape::Kind::list:
    case ValueShape::Kind::map:
      return new ListEditor(shape, context, parent);
    case ValueShape::Kind::object:
      return new ObjectEditor(shape, context, parent);
    case ValueShape::Kind::number:
    case ValueShape::Kind::quantity:
    case ValueShape::Kind::text:
    case ValueShape::Kind::json:
      break;
  }
  return new FieldEditor(shape, context, parent);
}

}  // namespace faultline::gui
