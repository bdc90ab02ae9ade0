/// `connection_limit(db, 5)`: the node works on so many requests at once and no more, as when file
/// descriptors run out or someone else holds most connections of a database.
///
/// Rule: work under way goes on; until it is below the limit, nothing new begins. The rest waits in
/// the queue, whose limit stays. Of several such faults the least limit holds.
/// Does not model: who holds the others.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct ConnectionLimitParams {
  sim::NodeRef node;
  std::int64_t limit = 1;

  static void describe(sim::ParamList<ConnectionLimitParams>& list) {
    list.add("node", &ConnectionLimitParams::node, "A node, a group or a zone").required();
    list.add("limit", &ConnectionLimitParams::limit, "Requests it works on at once")
        .unit("requests")
        .at_least(0);
  }
};

class ConnectionLimit final : public sim::NodeFault {
 public:
  ConnectionLimit(const ConnectionLimitParams& params, const MakeArgs&) : params_(params) {}

 private:
  const sim::NodeRef& target() const override { return params_.node; }
  void begin_at(sim::Node& node) override {
    node.add_disturbance(sim::Disturbance::connections, this, static_cast<double>(params_.limit));
  }
  void end_at(sim::Node& node) override {
    node.remove_disturbance(sim::Disturbance::connections, this);
  }
  std::string unsuited(const sim::Node& node) const override {
    return node.component().suffers(sim::Disturbance::connections)
               ? ""
               : "has no limited number of workers or connections";
  }

  ConnectionLimitParams params_;
};

const sim::Registration<sim::Fault, ConnectionLimit, ConnectionLimitParams> registered{
    {.name = "connection_limit",
     .title = "Fewer connections",
     .summary =
         "The node works on so many requests at once and no more; what is under way goes on, "
         "the rest waits.",
     .does_not_model = "who holds the others"}};

}  // namespace
}  // namespace faultline::models
