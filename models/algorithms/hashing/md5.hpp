/// The MD5 digest, which old placement schemes (ketama, the ring of many lectures) take their
/// points from. Broken as cryptography; here it only has to spread. Source: RFC 1321, section 3.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace faultline::models {

/// The 16 bytes of the digest, in the order in which they are usually printed.
using Md5Digest = std::array<std::uint8_t, 16>;

Md5Digest md5(std::string_view text);

/// Bytes `first` .. `first + 3` of a digest as a number, the first byte the lowest. Requires: first
/// <= 12.
inline std::uint32_t little_endian_word(const Md5Digest& digest, std::size_t first) {
  return static_cast<std::uint32_t>(digest[first]) |
         static_cast<std::uint32_t>(digest[first + 1]) << 8 |
         static_cast<std::uint32_t>(digest[first + 2]) << 16 |
         static_cast<std::uint32_t>(digest[first + 3]) << 24;
}

/// The first eight bytes of a digest as a number, the first byte the highest: the leading digits of
/// the digest as it is printed.
inline std::uint64_t leading_word(const Md5Digest& digest) {
  std::uint64_t word = 0;
  for (std::size_t byte = 0; byte < 8; ++byte) word = word << 8 | digest[byte];
  return word;
}

}  // namespace faultline::models
