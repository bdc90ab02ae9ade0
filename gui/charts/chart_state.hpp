/// What a person set up in the charts of a window: hidden series, logarithmic axes, the values
/// that are shown, what the distribution is of, and the stretch of time that is shown. It is the
/// window's, not the scenario's: kept in the settings for each file that was opened lately, and
/// found again when the file is.
#pragma once

#include <QJsonObject>
#include <QString>
#include <QWidget>

namespace faultline::gui {

class TimeCursor;

/// Of all charts in `window`.
QJsonObject chartState(const QWidget& window, const TimeCursor& cursor);
/// What `state` does not say is as at first; what it says of charts that are not there is nothing.
void setChartState(const QWidget& window, TimeCursor& cursor, const QJsonObject& state);

/// In the settings, under the file's name; nothing for a document without one.
void keepChartState(const QString& fileName, const QJsonObject& state);
QJsonObject keptChartState(const QString& fileName);

}  // namespace faultline::gui
