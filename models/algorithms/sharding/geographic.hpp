/// Geographic sharding: data lives in the region where it is at home.
///
///   key --home--> region --within--> shard of the region
///
/// Rule: by `key`, the home of a key is drawn by its hash, in the shares given (as people live in
/// regions), and is the same for all who ask. By `client`, a key lives where it is asked from, so
/// each region has data of its own. Within a region the keys are placed as `within` says. Where
/// the home region has no shard that takes keys, the next region by name that has one stands in.
/// Source: Corbett et al., "Spanner: Google's Globally-Distributed Database", OSDI 2012, section
/// 2.3 (placement by the application). Does not model: homes that move.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

struct GeographicParams {
  std::map<std::string, double> homes;
  std::string by = "key";
  sim::Choice<KeyPlacement> within{"ring"};

  static void describe(sim::ParamList<GeographicParams>& list);
  static void check(const GeographicParams& params, const sim::Path& path, sim::Problems& problems);
};

class Geographic final : public KeyPlacement {
 public:
  Geographic(const GeographicParams& params, const MakeArgs& args);

  std::size_t place(std::uint64_t key) override;
  std::size_t place_from(std::string_view region, std::uint64_t key) override;
  /// The region where `key` is at home, whether or not a shard stands there.
  const std::string& home_of(std::uint64_t key) const;

 private:
  void on_added(std::size_t index) override;
  void on_weight(std::size_t index) override;
  void on_presence(std::size_t index) override;

  /// The nodes of one region.
  struct Region {
    std::unique_ptr<KeyPlacement> placement;
    std::vector<std::size_t> nodes;  ///< By their index in the region: their index in all.
  };
  struct Place {
    std::string region;
    std::size_t index;
  };
  struct Home {
    std::string region;
    double upto;  ///< Share of this and those before.
  };
  void take_homes(const std::map<std::string, double>& shares);
  std::size_t place_in(std::map<std::string, Region>::iterator region, std::uint64_t key);

  GeographicParams params_;                ///< Parameters.
  std::vector<Home> homes_;                ///< By name; without shares given, those of all regions.
  std::map<std::string, Region> regions_;  ///< By name. State.
  std::vector<Place> places_;              ///< By node. State.
};

}  // namespace faultline::models
