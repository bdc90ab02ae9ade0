#include "models/algorithms/caching/write_buffer.hpp"

#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::models {

void WriteBuffer::add(const Write& write) {
  const auto [found, is_new] = writes_.try_emplace(write.key, Entry{.last = write});
  if (is_new) {
    order_.push_back(write.key);
    return;
  }
  Entry& entry = found->second;
  if (entry.on_the_way && !entry.newer) {
    entry.newer = true;
  } else {
    ++coalesced_;
  }
  entry.last = write;
}

std::optional<WriteBuffer::Write> WriteBuffer::find(std::uint64_t key) const {
  const auto found = writes_.find(key);
  if (found == writes_.end()) return std::nullopt;
  return found->second.last;
}

std::vector<WriteBuffer::Write> WriteBuffer::take() {
  std::vector<Write> batch;
  while (!order_.empty() && std::cmp_less(batch.size(), config_.batch)) {
    Entry& entry = writes_.at(order_.front());
    order_.pop_front();
    entry.on_the_way = true;
    batch.push_back(entry.last);
  }
  return batch;
}

void WriteBuffer::stored(std::uint64_t key) {
  const auto found = writes_.find(key);
  if (found == writes_.end()) return;
  SIM_ASSERT(found->second.on_the_way);
  if (!found->second.newer) {
    writes_.erase(found);
    return;
  }
  found->second.on_the_way = found->second.newer = false;
  order_.push_back(key);
}

void WriteBuffer::failed(std::uint64_t key) {
  const auto found = writes_.find(key);
  if (found == writes_.end()) return;
  SIM_ASSERT(found->second.on_the_way);
  found->second.on_the_way = found->second.newer = false;
  order_.push_back(key);
}

std::size_t WriteBuffer::lose() {
  const std::size_t lost = writes_.size();
  writes_.clear();
  order_.clear();
  return lost;
}

}  // namespace faultline::models
