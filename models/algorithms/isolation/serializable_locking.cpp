/// Serializable by strict two-phase locking: a read shares a lock of its key, a write has it alone,
/// and all are kept to the end.
///
/// Rule: who waits in a ring gives up, by the rule for victims.
/// Promises no cycle of dependencies, in the order of real time too (strict serializable).
/// Source: Eswaran et al., "The Notions of Consistency and Predicate Locks in a Database System",
/// CACM 19(11), 1976; Bernstein, Hadzilacos, Goodman, "Concurrency Control and Recovery in Database
/// Systems", 1987, chapter 3.
#include "models/algorithms/isolation/isolation.hpp"
#include "models/algorithms/isolation/victim_param.hpp"

namespace faultline::models {
namespace {

class SerializableLocking final : public Isolation {
 public:
  SerializableLocking(const VictimParams& params, const MakeArgs&) : Isolation(params.rule()) {}

 private:
  Answer do_read(Transaction transaction, State& state, Key key) override {
    const Answer answer = lock(transaction, key, LockTable::Mode::shared);
    return answer.verdict == Verdict::go_on ? latest(state, key) : answer;
  }
  Answer do_write(Transaction transaction, State&, Key key) override {
    return lock(transaction, key, LockTable::Mode::exclusive);
  }
};

const sim::Registration<Isolation, SerializableLocking, VictimParams> registered{
    {.name = "serializable_locking",
     .title = "Serializable, by two-phase locking",
     .summary = "Reads share a lock of their key, writes have it alone, all to the end of the "
                "transaction; deadlocks are found and one of the ring aborts.",
     .source = "Eswaran et al., The Notions of Consistency and Predicate Locks in a Database "
               "System, CACM 19(11), 1976",
     .does_not_model = "ranges and predicates; locks for an update that was announced (SELECT FOR "
                       "UPDATE)"}};

}  // namespace
}  // namespace faultline::models
