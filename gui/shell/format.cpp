#include "gui/shell/format.hpp"

#include <array>
#include <cmath>
#include <QCoreApplication>
#include <QLocale>

namespace faultline::gui {

namespace {

constexpr QChar no_break_space(0x00A0);

QString words(const char* text) { return QCoreApplication::translate("Format", text); }

QString none() { return QStringLiteral("–"); }

/// Without trailing zeros after the sign.
QString trimmed(QString text) {
  const QString sign = QLocale().decimalPoint();
  if (!text.contains(sign)) return text;
  while (text.endsWith(QLatin1Char('0'))) text.chop(1);
  if (text.endsWith(sign)) text.chop(sign.size());
  return text;
}

/// `value` with `digits` that count, and no more after the decimal sign than those need.
QString significantText(double value, int digits) {
  if (value == 0) return QStringLiteral("0");
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
  const int decimals = std::max(0, digits - 1 - magnitude);
  return trimmed(QLocale().toString(value, 'f', std::min(decimals, 12)));
}

QString withUnit(const QString& number, const QString& unit) {
  return number + no_break_space + unit;
}

}  // namespace

QString formatSeconds(double seconds, int digits) {
  if (std::isnan(seconds)) return none();
  if (seconds == 0) return withUnit(QStringLiteral("0"), words(QT_TRANSLATE_NOOP("Format", "s")));
  const double size = std::abs(seconds);
  // The next unit begins where this one would show 1000 after rounding.
  if (size < 999.5e-9)
    return withUnit(significantText(seconds * 1e9, digits),
                    words(QT_TRANSLATE_NOOP("Format", "ns")));
  if (size < 999.5e-6)
    return withUnit(significantText(seconds * 1e6, digits),
                    words(QT_TRANSLATE_NOOP("Format", "µs")));
  if (size < 0.9995)
    return withUnit(significantText(seconds * 1e3, digits),
                    words(QT_TRANSLATE_NOOP("Format", "ms")));
  if (size < 600)
    return withUnit(significantText(seconds, digits), words(QT_TRANSLATE_NOOP("Format", "s")));
  return formatClock(seconds);
}

QString formatClock(double seconds) {
  if (std::isnan(seconds)) return none();
  if (seconds < 600)
    return withUnit(QLocale().toString(seconds, 'f', 2), words(QT_TRANSLATE_NOOP("Format", "s")));
  const qint64 whole = std::llround(seconds);
  const std::array<std::pair<qint64, QString>, 4> parts{
      {{whole / 86400, words(QT_TRANSLATE_NOOP("Format", "d"))},
       {whole / 3600 % 24, words(QT_TRANSLATE_NOOP("Format", "h"))},
       {whole / 60 % 60, words(QT_TRANSLATE_NOOP("Format", "min"))},
       {whole % 60, words(QT_TRANSLATE_NOOP("Format", "s"))}}};
  QString text;
  for (const auto& [count, unit] : parts) {
    if (count == 0) continue;
    if (!text.isEmpty()) text += QLatin1Char(' ');
    text += withUnit(QString::number(count), unit);
  }
  return text;
}

QString formatRate(double perSecond) {
  if (std::isnan(perSecond)) return none();
  return formatShort(perSecond) + words(QT_TRANSLATE_NOOP("Format", "/s"));
}

QString formatPercent(double ratio, int decimals) {
  if (std::isnan(ratio)) return none();
  const double percent = ratio * 100;
  if (decimals >= 0) return withUnit(QLocale().toString(percent, 'f', decimals), "%");
  // What is nearly all or nearly nothing is told by its distance from there: 99.98 %, 0.02 %.
  const double distance = std::min(std::abs(percent), std::abs(100 - percent));
  int shown = 0;
  if (distance > 0 && distance < 10) {
    shown = std::clamp(1 - static_cast<int>(std::floor(std::log10(distance))), 0, 4);
  }
  if (percent >= 10 && percent <= 90) shown = 0;
  return withUnit(trimmed(QLocale().toString(percent, 'f', shown)), "%");
}

QString formatCount(double count) {
  if (std::isnan(count)) return none();
  return QLocale().toString(std::round(count), 'f', 0);
}

QString formatShort(double value) {
  if (std::isnan(value)) return none();
  const double size = std::abs(value);
  if (size < 9999.5) return significantText(value, size < 100 ? 3 : 4);
  if (size < 999.5e3)
    return withUnit(significantText(value / 1e3, 3), words(QT_TRANSLATE_NOOP("Format", "k")));
  if (size < 999.5e6)
    return withUnit(significantText(value / 1e6, 3), words(QT_TRANSLATE_NOOP("Format", "M")));
  return withUnit(significantText(value / 1e9, 3), words(QT_TRANSLATE_NOOP("Format", "G")));
}

QString formatBytes(double bytes) {
  if (std::isnan(bytes)) return none();
  const double size = std::abs(bytes);
  if (size < 1024)
    return withUnit(significantText(bytes, 4), words(QT_TRANSLATE_NOOP("Format", "B")));
  if (size < 1024.0 * 1024)
    return withUnit(significantText(bytes / 1024, 3), words(QT_TRANSLATE_NOOP("Format", "KiB")));
  if (size < 1024.0 * 1024 * 1024) {
    return withUnit(significantText(bytes / (1024.0 * 1024), 3),
                    words(QT_TRANSLATE_NOOP("Format", "MiB")));
  }
  return withUnit(significantText(bytes / (1024.0 * 1024 * 1024), 3),
                  words(QT_TRANSLATE_NOOP("Format", "GiB")));
}

QString formatNumber(double value, int significant) {
  if (std::isnan(value)) return none();
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
  return significantText(value, significant);
}

QString formatValue(const QString& name, double value) {
  if (name.endsWith("per_second")) return formatRate(value);
  if (name.endsWith("_seconds") || name == "seconds" || name.contains("_seconds.")) {
    return name.endsWith(".count") ? formatCount(value) : formatSeconds(value);
  }
  if (name.endsWith("utilization") || name.endsWith("ratio")) return formatPercent(value);
  if (name.endsWith("_bytes") || name == "bytes") return formatBytes(value);
  return formatNumber(value, 4);
}

}  // namespace faultline::gui
