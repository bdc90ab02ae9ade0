#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim/random/data_file.hpp"
#include "sim/random/distribution.hpp"
#include "tests/sim/random/statistics.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

/// A scenario's folder with one file in it, data.csv.
class Empirical : public ::testing::Test {
 protected:
  Empirical()
      : folder_(std::filesystem::temp_directory_path() /
                ("faultline_empirical_" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(folder_);
  }
  ~Empirical() override { std::filesystem::remove_all(folder_); }

  void given_file(const std::string& contents) {
    std::ofstream(folder_ / "data.csv", std::ios::binary) << contents;
  }
  template <class D>
  Random<D> read(const Json& json) {
    Problems problems;
    ReadContext context{problems, folder_};
    Random<D> value;
    ValueType<Random<D>>::read(json, value, {}, Path("p"), context);
    texts_.clear();
    for (const Problem& problem : problems.sorted()) texts_.push_back(problem.to_text());
    return value;
  }
  /// The problems of a duration read from a file with `contents`.
  Texts problems_of(const std::string& contents, const char* text = "empirical(data.csv)") {
    given_file(contents);
    read<Duration>(text);
    return texts_;
  }
  template <class D>
  std::vector<double> draws(const Random<D>& value, int count) {
    Stream stream = testing::stream_of("empirical");
    std::vector<double> sample;
    for (int i = 0; i < count; ++i) sample.push_back(value.sample_base(stream));
    return sample;
  }

  std::filesystem::path folder_;
  Texts texts_;
};

TEST_F(Empirical, DrawsEachRowEquallyOften) {
  // Rows 1, 1, 2, 8 ms: mean 3, variance (4 + 4 + 1 + 25) / 4 = 8.5.
  given_file("1ms\n8ms\n# as measured\n\n1000us\r\n 2ms ");
  const RandomDuration value = read<Duration>("empirical(data.csv)");
  EXPECT_EQ(texts_, Texts{});
  EXPECT_EQ(value.mean(), 3e6);
  EXPECT_NEAR(value.variance(), 8.5e12, 1);
  EXPECT_EQ(value.minimum(), 1e6);
  EXPECT_EQ(value.cdf(1e6 - 1), 0);
  EXPECT_EQ(value.cdf(1e6), 0.5);
  EXPECT_EQ(value.cdf(7e6), 0.75);
  EXPECT_EQ(value.cdf(8e6), 1);
  const std::vector<double> sample = draws(value, 20000);
  EXPECT_EQ(std::set<double>(sample.begin(), sample.end()), (std::set<double>{1e6, 2e6, 8e6}));
  EXPECT_LT(testing::kolmogorov_smirnov(sample, [&](double x) { return value.cdf(x); }),
            testing::kolmogorov_smirnov_limit);
}

TEST_F(Empirical, DrawsFromADistributionFunction) {
  // An atom of 0.2 at 1, then uniform pieces of 0.5 on 1..3 and 0.3 on 3..9: mean 0.2 + 1 + 1.8 =
  // 3, mean square 0.2 + 0.5 * 13/3 + 0.3 * 39 = 14.0667.
  given_file("value,cdf\n1,0.2\n3,0.7\n9,1\n");
  const RandomNumber value = read<double>("empirical(data.csv)");
  EXPECT_EQ(texts_, Texts{});
  EXPECT_NEAR(value.mean(), 3, 1e-12);
  EXPECT_NEAR(value.variance(), 14.066666666666667 - 9, 1e-12);
  EXPECT_EQ(value.cdf(0.99), 0);
  EXPECT_EQ(value.cdf(1), 0.2);
  EXPECT_NEAR(value.cdf(2), 0.45, 1e-15);
  EXPECT_NEAR(value.cdf(6), 0.85, 1e-15);
  EXPECT_EQ(value.cdf(9), 1);
  const std::vector<double> sample = draws(value, 20000);
  EXPECT_LT(testing::kolmogorov_smirnov(sample, [&](double x) { return value.cdf(x); }),
            testing::kolmogorov_smirnov_limit);
  EXPECT_NEAR(testing::moments_of(sample).mean, 3, 4.5 * std::sqrt(5.07 / 20000));
  Stream stream = testing::stream_of("empirical");
  EXPECT_EQ(value.sample(stream), 0x1.4419030aecd6fp+1);
}

TEST_F(Empirical, TakesBareNumbersInAUnit) {
  given_file("\xef\xbb\xbflatency_ms\n1.5\n2.5ms\n+2\n");
  const RandomDuration value = read<Duration>("empirical(data.csv, 1ms)");
  EXPECT_EQ(texts_, Texts{});
  EXPECT_NEAR(value.mean(), 2e6, 1e-6);
  given_file("4\n6");
  EXPECT_EQ(read<Bytes>("empirical(data.csv, 1KiB)").mean(), 5120);
  EXPECT_EQ(read<double>("empirical(data.csv)").mean(), 5);
  EXPECT_EQ(read<double>("empirical(data.csv, unit=2)").mean(), 10);
  given_file("-4\n6");
  EXPECT_EQ(read<double>("empirical(data.csv)").minimum(), -4);
}

TEST_F(Empirical, RoundTripsAsText) {
  given_file("4ms");
  Json json;
  ValueType<RandomDuration>::write(read<Duration>("empirical(data.csv)"), json);
  EXPECT_EQ(json, Json("empirical(data.csv)"));
}

TEST_F(Empirical, SaysWhichLineIsWrong) {
  const std::string at = "p.file: file \"data.csv\"";
  EXPECT_EQ(problems_of(""), Texts{at + ": expected at least one value, found none"});
  EXPECT_EQ(problems_of("latency\n"), Texts{at + ": expected at least one value, found none"});
  EXPECT_EQ(problems_of("1ms\n# note\n\n-2ms\n"),
            Texts{at + ", line 4: expected at least 0, got -2ms"});
  EXPECT_EQ(problems_of("1ms\n2ms,0.5\n"),
            Texts{at + ", line 2: expected 1 column as in the first row, got 2"});
  EXPECT_EQ(problems_of("1ms,2,3\n"), Texts{at + ", line 1: expected 1 or 2 columns, got 3"});
  EXPECT_EQ(problems_of("v,p\n1ms,0.5\n1ms,1\n"),
            Texts{at + ", line 3: expected a value above that of the row before"});
  EXPECT_EQ(problems_of("1ms,0.5\n2ms,0.4\n"),
            Texts{at + ", line 2: expected a probability not below that of the row before"});
  EXPECT_EQ(problems_of("1ms,50\n"),
            Texts{at + ", line 1: expected a probability from 0 to 1, got \"50\""});
  EXPECT_EQ(problems_of("1ms,0.5\n2ms,0.9\n"),
            Texts{at + ", line 2: expected the last probability to be 1, got 0.9"});
  ASSERT_EQ(problems_of("1ms\n2\n").size(), 1u);
  EXPECT_EQ(texts_[0].substr(0, at.size() + 8), at + ", line 2");
  EXPECT_TRUE(texts_[0].ends_with("or say what 1 stands for with unit")) << texts_[0];
  ASSERT_EQ(problems_of("1ms\n2parsecs\n").size(), 1u);
  EXPECT_EQ(texts_[0].substr(0, at.size() + 8), at + ", line 2");
  given_file("1\nnan\n");
  read<double>("empirical(data.csv)");
  EXPECT_EQ(texts_, Texts{at + ", line 2: expected a number, got \"nan\""});
}

TEST_F(Empirical, RefusesFilesItCannotRead) {
  const std::string hint = "; a relative name is looked for in the scenario's folder";
  read<Duration>("empirical(other.csv)");
  EXPECT_EQ(texts_, Texts{"p.file: file \"other.csv\": no such file" + hint});
  read<Duration>("empirical(.)");
  EXPECT_EQ(texts_, Texts{"p.file: file \".\": not a regular file" + hint});
  read<Duration>("empirical(/dev/zero)");
  EXPECT_EQ(texts_, Texts{"p.file: file \"/dev/zero\": not a regular file" + hint});
  given_file("1ms\n");
  std::filesystem::resize_file(folder_ / "data.csv", DataFile::bytes_max + 1);  // Sparse.
  read<Duration>("empirical(data.csv)");
  EXPECT_EQ(texts_, Texts{"p.file: file \"data.csv\": larger than 64 MiB" + hint});
  read<Duration>("empirical");
  ASSERT_EQ(texts_.size(), 1u);
  EXPECT_EQ(texts_[0].substr(0, 36), "p.file: required parameter is missin");
}

}  // namespace
}  // namespace faultline::sim
