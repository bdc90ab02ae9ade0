/// The inside of Document: the text and what is derived from it.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <QElapsedTimer>
#include <QTimer>

#include "gui/document/design_builder.hpp"
#include "gui/document/document.hpp"
#include "gui/document/file_watch.hpp"
#include "gui/document/json_plan.hpp"
#include "gui/document/problem_finder.hpp"
#include "gui/document/recovery.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::gui {

class Document::Private {
 public:
  explicit Private(Document& document);

  /// Changes the text and everything derived from it; the undo commands alone call this.
  void apply(const std::vector<Splice>& splices, bool back);
  /// Another text altogether: opened, or new.
  void reset(const QByteArray& bytes);
  void push(const std::vector<Splice>& splices, const QString& name, const QString& mergeKey = {});
  /// Pushes a plan; false if the text is no JSON (`plan` is not called then).
  bool edit(const QString& name, const std::function<void(JsonPlan&)>& plan,
            const QString& mergeKey = {});
  bool refuse();
  /// The entry of `nodes`, or -1.
  std::int32_t nodeOf(const QString& name) const;
  std::string freeName(const std::string& wish, const std::vector<std::string>& taken) const;
  void setLayout(JsonPlan& plan, const std::vector<std::pair<std::string, QPointF>>& places) const;
  void setModifiedFrom(bool before);
  bool modified() const;
  std::vector<std::string> nodeOrder() const;
  QString problemLine() const;

  Document& document;
  QByteArray text;
  QByteArray savedText;
  QString fileName;
  QString templateTitle;
  std::optional<JsonText> syntax;  ///< Of `text`; none while it is not JSON.
  const std::unique_ptr<nlohmann::json> jsonHeld;
  nlohmann::json& json;  ///< Of the last text that was JSON.
  bool jsonIsCurrent = false;
  DesignBuilder builder;
  QUndoStack stack;
  ProblemFinder finder;
  QTimer problemTimer;
  std::vector<LocatedProblem> problems;
  std::shared_ptr<const sim::Spec> spec;
  bool pending = false;
  Recovery recovery;
  FileWatch watch;
  bool wasModified = false;

 private:
  void derive(qsizetype oldBegin, qsizetype oldEnd, qsizetype newEnd);
  bool deriveAll();
  bool derivePart(const JsonText& before, qsizetype oldBegin, qsizetype oldEnd, qsizetype growth);
};

}  // namespace faultline::gui
