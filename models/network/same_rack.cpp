/// `"latencies": "same_rack"`: all nodes stand in one rack, 108 us from each other. What the
/// file says of zones makes no difference. Source: distances.hpp.
#include "models/network/distances.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct SameRack final : OneDistance {
  SameRack(const DistanceParams& params, const MakeArgs&) : OneDistance(in_rack, params) {}
};

const sim::Registration<sim::Latencies, SameRack, DistanceParams> registered{
    {.name = "same_rack",
     .title = "One rack",
     .summary = "All nodes stand in one rack: every message takes 108 us, whatever the file says "
                "of zones.",
     .source = "Guo et al., \"Pingmesh\", SIGCOMM 2015, section 4.1: median round trip 216 us "
               "between processes of two servers of a rack",
     .does_not_model = "that some nodes are nearer than others"}};

}  // namespace
}  // namespace faultline::models
