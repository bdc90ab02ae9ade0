/// A fallback that is always there: an empty list, a default price, an old copy kept at hand.
///
/// Rule: a read is answered ok at once. A write is not: nothing was stored, and a caller that says
/// otherwise loses data; it fails as it did, unless `writes` is set (the caller keeps it and will
/// store it later, which is not simulated). The answer counts as ok for whoever asked; how many of
/// these were not the real thing is the statistic `fallbacks` of the node that gave them.
/// Source: Netflix Hystrix, "Fallback: Static"; Nygard, "Release It!", 2007.
/// Does not model: how good the answer is, how old the copy is.
#include "models/resilience/fallback/fallback.hpp"

namespace faultline::models {
namespace {

struct StaticAnswerParams {
  bool writes = false;
  sim::Bytes size{0};

  static void describe(sim::ParamList<StaticAnswerParams>& list) {
    list.add("writes", &StaticAnswerParams::writes, "Also say yes to writes that failed");
    list.add("size", &StaticAnswerParams::size, "Size of the answer").at_least(sim::Bytes{0});
  }
};

class StaticAnswer final : public Fallback {
 public:
  StaticAnswer(const StaticAnswerParams& params, const sim::BuildContext&) : params_(params) {}

  sim::Task<sim::Reply> answer(const sim::Request& request, sim::Reply failed) override {
    if (!request.is_read() && !params_.writes) co_return failed;
    sim::Reply reply = sim::Reply::ok();
    reply.effect = failed.effect;
    reply.size = params_.size.count;
    co_return reply;
  }

 private:
  StaticAnswerParams params_;
};

const sim::Registration<Fallback, StaticAnswer, StaticAnswerParams> registered{
    {.name = "static_answer",
     .title = "Static answer",
     .summary = "Answers reads at once with something that is always there; it counts as ok.",
     .source = "Netflix Hystrix, Fallback: Static",
     .does_not_model = "how good the answer is"}};

}  // namespace
}  // namespace faultline::models
