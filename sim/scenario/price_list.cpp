#include "sim/scenario/price_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/param/problem.hpp"
#include "sim/random/data_file.hpp"

namespace faultline::sim {
namespace {

constexpr std::size_t none = price_kinds.size();

std::size_t kind_of(std::string_view word) {
  return static_cast<std::size_t>(
      std::distance(price_kinds.begin(), std::find(price_kinds.begin(), price_kinds.end(), word)));
}

std::optional<double> price_of(std::string_view text) {
  double price = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), price);
  if (failure != std::errc{} || end != text.data() + text.size()) return {};
  if (!(price >= 0) || !(price <= price_max)) return {};
  return price;
}

bool is_boundary(std::string_view word) {
  return std::find(boundaries.begin(), boundaries.end(), word) != boundaries.end();
}

}  // namespace

std::optional<double> PriceList::find(std::string_view kind, const std::string& item) const {
  const std::map<std::string, double>& table = prices[kind_of(kind)];
  const auto found = table.find(item);
  if (found == table.end()) return {};
  return found->second;
}

std::vector<std::string> PriceList::items(std::string_view kind) const {
  std::vector<std::string> names;
  for (const auto& entry : prices[kind_of(kind)]) names.push_back(entry.first);
  return names;
}

std::optional<PriceList> PriceList::parse(std::string_view text, std::string& error) {
  PriceList list;
  CsvRows rows(text);
  const auto refuse = [&](std::string message) {
    error = fmt::format("line {}: {}", rows.line(), message);
    return std::nullopt;
  };
  while (rows.next()) {
    const auto& cells = rows.cells();
    const std::string_view kind = cells[0];
    if (kind == "kind") continue;  // A row of headings.
    if (kind == "name" || kind == "currency" || kind == "date") {
      if (cells.size() < 2 || cells[1].empty())
        return refuse(fmt::format("expected the {} after \"{}\"", kind, kind));
      (kind == "name" ? list.name : kind == "currency" ? list.currency : list.date) = cells[1];
      continue;
    }
    const std::size_t number = kind_of(kind);
    if (number == none) {
      return refuse(fmt::format(
          "expected name, currency, date, node_hour, million_requests, gb_month or gb_moved, got "
          "\"{}\"",
          kind.substr(0, 40)));
    }
    if (cells.size() != 4 || cells[1].empty() || cells[3].empty())
      return refuse("expected 4 columns: kind, item, price and source");
    if (kind == "gb_moved" && !is_boundary(cells[1])) {
      return refuse(
          fmt::format("expected zone, region or internet, got \"{}\"", cells[1].substr(0, 40)));
    }
    const std::optional<double> price = price_of(cells[2]);
    if (!price) {
      return refuse(
          fmt::format("expected a price from 0 to 1e9, got \"{}\"", cells[2].substr(0, 40)));
    }
    if (!list.prices[number].emplace(std::string(cells[1]), *price).second)
      return refuse(fmt::format("{} {} is there already", kind, cells[1].substr(0, 40)));
  }
  for (const auto& [word, value] :
       {std::pair<std::string_view, const std::string&>{"name", list.name},
        {"currency", list.currency},
        {"date", list.date}}) {
    if (!value.empty()) continue;
    error = fmt::format("a price list needs a row with its {}", word);
    return std::nullopt;
  }
  return list;
}

}  // namespace faultline::sim
