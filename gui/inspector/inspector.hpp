/// The parameters of what is selected, made from their declarations: of one node or several at
/// once, of a zone, of a note, and of the scenario as a whole when nothing is selected.
#pragma once

#include <memory>
#include <QStringList>
#include <QWidget>

namespace faultline::gui {

class Document;
class RunController;

class Inspector : public QWidget {
  Q_OBJECT
 public:
  Inspector(Document& document, RunController& run, QWidget* parent = nullptr);
  ~Inspector() override;

  void showNodes(const QStringList& names);  ///< None: the scenario.
  void showZone(const QString& name);
  void showNote(int index);  ///< Of DesignModel::notes.
  void showScenario();
  /// Shows what `path` belongs to ("nodes.app.workers", "faults[0].at") and puts the cursor into
  /// its field. False if there is none.
  bool goToPath(const QString& path);
  QStringList nodes() const;  ///< What is shown; empty: something else.

 Q_SIGNALS:
  /// Something else is shown than was selected: after a rename, or after goToPath.
  void nodesShown(const QStringList& names);
  void zoneShown(const QString& name);

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  class Private;
  std::unique_ptr<Private> d_;
};

}  // namespace faultline::gui
