/// `disk_slow(db, factor=10)`: a database's disks take so many times as long.
///
/// Rule: services that begin meanwhile take factor times as long; several such faults multiply.
/// Does not model: the share of a query that needs no disk; queries under way when it begins or
/// ends.
#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct DiskSlowParams {
  sim::NodeRef node;
  double factor = 10;

  static void describe(sim::ParamList<DiskSlowParams>& list) {
    list.add("node", &DiskSlowParams::node, "A database, a group or a zone").required();
    list.add("factor", &DiskSlowParams::factor, "How many times as long its services take")
        .between(0.001, 1e6);
  }
};

class DiskSlow final : public sim::NodeFault {
 public:
  DiskSlow(const DiskSlowParams& params, const MakeArgs&) : params_(params) {}

 private:
  const sim::NodeRef& target() const override { return params_.node; }
  void begin_at(sim::Node& node) override {
    node.add_disturbance(sim::Disturbance::disk, this, params_.factor);
  }
  void end_at(sim::Node& node) override { node.remove_disturbance(sim::Disturbance::disk, this); }
  std::string unsuited(const sim::Node& node) const override {
    return node.component().suffers(sim::Disturbance::disk) ? "" : "has no disks";
  }

  DiskSlowParams params_;
};

const sim::Registration<sim::Fault, DiskSlow, DiskSlowParams> registered{
    {.name = "disk_slow",
     .title = "Slow disks",
     .summary = "Services of a database that begin meanwhile take so many times as long.",
     .does_not_model = "the share of a query that needs no disk",
     .example = R"json("disk_slow(db)")json"}};

}  // namespace
}  // namespace faultline::models
