/// libFuzzer target for everything between a scenario file and its reports; how to run it stands in
/// CONTRIBUTING.md.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/scenario_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  faultline::tests::run_scenario_text({reinterpret_cast<const char*>(data), size});
  return 0;
}
