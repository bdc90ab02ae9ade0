#include "gui/inspector/inspector.hpp"

#include <algorithm>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTableView>
#include <QTabWidget>
#include <QTimer>
#include <QVBoxLayout>

#include <nlohmann/json.hpp>

#include "gui/document/document.hpp"
#include "gui/inspector/form_page.hpp"
#include "gui/inspector/node_json.hpp"
#include "gui/inspector/now_model.hpp"
#include "gui/inspector/param_form.hpp"
#include "gui/run/run_controller.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"
#include "sim/network/component.hpp"
#include "sim/param/described.hpp"
#include "sim/param/json_path.hpp"
#include "sim/registry/language.hpp"
#include "sim/scenario/sections.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::gui {
namespace {

const sim::TypeRecord* typeNamed(const QString& name) {
  return sim::TypeCatalogue::instance().find(sim::Component::kind, name.toStdString());
}

QString pathOf(std::initializer_list<std::string> names) {
  sim::Path path;
  for (const std::string& name : names) path = path / name;
  return QString::fromStdString(path.text());
}

const Json* memberOf(const Json& object, const std::string& key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

/// What reading one parameter finds wrong with a value, with paths from the value on.
std::vector<PartProblem> readProblems(const sim::ParamRecord& param, void* params,
                                      const Json& value, const QString& base) {
  sim::Problems problems;
  sim::ReadContext context{problems, std::filesystem::path(base.toStdString())};
  param.read(value, params, sim::Path("x"), context);
  std::vector<PartProblem> found;
  for (const sim::Problem& problem : problems.sorted()) {
    QString text = shownSentence(problem.message);
    if (!problem.hint.empty()) text += QStringLiteral("; ") + shownSentence(problem.hint);
    found.push_back({QString::fromStdString(problem.path).mid(1), text});
  }
  return found;
}

}  // namespace

class Inspector::Private {
 public:
  enum class Subject { scenario, nodes, zone, note };

  Private(Inspector& owner, Document& doc, RunController& runs)
      : inspector(owner), document(doc), run(runs) {}

  Inspector& inspector;
  Document& document;
  RunController& run;
  Subject subject = Subject::scenario;
  QStringList names;  ///< Nodes, or the zone.
  int note = -1;

  QLineEdit* name = nullptr;
  QLabel* type = nullptr;
  QLabel* nameError = nullptr;
  QTabWidget* tabs = nullptr;
  QLineEdit* filter = nullptr;
  QScrollArea* scroll = nullptr;
  QWidget* page = nullptr;  ///< In the scroll area.
  QVBoxLayout* rows = nullptr;
  QPointer<ParamForm> common;  ///< Replicas and zones.
  QPointer<ParamForm> form;
  QLabel* help = nullptr;
  QWidget* nowPage = nullptr;
  QLabel* window = nullptr;
  QTableView* table = nullptr;
  NowModel* now = nullptr;
  NodeJson* json = nullptr;
  QString built;  ///< What the forms were made for.
  std::vector<const sim::ParamRecord*> shown;

  void build();
  void refresh();
  /// A title that is longer than its line ends in dots; the whole of it is in the tooltip.
  void fitTitle() {
    if (!name->isReadOnly()) return;
    const QString whole = name->toolTip();
    name->setText(name->fontMetrics().elidedText(whole, Qt::ElideRight, name->width() - 10));
    name->setCursorPosition(0);
  }
  void showProblems();
  void showNow();
  void rebuild() {
    built.clear();
    refresh();
  }
  QStringList basePaths() const;
  std::vector<Json> objects() const;
  void edit(const QString& parameter, const Json& value, const QString& part, bool typing,
            ParamForm* form);
  void* scratch(const sim::ParamRecord& param, std::shared_ptr<void>& hold) const;
  void connectForm(ParamForm* made);
  void rename();
  EditContext context() const;
  QString subjectKey() const;
};

EditContext Inspector::Private::context() const {
  EditContext made;
  made.document = &document;
  if (subject == Subject::nodes) {
    made.nodes = names;
    const DesignNode* node = document.design().find(names.value(0));
    made.scope.type = node ? typeNamed(node->type) : nullptr;
  } else {
    made.places = true;
  }
  return made;
}

QStringList Inspector::Private::basePaths() const {
  QStringList paths;
  switch (subject) {
    case Subject::nodes:
      for (const QString& each : names) paths << pathOf({"nodes", each.toStdString()});
      break;
    case Subject::zone:
      paths << pathOf({"zones", names.value(0).toStdString()});
      break;
    case Subject::note:
      paths << QStringLiteral("notes[%1]").arg(note);
      break;
    case Subject::scenario:
      paths << QString();
      break;
  }
  return paths;
}

std::vector<Json> Inspector::Private::objects() const {
  const Json& root = document.json();
  std::vector<Json> found;
  switch (subject) {
    case Subject::nodes: {
      const Json* nodes = memberOf(root, "nodes");
      for (const QString& each : names) {
        const Json* node = nodes ? memberOf(*nodes, each.toStdString()) : nullptr;
        found.push_back(node ? *node : Json());
      }
      break;
    }
    case Subject::zone: {
      const Json* zones = memberOf(root, "zones");
      const Json* zone = zones ? memberOf(*zones, names.value(0).toStdString()) : nullptr;
      found.push_back(zone ? *zone : Json());
      break;
    }
    case Subject::note: {
      const Json* notes = memberOf(root, "notes");
      const bool there =
          notes && notes->is_array() && note >= 0 && note < static_cast<int>(notes->size());
      found.push_back(there ? (*notes)[static_cast<std::size_t>(note)] : Json());
      break;
    }
    case Subject::scenario: {
      Json sections = Json::object();
      if (root.is_object()) {
        for (const auto& [key, value] : root.items()) {
          if (key != "nodes" && key != "layout") sections[key] = value;
        }
      }
      found.push_back(std::move(sections));
      break;
    }
  }
  return found;
}

QString Inspector::Private::subjectKey() const {
  QString key = QString::number(static_cast<int>(subject)) + LanguageChoice::instance().shown();
  if (subject == Subject::nodes) {
    for (const QString& each : names) {
      const DesignNode* node = document.design().find(each);
      key += '/' + each + ':' + (node ? node->type : QString());
    }
  } else {
    key += names.join('/') + QString::number(note);
  }
  return key;
}

/// Makes the rows for what is shown.
void Inspector::Private::build() {
  delete page;
  page = new FormPage;
  rows = new QVBoxLayout(page);
  rows->setContentsMargins(2, 6, 8, 8);
  rows->setSpacing(8);
  common = nullptr;
  form = nullptr;
  shown.clear();
  const EditContext context = this->context();
  Json defaults = Json::object();
  switch (subject) {
    case Subject::nodes: {
      EditContext plain = context;
      plain.scope.type = nullptr;
      common = new ParamForm(plain, ParamForm::Extent::all, page);
      Json usual = {{"replicas", 1}};
      common->setParams(recordsOf(sim::node_sections()), usual);
      rows->addWidget(common);
      connectForm(common);
      // What all of them have, if they are of several types.
      std::vector<const sim::TypeRecord*> types;
      for (const QString& each : names) {
        const DesignNode* node = document.design().find(each);
        const sim::TypeRecord* record = node ? typeNamed(node->type) : nullptr;
        if (record && std::find(types.begin(), types.end(), record) == types.end()) {
          types.push_back(record);
        }
        if (!record) types.push_back(nullptr);
      }
      if (!types.empty() && types.front()) {
        for (const auto& param : types.front()->params().records()) {
          const bool everywhere = std::all_of(types.begin(), types.end(), [&](const auto* other) {
            const sim::ParamRecord* same = other ? other->params().find(param->name()) : nullptr;
            return same && same->type_text() == param->type_text() &&
                   same->choice_kind() == param->choice_kind();
          });
          if (everywhere) shown.push_back(param.get());
        }
        defaults = defaultsOf(*types.front());
      }
      break;
    }
    case Subject::scenario:
      for (const auto& param : sim::scenario_sections().records()) {
        if (param->name() != "layout" && param->name() != "notes") shown.push_back(param.get());
      }
      break;
    case Subject::zone:
      if (const sim::ParamRecord* zones = sim::scenario_sections().find("zones")) {
        shown = recordsOf(*zones->members());
      }
      break;
    case Subject::note:
      if (const sim::ParamRecord* notes = sim::scenario_sections().find("notes")) {
        shown = recordsOf(*notes->members());
      }
      break;
  }
  form = new ParamForm(context, ParamForm::Extent::all, page);
  form->setParams(shown, defaults);
  form->setFilter(filter->text());
  rows->addWidget(form);
  connectForm(form);
  rows->addStretch(1);
  scroll->setWidget(page);
  filter->setVisible(shown.size() > 12);
}

void Inspector::Private::connectForm(ParamForm* made) {
  QObject::connect(made, &ParamForm::edited, &inspector,
                   [this, made](const QString& parameter, const Json& value, const QString& part,
                                bool typing) { edit(parameter, value, part, typing, made); });
  QObject::connect(made, &ParamForm::focused, &inspector,
                   [this](const QString& text) { help->setText(text); });
}

void* Inspector::Private::scratch(const sim::ParamRecord&, std::shared_ptr<void>& hold) const {
  const DesignNode* node = document.design().find(names.value(0));
  const sim::TypeRecord* record = node ? typeNamed(node->type) : nullptr;
  if (!record) return nullptr;
  hold = record->make_params();
  return hold.get();
}

/// A field changed. What was typed and is wrong stays in the field, with what is wrong about it.
void Inspector::Private::edit(const QString& parameter, const Json& value, const QString& part,
                              bool typing, ParamForm* made) {
  if (!document.isJson()) {
    Q_EMIT document.editRefused(Inspector::tr("The text is not JSON at the moment."));
    return;
  }
  const std::string key = parameter.toStdString();
  const sim::ParamRecord* param = nullptr;
  if (made == common) {
    param = sim::node_sections().find(key);
  } else {
    for (const sim::ParamRecord* each : shown) {
      if (each->name() == key) param = each;
    }
  }
  if (!param) return;
  if (typing && !value.is_null() && subject == Subject::nodes) {
    std::shared_ptr<void> hold;
    std::vector<PartProblem> problems;
    if (made == common) {
      // Only the number of replicas is typed here.
      std::int64_t replicas = 1;
      sim::ParamOptions options = param->options();
      sim::Problems found;
      sim::ReadContext context{found};
      if (param->name() == "replicas") {
        sim::ValueType<std::int64_t>::read(value, replicas, options, sim::Path("x"), context);
      }
      for (const sim::Problem& problem : found.sorted()) {
        problems.push_back(
            {QString::fromStdString(problem.path).mid(1), shownSentence(problem.message)});
      }
    } else if (void* params = scratch(*param, hold)) {
      const std::vector<Json> present = objects();
      const Json* was = present.empty() ? nullptr : memberOf(present.front(), key);
      std::shared_ptr<void> second;
      const std::vector<PartProblem> before =
          was ? readProblems(*param, scratch(*param, second), *was, document.baseDirectory())
              : std::vector<PartProblem>();
      for (const PartProblem& problem :
           readProblems(*param, params, value, document.baseDirectory())) {
        // What was wrong elsewhere already does not hinder typing here.
        const bool here = problem.path.startsWith(part) || part.startsWith(problem.path);
        if (here && std::find(before.begin(), before.end(), problem) == before.end()) {
          problems.push_back(problem);
        }
      }
    }
    if (!problems.empty()) {
      std::vector<PartProblem> placed;
      for (const PartProblem& problem : problems) {
        // At the field that is being typed into.
        placed.push_back({parameter + part, problem.message});
      }
      made->setProblems(placed);
      return;
    }
  }
  made->setProblems({});
  const QString label = made == common || subject != Subject::nodes ? TextScope{}.label(*param)
                                                                    : context().scope.label(*param);
  const QStringList bases = basePaths();
  const QString text =
      subject != Subject::nodes ? Inspector::tr("Change %1").arg(label)
      : bases.size() == 1
          ? Inspector::tr("Change %1 of \"%2\"").arg(label, names.front())
          : Inspector::tr("Change %1 of several nodes (%2)").arg(label).arg(bases.size());
  std::vector<std::pair<QString, Json>> values;
  QStringList removed;
  for (const QString& base : bases) {
    const QString path = base.isEmpty() ? parameter : base + '.' + parameter;
    if (value.is_null()) {
      if (document.rangeOf(path)) removed << path;
    } else {
      values.emplace_back(path, value);
    }
  }
  const QString mergeKey = typing ? bases.join(' ') + '.' + parameter + part : QString();
  if (!removed.isEmpty()) document.removeValues(removed, text);
  if (!values.empty()) document.setValues(values, text, mergeKey);
}

void Inspector::Private::refresh() {
  // What is gone is not shown.
  if (subject == Subject::nodes) {
    QStringList left;
    for (const QString& each : names) {
      if (document.design().find(each)) left << each;
    }
    if (left != names) {
      names = left;
      if (names.isEmpty()) subject = Subject::scenario;
    }
  }
  const QString key = subjectKey();
  const bool fresh = key != built;
  if (fresh) {
    built = key;
    build();
  }
  const std::vector<Json> present = objects();
  if (common) common->setObjects(present);
  if (form) form->setObjects(present);
  // The heading.
  const bool one = subject == Subject::nodes && names.size() == 1;
  QString title;
  QString kind;
  switch (subject) {
    case Subject::nodes: {
      title = one ? names.front() : Inspector::tr("Several nodes (%1)").arg(names.size());
      QStringList types;
      for (const QString& each : names) {
        const DesignNode* node = document.design().find(each);
        const sim::TypeRecord* record = node ? typeNamed(node->type) : nullptr;
        const QString text = record
                                 ? QString::fromStdString(sim::type_title(*record, modelLanguage()))
                             : node ? Inspector::tr("unknown type \"%1\"").arg(node->type)
                                    : QString();
        if (!types.contains(text)) types << text;
      }
      kind = types.join(QStringLiteral(", "));
      if (one) {
        const DesignNode* node = document.design().find(names.front());
        const sim::TypeRecord* record = node ? typeNamed(node->type) : nullptr;
        type->setToolTip(record
                             ? QString::fromStdString(sim::type_summary(*record, modelLanguage()))
                             : QString());
      }
      break;
    }
    case Subject::zone:
      title = names.value(0);
      kind = Inspector::tr("Zone");
      break;
    case Subject::note:
      title = Inspector::tr("Note");
      break;
    case Subject::scenario:
      title = document.design().title.isEmpty() ? document.displayName() : document.design().title;
      kind = Inspector::tr("Scenario");
      break;
  }
  name->setReadOnly(!one && subject != Subject::zone);
  if (name->isReadOnly()) {
    name->setToolTip(title);
    fitTitle();
  } else if (!name->hasFocus() || fresh) {
    name->setToolTip(QString());
    name->setText(title);
  }
  name->setCursorPosition(0);
  type->setText(kind);
  nameError->hide();
  tabs->setTabVisible(1, one);
  tabs->setTabVisible(2, one || subject == Subject::zone);
  json->setPath(one || subject == Subject::zone ? basePaths().front() : QString());
  showProblems();
  showNow();
  if (fresh) {
    scroll->verticalScrollBar()->setValue(0);
    const DesignNode* node = one ? document.design().find(names.front()) : nullptr;
    const sim::TypeRecord* record = node ? typeNamed(node->type) : nullptr;
    help->setText(record ? QString::fromStdString(sim::type_summary(*record, modelLanguage()))
                         : QString());
  }
}

void Inspector::Private::showProblems() {
  if (!form || document.problemsPending()) return;
  std::vector<PartProblem> own;
  for (const QString& base : basePaths()) {
    for (const LocatedProblem& problem : document.problems()) {
      QString rest = problem.path;
      if (!base.isEmpty()) {
        if (!rest.startsWith(base + '.')) continue;
        rest = rest.mid(base.size() + 1);
      }
      if (rest.isEmpty() || (base.isEmpty() && rest.startsWith(QStringLiteral("nodes")))) continue;
      QString text = shownSentence(problem.message);
      // What a missing parameter means is said by its field already.
      const bool missing = problem.message == QLatin1String("required parameter is missing");
      if (!missing && !problem.hint.isEmpty()) {
        text += QStringLiteral("; ") + shownSentence(problem.hint);
      }
      own.push_back({rest, text});
    }
  }
  form->setProblems(own);
  if (common) common->setProblems(own);
}

void Inspector::Private::showNow() {
  if (tabs->currentIndex() != 1 || subject != Subject::nodes || names.size() != 1) return;
  now->show(names.front(), run.snapshot());
  window->setText(now->isEmpty()
                      ? Inspector::tr("Nothing to show: no run has reached this node yet.")
                      : Inspector::tr("Of the window %1 of virtual time.").arg(now->windowText()));
  table->setVisible(!now->isEmpty());
}

void Inspector::Private::rename() {
  if ((subject != Subject::nodes && subject != Subject::zone) || names.size() != 1 ||
      name->isReadOnly())
    return;
  const QString from = names.front();
  const QString to = name->text().trimmed();
  if (to == from) return;
  // The rename itself brings a refresh, which must find the new name.
  QString error;
  names = QStringList{to};
  const bool isZone = subject == Subject::zone;
  if (!(isZone ? document.renameZone(from, to, &error) : document.renameNode(from, to, &error))) {
    names = QStringList{from};
    nameError->setText(error);
    nameError->setStyleSheet(QStringLiteral("color: %1").arg(Theme::instance().bad().name()));
    nameError->show();
    return;
  }
  nameError->hide();
  if (isZone) {
    Q_EMIT inspector.zoneShown(to);
    return;
  }
  refresh();
  Q_EMIT inspector.nodesShown(names);
}

Inspector::Inspector(Document& document, RunController& run, QWidget* parent)
    : QWidget(parent), d_(std::make_unique<Private>(*this, document, run)) {
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(10, 8, 6, 6);
  rows->setSpacing(6);
  auto* head = new QHBoxLayout;
  d_->name = new QLineEdit(this);
  d_->name->setFrame(false);
  d_->name->setStyleSheet(QStringLiteral(
      "QLineEdit { background: transparent; border: 1px solid transparent; padding: 1px; }"
      "QLineEdit:focus:!read-only { border: 1px solid palette(highlight); }"));
  QFont big = Theme::instance().boldFont();
  big.setPointSizeF(big.pointSizeF() * 1.25);
  d_->name->setFont(big);
  d_->type = new QLabel(this);
  d_->type->setForegroundRole(QPalette::PlaceholderText);
  d_->type->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  d_->type->setWordWrap(true);
  head->addWidget(d_->name, 3);
  head->addWidget(d_->type, 2);
  rows->addLayout(head);
  d_->nameError = new QLabel(this);
  d_->nameError->setWordWrap(true);
  d_->nameError->setFont(Theme::instance().smallFont());
  d_->nameError->hide();
  rows->addWidget(d_->nameError);

  d_->tabs = new QTabWidget(this);
  d_->tabs->setDocumentMode(true);
  rows->addWidget(d_->tabs, 1);
  auto* parameters = new QWidget(this);
  auto* parameterRows = new QVBoxLayout(parameters);
  parameterRows->setContentsMargins(0, 6, 0, 0);
  d_->filter = new QLineEdit(parameters);
  d_->filter->setClearButtonEnabled(true);
  parameterRows->addWidget(d_->filter);
  d_->scroll = new QScrollArea(parameters);
  d_->scroll->setWidgetResizable(true);
  d_->scroll->setFrameShape(QFrame::NoFrame);
  d_->scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  parameterRows->addWidget(d_->scroll, 1);
  d_->help = new QLabel(parameters);
  d_->help->setWordWrap(true);
  d_->help->setFont(Theme::instance().smallFont());
  d_->help->setForegroundRole(QPalette::PlaceholderText);
  d_->help->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  d_->help->setMinimumHeight(QFontMetrics(d_->help->font()).lineSpacing() * 3 + 6);
  d_->help->setContentsMargins(2, 4, 2, 0);
  parameterRows->addWidget(d_->help);
  d_->tabs->addTab(parameters, QString());

  d_->nowPage = new QWidget(this);
  auto* nowRows = new QVBoxLayout(d_->nowPage);
  nowRows->setContentsMargins(0, 6, 0, 0);
  d_->window = new QLabel(d_->nowPage);
  d_->window->setWordWrap(true);
  d_->window->setForegroundRole(QPalette::PlaceholderText);
  nowRows->addWidget(d_->window);
  d_->now = new NowModel(this);
  d_->table = new QTableView(d_->nowPage);
  d_->table->setModel(d_->now);
  d_->table->setFrameShape(QFrame::NoFrame);
  d_->table->setSelectionMode(QAbstractItemView::NoSelection);
  d_->table->setShowGrid(false);
  d_->table->setAlternatingRowColors(true);
  d_->table->verticalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  d_->table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  nowRows->addWidget(d_->table, 1);
  nowRows->addStretch();
  d_->tabs->addTab(d_->nowPage, QString());

  d_->json = new NodeJson(document, this);
  d_->tabs->addTab(d_->json, QString());

  connect(d_->name, &QLineEdit::editingFinished, this, [this] { d_->rename(); });
  connect(d_->filter, &QLineEdit::textChanged, this, [this](const QString& text) {
    if (d_->form) d_->form->setFilter(text.trimmed());
  });
  connect(d_->tabs, &QTabWidget::currentChanged, this, [this] { d_->showNow(); });
  connect(&document, &Document::textChanged, this, [this] {
    // Of a text that is no JSON at the moment the last good one is shown; of a file that never was
    // any, nothing.
    if (d_->document.isJson() || d_->document.json().empty()) d_->refresh();
  });
  connect(&document, &Document::problemsChanged, this, [this] { d_->showProblems(); });
  connect(&run, &RunController::snapshotReady, this, [this] { d_->showNow(); });
  connect(&Theme::instance(), &Theme::changed, this, [this] { d_->rebuild(); });
  QEvent language(QEvent::LanguageChange);
  changeEvent(&language);
}

Inspector::~Inspector() {
  // Fields that lose the focus while they go have nobody to tell any more.
  for (QObject* child : findChildren<QObject*>()) child->disconnect(this);
  QObject::disconnect(&d_->document, nullptr, this, nullptr);
  d_->run.disconnect(this);
}

void Inspector::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange && d_ && d_->json) {
    d_->tabs->setTabText(0, tr("Parameters"));
    d_->tabs->setTabText(1, tr("Now"));
    d_->tabs->setTabText(2, tr("JSON"));
    d_->filter->setPlaceholderText(tr("Search parameters"));
    d_->filter->setAccessibleName(tr("Search parameters"));
    d_->name->setAccessibleName(tr("Name"));
    for (auto* text : d_->json->findChildren<QPlainTextEdit*>()) {
      text->setAccessibleName(NodeJson::tr("Text of the node"));
    }
    d_->table->setAccessibleName(tr("Figures of now"));
    d_->rebuild();
  }
  QWidget::changeEvent(event);
}

void Inspector::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  d_->fitTitle();
}

void Inspector::showNodes(const QStringList& names) {
  if (names.isEmpty()) return showScenario();
  d_->subject = Private::Subject::nodes;
  d_->names = names;
  d_->refresh();
}

void Inspector::showZone(const QString& name) {
  d_->subject = Private::Subject::zone;
  d_->names = QStringList{name};
  d_->refresh();
}

void Inspector::showNote(int index) {
  d_->subject = Private::Subject::note;
  d_->names.clear();
  d_->note = index;
  d_->refresh();
}

void Inspector::showScenario() {
  d_->subject = Private::Subject::scenario;
  d_->names.clear();
  d_->refresh();
}

QStringList Inspector::nodes() const {
  return d_->subject == Private::Subject::nodes ? d_->names : QStringList();
}

bool Inspector::goToPath(const QString& path) {
  const auto steps = sim::parse_path(path.toStdString());
  if (!steps || steps->empty() || steps->front().index) return false;
  if (steps->front().key == "nodes") {
    if (steps->size() < 2 || (*steps)[1].index) return false;
    const QString node = QString::fromStdString((*steps)[1].key);
    if (!d_->document.design().find(node)) return false;
    if (nodes() != QStringList{node}) {
      showNodes({node});
      Q_EMIT nodesShown({node});
    }
    d_->tabs->setCurrentIndex(0);
    if (steps->size() == 2) return true;
    const std::vector<sim::PathStep> rest(steps->begin() + 2, steps->end());
    const QString inside = QString::fromStdString(sim::to_path(rest).text());
    const bool there =
        (d_->common && d_->common->focusPart(inside)) || (d_->form && d_->form->focusPart(inside));
    if (there) {
      QTimer::singleShot(0, this, [this] {
        QWidget* field = focusWidget();
        if (field && d_->page && d_->page->isAncestorOf(field))
          d_->scroll->ensureWidgetVisible(field);
      });
    }
    return there;
  }
  if (steps->front().key == "layout") return false;
  showScenario();
  Q_EMIT nodesShown({});
  d_->tabs->setCurrentIndex(0);
  const bool there = d_->form && d_->form->focusPart(path);
  if (there) {
    QTimer::singleShot(0, this, [this] {
      QWidget* field = focusWidget();
      if (field && d_->page && d_->page->isAncestorOf(field))
        d_->scroll->ensureWidgetVisible(field);
    });
  }
  return there;
}

}  // namespace faultline::gui
