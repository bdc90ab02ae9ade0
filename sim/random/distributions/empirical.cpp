/// Empirical: what was measured, from a CSV file of one of two forms, with or without a header row.
///
///   3.1ms          One value a row: each row is equally likely to be drawn (the bootstrap law).
///   2.7ms
///
///   1ms, 0.2       A value and P(X <= value), both rising, the second up to 1: the first value is
///   5ms, 0.9       drawn with its probability (0.2), and between two rows the law is uniform.
///   80ms, 1
///
/// Values carry their units, or `unit` says what 1 stands for. Blank rows and rows that begin with
/// `#` are left out. Moments: those of the law described, exactly.
/// Source: Law, "Simulation Modeling and Analysis", 5th edition, 6.2.4.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "sim/param/assert.hpp"
#include "sim/random/data_file.hpp"
#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

/// The rows of the file, in base units.
struct Table {
  std::vector<double> values;  ///< Sorted.
  std::vector<double> levels;  ///< P(X <= value) of each, or empty: all equally likely.
};

/// `text` as a finite bare number, or nothing.
std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  constexpr double largest = std::numeric_limits<double>::max();
  if (!(number >= -largest && number <= largest)) return {};
  return number;
}

template <class D>
std::optional<D> parse_value(std::string_view text, std::string& error);
template <>
std::optional<Duration> parse_value(std::string_view text, std::string& error) {
  return parse_duration(text, error);
}
template <>
std::optional<Bytes> parse_value(std::string_view text, std::string& error) {
  return parse_bytes(text, error);
}
template <>
std::optional<double> parse_value(std::string_view text, std::string& error) {
  const std::optional<double> number = parse_number(text);
  if (!number) error = fmt::format("expected a number, got {}", in_quotes(text));
  return number;
}

template <class D>
struct EmpiricalParams {
  DataFile file;
  std::optional<D> unit;

  static void describe(ParamList<EmpiricalParams>& list) {
    list.add("file", &EmpiricalParams::file, "CSV file of values, or of values and P(X <= value)")
        .required();
    list.add("unit", &EmpiricalParams::unit, "What a bare 1 in the file stands for").above(D{});
  }
  static void check(const EmpiricalParams& params, const Path& path, Problems& problems) {
    Table table;
    std::string error;
    if (!parse(params, table, error)) problems.add(path / "file", std::move(error));
  }

  /// The file's rows; false and the first thing wrong in `error`.
  static bool parse(const EmpiricalParams& params, Table& table, std::string& error);
};

template <class D>
class TableParser {
 public:
  TableParser(const EmpiricalParams<D>& params, Table& table) : params_(params), table_(table) {}

  /// True, or false and error() says why.
  bool parse() {
    CsvRows rows(*params_.file.contents);
    bool first = true;
    while (rows.next()) {
      const std::size_t columns = rows.cells().size();
      if (columns > 2) return refuse(rows, fmt::format("expected 1 or 2 columns, got {}", columns));
      const bool is_header = first && !looks_like_value(rows.cells()[0]);
      if (first) columns_ = columns;
      if (columns != columns_) {
        return refuse(rows, fmt::format("expected {} as in the first row, got {}",
                                        columns_ == 1 ? "1 column" : "2 columns", columns));
      }
      first = false;
      if (!is_header && !add(rows)) return false;
    }
    if (table_.values.empty()) {
      error_ = fmt::format("file {}: expected at least one value, found none",
                           in_quotes(params_.file.name));
      return false;
    }
    if (columns_ == 1) {
      std::sort(table_.values.begin(), table_.values.end());
    } else if (table_.levels.back() != 1) {
      return refuse(rows, fmt::format("expected the last probability to be 1, got {}",
                                      number_text(table_.levels.back())));
    }
    return true;
  }
  std::string error() && { return std::move(error_); }

 private:
  /// A header is a first row that does not begin like a number.
  static bool looks_like_value(std::string_view cell) {
    return !cell.empty() &&
           std::string_view("+-.0123456789").find(cell.front()) != std::string_view::npos;
  }

  bool add(const CsvRows& rows) {
    const std::optional<double> value = parse_cell(rows);
    if (!value) return false;
    if (!Dimension<D>::may_be_negative && *value < 0) {
      return refuse(rows, fmt::format("expected at least 0, got {}", rows.cells()[0]));
    }
    if (columns_ == 2) {
      const std::optional<double> level = parse_number(rows.cells()[1]);
      if (!level || *level < 0 || *level > 1) {
        return refuse(rows, fmt::format("expected a probability from 0 to 1, got {}",
                                        in_quotes(rows.cells()[1])));
      }
      if (!table_.values.empty() && *value <= table_.values.back()) {
        return refuse(rows, "expected a value above that of the row before");
      }
      if (!table_.levels.empty() && *level < table_.levels.back()) {
        return refuse(rows, "expected a probability not below that of the row before");
      }
      table_.levels.push_back(*level);
    }
    table_.values.push_back(*value);
    return true;
  }

  std::optional<double> parse_cell(const CsvRows& rows) {
    const std::string_view cell = rows.cells()[0];
    if (params_.unit) {
      if (const std::optional<double> number = parse_number(cell)) {
        return *number * Dimension<D>::to_base(*params_.unit);
      }
    }
    std::string error;
    const std::optional<D> value = parse_value<D>(cell, error);
    if (value) return Dimension<D>::to_base(*value);
    if (!params_.unit && parse_number(cell)) error += "; or say what 1 stands for with unit";
    refuse(rows, error);
    return {};
  }

  bool refuse(const CsvRows& rows, std::string_view message) {
    error_ =
        fmt::format("file {}, line {}: {}", in_quotes(params_.file.name), rows.line(), message);
    return false;
  }

  const EmpiricalParams<D>& params_;
  Table& table_;
  std::size_t columns_ = 0;
  std::string error_;
};

template <class D>
bool EmpiricalParams<D>::parse(const EmpiricalParams& params, Table& table, std::string& error) {
  TableParser<D> parser(params, table);
  if (parser.parse()) return true;
  error = std::move(parser).error();
  return false;
}

template <class D>
class Empirical final : public DistributionOf<D> {
 public:
  Empirical(const EmpiricalParams<D>& params, const typename DistributionOf<D>::MakeArgs&) {
    Table table;
    std::string error;
    const bool parsed = EmpiricalParams<D>::parse(params, table, error);
    SIM_ASSERT(parsed);  // check() has seen the same text.
    values_ = std::move(table.values);
    levels_ = std::move(table.levels);
    values_.shrink_to_fit();
    measure();
  }

  double sample(Stream& stream) const override {
    if (levels_.empty()) return values_[stream.below(values_.size())];
    return quantile(stream.uniform());
  }
  double mean() const override { return mean_; }
  double variance() const override { return variance_; }
  double cdf(double x) const override {
    const auto above = std::upper_bound(values_.begin(), values_.end(), x) - values_.begin();
    if (above == 0) return 0;
    const auto i = static_cast<std::size_t>(above);
    if (levels_.empty()) return static_cast<double>(i) / static_cast<double>(values_.size());
    if (i == values_.size()) return 1;
    const double share = (x - values_[i - 1]) / (values_[i] - values_[i - 1]);
    return levels_[i - 1] + share * (levels_[i] - levels_[i - 1]);
  }
  double minimum() const override { return values_.front(); }

 private:
  double quantile(double u) const {
    const auto at = std::lower_bound(levels_.begin(), levels_.end(), u) - levels_.begin();
    if (at == 0) return values_.front();
    const auto i = static_cast<std::size_t>(at);
    const double share = (u - levels_[i - 1]) / (levels_[i] - levels_[i - 1]);
    return values_[i - 1] + share * (values_[i] - values_[i - 1]);
  }

  /// Mean and variance of a point or of a uniform piece, weighted by its probability.
  void measure() {
    const double each = 1 / static_cast<double>(values_.size());
    const auto over_pieces = [&](auto&& property) {
      double sum = 0;
      for (std::size_t i = 0; i < values_.size(); ++i) {
        if (levels_.empty()) {
          sum += each * property(values_[i], values_[i]);
        } else if (i == 0) {
          sum += levels_[0] * property(values_[0], values_[0]);
        } else {
          sum += (levels_[i] - levels_[i - 1]) * property(values_[i - 1], values_[i]);
        }
      }
      return sum;
    };
    mean_ = over_pieces([](double low, double high) { return 0.5 * low + 0.5 * high; });
    variance_ = over_pieces([this](double low, double high) {
      const double from = low - mean_;
      const double to = high - mean_;
      return (from * from + from * to + to * to) / 3;
    });
  }

  std::vector<double> values_;
  std::vector<double> levels_;
  double mean_ = 0;
  double variance_ = 0;
};

const DistributionRegistration<Empirical, EmpiricalParams> registered{
    {.name = "empirical",
     .title = "Empirical",
     .summary = "What was measured: a CSV file with one value a row, all equally likely, or with "
                "rows of a value and P(X <= value), linear in between. At most 64 MiB.",
     .source = "Law, Simulation Modeling and Analysis, 5th edition, 6.2.4",
     .example = "empirical(latencies.csv, <1>)"}};

}  // namespace
}  // namespace faultline::sim
