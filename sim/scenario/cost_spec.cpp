#include "sim/scenario/cost_spec.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/param/described.hpp"

namespace faultline::sim {
namespace {

/// Each of `names` is to be an item of the list.
void check_items(const std::map<std::string, std::string>& names, std::string_view kind,
                 const PriceList& list, const Path& path, Problems& problems) {
  const std::vector<std::string> items = list.items(kind);
  for (const auto& [group, item] : names) {
    if (list.find(kind, item)) continue;
    problems.add(path / group, fmt::format("the price list has no {} \"{}\"", kind, item),
                 items.empty() ? "name a list with `prices`" : suggestion(item, items));
  }
}

}  // namespace

void CostSpec::describe(ParamList<CostSpec>& list) {
  list.add("prices", &CostSpec::prices,
           "A price list: rows of kind, item, price and source, with its name, currency and date");
  list.add("currency", &CostSpec::currency,
           "What prices are in; without it, that of the list, or USD");
  list.add("machines", &CostSpec::machines,
           "By group, the item of the list that each of its nodes is");
  list.add("node_hour", &CostSpec::node_hour,
           "By group, what a node costs in an hour: of the time that it is there, which is all of "
           "the run unless something scales it")
      .between(0, price_max);
  list.add("requests", &CostSpec::requests,
           "By group, the item of the list that requests to its nodes are");
  list.add("million_requests", &CostSpec::million_requests,
           "By group, what a million requests to its nodes cost")
      .between(0, price_max);
  list.add("stored", &CostSpec::stored, "By group, what each node keeps on disk")
      .at_least(Bytes{0});
  list.add("storage", &CostSpec::storage, "By group, the item of the list that its disks are");
  list.add("gb_month", &CostSpec::gb_month,
           "By group, what a gigabyte costs that is kept for a month of 730 hours")
      .between(0, price_max);
  list.add("gb_moved", &CostSpec::gb_moved,
           "What a gigabyte costs that is sent to another zone of the region (zone), to another "
           "region (region), or out to users (internet)")
      .between(0, price_max);
  list.add("outside", &CostSpec::outside,
           "Who stands outside, so that what is sent to them goes out to the internet; without it, "
           "all clients");
}

void CostSpec::check(const CostSpec& cost, const Path& path, Problems& problems) {
  PriceList list;
  if (cost.prices) {
    std::string error;
    const std::optional<PriceList> read = PriceList::parse(*cost.prices->contents, error);
    if (!read) {
      problems.add(path / "prices", fmt::format("file \"{}\": {}", cost.prices->name, error));
      return;
    }
    list = *read;
    if (!cost.currency.empty() && cost.currency != list.currency) {
      problems.add(path / "currency",
                   fmt::format("the price list is in {}, not in {}", list.currency, cost.currency));
    }
  }
  check_items(cost.machines, "node_hour", list, path / "machines", problems);
  check_items(cost.requests, "million_requests", list, path / "requests", problems);
  check_items(cost.storage, "gb_month", list, path / "storage", problems);
  for (const auto& [group, size] : cost.stored) {
    if (cost.storage.contains(group) || cost.gb_month.contains(group)) continue;
    problems.add(path / "stored" / group, "what is kept has no price",
                 "give `storage`, an item of the list, or `gb_month`, a price");
  }
  for (const auto& [boundary, price] : cost.gb_moved) {
    if (std::find(boundaries.begin(), boundaries.end(), boundary) != boundaries.end()) continue;
    problems.add(path / "gb_moved" / boundary, "expected zone, region or internet");
  }
}

PriceList CostSpec::list() const {
  PriceList list;
  if (prices) {
    std::string error;
    list = PriceList::parse(*prices->contents, error).value_or(PriceList{});
  }
  if (!currency.empty()) list.currency = currency;
  if (list.currency.empty()) list.currency = "USD";
  return list;
}

void CostSpec::for_each_name(
    const std::function<void(const Path&, const std::string&)>& visit) const {
  const auto visit_all = [&](const char* key, const auto& map) {
    for (const auto& [name, value] : map) visit(Path() / "cost" / key / name, name);
  };
  visit_all("machines", machines);
  visit_all("node_hour", node_hour);
  visit_all("requests", requests);
  visit_all("million_requests", million_requests);
  visit_all("stored", stored);
  visit_all("storage", storage);
  visit_all("gb_month", gb_month);
}

}  // namespace faultline::sim
