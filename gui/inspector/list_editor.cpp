#include "gui/inspector/list_editor.hpp"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include <nlohmann/json.hpp>

#include "gui/inspector/choice_editor.hpp"
#include "gui/inspector/object_editor.hpp"
#include "gui/inspector/scalar_editors.hpp"
#include "gui/shell/theme.hpp"
#include "sim/param/problem.hpp"

namespace faultline::gui {
namespace {

/// More elements than a person edits by hand are left to the source.
constexpr std::size_t elementsShown = 60;

QToolButton* makeButton(QWidget* parent, const QString& icon, const QString& text) {
  auto* button = new QToolButton(parent);
  button->setIcon(themedIcon(icon));
  button->setIconSize(QSize(14, 14));
  button->setAutoRaise(true);
  button->setStyleSheet(QStringLiteral("QToolButton { padding: 1px; }"));
  button->setToolTip(text);
  button->setAccessibleName(text);
  return button;
}

}  // namespace

struct ListEditor::Item {
  QFrame* frame = nullptr;
  QLineEdit* key = nullptr;  ///< Of a map.
  ValueEditor* editor = nullptr;
  QToolButton* up = nullptr;
  QToolButton* down = nullptr;
  QToolButton* remove = nullptr;
};

ListEditor::ListEditor(const ValueShape& shape, const EditContext& context, QWidget* parent)
    : ValueEditor(shape, context, parent),
      add_(new QToolButton(this)),
      count_(new QLabel(this)),
      below_(new QWidget(this)),
      rows_(new QVBoxLayout(below_)) {
  auto* line = new QHBoxLayout;
  line->setContentsMargins(0, 0, 0, 0);
  line->addWidget(count_);
  line->addStretch();
  line->addWidget(add_);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(2);
  outer->addLayout(line);
  add_->setIcon(themedIcon(QStringLiteral("add")));
  add_->setIconSize(QSize(14, 14));
  add_->setText(tr("Add"));
  add_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  add_->setAutoRaise(true);
  count_->setForegroundRole(QPalette::PlaceholderText);
  setFocusProxy(add_);
  watchFocus(add_);
  rows_->setContentsMargins(6, 0, 0, 4);
  rows_->setSpacing(4);
  below_->setProperty("empty", true);
  below_->hide();
  connect(add_, &QToolButton::clicked, this, &ListEditor::addElement);
}

ListEditor::~ListEditor() = default;

/// The value as a list; a bare text stands for a list of one.
Json ListEditor::elements() const {
  if (isMap()) return value_->is_object() ? *value_ : Json::object();
  if (value_->is_array()) return *value_;
  return value_->is_null() ? Json::array() : Json::array({*value_});
}

Json ListEditor::freshElement() const {
  const ValueShape& element = *shape_.element;
  switch (element.kind) {
    case ValueShape::Kind::boolean:
      return false;
    case ValueShape::Kind::number: {
      const double least = shape_.param->options().minimum;
      return std::isfinite(least) ? Json(static_cast<std::int64_t>(least)) : Json(0);
    }
    case ValueShape::Kind::word:
      return shape_.param->options().words.front();
    case ValueShape::Kind::object:
      return Json::object();
    case ValueShape::Kind::list:
      return Json::array();
    case ValueShape::Kind::map:
      return Json::object();
    case ValueShape::Kind::choice: {
      const auto types = sim::TypeCatalogue::instance().types(element.choiceKind);
      for (const sim::TypeRecord* type : types) {
        // Work on a core is where most servers begin.
        if (type->name() == "cpu") return freshChoice(*type);
      }
      for (const sim::TypeRecord* type : types) {
        if (type->name() == "crash") return freshChoice(*type);
      }
      return types.empty() ? Json("") : freshChoice(*types.front());
    }
    case ValueShape::Kind::reference: {
      // The first that is not there yet.
      const QStringList names = referenceCandidates(element, context_);
      const Json present = elements();
      for (const QString& name : names) {
        bool there = false;
        for (const Json& each : present) there = there || each == Json(name.toStdString());
        if (!there) return name.toStdString();
      }
      return names.isEmpty() ? Json("") : Json(names.front().toStdString());
    }
    default:
      return "";
  }
}

void ListEditor::addElement() {
  Json whole = elements();
  if (isMap()) {
    std::string key = shape_.element->kind == ValueShape::Kind::list && !whole.contains("default")
                          ? "default"
                          : "new";
    for (int i = 2; whole.contains(key); ++i) key = "new" + std::to_string(i);
    whole[key] = freshElement();
  } else {
    whole.push_back(freshElement());
  }
  Q_EMIT edited(whole, {}, false);
  // Where the new one is to be filled in.
  if (!isMap() && !items_.empty()) items_.back()->editor->focusPart({});
}

void ListEditor::removeElement(std::size_t index) {
  Json whole = elements();
  if (isMap()) {
    if (index < keys_.size()) whole.erase(keys_[index]);
  } else if (index < whole.size()) {
    whole.erase(index);
  }
  const bool nothing = whole.empty() && !shape_.param->options().required;
  Q_EMIT edited(nothing ? Json(nullptr) : whole, {}, false);
}

void ListEditor::moveElement(std::size_t index, int by) {
  Json whole = elements();
  const std::ptrdiff_t to = static_cast<std::ptrdiff_t>(index) + by;
  if (isMap() || to < 0 || to >= static_cast<std::ptrdiff_t>(whole.size())) return;
  std::swap(whole[index], whole[static_cast<std::size_t>(to)]);
  Q_EMIT edited(whole, {}, false);
  if (to < static_cast<std::ptrdiff_t>(items_.size())) {
    (by < 0 ? items_[static_cast<std::size_t>(to)]->up : items_[static_cast<std::size_t>(to)]->down)
        ->setFocus();
  }
}

void ListEditor::renameKey(std::size_t index, const QString& to) {
  Json whole = elements();
  if (index >= keys_.size()) return;
  const std::string name = to.toStdString();
  if (name == keys_[index]) return;
  if (name.empty() || whole.contains(name)) {
    noteProblem(
        {{{}, name.empty() ? tr("a name may not be empty") : tr("this name stands here already")}},
        items_[index]->key);
    return;
  }
  noteProblem({}, items_[index]->key);
  whole[name] = whole[keys_[index]];
  whole.erase(keys_[index]);
  Q_EMIT edited(whole, {}, false);
}

void ListEditor::changeElement(std::size_t index, const Json& value, const QString& part,
                               bool typing) {
  Json whole = elements();
  if (isMap()) {
    if (index >= keys_.size()) return;
    whole[keys_[index]] = value;
    const QString step = QString::fromStdString((sim::Path("x") / keys_[index]).text()).mid(1);
    Q_EMIT edited(whole, step + part, typing);
    return;
  }
  if (index >= whole.size()) return;
  whole[index] = value;
  Q_EMIT edited(whole, QStringLiteral("[%1]").arg(index) + part, typing);
}

void ListEditor::makeItem() {
  auto item = std::make_unique<Item>();
  const std::size_t index = items_.size();
  item->frame = new QFrame(below_);
  auto* rows = new QVBoxLayout(item->frame);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(3);
  auto* line = new QHBoxLayout;
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(1);
  EditContext context = context_;
  item->editor = makeValueEditor(*shape_.element, context, item->frame);
  auto* object = qobject_cast<ObjectEditor*>(item->editor);
  if (object && !isMap()) object->setElement();
  const QString name =
      QStringLiteral("%1 %2").arg(context_.scope.label(*shape_.param)).arg(index + 1);
  item->editor->setNames(name, help_);
  if (isMap()) {
    item->key = new QLineEdit(item->frame);
    item->key->setAccessibleName(tr("Name"));
    // The key is its heading already.
    if (object) object->setEntry(item->key);
    watchFocus(item->key);
    line->addWidget(item->key, 1);
    connect(item->key, &QLineEdit::editingFinished, this,
            [this, index] { renameKey(index, items_[index]->key->text().trimmed()); });
  } else {
    line->addWidget(item->editor, 1);
    item->up = makeButton(item->frame, QStringLiteral("up"), tr("Move up"));
    item->down = makeButton(item->frame, QStringLiteral("down"), tr("Move down"));
    line->addWidget(item->up, 0, Qt::AlignTop);
    line->addWidget(item->down, 0, Qt::AlignTop);
    connect(item->up, &QToolButton::clicked, this, [this, index] { moveElement(index, -1); });
    connect(item->down, &QToolButton::clicked, this, [this, index] { moveElement(index, 1); });
  }
  item->remove = makeButton(item->frame, QStringLiteral("remove"), tr("Remove"));
  line->addWidget(item->remove, 0, Qt::AlignTop);
  connect(item->remove, &QToolButton::clicked, this, [this, index] { removeElement(index); });
  rows->addLayout(line);
  if (isMap()) rows->addWidget(item->editor);
  if (QWidget* below = item->editor->below()) {
    below->setParent(item->frame);
    rows->addWidget(below);
  }
  connect(item->editor, &ValueEditor::edited, this,
          [this, index](const Json& value, const QString& part, bool typing) {
            changeElement(index, value, part, typing);
          });
  connect(item->editor, &ValueEditor::focused, this, &ValueEditor::focused);
  rows_->addWidget(item->frame);
  items_.push_back(std::move(item));
}

void ListEditor::display(const Json&, bool mixed) {
  const Json whole = mixed ? (isMap() ? Json::object() : Json::array()) : elements();
  keys_.clear();
  if (isMap()) {
    for (const auto& [key, value] : whole.items()) keys_.push_back(key);
  }
  const std::size_t count = std::min(whole.size(), elementsShown);
  while (items_.size() > count) {
    items_.back()->frame->deleteLater();
    items_.back()->frame->hide();
    rows_->removeWidget(items_.back()->frame);
    items_.pop_back();
  }
  while (items_.size() < count) makeItem();
  for (std::size_t i = 0; i < count; ++i) {
    Item& item = *items_[i];
    item.editor->setValue(isMap() ? whole[keys_[i]] : whole[i]);
    if (item.key) {
      const QString key = QString::fromStdString(keys_[i]);
      if (item.key->text() != key) item.key->setText(key);
    } else {
      item.up->setEnabled(i > 0);
      item.down->setEnabled(i + 1 < whole.size());
    }
    item.frame->show();
    // Shown or not is decided by whether there is something.
    item.editor->setVisible(true);
    if (QWidget* below = item.editor->below())
      below->setVisible(!below->property("empty").toBool());
  }
  count_->setText(mixed                  ? tr("several values")
                  : whole.empty()        ? tr("none")
                  : whole.size() > count ? tr("%1, the first %2 shown").arg(whole.size()).arg(count)
                                         : QString::number(whole.size()));
  below_->setProperty("empty", count == 0);
  below_->setVisible(count > 0 && isVisibleTo(parentWidget()));
}

void ListEditor::setProblems(const std::vector<PartProblem>& problems) {
  std::vector<PartProblem> own;
  std::vector<std::vector<PartProblem>> parts(items_.size());
  for (const PartProblem& problem : problems) {
    bool taken = false;
    for (std::size_t i = 0; i < items_.size() && !taken; ++i) {
      const QString step = isMap()
                               ? QString::fromStdString((sim::Path("x") / keys_[i]).text()).mid(1)
                               : QStringLiteral("[%1]").arg(i);
      if (!problem.path.startsWith(step)) continue;
      const QString rest = problem.path.mid(step.size());
      if (!rest.isEmpty() && rest[0] != '.' && rest[0] != '[') continue;
      parts[i].push_back({rest, problem.message});
      taken = true;
    }
    if (!taken) own.push_back({{}, problem.message});
  }
  noteProblem(own, this);
  for (std::size_t i = 0; i < items_.size(); ++i) items_[i]->editor->setProblems(parts[i]);
}

bool ListEditor::focusPart(const QString& path) {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const QString step = isMap() ? QString::fromStdString((sim::Path("x") / keys_[i]).text()).mid(1)
                                 : QStringLiteral("[%1]").arg(i);
    if (!path.startsWith(step)) continue;
    const QString rest = path.mid(step.size());
    if (!rest.isEmpty() && rest[0] != '.' && rest[0] != '[') continue;
    return items_[i]->editor->focusPart(rest);
  }
  return ValueEditor::focusPart({});
}

ValueEditor* ListEditor::element(std::size_t index) const {
  return index < items_.size() ? items_[index]->editor : nullptr;
}

}  // namespace faultline::gui
