#include "gui/document/document.hpp"

#include <nlohmann/json.hpp>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include "gui/document/document_private.hpp"
#include "gui/document/recent_files.hpp"
#include "gui/document/splice_command.hpp"
#include "gui/shell/language.hpp"
#include "sim/param/json_reader.hpp"

namespace faultline::gui {
namespace {

using Json = nlohmann::json;

/// After the last edit, so that typing does not start a search with each key.
constexpr int problemDelayMilliseconds = 120;
constexpr qint64 fileSizeMax = qint64{64} << 20;

const char* const emptyScenario = R"({
  "faultline": 1,
  "title": "%1",
  "nodes": {},
  "run": {"duration": "60s", "warmup": "5s", "seed": 1},
  "layout": {}
}
)";

std::string_view viewOf(const QByteArray& bytes) {
  return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

/// The value at `steps`, which exists.
Json* valueAt(Json& root, const std::vector<sim::PathStep>& steps) {
  Json* value = &root;
  for (const sim::PathStep& step : steps) {
    if (step.index) {
      if (!value->is_array() || *step.index >= value->size()) return nullptr;
      value = &(*value)[*step.index];
    } else {
      if (!value->is_object()) return nullptr;
      const auto found = value->find(step.key);
      if (found == value->end()) return nullptr;
      value = &*found;
    }
  }
  return value;
}

}  // namespace

Document::Private::Private(Document& owner)
    : document(owner),
      jsonHeld(std::make_unique<Json>(Json::object())),
      json(*jsonHeld),
      stack(&owner) {
  problemTimer.setSingleShot(true);
  problemTimer.setInterval(problemDelayMilliseconds);
  QObject::connect(&problemTimer, &QTimer::timeout, &owner,
                   [this] { finder.start(text, document.baseDirectory()); });
  QObject::connect(&finder, &ProblemFinder::found, &owner, [this](const FoundProblems& found) {
    problems = found.problems;
    spec = found.spec;
    pending = false;
    Q_EMIT document.problemsChanged();
  });
  QObject::connect(&watch, &FileWatch::changed, &owner, &Document::diskChanged);
  QObject::connect(&recovery, &Recovery::wanted, &owner, [this] {
    if (modified()) recovery.keep(fileName, document.displayName(), text);
  });
}

bool Document::Private::modified() const { return text != savedText; }

void Document::Private::setModifiedFrom(bool before) {
  const bool after = modified();
  recovery.changed(after);
  wasModified = after;
  if (before != after) Q_EMIT document.modifiedChanged(after);
}

std::vector<std::string> Document::Private::nodeOrder() const {
  std::vector<std::string> order;
  if (!syntax) return order;
  const std::int32_t nodes = syntax->member(syntax->root(), "nodes");
  if (nodes < 0) return order;
  for (std::int32_t child = syntax->at(nodes).firstChild; child >= 0;
       child = syntax->at(child).next) {
    order.push_back(syntax->key(child));
  }
  return order;
}

void Document::Private::reset(const QByteArray& bytes) {
  const bool before = wasModified;
  stack.clear();
  text = bytes;
  savedText = bytes;
  json = Json::object();
  builder.clear();
  syntax.reset();
  jsonIsCurrent = false;
  deriveAll();
  problems.clear();
  spec.reset();
  pending = true;
  finder.forget();
  problemTimer.start(0);
  setModifiedFrom(before);
  Q_EMIT document.textSpliced({});
  Q_EMIT document.textChanged();
  Q_EMIT document.designChanged();
  Q_EMIT document.problemsChanged();
}

void Document::Private::apply(const std::vector<Splice>& splices, bool back) {
  const qsizetype oldSize = text.size();
  qsizetype head = oldSize;
  qsizetype tail = oldSize;
  std::vector<Splice> done;
  done.reserve(splices.size());
  const auto change = [&](qsizetype offset, const QByteArray& removed, const QByteArray& inserted) {
    head = std::min(head, offset);
    tail = std::min(tail, text.size() - offset - removed.size());
    text.replace(offset, removed.size(), inserted);
    done.push_back({offset, removed, inserted});
  };
  if (back) {
    for (auto each = splices.rbegin(); each != splices.rend(); ++each) {
      change(each->offset, each->inserted, each->removed);
    }
  } else {
    for (const Splice& each : splices) change(each.offset, each.removed, each.inserted);
  }
  tail = std::min({tail, oldSize - head, text.size() - head});
  const DesignModel before = builder.model();
  derive(head, oldSize - tail, text.size() - tail);
  pending = true;
  finder.forget();
  problemTimer.start(problemDelayMilliseconds);
  setModifiedFrom(wasModified);
  Q_EMIT document.textSpliced(done);
  Q_EMIT document.textChanged();
  if (!(before == builder.model())) Q_EMIT document.designChanged();
}

void Document::Private::derive(qsizetype oldBegin, qsizetype oldEnd, qsizetype newEnd) {
  std::optional<JsonText> before = std::move(syntax);
  syntax = JsonText::scan(text);
  if (!syntax) {
    jsonIsCurrent = false;
    return;
  }
  if (before && jsonIsCurrent && derivePart(*before, oldBegin, oldEnd, newEnd - oldEnd)) return;
  deriveAll();
}

/// Reads the innermost container around the change again, and nothing else.
bool Document::Private::derivePart(const JsonText& before, qsizetype oldBegin, qsizetype oldEnd,
                                   qsizetype growth) {
  std::int32_t old = before.root();
  std::int32_t now = syntax->root();
  const auto surrounds = [&](const JsonNode& node) {
    return node.isContainer() && static_cast<qsizetype>(node.begin) < oldBegin &&
           oldEnd < static_cast<qsizetype>(node.end);
  };
  const auto same = [&](const JsonNode& was, const JsonNode& is) {
    return was.kind == is.kind && was.begin == is.begin &&
           static_cast<qsizetype>(was.end) + growth == static_cast<qsizetype>(is.end);
  };
  if (!surrounds(before.at(old)) || !same(before.at(old), syntax->at(now))) return false;
  while (true) {
    std::int32_t oldChild = before.at(old).firstChild;
    std::int32_t newChild = syntax->at(now).firstChild;
    while (oldChild >= 0 && newChild >= 0 && !surrounds(before.at(oldChild)) &&
           static_cast<qsizetype>(before.at(oldChild).begin) < oldBegin) {
      oldChild = before.at(oldChild).next;
      newChild = syntax->at(newChild).next;
    }
    if (oldChild < 0 || newChild < 0 || !surrounds(before.at(oldChild)) ||
        !same(before.at(oldChild), syntax->at(newChild))) {
      break;
    }
    old = oldChild;
    now = newChild;
  }
  if (now == syntax->root()) return false;
  const std::vector<sim::PathStep> path = syntax->pathOf(now);
  Json* target = valueAt(json, path);
  if (!target) return false;
  sim::Problems refused;
  std::optional<Json> part = sim::read_json(syntax->raw(now), refused);
  if (!part) return false;
  const std::string& section = path.front().key;
  if (section == "nodes") {
    if (path.size() == 1 && (!part->is_object() || !target->is_object())) return false;
    std::vector<std::string> changed;
    if (path.size() > 1) {
      changed.push_back(path[1].key);
    } else {
      for (const auto& [name, value] : part->items()) {
        const auto was = target->find(name);
        if (was == target->end() || *was != value) changed.push_back(name);
      }
      for (const auto& [name, value] : target->items()) {
        if (!part->contains(name)) changed.push_back(name);
      }
    }
    *target = std::move(*part);
    builder.read(json, nodeOrder(), &changed);
    return true;
  }
  *target = std::move(*part);
  if (section == "layout") {
    builder.readLayout(json);
  } else if (section == "zones" || section == "notes") {
    const std::vector<std::string> none;
    builder.read(json, nodeOrder(), &none);
  }
  return true;
}

bool Document::Private::deriveAll() {
  syntax = JsonText::scan(text);
  sim::Problems refused;
  std::optional<Json> whole = sim::read_json(viewOf(text), refused);
  jsonIsCurrent = whole.has_value() && syntax.has_value();
  if (!jsonIsCurrent) {
    // Names that stand twice and the like: it can be seen, but not edited by path.
    if (!syntax) return false;
    const std::vector<std::string> order = nodeOrder();
    Json lenient = Json::parse(viewOf(text.startsWith("\xEF\xBB\xBF") ? text.mid(3) : text),
                               nullptr, false, true);
    syntax.reset();
    if (lenient.is_discarded() || !builder.model().nodes.empty()) return false;
    builder.read(lenient, order);
    json = std::move(lenient);
    return false;
  }
  // What did not change keeps what was made of it.
  const auto nodesOf = [](const Json& root) {
    const auto found = root.is_object() ? root.find("nodes") : root.end();
    return root.is_object() && found != root.end() && found->is_object() ? &*found : nullptr;
  };
  const Json* was = nodesOf(json);
  const Json* is = nodesOf(*whole);
  std::vector<std::string> changed;
  if (was && is) {
    for (const auto& [name, value] : is->items()) {
      const auto before = was->find(name);
      if (before == was->end() || *before != value) changed.push_back(name);
    }
    for (const auto& [name, value] : was->items()) {
      if (!is->contains(name)) changed.push_back(name);
    }
  }
  const bool partly = was && is;
  json = std::move(*whole);
  builder.read(json, nodeOrder(), partly ? &changed : nullptr);
  return true;
}

void Document::Private::push(const std::vector<Splice>& splices, const QString& name,
                             const QString& mergeKey) {
  if (splices.empty()) return;
  stack.push(new SpliceCommand(*this, splices, name, mergeKey));
}

bool Document::Private::refuse() {
  Q_EMIT document.editRefused(
      tr("The text is not JSON at the moment%1. Mend it in the source, or undo, and try again.")
          .arg(problemLine()));
  return false;
}

QString Document::Private::problemLine() const {
  for (const LocatedProblem& problem : problems) {
    if (!pending && problem.line > 0) return tr(" (line %1)").arg(problem.line);
  }
  return {};
}

bool Document::Private::edit(const QString& name, const std::function<void(JsonPlan&)>& plan,
                             const QString& mergeKey) {
  if (!syntax || !jsonIsCurrent || syntax->at(syntax->root()).kind != JsonNode::Kind::object) {
    return refuse();
  }
  const JsonText present = *syntax;  // The plan's own; pushing changes the document's.
  JsonPlan edits(present);
  plan(edits);
  push(edits.splices(), name, mergeKey);
  return true;
}

std::int32_t Document::Private::nodeOf(const QString& name) const {
  if (!syntax) return -1;
  return syntax->member(syntax->member(syntax->root(), "nodes"), name.toStdString());
}

Document::Document(QObject* parent) : QObject(parent), d_(std::make_unique<Private>(*this)) {
  connect(&LanguageChoice::instance(), &LanguageChoice::changed, this, &Document::retranslate);
  createNew();
}

Document::~Document() = default;

void Document::retranslate() {
  if (!d_->jsonIsCurrent) return;
  d_->builder.read(d_->json, d_->nodeOrder());
  Q_EMIT designChanged();
}

void Document::createNew() {
  createFrom(QString::fromUtf8(emptyScenario).arg(tr("New system")).toUtf8());
}

void Document::createFrom(const QByteArray& text, const QString& title) {
  d_->templateTitle = title;
  d_->fileName.clear();
  d_->watch.follow({}, {});
  d_->reset(text);
  Q_EMIT fileNameChanged();
}

bool Document::open(const QString& fileName, QString* error) {
  const auto fail = [error](const QString& reason) {
    if (error) *error = reason;
    return false;
  };
  const QFileInfo info(fileName);
  const QString shown = QDir::toNativeSeparators(fileName);
  if (!info.exists()) return fail(tr("There is no file %1.").arg(shown));
  if (!info.isFile()) return fail(tr("%1 is not a file that can be edited.").arg(shown));
  if (info.size() > fileSizeMax) return fail(tr("%1 is larger than 64 MiB.").arg(shown));
  QFile file(fileName);
  if (!file.open(QIODevice::ReadOnly)) {
    return fail(tr("%1 cannot be read: %2.").arg(shown, file.errorString()));
  }
  const QByteArray text = file.readAll();
  if (file.error() != QFileDevice::NoError) {
    return fail(tr("%1 cannot be read: %2.").arg(shown, file.errorString()));
  }
  d_->templateTitle.clear();
  d_->fileName = info.absoluteFilePath();
  d_->reset(text);
  d_->watch.follow(d_->fileName, text);
  addRecentFile(d_->fileName);
  Q_EMIT fileNameChanged();
  return true;
}

bool Document::save(QString* error) {
  if (d_->fileName.isEmpty()) {
    if (error) *error = tr("The scenario has no file name yet.");
    return false;
  }
  // Not written for nothing: whoever watches the file would think it changed.
  if (!isModified() && QFileInfo::exists(d_->fileName)) return true;
  return saveAs(d_->fileName, error);
}

bool Document::saveAs(const QString& fileName, QString* error) {
  const QString shown = QDir::toNativeSeparators(fileName);
  QSaveFile file(fileName);
  const bool written =
      file.open(QIODevice::WriteOnly) && file.write(d_->text) == d_->text.size() && file.commit();
  if (!written) {
    if (error) *error = tr("%1 cannot be written: %2.").arg(shown, file.errorString());
    return false;
  }
  const QString path = QFileInfo(fileName).absoluteFilePath();
  const bool moved = path != d_->fileName;
  d_->fileName = path;
  d_->templateTitle.clear();
  d_->savedText = d_->text;
  d_->watch.follow(path, d_->savedText);
  d_->stack.setClean();
  d_->setModifiedFrom(d_->wasModified);
  addRecentFile(path);
  if (moved) {
    // Files named in the scenario are now looked for elsewhere.
    d_->pending = true;
    d_->finder.forget();
    d_->problemTimer.start();
    Q_EMIT fileNameChanged();
  }
  return true;
}

bool Document::restore(const RecoveredWork& work) {
  QByteArray saved;
  if (!work.fileName.isEmpty()) {
    QFile file(work.fileName);
    if (file.open(QIODevice::ReadOnly)) saved = file.readAll();
  }
  d_->fileName = work.fileName;
  d_->templateTitle = work.fileName.isEmpty() ? work.title : QString();
  d_->reset(work.text);
  d_->savedText = saved;
  d_->watch.follow(d_->fileName, saved);
  d_->setModifiedFrom(d_->wasModified);
  Q_EMIT fileNameChanged();
  if (d_->recovery.isEnabled()) d_->recovery.writeNow();
  discardRecovery(work.id);
  return true;
}

bool Document::isChangedOnDisk() {
  d_->watch.look();
  return d_->watch.found().has_value();
}

void Document::reload() {
  if (!isChangedOnDisk()) return;
  const QByteArray bytes = *d_->watch.found();
  d_->savedText = bytes;
  d_->watch.accept();
  setText(bytes, tr("Reload the file"));
  d_->stack.setClean();
  d_->setModifiedFrom(d_->wasModified);
}

void Document::keepMine() {
  if (!isChangedOnDisk()) return;
  d_->savedText = *d_->watch.found();
  d_->watch.accept();
  d_->setModifiedFrom(d_->wasModified);
}

QString Document::fileName() const { return d_->fileName; }

QString Document::displayName() const {
  if (!d_->fileName.isEmpty()) return QFileInfo(d_->fileName).fileName();
  if (!d_->templateTitle.isEmpty()) return d_->templateTitle;
  const QString& title = d_->builder.model().title;
  return title.isEmpty() ? tr("Untitled") : title;
}

bool Document::isModified() const { return d_->modified(); }

void Document::keepRecovery(bool keep) {
  d_->recovery.setEnabled(keep);
  d_->recovery.changed(d_->modified());
}

QString Document::baseDirectory() const {
  return d_->fileName.isEmpty() ? QStringLiteral(".") : QFileInfo(d_->fileName).absolutePath();
}

const QByteArray& Document::text() const { return d_->text; }
bool Document::isJson() const { return d_->jsonIsCurrent; }
const Json& Document::json() const { return d_->json; }
const DesignModel& Document::design() const { return d_->builder.model(); }
const std::vector<LocatedProblem>& Document::problems() const { return d_->problems; }
std::shared_ptr<const sim::Spec> Document::spec() const { return d_->spec; }
bool Document::problemsPending() const { return d_->pending; }
QUndoStack& Document::undoStack() { return d_->stack; }

std::optional<Document::TextRange> Document::rangeOf(const QString& path) const {
  const auto steps = pathSteps(path);
  if (!steps || !d_->syntax) return std::nullopt;
  const std::int32_t node = d_->syntax->find(*steps);
  if (node < 0) return std::nullopt;
  return TextRange{d_->syntax->at(node).begin, d_->syntax->at(node).end};
}

std::optional<Document::TextRange> Document::memberRangeOf(const QString& path) const {
  const auto steps = pathSteps(path);
  if (!steps || !d_->syntax) return std::nullopt;
  const std::int32_t node = d_->syntax->find(*steps);
  if (node < 0) return std::nullopt;
  return TextRange{d_->syntax->at(node).start(), d_->syntax->at(node).end};
}

QString Document::pathAt(qsizetype offset) const {
  if (!d_->syntax) return {};
  return QString::fromStdString(
      sim::to_path(d_->syntax->pathOf(d_->syntax->nodeAt(offset))).text());
}

void Document::beginMacro(const QString& name) { d_->stack.beginMacro(name); }
void Document::endMacro() { d_->stack.endMacro(); }

void Document::setText(const QByteArray& text, const QString& name, const QString& mergeKey) {
  // Only the part that differs, so that merging and cursors elsewhere stay sensible.
  const QByteArray& old = d_->text;
  const qsizetype least = std::min(old.size(), text.size());
  qsizetype head = 0;
  while (head < least && old[head] == text[head]) ++head;
  qsizetype tail = 0;
  while (tail < least - head && old[old.size() - 1 - tail] == text[text.size() - 1 - tail]) ++tail;
  replaceText(head, old.size() - tail, text.mid(head, text.size() - tail - head), name, mergeKey);
}

void Document::replaceText(qsizetype begin, qsizetype end, const QByteArray& text,
                           const QString& name, const QString& mergeKey) {
  begin = std::clamp<qsizetype>(begin, 0, d_->text.size());
  end = std::clamp<qsizetype>(end, begin, d_->text.size());
  const QByteArray removed = d_->text.mid(begin, end - begin);
  if (removed == text) return;
  d_->push({{begin, removed, text}}, name, mergeKey);
}

}  // namespace faultline::gui
