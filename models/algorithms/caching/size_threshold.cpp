/// Size threshold: nothing larger than a limit comes in.
///
/// Source: Abrams et al., "Caching Proxies: Limitations and Potentials", WWW 4, 1995
/// (LRU-Threshold).
#include "models/algorithms/caching/cache_admission.hpp"

namespace faultline::models {
namespace {

struct SizeThresholdParams {
  sim::Bytes limit{64 * 1024};

  static void describe(sim::ParamList<SizeThresholdParams>& list) {
    list.add("limit", &SizeThresholdParams::limit, "The largest object that comes in")
        .at_least(sim::Bytes{1});
  }
};

class SizeThreshold final : public CacheAdmission {
 public:
  SizeThreshold(const SizeThresholdParams& params, const MakeArgs&) : limit_(params.limit.count) {}
  bool admits(CacheKey, std::int64_t size) override { return size <= limit_; }

 private:
  std::int64_t limit_;  ///< Parameter, bytes.
};

const sim::Registration<CacheAdmission, SizeThreshold, SizeThresholdParams> registered{
    {.name = "size_threshold",
     .title = "Size threshold",
     .summary = "Lets nothing in that is larger than a limit.",
     .source = "Abrams et al., Caching Proxies: Limitations and Potentials, WWW 4, 1995"}};

}  // namespace
}  // namespace faultline::models
