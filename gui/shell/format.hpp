/// Numbers as the window shows them: in the language's way, with a unit, in as few digits as say
/// enough.
#pragma once

#include <QString>

namespace faultline::gui {

QString formatSeconds(double seconds,
                      int digits = 3);  ///< "312 ms", "4.2 µs"; Russian "312 мс". NaN: "–".
QString formatClock(double seconds);    ///< A point of virtual time: "34.82 s", "2 h 3 min 5 s".
QString formatRate(double perSecond);   ///< "251/s", "1.9 k/s"; Russian "251/с".
QString formatPercent(
    double ratio,
    int decimals = -1);             ///< "93 %"; -1: as many as say something ("99.9 %", "0.02 %").
QString formatCount(double count);  ///< Grouped: "20 000" as the locale has it.
QString formatShort(double value);  ///< "1.9 M", Russian "1,9 млн".
QString formatBytes(double bytes);  ///< "64 KiB".
QString formatNumber(double value, int significant = 3);  ///< With the locale's decimal sign.
/// A value of the result by the suffix of its name: "latency_seconds" as seconds, "..._ratio" and
/// "utilization" as percent, "..._per_second", "..._bytes", else a number.
QString formatValue(const QString& name, double value);

}  // namespace faultline::gui
