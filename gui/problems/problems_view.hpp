/// The list of everything that is wrong with the scenario. A click or Enter goes there.
#pragma once

#include <QWidget>

class QLabel;
class QStackedLayout;
class QTreeView;

namespace faultline::gui {

class Document;
class ProblemsModel;

class ProblemsView : public QWidget {
  Q_OBJECT
 public:
  explicit ProblemsView(Document& document, QWidget* parent = nullptr);
  int count() const;
  QTreeView* list() const { return list_; }
  ProblemsModel* model() const { return model_; }

 Q_SIGNALS:
  /// To the place of a problem: the path in the file ("nodes.app.workers"; empty: the file), the
  /// group it belongs to (or empty) and the line (0: none).
  void navigate(const QString& path, const QString& node, int line);
  void countChanged(int count);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void update();
  void go(int row);
  void copy();
  void retranslate();

  Document& document_;
  ProblemsModel* model_;
  QStackedLayout* pages_;
  QTreeView* list_;
  QLabel* none_;
  QAction* copyAction_;
  QAction* copyAllAction_;
};

}  // namespace faultline::gui
