/// `cache_flush(cache)`: a cache loses all its entries, as by FLUSHALL or a restart without a wait.
///
/// Rule: it is empty when the fault begins; how long the fault lasts only says how long it is
/// shown. The policy forgets what it had learnt. Does not model: the time a flush takes.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct CacheFlushParams {
  sim::NodeRef node;

  static void describe(sim::ParamList<CacheFlushParams>& list) {
    list.add("node", &CacheFlushParams::node, "A cache, a group of them or a zone").required();
  }
};

class CacheFlush final : public sim::NodeFault {
 public:
  CacheFlush(const CacheFlushParams& params, const MakeArgs&) : node_(params.node) {}

 private:
  const sim::NodeRef& target() const override { return node_; }
  void begin_at(sim::Node& node) override { node.flush(); }
  void end_at(sim::Node&) override {}
  std::string unsuited(const sim::Node& node) const override {
    return node.component().suffers(sim::Disturbance::flush) ? "" : "has no entries to lose";
  }

  sim::NodeRef node_;
};

const sim::Registration<sim::Fault, CacheFlush, CacheFlushParams> registered{
    {.name = "cache_flush",
     .title = "Cache flush",
     .summary =
         "A cache loses all its entries when it begins. How long it lasts only says how long "
         "it is shown.",
     .does_not_model = "the time a flush takes",
     .example = R"json("cache_flush(cache)")json"}};

}  // namespace
}  // namespace faultline::models
