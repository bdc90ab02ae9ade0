/// Somebody who is told of transactions by those who run them: what each read and wrote, and how it
/// ended. Only who runs a transaction knows which calls belong to it, and when it is over for him.
#pragma once

#include <cstdint>

#include "sim/network/request.hpp"

namespace faultline::sim {

class Node;

class TransactionObserver {
 public:
  virtual ~TransactionObserver() = default;
  /// `from` begins a transaction on behalf of `request`. Gives a number to tell of it by; 0 if
  /// nobody wants to know.
  virtual std::uint32_t begun(const Node& from, const Request& request) = 0;
  /// It read `key` at `store`, and found `value`; 0: nothing was ever written.
  virtual void found(std::uint32_t transaction, const Node& store, std::uint64_t key,
                     std::uint64_t value) = 0;
  /// It is about to write. Requires: no other transaction of the run writes `value` to `key`.
  virtual void writes(std::uint32_t transaction, const Node& store, std::uint64_t key,
                      std::uint64_t value) = 0;
  /// ok: it committed; fail: it certainly did not; unknown: who ran it does not know. Told once.
  virtual void ended(std::uint32_t transaction, Outcome outcome) = 0;
};

}  // namespace faultline::sim
