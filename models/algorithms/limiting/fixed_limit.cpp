/// A fixed number of requests at once. Right as long as nothing changes: the number is a capacity
/// times a latency, and both do.
#include "models/algorithms/limiting/concurrency_limit.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct FixedLimitParams {
  std::int64_t limit = 0;

  static void describe(sim::ParamList<FixedLimitParams>& list) {
    list.add("limit", &FixedLimitParams::limit, "Requests at once; more are refused")
        .required()
        .unit("requests")
        .between(1, 1'000'000'000);
  }
};

class FixedLimit final : public ConcurrencyLimit {
 public:
  FixedLimit(const FixedLimitParams& params, const MakeArgs&) : ConcurrencyLimit(params.limit) {}
  void ended(const ConcurrencySample&) override {}
};

const sim::Registration<ConcurrencyLimit, FixedLimit, FixedLimitParams> registered{
    {.name = "fixed",
     .title = "Fixed limit",
     .summary = "So many requests at once, whatever happens.",
     .example = R"json({"type": "fixed", "limit": 32})json"}};

}  // namespace
}  // namespace faultline::models
