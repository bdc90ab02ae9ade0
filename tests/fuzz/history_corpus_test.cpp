/// Every file of the corpus of histories goes through what the fuzzer does with its inputs, as it
/// is and damaged in some hundred ways.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "tests/fuzz/history_input.hpp"

namespace faultline::tests {
namespace {

std::vector<std::filesystem::path> corpus() {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder =
      std::filesystem::path(FAULTLINE_SOURCE_DIR) / "tests/fuzz/history_corpus";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// The text with a piece removed, repeated or moved, a digit changed, or a byte of rubbish.
std::string damaged(const std::string& text, std::mt19937_64& words) {
  std::string result = text;
  for (std::uint64_t count = 1 + words() % 3; count > 0 && !result.empty(); --count) {
    const std::size_t at = words() % result.size();
    const std::size_t length = std::min<std::size_t>(1 + words() % 30, result.size() - at);
    switch (words() % 5) {
      case 0:
        result.erase(at, length);
        break;
      case 1:
        result.insert(words() % result.size(), result.substr(at, length));
        break;
      case 2: {
        const std::size_t digit = result.find_first_of("0123456789", at);
        if (digit != std::string::npos) result[digit] = static_cast<char>('0' + words() % 10);
        break;
      }
      case 3:
        result[at] = static_cast<char>(words() % 256);
        break;
      default: {
        // A line goes elsewhere.
        const std::size_t begin = result.find('\n', at);
        if (begin == std::string::npos) break;
        const std::size_t end = result.find('\n', begin + 1);
        if (end == std::string::npos) break;
        const std::string line = result.substr(begin, end - begin);
        result.erase(begin, end - begin);
        const std::size_t to = result.find('\n', words() % result.size());
        result.insert(to == std::string::npos ? 0 : to, line);
      }
    }
  }
  return result;
}

TEST(HistoryFuzzCorpus, EachFileIsAHistoryOfSomeModel) {
  const auto files = corpus();
  EXPECT_GE(files.size(), 12U);
  for (const auto& file : files) {
    const std::string text = content(file);
    EXPECT_GT(check_history_text(text) + check_transaction_text(text), 0) << file.filename();
  }
}

TEST(HistoryFuzzCorpus, DamagedFilesAreReadOrRefused) {
  std::mt19937_64 words(1);
  int readable = 0;
  int refused = 0;
  for (const auto& file : corpus()) {
    const std::string text = content(file);
    for (int round = 0; round < 20; ++round) {
      const std::string input = damaged(text, words);
      SCOPED_TRACE(input);
      const int read = check_history_text(input) + check_transaction_text(input);
      (read > 0 ? readable : refused) += 1;
    }
  }
  EXPECT_GT(readable, 20);
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace faultline::tests
