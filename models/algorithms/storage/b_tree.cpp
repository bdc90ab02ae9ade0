#include "models/algorithms/storage/b_tree.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

/// Pages that hold `things`, each `load` on average.
std::uint64_t pages_for(std::uint64_t things, double load) {
  return std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(static_cast<double>(things) / load)));
}

}  // namespace

BTreePages::BTreePages(const BTreeShape& shape)
    : shape_(shape), loaded_keys_(shape.keys), keys_(shape.keys) {
  SIM_ASSERT(shape.record_bytes >= 1);
  SIM_ASSERT(shape.record_bytes <= shape.page_bytes);
  SIM_ASSERT(shape.fill > 0);
  SIM_ASSERT(shape.fill <= 1);
  leaf_capacity_ = static_cast<std::uint64_t>(shape.page_bytes / shape.record_bytes);
  inner_capacity_ = static_cast<std::uint64_t>(
      std::max<std::int64_t>(2, shape.page_bytes / (shape.key_bytes + 8)));
  leaf_load_ = std::max(1.0, static_cast<double>(leaf_capacity_) * shape.fill);
  inner_load_ = std::max(2.0, static_cast<double>(inner_capacity_) * shape.fill);
  // A root is split when it is full and not before.
  counts_.push_back(
      keys_ <= leaf_capacity_ ? 1 : std::max<std::uint64_t>(2, pages_for(keys_, leaf_load_)));
  while (counts_.back() > 1) {
    const std::uint64_t below = counts_.back();
    counts_.push_back(
        below <= inner_capacity_ ? 1 : std::max<std::uint64_t>(2, pages_for(below, inner_load_)));
  }
  SIM_ASSERT(counts_.size() <= levels_max);
}

std::uint64_t BTreePages::pages() const {
  std::uint64_t all = 0;
  for (const std::uint64_t count : counts_) all += count;
  return all;
}

std::uint64_t BTreePages::place(std::uint64_t key, std::size_t level) const {
  const std::uint64_t count = counts_[level];
  if (shape_.order == KeyOrder::scattered) {
    // Linear hashing: the low bits of the hash, one bit more for the pages that have split already.
    const std::uint64_t hash = mix_key(key ^ 0x9e3779b97f4a7c15u);
    const std::uint64_t half = std::bit_floor(count);
    const std::uint64_t wide = hash & (2 * half - 1);
    return wide < count ? wide : hash & (half - 1);
  }
  double load = leaf_load_;
  for (std::size_t each = 0; each < level; ++each) load *= inner_load_;
  return std::min(count - 1, static_cast<std::uint64_t>(static_cast<double>(key) / load));
}

BTreePages::Page BTreePages::page_of(std::uint64_t key, std::size_t level) const {
  return number(level, place(key, level));
}

std::vector<BTreePages::Split> BTreePages::insert(std::uint64_t key) {
  SIM_ASSERT(!holds(key));
  inserted_.insert(key);
  ++keys_;
  std::vector<Split> splits;
  std::uint64_t things = keys_;
  for (std::size_t level = 0; level < counts_.size(); ++level) {
    const bool is_root = level + 1 == counts_.size();
    const bool is_full =
        is_root ? things > (level == 0 ? leaf_capacity_ : inner_capacity_)
                : pages_for(things, level == 0 ? leaf_load_ : inner_load_) > counts_[level];
    if (!is_full) break;
    splits.push_back(split(level));
    things = counts_[level];
  }
  return splits;
}

BTreePages::Split BTreePages::split(std::size_t level) {
  const std::uint64_t added = counts_[level]++;
  if (level + 1 == counts_.size()) counts_.push_back(1);  // The root has split: a new one above.
  const std::uint64_t old_index =
      shape_.order == KeyOrder::scattered ? added - std::bit_floor(added) : added - 1;
  // The parent of both is the same: it has fewer bits of the hash, or is the last one.
  const std::uint64_t above = counts_[level + 1];
  std::uint64_t parent = above - 1;
  if (shape_.order == KeyOrder::scattered) {
    const std::uint64_t half = std::bit_floor(above);
    const std::uint64_t wide = old_index & (2 * half - 1);
    parent = wide < above ? wide : old_index & (half - 1);
  }
  return {number(level, old_index), number(level, added), number(level + 1, parent)};
}

BTree::BTree(const BTreeShape& shape, const sim::Choice<EvictionPolicy>& eviction,
             std::int64_t cache_pages, RandomSource& random)
    : shape_(shape), pages_(shape), cache_(eviction, cache_pages, random) {}

BTree::Io BTree::read(std::uint64_t key) {
  ++counts_.reads;
  Io io;
  descend(key, io);
  if (pages_.holds(key)) touch(pages_.page_of(key, 0), io);
  return io;
}

BTree::Io BTree::write(std::uint64_t key) {
  ++counts_.writes;
  Io io;
  descend(key, io);
  change(pages_.page_of(key, 0), io);
  if (pages_.holds(key)) return io;
  ++counts_.inserts;
  for (const BTreePages::Split& split : pages_.insert(key)) {
    ++counts_.splits;
    change(split.old_page, io);
    count(cache_.create(split.new_page), io);
    log_change(split.new_page, io);
    change(split.parent, io);
  }
  return io;
}

void BTree::descend(std::uint64_t key, Io& io) {
  for (std::size_t level = pages_.height(); --level > 0;) touch(pages_.page_of(key, level), io);
}

void BTree::change(Page page, Io& io) {
  count(cache_.write(page), io);
  log_change(page, io);
}

void BTree::log_change(Page page, Io& io) {
  if (!changed_.insert(page).second) return;
  if (shape_.torn_pages != TornPages::full_page_log) return;
  ++counts_.logged_pages;
  io.log_bytes += shape_.page_bytes;
}

void BTree::count(const PageCache::Access& access, Io& io) {
  const std::int64_t writes = access.written_back * writes_per_page();
  io.reads += access.reads;
  io.writes += writes;
  counts_.pages_read += static_cast<std::uint64_t>(access.reads);
  counts_.pages_written += static_cast<std::uint64_t>(writes);
}

void BTree::begin_checkpoint() {
  checkpoint_pages_ = cache_.dirty();
  SIM_ASSERT(changed_before_.empty());
  std::swap(changed_, changed_before_);
}

bool BTree::write_checkpoint_page() {
  if (checkpoint_pages_ == 0 || !cache_.clean()) {
    checkpoint_pages_ = 0;
    return false;
  }
  --checkpoint_pages_;
  ++counts_.checkpoint_pages;
  counts_.pages_written += static_cast<std::uint64_t>(writes_per_page());
  return true;
}

void BTree::end_checkpoint() {
  checkpoint_pages_ = 0;
  changed_before_.clear();
}

void BTree::crash() {
  cache_.clear();
  checkpoint_pages_ = 0;
  // A checkpoint that did not end was none. Which pages they are matters only as a set: the order
  // of insertion does not show.
  for (const Page page : changed_before_) changed_.insert(page);
  changed_before_.clear();
}

BTree::Io BTree::recover() {
  std::vector<Page> pages(changed_.begin(), changed_.end());
  std::sort(pages.begin(), pages.end());
  Io io;
  const bool logged = shape_.torn_pages == TornPages::full_page_log;
  for (const Page page : pages) count(logged ? cache_.create(page) : cache_.write(page), io);
  return io;
}

std::int64_t BTree::pages_to_recover() const {
  std::int64_t both = 0;
  for (const Page page : changed_before_) both += changed_.find(page) != changed_.end() ? 1 : 0;
  return static_cast<std::int64_t>(changed_.size() + changed_before_.size()) - both;
}

void BTree::warm_up() {
  std::uint64_t inner = 0;
  for (std::size_t level = 1; level < pages_.height(); ++level) inner += pages_.pages(level);
  const auto room = static_cast<std::uint64_t>(cache_.capacity());
  const std::uint64_t leaves = room > inner ? room - inner : 0;
  // From the least popular of them to the most, so that those come last that are asked for most.
  for (std::uint64_t key = std::min(leaves, pages_.keys()); key-- > 0;) {
    for (std::size_t level = pages_.height(); level-- > 0;) cache_.read(pages_.page_of(key, level));
  }
}

double BTree::space_amplification() const {
  return static_cast<double>(pages_.pages()) * static_cast<double>(shape_.page_bytes) /
         (static_cast<double>(std::max<std::uint64_t>(1, pages_.keys())) *
          static_cast<double>(shape_.record_bytes));
}

}  // namespace faultline::models
