#include "gui/charts/chart_state.hpp"

#include <QCryptographicHash>
#include <QDockWidget>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSettings>

#include "gui/charts/chart_panel.hpp"
#include "gui/document/recent_files.hpp"
#include "gui/timeline/time_cursor.hpp"

namespace faultline::gui {
namespace {

const QString group = QStringLiteral("charts");

/// The panel that it stands in, and its kind: charts have no other name.
QString nameOf(const ChartPanel& chart) {
  QString panel;
  for (const QWidget* above = chart.parentWidget(); above; above = above->parentWidget()) {
    if (const auto* dock = qobject_cast<const QDockWidget*>(above)) {
      panel = dock->objectName();
      break;
    }
  }
  return panel + QLatin1Char('/') + QString::fromLatin1(chart.metaObject()->className());
}

QString keyOf(const QString& fileName) {
  return group + QLatin1Char('/') +
         QString::fromLatin1(
             QCryptographicHash::hash(fileName.toUtf8(), QCryptographicHash::Sha1).toHex());
}

}  // namespace

QJsonObject chartState(const QWidget& window, const TimeCursor& cursor) {
  QJsonObject state;
  QJsonObject charts;
  for (const ChartPanel* chart : window.findChildren<ChartPanel*>()) {
    charts[nameOf(*chart)] = chart->view();
  }
  if (!charts.isEmpty()) state["charts"] = charts;
  if (!cursor.showsAll()) state["range"] = QJsonArray{cursor.rangeFrom(), cursor.rangeTo()};
  return state;
}

void setChartState(const QWidget& window, TimeCursor& cursor, const QJsonObject& state) {
  const QJsonObject charts = state["charts"].toObject();
  for (ChartPanel* chart : window.findChildren<ChartPanel*>()) {
    chart->setView(charts[nameOf(*chart)].toObject());
  }
  const QJsonArray range = state["range"].toArray();
  if (range.size() == 2 && range[0].toDouble() < range[1].toDouble()) {
    cursor.setRange(range[0].toDouble(), range[1].toDouble());
  } else {
    cursor.showAll();
  }
}

void keepChartState(const QString& fileName, const QJsonObject& state) {
  if (fileName.isEmpty()) return;
  QSettings stored;
  if (state.isEmpty()) {
    stored.remove(keyOf(fileName));
  } else {
    stored.setValue(keyOf(fileName), QJsonDocument(state).toJson(QJsonDocument::Compact));
  }
  // Files that were not opened for a long time are forgotten here too.
  QStringList known{keyOf(fileName)};
  for (const QString& recent : recentFiles()) known << keyOf(recent);
  stored.beginGroup(group);
  for (const QString& key : stored.childKeys()) {
    if (!known.contains(group + QLatin1Char('/') + key)) stored.remove(key);
  }
}

QJsonObject keptChartState(const QString& fileName) {
  if (fileName.isEmpty()) return {};
  const QByteArray json = QSettings().value(keyOf(fileName)).toByteArray();
  return QJsonDocument::fromJson(json).object();
}

}  // namespace faultline::gui
