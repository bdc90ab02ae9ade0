/// `saga`: a chain of writes to several stores, each with a compensation that undoes it.
///
///   order --> payment --> delivery --> done
///     ^--cancel-- ^--refund--' fails
///
/// Rule: the actions are done in order, each a call to its own target for its own key. What fails
/// for certain is not undone; everything before it is, in reverse order, and so is an action whose
/// end is unknown. A compensation is tried every `retry` until it succeeds. The server orchestrates
/// and keeps a log of each step; after its crash it undoes what was under way. Nothing is locked:
/// others see what is undone later (`overlaps`, `dirty_reads`). Told as a transaction, it is one of
/// all its actions, which aborts when the first compensation begins; the compensations are another,
/// which commits.
/// Source: models/algorithms/transactions/saga.hpp.
/// Does not model: forward recovery, choreography, parallel actions.
#include <map>
#include <optional>
#include <utility>

#include "models/algorithms/transactions/saga.hpp"
#include "models/algorithms/transactions/saga_overlaps.hpp"
#include "models/keyed_port.hpp"
#include "models/resilience/caller.hpp"
#include "models/serving/step.hpp"
#include "models/serving/watched_transaction.hpp"
#include "sim/network/call.hpp"
#include "sim/param/described.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct SagaAction {
  sim::NodeRef target;
  sim::Choice<KeyPlacement> placement;
  std::int64_t offset = 0;
  std::string endpoint = "default";
  std::string compensation = "compensate";
  std::optional<Duration> timeout;

  static void describe(sim::ParamList<SagaAction>& list) {
    list.add("target", &SagaAction::target, "Who does it; of several replicas, the one of the key")
        .required();
    list.add("placement", &SagaAction::placement,
             "How a key finds its replica; without it, the key modulo their number");
    list.add("offset", &SagaAction::offset, "The key it writes, as a distance from the request's");
    list.add("endpoint", &SagaAction::endpoint, "What is asked for there");
    list.add("compensation", &SagaAction::compensation, "What is asked for to undo it");
    list.add("timeout", &SagaAction::timeout,
             "How long it waits for an answer; without it, for ever")
        .above(Duration(0));
  }
};

struct SagaParams {
  std::vector<SagaAction> actions;
  Duration retry = std::chrono::milliseconds(100);
  sim::RandomDuration log_time{Duration(0)};

  static void describe(sim::ParamList<SagaParams>& list) {
    list.add("actions", &SagaParams::actions, "What is done, in this order").required().not_empty();
    list.add("retry", &SagaParams::retry, "Pause before a compensation is tried again")
        .above(Duration(0));
    list.add("log_time", &SagaParams::log_time, "Time for writing a step to the saga's log");
  }
};

class SagaStep final : public Step {
 public:
  SagaStep(const SagaParams& params, const StepContext& context)
      : node_(context.build.node()),
        observer_(context.build.transactions()),
        retry_(params.retry),
        log_time_(params.log_time, context.build, context.path + ".log_time") {
    for (const SagaAction& action : params.actions) {
      actions_.push_back(
          {.target = KeyedPort(context.build.port(action.target), action.placement),
           .offset = static_cast<std::uint64_t>(action.offset),
           .endpoint = context.build.name(action.endpoint),
           .compensation = context.build.name(action.compensation),
           .patience = context.build.patience(action.timeout.value_or(Duration(0)))});
    }
    node_.on_restart([this] { recover(); });
    describe_statistics(node_.statistics());
  }

  Task<Reply> run(Job&, const Request& request) override {
    const std::uint64_t number = next_++;
    Running running{.saga = Saga(actions_.size()), .request = request};
    running.watched = WatchedTransaction(observer_, node_, request);
    log_.emplace(number, std::move(running));
    auto going = go_on(number);
    const bool done = co_await going;
    if (!done) co_return Reply::fail(sim::Reason::aborted);
    co_return Reply::done(request);
  }

  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    const Action& first = actions_.front();
    out.push_back({first.target.port().front().node, first.endpoint});
  }

 private:
  struct Action {
    KeyedPort target;
    std::uint64_t offset;
    sim::NameId endpoint;
    sim::NameId compensation;
    sim::Patience patience;
  };
  /// A saga as its log has it.
  struct Running {
    Saga saga;
    Request request;
    std::vector<std::uint64_t> keys{};     ///< Written so far.
    WatchedTransaction watched{};          ///< Its actions, or its compensations.
    std::optional<std::size_t> undoing{};  ///< The compensation that was told of last.
  };

  /// From where it is to its end. True: done; false: compensated.
  Task<bool> go_on(std::uint64_t number) {
    // References into a map stay good while others come and go.
    Running& running = log_.at(number);
    while (!running.saga.over()) {
      const bool acts = running.saga.doing() == Saga::Doing::action;
      Action& action = actions_[running.saga.index()];
      if (!log_time_.is_zero()) {
        const ServiceTime::Draw logging = log_time_.next();
        co_await sim::delay(logging.duration, logging.lane);
      }
      Request each = running.request;
      each.key += action.offset;
      each.endpoint = acts ? action.endpoint : action.compensation;
      each.operation = sim::Operation::write;
      // A compensation is a write of its own, which what it undoes is not taken for.
      each.value =
          another_value(running.request.value, 2u * running.request.attempt + (acts ? 0 : 1));
      each.attempt = 0;
      // Nobody's patience ends a compensation.
      if (!acts) each.deadline = sim::time_max;
      const sim::Target& target = action.target.for_key(each.key);
      tell(running, acts, *target.node, each);
      const Reply reply = co_await sim::call(node_, target, each, action.patience);
      if (acts && reply.outcome != sim::Outcome::fail) {
        overlaps_.wrote(number, each.key);
        running.keys.push_back(each.key);
      }
      running.saga.ended(static_cast<Saga::End>(reply.outcome));
      if (!acts && reply.is_ok()) ++compensations_;
      if (!acts && !reply.is_ok()) {
        ++retried_;
        co_await sim::delay(retry_);
      }
    }
    const bool done = running.saga.doing() == Saga::Doing::done;
    running.watched.end(done || running.undoing ? sim::Outcome::ok : sim::Outcome::fail);
    ++(done ? done_ : compensated_);
    overlaps_.over(number, running.keys, !done);
    log_.erase(number);
    co_return done;
  }

  /// Tells who records transactions of the write that comes next.
  void tell(Running& running, bool acts, const sim::Node& target, const Request& write) {
    if (!acts) {
      if (running.undoing == running.saga.index()) return;  // It is tried again.
      if (!running.undoing) {
        running.watched.end(sim::Outcome::fail);
        running.watched = WatchedTransaction(observer_, node_, running.request);
      }
      running.undoing = running.saga.index();
    }
    running.watched.writes(target, write.key, write.value);
  }

  void recover() {
    for (auto& [number, running] : log_) {
      running.saga.recover();
      node_.spawn(finish(number));
    }
  }
  Task<void> finish(std::uint64_t number) {
    auto going = go_on(number);
    co_await going;
  }

  void describe_statistics(sim::NodeStatistics& statistics) {
    const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
      statistics.scalar_part(name, [&counter](Time) { return static_cast<double>(counter); });
    };
    count("sagas_done", done_);
    count("sagas_compensated", compensated_);
    count("compensations", compensations_);
    count("compensations_retried", retried_);
    statistics.scalar_part("sagas_unfinished",
                           [this](Time) { return static_cast<double>(log_.size()); });
    statistics.scalar_part("overlaps",
                           [this](Time) { return static_cast<double>(overlaps_.overlaps()); });
    statistics.scalar_part("dirty_reads",
                           [this](Time) { return static_cast<double>(overlaps_.dirty_reads()); });
    statistics.on_reset([this](Time) {
      done_ = compensated_ = compensations_ = retried_ = 0;
      overlaps_.reset_counts();
    });
  }

  static_assert(static_cast<int>(Saga::End::ok) == static_cast<int>(sim::Outcome::ok));
  static_assert(static_cast<int>(Saga::End::fail) == static_cast<int>(sim::Outcome::fail));
  static_assert(static_cast<int>(Saga::End::unknown) == static_cast<int>(sim::Outcome::unknown));

  sim::Node& node_;
  sim::TransactionObserver* observer_;  ///< Null: nobody is told.
  std::vector<Action> actions_;
  Duration retry_;
  ServiceTime log_time_;
  std::uint64_t next_ = 1;                ///< On disk. State.
  std::map<std::uint64_t, Running> log_;  ///< Sagas that are not over. On disk. State.
  SagaOverlaps overlaps_;                 ///< Statistic, of this server's sagas.
  std::uint64_t done_ = 0;                ///< Statistic.
  std::uint64_t compensated_ = 0;         ///< Statistic.
  std::uint64_t compensations_ = 0;       ///< Statistic.
  std::uint64_t retried_ = 0;             ///< Statistic.
};

const sim::Registration<Step, SagaStep, SagaParams> registered{
    {.name = "saga",
     .title = "Saga",
     .summary =
         "A chain of writes, each with a compensation that undoes it when a later one fails; "
         "nothing is locked, so others see what is undone.",
     .source = "Garcia-Molina, Salem, Sagas, SIGMOD 1987",
     .does_not_model = "forward recovery, choreography, parallel actions",
     .example =
         R"json({"type": "saga", "actions": [{"target": "orders", "compensation": "cancel"}, {"target": "shipping"}]})json"}};

}  // namespace
}  // namespace faultline::models
