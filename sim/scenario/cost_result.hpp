/// What a run cost, as plain values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace faultline::sim {

/// What a node, a group or all together cost, in the currency of the result.
struct CostShare {
  double machines = 0;  ///< For the time they were there.
  double requests = 0;
  double moved = 0;  ///< For what they sent over a boundary.
  double stored = 0;
  double hours = 0;  ///< Of nodes that have a price.
  double total() const { return machines + requests + moved + stored; }
  void add(const CostShare& share);
  void divide(double count);
};

/// Over the measured time. With replications: the mean of one.
struct CostResult {
  std::uint64_t runs = 0;  ///< Replications; 0: nothing is priced.
  std::string currency;
  std::string prices;  ///< Name of the list; empty without one.
  std::string date;    ///< Of the list.
  double seconds = 0;
  double requests_ok = 0;  ///< Of all clients.
  CostShare all;
  std::map<std::string, CostShare> nodes;
  std::map<std::string, CostShare> groups;
  std::array<double, 3> bytes_moved{};  ///< By boundary: zone, region, internet.

  double per_hour() const { return seconds > 0 ? all.total() * 3600 / seconds : 0; }
  double per_month() const;
  /// Of requests that ended ok; NaN without any.
  double per_million_requests() const;
  void add(const CostResult& other);
  void divide();
};

nlohmann::json to_json(const CostResult& cost);

}  // namespace faultline::sim
