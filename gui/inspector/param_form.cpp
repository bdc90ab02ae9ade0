#include "gui/inspector/param_form.hpp"

#include <algorithm>
#include <QGridLayout>
#include <QLabel>
#include <QToolButton>

#include <nlohmann/json.hpp>

#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

/// A label that says with a dot, and in bold, that the file sets this.
class RowLabel : public QLabel {
 public:
  using QLabel::QLabel;
  void setMarked(bool marked) {
    if (marked_ == marked) return;
    marked_ = marked;
    QFont own = font();
    own.setBold(marked);
    setFont(own);
    update();
  }
  bool isMarked() const { return marked_; }

 protected:
  void paintEvent(QPaintEvent* event) override {
    QLabel::paintEvent(event);
    if (!marked_) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::instance().accent());
    painter.drawEllipse(QPointF(4, 5 + fontMetrics().height() / 2.0), 2.5, 2.5);
  }

 private:
  bool marked_ = false;
};

/// The first names of a path: "endpoints.default[1]" -> "endpoints" and ".default[1]".
std::pair<std::string, QString> splitPath(const QString& path) {
  const qsizetype end = std::min(path.indexOf('.') < 0 ? path.size() : path.indexOf('.'),
                                 path.indexOf('[') < 0 ? path.size() : path.indexOf('['));
  return {path.left(end).toStdString(), path.mid(end)};
}

}  // namespace

struct ParamForm::Row {
  const sim::ParamRecord* param = nullptr;
  ValueShape shape;
  RowLabel* label = nullptr;  ///< Null: not made yet.
  ValueEditor* editor = nullptr;
  QToolButton* reset = nullptr;
  bool set = false;  ///< The file says something.
  bool shown = false;
};

ParamForm::ParamForm(EditContext context, Extent extent, QWidget* parent)
    : QWidget(parent),
      context_(std::move(context)),
      extent_(extent),
      grid_(new QGridLayout(this)),
      defaults_(std::make_unique<Json>(Json::object())) {
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setHorizontalSpacing(4);
  grid_->setVerticalSpacing(5);
  grid_->setColumnStretch(0, 4);
  grid_->setColumnStretch(1, 6);
}

ParamForm::~ParamForm() = default;

std::vector<const sim::ParamRecord*> recordsOf(const sim::ParamSet& params) {
  std::vector<const sim::ParamRecord*> records;
  for (const auto& param : params.records()) records.push_back(param.get());
  return records;
}

Json defaultsOf(const sim::TypeRecord& type) {
  Json defaults = Json::object();
  const std::shared_ptr<void> params = type.make_params();
  for (const auto& param : type.params().records()) {
    Json value;
    if (!param->options().required) param->write(params.get(), value);
    defaults[param->name()] = std::move(value);
  }
  return defaults;
}

void ParamForm::setParams(const std::vector<const sim::ParamRecord*>& params,
                          const Json& defaults) {
  for (const auto& row : rows_) {
    if (!row->label) continue;
    QWidget* below = row->editor->below();
    delete row->label;
    delete row->editor;
    delete row->reset;
    delete below;
  }
  rows_.clear();
  *defaults_ = defaults;
  for (const sim::ParamRecord* param : params) {
    auto row = std::make_unique<Row>();
    row->param = param;
    row->shape = shapeOf(*param);
    rows_.push_back(std::move(row));
  }
  showRows();
}

ParamForm::Row* ParamForm::row(const std::string& name) const {
  for (const auto& row : rows_) {
    if (row->param->name() == name) return row.get();
  }
  return nullptr;
}

/// Makes the widgets of a row when it is first shown.
ParamForm::Row& ParamForm::make(std::size_t index) {
  Row& row = *rows_[index];
  if (row.label) return row;
  const sim::ParamRecord& param = *row.param;
  const QString name = QString::fromStdString(param.name());
  const auto fallback = defaults_->find(param.name());
  const Json usual = fallback == defaults_->end() ? Json() : *fallback;
  const QString label = context_.scope.label(param);
  const QString help = context_.scope.help(param, fieldText(usual));

  row.label = new RowLabel(label, this);
  row.label->setWordWrap(true);
  row.label->setContentsMargins(10, 5, 0, 0);
  row.label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  row.label->setToolTip(help);
  row.editor = makeValueEditor(row.shape, context_, this);
  row.editor->setNames(label, help);
  row.editor->setDefault(usual);
  row.label->setBuddy(row.editor->focusProxy() ? row.editor->focusProxy() : row.editor);
  row.reset = new QToolButton(this);
  row.reset->setIcon(themedIcon(QStringLiteral("reset")));
  row.reset->setAutoRaise(true);
  row.reset->setIconSize(QSize(14, 14));
  row.reset->setStyleSheet(QStringLiteral("QToolButton { padding: 1px; }"));
  row.reset->setToolTip(tr("Back to the default"));
  row.reset->setAccessibleName(tr("%1: back to the default").arg(label));
  QSizePolicy keep = row.reset->sizePolicy();
  keep.setRetainSizeWhenHidden(true);
  row.reset->setSizePolicy(keep);

  const int line = static_cast<int>(index) * 2;
  grid_->addWidget(row.label, line, 0, Qt::AlignTop);
  grid_->addWidget(row.editor, line, 1);
  grid_->addWidget(row.reset, line, 2, Qt::AlignTop);
  if (QWidget* below = row.editor->below()) {
    below->setParent(this);
    grid_->addWidget(below, line + 1, 0, 1, 3);
  }
  connect(row.editor, &ValueEditor::edited, this,
          [this, name](const Json& value, const QString& part, bool typing) {
            Q_EMIT edited(name, value, part, typing);
          });
  connect(row.editor, &ValueEditor::focused, this,
          [this, help](const QString& text) { Q_EMIT focused(text.isEmpty() ? help : text); });
  connect(row.reset, &QToolButton::clicked, this, [this, name] { resetRow(name); });
  return row;
}

void ParamForm::resetRow(const QString& parameter) {
  Q_EMIT edited(parameter, Json(nullptr), {}, false);
}

bool ParamForm::wanted(const Row& row) const {
  if (!filter_.isEmpty()) {
    return context_.scope.label(*row.param).contains(filter_, Qt::CaseInsensitive) ||
           QString::fromStdString(row.param->name()).contains(filter_, Qt::CaseInsensitive) ||
           context_.scope.help(*row.param).contains(filter_, Qt::CaseInsensitive);
  }
  return extent_ == Extent::all || expanded_ || row.set || row.param->options().required;
}

void ParamForm::showRows() {
  int hidden = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Row& row = *rows_[i];
    const bool show = wanted(row);
    if (!show) ++hidden;
    if (show && !row.label) {
      make(i);
      update(row);
    }
    row.shown = show;
    if (!row.label) continue;
    row.label->setVisible(show);
    row.editor->setVisible(show);
    row.reset->setVisible(show && row.set && !row.param->options().required);
    // What stands below hides itself when it has nothing to show.
    if (QWidget* below = row.editor->below()) {
      below->setVisible(show && !below->property("empty").toBool());
    }
  }
  if (extent_ == Extent::setOnly && (hidden > 0 || expanded_) && filter_.isEmpty()) {
    if (!more_) {
      more_ = new QToolButton(this);
      more_->setAutoRaise(true);
      more_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
      more_->setIconSize(QSize(12, 12));
      connect(more_, &QToolButton::clicked, this, [this] {
        expanded_ = !expanded_;
        showRows();
      });
    }
    grid_->addWidget(more_, static_cast<int>(rows_.size()) * 2, 0, 1, 3, Qt::AlignLeft);
    more_->setText(expanded_ ? tr("Only what is set") : tr("More parameters (%1)").arg(hidden));
    more_->setIcon(themedIcon(expanded_ ? QStringLiteral("up") : QStringLiteral("down")));
    more_->setVisible(true);
  } else if (more_) {
    more_->setVisible(false);
  }
}

void ParamForm::update(Row& row) {
  const std::string& name = row.param->name();
  bool mixed = false;
  row.set = false;
  Json value;
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    const Json& object = objects_[i];
    const bool has = object.is_object() && object.contains(name);
    row.set = row.set || has;
    const Json here = has ? object[name] : Json();
    if (i == 0)
      value = here;
    else if (here != value)
      mixed = true;
  }
  if (!row.label) return;
  row.editor->setValue(mixed ? Json() : value, mixed);
  const auto usual = defaults_->find(name);
  // What must be given differs from nothing.
  const bool differs = row.set && !row.param->options().required &&
                       (mixed || usual == defaults_->end() || *usual != value);
  row.label->setMarked(differs);
  row.label->setAccessibleDescription(differs ? tr("differs from the default") : QString());
}

void ParamForm::setObjects(const std::vector<Json>& objects) {
  objects_ = objects;
  for (const auto& row : rows_) update(*row);
  showRows();
}

void ParamForm::setProblems(const std::vector<PartProblem>& problems) {
  std::map<std::string, std::vector<PartProblem>> byRow;
  for (const PartProblem& problem : problems) {
    const auto [name, rest] = splitPath(problem.path);
    byRow[name].push_back({rest, problem.message});
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto found = byRow.find(rows_[i]->param->name());
    if (found != byRow.end() && !rows_[i]->label) {
      // A problem shows its field.
      make(i);
      rows_[i]->set = true;
      update(*rows_[i]);
      rows_[i]->label->setVisible(true);
      rows_[i]->editor->setVisible(true);
    }
    if (rows_[i]->label) {
      rows_[i]->editor->setProblems(found == byRow.end() ? std::vector<PartProblem>()
                                                         : found->second);
    }
  }
}

bool ParamForm::focusPart(const QString& path) {
  const auto [name, rest] = splitPath(path);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i]->param->name() != name) continue;
    if (!wanted(*rows_[i])) {
      expanded_ = true;
      filter_.clear();
      showRows();
    }
    return make(i).editor->focusPart(rest);
  }
  return false;
}

void ParamForm::setFilter(const QString& text) {
  if (filter_ == text) return;
  filter_ = text;
  showRows();
}

int ParamForm::rowCount() const {
  return static_cast<int>(
      std::count_if(rows_.begin(), rows_.end(), [](const auto& row) { return row->shown; }));
}

ValueEditor* ParamForm::editorOf(const QString& parameter) const {
  const Row* found = row(parameter.toStdString());
  return found ? found->editor : nullptr;
}

bool ParamForm::isMarked(const QString& parameter) const {
  const Row* found = row(parameter.toStdString());
  return found && found->label && found->label->isMarked();
}

}  // namespace faultline::gui
