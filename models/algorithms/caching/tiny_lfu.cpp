/// TinyLFU: a newcomer comes in only if it was asked for more often lately than the entry that
/// would have to go.
///
/// Rule: a sketch counts all lookups; after `sample` uses an entry of the capacity all counts are
/// halved. While there is room everybody comes in. Of a capacity in bytes only the first of several
/// entries that would have to go is compared.
/// Source: Einziger, Friedman, Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", ACM TOS
/// 13(4), 2017. With a window in front it is the eviction policy `w_tinylfu`.
/// Does not model: the doorkeeper in front of the sketch.
#include "models/algorithms/caching/cache_admission.hpp"
#include "models/algorithms/eviction/frequency_sketch.hpp"

namespace faultline::models {
namespace {

struct TinyLfuParams {
  std::int64_t sample = 10;

  static void describe(sim::ParamList<TinyLfuParams>& list) {
    list.add("sample", &TinyLfuParams::sample,
             "Uses an entry of the capacity after which all frequencies are halved")
        .unit("uses")
        .between(1, 1000);
  }
};

class TinyLfu final : public CacheAdmission {
 public:
  TinyLfu(const TinyLfuParams& params, const MakeArgs& args)
      : sketch_(params.sample,
                args.capacity.unit == CacheCapacity::Unit::entries ? args.capacity.amount : 0) {}

  void asked(CacheKey key) override { sketch_.increment(key); }
  bool admits(CacheKey, std::int64_t) override { return true; }
  bool compares() const override { return true; }
  bool prefers(CacheKey key, CacheKey candidate) override {
    return sketch_.frequency(key) > sketch_.frequency(candidate);
  }
  void holds(std::size_t entries) override {
    sketch_.expect_at_least(static_cast<std::int64_t>(entries));
  }

 private:
  FrequencySketch sketch_;  ///< State.
};

const sim::Registration<CacheAdmission, TinyLfu, TinyLfuParams> registered{
    {.name = "tiny_lfu",
     .title = "TinyLFU",
     .summary = "Lets a newcomer in only if it was asked for more often lately than the entry that "
                "would have to go.",
     .source = "Einziger, Friedman, Manes, TinyLFU: A Highly Efficient Cache Admission Policy, ACM "
               "TOS, 2017",
     .does_not_model = "the doorkeeper in front of the sketch"}};

}  // namespace
}  // namespace faultline::models
