#include "models/algorithms/membership/update_queue.hpp"

#include <algorithm>

namespace faultline::models {

void UpdateQueue::take(std::vector<MemberUpdate>& out, std::size_t most, std::size_t limit) {
  std::vector<std::pair<std::size_t, Item>> passed_on;
  for (auto level = by_times_.begin(); level != by_times_.end() && out.size() < most;) {
    auto& [times, items] = *level;
    while (!items.empty() && out.size() < most) {
      const Item item = items.front();
      items.pop_front();
      if (!current(item)) continue;
      const bool there = std::any_of(out.begin(), out.end(), [&](const MemberUpdate& update) {
        return update.member == item.update.member;
      });
      if (!there) out.push_back(item.update);
      if (times + 1 >= limit) {
        newest_.erase(item.update.member);
      } else {
        passed_on.emplace_back(times + 1, item);
      }
    }
    level = items.empty() ? by_times_.erase(level) : std::next(level);
  }
  for (const auto& [times, item] : passed_on) by_times_[times].push_back(item);
}

}  // namespace faultline::models
