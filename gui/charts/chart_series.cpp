#include "gui/charts/chart_series.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "gui/shell/format.hpp"

namespace faultline::gui {

bool ChartSeries::hasNumbers() const {
  return std::any_of(y.begin(), y.end(), [](double value) { return std::isfinite(value); });
}

int indexAt(const ChartSeries& series, double x) {
  if (series.size() == 0 || !std::isfinite(x)) return -1;
  const auto begin = series.from.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(series.size());
  const auto after = std::upper_bound(begin, end, x);
  const auto count = static_cast<int>(series.size());
  if (series.to.empty()) {
    const int right = static_cast<int>(after - begin);
    if (right == 0) return x < series.from.front() ? -1 : 0;
    if (right == count) return x > series.from.back() ? -1 : count - 1;
    const double before = x - series.from[static_cast<std::size_t>(right - 1)];
    return before <= series.from[static_cast<std::size_t>(right)] - x ? right - 1 : right;
  }
  if (after == begin) return -1;
  const int index = static_cast<int>(after - begin) - 1;
  const double to = series.to[static_cast<std::size_t>(index)];
  // The last stretch holds its own end, so that the end of the run shows something.
  if (x < to || (index + 1 == count && x == to)) return index;
  return -1;
}

QString exactNumber(double value) {
  if (std::isnan(value)) return {};
  char text[64];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return error == std::errc() ? QString::fromLatin1(text, end - text) : QString();
}

namespace {

QString csvField(const QString& text) {
  if (!text.contains(',') && !text.contains('"') && !text.contains('\n') && !text.contains('\r')) {
    return text;
  }
  QString quoted = text;
  return '"' + quoted.replace("\"", "\"\"") + '"';
}

}  // namespace

QByteArray toCsv(const std::vector<QStringList>& rows) {
  QByteArray out;
  for (const QStringList& row : rows) {
    QStringList fields;
    for (const QString& field : row) fields << csvField(field);
    out += fields.join(',').toUtf8() + '\n';
  }
  return out;
}

QByteArray toCsv(const std::vector<ChartSeries>& series, const QString& xName) {
  const bool stretches = std::any_of(series.begin(), series.end(),
                                     [](const ChartSeries& each) { return !each.to.empty(); });
  // Series of different steps stand side by side: a row for every stretch that any of them has.
  std::map<std::pair<double, double>, std::vector<double>> rows;
  for (std::size_t column = 0; column < series.size(); ++column) {
    const ChartSeries& each = series[column];
    for (std::size_t i = 0; i < each.size(); ++i) {
      const double to = each.to.empty() ? each.from[i] : each.to[i];
      auto& row = rows.try_emplace({each.from[i], to}, series.size(), std::nan("")).first->second;
      row[column] = each.y[i];
    }
  }
  std::vector<QStringList> table;
  QStringList head = stretches ? QStringList{"from_" + xName, "to_" + xName} : QStringList{xName};
  for (const ChartSeries& each : series) head << each.id;
  table.push_back(head);
  for (const auto& [span, values] : rows) {
    QStringList row{exactNumber(span.first)};
    if (stretches) row << exactNumber(span.second);
    for (const double value : values) row << exactNumber(value);
    table.push_back(row);
  }
  return toCsv(table);
}

QString formatQuantity(Quantity quantity, double value) {
  switch (quantity) {
    case Quantity::time:
    case Quantity::seconds:
      return formatSeconds(value);
    case Quantity::ratio:
      return formatPercent(value);
    case Quantity::rate:
      return formatRate(value);
    case Quantity::count:
      return formatShort(value);
    case Quantity::number:
      break;
  }
  return formatNumber(value);
}

}  // namespace faultline::gui
