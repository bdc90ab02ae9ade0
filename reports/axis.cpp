#include "reports/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace faultline::reports {
namespace {

constexpr double nines_max = 7;  ///< 99.99999 %: more samples than any run has.

/// The smallest of 1, 2, 5, 10 times a power of ten that is at least `value`. Requires: value > 0
/// and finite.
double round_step(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= value * (1 - 1e-12)) return factor * power;
  }
  return 10 * power;
}

/// Decimal places that tell multiples of `step` apart.
int decimals_for(double step) {
  return step >= 1 ? 0 : std::min(9, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
}

/// All marks of a linear axis share a unit, so that they can be compared at a glance.
const Unit& shared_time_unit(double highest) {
  if (highest >= 4 * 86400) return time_units[6];
  if (highest >= 3 * 3600) return time_units[5];
  if (highest >= 10 * 60) return time_units[4];
  for (std::size_t i = 3; i > 0; --i) {
    if (highest >= time_units[i].size) return time_units[i];
  }
  return time_units[0];
}

/// Writes marks of one axis: `value` in multiples of `step`, the highest mark being `highest`.
std::string linear_label(double value, double step, double highest, Quantity quantity,
                         Language language) {
  const auto fixed = [&](double unit_size) {
    return fixed_text(value / unit_size, decimals_for(step / unit_size), language);
  };
  switch (quantity) {
    case Quantity::ratio:
      return fixed(0.01) + " %";
    case Quantity::seconds: {
      const Unit& unit = shared_time_unit(highest);
      return fmt::format("{} {}", fixed(unit.size), unit.name(language));
    }
    case Quantity::rate:
    case Quantity::count:
      break;
  }
  const Unit* unit = &count_units[0];
  for (const Unit& candidate : count_units) {
    if (value != 0 && highest >= 10 * candidate.size) unit = &candidate;
  }
  std::string label = fixed(unit->size);
  if (unit != &count_units[0]) label += fmt::format(" {}", unit->name(language));
  if (quantity == Quantity::rate) label += language == Language::russian ? "/с" : "/s";
  return label;
}

std::string log_label(double value, Quantity quantity, Language language) {
  switch (quantity) {
    case Quantity::seconds:
      return time_text(value, language);
    case Quantity::ratio:
      return stated_ratio_text(value, language);
    case Quantity::rate:
      return rate_text(value, language);
    case Quantity::count:
      break;
  }
  return short_count_text(value, language);
}

/// The step between marks of a time axis: round in the unit it is written in.
double time_step(double span, double unit_size, int ticks_max) {
  const double wanted = span / ticks_max / unit_size;
  const bool sixties = unit_size == 1 || unit_size == 60;
  if (sixties && wanted > 5) {
    for (const double step : {10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0}) {
      if (step >= wanted) return step * unit_size;
    }
  }
  if (unit_size == 3600 && wanted > 2) {
    for (const double step : {3.0, 6.0, 12.0, 24.0, 48.0}) {
      if (step >= wanted) return step * unit_size;
    }
  }
  return round_step(wanted) * unit_size;
}

}  // namespace

double Axis::transformed(double value) const {
  switch (scale_) {
    case Scale::linear:
      return value;
    case Scale::logarithmic:
      return std::log10(value);
    case Scale::nines:
      return -std::log10(1 - value);
  }
  return value;
}

double Axis::place(double value) const {
  const double clamped = std::clamp(value, low_, high_);
  const double from = transformed(low_);
  return (transformed(clamped) - from) / (transformed(high_) - from);
}

Axis Axis::linear(double highest, Quantity quantity, int ticks_max, Language language) {
  if (!std::isfinite(highest) || !(highest > 0)) highest = quantity == Quantity::seconds ? 1e-3 : 1;
  // Written as multiples of a time unit, a step must be round in that unit.
  const double unit = quantity == Quantity::seconds ? shared_time_unit(highest).size : 1;
  double step = round_step(highest / unit / ticks_max) * unit;
  if (quantity == Quantity::ratio && highest == 1) step = ticks_max >= 4 ? 0.25 : 0.5;
  const double steps = std::ceil(highest / step * (1 - 1e-9));
  Axis axis(Scale::linear, 0, step * steps);
  for (int i = 0; i <= static_cast<int>(steps); ++i) {
    const double value = step * i;
    axis.ticks_.push_back(
        {axis.place(value), linear_label(value, step, axis.high_, quantity, language)});
  }
  return axis;
}

Axis Axis::logarithmic(double lowest, double highest, Quantity quantity, int ticks_max,
                       Language language) {
  constexpr double least = 1e-9;
  if (!(highest > least)) highest = least;
  if (!(lowest > least)) lowest = least;
  if (highest / lowest < 1.5) {
    // A single value, or nearly: room on both sides, or there is nothing to see.
    lowest /= 2;
    highest *= 2;
  }
  Axis axis(Scale::logarithmic, lowest / 1.05, highest * 1.05);
  const double decades = std::log10(axis.high_ / axis.low_);
  const int first = static_cast<int>(std::floor(std::log10(axis.low_)));
  const int last = static_cast<int>(std::ceil(std::log10(axis.high_)));
  const auto add = [&](double value) {
    if (value >= axis.low_ && value <= axis.high_) {
      axis.ticks_.push_back({axis.place(value), log_label(value, quantity, language)});
    }
  };
  const auto power_of_ten = [](int exponent) {
    // Exact for negative exponents too, so that a mark reads "100 µs" and not "100.0000001 µs".
    return exponent >= 0 ? std::pow(10, exponent) : 1 / std::pow(10, -exponent);
  };
  std::vector<double> factors = {1};
  if (decades * 3 <= ticks_max) factors = {1, 2, 5};
  if (decades * 9 <= ticks_max + 2) factors = {1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9};
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / ticks_max)));
  for (int exponent = first; exponent <= last; exponent += stride) {
    for (const double factor : factors) add(factor * power_of_ten(exponent));
  }
  return axis;
}

Axis Axis::time(double from, double to, int ticks_max, Language language) {
  if (!std::isfinite(from)) from = 0;
  if (!std::isfinite(to) || !(to > from)) to = from + 1;
  Axis axis(Scale::linear, from, to);
  const Unit& unit = shared_time_unit(to);
  const double step = time_step(to - from, unit.size, ticks_max);
  const double last = std::floor(to / step * (1 + 1e-9));
  for (double i = std::ceil(from / step * (1 - 1e-9)); i <= last; ++i) {
    const double value = i * step;
    const std::string amount =
        fixed_text(value / unit.size, decimals_for(step / unit.size), language);
    axis.ticks_.push_back({axis.place(value), fmt::format("{} {}", amount, unit.name(language))});
  }
  return axis;
}

Axis Axis::nines(std::uint64_t samples, Language language) {
  const double count = static_cast<double>(std::max<std::uint64_t>(samples, 10));
  const double nines = std::min(std::log10(count), nines_max);
  Axis axis(Scale::nines, 0, 1 - std::pow(10, -nines));
  axis.ticks_.push_back({0, "0 %"});
  axis.ticks_.push_back({axis.place(0.5), "50 %"});
  for (int i = 1; i <= static_cast<int>(nines + 1e-9); ++i) {
    const double quantile = 1 - std::pow(10, -i);
    const double shown = i == 1 ? 90 : i == 2 ? 99 : 100 * quantile;
    axis.ticks_.push_back(
        {axis.place(quantile), fixed_text(shown, std::max(0, i - 2), language) + " %"});
  }
  return axis;
}

}  // namespace faultline::reports
