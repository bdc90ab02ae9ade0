/// Which of n numbers occur more than once: by comparing each with each, and by remembering those
/// seen. The numbers are drawn from 0 to n - 1, so that about a third are repetitions.
///
/// Counted: `find_duplicates_quadratic` the comparisons, which are n (n - 1) / 2 in every case;
/// `find_duplicates_linear` the places of its hash table that are looked at, little more
/// than one for each number. Source: the two ways in which courses on algorithms show
/// what O(n^2) and O(n) mean; Knuth, The Art of Computer Programming, volume 3, section 6.4 (linear
/// probing).
/// Does not model: caches of the processor, in which the small table is and the large one is not.
#include <vector>

#include "models/algorithms/computing/computation.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

/// n numbers of 0 to n - 1.
std::vector<std::uint64_t> numbers(std::int64_t n, RandomSource& random) {
  std::vector<std::uint64_t> made(static_cast<std::size_t>(n));
  for (std::uint64_t& each : made) each = random.below(static_cast<std::uint64_t>(n));
  return made;
}

/// Its answer: how many numbers were there before.
class FindDuplicatesQuadratic final : public Computation {
 public:
  FindDuplicatesQuadratic(const sim::NoParams&, const MakeArgs&) {}

  Outcome run(std::int64_t n, RandomSource& random) const override {
    SIM_ASSERT(n >= 0);
    SIM_ASSERT(n <= size_max());
    const std::vector<std::uint64_t> data = numbers(n, random);
    Outcome outcome;
    for (std::size_t i = 1; i < data.size(); ++i) {
      bool seen = false;
      for (std::size_t j = 0; j < i; ++j) {
        ++outcome.operations;
        seen |= data[i] == data[j];
      }
      if (seen) ++outcome.answer;
    }
    return outcome;
  }
  std::int64_t size_max() const override { return 30'000; }
};

class FindDuplicatesLinear final : public Computation {
 public:
  FindDuplicatesLinear(const sim::NoParams&, const MakeArgs&) {}

  Outcome run(std::int64_t n, RandomSource& random) const override {
    SIM_ASSERT(n >= 0);
    SIM_ASSERT(n <= size_max());
    const std::vector<std::uint64_t> data = numbers(n, random);
    // A table of at least twice as many places as numbers, a power of two.
    int bits = 1;
    while ((std::size_t{1} << bits) < 2 * data.size()) ++bits;
    const std::size_t places = std::size_t{1} << bits;
    constexpr std::uint64_t empty = ~std::uint64_t{0};
    std::vector<std::uint64_t> table(places, empty);
    Outcome outcome;
    for (const std::uint64_t number : data) {
      // Fibonacci hashing: the upper bits are the mixed ones.
      auto place = static_cast<std::size_t>((number * 0x9E3779B97F4A7C15U) >> (64 - bits));
      for (;;) {
        ++outcome.operations;
        if (table[place] == empty) {
          table[place] = number;
          break;
        }
        if (table[place] == number) {
          ++outcome.answer;
          break;
        }
        place = (place + 1) % places;
      }
    }
    return outcome;
  }
  std::int64_t size_max() const override { return 10'000'000; }
};

const sim::Registration<Computation, FindDuplicatesQuadratic, sim::NoParams> quadratic{
    {.name = "find_duplicates_quadratic",
     .title = "Duplicates by comparing all pairs",
     .summary = "Compares each of n numbers with all before it: n (n - 1) / 2 operations.",
     .does_not_model = "caches of the processor"}};

const sim::Registration<Computation, FindDuplicatesLinear, sim::NoParams> linear{
    {.name = "find_duplicates_linear",
     .title = "Duplicates by a hash table",
     .summary = "Remembers the numbers seen in a hash table: about n operations.",
     .source = "Knuth, The Art of Computer Programming, volume 3, section 6.4",
     .does_not_model = "caches of the processor"}};

}  // namespace
}  // namespace faultline::models
