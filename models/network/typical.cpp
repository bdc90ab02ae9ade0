/// `"latencies": "typical"`: zones, regions and continents as far apart as those of one cloud.
///
/// Source: IBM Cloud VPC documentation, "Network latency dashboards", inter-region latency, average
/// round trips of 27 July to 25 August 2024; inside a region, distances.hpp. Each pair's two
/// directions are averaged, to a millisecond. Does not model: ways that differ by direction, and
/// changes over time.
#include <array>

#include "models/network/distances.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

// Dallas, Toronto, Washington DC, Frankfurt, London, Madrid, Osaka, Sydney, Tokyo, Sao Paulo.
constexpr std::array<std::string_view, 10> names{
    "us-south", "ca", "us-east", "eu", "uk", "eu-south", "asia-osaka", "au", "asia-tokyo", "sa"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> aliases{
    {{"us", "us-east"}, {"asia", "asia-tokyo"}}};
constexpr std::array round_trips{
    34.0,                                                          // ca
    31.0,  19.0,                                                   // us-east
    123.0, 93.0,  91.0,                                            // eu
    113.0, 83.0,  75.0,  13.0,                                     // uk
    121.0, 107.0, 88.0,  29.0,  27.0,                              // eu-south
    150.0, 169.0, 172.0, 232.0, 244.0, 257.0,                      // asia-osaka
    186.0, 215.0, 214.0, 250.0, 261.0, 275.0, 122.0,               // au
    143.0, 162.0, 165.0, 233.0, 244.0, 257.0, 9.0,   115.0,        // asia-tokyo
    145.0, 129.0, 119.0, 197.0, 188.0, 209.0, 292.0, 328.0, 284.0  // sa
};
static_assert(round_trips.size() == names.size() * (names.size() - 1) / 2);

struct Typical final : RegionTable {
  Typical(const DistanceParams& params, const MakeArgs&)
      : RegionTable({names, round_trips, aliases}, params) {}
};

const sim::Registration<sim::Latencies, Typical, DistanceParams> registered{
    {.name = "typical",
     .title = "Zones, regions and continents",
     .summary = "134 us inside a zone, 0.8 ms between zones of a region, and between regions as "
                "between cities: us-south (Dallas), ca (Toronto), us-east or us (Washington DC), "
                "eu (Frankfurt), uk (London), eu-south (Madrid), asia-osaka, asia-tokyo or asia, "
                "au (Sydney), sa (Sao Paulo). One way; half of the round trip.",
     .source = "IBM Cloud VPC documentation, \"Network latency dashboards\", averages of 27 July "
               "to 25 August 2024; inside a zone Guo et al., \"Pingmesh\", SIGCOMM 2015",
     .does_not_model = "ways that differ by direction, changes over time"}};

}  // namespace
}  // namespace faultline::models
