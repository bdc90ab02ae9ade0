/// What things cost at one time, as a table in a file, so that a run can be priced by numbers that
/// somebody else published.
///
///   name,Example cloud
///   currency,USD
///   date,2026-11-01
///   node_hour,small,0.04,https://example.org/prices
///   gb_moved,zone,0.01,https://example.org/network
///
/// Rule: a row is a kind, an item, a price and where the price was read. Kinds are node_hour (a
/// machine for an hour), million_requests, gb_month (a gigabyte kept for a month of 730 hours) and
/// gb_moved, whose items are zone (between zones of a region), region (between regions) and
/// internet (out to users). A gigabyte is 10^9 bytes.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::sim {

inline constexpr std::array<std::string_view, 4> price_kinds = {"node_hour", "million_requests",
                                                                "gb_month", "gb_moved"};
/// What bytes cross, in the order of the dearer ones: between zones, between regions, out to users.
inline constexpr std::array<std::string_view, 3> boundaries = {"zone", "region", "internet"};
inline constexpr double hours_of_month = 730;
inline constexpr double price_max = 1e9;

struct PriceList {
  std::string name;
  std::string currency;
  std::string date;                                          ///< As written: "2026-11-01".
  std::map<std::string, double> prices[price_kinds.size()];  ///< By item.

  /// The price of an item; nothing if the list has none.
  std::optional<double> find(std::string_view kind, const std::string& item) const;
  std::vector<std::string> items(std::string_view kind) const;

  /// `text` as a list; nothing, and what is wrong with which line in `error`.
  static std::optional<PriceList> parse(std::string_view text, std::string& error);
};

}  // namespace faultline::sim
