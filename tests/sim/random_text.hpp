/// Chance for tests of readers: the same on every machine, and no part of the simulator.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace faultline::test {

/// Knuth's MMIX linear congruential generator.
class Lcg {
 public:
  explicit Lcg(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return state_ >> 16;
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

  /// Up to `length_max` characters of `alphabet`.
  std::string text(std::string_view alphabet, std::size_t length_max) {
    std::string out;
    for (std::size_t i = below(length_max + 1); i > 0; --i) out += alphabet[below(alphabet.size())];
    return out;
  }

 private:
  std::uint64_t state_;
};

}  // namespace faultline::test
