/// Read uncommitted: a read sees what was written last, committed or not. Writes lock their key
/// until the end.
///
/// Promises no G0 (writes of two transactions do not mix); shows dirty reads (G1a, G1b, G1c).
/// Source: Berenson et al., "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995, degree 1.
#include <tsl/robin_map.h>

#include "models/algorithms/isolation/isolation.hpp"
#include "models/algorithms/isolation/victim_param.hpp"

namespace faultline::models {
namespace {

class ReadUncommitted final : public Isolation {
 public:
  ReadUncommitted(const VictimParams& params, const MakeArgs&) : Isolation(params.rule()) {}

 private:
  Answer do_read(Transaction, State& state, Key key) override {
    const auto found = dirty_.find(key);
    if (found == dirty_.end()) return latest(state, key);
    count_dirty_read();
    return {.value = found->second};
  }
  Answer do_write(Transaction transaction, State&, Key key) override {
    return lock(transaction, key, LockTable::Mode::exclusive);
  }
  void written(Transaction, State&, Key key, Value value) override { dirty_[key] = value; }
  void did_commit(Transaction, const State& state, VersionStore::Stamp) override { clean(state); }
  void did_abort(Transaction, const State& state) override { clean(state); }
  void did_crash() override { dirty_.clear(); }
  void clean(const State& state) {
    for (const Write& write : state.writes) dirty_.erase(write.key);
  }

  tsl::robin_map<Key, Value> dirty_;  ///< Written and not committed. Never walked. State.
};

const sim::Registration<Isolation, ReadUncommitted, VictimParams> registered{
    {.name = "read_uncommitted",
     .title = "Read uncommitted",
     .summary = "A read sees what was written last, committed or not: dirty reads.",
     .source = "Berenson et al., A Critique of ANSI SQL Isolation Levels, SIGMOD 1995",
     .does_not_model = "ranges and predicates"}};

}  // namespace
}  // namespace faultline::models
