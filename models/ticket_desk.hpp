/// What goes to a node beside a request that has no room for it: requests and replies carry no
/// lists. The content stays with the asker, and the request has a ticket for it as its key.
///
///   asker: Open open(desk, content)  --control, key = ticket-->  node: find(ticket) --answer-->
///
/// An asker that waits no more has closed the ticket: what it asked is void when it arrives.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace faultline::models {

template <class Content>
class TicketDesk {
 public:
  virtual ~TicketDesk() = default;

  /// A content, to be found as long as this lives.
  class Open {
   public:
    Open(TicketDesk& desk, Content& content) : desk_(desk), ticket_(desk.open(content)) {}
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() { desk_.close(ticket_); }
    std::uint64_t ticket() const { return ticket_; }  ///< Request::key.

   private:
    TicketDesk& desk_;
    std::uint64_t ticket_;
  };

 protected:
  /// The content of a ticket; null if nobody waits for it any more.
  Content* find(std::uint64_t ticket) {
    const std::uint64_t index = ticket & 0xffff'ffff;
    if (index >= slots_.size()) return nullptr;
    const Slot& slot = slots_[index];
    return slot.generation == ticket >> 32 ? slot.content : nullptr;
  }

 private:
  struct Slot {
    std::uint32_t generation = 0;
    Content* content = nullptr;
  };
  std::uint64_t open(Content& content) {
    if (free_.empty()) {
      free_.push_back(slots_.size());
      slots_.emplace_back();
    }
    const std::size_t index = free_.back();
    free_.pop_back();
    slots_[index].content = &content;
    return std::uint64_t{slots_[index].generation} << 32 | index;
  }
  void close(std::uint64_t ticket) {
    const std::uint64_t index = ticket & 0xffff'ffff;
    slots_[index].content = nullptr;
    ++slots_[index].generation;
    free_.push_back(index);
  }
  std::deque<Slot> slots_;
  std::vector<std::size_t> free_;
};

}  // namespace faultline::models
