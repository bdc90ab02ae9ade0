/// The ready systems as cards with a picture, to begin with one of them: those of scenarios/, found
/// in the source tree or where the program is installed.
#pragma once

#include <QDialog>
#include <QString>
#include <vector>

class QLineEdit;
class QListView;
class QListWidget;
class QPushButton;
class QSortFilterProxyModel;
class QStandardItemModel;

namespace faultline::gui {

/// One ready system.
struct TemplateFile {
  QString path;
  QString shelf;  ///< "library", "cap", "basics", "incidents".
  QString title;
  QString description;
};

/// The folder of the shipped scenarios; empty if it is nowhere.
QString scenarioFolder();
/// All of them, library first. Files that cannot be read are left out.
std::vector<TemplateFile> templateFiles(const QString& folder = scenarioFolder());
/// The title and the description of a shipped scenario in the language of the window.
QString shownTitle(const TemplateFile& file);
QString shownDescription(const TemplateFile& file);

class Gallery : public QDialog {
  Q_OBJECT
 public:
  explicit Gallery(QWidget* parent = nullptr);
  /// What was chosen; empty: an empty design.
  QString chosenPath() const { return chosen_; }
  int shownCount() const;
  QLineEdit* searchField() { return search_; }

 Q_SIGNALS:
  void openOther();  ///< A person wants to look for a file instead.

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void changeEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  void retranslate();
  void fill();
  void drawNext();  ///< One picture, then the next when nothing else is to be done.
  void take();

  std::vector<TemplateFile> files_;
  QString chosen_;
  QLineEdit* search_;
  QListWidget* shelves_;
  QListView* view_;
  QStandardItemModel* model_;
  QSortFilterProxyModel* proxy_;
  QPushButton* use_;
  QPushButton* empty_;
  QPushButton* other_;
  QPushButton* cancel_;
  int drawn_ = 0;
};

}  // namespace faultline::gui
