/// `vanish(db)`: the host is gone without a word, as when its power or its network cable is pulled.
///
/// Rule: its processes end, but nobody is told: no reset leaves it and no refusal. What is sent to
/// it is never heard of again, so that its callers learn of it by their time-outs alone; one
/// without a time-out waits for ever. When the host is back it has lost what it held in memory.
/// Source: RFC 9293, section 3.10.7.1: a reset comes from a host that is there.
/// Does not model: retransmissions that reach the host after it is back, which it would reset.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct VanishParams {
  sim::NodeRef node;

  static void describe(sim::ParamList<VanishParams>& list) {
    list.add("node", &VanishParams::node, "A node, a group or a zone").required();
  }
};

class Vanish final : public sim::NodeFault {
 public:
  Vanish(const VanishParams& params, const MakeArgs&) : node_(params.node) {}

 private:
  const sim::NodeRef& target() const override { return node_; }
  void begin_at(sim::Node& node) override { node.vanish(); }
  void end_at(sim::Node& node) override { node.reappear(); }

  sim::NodeRef node_;
};

const sim::Registration<sim::Fault, Vanish, VanishParams> registered{
    {.name = "vanish",
     .title = "Host gone without a word",
     .summary =
         "The node's processes end and nobody is told: no reset, no refusal. What is sent to "
         "it is never heard of again, until it is back with an empty memory.",
     .source = "RFC 9293, section 3.10.7.1",
     .does_not_model = "retransmissions that reach the host after it is back"}};

}  // namespace
}  // namespace faultline::models
