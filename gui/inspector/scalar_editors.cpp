#include "gui/inspector/scalar_editors.hpp"

#include <algorithm>
#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

#include <nlohmann/json.hpp>

#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"
#include "sim/registry/language.hpp"

namespace faultline::gui {
namespace {

constexpr int candidatesMax = 2000;
constexpr qint64 replicasListed = 8;

/// A box whose list is made when it is opened.
class LazyBox : public QComboBox {
 public:
  LazyBox(QWidget* parent, std::function<void()> fill)
      : QComboBox(parent), fill_(std::move(fill)) {}
  void showPopup() override {
    fill_();
    QComboBox::showPopup();
  }

 private:
  std::function<void()> fill_;
};

QVBoxLayout* rowsOf(QWidget* widget) {
  auto* rows = new QVBoxLayout(widget);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(2);
  return rows;
}

}  // namespace

// FieldEditor

FieldEditor::FieldEditor(const ValueShape& shape, const EditContext& context, QWidget* parent)
    : ValueEditor(shape, context, parent), field_(new QLineEdit(this)), unit_(new QLabel(field_)) {
  rowsOf(this)->addWidget(field_);
  field_->setMinimumWidth(60);
  setFocusProxy(field_);
  watchFocus(field_);
  field_->installEventFilter(this);
  const QString unit =
      shape_.kind == ValueShape::Kind::number
          ? QString::fromStdString(sim::unit_text(shape_.param->options().unit, modelLanguage()))
          : QString();
  unit_->setText(unit);
  unit_->setVisible(!unit.isEmpty());
  unit_->setForegroundRole(QPalette::PlaceholderText);
  unit_->setFont(Theme::instance().smallFont());
  unit_->setAttribute(Qt::WA_TransparentForMouseEvents);
  if (!unit.isEmpty()) {
    auto* inside = new QHBoxLayout(field_);
    inside->setContentsMargins(6, 0, 6, 0);
    inside->addStretch();
    inside->addWidget(unit_);
    field_->setTextMargins(0, 0, unit_->sizeHint().width() + 4, 0);
  }
  connect(field_, &QLineEdit::textEdited, this, &FieldEditor::typed);
}

QString FieldEditor::usual() const {
  // Nothing is written and nothing stands for it: said, so that the field does not look forgotten.
  const bool absent = default_.isEmpty() && !shape_.param->options().required;
  return absent ? tr("not set") : default_;
}

void FieldEditor::setDefault(const Json& value) {
  default_ = fieldText(value);
  if (!mixed_) field_->setPlaceholderText(usual());
}

void FieldEditor::display(const Json& value, bool mixed) {
  field_->setPlaceholderText(mixed ? tr("several values") : usual());
  const QString text = mixed ? QString() : fieldText(value);
  if (field_->text() == text) return;
  // What is being typed stays as it was typed if it means the same.
  if (!mixed && !value.is_null() && typedValue(shape_, field_->text()) == value) return;
  const int cursor = field_->cursorPosition();
  field_->setText(text);
  field_->setCursorPosition(
      field_->hasFocus() ? std::min<int>(cursor, static_cast<int>(text.size())) : 0);
}

void FieldEditor::typed() {
  mixed_ = false;
  Q_EMIT edited(typedValue(shape_, field_->text()), {}, true);
}

void FieldEditor::setProblems(const std::vector<PartProblem>& problems) {
  noteProblem(problems, field_);
}

/// Up and down change a whole number by one.
void FieldEditor::step(int by) {
  QString text = field_->text().isEmpty() ? default_ : field_->text();
  const Json present = typedValue(shape_, text);
  if (!present.is_number_integer()) return;
  const Json next = present.get<std::int64_t>() + by;
  field_->setText(fieldText(next));
  typed();
}

bool FieldEditor::eventFilter(QObject* watched, QEvent* event) {
  if (watched == field_ && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_Escape && field_->text() != fieldText(*value_)) {
      // Back to what stands in the file.
      field_->setText(fieldText(*value_));
      setProblems({});
      return true;
    }
    if (shape_.whole && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down)) {
      step(key->key() == Qt::Key_Up ? 1 : -1);
      return true;
    }
  }
  return ValueEditor::eventFilter(watched, event);
}

// BoolEditor

BoolEditor::BoolEditor(const ValueShape& shape, const EditContext& context, QWidget* parent)
    : ValueEditor(shape, context, parent), box_(new QCheckBox(this)) {
  rowsOf(this)->addWidget(box_);
  setFocusProxy(box_);
  watchFocus(box_);
  connect(box_, &QCheckBox::clicked, this, [this](bool checked) {
    mixed_ = false;
    box_->setTristate(false);
    name();
    Q_EMIT edited(Json(checked), {}, false);
  });
}

void BoolEditor::name() {
  box_->setText(box_->checkState() == Qt::PartiallyChecked ? tr("several values")
                : box_->isChecked()                        ? tr("yes")
                                                           : tr("no"));
}

void BoolEditor::setDefault(const Json& value) {
  default_ = value.is_boolean() && value.get<bool>();
  if (value_->is_null() && !mixed_) box_->setChecked(default_);
  name();
}

void BoolEditor::display(const Json& value, bool mixed) {
  box_->setTristate(mixed);
  if (mixed)
    box_->setCheckState(Qt::PartiallyChecked);
  else
    box_->setChecked(value.is_boolean() ? value.get<bool>() : default_);
  name();
}

// WordEditor

WordEditor::WordEditor(const ValueShape& shape, const EditContext& context, QWidget* parent)
    : ValueEditor(shape, context, parent), box_(new ShortBox(this)) {
  rowsOf(this)->addWidget(box_);
  setFocusProxy(box_);
  watchFocus(box_);
  tameWheel(box_);
  box_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box_->setMinimumContentsLength(4);
  for (const std::string& word : shape_.param->options().words) {
    box_->addItem(QString::fromStdString(sim::word_text(word, modelLanguage())),
                  QString::fromStdString(word));
  }
  connect(box_, &QComboBox::activated, this, [this](int index) {
    mixed_ = false;
    const QString word = box_->itemData(index).toString();
    Q_EMIT edited(Json(word.toStdString()), {}, false);
  });
}

void WordEditor::setDefault(const Json& value) {
  default_ = fieldText(value);
  if (value_->is_null() && !mixed_) box_->setCurrentIndex(box_->findData(default_));
}

void WordEditor::display(const Json& value, bool mixed) {
  box_->setPlaceholderText(mixed ? tr("several values") : fieldText(value).left(24));
  box_->setCurrentIndex(mixed ? -1 : box_->findData(value.is_null() ? default_ : fieldText(value)));
}

// ReferenceEditor

QStringList referenceCandidates(const ValueShape& shape, const EditContext& context) {
  QStringList names;
  if (!context.document) return names;
  const DesignModel& design = context.document->design();
  if (shape.kind == ValueShape::Kind::zone) {
    for (const DesignZone& zone : design.zones) names << zone.name;
    return names;
  }
  const QString role = QString::fromStdString(shape.param->options().role);
  for (const DesignNode& node : design.nodes) {
    if (names.size() > candidatesMax) break;
    if (!context.places) {
      if (context.nodes.contains(node.name) || !typeOffers(node.type, role)) continue;
    }
    names << node.name;
    if (context.places && node.replicas > 1) {
      for (qint64 i = 0; i < std::min(node.replicas, replicasListed); ++i) {
        names << QStringLiteral("%1[%2]").arg(node.name).arg(i);
      }
    }
  }
  if (context.places) {
    QStringList regions;
    for (const DesignZone& zone : design.zones) {
      names << QStringLiteral("zone:") + zone.name;
      const QString region =
          QStringLiteral("region:") + (zone.region.isEmpty() ? zone.name : zone.region);
      if (!regions.contains(region)) regions << region;
    }
    names << regions;
  }
  return names;
}

ReferenceEditor::ReferenceEditor(const ValueShape& shape, const EditContext& context,
                                 QWidget* parent)
    : ValueEditor(shape, context, parent), box_(new LazyBox(this, [this] { fill(); })) {
  rowsOf(this)->addWidget(box_);
  setFocusProxy(box_);
  box_->setEditable(true);
  box_->setInsertPolicy(QComboBox::NoInsert);
  box_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box_->setMinimumContentsLength(4);
  tameWheel(box_);
  watchFocus(box_);
  watchFocus(box_->lineEdit());
  const auto take = [this] {
    if (displaying_) return;
    const QString text = box_->currentText().trimmed();
    if (text == fieldText(*value_) && !mixed_) return;
    if (text.isEmpty() && mixed_) return;
    mixed_ = false;
    Q_EMIT edited(text.isEmpty() ? Json(nullptr) : Json(text.toStdString()), {}, false);
  };
  connect(box_, &QComboBox::activated, this, take);
  connect(box_->lineEdit(), &QLineEdit::editingFinished, this, take);
}

QStringList ReferenceEditor::candidates() const { return referenceCandidates(shape_, context_); }

void ReferenceEditor::fill() {
  displaying_ = true;
  const QString text = box_->currentText();
  box_->clear();
  if (!shape_.param->options().required) box_->addItem(QString());
  box_->addItems(candidates());
  box_->setEditText(text);
  box_->setCurrentIndex(box_->findText(text));
  box_->setEditText(text);
  displaying_ = false;
}

void ReferenceEditor::display(const Json& value, bool mixed) {
  box_->lineEdit()->setPlaceholderText(mixed ? tr("several values") : tr("none"));
  box_->setEditText(mixed ? QString() : fieldText(value));
}

}  // namespace faultline::gui
