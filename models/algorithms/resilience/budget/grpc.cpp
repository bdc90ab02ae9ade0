/// gRPC's retry throttling: failures use up tokens, successes give back a fraction of one.
///
/// Rule: there are `max_tokens` to begin with and at most. A try that does not end ok takes one, a
/// try that does gives back `token_ratio`; retries are sent while more than half of `max_tokens`
/// are left. A retry itself costs nothing. In balance a share f of failures leaves the tokens as
/// they are if f = token_ratio * (1 - f), so with 0.1 retries stop for good when one try in eleven
/// fails. Amounts are whole thousandths of a token. Source: gRPC, proposal A6, "gRPC Retry Design",
/// section "Throttling Retry Attempts and Hedged RPCs".
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "models/algorithms/resilience/budget/retry_budget.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct GrpcParams {
  std::int64_t max_tokens = 10;
  double token_ratio = 0.1;

  static void describe(sim::ParamList<GrpcParams>& list) {
    list.add("max_tokens", &GrpcParams::max_tokens, "Tokens there are at most, and to begin with")
        .unit("tokens")
        .between(1, 1000);
    list.add("token_ratio", &GrpcParams::token_ratio, "Tokens a success gives back")
        .unit("tokens")
        .at_least(0.001)
        .at_most(1000);
  }
};

class Grpc final : public RetryBudget {
 public:
  Grpc(const GrpcParams& params, const MakeArgs&)
      : max_(params.max_tokens * scale),
        ratio_(static_cast<std::int64_t>(std::floor(params.token_ratio * scale + 1e-9))),
        tokens_(max_) {}

  void ended(bool ok) override {
    tokens_ = ok ? std::min(tokens_ + ratio_, max_) : std::max<std::int64_t>(tokens_ - scale, 0);
  }
  bool may_retry(sim::Duration) override { return tokens_ > max_ / 2; }

 private:
  static constexpr std::int64_t scale = 1000;
  std::int64_t max_;     ///< Parameter.
  std::int64_t ratio_;   ///< Parameter.
  std::int64_t tokens_;  ///< State.
};

const sim::Registration<RetryBudget, Grpc, GrpcParams> registered{
    {.name = "grpc",
     .title = "Retry throttling (gRPC)",
     .summary = "Failures use up tokens, successes give back a fraction; no retries when half of "
                "them are gone.",
     .source = "gRPC, proposal A6, gRPC Retry Design",
     .does_not_model = "budgets shared by several callers, pushback by the server"}};

}  // namespace
}  // namespace faultline::models
