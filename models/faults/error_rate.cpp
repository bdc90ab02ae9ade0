/// `error_rate(app[0], 20%)`: a share of the node's answers are errors.
///
/// Rule: each request fails with this probability, by default before any work is done for it: at
/// once, which makes a broken server the fastest of all. With `when` "after" the work is done
/// first, so that a write has taken effect. Several such faults on one node each have their own
/// luck. Does not model: errors that depend on what is asked.
#include <map>

#include "sim/network/node.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/fault.hpp"

namespace faultline::models {
namespace {

struct ErrorRateParams {
  sim::NodeRef node;
  sim::Probability rate{1};
  std::string when = "before";

  static void describe(sim::ParamList<ErrorRateParams>& list) {
    list.add("node", &ErrorRateParams::node, "A node, a group or a zone").required();
    list.add("rate", &ErrorRateParams::rate, "Probability that a request fails");
    list.add("when", &ErrorRateParams::when, "Before the work for it is done, or after")
        .one_of({"before", "after"});
  }
};

class ErrorRate final : public sim::NodeFault {
 public:
  ErrorRate(const ErrorRateParams& params, const MakeArgs&) : params_(params) {}

  std::size_t prepare(sim::FaultContext& context) override {
    const std::size_t units = NodeFault::prepare(context);
    for (const sim::Node* node : struck())
      streams_.emplace(node->id(), context.stream("errors of " + node->name()));
    return units;
  }

 private:
  const sim::NodeRef& target() const override { return params_.node; }
  void begin_at(sim::Node& node) override {
    const bool before = params_.when == "before";
    node.add_errors({.cause = this,
                     .stream = &streams_.at(node.id()),
                     .before = before ? params_.rate.value : 0,
                     .after = before ? 0 : params_.rate.value});
  }
  void end_at(sim::Node& node) override { node.remove_errors(this); }

  ErrorRateParams params_;
  std::map<std::uint32_t, sim::Stream> streams_;  ///< By node.
};

const sim::Registration<sim::Fault, ErrorRate, ErrorRateParams> registered{
    {.name = "error_rate",
     .title = "Errors",
     .summary =
         "A share of the node's answers are errors: at once, before any work, or after all of "
         "it.",
     .does_not_model = "errors that depend on what is asked"}};

}  // namespace
}  // namespace faultline::models
