/// Multi-leader replication: every replica takes reads and writes at once, and tells the others
/// later. What each key holds is a CRDT, so that the replicas end up equal whatever the order in
/// which they hear of each other's writes.
///
///   write --> replica: changes its state, answers at once
///                |  every sync_interval: what changed since, to each of the others
///                v
///             the others merge it
///
/// What a write of a value does, and what a read finds, by `data`:
///   lww_register  the value becomes that of the key; the one with the latest time stamp (of the
///                 clock of the replica that took it) stays. Read: the value.
///   mv_register   the value replaces those that this replica knows of; others written at the same
///                 time stay beside it. Read: the one of the latest event by (replica, number) of
///                 those that are there, all of which are counted as siblings.
///   g_counter     adds one. Read: the count.
///   pn_counter    adds one, or takes one for the share `decrements` of all values. Read: the
///                 count, as a number of 64 bits with its sign.
///   or_set        adds the value; if there are more than `elements` then, removes the smallest
///                 that this replica knows of. Read: a number that stands for the elements, the
///                 same for the same; 0: none.
///
/// Rule: a replica answers from what it has, whomever it can reach (sticky availability). A peer
/// that does not answer for `retry_interval` is sent a probe that often until it does, then all
/// that it lacks (models/algorithms/crdt/delta_sync.hpp). A value counts in messages with the size
/// of the request that wrote last at the sender.
/// Source: Almeida, Shoker, Baquero, "Delta State Replicated Data Types", JPDC 111, 2018; Shapiro
/// et al., INRIA RR-7506, 2011.
/// Does not model: what clients do about siblings, removal of keys.
#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "models/algorithms/crdt/counters.hpp"
#include "models/algorithms/crdt/crdt_replica.hpp"
#include "models/algorithms/crdt/dotted_values.hpp"
#include "models/algorithms/crdt/lww_register.hpp"
#include "models/letter.hpp"
#include "models/storage/replication/divergence.hpp"
#include "models/storage/replication/group.hpp"
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

struct MultiLeaderParams {
  std::string data = "lww_register";
  sim::Duration sync_interval = std::chrono::milliseconds(100);
  sim::Duration retry_interval = std::chrono::seconds(1);
  std::optional<sim::Duration> full_state_interval;
  std::int64_t buffer_limit = 100'000;
  bool forward = false;
  std::int64_t elements = 64;
  sim::Probability decrements{0};

  static void describe(sim::ParamList<MultiLeaderParams>& list) {
    list.add("data", &MultiLeaderParams::data, "What a key holds, and so what a write does")
        .one_of({"lww_register", "mv_register", "g_counter", "pn_counter", "or_set"});
    list.add("sync_interval", &MultiLeaderParams::sync_interval,
             "Time between messages to each of the others, if there is anything to tell")
        .above(sim::Duration(0));
    list.add("retry_interval", &MultiLeaderParams::retry_interval,
             "Without an acknowledgement for so long, the other is only asked now and then whether "
             "it is there; longer than a round trip")
        .above(sim::Duration(0));
    list.add("full_state_interval", &MultiLeaderParams::full_state_interval,
             "Time between messages with everything; without it, only to who lacks more than is "
             "kept of the changes")
        .above(sim::Duration(0));
    list.add("buffer_limit", &MultiLeaderParams::buffer_limit,
             "Changes kept for those who do not have them yet")
        .unit("changes")
        .between(1, 100'000'000);
    list.add("forward", &MultiLeaderParams::forward,
             "Pass on what was learnt from one replica to the others; needed where not all can "
             "reach all");
    list.add("elements", &MultiLeaderParams::elements,
             "or_set: elements a set has at most after an addition, as far as its replica knows")
        .unit("elements")
        .between(1, 1'000'000);
    list.add("decrements", &MultiLeaderParams::decrements,
             "pn_counter: share of the writes that take one instead of adding one");
  }
};

/// What only some kinds of data count.
struct DataCounters {
  sim::Counter conflicts;      ///< Writes here that met one that had not seen them.
  sim::Counter clock_losses;   ///< Writes here without effect: there was a later time stamp.
  sim::Counter reads;          ///< Of registers with siblings.
  sim::Counter values;         ///< Found by them.
  std::uint64_t siblings = 0;  ///< The most values found by one.
};

/// What a write is to the state of a key.
struct Write {
  ReplicaId replica;
  std::int64_t stamp;  ///< Nanoseconds of the replica's clock.
  std::uint64_t value;
  bool erase;
};

std::uint64_t digest_of(const GCounter& counter) {
  std::uint64_t sum = 0;
  for (const Dot& entry : counter.counts().entries()) {
    sum = sim::mix_bits(sum + entry.counter * 64 + entry.replica + 1);
  }
  return sum;
}

/// Each kind of data: its state, what a write does to it, what a read finds in it.
struct LwwData {
  /// A register, and what its writer had seen, which is for counting conflicts and travels free.
  struct State : LwwRegister {
    VersionVector seen;
    bool merge(const State& other) {
      if (!(*this < other)) return false;
      *this = other;
      return true;
    }
    bool operator==(const State& other) const {
      return static_cast<const LwwRegister&>(*this) == other;
    }
  };
  static State write(State& state, const Write& write, const MultiLeaderParams&,
                     DataCounters& counters) {
    State written;
    written.seen = state.seen;
    const Dot dot{write.replica, state.seen.of(write.replica) + 1};
    written.seen.set(dot.replica, dot.counter);
    written.assign(write.stamp, dot, write.value);
    if (state.merge(written)) return written;
    counters.clock_losses.add();
    return {};
  }
  static std::uint64_t read(const State& state, DataCounters&) { return state.value(); }
  static std::uint64_t digest(const State& state) {
    return state.empty() ? 0 : sim::mix_bits(state.value() + 1);
  }
  static std::int64_t values(const State& state) { return state.empty() ? 0 : 1; }
  static void merging(const State& mine, const State& theirs, ReplicaId self,
                      DataCounters& counters) {
    if (mine.empty() || mine.dot().replica != self || !(mine < theirs)) return;
    if (!theirs.seen.contains(mine.dot())) counters.conflicts.add();
  }
};

struct MvData {
  using State = MvRegister;
  static State write(State& state, const Write& write, const MultiLeaderParams&, DataCounters&) {
    return state.assign(write.replica, write.value);
  }
  static std::uint64_t read(const State& state, DataCounters& counters) {
    counters.reads.add();
    counters.values.add(state.siblings());
    counters.siblings = std::max<std::uint64_t>(counters.siblings, state.siblings());
    return state.entries().empty() ? 0 : state.entries().back().value;
  }
  static std::uint64_t digest(const State& state) {
    std::uint64_t sum = 0;
    for (const auto& entry : state.entries()) {
      sum = sim::mix_bits(sum + entry.dot.counter * 64 + entry.dot.replica + 1);
    }
    return sum;
  }
  static std::int64_t values(const State& state) {
    return static_cast<std::int64_t>(state.entries().size());
  }
  static void merging(const State& mine, const State& theirs, ReplicaId self,
                      DataCounters& counters) {
    // A value of this replica that stood alone gets a sibling.
    if (mine.entries().size() != 1) return;
    const Dot& own = mine.entries().front().dot;
    if (own.replica != self || theirs.context().contains(own)) return;
    for (const auto& other : theirs.entries()) {
      if (!mine.context().contains(other.dot)) return counters.conflicts.add();
    }
  }
};

struct GCounterData {
  using State = GCounter;
  static State write(State& state, const Write& write, const MultiLeaderParams&, DataCounters&) {
    return state.increment(write.replica);
  }
  static std::uint64_t read(const State& state, DataCounters&) { return state.value(); }
  static std::uint64_t digest(const State& state) { return digest_of(state); }
  static std::int64_t values(const State&) { return 0; }
  static void merging(const State&, const State&, ReplicaId, DataCounters&) {}
};

struct PnCounterData {
  using State = PnCounter;
  static State write(State& state, const Write& write, const MultiLeaderParams& params,
                     DataCounters&) {
    // By the value, so that a request that is tried again does the same.
    const double luck = static_cast<double>(sim::mix_bits(write.value) >> 11) * 0x1.0p-53;
    return luck < params.decrements.value ? state.decrement(write.replica)
                                          : state.increment(write.replica);
  }
  static std::uint64_t read(const State& state, DataCounters&) {
    return static_cast<std::uint64_t>(state.value());
  }
  static std::uint64_t digest(const State& state) {
    if (state == State()) return 0;
    return sim::mix_bits(digest_of(state.added()) + 3 * digest_of(state.taken()));
  }
  static std::int64_t values(const State&) { return 0; }
  static void merging(const State&, const State&, ReplicaId, DataCounters&) {}
};

struct OrSetData {
  using State = OrSet;
  static State write(State& state, const Write& write, const MultiLeaderParams& params,
                     DataCounters&) {
    State delta;
    if (write.erase) {
      for (const std::uint64_t element : state.elements()) delta.merge(state.remove(element));
      return delta;
    }
    delta = state.add(write.replica, write.value);
    const auto elements = state.elements();
    const auto most = static_cast<std::size_t>(params.elements);
    for (std::size_t i = 0; i + most < elements.size(); ++i) {
      delta.merge(state.remove(elements[i]));
    }
    return delta;
  }
  static std::uint64_t read(const State& state, DataCounters&) { return digest(state); }
  static std::uint64_t digest(const State& state) {
    std::uint64_t sum = 0;
    for (const std::uint64_t element : state.elements()) sum = sim::mix_bits(sum + element + 1);
    return sum;
  }
  static std::int64_t values(const State& state) {
    return static_cast<std::int64_t>(state.entries().size());
  }
  static void merging(const State&, const State&, ReplicaId, DataCounters&) {}
};

/// What all kinds of data have in common outwardly.
class MultiLeaderCore {
 public:
  virtual ~MultiLeaderCore() = default;
  virtual Task<Reply> serve(const Request& request) = 0;
  virtual void receive(std::size_t from, sim::Message& message) = 0;
  virtual void start() = 0;
  virtual void crashed() = 0;
  virtual void describe_statistics(sim::NodeStatistics& statistics) = 0;
};

template <class Data>
class Core final : public MultiLeaderCore, CrdtObserver<typename Data::State> {
 public:
  using State = typename Data::State;
  using Replica = CrdtReplica<State>;
  using Message = typename Replica::Message;

  Core(const MultiLeaderParams& params, const ReplicationContext& context,
       std::shared_ptr<Divergence> divergence)
      : params_(params),
        node_(*context.members[context.self]),
        self_(context.self),
        targets_(context.targets),
        storage_(context.storage),
        divergence_(std::move(divergence)),
        replica_({.members = context.members.size(),
                  .self = context.self,
                  .retry = params.retry_interval,
                  .buffer_limit = static_cast<std::size_t>(params.buffer_limit),
                  .forward = params.forward},
                 this),
        timer_(node_, [this] { tick(); }) {}

  Task<Reply> serve(const Request& request) override {
    return request.is_read() ? read(request) : write(request);
  }

  void receive(std::size_t from, sim::Message& message) override {
    auto& letter = static_cast<Letter<Message>&>(message);
    if (storage_.is_free() || letter.content.changes.empty()) return take(from, letter.content);
    node_.spawn(store(from, std::move(letter.content)));
  }

  void start() override {
    if (crashed_before_) replica_.restart(lost_);
    lost_ = false;
    full_state_ = now() + params_.full_state_interval.value_or(sim::Duration(0));
    // The replicas of a group take turns.
    const auto members = static_cast<std::int64_t>(targets_.size());
    const auto turn = static_cast<std::int64_t>(self_) + 1;
    timer_.set(node_.kernel().now() + params_.sync_interval * turn / members);
  }

  void crashed() override {
    timer_.cancel();
    crashed_before_ = true;
    const LogPosition survives = storage_.survives();
    while (!undo_.empty() && undo_.back().position > survives) {
      Undo undo = std::move(undo_.back());
      undo_.pop_back();
      restoring_ = true;
      replica_.restore(undo.key, std::move(undo.before));
      restoring_ = false;
      lost_ = true;
      lost_in_crashes_.add();
    }
    undo_.clear();
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    divergence_->describe_statistics(statistics, self_ == 0);
    const auto count = [&](const char* name, const sim::Counter& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter.value()); });
    };
    count("conflicts", counters_.conflicts);
    if (params_.data == "lww_register") count("clock_losses", counters_.clock_losses);
    if (params_.data == "mv_register") {
      statistics.scalar("siblings_mean", [this](Time) {
        return static_cast<double>(counters_.values.value()) /
               static_cast<double>(std::max<std::uint64_t>(counters_.reads.value(), 1));
      });
      statistics.scalar("siblings_max",
                        [this](Time) { return static_cast<double>(counters_.siblings); });
    }
    count("sync_messages", messages_);
    count("sync_bytes", bytes_);
    count("full_states", full_states_);
    count("lost_in_crashes", lost_in_crashes_);
    statistics.scalar("unacknowledged_changes",
                      [this](Time) { return static_cast<double>(replica_.buffered()); });
    statistics.on_reset([this](Time) {
      counters_ = {};
      messages_.reset();
      bytes_.reset();
      full_states_.reset();
      lost_in_crashes_.reset();
    });
  }

 private:
  /// What a change that is not durable yet has replaced.
  struct Undo {
    LogPosition position;
    std::uint64_t key;
    std::optional<State> before;
  };

  sim::Duration now() const { return node_.kernel().now().time_since_epoch(); }

  Task<Reply> read(const Request& request) {
    if (!storage_.is_free()) {
      auto reading = storage_.read(request.key, value_size_);
      co_await reading;
    }
    Reply reply;
    const State* state = replica_.find(request.key);
    reply.value = state ? Data::read(*state, counters_) : 0;
    co_return reply;
  }

  Task<Reply> write(const Request& request) {
    value_size_ = request.size;
    if (!storage_.is_free()) {
      const LogPosition position = storage_.append(request.size);
      auto syncing = storage_.sync(position);
      co_await syncing;
      position_ = position;
      change(request);
      auto writing = storage_.write(request.key, request.size);
      co_await writing;
    } else {
      change(request);
    }
    co_return Reply::done(request);
  }
  void change(const Request& request) {
    const Write write{.replica = replica_.id(),
                      .stamp = node_.local_time(node_.kernel().now()).time_since_epoch().count(),
                      .value = request.value,
                      .erase = request.operation == sim::Operation::erase};
    replica_.mutate(request.key,
                    [&](State& state) { return Data::write(state, write, params_, counters_); });
  }

  /// What others tell is acknowledged when it is as durable as a write.
  Task<void> store(std::size_t from, Message message) {
    const LogPosition position = storage_.append(bytes_of(message));
    auto syncing = storage_.sync(position);
    co_await syncing;
    position_ = position;
    take(from, message);
    for (const auto& [key, state] : message.changes) {
      auto writing = storage_.write(key, value_size_);
      co_await writing;
    }
  }
  void take(std::size_t from, const Message& message) {
    auto answer = replica_.receive(from, message, now());
    if (answer) post(from, std::move(*answer));
  }

  void tick() {
    if (params_.full_state_interval && now() >= full_state_) {
      full_state_ += *params_.full_state_interval;
      for (std::size_t peer = 0; peer < targets_.size(); ++peer) {
        if (peer != self_) replica_.send_everything(peer);
      }
    }
    for (std::size_t peer = 0; peer < targets_.size(); ++peer) {
      if (peer == self_) continue;
      if (auto message = replica_.next(peer, now())) post(peer, std::move(*message));
    }
    while (!undo_.empty() && undo_.front().position <= storage_.survives()) undo_.pop_front();
    timer_.set(node_.kernel().now() + params_.sync_interval);
  }

  std::int64_t bytes_of(const Message& message) const {
    std::int64_t values = 0;
    for (const auto& [key, state] : message.changes) values += Data::values(state);
    return message.bytes() + values * value_size_;
  }
  void post(std::size_t peer, Message message) {
    const std::int64_t bytes = bytes_of(message);
    messages_.add();
    bytes_.add(static_cast<std::uint64_t>(bytes));
    if (message.kind == Message::Kind::everything) full_states_.add();
    sim::post(node_, targets_[peer], std::make_unique<Letter<Message>>(std::move(message)),
              sim::Bytes{bytes});
  }

  void changing(std::uint64_t key, const State* before) override {
    digest_before_ = before ? Data::digest(*before) : 0;
    if (storage_.is_free() || restoring_) return;
    undo_.push_back({position_, key, before ? std::optional<State>(*before) : std::nullopt});
  }
  void changed(std::uint64_t key, const State& after) override {
    divergence_->changed(key, self_, digest_before_, Data::digest(after), node_.kernel().now());
  }
  void merging(std::uint64_t, const State& mine, const State& incoming) override {
    Data::merging(mine, incoming, replica_.id(), counters_);
  }

  MultiLeaderParams params_;  ///< Parameters.
  sim::Node& node_;
  std::size_t self_;
  std::vector<sim::Target> targets_;
  StorageEngine& storage_;
  std::shared_ptr<Divergence> divergence_;  ///< Of the group.
  Replica replica_;                         ///< State.
  sim::NodeTimer timer_;
  std::deque<Undo> undo_;        ///< State.
  LogPosition position_ = 0;     ///< Of the change under way.
  bool restoring_ = false;       ///< A change under way takes one back.
  bool lost_ = false;            ///< The last crash took something. State.
  bool crashed_before_ = false;  ///< State.
  sim::Duration full_state_{};   ///< When everything is sent next. State.
  std::int64_t value_size_ = 0;  ///< Bytes of a value, as written last. State.
  std::uint64_t digest_before_ = 0;
  DataCounters counters_;         ///< Statistic.
  sim::Counter messages_;         ///< Statistic.
  sim::Counter bytes_;            ///< Statistic.
  sim::Counter full_states_;      ///< Statistic.
  sim::Counter lost_in_crashes_;  ///< Statistic.
};

class MultiLeader final : public Replication {
 public:
  MultiLeader(const MultiLeaderParams& params, const ReplicationContext& context)
      : divergence_(context.self == 0 ? std::make_shared<Divergence>(context.members.size())
                                      : first_member<MultiLeader>(context).divergence_) {
    if (params.data == "lww_register") make<LwwData>(params, context);
    if (params.data == "mv_register") make<MvData>(params, context);
    if (params.data == "g_counter") make<GCounterData>(params, context);
    if (params.data == "pn_counter") make<PnCounterData>(params, context);
    if (params.data == "or_set") make<OrSetData>(params, context);
  }

  Task<Reply> serve(const Request& request) override { return core_->serve(request); }
  void receive(std::size_t from, sim::Message& message) override { core_->receive(from, message); }
  void start() override { core_->start(); }
  void crashed() override { core_->crashed(); }
  void describe_statistics(sim::NodeStatistics& statistics) override {
    core_->describe_statistics(statistics);
  }

 private:
  template <class Data>
  void make(const MultiLeaderParams& params, const ReplicationContext& context) {
    core_ = std::make_unique<Core<Data>>(params, context, divergence_);
  }

  std::shared_ptr<Divergence> divergence_;
  std::unique_ptr<MultiLeaderCore> core_;
};

const sim::Registration<Replication, MultiLeader, MultiLeaderParams> registered{
    {.name = "multi_leader",
     .title = "Multi-leader (CRDTs)",
     .summary =
         "Every replica takes reads and writes at once and tells the others later; what keys "
         "hold merges in any order.",
     .source = "Almeida, Shoker, Baquero, Delta State Replicated Data Types, JPDC 2018; Shapiro et "
               "al., RR-7506, 2011",
     .does_not_model = "what clients do about siblings, removal of keys",
     .example =
         R"json({"type": "multi_leader", "data": "lww_register", "sync_interval": "100ms"})json"}};

}  // namespace
}  // namespace faultline::models
