/// libFuzzer target for everything between a history file and its verdict; how to run it stands in
/// CONTRIBUTING.md.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "tests/fuzz/history_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  faultline::tests::check_history_text(text);
  faultline::tests::check_transaction_text(text);
  return 0;
}
