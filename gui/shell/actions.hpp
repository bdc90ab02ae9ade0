/// Everything the window can be told to do, in one table: menus, toolbar, shortcuts, tooltips and
/// the cheat sheet are made of it, so that they cannot contradict each other.
#pragma once

#include <functional>
#include <QAction>
#include <QHash>
#include <QObject>
#include <QString>
#include <vector>

namespace faultline::gui {

class Actions : public QObject {
  Q_OBJECT
 public:
  explicit Actions(QObject* parent = nullptr);

  /// The action of this id, such as "run.toggle". Requires: it is in the table.
  QAction* operator[](const QString& id) const;
  /// Every id, in the order of the table.
  QStringList ids() const;

  /// What the action does, and when it can be done; without a rule: always.
  void on(const QString& id, std::function<void()> act, std::function<bool()> enabled = {});
  /// The same for one that is on or off.
  void onToggle(const QString& id, std::function<void(bool)> act,
                std::function<bool()> enabled = {});
  /// Asks every rule again.
  void refresh();
  /// Replaces the words of an action until the next call: "Undo: move app". Empty: those of the
  /// table again.
  void setText(const QString& id, const QString& text);
  /// Another picture and other words of the table's entry `other`: run that has become pause.
  void setAppearance(const QString& id, const QString& other);
  void retranslate();

  /// One line of the cheat sheet.
  struct Line {
    QString section;  ///< "Run"
    QString text;     ///< "Run or pause", without "&" and dots.
    QString keys;     ///< "Space"
    QString tip;
  };
  /// The actions that have a shortcut, by section.
  std::vector<Line> cheatSheet() const;

 private:
  struct Entry;
  void describe(const QString& id);
  std::vector<std::shared_ptr<Entry>> entries_;
  QHash<QString, std::shared_ptr<Entry>> by_id_;
};

}  // namespace faultline::gui
