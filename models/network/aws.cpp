/// `"latencies": "aws"`: regions by the names Amazon gives them.
///
/// Source: "Latency Between AWS Global Regions" (2017), pings between instances, average round
/// trips, as quoted in https://acomputerscientistlearnsaws.blogspot.com/2017/04/aws-regions.html;
/// inside a region, distances.hpp. Does not model: regions that are not in that table, faster
/// cables laid since, and changes over time.
#include <array>

#include "models/network/distances.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

constexpr std::array<std::string_view, 10> names{
    "us-east-1",      "us-west-1",      "us-west-2",      "eu-west-1",      "eu-central-1",
    "ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2", "sa-east-1"};
constexpr std::array round_trips{
    72.74,                                                         // us-west-1
    86.98, 19.46,                                                  // us-west-2
    80.55, 153.2, 137.0,                                           // eu-west-1
    88.66, 166.6, 159.5, 19.56,                                    // eu-central-1
    145.3, 102.5, 89.1,  212.4, 236.5,                             // ap-northeast-1
    178.4, 131.5, 118.3, 242.4, 266.2, 31.44,                      // ap-northeast-2
    216.7, 174.0, 161.4, 239.0, 325.9, 73.79, 71.87,               // ap-southeast-1
    230.0, 157.5, 162.2, 309.6, 323.5, 103.9, 134.0, 175.3,        // ap-southeast-2
    119.5, 192.7, 182.7, 191.3, 194.9, 256.8, 286.3, 328.1, 322.5  // sa-east-1
};
static_assert(round_trips.size() == names.size() * (names.size() - 1) / 2);

struct Aws final : RegionTable {
  Aws(const DistanceParams& params, const MakeArgs&) : RegionTable({names, round_trips}, params) {}
};

const sim::Registration<sim::Latencies, Aws, DistanceParams> registered{
    {.name = "aws",
     .title = "Regions of AWS",
     .summary = "134 us inside a zone, 0.8 ms between zones of a region, and between ten regions, "
                "named as Amazon does (us-east-1, eu-west-1, ...), half of a measured round trip.",
     .source = "\"Latency Between AWS Global Regions\" (2017), quoted in "
               "https://acomputerscientistlearnsaws.blogspot.com/2017/04/aws-regions.html; inside "
               "a zone Guo et al., \"Pingmesh\", SIGCOMM 2015",
     .does_not_model = "other regions, faster cables laid since, changes over time"}};

}  // namespace
}  // namespace faultline::models
