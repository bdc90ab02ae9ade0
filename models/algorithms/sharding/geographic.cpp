#include "models/algorithms/sharding/geographic.hpp"

#include <algorithm>

#include "models/algorithms/hashing/key_hash.hpp"

namespace faultline::models {

void GeographicParams::describe(sim::ParamList<GeographicParams>& list) {
  list.add("homes", &GeographicParams::homes,
           "How many keys are at home in each region, in relation to the others; without it, as "
           "many in each region that has shards");
  list.add("by", &GeographicParams::by,
           "Whose region counts: that of the key's home, or that of whoever asks for it")
      .one_of({"key", "client"});
  list.add("within", &GeographicParams::within, "How the keys of a region find their shard in it");
}

void GeographicParams::check(const GeographicParams& params, const sim::Path& path,
                             sim::Problems& problems) {
  double total = 0;
  for (const auto& [region, share] : params.homes) {
    if (!(share >= 0 && share <= 1e9)) problems.add(path / "homes" / region, "expected 0 to 1e9");
    total += share;
  }
  if (!params.homes.empty() && total == 0) {
    problems.add(path / "homes", "no region has a share above 0");
  }
}

Geographic::Geographic(const GeographicParams& params, const MakeArgs& args) : params_(params) {
  add_all(args.nodes);
  if (!params_.homes.empty()) take_homes(params_.homes);
}

void Geographic::take_homes(const std::map<std::string, double>& shares) {
  homes_.clear();
  double total = 0;
  for (const auto& [name, share] : shares) homes_.push_back({name, total += share});
  for (Home& home : homes_) home.upto /= total;
}

const std::string& Geographic::home_of(std::uint64_t key) const {
  SIM_ASSERT(!homes_.empty());
  const double draw = static_cast<double>(hash_of_pair(hash_of_word(key), 1) >> 11) * 0x1p-53;
  return std::find_if(homes_.begin(), homes_.end() - 1,
                      [draw](const Home& home) { return draw < home.upto; })
      ->region;
}

std::size_t Geographic::place(std::uint64_t key) {
  if (homes_.empty() || regions_.empty()) return none;
  return place_in(regions_.lower_bound(home_of(key)), key);
}

std::size_t Geographic::place_from(std::string_view region, std::uint64_t key) {
  if (params_.by != "client" || regions_.empty()) return place(key);
  return place_in(regions_.lower_bound(std::string(region)), key);
}

std::size_t Geographic::place_in(std::map<std::string, Region>::iterator region,
                                 std::uint64_t key) {
  for (std::size_t tries = 0; tries < regions_.size(); ++tries) {
    if (region == regions_.end()) region = regions_.begin();
    const std::size_t index = region->second.placement->place(key);
    if (index != none) return region->second.nodes[index];
    ++region;
  }
  return none;
}

void Geographic::on_added(std::size_t index) {
  Region& own = regions_[region(index)];
  if (!own.placement) {
    own.placement = params_.within.make({});
    if (params_.homes.empty()) {
      std::map<std::string, double> equal;
      for (const auto& [name, region] : regions_) equal[name] = 1;
      take_homes(equal);
    }
  }
  places_.push_back({region(index), own.placement->add({name(index), weight(index)})});
  own.placement->set_present(places_.back().index, present(index));
  own.nodes.push_back(index);
}

void Geographic::on_weight(std::size_t index) {
  const Place& place = places_[index];
  KeyPlacement& placement = *regions_.at(place.region).placement;
  placement.set_weight(place.index, weight(index));
  // Who went while it took no keys is away now.
  placement.set_present(place.index, present(index));
}

void Geographic::on_presence(std::size_t index) {
  const Place& place = places_[index];
  regions_.at(place.region).placement->set_present(place.index, present(index));
}

namespace {

const sim::Registration<KeyPlacement, Geographic, GeographicParams> registered{
    {.name = "geographic",
     .title = "By region",
     .summary = "A key lives in the region of its home, or in that of whoever asks for it, and "
                "there as another placement says.",
     .source = "Corbett et al., Spanner: Google's Globally-Distributed Database, OSDI 2012, "
               "section 2.3",
     .does_not_model = "homes that move"}};

}  // namespace
}  // namespace faultline::models
