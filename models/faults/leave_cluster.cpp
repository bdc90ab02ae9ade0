/// `leave_cluster(cache[9])`: a node of a distributed cache is taken out of it; its keys belong to
/// others from now on.
///
/// Rule: it is out as long as the fault lasts, and joins again, empty, when that ends. Meanwhile it
/// refuses whoever still asks it. What it held is gone, or carried to the new owners with the
/// cache's `migration`. Of a shard with replicas all nodes leave.
/// Does not model: the order's way to the nodes.
#include "models/faults/cluster_change.hpp"

namespace faultline::models {
namespace {

class LeaveCluster final : public ClusterChange {
 public:
  LeaveCluster(const ClusterChangeParams& params, const MakeArgs&) : ClusterChange(params) {}
  void begin(std::size_t unit) override { leave(unit); }
  void end(std::size_t unit) override { join(unit); }
};

const sim::Registration<sim::Fault, LeaveCluster, ClusterChangeParams> registered{
    {.name = "leave_cluster",
     .title = "Cache node leaves",
     .summary = "A node is taken out of its distributed cache, so that its keys belong to others; "
                "when it ends, the node joins again, empty.",
     .does_not_model = "the order's way to the nodes",
     .example = R"json("leave_cluster(cache[9])")json"}};

}  // namespace
}  // namespace faultline::models
