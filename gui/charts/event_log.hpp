/// What happened during the run, as a list to be searched: faults, phases, objectives, leaders; and
/// what is to happen next.
#pragma once

#include <memory>
#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QWidget>
#include <vector>

#include "gui/charts/source_panel.hpp"

class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;

namespace faultline::gui {

/// The log of a snapshot as rows: time, kind, place, text.
class LogModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { time, kind, place, what, column_count };
  static constexpr int seconds_role = Qt::UserRole;   ///< double
  static constexpr int kind_role = Qt::UserRole + 1;  ///< As in LogLine.

  explicit LogModel(QObject* parent = nullptr);
  /// Takes the log of a later moment: lines at its end are added, those gone from its front are
  /// removed, and what is there stays selected.
  void setLog(const std::vector<sim::LogLine>& log);
  const std::vector<sim::LogLine>& log() const { return log_; }
  static QString kindText(const std::string& kind);
  void retranslate();

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<sim::LogLine> log_;
};

/// Lets through one kind, and lines that hold a text in any column.
class LogFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  explicit LogFilter(QObject* parent = nullptr);
  void setKind(const QString& kind);  ///< Empty: all.
  void setText(const QString& text);
  QString kind() const { return kind_; }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  QString kind_;
  QString text_;
};

class EventLogPanel : public SourcePanel {
  Q_OBJECT
 public:
  explicit EventLogPanel(ChartSource& source, QWidget* parent = nullptr);
  void refresh() override;
  LogModel& model() { return *model_; }
  LogFilter& filter() { return *filter_; }
  QTableView& view() { return *view_; }

 private:
  void fillKinds();
  void showState();
  void copySelected();

  LogModel* model_;
  LogFilter* filter_;
  QComboBox* kinds_;
  QLineEdit* text_;
  QLabel* count_;
  QStackedWidget* stack_;
  QTableView* view_;
};

/// The events that come next, soonest first.
class NextEventsModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { time, place, what, column_count };
  explicit NextEventsModel(QObject* parent = nullptr);
  void setEvents(std::vector<sim::NextEvent> events, double now);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<sim::NextEvent> events_;
  double now_ = 0;
};

class NextEventsPanel : public SourcePanel {
  Q_OBJECT
 public:
  explicit NextEventsPanel(ChartSource& source, QWidget* parent = nullptr);
  void refresh() override;
  NextEventsModel& model() { return *model_; }

 private:
  NextEventsModel* model_;
  QLabel* covers_;
  QStackedWidget* stack_;
  QTableView* view_;
};

}  // namespace faultline::gui
