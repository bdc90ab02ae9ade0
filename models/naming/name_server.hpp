/// Who answers for names: a server that holds the records, or a resolver that asks it and
/// remembers.
///
///   asker --query, an ordinary request--> [ name server ] --address and its time to live--> asker
///
/// A query is a request whose key is a ticket; the answer is left with the ticket, because replies
/// carry no addresses.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/network/node.hpp"

namespace faultline::models {

/// What a name stands for, for a time.
struct NameAnswer {
  sim::Node* address = nullptr;  ///< Null: nothing, and that is known for certain.
  sim::Duration time_to_live{};
};

class NameServer {
 public:
  virtual ~NameServer() = default;

  /// A question, open as long as this lives.
  class Query {
   public:
    Query(NameServer& server, sim::Node& asker)
        : server_(server), ticket_(server.open_ticket(asker)) {}
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query() { server_.close_ticket(ticket_); }
    std::uint64_t ticket() const { return ticket_; }  ///< Request::key of the query.
    std::optional<NameAnswer> answer() const { return server_.find(ticket_)->answer; }

   private:
    NameServer& server_;
    std::uint64_t ticket_;
  };

  /// Whether components of this type answer for names.
  static bool is_type(const std::string& type) { return type == "dns" || type == "dns_resolver"; }

 protected:
  struct Slot {
    std::uint32_t generation = 0;
    sim::Node* asker = nullptr;  ///< Null: free.
    std::optional<NameAnswer> answer;
  };
  /// The slot of a ticket; null if it is closed, or was never one.
  Slot* find(std::uint64_t ticket) {
    const std::uint64_t index = ticket & 0xffff'ffff;
    if ((ticket & mark) == 0 || index >= slots_.size()) return nullptr;
    Slot& slot = slots_[index];
    const bool open = slot.asker && ticket == ticket_of(index, slot.generation);
    return open ? &slot : nullptr;
  }

 private:
  static constexpr std::uint64_t mark = std::uint64_t{1} << 63;
  static std::uint64_t ticket_of(std::uint64_t index, std::uint32_t generation) {
    return mark | std::uint64_t{generation & 0x7fff'ffffU} << 32 | index;
  }
  std::uint64_t open_ticket(sim::Node& asker) {
    if (free_.empty()) {
      free_.push_back(slots_.size());
      slots_.emplace_back();
    }
    const std::size_t index = free_.back();
    free_.pop_back();
    Slot& slot = slots_[index];
    slot.asker = &asker;
    slot.answer.reset();
    return ticket_of(index, slot.generation);
  }
  void close_ticket(std::uint64_t ticket) {
    const std::uint64_t index = ticket & 0xffff'ffff;
    slots_[index].asker = nullptr;
    ++slots_[index].generation;
    free_.push_back(index);
  }
  std::deque<Slot> slots_;
  std::vector<std::size_t> free_;
};

}  // namespace faultline::models
