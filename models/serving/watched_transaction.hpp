/// A transaction as it is told to whoever records those of a run. Nobody recording, it costs a
/// branch.
#pragma once

#include <cstdint>
#include <utility>

#include "sim/measure/digest.hpp"
#include "sim/network/transaction_observer.hpp"

namespace faultline::models {

class WatchedTransaction {
 public:
  WatchedTransaction() = default;
  /// Begins now. `observer` may be null.
  WatchedTransaction(sim::TransactionObserver* observer, const sim::Node& from,
                     const sim::Request& request)
      : observer_(observer), number_(observer ? observer->begun(from, request) : 0) {}
  WatchedTransaction(WatchedTransaction&& other) noexcept
      : observer_(other.observer_), number_(std::exchange(other.number_, 0)) {}
  WatchedTransaction& operator=(WatchedTransaction&& other) noexcept {
    end(sim::Outcome::unknown);
    observer_ = other.observer_;
    number_ = std::exchange(other.number_, 0);
    return *this;
  }
  /// Who ran it is gone: nobody knows how it ended.
  ~WatchedTransaction() { end(sim::Outcome::unknown); }

  void found(const sim::Node& store, std::uint64_t key, std::uint64_t value) {
    if (number_ != 0) observer_->found(number_, store, key, value);
  }
  void writes(const sim::Node& store, std::uint64_t key, std::uint64_t value) {
    if (number_ != 0) observer_->writes(number_, store, key, value);
  }
  /// Once; after that nothing is told any more.
  void end(sim::Outcome outcome) {
    if (number_ != 0) observer_->ended(std::exchange(number_, 0), outcome);
  }

 private:
  sim::TransactionObserver* observer_ = nullptr;
  std::uint32_t number_ = 0;
};

/// A value for a write that no other write has. `which` tells those of one request apart; 0: the
/// request's own.
inline std::uint64_t another_value(std::uint64_t value, std::uint64_t which) {
  if (which == 0 || value == 0) return value;
  // As large as values may be, and larger than the id of any request.
  constexpr std::uint64_t beyond_ids = std::uint64_t{1} << 59;
  return sim::mix_bits(value + which * 0x9e3779b97f4a7c15U) >> 5 | beyond_ids;
}

}  // namespace faultline::models
