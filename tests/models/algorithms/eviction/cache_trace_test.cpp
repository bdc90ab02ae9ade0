#include "models/algorithms/eviction/cache_trace.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace faultline::models {
namespace {

class CacheTraceTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    file_ = std::filesystem::path(testing::TempDir()) /
            (std::string("faultline_cache_trace_") + info->name());
    options_ = {.file = file_.string(), .policies = "lru", .capacity = "3", .progress = {}};
    trace("a\nb\nc\nd\na\nb\ne\na\nb\nc\nd\ne\n");
  }
  void TearDown() override { std::filesystem::remove(file_); }

  void trace(const std::string& content) { std::ofstream(file_, std::ios::binary) << content; }
  std::vector<CacheTraceResult> run() {
    problems_ = {};
    return run_cache_trace(options_, problems_);
  }
  std::string wrong() const {
    std::string text;
    for (const sim::Problem& problem : problems_.sorted()) text += problem.to_text() + "\n";
    return text;
  }

  std::filesystem::path file_;
  CacheTraceOptions options_;
  sim::Problems problems_;
};

/// The string of Belady's anomaly with 3 places: LRU 10 misses, FIFO 9, MIN 7 of 12.
TEST_F(CacheTraceTest, CountsHitsAndMisses) {
  const auto results = run();
  ASSERT_EQ(results.size(), 1u) << wrong();
  EXPECT_EQ(results[0].policy, "lru");
  EXPECT_EQ(results[0].requests, 12u);
  EXPECT_EQ(results[0].misses, 10u);
  EXPECT_EQ(results[0].hits, 2u);
  EXPECT_EQ(results[0].distinct_keys, 5u);
  EXPECT_DOUBLE_EQ(results[0].miss_ratio(), 10.0 / 12);
  EXPECT_FALSE(results[0].has_sizes);
}

TEST_F(CacheTraceTest, RunsSeveralPoliciesInOnePass) {
  options_.policies = "fifo, belady ,clock(counter_bits=2),two_queue(in_share=25%, ghosts=0.5)";
  const auto results = run();
  ASSERT_EQ(results.size(), 4u) << wrong();
  EXPECT_EQ(results[0].misses, 9u);
  EXPECT_EQ(results[1].policy, "belady");
  EXPECT_EQ(results[1].misses, 7u);
  EXPECT_EQ(results[2].policy, "clock(counter_bits=2)");
  EXPECT_EQ(results[3].policy, "two_queue(in_share=25%, ghosts=0.5)");
}

TEST_F(CacheTraceTest, AllMeansAllAndBelady) {
  options_.policies = "all";
  const auto results = run();
  const auto names = sim::TypeCatalogue::instance().names(EvictionPolicy::kind);
  ASSERT_EQ(results.size(), names.size() + 1);
  for (std::size_t at = 0; at < names.size(); ++at) {
    EXPECT_EQ(results[at].policy, names[at]);
    EXPECT_GE(results[at].misses, results.back().misses);
  }
  EXPECT_EQ(results.back().policy, "belady");
}

/// 100 bytes: a 60, b 50 evicts a, a 60 evicts b: three misses of 170 bytes, then a hit.
TEST_F(CacheTraceTest, ACapacityInBytesCountsSizes) {
  trace("0,a,60\n1,b,50\n2,a,60\n3,a,60\n");
  options_.capacity = "100B";
  const auto results = run();
  ASSERT_EQ(results.size(), 1u) << wrong();
  EXPECT_EQ(results[0].misses, 3u);
  EXPECT_EQ(results[0].byte_misses, 170u);
  EXPECT_EQ(results[0].bytes_requested, 230u);
  EXPECT_DOUBLE_EQ(results[0].byte_miss_ratio(), 170.0 / 230);
}

/// A capacity in entries holds objects of any size, and their bytes are counted all the same.
TEST_F(CacheTraceTest, ACapacityInEntriesStillCountsBytes) {
  trace("0,a,6000000\n1,b,50\n2,a,6000000\n");
  options_.capacity = "2";
  const auto results = run();
  ASSERT_EQ(results.size(), 1u) << wrong();
  EXPECT_EQ(results[0].misses, 2u);
  EXPECT_EQ(results[0].byte_misses, 6000050u);
}

/// a grows from 10 to 95 bytes: a hit, after which b has no room beside it.
TEST_F(CacheTraceTest, AnObjectMayChangeItsSize) {
  trace("0,a,10\n1,b,10\n2,a,95\n3,b,10\n");
  options_.capacity = "100B";
  const auto results = run();
  ASSERT_EQ(results.size(), 1u) << wrong();
  EXPECT_EQ(results[0].hits, 1u);
  EXPECT_EQ(results[0].misses, 3u);
}

/// Objects larger than the cache miss every time and push nobody out; those of size 0 take one
/// byte.
TEST_F(CacheTraceTest, TooLargeAndEmptyObjects) {
  trace("0,a,10\n1,x,101\n2,x,101\n3,a,10\n4,e,0\n5,e,0\n");
  options_.capacity = "100B";
  const auto results = run();
  ASSERT_EQ(results.size(), 1u) << wrong();
  EXPECT_EQ(results[0].hits, 2u);
  EXPECT_EQ(results[0].byte_misses, 212u);
}

TEST_F(CacheTraceTest, AnAdmissionStandsInFrontOfThePolicy) {
  // a and b miss twice each before they are let in: a b a miss, a hits, b misses, b hits.
  trace("a\nb\na\na\nb\nb\n");
  EXPECT_EQ(run().at(0).misses, 2u);
  options_.admission = "second_request";
  EXPECT_EQ(run().at(0).misses, 4u);
  options_.admission = "tiny_lfu";
  EXPECT_EQ(run().at(0).misses, 2u);  // There is room for both.
}

TEST_F(CacheTraceTest, AnAdmissionThatComparesNeedsAPolicyThatTells) {
  options_.policies = "lru, arc";
  options_.admission = "tiny_lfu";
  EXPECT_TRUE(run().empty());
  EXPECT_EQ(wrong(),
            "--admission: compares who comes with who would have to go, which arc cannot say; take "
            "lru, fifo, lfu or gdsf\n");
  options_.admission = "tiny";
  EXPECT_TRUE(run().empty());
  EXPECT_NE(wrong().find("--admission"), std::string::npos);
}

TEST_F(CacheTraceTest, BytesNeedSizes) {
  options_.capacity = "1MiB";
  EXPECT_TRUE(run().empty());
  EXPECT_EQ(wrong(), "--capacity: a capacity in bytes needs the objects' sizes, and " +
                         file_.string() +
                         " has none; give a number of entries, or a trace with sizes\n");
}

TEST_F(CacheTraceTest, BadOptionsAreProblems) {
  options_.capacity = "0";
  options_.policies = "lur";
  EXPECT_TRUE(run().empty());
  EXPECT_NE(wrong().find("--capacity: expected 1 to 1000000000 entries, got 0\n"),
            std::string::npos)
      << wrong();
  EXPECT_NE(wrong().find("did you mean \"lru\"?"), std::string::npos) << wrong();
  options_ = {.file = file_.string(), .policies = "lru,,fifo", .capacity = "3", .progress = {}};
  EXPECT_TRUE(run().empty());
  EXPECT_EQ(wrong(), "--policy: expected a policy, got nothing; such as lru, or all\n");
  options_.policies = "clock(counter_bits=";
  EXPECT_TRUE(run().empty());
  EXPECT_FALSE(problems_.empty());
  options_.policies = "belady(3)";
  EXPECT_TRUE(run().empty());
  EXPECT_FALSE(problems_.empty());
}

TEST_F(CacheTraceTest, BadTracesAreProblems) {
  trace("");
  EXPECT_TRUE(run().empty());
  EXPECT_EQ(wrong(), file_.string() + ": the trace is empty\n");
  trace("\n\n  \n");
  for (const char* policy : {"lru", "belady"}) {
    options_.policies = policy;
    EXPECT_TRUE(run().empty());
    EXPECT_EQ(wrong(), file_.string() + ": the trace is empty\n");
  }
  trace("key,size\n1,5\n2,x\n");
  EXPECT_TRUE(run().empty());
  EXPECT_EQ(
      wrong(),
      file_.string() + ":3: expected a size in bytes, a whole number from 0 to 2^40, got \"x\"\n");
}

TEST(CacheCapacityText, ReadsEntriesAndBytes) {
  const auto parsed = [](std::string_view text, std::string* wrong = nullptr) {
    sim::Problems problems;
    CacheCapacity capacity{-1, CacheCapacity::Unit::entries};
    parse_cache_capacity(text, capacity, problems);
    if (wrong) *wrong = problems.empty() ? "" : problems.sorted()[0].to_text();
    return capacity;
  };
  EXPECT_EQ(parsed("20000"), (CacheCapacity{20000, CacheCapacity::Unit::entries}));
  EXPECT_EQ(parsed("64MiB"), (CacheCapacity{64 * 1024 * 1024, CacheCapacity::Unit::bytes}));
  EXPECT_EQ(parsed("1B"), (CacheCapacity{1, CacheCapacity::Unit::bytes}));
  EXPECT_EQ(to_text(parsed("20000")), "20000");
  EXPECT_EQ(to_text(parsed("64MiB")), "64MiB");
  std::string wrong;
  for (const char* text :
       {"", "-5", "0", "0B", "1e3", "12 apples", "99999999999999999999", "4.5", "2000000TB"}) {
    EXPECT_EQ(parsed(text, &wrong).amount, -1) << text;
    EXPECT_TRUE(wrong.starts_with("--capacity: expected ")) << text << ": " << wrong;
  }
}

TEST_F(CacheTraceTest, ProgressIsReportedAndEndsTheRun) {
  std::string text;
  for (int request = 0; request < 200'000; ++request) text += std::to_string(request % 1000) + "\n";
  trace(text);
  std::vector<CacheTraceProgress> reports;
  options_.progress = [&reports](const CacheTraceProgress& progress) {
    reports.push_back(progress);
    return reports.size() < 2;
  };
  const auto results = run();
  ASSERT_EQ(results.size(), 1u) << wrong();
  EXPECT_TRUE(results[0].cut_short);
  EXPECT_LT(results[0].requests, 200'000u);
  EXPECT_EQ(results[0].requests, results[0].hits + results[0].misses);
  EXPECT_EQ(reports[1].bytes_total, text.size());
  EXPECT_GT(reports[1].requests, reports[0].requests);
  EXPECT_GT(reports[0].bytes_read, 0u);
  EXPECT_TRUE(to_json(results[0])["cut_short"].get<bool>());
}

TEST_F(CacheTraceTest, TableOfOne) {
  EXPECT_EQ(cache_trace_table(run()),
            "policy           lru\n"
            "capacity         3 entries\n"
            "requests         12\n"
            "distinct keys    5\n"
            "hits             2\n"
            "misses           10\n"
            "miss ratio       83.33 %\n");
}

TEST_F(CacheTraceTest, TableOfSeveral) {
  trace("0,a,60\n1,b,50\n2,a,60\n3,a,60\n");
  options_.capacity = "100B";
  options_.policies = "lru,two_queue(in_share=25%, ghosts=0.5)";
  EXPECT_EQ(cache_trace_table(run()),
            "4 requests, 2 distinct keys, capacity 100B\n"
            "policy                           hits       misses  miss ratio  byte miss ratio\n"
            "lru                                 1            3     75.00 %          73.91 %\n"
            "two_queue(in_share=25%..            1            3     75.00 %          73.91 %\n");
}

TEST_F(CacheTraceTest, JsonOfOneAndOfSeveral) {
  const nlohmann::json one = to_json(run());
  EXPECT_EQ(one, nlohmann::json::parse(R"({"trace": ")" + file_.string() +
                                       R"(", "format": "keys", "policy": "lru",
      "capacity": 3, "capacity_unit": "entries", "requests": 12, "distinct_keys": 5, "hits": 2, "misses": 10,
      "miss_ratio": 0.8333333333333334, "bytes_requested": null, "byte_misses": null, "byte_miss_ratio": null})"));
  trace("0,a,60\n1,b,50\n2,a,60\n3,a,60\n");
  options_.capacity = "100B";
  options_.policies = "lru,fifo";
  const nlohmann::json two = to_json(run());
  ASSERT_EQ(two["results"].size(), 2u);
  EXPECT_EQ(two["results"][1]["policy"], "fifo");
  EXPECT_EQ(two["results"][0]["byte_misses"], 170);
  EXPECT_EQ(two["results"][0]["capacity_unit"], "bytes");
}

}  // namespace
}  // namespace faultline::models
