/// `local_transaction(db, reads=2, writes=1)`: a transaction over several keys at one database,
/// statement by statement, as a program with a database driver does it.
///
///   begin -> read, read, ... -> write, ... -> commit        each a call of its own
///                 '-- aborted: wait a little, and all of it again
///
/// Rule: it reads `reads` keys, the first of them that of the request, the others drawn from `keys`
/// or, without it, those that follow. It writes `writes` keys: the first of those it has read, or
/// by lot some of them, or others. A request that reads only reads. Of the replicas of a database
/// the one of the first key has all. If a statement times out, or fails for another reason, the
/// transaction is aborted without waiting for it; if the commit does, its effect is unknown. Only
/// what was aborted for the sake of others is tried again, as another transaction, which writes
/// values of its own. A read is answered with what the first key held.
/// Source: PostgreSQL, Serialization Failure Handling (retry the whole transaction).
/// Does not model: statements sent together; a transaction over several databases.
#include <algorithm>
#include <optional>
#include <vector>

#include "models/keyed_port.hpp"
#include "models/serving/step.hpp"
#include "models/serving/watched_transaction.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/network/call.hpp"
#include "sim/random/key_popularity.hpp"

namespace faultline::models {
namespace {

using sim::Operation;
using sim::Reply;
using sim::Request;
using sim::Task;

struct LocalTransactionParams {
  sim::NodeRef store;
  std::int64_t reads = 2;
  std::int64_t writes = 2;
  std::string written = "first";
  sim::Choice<sim::KeyPopularity> keys;
  sim::RandomDuration think_time{sim::Duration(0)};
  std::int64_t tries = 1;
  sim::RandomDuration backoff{sim::Duration(0)};
  std::optional<sim::Duration> timeout;

  static void describe(sim::ParamList<LocalTransactionParams>& list) {
    list.add("store", &LocalTransactionParams::store,
             "Whose transaction it is; of several replicas, that of the first key")
        .required()
        .role("database with an isolation");
    list.add("reads", &LocalTransactionParams::reads, "Keys that are read")
        .unit("keys")
        .between(0, 1000);
    list.add("writes", &LocalTransactionParams::writes, "Keys that are written")
        .unit("keys")
        .between(0, 1000);
    list.add("written", &LocalTransactionParams::written,
             "Which keys are written. first: the first of those that were read; any: some of them, "
             "by lot; others: none of them")
        .one_of({"first", "any", "others"});
    list.add("keys", &LocalTransactionParams::keys,
             "Where the keys beside the request's come from; without it, they are those that "
             "follow it");
    list.add("think_time", &LocalTransactionParams::think_time,
             "Between one statement's answer and the next statement");
    list.add("tries", &LocalTransactionParams::tries,
             "How often it is tried in all, when it is aborted for the sake of others")
        .unit("tries")
        .between(1, 1000);
    list.add("backoff", &LocalTransactionParams::backoff, "Before it is tried again");
    list.add("timeout", &LocalTransactionParams::timeout,
             "How long a statement's answer is waited for; without it, for ever")
        .above(sim::Duration(0));
  }
  static void check(const LocalTransactionParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if (params.reads + params.writes == 0) {
      problems.add(path / "reads", "a transaction that does nothing; give `reads` or `writes`");
    }
    if (params.written == "any" && params.writes > params.reads) {
      problems.add(path / "written",
                   "\"any\" of the keys that were read needs at least as many of "
                   "them as of `writes`");
    }
    if (params.keys) {
      const auto keys = params.keys.make({})->key_count();
      if (keys < static_cast<std::uint64_t>(2 * (params.reads + params.writes))) {
        problems.add(path / "keys",
                     "needs at least twice as many keys as a transaction has statements");
      }
    }
  }
};

class LocalTransactionStep final : public Step {
 public:
  LocalTransactionStep(const LocalTransactionParams& params, const StepContext& context)
      : params_(params),
        node_(context.build.node()),
        observer_(context.build.transactions()),
        store_(context.build.port(params.store), {}),
        patience_(context.build.patience(params.timeout.value_or(sim::Duration(0)))),
        keys_(params.keys ? params.keys.make({}) : nullptr),
        key_stream_(context.build.stream(context.path + ".keys")),
        time_stream_(context.build.stream(context.path + ".times")) {}

  Task<Reply> run(Job&, const Request& request) override {
    const Plan plan = plan_for(request);
    for (std::int64_t tried = 1;; ++tried) {
      const auto which =
          std::uint64_t{request.attempt} << 16 | static_cast<std::uint64_t>(tried - 1);
      WatchedTransaction watched(observer_, node_, request);
      auto trying = run_once(request, plan, which, watched);
      const Reply reply = co_await trying;
      watched.end(reply.outcome);
      if (reply.reason != sim::Reason::aborted || tried >= params_.tries) co_return reply;
      const sim::Duration pause = params_.backoff.sample(time_stream_);
      if (pause > sim::Duration(0)) co_await sim::delay(node_.slowed(pause));
      if (request.deadline <= node_.kernel().now()) co_return Reply::fail(sim::Reason::expired);
    }
  }

  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    out.push_back({store_.port().front().node, 0});
  }

 private:
  struct Plan {
    std::vector<std::uint64_t> reads;
    std::vector<std::uint64_t> writes;
  };

  /// The keys are those of the request: all tries have the same.
  Plan plan_for(const Request& request) {
    const auto reads = static_cast<std::size_t>(params_.reads);
    const auto writes =
        request.is_read() ? std::size_t{0} : static_cast<std::size_t>(params_.writes);
    std::size_t needed = std::max(reads, writes);
    if (params_.written == "others") needed = reads + writes;
    std::vector<std::uint64_t> keys{request.key};
    for (std::uint64_t next = request.key + 1; keys.size() < needed; ++next) {
      const std::uint64_t key = keys_ ? keys_->sample(key_stream_) : next;
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
    Plan plan;
    plan.reads.assign(keys.begin(),
                      keys.begin() + static_cast<std::ptrdiff_t>(std::min(reads, keys.size())));
    if (params_.written == "others")
      keys.erase(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(reads));
    if (params_.written == "any") {
      for (std::size_t i = 0; i < writes; ++i) {
        const auto other = i + key_stream_.below(reads - i);
        std::swap(keys[i], keys[other]);
      }
    }
    plan.writes.assign(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(writes));
    return plan;
  }

  /// `which` tells apart what is done for one request.
  Task<Reply> run_once(const Request& request, const Plan& plan, std::uint64_t which,
                       WatchedTransaction& watched) {
    const sim::Target& target = store_.for_key(request.key);
    Request statement = request;
    statement.attempt = 0;
    statement.value = another_value(request.value, which);
    // A name that no other transaction of any caller has just now.
    statement.connection =
        Request::transaction_bit | (node_.next_connection() * 2654435761u + node_.id()) >> 1;
    statement.operation = Operation::begin;
    Reply reply = co_await sim::call(node_, target, statement, patience_);
    if (!reply.is_ok()) {
      if (reply.reason == sim::Reason::timeout) give_up(target, statement);
      co_return no_effect(reply);
    }
    const std::size_t statements = plan.reads.size() + plan.writes.size();
    std::int64_t found = 0;
    std::uint64_t first_value = 0;
    for (std::size_t i = 0; i < statements; ++i) {
      if (i > 0) {
        const sim::Duration thinks = params_.think_time.sample(time_stream_);
        if (thinks > sim::Duration(0)) co_await sim::delay(node_.slowed(thinks));
      }
      const bool reads = i < plan.reads.size();
      statement.operation = reads ? Operation::read : Operation::write;
      statement.key = reads ? plan.reads[i] : plan.writes[i - plan.reads.size()];
      if (!reads) watched.writes(*target.node, statement.key, statement.value);
      reply = co_await sim::call(node_, target, statement, patience_);
      if (reply.is_ok()) {
        found += reply.size;
        if (reads) watched.found(*target.node, statement.key, reply.value);
        if (i == 0) first_value = reply.value;
        continue;
      }
      if (reply.reason != sim::Reason::aborted) give_up(target, statement);
      // Without a commit nothing of it holds, whatever became of the statement.
      co_return no_effect(reply);
    }
    statement.operation = Operation::commit;
    reply = co_await sim::call(node_, target, statement, patience_);
    if (reply.is_ok()) {
      reply.size = found;
      if (request.is_read()) reply.value = first_value;
    }
    if (plan.writes.empty() && !reply.is_ok()) co_return no_effect(reply);
    if (reply.reason == sim::Reason::timeout || reply.reason == sim::Reason::reset)
      co_return Reply::unknown(reply.reason);
    co_return reply;
  }
  void give_up(const sim::Target& target, Request statement) {
    statement.operation = Operation::abort;
    sim::send(node_, target, statement);
  }
  static Reply no_effect(const Reply& reply) { return Reply::fail(reply.reason); }

  LocalTransactionParams params_;
  sim::Node& node_;
  sim::TransactionObserver* observer_;  ///< Null: nobody is told.
  KeyedPort store_;
  sim::Patience patience_;
  std::unique_ptr<sim::KeyPopularity> keys_;  ///< Null: those that follow.
  sim::Stream key_stream_;
  sim::Stream time_stream_;
};

const sim::Registration<Step, LocalTransactionStep, LocalTransactionParams> registered{
    {.name = "local_transaction",
     .title = "Transaction at one database",
     .summary =
         "Begins a transaction, reads and writes several keys, commits; tries again what was "
         "aborted for the sake of others.",
     .source = "PostgreSQL, Serialization Failure Handling",
     .does_not_model = "statements sent together; a transaction over several databases",
     .example =
         R"json({"type": "local_transaction", "store": "db", "reads": 2, "writes": 1, "tries": 5})json"}};

}  // namespace
}  // namespace faultline::models
