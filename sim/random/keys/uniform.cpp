/// Uniform keys: each of n keys is asked for equally often; the worst case for a cache.
#include "sim/random/key_popularity.hpp"

namespace faultline::sim {
namespace {

struct UniformKeysParams {
  std::int64_t n = 0;

  static void describe(ParamList<UniformKeysParams>& list) {
    list.add("n", &UniformKeysParams::n, "Number of keys")
        .unit("keys")
        .required()
        .between(1, KeyPopularity::keys_max);
  }
};

class UniformKeys final : public KeyPopularity {
 public:
  UniformKeys(const UniformKeysParams& params, const MakeArgs&)
      : count_(static_cast<std::uint64_t>(params.n)) {}

  std::uint64_t sample(Stream& stream) override { return stream.below(count_); }
  double probability(std::uint64_t) const override { return 1 / static_cast<double>(count_); }
  std::uint64_t key_count() const override { return count_; }

 private:
  std::uint64_t count_;
};

const Registration<KeyPopularity, UniformKeys, UniformKeysParams> registered{
    {.name = "uniform",
     .title = "Uniform keys",
     .summary = "Each of n keys is asked for equally often; the worst case for a cache.",
     .example = "uniform(100000)"}};

}  // namespace
}  // namespace faultline::sim
