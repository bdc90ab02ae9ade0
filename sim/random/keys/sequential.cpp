/// Sequential keys: 0, 1, .. n-1, then 0 again: a scan, the pattern that washes out an LRU cache.
/// Takes nothing from the stream.
#include "sim/random/key_popularity.hpp"

namespace faultline::sim {
namespace {

struct SequentialParams {
  std::int64_t n = 0;

  static void describe(ParamList<SequentialParams>& list) {
    list.add("n", &SequentialParams::n, "Number of keys")
        .unit("keys")
        .required()
        .between(1, KeyPopularity::keys_max);
  }
};

class SequentialKeys final : public KeyPopularity {
 public:
  SequentialKeys(const SequentialParams& params, const MakeArgs&)
      : count_(static_cast<std::uint64_t>(params.n)) {}

  std::uint64_t sample(Stream&) override {
    const std::uint64_t key = next_;
    next_ = next_ + 1 == count_ ? 0 : next_ + 1;
    return key;
  }
  double probability(std::uint64_t) const override { return 1 / static_cast<double>(count_); }
  std::uint64_t key_count() const override { return count_; }

 private:
  std::uint64_t count_;
  std::uint64_t next_ = 0;  ///< Key of the next request. State.
};

const Registration<KeyPopularity, SequentialKeys, SequentialParams> registered{
    {.name = "sequential",
     .title = "Sequential keys",
     .summary = "0, 1, .. n-1, then 0 again: a scan, the pattern that washes out an LRU cache.",
     .example = "sequential(100000)"}};

}  // namespace
}  // namespace faultline::sim
