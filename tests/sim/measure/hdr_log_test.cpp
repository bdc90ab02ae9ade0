#include "sim/measure/hdr_log.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim {
namespace {

std::string base64(const std::string& bytes) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(i + k <= bytes.size() ? alphabet[bits >> (18 - 6 * k) & 63] : '=');
    }
  }
  return text;
}

std::string big_endian(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

std::string zigzag(std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  std::string bytes;
  for (int i = 0; i < 8 && bits >= 0x80; ++i, bits >>= 7) {
    bytes.push_back(static_cast<char>(bits | 0x80));
  }
  bytes.push_back(static_cast<char>(bits));
  return bytes;
}

/// The encoded form of a histogram, each part open to damage.
struct Encoded {
  std::uint32_t outer_cookie = 0x1c849314;
  std::uint32_t cookie = 0x1c849313;
  std::uint32_t index_offset = 0;
  std::uint32_t digits = 2;
  std::int64_t lowest = 1;
  std::vector<std::int64_t> counts;
  std::int64_t length_error = 0;

  std::string payload() const {
    std::string body;
    for (const std::int64_t count : counts) body += zigzag(count);
    const std::string inner =
        big_endian(cookie, 4) +
        big_endian(body.size() + static_cast<std::uint64_t>(length_error), 4) +
        big_endian(index_offset, 4) + big_endian(digits, 4) +
        big_endian(static_cast<std::uint64_t>(lowest), 8) + big_endian(INT64_MAX, 8) +
        big_endian(0x3ff0000000000000, 8) + body;
    uLongf size = compressBound(inner.size());
    std::string packed(size, '\0');
    compress(reinterpret_cast<Bytef*>(packed.data()), &size,
             reinterpret_cast<const Bytef*>(inner.data()), inner.size());
    packed.resize(size);
    return base64(big_endian(outer_cookie, 4) + big_endian(packed.size(), 4) + packed);
  }
  std::string line() const { return "0.127,1.007,2.769," + payload(); }
};

std::optional<HdrLog> read(const std::string& text, std::string& error) {
  std::istringstream input(text);
  return read_hdr_log(input, error);
}

std::string error_of(const std::string& text) {
  std::string error;
  EXPECT_FALSE(read(text, error).has_value());
  return error;
}

// The numbers are HdrHistogram's own, from its test of this file.
TEST(HdrLog, ReadsJHiccupsLog) {
  const std::filesystem::path path =
      std::filesystem::path(FAULTLINE_SHARED_DATA) / "hdr" / "jHiccup-2.0.7S.logV2.hlog";
  std::ifstream input(path, std::ios::binary);
  if (!input) GTEST_SKIP() << "no " << path;
  std::string error;
  const std::optional<HdrLog> log = read_hdr_log(input, error);
  ASSERT_TRUE(log.has_value()) << error;
  EXPECT_EQ(log->start_time_seconds, 1441812279.474);
  EXPECT_EQ(log->intervals.size(), 62U);
  EXPECT_EQ(log->intervals.front().start_seconds, 0.127);
  EXPECT_EQ(log->intervals.front().length_seconds, 1.007);
  EXPECT_EQ(log->intervals.front().maximum, 2.769);
  const std::vector<HdrBucket> buckets = merged_buckets(*log);
  const Histogram histogram = to_histogram(*log);
  EXPECT_EQ(histogram.count(), 48761U);
  EXPECT_EQ(hdr_quantile(buckets, 0.5), 327935);
  EXPECT_EQ(hdr_quantile(buckets, 0.99), 1427111935);
  EXPECT_EQ(hdr_quantile(buckets, 0.999), 1745879039);
  EXPECT_EQ(hdr_quantile(buckets, 1), 1796210687);
  for (const double q : {0.5, 0.99, 0.999, 1.0}) {
    const auto theirs = static_cast<double>(hdr_quantile(buckets, q));
    EXPECT_NEAR(static_cast<double>(histogram.quantile(q)), theirs, 0.01 * theirs);
  }
}

TEST(HdrLog, ReadsTagsCommentsHeadingsAndEmptyLines) {
  std::string error;
  const auto log = read(
      "#[StartTime: 12.5 (seconds)]\r\n\"StartTimestamp\",\"x\"\n\n# note\nTag=A,1,2,3," +
          Encoded{.counts = {3}}.payload() + "\r\n4,5,6," + Encoded{.counts = {-5, 7}}.payload(),
      error);
  ASSERT_TRUE(log.has_value()) << error;
  EXPECT_EQ(log->start_time_seconds, 12.5);
  ASSERT_EQ(log->intervals.size(), 2U);
  EXPECT_EQ(log->intervals[0].tag, "A");
  EXPECT_EQ(log->intervals[0].buckets, (std::vector<HdrBucket>{{0, 0, 3}}));
  EXPECT_EQ(log->intervals[1].tag, "");
  EXPECT_EQ(log->intervals[1].buckets, (std::vector<HdrBucket>{{5, 5, 7}}));
}

// Two digits: 256 parts below 256, then 128 an octave. Lowest 1000 is counted in units of 512.
TEST(HdrLog, BucketsFollowDigitsAndLowestValue) {
  std::string error;
  const auto log = read(Encoded{.counts = {-256, 1, -127, 1}}.line() + "\n" +
                            Encoded{.lowest = 1000, .counts = {1, 1}}.line() + "\n" +
                            Encoded{.digits = 0, .counts = {-1, 1, 1, 1}}.line() + "\n",
                        error);
  ASSERT_TRUE(log.has_value()) << error;
  EXPECT_EQ(log->intervals[0].buckets, (std::vector<HdrBucket>{{256, 257, 1}, {512, 515, 1}}));
  EXPECT_EQ(log->intervals[1].buckets, (std::vector<HdrBucket>{{0, 511, 1}, {512, 1023, 1}}));
  EXPECT_EQ(log->intervals[2].buckets, (std::vector<HdrBucket>{{1, 1, 1}, {2, 3, 1}, {4, 7, 1}}));
}

// Three digits: 2048 parts below 2048, then 1024 an octave. 327680 lies in a bucket of 256 there.
TEST(HdrLog, MergingRecordsTheLowestValueOfEachBucket) {
  std::string error;
  const auto log = read(Encoded{.lowest = 20000, .counts = {-20, 3, 1}}.line() + "\n" +
                            Encoded{.lowest = 20000, .counts = {-20, 2}}.line(),
                        error);
  ASSERT_TRUE(log.has_value()) << error;
  EXPECT_EQ(merged_buckets(*log),
            (std::vector<HdrBucket>{{327680, 327935, 5}, {344064, 344319, 1}}));
  EXPECT_EQ(merged_buckets(*log, 0), (std::vector<HdrBucket>{{262144, 524287, 6}}));
  EXPECT_EQ(to_histogram(*log).min(), 327680);
  EXPECT_EQ(to_histogram(*log).count(), 6U);
}

TEST(HdrLog, TheLastBucketEndsAtTheLargestValue) {
  std::string error;
  const auto log = read(Encoded{.counts = {-(57 * 128 - 1), 1}}.line(), error);
  ASSERT_TRUE(log.has_value()) << error;
  EXPECT_EQ(log->intervals[0].buckets.front().high, INT64_MAX);
  EXPECT_EQ(error_of(Encoded{.counts = {-(57 * 128), 1}}.line()),
            "line 1: the histogram has more counts than values of 63 bits need");
}

TEST(HdrLog, LargeCountsTakeNineBytes) {
  std::string error;
  const std::int64_t large = (std::int64_t{1} << 62) - 1;
  const auto log = read(Encoded{.counts = {large}}.line(), error);
  ASSERT_TRUE(log.has_value()) << error;
  EXPECT_EQ(log->intervals[0].buckets.front().count, static_cast<std::uint64_t>(large));
  EXPECT_EQ(error_of(Encoded{.counts = {large, 2}}.line()), "line 1: the counts are too large");
}

TEST(HdrLog, SaysWhatIsWrong) {
  const std::string good = Encoded{.counts = {1}}.line();
  EXPECT_EQ(error_of(good + "\n1,2"),
            "line 2: expected start, length, maximum and histogram, separated by commas");
  EXPECT_EQ(error_of("a,2,3,"), "line 1: expected a number as the start, got \"a\"");
  EXPECT_EQ(error_of("1,,3,"), "line 1: expected a number as the length, got \"\"");
  EXPECT_EQ(error_of("1,2,nan,"), "line 1: expected a number as the maximum, got \"nan\"");
  EXPECT_EQ(error_of("1,2,3,"), "line 1: the histogram ends too early");
  EXPECT_EQ(error_of("1,2,3,HIS"), "line 1: expected base64 text of a multiple of four characters");
  EXPECT_EQ(error_of("1,2,3,HI?T"), "line 1: expected base64 text, got \"?\"");
  EXPECT_EQ(error_of(Encoded{.outer_cookie = 0x1c849309}.line()),
            "line 1: expected an HdrHistogram in V2 encoding (0x1c849304), got 0x1c849309");
  EXPECT_EQ(error_of(Encoded{.cookie = 0x1c849301}.line()),
            "line 1: expected an HdrHistogram in V2 encoding (0x1c849303), got 0x1c849301");
  EXPECT_EQ(error_of(Encoded{.index_offset = 3}.line()),
            "line 1: histograms with a shifted index are not read");
  EXPECT_EQ(error_of(Encoded{.digits = 6}.line()),
            "line 1: expected 0 to 5 significant digits, got 6");
  EXPECT_EQ(error_of(Encoded{.lowest = 0}.line()),
            "line 1: expected a lowest trackable value of 1 to 2^40, got 0");
  EXPECT_EQ(error_of(Encoded{.counts = {1}, .length_error = 1}.line()),
            "line 1: the histogram's counts are not as long as it says");
  EXPECT_EQ(error_of(Encoded{.counts = {INT64_MIN}}.line()),
            "line 1: the histogram has more counts than values of 63 bits need");
  EXPECT_EQ(error_of("#[StartTime: x]"), "line 1: expected a number as the start time, got \"x]\"");
}

TEST(HdrLog, ADecompressionBombIsRefused) {
  Encoded bomb;
  bomb.counts.assign(std::size_t{17} << 20, 0);
  EXPECT_EQ(error_of(bomb.line()), "line 1: the histogram is larger than 16777216 bytes");
}

TEST(HdrLog, ALineWithoutEndIsRefused) {
  EXPECT_EQ(error_of(std::string((std::size_t{16} << 20) + 1, '#')),
            "line 1: the line is longer than 16777216 bytes");
}

TEST(HdrLog, DamagedPayloadsNeverCrash) {
  const std::string good = Encoded{.counts = {-100, 5, 3, -40, 9, 1000}}.line();
  Lcg random(1);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = good;
    const std::int64_t changes = 1 + random.below(3);
    for (std::int64_t i = 0; i < changes; ++i) {
      const auto at =
          static_cast<std::size_t>(random.below(static_cast<std::int64_t>(damaged.size())));
      damaged[at] = static_cast<char>(33 + random.below(90));
    }
    if (random.below(4) == 0)
      damaged.resize(static_cast<std::size_t>(random.below(200)) % damaged.size());
    std::string error;
    if (!read(damaged, error)) {
      EXPECT_TRUE(error.starts_with("line 1: ")) << error;
      ++refused;
    }
  }
  EXPECT_GT(refused, 2000);
}

TEST(HdrQuantile, OfNothingIsZero) { EXPECT_EQ(hdr_quantile({}, 0.5), 0); }

}  // namespace
}  // namespace faultline::sim
