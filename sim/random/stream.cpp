#include "sim/random/stream.hpp"

#include <algorithm>

namespace faultline::sim {
namespace {

// Multipliers and key increments (golden ratio, sqrt 3 - 1) of Philox4x64.
constexpr std::uint64_t multiplier_0 = 0xd2e7'470e'e14c'6c93;
constexpr std::uint64_t multiplier_1 = 0xca5a'8263'9512'1157;
constexpr std::uint64_t increment_0 = 0x9e37'79b9'7f4a'7c15;
constexpr std::uint64_t increment_1 = 0xbb67'ae85'84ca'a73b;
constexpr int rounds = 10;

// Plain variables, not arrays: compilers then keep them in registers and unroll the rounds.
inline PhiloxBlock philox(const PhiloxBlock& counter, const PhiloxKey& key) {
  auto [a, b, c, d] = counter;
  auto [key_0, key_1] = key;
  for (int round = 0; round < rounds; ++round) {
    std::uint64_t high_0;
    std::uint64_t low_0;
    std::uint64_t high_1;
    std::uint64_t low_1;
    multiply_wide(multiplier_0, a, high_0, low_0);
    multiply_wide(multiplier_1, c, high_1, low_1);
    a = high_1 ^ b ^ key_0;
    b = low_1;
    c = high_0 ^ d ^ key_1;
    d = low_0;
    key_0 += increment_0;
    key_1 += increment_1;
  }
  return {a, b, c, d};
}

/// The hash described at Stream's constructor.
class KeyHash {
 public:
  void add(const PhiloxBlock& message) {
    const PhiloxBlock mixed = philox(message, state_);
    state_[0] ^= mixed[0];
    state_[1] ^= mixed[1];
  }
  void add(std::string_view text) {
    for (; !text.empty(); text.remove_prefix(std::min(text.size(), block_bytes))) {
      PhiloxBlock message{};
      const std::size_t count = std::min(text.size(), block_bytes);
      for (std::size_t i = 0; i < count; ++i) {
        message[i / 8] |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i]))
                          << (8 * (i % 8));
      }
      add(message);
    }
  }
  PhiloxKey key() const { return state_; }

 private:
  static constexpr std::size_t block_bytes = 32;
  PhiloxKey state_{0x6661'756c'746c'696e, 0x6520'7374'7265'616d};  // "faultline stream"
};

}  // namespace

PhiloxBlock philox4x64_10(PhiloxBlock counter, PhiloxKey key) { return philox(counter, key); }

Stream::Stream(std::uint64_t seed, std::uint64_t replication, std::string_view path,
               std::string_view purpose) {
  KeyHash hash;
  hash.add({seed, replication, path.size(), purpose.size()});
  hash.add(path);
  hash.add(purpose);
  key_ = hash.key();
}

void Stream::refill() {
  for (std::size_t i = 0; i < blocks_per_refill; ++i) {
    const PhiloxBlock made = philox({block_ + i, 0, 0, 0}, key_);
    // Word by word: a copy of the whole would have to wait for the words to reach the cache.
    for (std::size_t word = 0; word < made.size(); ++word) words_[4 * i + word] = made[word];
  }
  block_ += blocks_per_refill;
  position_ = 0;
}

std::uint64_t Stream::below_rest(std::uint64_t bound, std::uint64_t high, std::uint64_t low) {
  // Of the 2^64 words, 2^64 mod bound are one too many; their products have the lowest low halves.
  const std::uint64_t surplus = (0 - bound) % bound;
  while (low < surplus) multiply_wide(next(), bound, high, low);
  return high;
}

}  // namespace faultline::sim
