/// Hotspot keys: a share of the keys, the first ones, gets a share of the requests; within the hot
/// and the cold keys all are equally popular.
/// Source: Cooper et al., "Benchmarking Cloud Serving Systems with YCSB", SoCC 2010.
#include "sim/random/key_popularity.hpp"

namespace faultline::sim {
namespace {

struct HotspotParams {
  std::int64_t n = 0;
  Probability hot_share{0.2};
  Probability hot_probability{0.8};

  static void describe(ParamList<HotspotParams>& list) {
    list.add("n", &HotspotParams::n, "Number of keys")
        .unit("keys")
        .required()
        .between(1, KeyPopularity::keys_max);
    list.add("hot_share", &HotspotParams::hot_share,
             "Share of the keys that are hot, rounded to whole keys, at least one");
    list.add("hot_probability", &HotspotParams::hot_probability,
             "Share of the requests that ask for a hot key");
  }
};

class HotspotKeys final : public KeyPopularity {
 public:
  HotspotKeys(const HotspotParams& params, const MakeArgs&)
      : count_(static_cast<std::uint64_t>(params.n)),
        hot_(hot_count(params)),
        hot_probability_(hot_ == count_ ? 1 : params.hot_probability.value) {}

  std::uint64_t sample(Stream& stream) override {
    return stream.chance(hot_probability_) ? stream.below(hot_)
                                           : hot_ + stream.below(count_ - hot_);
  }
  double probability(std::uint64_t rank) const override {
    return rank < hot_ ? hot_probability_ / static_cast<double>(hot_)
                       : (1 - hot_probability_) / static_cast<double>(count_ - hot_);
  }
  std::uint64_t key_count() const override { return count_; }

 private:
  static std::uint64_t hot_count(const HotspotParams& params) {
    const double exact = params.hot_share.value * static_cast<double>(params.n);
    const auto rounded = static_cast<std::uint64_t>(exact + 0.5);
    return rounded < 1 ? 1 : rounded;
  }

  std::uint64_t count_;
  std::uint64_t hot_;
  double hot_probability_;
};

const Registration<KeyPopularity, HotspotKeys, HotspotParams> registered{
    {.name = "hotspot",
     .title = "Hotspot keys",
     .summary =
         "A share of the keys, the first ones, gets a share of the requests; all hot keys are "
         "equally popular, and all cold ones.",
     .source = "Cooper et al., Benchmarking Cloud Serving Systems with YCSB, SoCC 2010",
     .example = "hotspot(100000, 20%, 80%)"}};

}  // namespace
}  // namespace faultline::sim
