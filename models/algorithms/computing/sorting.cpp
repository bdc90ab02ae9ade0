/// Sorting n numbers in random order: by merging, and by insertion.
///
/// Counted: comparisons and moves of numbers. Merging takes about n log2 n comparisons and as many
/// moves, insertion about n^2 / 4 of each. The answer is the number of places where the result is
/// not in order: 0.
/// Source: Knuth, The Art of Computer Programming, volume 3, sections 5.2.1 and 5.2.4.
/// Does not model: caches and branch prediction of the processor.
#include <algorithm>
#include <vector>

#include "models/algorithms/computing/computation.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

std::vector<std::uint64_t> numbers(std::int64_t n, RandomSource& random) {
  std::vector<std::uint64_t> made(static_cast<std::size_t>(n));
  for (std::uint64_t& each : made) each = random.below(~std::uint64_t{0});
  return made;
}

std::uint64_t out_of_order(const std::vector<std::uint64_t>& data) {
  std::uint64_t count = 0;
  for (std::size_t i = 1; i < data.size(); ++i) count += data[i - 1] > data[i] ? 1 : 0;
  return count;
}

class MergeSort final : public Computation {
 public:
  MergeSort(const sim::NoParams&, const MakeArgs&) {}

  /// From runs of one upwards, each pass from one array into the other.
  Outcome run(std::int64_t n, RandomSource& random) const override {
    SIM_ASSERT(n >= 0);
    SIM_ASSERT(n <= size_max());
    std::vector<std::uint64_t> data = numbers(n, random);
    std::vector<std::uint64_t> other(data.size());
    Outcome outcome;
    for (std::size_t width = 1; width < data.size(); width *= 2) {
      for (std::size_t begin = 0; begin < data.size(); begin += 2 * width) {
        const std::size_t middle = std::min(begin + width, data.size());
        const std::size_t end = std::min(begin + 2 * width, data.size());
        std::size_t left = begin;
        std::size_t right = middle;
        for (std::size_t to = begin; to < end; ++to) {
          bool take_left = left < middle;
          if (take_left && right < end) {
            ++outcome.operations;
            take_left = data[left] <= data[right];
          }
          other[to] = data[take_left ? left++ : right++];
          ++outcome.operations;
        }
      }
      data.swap(other);
    }
    outcome.answer = out_of_order(data);
    return outcome;
  }
  std::int64_t size_max() const override { return 10'000'000; }
};

class InsertionSort final : public Computation {
 public:
  InsertionSort(const sim::NoParams&, const MakeArgs&) {}

  Outcome run(std::int64_t n, RandomSource& random) const override {
    SIM_ASSERT(n >= 0);
    SIM_ASSERT(n <= size_max());
    std::vector<std::uint64_t> data = numbers(n, random);
    Outcome outcome;
    for (std::size_t i = 1; i < data.size(); ++i) {
      const std::uint64_t number = data[i];
      std::size_t place = i;
      while (place > 0) {
        ++outcome.operations;
        if (data[place - 1] <= number) break;
        data[place] = data[place - 1];
        ++outcome.operations;
        --place;
      }
      data[place] = number;
    }
    outcome.answer = out_of_order(data);
    return outcome;
  }
  std::int64_t size_max() const override { return 30'000; }
};

const sim::Registration<Computation, MergeSort, sim::NoParams> merge_sort{
    {.name = "merge_sort",
     .title = "Merge sort",
     .summary = "Sorts n random numbers by merging: about 2 n log2 n operations.",
     .source = "Knuth, The Art of Computer Programming, volume 3, section 5.2.4",
     .does_not_model = "caches and branch prediction of the processor"}};

const sim::Registration<Computation, InsertionSort, sim::NoParams> insertion_sort{
    {.name = "insertion_sort",
     .title = "Insertion sort",
     .summary = "Sorts n random numbers by insertion: about n^2 / 2 operations.",
     .source = "Knuth, The Art of Computer Programming, volume 3, section 5.2.1",
     .does_not_model = "caches and branch prediction of the processor"}};

}  // namespace
}  // namespace faultline::models
