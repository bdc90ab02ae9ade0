/// Waiting for as many of several tasks as are enough.
#pragma once

#include "sim/kernel/combinators.hpp"

namespace faultline::sim {

namespace detail {

/// Runs `task`; ends the wait if its result is enough, or if it was the last.
template <class T, class Enough>
Task<void> run_counted(Task<T> task, Join& join, std::size_t index, std::size_t& left,
                       std::optional<T>& result, Enough& enough) {
  result.emplace(co_await task);
  --left;
  if (enough(std::as_const(*result)) || left == 0) {
    join.child_ended(index);
  } else {
    join.stopped(index);
  }
}

}  // namespace detail

/// Runs all tasks side by side until `enough(result)`, asked of each result as it comes, says yes,
/// or all have ended: their results in the order given. Those that have none yet are ended where
/// they wait, and those that were to be started still are not. Requires: `enough` does not wait.
template <class T, class Enough>
Task<std::vector<std::optional<T>>> when_enough(std::vector<Task<T>> tasks, Enough enough) {
  detail::Join join(tasks.empty() ? 0 : 1);
  std::size_t left = tasks.size();
  std::vector<std::optional<T>> results(tasks.size());
  std::vector<Task<void>> children;
  children.reserve(tasks.size());
  for (std::size_t i = 0; i < tasks.size() && !join.any_ended(); ++i) {
    children.push_back(detail::run_counted(std::move(tasks[i]), join, i, left, results[i], enough));
    co_await join.start(children.back(), i);
  }
  co_await join;
  // What ends from here on has no say any more.
  std::vector<std::optional<T>> so_far = std::move(results);
  results.assign(so_far.size(), std::nullopt);
  children.clear();
  co_return so_far;
}

}  // namespace faultline::sim
