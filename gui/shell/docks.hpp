/// The panels around the canvas: which there are, where they stand at first, how they are named,
/// and that all of this is remembered.
#pragma once

#include <QDockWidget>
#include <QHash>
#include <QMainWindow>
#include <QObject>
#include <vector>

class QAction;
class QMenu;
class QTabBar;

namespace faultline::gui {

/// A panel that can be moved, tabbed and torn off.
class Dock : public QDockWidget {
  Q_OBJECT
 public:
  Dock(const QString& id, const char* title, const QString& icon, QMainWindow* window);
  void retranslate();
  /// Its name, with the number behind it: what menus, tooltips and a detached panel show.
  QString fullTitle() const;
  /// As one of several tabs that have no room for the words of all, it is a picture, with the
  /// number beside it.
  void setBrief(bool brief);
  bool isBrief() const { return brief_; }
  void bringUp();  ///< Shows it, in front of the others of its tab, and gives it the focus.
  /// A number that stands behind the title, such as that of the problems; 0: none.
  void setBadge(int count);
  int badge() const { return badge_; }
  QString icon() const { return icon_; }

 protected:
  void changeEvent(QEvent* event) override;

 private:
  const char* title_;
  QString icon_;
  int badge_ = 0;
  bool brief_ = false;
};

class Docks : public QObject {
  Q_OBJECT
 public:
  explicit Docks(QMainWindow& window);

  /// Where a panel stands at first. Panels of one group are tabs of one place.
  enum class Group { left, right, rightBelow, bottomLeft, bottomRight };
  /// `title` is a text of the context "Docks". `keys` may be empty.
  Dock* add(const QString& id, const char* title, const QString& icon, Group group,
            QWidget* content, const QString& keys = {}, bool shown = true);
  Dock* operator[](const QString& id) const;
  const std::vector<Dock*>& all() const { return docks_; }

  void arrange();        ///< As at first.
  void sizeAsAtFirst();  ///< Where they stand now; takes effect once the window is shown.
  /// Fills the menu with an entry for each panel, in the order in which they were added.
  void fillMenu(QMenu* menu) const;
  /// Only the front panel of a tab needs no title of its own; called by itself when they move.
  void tidyTitles();
  /// The panel that a tab stands for; null: none of these.
  Dock* ofTab(const QTabBar& bar, int tab) const;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Place {
    Group group;
    bool shown;
  };
  void tidyTabs();
  void widen();
  QMainWindow& window_;
  std::vector<Dock*> docks_;
  QHash<QDockWidget*, Place> places_;
  bool tidying_ = false;
};

}  // namespace faultline::gui
