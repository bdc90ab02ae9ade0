/// Snapshot isolation: every read sees what was committed when the transaction began. Of two
/// transactions that ran at the same time and wrote the same key only one commits.
///
/// Rule: `first_committer`: writes wait for nobody, and a transaction whose keys another has
/// written since it began aborts when it commits. `first_updater`: a write locks its key, waits for
/// who holds it, and aborts then if that one has committed.
/// Promises no G1 and no G-single; shows write skew (G2 with two or more anti-dependencies).
/// Source: Berenson et al., "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995, section 4.2;
/// Fekete, O'Neil, O'Neil, "A Read-Only Transaction Anomaly Under Snapshot Isolation", 2004
/// (first-updater-wins); PostgreSQL, Repeatable Read.
#include "models/algorithms/isolation/isolation.hpp"
#include "models/algorithms/isolation/victim_param.hpp"

namespace faultline::models {
namespace {

struct SnapshotParams {
  std::string conflict = "first_committer";
  VictimParams victim;

  static void describe(sim::ParamList<SnapshotParams>& list) {
    list.add("conflict", &SnapshotParams::conflict,
             "Who wins of two that write the same key: the first to commit, or the first to write "
             "it, if it commits")
        .one_of({"first_committer", "first_updater"});
    list.include(&SnapshotParams::victim);
  }
};

class Snapshot final : public Isolation {
 public:
  Snapshot(const SnapshotParams& params, const MakeArgs&)
      : Isolation(params.victim.rule()), locks_writes_(params.conflict == "first_updater") {}

 private:
  Answer do_read(Transaction, State& state, Key key) override { return at_snapshot(state, key); }
  Answer do_write(Transaction transaction, State& state, Key key) override {
    if (!locks_writes_) return {};
    const Answer answer = lock(transaction, key, LockTable::Mode::exclusive);
    if (answer.verdict == Verdict::go_on && versions_.latest(key).stamp > state.snapshot)
      return abort_for(Why::conflict);
    return answer;
  }
  /// Its keys are locked from here to its commit, so that another that prepares now finds it.
  Answer do_prepare(Transaction transaction, State& state) override {
    if (locks_writes_) return {};
    for (const Write& write : state.writes) {
      if (!locks_.try_lock(transaction, write.key, LockTable::Mode::exclusive) ||
          versions_.latest(write.key).stamp > state.snapshot) {
        return abort_for(Why::conflict);
      }
    }
    return {};
  }

  bool locks_writes_;  ///< Parameter.
};

const sim::Registration<Isolation, Snapshot, SnapshotParams> registered{
    {.name = "snapshot",
     .title = "Snapshot isolation",
     .summary = "Every read sees what was committed when the transaction began; of two that write "
                "the same key at the same time one aborts. Write skew remains.",
     .source = "Berenson et al., A Critique of ANSI SQL Isolation Levels, SIGMOD 1995; PostgreSQL, "
               "Repeatable Read",
     .does_not_model = "ranges and predicates"}};

}  // namespace
}  // namespace faultline::models
