/// The transactions of a run, as those saw them who ran them: what each read and wrote at the
/// stores that are watched, when it began and how it ended.
///
///   begun --> [ open: found, writes ... ] --ended--> [ transactions, accesses ]
///
/// Rule: which keys are watched is one choice for operations and transactions
/// (ConsistencyRecorder). What a transaction does with other keys is left out; every level that
/// allows the whole allows what is left. One that neither wrote nor committed is left out too,
/// having told nobody anything. When `operations_max` reads and writes are kept, half of the keys
/// are given up. Memory: 24 bytes a read or write, 40 a transaction.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "sim/network/transaction_observer.hpp"
#include "sim/scenario/consistency_recorder.hpp"

namespace faultline::sim {

/// A read or a write of a transaction.
struct RecordedAccess {
  std::uint64_t key = 0;
  std::uint64_t value = 0;  ///< Written, or found; 0: nothing.
  std::uint8_t store = 0;   ///< A number of ConsistencyRecorder::store_names().
  bool writes = false;
};

struct RecordedTransaction {
  Time invoked{};
  Time completed = time_max;  ///< time_max: it has not ended.
  std::uint32_t session = 0;  ///< Request::session.
  std::uint32_t era = 0;      ///< As RecordedOperation::era.
  std::uint32_t node = 0;     ///< Who ran it: Node::id.
  Outcome outcome = Outcome::unknown;
  std::vector<RecordedAccess> accesses;  ///< In its order.

  std::uint64_t user() const { return std::uint64_t{era} << 32 | session; }
  bool is_ok() const { return outcome == Outcome::ok; }
};

class TransactionRecorder final : public TransactionObserver {
 public:
  /// Requires: `operations` outlives it.
  TransactionRecorder(ConsistencyRecorder& operations, std::size_t operations_max)
      : operations_(operations), operations_max_(operations_max) {}

  std::uint32_t begun(const Node& from, const Request& request) override;
  void found(std::uint32_t transaction, const Node& store, std::uint64_t key,
             std::uint64_t value) override {
    add(transaction, store, {.key = key, .value = value, .store = 0, .writes = false});
  }
  void writes(std::uint32_t transaction, const Node& store, std::uint64_t key,
              std::uint64_t value) override {
    add(transaction, store, {.key = key, .value = value, .store = 0, .writes = true});
  }
  void ended(std::uint32_t transaction, Outcome outcome) override;

  /// All by the time of their beginning, those under way among them, with what they did with keys
  /// that are watched by now.
  std::vector<RecordedTransaction> transactions() const;

 private:
  struct Open {
    RecordedTransaction transaction;
    bool under_way = false;
  };
  /// One that has ended; its accesses are accesses_[begin] to accesses_[end - 1].
  struct Ended {
    Time invoked;
    Time completed;
    std::uint32_t session;
    std::uint32_t era;
    std::uint32_t node;
    std::uint32_t begin;
    std::uint32_t end;
    Outcome outcome;
  };

  void add(std::uint32_t transaction, const Node& store, RecordedAccess access);
  void make_room();
  void drop_unwatched();

  ConsistencyRecorder& operations_;
  std::size_t operations_max_;
  std::vector<Ended> ended_;
  std::vector<RecordedAccess> accesses_;
  std::vector<Open> open_;           ///< By number less 1.
  std::vector<std::uint32_t> free_;  ///< Numbers of open_ to be used again.
};

}  // namespace faultline::sim
