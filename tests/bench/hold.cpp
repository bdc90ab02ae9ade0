/// The hold model through the public API: N processes, each of which waits exponential(1 s) again
/// and again.
///
///   hold N EVENTS
#include <cstdio>
#include <cstdlib>

#include "sim/kernel/delay.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/stream.hpp"
#include "tests/bench/bench_program.hpp"

using namespace faultline::sim;

namespace {

Task<void> hold(RandomDuration& wait, Stream& stream, std::uint64_t& fired) {
  for (;;) {
    co_await delay(wait.sample(stream));
    ++fired;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const long count = argc == 3 ? std::atol(argv[1]) : 0;
  const double events = argc == 3 ? std::atof(argv[2]) : 0;
  if (count < 1 || !(events >= 1)) {
    std::fprintf(stderr, "usage: hold N EVENTS\n");
    return 2;
  }
  Kernel kernel;
  ProcessOwner owner(kernel, 0);
  Stream stream(1, 0, "hold", "wait");
  RandomDuration wait("exponential(1s)");
  std::uint64_t fired = 0;
  for (long i = 0; i < count; ++i) owner.spawn(hold(wait, stream, fired));
  const double start = faultline_bench::cpu_seconds();
  kernel.run_until(Time(from_seconds(events / static_cast<double>(count))));
  const double cpu = faultline_bench::cpu_seconds() - start;
  faultline_bench::print_result(static_cast<double>(fired), cpu,
                                static_cast<double>(fired) / events);
  return 0;
}
