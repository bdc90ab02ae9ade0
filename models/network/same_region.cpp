/// `"latencies": "same_region"`: all nodes stand in zones of one region, each in another, 0.8 ms
/// from each other. What the file says of zones makes no difference. Source: distances.hpp.
#include "models/network/distances.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct SameRegion final : OneDistance {
  SameRegion(const DistanceParams& params, const MakeArgs&) : OneDistance(between_zones, params) {}
};

const sim::Registration<sim::Latencies, SameRegion, DistanceParams> registered{
    {.name = "same_region",
     .title = "Zones of one region",
     .summary = "All nodes stand in zones of one region, each in another: every message takes 0.8 "
                "ms, whatever the file says of zones.",
     .source = "IBM Cloud VPC documentation, \"Network latency dashboards\", July and August 2024: "
               "on average 1.6 ms round trip between zones of ten regions",
     .does_not_model = "that some nodes are nearer than others"}};

}  // namespace
}  // namespace faultline::models
