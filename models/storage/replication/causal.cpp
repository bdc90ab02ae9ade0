/// A causal store (COPS): every replica takes reads and writes at once; what others wrote is shown
/// only when all that it depends on is shown.
///
///   write --> replica: shown here, answered at once --> to each of the others, with what it
///                                                       depends on
///   from another: shown if all that it depends on is;  if not, it waits
///
/// Rule: what a write depends on is what its session has read and written (Request.session; a table
/// that the replicas share stands for the clients' libraries, which carry it). Of the writes to a
/// key the last by Lamport time stays. A session that stays with one replica never waits for
/// others (sticky availability). One that moves may come before its past does: with
/// `moved_sessions` = wait it waits for that, `wait_limit` at most, and then fails; with serve it
/// is answered at once, and may see less than it saw before (counted as session_breaks).
///
/// With `dependencies` off what others wrote is shown as it comes: eventual consistency. With
/// `convergence` none, of the writes to a key the one shown last at a replica stays there: causal
/// memory for sessions that stay, in which replicas may stay apart for ever. With last_writer they
/// end up equal (causal+), and once in a while what one session sees fits no order of its own: no
/// store that never waits has both.
///
/// A peer that does not answer for `retry_interval` is sent a probe that often until it does, then
/// all that it lacks.
///
/// Source: Lloyd, Freedman, Kaminsky, Andersen, "Don't Settle for Eventual: Scalable Causal
/// Consistency for Wide-Area Storage with COPS", SOSP 2011; Perrin, Mostefaoui, Jard, "Causal
/// Consistency: Beyond Memory", PPoPP 2016.
/// Does not model: keys partitioned within a replica, get transactions, erased keys.
#include <algorithm>
#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "models/algorithms/causal/causal_replica.hpp"
#include "models/letter.hpp"
#include "models/storage/replication/divergence.hpp"
#include "models/storage/replication/group.hpp"
#include "sim/kernel/one_shot.hpp"
#include "sim/measure/counter.hpp"
#include "sim/measure/digest.hpp"
#include "sim/network/node_timer.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct CausalParams {
  bool dependencies = true;
  std::string convergence = "last_writer";
  std::string moved_sessions = "wait";
  sim::Duration wait_limit = std::chrono::seconds(1);
  sim::Duration sync_interval{};
  sim::Duration retry_interval = std::chrono::seconds(1);
  std::int64_t log_limit = 100'000;
  std::int64_t context_limit = 64;
  std::int64_t sessions = 100'000;

  static void describe(sim::ParamList<CausalParams>& list) {
    list.add("dependencies", &CausalParams::dependencies,
             "Show what others wrote only after all that it depends on");
    list.add("convergence", &CausalParams::convergence,
             "Which of the writes to a key stays: last_writer, the same everywhere; none, the one "
             "shown last at each replica")
        .one_of({"last_writer", "none"});
    list.add("moved_sessions", &CausalParams::moved_sessions,
             "What becomes of a request whose session has seen, at another replica, what is not "
             "here yet: wait for it; serve it from what is here")
        .one_of({"wait", "serve"});
    list.add("wait_limit", &CausalParams::wait_limit, "How long such a request waits at most")
        .above(sim::Duration(0));
    list.add("sync_interval", &CausalParams::sync_interval,
             "Time between messages to each of the others, if there is anything to tell; 0s: each "
             "write at once")
        .at_least(sim::Duration(0));
    list.add("retry_interval", &CausalParams::retry_interval,
             "Without an acknowledgement for so long, the other is only asked now and then whether "
             "it is there; longer than a round trip")
        .above(sim::Duration(0));
    list.add("log_limit", &CausalParams::log_limit,
             "Writes kept for those who do not have them yet; who lacks more is sent everything")
        .unit("writes")
        .between(1, 100'000'000);
    list.add("context_limit", &CausalParams::context_limit,
             "Writes that a session's next write names; what goes beyond is rounded up")
        .unit("writes")
        .between(1, 10'000);
    list.add("sessions", &CausalParams::sessions,
             "Sessions remembered; who was not heard of for longest is forgotten")
        .unit("sessions")
        .between(2, 10'000'000);
  }
};

/// What the replicas of a group share.
struct CausalGroup {
  CausalGroup(std::size_t members, const CausalParams& params)
      : divergence(members),
        contexts(static_cast<std::size_t>(params.sessions),
                 static_cast<std::size_t>(params.context_limit)) {}
  Divergence divergence;
  ClientContexts contexts;  ///< What the clients carry with them.
};

class Causal final : public Replication, CausalObserver {
 public:
  Causal(const CausalParams& params, const ReplicationContext& context)
      : params_(params),
        node_(*context.members[context.self]),
        self_(context.self),
        targets_(context.targets),
        storage_(context.storage),
        group_(context.self == 0 ? std::make_shared<CausalGroup>(context.members.size(), params)
                                 : first_member<Causal>(context).group_),
        replica_({.members = context.members.size(),
                  .self = context.self,
                  .retry = params.retry_interval,
                  .log_limit = static_cast<std::size_t>(params.log_limit),
                  .dependencies = params.dependencies,
                  .converge = params.convergence == "last_writer"},
                 this),
        timer_(node_, [this] { tick(); }),
        patience_(node_, [this] { give_up(); }) {}

  Task<Reply> serve(const Request& request) override {
    if (!replica_.covers(context_of(request))) {
      if (params_.moved_sessions == "wait") {
        session_waits_.add();
        Waiter waiter(*this, request);
        auto there = waiter.shot.wait();
        const bool covered = co_await there;
        if (!covered) {
          session_wait_failures_.add();
          co_return Reply::fail(sim::Reason::timeout);
        }
      } else {
        session_breaks_.add();
      }
    }
    auto serving = request.is_read() ? read(request) : write(request);
    co_return co_await serving;
  }

  void receive(std::size_t from, sim::Message& message) override {
    auto& content = static_cast<Letter<CausalMessage>&>(message).content;
    const bool news = !content.writes.empty() || !content.versions.empty();
    if (storage_.is_free() || !news) return take(from, content);
    node_.spawn(store(from, std::move(content)));
  }

  void start() override {
    if (crashed_before_) {
      if (lost_) {
        replica_.restart_from(std::move(shown_));
      } else {
        replica_.restart();
      }
    }
    lost_ = false;
    // The replicas of a group take turns.
    const auto members = static_cast<std::int64_t>(targets_.size());
    const auto turn = static_cast<std::int64_t>(self_) + 1;
    timer_.set(node_.kernel().now() + tick_interval() * turn / members);
  }

  void crashed() override {
    timer_.cancel();
    patience_.cancel();
    crashed_before_ = true;
    const LogPosition survives = storage_.survives();
    restoring_ = true;
    while (!undo_.empty() && undo_.back().position > survives) {
      Undo undo = std::move(undo_.back());
      undo_.pop_back();
      lost_ = true;
      if (undo.shown) {
        shown_ = std::move(*undo.shown);
      } else {
        replica_.restore(undo.key, std::move(undo.before));
        lost_in_crashes_.add();
      }
    }
    restoring_ = false;
    undo_.clear();
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    group_->divergence.describe_statistics(statistics, self_ == 0);
    const auto count = [&](const char* name, const sim::Counter& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter.value()); });
    };
    count("conflicts", conflicts_);
    count("early_writes", early_);
    statistics.scalar("waiting_writes",
                      [this](Time) { return static_cast<double>(replica_.pending()); });
    count("session_waits", session_waits_);
    count("session_wait_failures", session_wait_failures_);
    count("session_breaks", session_breaks_);
    count("sync_messages", messages_);
    count("sync_bytes", bytes_);
    count("full_states", full_states_);
    count("lost_in_crashes", lost_in_crashes_);
    statistics.on_reset([this](Time) {
      for (sim::Counter* counter :
           {&conflicts_, &early_, &session_waits_, &session_wait_failures_, &session_breaks_,
            &messages_, &bytes_, &full_states_, &lost_in_crashes_}) {
        counter->reset();
      }
    });
  }

 private:
  /// A change that is not durable yet: what a key was before, or, where a run of changes begins,
  /// what was shown before.
  struct Undo {
    LogPosition position;
    std::uint64_t key = 0;
    std::optional<CausalVersion> before = {};
    std::optional<DotContext> shown = {};
  };
  /// A request whose session has seen more than is here. Leaves the queue when it is destroyed.
  struct Waiter {
    Waiter(Causal& causal_, const Request& request_)
        : causal(causal_),
          request(request_),
          until(causal.node_.kernel().now() + causal.params_.wait_limit),
          shot(causal.node_.kernel()),
          place(causal.waiters_.insert(causal.waiters_.end(), this)) {
      if (!causal.patience_.is_set()) causal.patience_.set(until);
    }
    ~Waiter() { causal.waiters_.erase(place); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    Causal& causal;
    const Request& request;
    Time until;
    sim::OneShot<bool> shot;
    std::list<Waiter*>::iterator place;
  };

  sim::Duration now() const { return node_.kernel().now().time_since_epoch(); }
  sim::Duration tick_interval() const {
    return params_.sync_interval > sim::Duration(0) ? params_.sync_interval
                                                    : params_.retry_interval / 2;
  }
  /// Who has no session has no past.
  ClientContext& context_of(const Request& request) {
    if (request.session != 0) return group_->contexts.of(request.session);
    nobody_ = ClientContext();
    return nobody_;
  }

  Task<Reply> read(const Request& request) {
    if (!storage_.is_free()) {
      const CausalVersion* version = replica_.find(request.key);
      auto reading = storage_.read(request.key, version ? version->size : 0);
      co_await reading;
    }
    Reply reply;
    reply.value = replica_.read(request.key, context_of(request));
    co_return reply;
  }

  Task<Reply> write(const Request& request) {
    if (!storage_.is_free()) {
      const LogPosition position = storage_.append(request.size);
      auto syncing = storage_.sync(position);
      co_await syncing;
      begin_changes(position);
      change(request);
      auto writing = storage_.write(request.key, request.size);
      co_await writing;
    } else {
      change(request);
    }
    co_return Reply::done(request);
  }
  void change(const Request& request) {
    replica_.write(request.key, request.value, request.size, context_of(request));
    if (params_.sync_interval == sim::Duration(0)) tell_others();
  }

  /// What others tell is acknowledged when it is as durable as a write.
  Task<void> store(std::size_t from, CausalMessage message) {
    const LogPosition position = storage_.append(message.bytes());
    auto syncing = storage_.sync(position);
    co_await syncing;
    begin_changes(position);
    take(from, message);
    for (const CausalWrite& write : message.writes) {
      auto writing = storage_.write(write.key, write.size);
      co_await writing;
    }
  }
  void take(std::size_t from, const CausalMessage& message) {
    const bool was_silent = replica_.sync().silent(from);
    auto answer = replica_.receive(from, message, now());
    if (answer) post(from, std::move(*answer));
    for (Waiter* waiter : waiters_) {
      if (!waiter->shot.is_set() && replica_.covers(context_of(waiter->request))) {
        waiter->shot.set(true);
      }
    }
    if (was_silent) tell(from);
  }
  void give_up() {
    const Time time = node_.kernel().now();
    for (Waiter* waiter : waiters_) {
      if (waiter->shot.is_set()) continue;
      if (waiter->until > time) return patience_.set(waiter->until);
      waiter->shot.set(false);
    }
  }

  void tick() {
    tell_others();
    while (!undo_.empty() && undo_.front().position <= storage_.survives()) undo_.pop_front();
    timer_.set(node_.kernel().now() + tick_interval());
  }
  void tell_others() {
    for (std::size_t peer = 0; peer < targets_.size(); ++peer) {
      if (peer != self_) tell(peer);
    }
  }
  void tell(std::size_t peer) {
    if (auto message = replica_.next(peer, now())) post(peer, std::move(*message));
  }
  void post(std::size_t peer, CausalMessage message) {
    const std::int64_t bytes = message.bytes();
    messages_.add();
    bytes_.add(static_cast<std::uint64_t>(bytes));
    if (message.kind == CausalMessage::Kind::everything) full_states_.add();
    sim::post(node_, targets_[peer], std::make_unique<Letter<CausalMessage>>(std::move(message)),
              sim::Bytes{bytes});
  }

  void begin_changes(LogPosition position) {
    position_ = position;
    undo_.push_back({.position = position, .shown = replica_.shown()});
  }
  static std::uint64_t digest(const CausalVersion* version) {
    return version && version->dot.counter != 0 ? sim::mix_bits(version->value + 1) : 0;
  }
  void changing(std::uint64_t key, const CausalVersion* before) override {
    digest_before_ = digest(before);
    if (storage_.is_free() || restoring_) return;
    undo_.push_back({.position = position_,
                     .key = key,
                     .before = before ? std::optional<CausalVersion>(*before) : std::nullopt});
  }
  void changed(std::uint64_t key, const CausalVersion& after) override {
    group_->divergence.changed(key, self_, digest_before_, digest(&after), node_.kernel().now());
  }
  void conflict(const CausalVersion&, const CausalVersion&) override { conflicts_.add(); }
  void waits(const CausalWrite&) override { early_.add(); }

  CausalParams params_;  ///< Parameters.
  sim::Node& node_;
  std::size_t self_;
  std::vector<sim::Target> targets_;
  StorageEngine& storage_;
  std::shared_ptr<CausalGroup> group_;
  CausalReplica replica_;  ///< State.
  sim::NodeTimer timer_;
  sim::NodeTimer patience_;     ///< Of the request that has waited for longest.
  std::list<Waiter*> waiters_;  ///< In the order in which they came. State.
  ClientContext nobody_;
  std::deque<Undo> undo_;        ///< State.
  LogPosition position_ = 0;     ///< Of the change under way.
  bool restoring_ = false;       ///< A change under way takes one back.
  bool lost_ = false;            ///< The last crash took something. State.
  DotContext shown_;             ///< Then: what was shown before that. State.
  bool crashed_before_ = false;  ///< State.
  std::uint64_t digest_before_ = 0;
  sim::Counter conflicts_;  ///< Writes here that gave way to one that had not seen them. Statistic.
  sim::Counter early_;      ///< Writes of others that came before their past. Statistic.
  sim::Counter session_waits_;          ///< Statistic.
  sim::Counter session_wait_failures_;  ///< Statistic.
  sim::Counter session_breaks_;         ///< Statistic.
  sim::Counter messages_;               ///< Statistic.
  sim::Counter bytes_;                  ///< Statistic.
  sim::Counter full_states_;            ///< Statistic.
  sim::Counter lost_in_crashes_;        ///< Statistic.
};

const sim::Registration<Replication, Causal, CausalParams> registered{
    {.name = "causal",
     .title = "Causal (COPS)",
     .summary = "Every replica takes reads and writes at once, and shows what others wrote only "
                "after all that it depends on.",
     .source = "Lloyd, Freedman, Kaminsky, Andersen, Don't Settle for Eventual, SOSP 2011",
     .does_not_model = "keys partitioned within a replica, get transactions, erased keys",
     .example = R"json({"type": "causal", "moved_sessions": "wait"})json"}};

}  // namespace
}  // namespace faultline::models
