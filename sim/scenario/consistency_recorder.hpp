/// The history of a run: every operation on the keys that are watched, as it was seen at the
/// boundary that the scenario chose.
///
///   begun --> [ open ] --ended--> [ records ] --> history()
///
/// Rule: a key is watched or not, by a hash, with all its operations. When `operations_max` are
/// kept, those keys are given up whose hash lies in the upper half of what is still watched. Of a
/// last key the recording stops: what was open then is of unknown outcome.
/// Memory: 48 bytes an operation.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "sim/kernel/kernel.hpp"
#include "sim/measure/consistency/history.hpp"
#include "sim/measure/digest.hpp"
#include "sim/network/call_observer.hpp"
#include "sim/network/node.hpp"

namespace faultline::sim {

/// One operation as it was seen. 48 bytes.
struct RecordedOperation {
  Time invoked{};
  Time completed = time_max;  ///< time_max: no answer yet, or none to come.
  std::uint64_t key = 0;
  std::uint64_t value = 0;    ///< Written, or found; 0: nothing.
  std::uint32_t session = 0;  ///< Request::session.
  std::uint32_t node = 0;     ///< Who asked, or (boundary `nodes`) who answered: Node::id.
  Operation operation = Operation::read;
  Outcome outcome = Outcome::unknown;
  Reason reason = Reason::none;
  std::uint8_t store = 0;  ///< Who was asked: a number of ConsistencyRecorder::store_names().
  /// Which million of which node's requests it was, hashed. Session numbers of visitors are used
  /// again after a million: what lies further apart is not the same visitor.
  std::uint32_t era = 0;

  /// Who asked, as far as an order of his own goes.
  std::uint64_t user() const { return std::uint64_t{era} << 32 | session; }
  bool is_read() const { return operation == Operation::read; }
  bool is_ok() const { return outcome == Outcome::ok; }
};

class ConsistencyRecorder final : public CallObserver {
 public:
  struct Options {
    double keys = 1;  ///< Share that is watched. Above 0, at most 1.
    std::size_t operations_max = 200'000;
    bool at_callee = false;  ///< The node of an operation is the one that answers.
  };

  ConsistencyRecorder(const Kernel& kernel, const Options& options);

  /// `node` is part of what is watched: what it asks is not an operation. The nodes of a group are
  /// one store.
  void add_store(const Node& node);
  /// The groups of the stores, by number; 0 is no store.
  const std::vector<std::string>& store_names() const { return store_names_; }
  static constexpr std::uint8_t no_store = 0;
  std::uint8_t store_of(const Node& node) const {
    return node.id() < stores_.size() ? stores_[node.id()] : no_store;
  }

  std::uint32_t begun(const Node& from, const Node& at, const Request& request) override {
    if (!is_watched(request.key) || is_stopped()) return 0;
    return begin(from, at, request);
  }
  void ended(std::uint32_t operation, const Reply& reply) override;

  /// All operations by the time of their beginning, those under way among them: a write that has no
  /// answer is unknown, a read that has none is left out. Without those on keys that transactions
  /// write: these are judged together with the transactions.
  std::vector<RecordedOperation> operations() const;
  /// The same, those on keys that transactions write among them.
  std::vector<RecordedOperation> operations_beside_transactions() const { return collect(true); }
  /// The share of the keys that is watched by now.
  double keys_ratio() const;
  /// Keys were given up, or the recording stopped, because there were too many operations.
  bool bound_reached() const { return bound_reached_; }
  /// Nothing that began from here on is in the history; time_max: it is complete.
  Time stopped_at() const { return stopped_at_; }
  /// Whether a key could not be watched: it was erased, or written with values that are no one's.
  bool is_left_out(std::uint64_t key) const { return left_out_.contains(key); }
  void leave_out(std::uint64_t key) { left_out_.insert(key); }
  std::size_t keys_left_out() const { return left_out_.size(); }
  /// Keys that statements of transactions wrote. For looking up and counting only.
  const std::unordered_set<std::uint64_t>& keys_of_transactions() const { return transactional_; }

  // For whoever records transactions of the same keys.
  bool is_watched(std::uint64_t key) const { return place_of(key) <= highest_place_; }
  bool is_stopped() const { return stopped_at_ != time_max; }
  /// When something happens now, after all that has happened before.
  Time stamp() { return stamps_.at(kernel_.now()); }
  /// Which million of whose requests it is one of; see RecordedOperation.
  static std::uint32_t era_of(const Request& request) {
    return static_cast<std::uint32_t>(mix_bits(request.id >> 20));
  }
  /// There are too many records, one for each of `keys`: gives up the upper half of what is still
  /// watched, or stops if that leaves nothing.
  void give_up_keys(const std::vector<std::uint64_t>& keys);

 private:
  static std::uint64_t place_of(std::uint64_t key) { return mix_bits(key ^ salt); }
  std::uint32_t begin(const Node& from, const Node& at, const Request& request);
  std::vector<RecordedOperation> collect(bool of_transactions) const;
  void make_room();
  void keep_up_to(std::uint64_t place);

  /// The same keys are watched in all runs, so that two designs are compared by the same ones.
  static constexpr std::uint64_t salt = 0x6b657973746f7761U;

  const Kernel& kernel_;
  Options options_;
  std::uint64_t highest_place_;
  std::vector<std::uint8_t> stores_;  ///< By Node::id.
  std::vector<std::string> store_names_ = {""};
  consistency::EventStamps stamps_;
  std::vector<RecordedOperation> records_;  ///< Ended.
  std::vector<RecordedOperation> open_;     ///< By number less 1; completed is time_zero if free.
  std::vector<std::uint32_t> free_;         ///< Numbers of open_ to be used again.
  std::unordered_set<std::uint64_t> left_out_;       ///< Keys. Looked up, never walked.
  std::unordered_set<std::uint64_t> transactional_;  ///< Likewise.
  bool bound_reached_ = false;
  Time stopped_at_ = time_max;
};

}  // namespace faultline::sim
