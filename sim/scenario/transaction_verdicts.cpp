#include "sim/scenario/transaction_verdicts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "sim/measure/consistency/transactions/anomalies.hpp"
#include "sim/measure/consistency/transactions/check.hpp"
#include "sim/param/assert.hpp"
#include "sim/scenario/session_lanes.hpp"

namespace faultline::sim {
namespace {

using consistency::MicroOperation;
using consistency::TransactionCheck;
using consistency::TransactionHistory;
using consistency::TransactionLevel;
using consistency::Verdict;

/// A key of a store.
struct Place {
  std::uint64_t key = 0;
  std::uint8_t store = 0;
  bool operator==(const Place&) const = default;
};
struct PlaceHash {
  std::size_t operator()(const Place& place) const {
    return static_cast<std::size_t>(mix_bits(place.key + (std::uint64_t{place.store} << 56)));
  }
};

/// Stores that transactions join, each with the smallest number of them.
class JoinedStores {
 public:
  explicit JoinedStores(std::size_t count) : first_(count) {
    std::iota(first_.begin(), first_.end(), std::size_t{0});
  }
  std::size_t first_of(std::size_t store) const {
    while (first_[store] != store) store = first_[store];
    return store;
  }
  void join(std::size_t a, std::size_t b) {
    a = first_of(a);
    b = first_of(b);
    first_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> first_;
};

/// Values as numbers: 0 is nothing, 1 is what was written first.
class ValueNumbers {
 public:
  void add(std::uint64_t value) { numbers_.try_emplace(value, numbers_.size() + 1); }
  consistency::Value of(std::uint64_t value) const {
    if (value == 0) return 0;
    // What nobody wrote who was watched is larger than any number of these.
    constexpr std::uint64_t strangers = std::uint64_t{1} << 60;
    const auto found = numbers_.find(value);
    return static_cast<consistency::Value>(
        found != numbers_.end() ? found->second : strangers | (value & (strangers - 1)));
  }

 private:
  std::unordered_map<std::uint64_t, std::uint64_t> numbers_;  ///< Never walked.
};

/// Puts the records of a run into histories.
class HistoryMaker {
 public:
  explicit HistoryMaker(const RecordedRun& run) : run_(run), joined_(run.store_names.size()) {}

  std::vector<StoreTransactions> make(std::unordered_set<std::uint64_t>& judged) {
    find_places();
    for (const RecordedTransaction& each : run_.transactions) number_values(each);
    choose_operations();
    std::size_t next = 0;
    for (const RecordedTransaction& each : run_.transactions) {
      while (next < chosen_.size() && chosen_[next]->invoked < each.invoked) add(*chosen_[next++]);
      add(each);
    }
    while (next < chosen_.size()) add(*chosen_[next++]);
    for (const auto& [place, number] : key_numbers_) judged.insert(place.key);
    std::vector<StoreTransactions> all;
    for (auto& [first, part] : parts_) {
      part.of.counts.keys = part.of.history.key_names.size();
      all.push_back(std::move(part.of));
    }
    return all;
  }

 private:
  struct Part {
    StoreTransactions of;
    SessionLanes sessions{of.history.session_names};
    bool several = false;  ///< Stores.
  };

  bool is_judged(const Place& place) const {
    return written_.contains(place) || !run_.keys_written->contains(place.key);
  }

  void find_places() {
    for (const RecordedTransaction& transaction : run_.transactions) {
      for (const RecordedAccess& each : transaction.accesses) {
        if (each.writes) written_.insert({each.key, each.store});
      }
    }
    for (const RecordedTransaction& transaction : run_.transactions) {
      for (const RecordedAccess& each : transaction.accesses) {
        if (!is_judged({each.key, each.store})) continue;
        touched_.insert({each.key, each.store});
        joined_.join(transaction.accesses.front().store, each.store);
      }
    }
  }

  void number_values(const RecordedTransaction& transaction) {
    for (const RecordedAccess& each : transaction.accesses) {
      if (!each.writes) continue;
      values_.add(each.value);
      of_transactions_.insert(mix_bits(each.value) ^ PlaceHash()({each.key, each.store}));
    }
  }

  /// Those outside transactions that are judged with them.
  void choose_operations() {
    for (const RecordedOperation& each : run_.operations) {
      if (!touched_.contains({each.key, each.store})) continue;
      const bool unanswered = each.outcome == Outcome::fail || (each.is_read() && !each.is_ok());
      if (unanswered) continue;
      if (!each.is_read()) {
        // A step of a saga is a write by itself as well.
        const std::uint64_t write = mix_bits(each.value) ^ PlaceHash()({each.key, each.store});
        if (of_transactions_.contains(write)) continue;
        values_.add(each.value);
      }
      chosen_.push_back(&each);
    }
  }

  Part& part_of(std::uint8_t store) {
    const std::size_t first = joined_.first_of(store);
    const auto [found, is_new] = parts_.try_emplace(first);
    Part& part = found->second;
    if (!is_new) return part;
    part.of.history.initial = 0;
    part.of.history.node_names = run_.node_names;
    for (std::size_t each = 1; each < run_.store_names.size(); ++each) {
      if (joined_.first_of(each) != first) continue;
      part.several = part.several || !part.of.stores.empty();
      part.of.stores += (part.of.stores.empty() ? "" : "+") + run_.store_names[each];
    }
    return part;
  }

  MicroOperation access_of(Part& part, const Place& place, std::uint64_t value, bool writes) {
    std::vector<std::string>& names = part.of.history.key_names;
    const auto [found, is_new] = key_numbers_.try_emplace(place, names.size());
    if (is_new) {
      const std::string key = std::to_string(place.key);
      names.push_back(part.several ? run_.store_names[place.store] + "/" + key : key);
    }
    return {.kind = writes ? MicroOperation::Kind::write : MicroOperation::Kind::read,
            .key = found->second,
            .value = values_.of(value),
            .list = {}};
  }

  void add(const RecordedTransaction& recorded) {
    if (recorded.accesses.empty()) return;
    consistency::Transaction transaction;
    Part& part = part_of(recorded.accesses.front().store);
    TransactionVerdicts& counts = part.of.counts;
    std::uint64_t reads = 0;
    for (const RecordedAccess& each : recorded.accesses) {
      const Place place{each.key, each.store};
      if (!is_judged(place)) continue;
      transaction.operations.push_back(access_of(part, place, each.value, each.writes));
      reads += each.writes ? 0 : 1;
    }
    if (transaction.operations.empty()) return;
    transaction.session = recorded.is_ok() ? part.sessions.of(recorded.user(), recorded.session,
                                                              recorded.invoked, recorded.completed)
                                           : part.sessions.alone(recorded.session);
    transaction.node = recorded.node;
    transaction.outcome = recorded.outcome;
    transaction.invoked = recorded.invoked;
    transaction.completed = recorded.completed;
    if (recorded.is_ok()) {
      ++counts.committed;
      counts.reads += reads;
      counts.writes += transaction.operations.size() - reads;
    } else {
      ++(recorded.outcome == Outcome::fail ? counts.aborted : counts.unknown);
    }
    part.of.history.transactions.push_back(std::move(transaction));
  }

  void add(const RecordedOperation& recorded) {
    Part& part = part_of(recorded.store);
    consistency::Transaction transaction;
    transaction.session = recorded.is_ok() ? part.sessions.of(recorded.user(), recorded.session,
                                                              recorded.invoked, recorded.completed)
                                           : part.sessions.alone(recorded.session);
    transaction.node = recorded.node;
    transaction.outcome = recorded.is_ok() ? Outcome::ok : Outcome::unknown;
    transaction.invoked = recorded.invoked;
    transaction.completed = recorded.is_ok() ? recorded.completed : time_max;
    transaction.operations.push_back(
        access_of(part, {recorded.key, recorded.store}, recorded.value, !recorded.is_read()));
    ++part.of.counts.single;
    part.of.history.transactions.push_back(std::move(transaction));
  }

  const RecordedRun& run_;
  JoinedStores joined_;
  std::unordered_set<Place, PlaceHash> written_;  ///< By transactions. Never walked.
  std::unordered_set<Place, PlaceHash> touched_;  ///< By transactions, and judged. Never walked.
  std::unordered_set<std::uint64_t> of_transactions_;  ///< Their writes. Never walked.
  ValueNumbers values_;
  std::vector<const RecordedOperation*> chosen_;
  /// Of the part they are in. Walked only to fill a set.
  std::unordered_map<Place, std::uint64_t, PlaceHash> key_numbers_;
  std::map<std::size_t, Part> parts_;  ///< By the first of their stores.
};

/// The worst that weaker levels allow; if there is nothing else, what they do not allow.
consistency::Witness witness_beyond(const TransactionHistory& history, TransactionCheck& check,
                                    const std::vector<std::string>& of_weaker) {
  const std::vector<std::string>& forbidden = check.result.anomalies;
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const consistency::TransactionAnomaly& anomaly : check.anomalies) {
    if (has(forbidden, anomaly.name) && !has(of_weaker, anomaly.name)) {
      return consistency::witness_of(history, anomaly);
    }
  }
  return std::move(check.result.witness);
}

}  // namespace

std::vector<StoreTransactions> histories_of(const RecordedRun& run,
                                            std::unordered_set<std::uint64_t>& judged) {
  return HistoryMaker(run).make(judged);
}

void judge_transactions(std::vector<StoreTransactions> all, const ConsistencySpec& spec,
                        bool complete, ConsistencyResult& result) {
  std::vector<TransactionLevel> wanted;
  for (const std::string_view name : isolation_levels) {
    if (spec.wants_level(name)) wanted.push_back(*consistency::parse_transaction_level(name));
  }
  consistency::CheckOptions options;
  // Its steps are words of bit matrices, of which a search takes a hundred for one of its own.
  options.steps_max = 100 * static_cast<std::uint64_t>(spec.budget);
  for (StoreTransactions& each : all) {
    TransactionVerdicts& seen = result.transactions[each.stores] = std::move(each.counts);
    std::vector<std::string> of_weaker;  // Anomalies that a weaker level forbids.
    for (auto& [level, check] : consistency::check_each_transaction_level(
             each.history, consistency::TransactionModel::rw_register, wanted, options)) {
      ModelVerdicts& model = seen.levels[std::string(consistency::to_text(level))];
      for (const consistency::TransactionAnomaly& anomaly : check.anomalies) {
        seen.anomalies[anomaly.name] = 1;
      }
      consistency::CheckResult& found = check.result;
      if (found.verdict == Verdict::holds && !complete) {
        found.verdict = Verdict::unknown;
        found.reason = "the recording ended before the run, at the bound operations_max";
      }
      switch (found.verdict) {
        case Verdict::holds:
          model.held = 1;
          break;
        case Verdict::violated:
          model.violated = 1;
          model.witness = witness_beyond(each.history, check, of_weaker);
          model.anomalies = found.anomalies;
          of_weaker = std::move(found.anomalies);
          break;
        case Verdict::unknown:
          model.unknown = 1;
          model.reason = std::move(found.reason);
          break;
      }
    }
  }
}

}  // namespace faultline::sim
