/// Exact miss counts on recorded traces, agreed by independent programs. The traces are not part of
/// the project; without them these tests say so and are skipped.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "models/algorithms/eviction/cache_trace.hpp"

namespace faultline::models {
namespace {

const std::string folder = std::string(FAULTLINE_SHARED_DATA) + "/cache/";

struct Row {
  std::int64_t capacity = 0;
  std::uint64_t requests = 0;
  std::uint64_t misses = 0;
  std::uint64_t byte_misses = 0;
};

/// The rows of one trace and policy.
std::vector<Row> rows_of(const std::string& table, const std::string& trace,
                         const std::string& policy) {
  std::ifstream file(folder + table);
  std::vector<Row> rows;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string of_trace;
    std::string of_policy;
    Row row;
    if (!(fields >> of_trace >> of_policy >> row.capacity >> row.requests >> row.misses))
      continue;  // The header.
    fields >> row.byte_misses;
    if (of_trace == trace && of_policy == policy) rows.push_back(row);
  }
  return rows;
}

/// Our name for the table's.
std::string our_name(const std::string& policy) {
  if (policy == "2q") return "two_queue";
  if (policy == "s3fifo") return "s3_fifo";
  return policy;
}

std::string problems_text(const sim::Problems& problems) {
  std::string text;
  for (const sim::Problem& problem : problems.sorted()) text += problem.to_text() + "\n";
  return text;
}

const std::vector<std::string> policies = {"2q",   "arc", "belady", "clock", "fifo", "lfu",
                                           "lirs", "lru", "s3fifo", "sieve", "slru"};

class ReferenceTrace : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  void run(const std::string& table, const std::string& trace, const std::string& policy,
           const std::string& file, const std::string& unit) {
    if (!std::filesystem::exists(folder + table))
      GTEST_SKIP() << "no reference traces at " << folder;
    const std::vector<Row> rows = rows_of(table, trace, policy);
    ASSERT_FALSE(rows.empty());
    for (const Row& row : rows) {
      sim::Problems problems;
      const auto results = run_cache_trace({.file = folder + file,
                                            .policies = our_name(policy),
                                            .capacity = std::to_string(row.capacity) + unit,
                                            .progress = {}},
                                           problems);
      ASSERT_EQ(results.size(), 1u) << problems_text(problems);
      EXPECT_EQ(results[0].requests, row.requests);
      EXPECT_EQ(results[0].misses, row.misses) << "capacity " << row.capacity;
      EXPECT_EQ(results[0].hits, row.requests - row.misses);
      if (unit == "B") {
        EXPECT_EQ(results[0].byte_misses, row.byte_misses) << "capacity " << row.capacity;
      }
    }
  }
};

TEST_P(ReferenceTrace, MissesAreExactInEntries) {
  const auto& [trace, policy] = GetParam();
  run("expected_objects.tsv", trace, policy, trace + ".txt.gz", "");
}

INSTANTIATE_TEST_SUITE_P(Objects, ReferenceTrace,
                         testing::Combine(testing::Values("cloudPhysicsIO", "lirs_cpp", "lirs_cs",
                                                          "lirs_gli", "lirs_loop", "lirs_multi1",
                                                          "zipf_N10000_a0.8_n200000_s1"),
                                          testing::ValuesIn(policies)),
                         [](const auto& tested) {
                           std::string name =
                               std::get<0>(tested.param) + "_" + std::get<1>(tested.param);
                           for (char& letter : name) {
                             if (letter == '.') letter = '_';
                           }
                           return name;
                         });

class ReferenceTraceInBytes : public ReferenceTrace {};

TEST_P(ReferenceTraceInBytes, MissesAndBytesAreExact) {
  const auto& [trace, policy] = GetParam();
  run("expected_bytes.tsv", trace, policy, trace + ".oracleGeneral.bin", "B");
}

INSTANTIATE_TEST_SUITE_P(Bytes, ReferenceTraceInBytes,
                         testing::Combine(testing::Values("cloudPhysicsIO"),
                                          testing::ValuesIn(policies)),
                         [](const auto& tested) {
                           return std::get<0>(tested.param) + "_" + std::get<1>(tested.param);
                         });

}  // namespace
}  // namespace faultline::models
