/// `"latencies": "same_zone"`: all nodes stand in one zone, in several racks, 134 us from each
/// other. What the file says of zones makes no difference. Source: distances.hpp.
#include "models/network/distances.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct SameZone final : OneDistance {
  SameZone(const DistanceParams& params, const MakeArgs&) : OneDistance(in_zone, params) {}
};

const sim::Registration<sim::Latencies, SameZone, DistanceParams> registered{
    {.name = "same_zone",
     .title = "One zone",
     .summary = "All nodes stand in one zone, in several racks: every message takes 134 us, "
                "whatever the file says of zones.",
     .source = "Guo et al., \"Pingmesh\", SIGCOMM 2015, section 4.1: median round trip 268 us "
               "between processes of servers of two racks",
     .does_not_model = "that some nodes are nearer than others"}};

}  // namespace
}  // namespace faultline::models
