/// Zipf keys: the k-th most popular of n keys is asked for in proportion to k^-s, as is found for
/// web pages and cache traces with s from 0.6 to 1.2. Neither memory nor time depends on n. Source:
/// Breslau et al., "Web Caching and Zipf-like Distributions", INFOCOM 1999; drawn by Hörmann and
/// Derflinger's rejection-inversion, 1996.
#include "sim/random/zipf.hpp"
#include "sim/random/key_popularity.hpp"

namespace faultline::sim {
namespace {

struct ZipfKeysParams {
  std::int64_t n = 0;
  double s = 0.99;

  static void describe(ParamList<ZipfKeysParams>& list) {
    list.add("n", &ZipfKeysParams::n, "Number of keys")
        .unit("keys")
        .required()
        .between(1, KeyPopularity::keys_max);
    list.add("s", &ZipfKeysParams::s, "Exponent: the larger, the more the first keys are asked for")
        .above(0)
        .at_most(100);
  }
};

/// Keys by their rank.
class ZipfKeys final : public KeyPopularity {
 public:
  ZipfKeys(const ZipfKeysParams& params, const MakeArgs&)
      : count_(static_cast<std::uint64_t>(params.n)), zipf_(count_, params.s) {}

  std::uint64_t sample(Stream& stream) override { return zipf_.sample(stream); }
  double probability(std::uint64_t rank) const override { return zipf_.probability(rank); }
  std::uint64_t key_count() const override { return count_; }

 private:
  std::uint64_t count_;
  Zipf zipf_;
};

/// Keys by their age: rank 0 is the newest.
class LatestKeys final : public KeyPopularity {
 public:
  LatestKeys(const ZipfKeysParams& params, const MakeArgs&)
      : count_(static_cast<std::uint64_t>(params.n)),
        newest_(count_ - 1),
        zipf_(count_, params.s) {}

  std::uint64_t sample(Stream& stream) override { return newest_ - zipf_.sample(stream); }
  std::uint64_t sample_write(Stream&) override { return ++newest_; }
  double probability(std::uint64_t rank) const override { return zipf_.probability(rank); }
  std::uint64_t key_count() const override { return count_; }

 private:
  std::uint64_t count_;
  std::uint64_t newest_;  ///< The key written last; the one before the first write is n - 1. State.
  Zipf zipf_;
};

const Registration<KeyPopularity, ZipfKeys, ZipfKeysParams> registered{
    {.name = "zipf",
     .title = "Zipf keys",
     .summary = "The k-th most popular of n keys is asked for in proportion to k^-s; key 0 is the "
                "most popular.",
     .source = "Breslau et al., Web Caching and Zipf-like Distributions, INFOCOM 1999; drawn by "
               "Hörmann and Derflinger, Rejection-Inversion to Generate Variates from Monotone "
               "Discrete Distributions, 1996",
     .example = "zipf(100000, 0.99)"}};

const Registration<KeyPopularity, LatestKeys, ZipfKeysParams> registered_latest{
    {.name = "latest",
     .title = "Latest keys",
     .summary =
         "The newest of n keys are asked for most: the age of a key follows Zipf's law. Each "
         "write makes a new key, and the oldest is asked for no more.",
     .source = "Cooper et al., Benchmarking Cloud Serving Systems with YCSB, SoCC 2010",
     .example = "latest(100000, 0.99)"}};

}  // namespace
}  // namespace faultline::sim
