/// Nodes of a distributed cache that come or go by somebody's order: what `join_cluster` and
/// `leave_cluster` have in common. A unit is a shard: of one with replicas all nodes come and go
/// together.
#pragma once

#include <vector>

#include "models/caching/distributed/cache_node.hpp"
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {

struct ClusterChangeParams {
  sim::NodeRef node;

  static void describe(sim::ParamList<ClusterChangeParams>& list) {
    list.add("node", &ClusterChangeParams::node, "A node of a distributed cache, or all of them")
        .required();
  }
};

class ClusterChange : public sim::Fault {
 public:
  explicit ClusterChange(const ClusterChangeParams& params) : params_(params) {}

  std::size_t prepare(sim::FaultContext& context) override {
    for (sim::Node* node : context.find(params_.node.name)) {
      auto* cache = dynamic_cast<CacheNode*>(&node->component());
      if (!cache) {
        context.problem("node", node->name() + " is no node of a distributed cache");
        return units_.size();
      }
      if (!units_.empty() && &units_.back()->cluster() == &cache->cluster() &&
          units_.back()->shard() == cache->shard()) {
        continue;
      }
      units_.push_back(cache);
      prepared(*cache);
    }
    return units_.size();
  }
  std::string target_text() const override { return params_.node.name; }
  std::string unit_text(std::size_t unit) const override { return units_[unit]->node().name(); }

 protected:
  virtual void prepared(CacheNode&) {}
  void join(std::size_t unit) { units_[unit]->cluster().join(units_[unit]->shard()); }
  void leave(std::size_t unit) { units_[unit]->cluster().leave(units_[unit]->shard()); }

 private:
  ClusterChangeParams params_;
  std::vector<CacheNode*> units_;  ///< The first node of each shard.
};

}  // namespace faultline::models
