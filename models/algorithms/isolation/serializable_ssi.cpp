/// Serializable snapshot isolation: snapshots as in `snapshot`, and nobody waits; transactions that
/// might stand in a cycle are aborted.
///
///   T1 --reads what T2 overwrites--> T2 --reads what T3 overwrites--> T3, the first to commit
///
/// Rule: every cycle that snapshots allow has such a structure of two anti-dependencies between
/// transactions that ran at the same time, T3 being the first of the three to commit (T1 may be
/// T3). So it is enough that none comes about: when a read or a write makes one, or a commit would,
/// T2 is aborted if it still can be, else whoever can. Not every such structure is part of a cycle,
/// so some are aborted in vain. Reads are remembered until all who ran at the same time have ended.
/// Promises no cycle of dependencies, in the order of real time too.
/// Source: Cahill, Roehm, Fekete, "Serializable Isolation for Snapshot Databases", SIGMOD 2008;
/// Ports, Grittner, "Serializable Snapshot Isolation in PostgreSQL", VLDB 2012, sections 3 and 5.
/// Does not model: the exceptions for transactions that only read; lack of memory for reads.
#include <tsl/robin_map.h>

#include <algorithm>

#include "models/algorithms/isolation/isolation.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

struct NoParams {
  static void describe(sim::ParamList<NoParams>&) {}
};

class SerializableSsi final : public Isolation {
 public:
  SerializableSsi(const NoParams&, const MakeArgs&) : Isolation(LockTable::Victim::youngest) {}

 private:
  using Stamp = VersionStore::Stamp;
  static constexpr Stamp not_yet = ~Stamp{0};

  /// A transaction as the others may still have to do with it.
  struct Node {
    Stamp snapshot = 0;
    Stamp prepared = not_yet;      ///< Its place in the order of preparing.
    Stamp committed = not_yet;     ///< Its stamp.
    std::vector<Transaction> in;   ///< Who read what it overwrote.
    std::vector<Transaction> out;  ///< Who overwrote what it read.
    Stamp first_out = not_yet;     ///< The least stamp of those of `out` that are forgotten.
    std::vector<Key> read;
    std::vector<Key> wrote;
    bool is_done() const { return prepared != not_yet; }
  };

  void did_begin(Transaction transaction, const State& state) override {
    nodes_[transaction].snapshot = state.snapshot;
  }

  Answer do_read(Transaction transaction, State& state, Key key) override {
    Node& node = nodes_.at(transaction);
    if (std::find(node.read.begin(), node.read.end(), key) == node.read.end()) {
      node.read.push_back(key);
      readers_[key].push_back(transaction);
    }
    if (const auto writers = writers_.find(key); writers != writers_.end()) {
      const std::vector<Transaction> all = writers->second;
      for (const Transaction writer : all) {
        if (writer == transaction || !are_concurrent(node, nodes_.at(writer))) continue;
        if (!depend(transaction, writer, transaction)) return abort_for(Why::serialization);
      }
    }
    return at_snapshot(state, key);
  }

  Answer do_write(Transaction transaction, State&, Key key) override {
    Node& node = nodes_.at(transaction);
    node.wrote.push_back(key);
    writers_[key].push_back(transaction);
    if (const auto readers = readers_.find(key); readers != readers_.end()) {
      const std::vector<Transaction> all = readers->second;
      for (const Transaction reader : all) {
        if (reader == transaction || !are_concurrent(node, nodes_.at(reader))) continue;
        if (!depend(reader, transaction, transaction)) return abort_for(Why::serialization);
      }
    }
    return {};
  }

  Answer do_prepare(Transaction transaction, State& state) override {
    for (const Write& write : state.writes) {
      if (!locks_.try_lock(transaction, write.key, LockTable::Mode::exclusive) ||
          versions_.latest(write.key).stamp > state.snapshot) {
        return abort_for(Why::conflict);
      }
    }
    // It would be the first to commit of every structure that ends in it.
    for (const Transaction pivot : nodes_.at(transaction).in) {
      for (const Transaction first : nodes_.at(pivot).in) {
        if (is_doomed(pivot) || is_doomed(first)) continue;
        const bool dangerous = first == transaction ? !went_before(nodes_.at(pivot), not_yet)
                                                    : is_dangerous(first, pivot, not_yet);
        if (dangerous && !break_up({pivot, first, transaction}, transaction))
          return abort_for(Why::serialization);
      }
    }
    nodes_.at(transaction).prepared = ++preparations_;
    return {};
  }

  void did_commit(Transaction transaction, const State&, Stamp stamp) override {
    nodes_.at(transaction).committed = stamp;
    finished_.push_back(transaction);
    forget_finished(transaction);
  }
  void did_abort(Transaction transaction, const State&) override {
    remove(transaction);
    forget_finished(transaction);
  }
  void did_crash() override {
    nodes_.clear();
    readers_.clear();
    writers_.clear();
    finished_.clear();
  }

  /// Whether neither committed before the other began.
  static bool are_concurrent(const Node& a, const Node& b) {
    return (a.committed == not_yet || a.committed > b.snapshot) &&
           (b.committed == not_yet || b.committed > a.snapshot);
  }

  /// `reader` read what `writer` overwrites; `actor`, one of them, is at work. False: the actor has
  /// to abort.
  bool depend(Transaction reader, Transaction writer, Transaction actor) {
    if (is_doomed(reader) || is_doomed(writer)) return true;
    Node& from = nodes_.at(reader);
    Node& to = nodes_.at(writer);
    if (std::find(from.out.begin(), from.out.end(), writer) != from.out.end()) return true;
    from.out.push_back(writer);
    to.in.push_back(reader);
    // The writer in the middle.
    if (to.first_out != not_yet && is_dangerous(reader, writer, to.first_out) &&
        !break_up({writer, reader}, actor)) {
      return false;
    }
    for (const Transaction last : to.out) {
      const Node& third = nodes_.at(last);
      if (!third.is_done() || is_doomed(writer) || is_doomed(reader)) continue;
      const bool dangerous = last == reader ? !went_before(to, third.committed)
                                            : is_dangerous(reader, writer, third.committed);
      if (dangerous && !break_up({writer, reader}, actor)) return false;
    }
    // The reader in the middle.
    if (!to.is_done()) return true;
    for (const Transaction first : from.in) {
      if (is_doomed(first) || is_doomed(reader)) continue;
      const bool dangerous = first == writer ? !went_before(from, to.committed)
                                             : is_dangerous(first, reader, to.committed);
      if (dangerous && !break_up({reader, first}, actor)) return false;
    }
    return true;
  }

  bool is_doomed(Transaction transaction) const {
    const auto found = active_.find(transaction);
    return found != active_.end() && found->second.doomed;
  }

  /// Whether a third one that is prepared or has committed, with stamp `third` or not yet, may be
  /// the first of the three to commit.
  bool is_dangerous(Transaction first, Transaction pivot, Stamp third) const {
    return !went_before(nodes_.at(pivot), third) && !went_before(nodes_.at(first), third);
  }
  static bool went_before(const Node& node, Stamp third) { return node.committed < third; }

  /// Makes the first of them that still can be abort; false if that is the actor.
  bool break_up(std::initializer_list<Transaction> candidates, Transaction actor) {
    for (const Transaction each : candidates) {
      if (nodes_.at(each).is_done()) continue;
      if (each == actor) return false;
      doom(each, Why::serialization);
      return true;
    }
    return false;
  }

  static void erase(std::vector<Transaction>& from, Transaction transaction) {
    from.erase(std::remove(from.begin(), from.end(), transaction), from.end());
  }
  static void erase(tsl::robin_map<Key, std::vector<Transaction>>& from, Key key,
                    Transaction transaction) {
    const auto found = from.find(key);
    if (found == from.end()) return;
    erase(found.value(), transaction);
    if (found->second.empty()) from.erase(key);
  }
  void remove(Transaction transaction) {
    const Node& node = nodes_.at(transaction);
    for (const Transaction other : node.in) {
      Node& reader = nodes_.at(other);
      erase(reader.out, transaction);
      reader.first_out = std::min(reader.first_out, node.committed);
    }
    for (const Transaction other : node.out) erase(nodes_.at(other).in, transaction);
    for (const Key key : node.read) erase(readers_, key, transaction);
    for (const Key key : node.wrote) erase(writers_, key, transaction);
    nodes_.erase(transaction);
  }
  /// Those that committed before everybody began who is still at work, `ended` left out.
  void forget_finished(Transaction ended) {
    Stamp oldest = not_yet;
    for (const auto& [transaction, state] : active_) {
      if (transaction == ended) continue;
      oldest = state.snapshot;
      break;
    }
    std::size_t gone = 0;
    while (gone < finished_.size() && nodes_.at(finished_[gone]).committed <= oldest) ++gone;
    for (std::size_t i = 0; i < gone; ++i) remove(finished_[i]);
    finished_.erase(finished_.begin(), finished_.begin() + static_cast<std::ptrdiff_t>(gone));
  }

  std::map<Transaction, Node> nodes_;                      ///< State.
  tsl::robin_map<Key, std::vector<Transaction>> readers_;  ///< Never walked. State.
  tsl::robin_map<Key, std::vector<Transaction>> writers_;  ///< Never walked. State.
  std::vector<Transaction> finished_;                      ///< In the order of committing.
  Stamp preparations_ = 0;                                 ///< State.
};

const sim::Registration<Isolation, SerializableSsi, NoParams> registered{
    {.name = "serializable_ssi",
     .title = "Serializable snapshot isolation",
     .summary = "Snapshots, and no waiting: transactions that might stand in a cycle of "
                "dependencies are aborted.",
     .source = "Cahill, Roehm, Fekete, Serializable Isolation for Snapshot Databases, SIGMOD 2008; "
               "Ports, Grittner, Serializable Snapshot Isolation in PostgreSQL, VLDB 2012",
     .does_not_model = "ranges and predicates; the exceptions for transactions that only read"}};

}  // namespace
}  // namespace faultline::models
