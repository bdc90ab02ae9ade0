/// Chance for algorithms: where random words come from is the caller's business. A simulation hands
/// in a named stream, a test or a stand-alone program a SplitMixSource.
#pragma once

#include <cstdint>

namespace faultline::models {

/// An endless sequence of independent uniform 64-bit words.
class RandomSource {
 public:
  virtual ~RandomSource() = default;

  /// The next 64 random bits.
  virtual std::uint64_t next() = 0;

  /// Uniform in 0 .. bound-1, without bias. Requires: bound > 0.
  /// Source: Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019.
  std::uint64_t below(std::uint64_t bound) {
    Wide product = static_cast<Wide>(next()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
      const std::uint64_t threshold = (0 - bound) % bound;
      while (static_cast<std::uint64_t>(product) < threshold) {
        product = static_cast<Wide>(next()) * bound;
      }
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

  /// Uniform in the open interval (0, 1), 52 bits. (With 53 the last value would be rounded to 1.)
  double uniform() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1.0p-52; }

 private:
  __extension__ using Wide = unsigned __int128;
};

/// SplitMix64: small and good enough for tests and stand-alone use.
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
class SplitMixSource final : public RandomSource {
 public:
  explicit SplitMixSource(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() override {
    std::uint64_t word = (state_ += 0x9e3779b97f4a7c15);
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    return word ^ (word >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace faultline::models
