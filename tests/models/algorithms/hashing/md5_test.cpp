#include "models/algorithms/hashing/md5.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace faultline::models {
namespace {

std::string digits(const Md5Digest& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

/// The test suite of RFC 1321, appendix A.5.
TEST(Md5, KnownAnswers) {
  EXPECT_EQ(digits(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(digits(md5("a")), "0cc175b9c0f1b6a831c399e269772661");
  EXPECT_EQ(digits(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(digits(md5("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(digits(md5("abcdefghijklmnopqrstuvwxyz")), "c3fcd3d76192e4007dfb496cca67e13b");
  EXPECT_EQ(digits(md5("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")),
            "d174ab98d277d9f5a5611c2c9f419d9f");
  std::string eighty;
  for (int times = 0; times < 8; ++times) eighty += "1234567890";
  EXPECT_EQ(digits(md5(eighty)), "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(Md5, WordsOfADigest) {
  const Md5Digest digest = md5("abc");  // 90 01 50 98 3c d2 4f b0 ..
  EXPECT_EQ(little_endian_word(digest, 0), 0x98500190u);
  EXPECT_EQ(little_endian_word(digest, 4), 0xb04fd23cu);
  EXPECT_EQ(leading_word(digest), 0x900150983cd24fb0u);
}

}  // namespace
}  // namespace faultline::models
