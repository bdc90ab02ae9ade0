/// A scenario being edited. The text is the truth: every edit is a list of splices of it on an undo
/// stack, so that comments, the order of keys and what this program does not know all survive, and
/// undoing is exact. No widgets here.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <QByteArray>
#include <QObject>
#include <QPointF>
#include <QString>
#include <QStringList>
#include <QUndoStack>
#include <vector>

#include "gui/document/design_model.hpp"
#include "gui/document/json_plan.hpp"

namespace faultline::sim {
struct Spec;
}

namespace faultline::gui {

struct RecoveredWork;

/// A problem of the file with its place.
struct LocatedProblem {
  QString path;
  QString message;
  QString hint;
  int line = 0;  ///< From 1; 0: none.
  int column = 0;
  QString node;  ///< The group it belongs to; empty: none.
  bool operator==(const LocatedProblem&) const = default;
};

class Document : public QObject {
  Q_OBJECT
 public:
  explicit Document(QObject* parent = nullptr);
  ~Document() override;

  // The file.
  void createNew();  ///< A small empty scenario without a file name.
  void createFrom(const QByteArray& text,
                  const QString& title = {});  ///< From a template: no file name.
  /// False and a sentence in `error` if the file cannot be read (then nothing changes). A file with
  /// problems, even one that is not JSON, is opened: its problems show.
  bool open(const QString& fileName, QString* error);
  /// Writes a temporary file and renames it. False and a sentence in `error`, the file as it was.
  bool save(QString* error);
  bool saveAs(const QString& fileName, QString* error);
  /// Unsaved work found at a start becomes this document, as modified, and is no longer found.
  bool restore(const RecoveredWork& work);
  QString fileName() const;     ///< Empty: none yet.
  QString displayName() const;  ///< The file's base name, or the title.
  bool isModified() const;      ///< The text differs from what was saved or opened last.
  /// Whether another program wrote the file since it was read or written here. Looks at once.
  bool isChangedOnDisk();
  void reload();    ///< Takes what the file holds now, as an edit that can be undone.
  void keepMine();  ///< What the file holds now is known, and is not asked about again.
  /// From now on unsaved work is kept in a recovery file, at most seconds behind, until it is saved
  /// or the document is closed in order (gui/document/recovery.hpp).
  void keepRecovery(bool keep);
  QString baseDirectory() const;  ///< Where files named in the scenario are looked for.

  /// The language changed: what the design says in words is said again.
  void retranslate();

  // What it says.
  const QByteArray& text() const;
  bool isJson() const;                 ///< Whether the text can be read as JSON at all.
  const nlohmann::json& json() const;  ///< Of the last text that was JSON.
  const DesignModel& design() const;
  const std::vector<LocatedProblem>& problems() const;  ///< Sorted by path.
  std::shared_ptr<const sim::Spec> spec() const;        ///< Null while there are problems.
  /// The byte range of the value at `path` in the text; nothing if it is not there.
  struct TextRange {
    qsizetype begin = 0;
    qsizetype end = 0;
  };
  std::optional<TextRange> rangeOf(const QString& path) const;
  /// The same with the member's name before it.
  std::optional<TextRange> memberRangeOf(const QString& path) const;
  /// The path of the innermost value at a byte of the text; empty outside of all.
  QString pathAt(qsizetype offset) const;
  bool problemsPending() const;  ///< problems() and spec() are still of an earlier text.

  // Edits. Each is one undo step named `name` (translated); several between beginMacro and endMacro
  // are one. `mergeKey` not empty: follows an edit of the same key within a second as one step.
  QUndoStack& undoStack();
  void beginMacro(const QString& name);
  void endMacro();
  void setText(const QByteArray& text, const QString& name, const QString& mergeKey = {});
  /// Replaces a range of the text: what typing in the source does.
  void replaceText(qsizetype begin, qsizetype end, const QByteArray& text, const QString& name,
                   const QString& mergeKey = {});
  /// While the text is no JSON, the edits below do nothing and say so by `editRefused`.
  /// Sets the value at `path` (parents that are objects are made); its surroundings stay as
  /// written.
  void setValue(const QString& path, const nlohmann::json& value, const QString& name,
                const QString& mergeKey = {});
  void setValues(const std::vector<std::pair<QString, nlohmann::json>>& values, const QString& name,
                 const QString& mergeKey = {});  ///< As one step.
  void removeValue(const QString& path, const QString& name);
  void removeValues(const QStringList& paths, const QString& name);
  /// Renames a member of an object: an endpoint, a weight. False if the new name is taken.
  bool renameMember(const QString& path, const QString& to, const QString& name);
  QString addNode(
      const QString& type, QPointF position,
      const QString& zone = {});  ///< Gives its name: "app_server1"; with what is required set to
                                  ///< something that can be run or is a clear problem.
  void removeNodes(
      const QStringList& names);  ///< And the references to them, where the port can be without.
  bool renameNode(const QString& from, const QString& to,
                  QString* error);  ///< And all references, faults, links, layout, claims.
  void moveNodes(const std::vector<std::pair<QString, QPointF>>& positions,
                 const QString& name = {});
  QStringList duplicateNodes(const QStringList& names, QPointF offset);
  void setZone(const QStringList& names, const QString& zone);  ///< Empty: none.
  void addZone(const QString& name, const QString& region = {});
  bool renameZone(const QString& from, const QString& to,
                  QString* error);  ///< And every node, fault and link that names it.
  bool connectNodes(const QString& from, const QString& to, const QString& port,
                    QString* error);  ///< `port` empty: the first that fits.
  void disconnect(const DesignWire& wire);
  void setNotes(const std::vector<DesignNote>& notes, const QString& name);
  void addFault(const QString& fault, double atSeconds, double forSeconds,
                const QString& name = {});  ///< `forSeconds` 0: to the end.
  /// The same, but of a fault that is there already only its length is changed.
  void keepFault(const QString& fault, double atSeconds, double forSeconds);
  /// Whether it stands among the faults, just so.
  bool holdsFault(const QString& fault, double atSeconds, double forSeconds) const;
  // The clipboard's form of nodes: JSON text that other windows understand.
  QByteArray copyNodes(const QStringList& names) const;
  QStringList pasteNodes(const QByteArray& data, QPointF at, QString* error);

 Q_SIGNALS:
  void textChanged();      ///< After every change of the text, at once.
  void designChanged();    ///< After it, if the design model differs.
  void problemsChanged();  ///< A moment later: problems() and spec() are of the present text.
  void modifiedChanged(bool modified);
  void fileNameChanged();
  /// Another program wrote the file, or wrote it back as it was: see isChangedOnDisk().
  void diskChanged();
  /// After textChanged: how the bytes changed, for views that keep a place in the text.
  void textSpliced(const std::vector<faultline::gui::Splice>& splices);
  /// An edit could not be done; a sentence for the status bar.
  void editRefused(const QString& reason);

 private:
  class Private;
  friend class SpliceCommand;
  std::unique_ptr<Private> d_;
};

}  // namespace faultline::gui
