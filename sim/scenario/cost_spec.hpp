/// What things cost, as a scenario says it: the section `cost`.
///
///   "cost": {"prices": "../prices/example.csv", "machines": {"app": "small"},
///            "stored": {"db": "500GB"}, "storage": {"db": "ssd"}}
///   "cost": {"node_hour": {"app": 0.04}, "gb_moved": {"zone": 0.01}}
///
/// Prices stand in a list (sim/scenario/price_list.hpp), or are written here, which comes first.
/// Without the section nothing is priced.
/// Does not model: discounts, commitments, minimum charges, tiers of volume, taxes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/param/param.hpp"
#include "sim/random/data_file.hpp"
#include "sim/scenario/price_list.hpp"

namespace faultline::sim {

struct CostSpec {
  std::string currency;
  std::optional<DataFile> prices;
  std::map<std::string, std::string> machines;
  std::map<std::string, double> node_hour;
  std::map<std::string, std::string> requests;
  std::map<std::string, double> million_requests;
  std::map<std::string, Bytes> stored;
  std::map<std::string, std::string> storage;
  std::map<std::string, double> gb_month;
  std::map<std::string, double> gb_moved;
  std::vector<NodeRef> outside;

  static void describe(ParamList<CostSpec>& list);
  static void check(const CostSpec& cost, const Path& path, Problems& problems);
  /// The list that it names; an empty one if it names none. Requires: checked.
  PriceList list() const;
  /// Calls visit(path, name) for every group that it names.
  void for_each_name(const std::function<void(const Path&, const std::string&)>& visit) const;
};

}  // namespace faultline::sim
