/// `join_cluster(cache[10])`: a node that was not there joins a distributed cache, empty; some keys
/// belong to it from now on.
///
/// Rule: before the fault begins, and after it has ended, the node is not part of the cluster and
/// refuses whoever asks it. With the cache's `migration` the entries that are its own now are
/// carried to it. Of a shard with replicas all nodes join.
/// Does not model: the order's way to the nodes.
#include "models/faults/cluster_change.hpp"

namespace faultline::models {
namespace {

class JoinCluster final : public ClusterChange {
 public:
  JoinCluster(const ClusterChangeParams& params, const MakeArgs&) : ClusterChange(params) {}
  void begin(std::size_t unit) override { join(unit); }
  void end(std::size_t unit) override { leave(unit); }

 private:
  void prepared(CacheNode& node) override { node.cluster().absent_at_first(node.shard()); }
};

const sim::Registration<sim::Fault, JoinCluster, ClusterChangeParams> registered{
    {.name = "join_cluster",
     .title = "Cache node joins",
     .summary = "A node that was not part of its distributed cache joins it, empty, so that some "
                "keys belong to it; when it ends, the node leaves again.",
     .does_not_model = "the order's way to the nodes",
     .example = R"json("join_cluster(cache[10])")json"}};

}  // namespace
}  // namespace faultline::models
