/// Doubly linked lists over small numbers instead of pointers: the orders in which eviction
/// policies keep cache entries.
///
/// All lists of one `IndexLists` share one array of links, and each number stands in at most one
/// list at a time, so moving an entry from one list to another allocates nothing. 8 bytes a number.
/// Each list is a ring closed by a sentinel, so linking needs no special case at the ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace faultline::models {

/// Lists 0 .. lists-1 of numbers below 2^32 - 2^16. The front is by custom the newest, the back the
/// oldest.
class IndexLists {
 public:
  static constexpr std::uint32_t none = 0xffffffffu;  ///< Beyond either end, or an empty list.

  explicit IndexLists(std::uint32_t lists) : lists_(lists), links_(lists) {
    for (std::uint32_t list = 0; list < lists; ++list) links_[list] = {list, list};
  }

  bool empty(std::uint32_t list) const { return links_[list].next == list; }
  std::uint32_t front(std::uint32_t list) const { return number_at(links_[list].next); }
  std::uint32_t back(std::uint32_t list) const { return number_at(links_[list].previous); }
  /// The neighbour of a number in its list, or `none` at the end.
  std::uint32_t towards_front(std::uint32_t number) const {
    return number_at(links_[number + lists_].previous);
  }
  std::uint32_t towards_back(std::uint32_t number) const {
    return number_at(links_[number + lists_].next);
  }

  /// Requires: `number` stands in no list.
  void push_front(std::uint32_t list, std::uint32_t number) {
    link_after(list, make_place(number));
  }
  void push_back(std::uint32_t list, std::uint32_t number) {
    const std::uint32_t at = make_place(number);
    link_after(links_[list].previous, at);
  }
  /// Puts `number` in front of `other`, next to it. Requires: `number` stands in no list, `other`
  /// in one.
  void insert_in_front_of(std::uint32_t other, std::uint32_t number) {
    const std::uint32_t at = make_place(number);
    link_after(links_[other + lists_].previous, at);
  }

  /// Requires: `number` stands in a list.
  void remove(std::uint32_t number) { unlink(number + lists_); }
  void move_to_front(std::uint32_t list, std::uint32_t number) {
    const std::uint32_t at = number + lists_;
    if (links_[list].next == at) return;
    unlink(at);
    link_after(list, at);
  }

 private:
  struct Link {
    std::uint32_t previous = 0;
    std::uint32_t next = 0;
  };

  std::uint32_t number_at(std::uint32_t at) const { return at < lists_ ? none : at - lists_; }
  std::uint32_t make_place(std::uint32_t number) {
    const std::uint32_t at = number + lists_;
    if (at >= links_.size()) links_.resize(at + std::size_t{1});
    return at;
  }
  void link_after(std::uint32_t before, std::uint32_t at) {
    const std::uint32_t after = links_[before].next;
    links_[at] = {before, after};
    links_[before].next = at;
    links_[after].previous = at;
  }
  void unlink(std::uint32_t at) {
    const Link link = links_[at];
    links_[link.previous].next = link.next;
    links_[link.next].previous = link.previous;
  }

  std::uint32_t lists_;      ///< Sentinels come first in `links_`.
  std::vector<Link> links_;  ///< State.
};

}  // namespace faultline::models
