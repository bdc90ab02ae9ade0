#include "sim/kernel/gather.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace faultline::sim {
namespace {

using Results = std::vector<std::optional<int>>;

/// Gives `value` after `milliseconds`; counts in `ended` those that are destroyed.
Task<int> after(int milliseconds, int value, std::shared_ptr<int> alive) {
  if (milliseconds > 0) co_await delay(std::chrono::milliseconds(milliseconds));
  alive.reset();
  co_return value;
}

struct Gathered {
  Results results;
  Time at{};
  long left_alive = 0;  ///< Tasks that are still there when it is decided.
};

/// Of tasks that take these times, until one gives a number of at least `wanted`.
Gathered gather(const std::vector<int>& milliseconds, int wanted) {
  Kernel kernel;
  ProcessOwner owner(kernel, 0);
  Gathered gathered;
  auto alive = std::make_shared<int>(0);
  const auto process = [](Gathered& out, const std::vector<int>& times, int least,
                          std::shared_ptr<int>& token) -> Task<void> {
    std::vector<Task<int>> tasks;
    for (std::size_t i = 0; i < times.size(); ++i)
      tasks.push_back(after(times[i], static_cast<int>(i), token));
    auto some = when_enough(std::move(tasks), [least](int value) { return value >= least; });
    out.results = co_await some;
    out.left_alive = token.use_count() - 1;
  };
  owner.spawn(process(gathered, milliseconds, wanted, alive));
  while (kernel.step(time_max - Duration(2))) gathered.at = kernel.now();
  return gathered;
}

TEST(WhenEnough, EndsWithTheFirstThatIsEnough) {
  const Gathered gathered = gather({10, 30, 20}, 1);
  EXPECT_EQ(gathered.results, (Results{0, std::nullopt, 2}));
  EXPECT_EQ(gathered.at, Time(std::chrono::milliseconds(20)));
  EXPECT_EQ(gathered.left_alive, 0) << "the second was ended where it waited";
}

TEST(WhenEnough, EndsWithTheLastIfNoneIs) {
  const Gathered gathered = gather({10, 30, 20}, 99);
  EXPECT_EQ(gathered.results, (Results{0, 1, 2}));
  EXPECT_EQ(gathered.at, Time(std::chrono::milliseconds(30)));
}

TEST(WhenEnough, DoesNotBeginWhatIsNotNeeded) {
  const Gathered gathered = gather({0, 10}, 0);
  EXPECT_EQ(gathered.results, (Results{0, std::nullopt}));
  EXPECT_EQ(gathered.at, time_zero);
}

TEST(WhenEnough, OfNothingIsNothing) { EXPECT_TRUE(gather({}, 0).results.empty()); }

}  // namespace
}  // namespace faultline::sim
