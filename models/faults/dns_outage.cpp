/// `dns_outage(dns)`: a name server that does not answer.
///
/// Rule: it is gone without a word (the fault `vanish`): queries are lost, and
/// whoever asks waits until his patience ends. What resolvers and callers
/// remember is good until its time to live is over. Does not model: a name
/// server that answers with errors (the fault `error_rate`), one that is wrong.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct DnsOutageParams {
  sim::NodeRef node;

  static void describe(sim::ParamList<DnsOutageParams>& list) {
    list.add("node", &DnsOutageParams::node, "A name server, a group of them or a zone").required();
  }
};

class DnsOutage final : public sim::NodeFault {
 public:
  DnsOutage(const DnsOutageParams& params, const MakeArgs&) : node_(params.node) {}

 private:
  const sim::NodeRef& target() const override { return node_; }
  void begin_at(sim::Node& node) override { node.vanish(); }
  void end_at(sim::Node& node) override { node.reappear(); }
  std::string unsuited(const sim::Node& node) const override {
    return node.component().offers("name") ? "" : "is no name server";
  }

  sim::NodeRef node_;
};

const sim::Registration<sim::Fault, DnsOutage, DnsOutageParams> registered{
    {.name = "dns_outage",
     .title = "Name server gone",
     .summary = "A name server does not answer: what is asked of it is lost. "
                "What others remember is "
                "good until its time to live is over.",
     .does_not_model = "a name server that answers with errors, one that is wrong",
     .example = R"json("dns_outage(dns)")json"}};

}  // namespace
}  // namespace faultline::models
