/// Read committed, with versions: each read sees what is committed when it is made, and waits for
/// nobody. Writes lock their key until the end; one that had to wait goes on upon whatever was
/// committed meanwhile.
///
/// Promises no G0 and no G1; two reads of one key may differ, and an update computed from an older
/// read overwrites another one: lost updates (G-single).
/// Source: Berenson et al., "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995; PostgreSQL,
/// Read Committed Isolation Level.
#include "models/algorithms/isolation/isolation.hpp"
#include "models/algorithms/isolation/victim_param.hpp"

namespace faultline::models {
namespace {

class ReadCommitted final : public Isolation {
 public:
  ReadCommitted(const VictimParams& params, const MakeArgs&) : Isolation(params.rule()) {}

 private:
  Answer do_read(Transaction, State& state, Key key) override { return latest(state, key); }
  Answer do_write(Transaction transaction, State&, Key key) override {
    return lock(transaction, key, LockTable::Mode::exclusive);
  }
};

const sim::Registration<Isolation, ReadCommitted, VictimParams> registered{
    {.name = "read_committed",
     .title = "Read committed",
     .summary = "Each read sees what is committed when it is made. Updates can be lost.",
     .source = "Berenson et al., A Critique of ANSI SQL Isolation Levels, SIGMOD 1995; PostgreSQL, "
               "Read Committed Isolation Level",
     .does_not_model = "ranges and predicates; the second look of an UPDATE at its condition"}};

}  // namespace
}  // namespace faultline::models
