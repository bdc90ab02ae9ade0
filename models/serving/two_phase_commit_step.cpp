/// `two_phase_commit`: writes several keys of a sharded store, all of them or none.
///
///   prepare! --> shard of key 0 --yes-.
///   prepare! --> shard of key 1 --yes--> log the commit --> answer
///   prepare! --> shard of key 2 --yes-'                 '-> commit! to all, until all have it
///
/// Rule: the server is the coordinator; its log is forced for a commit and for nothing else
/// (presumed abort). A vote that is not yes within `vote_timeout` makes it an abort. The request is
/// answered when the decision is durable (`answer: decided`) or when all shards have written
/// (`applied`). A crash of the server ends what is undecided; when it is up again it goes on
/// telling of the commits in its log, and until then the shards that have voted are blocked.
/// Source: models/algorithms/transactions/commit_coordinator.hpp.
/// Does not model: reads inside the transaction, several keys in one message to their shard, what
/// is kept in the log of transactions that are over.
#include <algorithm>
#include <optional>
#include <set>

#include "models/algorithms/transactions/commit_coordinator.hpp"
#include "models/keyed_port.hpp"
#include "models/serving/step.hpp"
#include "models/serving/watched_transaction.hpp"
#include "models/storage/bell.hpp"
#include "sim/kernel/combinators.hpp"
#include "sim/network/call.hpp"
#include "sim/random/key_popularity.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Operation;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct TwoPhaseCommitParams {
  sim::NodeRef target;
  sim::Choice<KeyPlacement> placement;
  std::vector<std::int64_t> offsets = {0, 1};
  sim::Choice<sim::KeyPopularity> keys;
  std::int64_t count = 1;
  std::string endpoint = "default";
  Duration vote_timeout = std::chrono::seconds(1);
  sim::RandomDuration log_time{Duration(0)};
  std::string answer = "decided";
  Duration resend = std::chrono::milliseconds(500);

  static void describe(sim::ParamList<TwoPhaseCommitParams>& list) {
    list.add("target", &TwoPhaseCommitParams::target,
             "The router in front of the shards; or the shards, of which each key has its own. "
             "Their databases need `transactions`")
        .required()
        .role("store");
    list.add("placement", &TwoPhaseCommitParams::placement,
             "How a key finds its shard without a router; without it, the key modulo their number");
    list.add("offsets", &TwoPhaseCommitParams::offsets,
             "The keys it writes, as distances from the request's own")
        .not_empty();
    list.add("keys", &TwoPhaseCommitParams::keys, "A law by which more keys are drawn");
    list.add("count", &TwoPhaseCommitParams::count, "How many are drawn, with `keys`")
        .unit("participants")
        .between(1, 100);
    list.add("endpoint", &TwoPhaseCommitParams::endpoint, "What is asked for there");
    list.add("vote_timeout", &TwoPhaseCommitParams::vote_timeout,
             "How long it waits for the votes; then it aborts")
        .above(Duration(0));
    list.add("log_time", &TwoPhaseCommitParams::log_time, "Time for forcing its log");
    list.add(
            "answer", &TwoPhaseCommitParams::answer,
            "When the request is answered: when the commit is decided, or when all have applied it")
        .one_of({"decided", "applied"});
    list.add("resend", &TwoPhaseCommitParams::resend,
             "After so long without an answer a shard is told of the commit again")
        .above(Duration(0));
  }
};

class TwoPhaseCommitStep final : public Step, private Coordinating {
 public:
  TwoPhaseCommitStep(const TwoPhaseCommitParams& params, const StepContext& context)
      : node_(context.build.node()),
        observer_(context.build.transactions()),
        params_(params),
        target_(context.build.port(params.target), params.placement),
        endpoint_(context.build.name(params.endpoint)),
        log_time_(params.log_time, context.build, context.path + ".log_time"),
        key_stream_(context.build.stream(context.path + ".keys")),
        votes_patience_(context.build.patience(params.vote_timeout)),
        resend_patience_(context.build.patience(params.resend)) {
    if (params.keys) keys_ = params.keys.make({});
    const std::uint64_t number = context.host.add_coordinator(*this);
    first_ = context.build.first_request_id() | number << numbers_of_one;
    next_ = first_ + 1;
    node_.on_restart([this] { recover(); });
    describe_statistics(node_.statistics());
  }

  Task<Reply> run(Job&, const Request& request) override {
    const Transaction transaction{.id = next_++, .born = request.born, .keys = keys_of(request)};
    coordinator_.begin(transaction.id, transaction.keys);
    ++undecided_;
    Ending ending(*this, transaction);
    WatchedTransaction watched(observer_, node_, request);
    for (const std::uint64_t key : transaction.keys) {
      watched.writes(*target_.for_key(key).node, key, transaction.id);
    }
    auto voting = all_vote(transaction, request);
    const bool commits = co_await voting;
    if (!commits) {
      watched.end(sim::Outcome::fail);
      ++aborted_;
      co_return Reply::fail(sim::Reason::aborted);
    }
    const ServiceTime::Draw logging = log_time_.draw();
    if (logging.duration > Duration(0)) co_await sim::delay(node_.slowed(logging.duration));
    coordinator_.logged(transaction.id);
    log_.insert_or_assign(transaction.id, transaction);
    ++committed_;
    Reply reply;
    reply.effect = true;
    Bell applied(node_.kernel());
    const bool waits = params_.answer == "applied";
    if (waits) applied_[transaction.id] = &applied;
    for (const std::uint64_t key : transaction.keys) {
      node_.spawn(tell_commit(transaction.id, transaction.born, key));
    }
    if (waits) co_await applied.until(request.deadline);
    applied_.erase(transaction.id);
    watched.end(sim::Outcome::ok);
    co_return reply;
  }

  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    out.push_back({target_.port().front().node, endpoint_});
  }

 private:
  struct Transaction {
    std::uint64_t id = 0;
    Time born{};
    std::vector<std::uint64_t> keys;
  };
  /// A transaction that a crash or a caller's end cuts off is no longer under way.
  class Ending {
   public:
    Ending(TwoPhaseCommitStep& step, const Transaction& transaction)
        : step_(step), transaction_(transaction) {}
    Ending(const Ending&) = delete;
    ~Ending() {
      --step_.undecided_;
      step_.applied_.erase(transaction_.id);
    }

   private:
    TwoPhaseCommitStep& step_;
    const Transaction& transaction_;
  };

  bool coordinates(std::uint64_t transaction) const override {
    return transaction >> numbers_of_one == first_ >> numbers_of_one;
  }
  Reply inquired(std::uint64_t transaction) const override {
    Reply reply;
    reply.value = static_cast<std::uint64_t>(coordinator_.inquired(transaction));
    return reply;
  }

  /// The keys of the transaction, each once, in rising order: all who lock several keys of one
  /// shard ask for them in the same order.
  std::vector<std::uint64_t> keys_of(const Request& request) {
    std::set<std::uint64_t> keys;
    for (const std::int64_t offset : params_.offsets) {
      keys.insert(request.key + static_cast<std::uint64_t>(offset));
    }
    if (keys_) {
      for (std::int64_t i = 0; i < params_.count; ++i) keys.insert(keys_->sample(key_stream_));
    }
    return {keys.begin(), keys.end()};
  }

  Request request_for(const Transaction& transaction, Operation operation,
                      std::uint64_t key) const {
    Request request{.id = transaction.id, .key = key};
    request.born = transaction.born;
    request.endpoint = endpoint_;
    request.operation = operation;
    return request;
  }

  /// Asks all shards for their votes. False: it has been aborted.
  Task<bool> all_vote(const Transaction& transaction, const Request& request) {
    std::vector<Task<Reply>> prepares;
    prepares.reserve(transaction.keys.size());
    for (const std::uint64_t key : transaction.keys) {
      prepares.push_back(prepare(transaction, request, key));
    }
    Task<std::vector<Reply>> all = sim::when_all(std::move(prepares));
    const std::vector<Reply> votes = co_await all;
    bool commits = false;
    for (std::size_t i = 0; i < votes.size(); ++i) {
      const bool yes = votes[i].is_ok();
      commits = coordinator_.voted(transaction.id, transaction.keys[i], yes) ==
                CommitCoordinator::Step::log_commit;
    }
    if (commits) co_return true;
    for (std::size_t i = 0; i < votes.size(); ++i) {
      // A certain no has nothing to forget.
      if (votes[i].outcome == sim::Outcome::fail) continue;
      const Request abort = request_for(transaction, Operation::abort, transaction.keys[i]);
      sim::send(node_, target_.for_key(abort.key), abort);
    }
    co_return false;
  }
  Task<Reply> prepare(const Transaction& transaction, const Request& request, std::uint64_t key) {
    Request each = request_for(transaction, Operation::prepare, key);
    each.value = transaction.id;
    each.size = request.size;
    each.deadline = std::min(request.deadline, node_.kernel().now() + params_.vote_timeout);
    const Reply vote = co_await sim::call(node_, target_.for_key(key), each, votes_patience_);
    co_return vote;
  }

  Task<void> tell_commit(std::uint64_t id, Time born, std::uint64_t key) {
    const Transaction transaction{.id = id, .born = born, .keys = {}};
    const Request commit = request_for(transaction, Operation::commit, key);
    for (;;) {
      const Reply told = co_await sim::call(node_, target_.for_key(key), commit, resend_patience_);
      if (told.is_ok()) break;
      ++resent_;
      co_await sim::delay(params_.resend);
    }
    if (!coordinator_.acknowledged(id, key)) co_return;
    log_.erase(id);
    if (const auto found = applied_.find(id); found != applied_.end()) found->second->ring();
  }

  void recover() {
    coordinator_.crash();
    applied_.clear();
    for (const CommitCoordinator::Unfinished& each : coordinator_.unfinished()) {
      for (const std::uint64_t key : each.untold) {
        node_.spawn(tell_commit(each.transaction, log_.at(each.transaction).born, key));
      }
    }
  }

  void describe_statistics(sim::NodeStatistics& statistics) {
    const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
      statistics.scalar_part(name, [&counter](Time) { return static_cast<double>(counter); });
    };
    count("transactions_committed", committed_);
    count("transactions_aborted", aborted_);
    count("commits_resent", resent_);
    statistics.scalar_part("transactions_unfinished", [this](Time) {
      return static_cast<double>(coordinator_.unfinished().size());
    });
    statistics.on_reset([this](Time) { committed_ = aborted_ = resent_ = 0; });
  }

  static constexpr unsigned numbers_of_one = 32;

  sim::Node& node_;
  sim::TransactionObserver* observer_;  ///< Null: nobody is told.
  TwoPhaseCommitParams params_;         ///< Parameters.
  KeyedPort target_;
  sim::NameId endpoint_;
  ServiceTime log_time_;
  std::unique_ptr<sim::KeyPopularity> keys_;  ///< Null: none are drawn.
  sim::Stream key_stream_;
  sim::Patience votes_patience_;
  sim::Patience resend_patience_;
  std::uint64_t first_;                       ///< Number of its first transaction.
  std::uint64_t next_;                        ///< On disk: no number comes twice. State.
  CommitCoordinator coordinator_;             ///< The protocol. State.
  std::map<std::uint64_t, Transaction> log_;  ///< Commits that somebody may not know. State.
  std::map<std::uint64_t, Bell*> applied_;    ///< Who waits until all have it. State.
  std::int64_t undecided_ = 0;                ///< Requests under way. State.
  std::uint64_t committed_ = 0;               ///< Statistic.
  std::uint64_t aborted_ = 0;                 ///< Statistic.
  std::uint64_t resent_ = 0;                  ///< Statistic.
};

const sim::Registration<Step, TwoPhaseCommitStep, TwoPhaseCommitParams> registered{
    {.name = "two_phase_commit",
     .title = "Two-phase commit",
     .summary = "Writes several keys of a sharded store, all or none; the server coordinates, and "
                "shards that have voted wait for it, also while it is down.",
     .source = "Mohan, Lindsay, Obermarck, Transaction Management in the R* Distributed Database "
               "Management System, ACM TODS 1986; Gray, Notes on Data Base Operating Systems, 1978",
     .does_not_model = "reads inside the transaction, several keys in one message to their shard"}};

}  // namespace
}  // namespace faultline::models
