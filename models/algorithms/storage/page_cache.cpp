#include "models/algorithms/storage/page_cache.hpp"

#include "sim/param/assert.hpp"

namespace faultline::models {

PageCache::PageCache(const sim::Choice<EvictionPolicy>& policy, std::int64_t pages,
                     RandomSource& random)
    : choice_(policy), capacity_(pages), random_(random), table_(CacheCapacity::Unit::entries) {
  SIM_ASSERT(pages >= 1);
  clear();
}

PageCache::Access PageCache::access(Page page, bool dirties) {
  const CacheSlot slot = find(page);
  if (slot == no_slot) {
    ++counts_.misses;
    Access access = take_in(page, dirties);
    access.reads = 1;
    return access;
  }
  ++counts_.hits;
  if (dirties) mark_dirty(slot);
  policy_->touched(slot);
  return {.written_back = remove_surplus()};
}

PageCache::Access PageCache::create(Page page) {
  const CacheSlot slot = find(page);
  if (slot == no_slot) return take_in(page, true);
  mark_dirty(slot);
  policy_->touched(slot);
  return {.written_back = remove_surplus()};
}

PageCache::Access PageCache::take_in(Page page, bool dirty) {
  Access access;
  policy_->arriving(page, 1);
  access.written_back += remove_surplus();
  while (held() + 1 > capacity_) access.written_back += evict(policy_->victim());
  const CacheSlot slot = table_.take({.key = page});
  index_.insert(page, slot);
  // Before the policy has a say: one that does not admit the page gives it up at once, and then it
  // has to be written.
  if (dirty) mark_dirty(slot);
  policy_->inserted(slot);
  access.written_back += remove_surplus();
  return access;
}

std::optional<PageCache::Page> PageCache::clean() {
  const CacheSlot slot = dirty_pages_.back(0);
  if (slot == IndexLists::none) return std::nullopt;
  dirty_pages_.remove(slot);
  table_[slot].version = 0;
  --dirty_;
  return table_.key(slot);
}

void PageCache::forget(Page page) {
  const CacheSlot slot = find(page);
  if (slot == no_slot) return;
  policy_->erased(slot);
  remove(slot);
}

void PageCache::clear() {
  policy_.reset();
  table_ = CacheEntries(CacheCapacity::Unit::entries);
  index_ = KeyIndex();
  dirty_pages_ = IndexLists(1);
  dirty_ = 0;
  policy_ = choice_.make({{.amount = capacity_}, table_, random_});
}

CacheSlot PageCache::find(Page page) const {
  return index_.find(page, [this](CacheSlot slot) { return table_.key(slot); });
}

void PageCache::mark_dirty(CacheSlot slot) {
  if (table_[slot].version != 0) return;
  table_[slot].version = 1;
  dirty_pages_.push_front(0, slot);
  ++dirty_;
}

void PageCache::remove(CacheSlot slot) {
  if (table_[slot].version != 0) {
    dirty_pages_.remove(slot);
    --dirty_;
  }
  index_.erase(table_.key(slot), [this](CacheSlot held) { return table_.key(held); });
  table_.give_back(slot);
}

std::int64_t PageCache::evict(CacheSlot slot) {
  const bool was_dirty = table_[slot].version != 0;
  remove(slot);
  if (!was_dirty) return 0;
  ++counts_.written_back;
  return 1;
}

std::int64_t PageCache::remove_surplus() {
  std::int64_t written = 0;
  while (policy_->has_surplus()) written += evict(policy_->take_surplus());
  return written;
}

}  // namespace faultline::models
