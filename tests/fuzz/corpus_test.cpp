/// Every file of the fuzzer's corpus, and every shipped scenario, goes through what the fuzzer does
/// with its inputs. Files that once made it fail are kept here.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/scenario_input.hpp"

namespace faultline::tests {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> files_below(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path root = std::filesystem::path(FAULTLINE_SOURCE_DIR) / folder;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// The name of a file of the corpus begins with how far it gets.
std::string_view to_text(InputFate fate) {
  switch (fate) {
    case InputFate::refused:
      return "refused_";
    case InputFate::too_large:
      return "too_large_";
    case InputFate::stopped:
      return "stopped_";
    case InputFate::ran:
      return "ran_";
  }
  return "";
}

TEST(FuzzCorpus, EachFileGetsAsFarAsItsNameSays) {
  std::map<InputFate, int> seen;
  for (const auto& file : files_below("tests/fuzz/corpus")) {
    const InputFate fate = run_scenario_text(content(file));
    EXPECT_EQ(file.filename().string().rfind(to_text(fate), 0), 0u)
        << file.filename() << " is " << to_text(fate);
    ++seen[fate];
  }
  EXPECT_GE(seen[InputFate::refused], 20);
  EXPECT_GE(seen[InputFate::ran], 30);
  EXPECT_GE(seen[InputFate::stopped], 1);
  EXPECT_GE(seen[InputFate::too_large], 1);
}

TEST(FuzzCorpus, TheShippedScenariosAreSeedsToo) {
  int ran = 0;
  for (const auto& file : files_below("scenarios")) {
    if (run_scenario_text(content(file)) == InputFate::ran) ++ran;
  }
  EXPECT_GE(ran, 10);
}

}  // namespace
}  // namespace faultline::tests
