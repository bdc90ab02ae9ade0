#include "models/algorithms/hashing/md5.hpp"

#include <bit>
#include <cstddef>
#include <string>

namespace faultline::models {
namespace {

/// The whole parts of 2^32 |sin k|, k = 1 .. 64.
constexpr std::array<std::uint32_t, 64> sines = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr std::array<std::array<int, 4>, 4> shifts = {
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

using State = std::array<std::uint32_t, 4>;

void take_in_block(State& state, const char* block) {
  std::array<std::uint32_t, 16> words{};
  for (std::size_t byte = 0; byte < 64; ++byte) {
    words[byte / 4] |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(block[byte]))
                       << (8 * (byte % 4));
  }
  auto [a, b, c, d] = state;
  for (std::size_t step = 0; step < 64; ++step) {
    const std::size_t round = step / 16;
    std::uint32_t mixed = 0;
    std::size_t word = 0;
    if (round == 0) {
      mixed = (b & c) | (~b & d);
      word = step;
    } else if (round == 1) {
      mixed = (b & d) | (c & ~d);
      word = (5 * step + 1) % 16;
    } else if (round == 2) {
      mixed = b ^ c ^ d;
      word = (3 * step + 5) % 16;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * step) % 16;
    }
    const std::uint32_t turned =
        std::rotl(a + mixed + sines[step] + words[word], shifts[round][step % 4]);
    a = d;
    d = c;
    c = b;
    b += turned;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

}  // namespace

Md5Digest md5(std::string_view text) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  std::string rest;
  std::size_t done = 0;
  for (; text.size() - done >= 64; done += 64) take_in_block(state, text.data() + done);
  rest.assign(text.substr(done));
  rest += '\x80';
  while (rest.size() % 64 != 56) rest += '\0';
  const std::uint64_t bits = std::uint64_t{8} * text.size();
  for (int byte = 0; byte < 8; ++byte) rest += static_cast<char>(bits >> (8 * byte) & 0xff);
  for (std::size_t at = 0; at < rest.size(); at += 64) take_in_block(state, rest.data() + at);

  Md5Digest digest{};
  for (std::size_t byte = 0; byte < 16; ++byte) {
    digest[byte] = static_cast<std::uint8_t>(state[byte / 4] >> (8 * (byte % 4)));
  }
  return digest;
}

}  // namespace faultline::models
