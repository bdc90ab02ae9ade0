/// The two event queues of the floors: the one that everybody writes first, and the fastest we know
/// for few kinds of events that lie close together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <queue>
#include <vector>

namespace faultline_bench {

/// One pending event in 16 bytes. Order is by time, then by number, so that equal times run in the
/// order they were scheduled. A time of at least 0 orders as its bits do, and time and number are
/// compared as one integer: no branch that could be mispredicted.
struct Pending {
  std::uint64_t time_bits;
  std::uint32_t number;
  std::uint32_t what;  ///< Whatever its owner needs to know.

  static Pending at(double time, std::uint32_t number, std::uint32_t what) {
    Pending made{0, number, what};
    std::memcpy(&made.time_bits, &time, sizeof time);
    return made;
  }
  double time() const {
    double value;
    std::memcpy(&value, &time_bits, sizeof value);
    return value;
  }
  bool before(const Pending& other) const { return key() < other.key(); }

 private:
  __extension__ using Wide = unsigned __int128;
  Wide key() const {
    return static_cast<Wide>(time_bits) << 64 | (static_cast<std::uint64_t>(number) << 32 | what);
  }
};

/// The standard library's binary heap.
class PriorityQueue {
 public:
  bool empty() const { return heap_.empty(); }
  void push(Pending event) { heap_.push(event); }
  Pending pop() {
    const Pending first = heap_.top();
    heap_.pop();
    return first;
  }

 private:
  struct After {
    bool operator()(const Pending& a, const Pending& b) const { return b.before(a); }
  };
  std::priority_queue<Pending, std::vector<Pending>, After> heap_;
};

/// A calendar queue: days of equal width in a ring of unsorted lists; only the day that is being
/// served is in order, latest first. The number of days follows the number of events, and their
/// width the distance of the next ones.
/// Source: Brown, "Calendar queues: a fast O(1) priority queue implementation for the simulation
/// event set problem", CACM 31(10), 1988; the sorting of one day at a time as in Tang, Goh and
/// Thng, "Ladder queue", ACM TOMACS 15(3), 2005.
class CalendarQueue {
 public:
  /// `days_per_second` holds until the number of days changes for the first time.
  explicit CalendarQueue(double days_per_second = 1)
      : ring_(days_min, none), days_per_second_(days_per_second) {}
  bool empty() const { return count_ == 0; }
  /// Inlined in every place that schedules, it makes the loop too large: 5 % slower.
  [[gnu::noinline]] void push(Pending event) {
    ++count_;
    place(event);
    if (count_ > 2 * ring_.size()) rebuild(2 * ring_.size());
  }
  Pending pop() {
    while (today_.empty()) open_next_day();
    const Pending first = today_.back();
    today_.pop_back();
    --count_;
    now_ = first.time();
    if (count_ < ring_.size() / 4 && ring_.size() > days_min) rebuild(ring_.size() / 2);
    return first;
  }

 private:
  static constexpr std::size_t days_min = 64;
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  /// The next events, of which a day is to hold about three, when the width is chosen.
  static constexpr std::size_t sample_size = 256;

  struct Entry {
    Pending event;
    std::uint32_t next;
  };

  std::uint64_t day_of(const Pending& event) const {
    return static_cast<std::uint64_t>(event.time() * days_per_second_);
  }
  std::uint32_t& list_of(std::uint64_t day) { return ring_[day & (ring_.size() - 1)]; }

  void place(Pending event) {
    const std::uint64_t day = day_of(event);
    if (day <= today_number_) return insert_today(event);
    std::uint32_t entry = free_;
    if (entry == none) {
      entry = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    } else {
      free_ = entries_[entry].next;
    }
    std::uint32_t& head = list_of(day);
    entries_[entry] = {event, head};
    head = entry;
  }

  void insert_today(Pending event) {
    today_.push_back(event);
    sink(today_.size() - 1);
  }
  /// Moves the event at `at` down to its place among those before it, which are in order.
  void sink(std::size_t at) {
    const Pending event = today_[at];
    for (; at > 0 && today_[at - 1].before(event); --at) today_[at] = today_[at - 1];
    today_[at] = event;
  }

  void open_next_day() {
    ++today_number_;
    for (std::uint32_t* link = &list_of(today_number_); *link != none;) {
      Entry& entry = entries_[*link];
      if (day_of(entry.event) != today_number_) {  // of a later round
        link = &entry.next;
        continue;
      }
      today_.push_back(entry.event);
      const std::uint32_t taken = *link;
      *link = entry.next;
      entry.next = free_;
      free_ = taken;
    }
    if (today_.size() > 16) {
      std::sort(today_.begin(), today_.end(),
                [](const Pending& a, const Pending& b) { return b.before(a); });
    } else {
      for (std::size_t i = 1; i < today_.size(); ++i) sink(i);
    }
  }

  void rebuild(std::size_t days) {
    std::vector<Pending> all(today_);
    for (std::uint32_t entry : ring_) {
      for (; entry != none; entry = entries_[entry].next) all.push_back(entries_[entry].event);
    }
    today_.clear();
    entries_.clear();
    free_ = none;
    ring_.assign(days, none);
    const std::size_t nearest = std::min(all.size() - 1, sample_size);
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(nearest), all.end(),
                     [](const Pending& a, const Pending& b) { return a.before(b); });
    const double spread = all[nearest].time() - now_;
    if (spread > 0) days_per_second_ = static_cast<double>(nearest + 1) / (3 * spread);
    today_number_ = static_cast<std::uint64_t>(now_ * days_per_second_);
    for (const Pending& event : all) place(event);
  }

  std::vector<std::uint32_t> ring_;  ///< First entry of each day; a power of two of them.
  std::vector<Entry> entries_;
  std::uint32_t free_ = none;
  std::vector<Pending> today_;  ///< Latest first.
  std::uint64_t today_number_ = 0;
  double days_per_second_;
  double now_ = 0;
  std::size_t count_ = 0;
};

}  // namespace faultline_bench
