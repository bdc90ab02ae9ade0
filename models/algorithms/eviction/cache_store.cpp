#include "models/algorithms/eviction/cache_store.hpp"

#include <algorithm>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::models {

CacheStore::CacheStore(MakePolicy make_policy, CacheCapacity capacity, RandomSource& random)
    : capacity_(capacity),
      limit_(capacity.amount),
      make_policy_(std::move(make_policy)),
      random_(random),
      table_(capacity.unit) {
  SIM_ASSERT(capacity.amount >= 1);
  SIM_ASSERT(capacity.amount <= CacheCapacity::amount_max);
  policy_ = make_policy_({capacity_, table_, random_});
}

CacheStore::CacheStore(const sim::Choice<EvictionPolicy>& policy, CacheCapacity capacity,
                       RandomSource& random)
    : CacheStore([policy](const EvictionPolicy::MakeArgs& args) { return policy.make(args); },
                 capacity, random) {}

CacheStore::CacheStore(const sim::Choice<EvictionPolicy>& policy,
                       const sim::Choice<CacheAdmission>& admission, CacheCapacity capacity,
                       RandomSource& random)
    : CacheStore(policy, capacity, random) {
  if (!admission) return;
  set_admission([admission](const CacheAdmission::MakeArgs& args) { return admission.make(args); });
}

void CacheStore::set_admission(CacheAdmission::Make make) {
  make_admission_ = std::move(make);
  admission_ = make_admission_({capacity_, random_});
  SIM_ASSERT(!admission_->compares() || policy_->tells_candidate());
}

/// Before the policy hears of the key: what it is told is coming does come.
bool CacheStore::admits(const CacheEntry& entry, std::int64_t weight) {
  if (!admission_->admits(entry.key, entry.size)) return false;
  if (!admission_->compares() || used_ + weight <= limit_) return true;
  return admission_->prefers(entry.key, table_.key(policy_->candidate()));
}

CacheEntry* CacheStore::lookup(CacheKey key, std::int64_t now) {
  if (admission_) admission_->asked(key);
  const CacheSlot slot = find(key);
  if (slot == no_slot) return nullptr;
  if (table_[slot].expires_at <= now) {
    ++counts_.expirations;
    policy_->erased(slot);
    remove(slot);
    return nullptr;
  }
  policy_->touched(slot);
  if (policy_->has_surplus()) remove_surplus();
  return &table_[slot];
}

const CacheEntry* CacheStore::peek(CacheKey key) const {
  const CacheSlot slot = find(key);
  return slot == no_slot ? nullptr : &table_[slot];
}

bool CacheStore::put(const CacheEntry& entry) {
  SIM_ASSERT(entry.size >= 1);
  const std::int64_t weight = table_.weight_of(entry.size);
  const CacheSlot present = find(entry.key);
  if (weight > limit_) {
    ++counts_.rejections;
    if (present != no_slot) {
      policy_->erased(present);
      remove(present);
    }
    return false;
  }
  if (present != no_slot) {
    overwrite(present, entry);
    return true;
  }
  if (admission_ && !admits(entry, weight)) {
    ++counts_.denials;
    return false;
  }
  policy_->arriving(entry.key, weight);
  if (policy_->has_surplus()) remove_surplus();
  while (used_ + weight > limit_) evict(policy_->victim());
  const CacheSlot slot = table_.take(entry);
  slots_ = std::max(slots_, slot + 1);
  index_.insert(entry.key, slot);
  used_ += weight;
  ++counts_.insertions;
  policy_->inserted(slot);
  if (policy_->has_surplus()) remove_surplus();
  if (admission_) admission_->holds(index_.size());
  return true;
}

bool CacheStore::erase(CacheKey key) {
  const CacheSlot slot = find(key);
  if (slot == no_slot) return false;
  policy_->erased(slot);
  remove(slot);
  return true;
}

void CacheStore::set_limit(std::int64_t limit) {
  SIM_ASSERT(limit >= 1);
  SIM_ASSERT(limit <= capacity_.amount);
  limit_ = limit;
  while (used_ > limit_) evict(policy_->victim());
}

void CacheStore::clear() {
  policy_.reset();
  table_ = CacheEntries(capacity_.unit);
  index_ = KeyIndex();
  used_ = 0;
  slots_ = 0;
  policy_ = make_policy_({capacity_, table_, random_});
  if (make_admission_) admission_ = make_admission_({capacity_, random_});
}

CacheSlot CacheStore::find(CacheKey key) const {
  return index_.find(key, [this](CacheSlot slot) { return table_.key(slot); });
}

void CacheStore::remove(CacheSlot slot) {
  index_.erase(table_.key(slot), [this](CacheSlot held) { return table_.key(held); });
  used_ -= table_.weight(slot);
  table_.give_back(slot);
}

void CacheStore::evict(CacheSlot slot) {
  ++counts_.evictions;
  remove(slot);
}

void CacheStore::remove_surplus() {
  while (policy_->has_surplus()) evict(policy_->take_surplus());
}

void CacheStore::overwrite(CacheSlot slot, const CacheEntry& entry) {
  const std::int64_t weight_before = table_.weight(slot);
  table_[slot] = entry;
  const std::int64_t weight = table_.weight(slot);
  used_ += weight - weight_before;
  if (weight != weight_before) policy_->resized(slot, weight_before);
  policy_->touched(slot);
  if (policy_->has_surplus()) remove_surplus();
  // The grown entry may itself be the victim, as in a cache that would not have admitted it at this
  // size.
  while (used_ > limit_) evict(policy_->victim());
}

bool admission_fits(const sim::Choice<EvictionPolicy>& policy,
                    const sim::Choice<CacheAdmission>& admission) {
  if (!policy || !admission) return true;
  const CacheCapacity capacity{.amount = 2};
  const CacheEntries entries(capacity.unit);
  SplitMixSource random(1);
  return !admission.make({capacity, random})->compares() ||
         policy.make({capacity, entries, random})->tells_candidate();
}

}  // namespace faultline::models
