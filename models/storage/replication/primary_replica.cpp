/// Primary and replicas: the driver of models/algorithms/replication/primary_replica.hpp, where the
/// rules are.
///
///   write to a replica --> forwarded to the primary, as a request; so are reads, by `reads`
///
/// Rule: a write is in the primary's log, on disk, as long as its storage engine takes for that;
/// a replica acknowledges what is on its disk, and puts it into its tables one entry after the
/// other. What is counted as lost are writes that were answered and are not in the log of the
/// newest primary: when that was promoted, or written later to one that thought it still was one.
/// A promotion is false while the primary before it is up (though it may be cut off); after a crash
/// `failover_seconds` is the time to the next promotion.
#include "models/algorithms/replication/primary_replica.hpp"

#include <fmt/format.h>

#include "models/algorithms/replication/confirmed_answers.hpp"
#include "models/algorithms/replication/promotion.hpp"
#include "models/random_adapter.hpp"
#include "models/storage/replication/group_driver.hpp"
#include "models/storage/replication/group_monitor.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;

struct PrimaryReplicaParams {
  std::string mode = "asynchronous";
  std::int64_t acks = 1;
  std::optional<sim::Duration> degrade_after;
  std::string reads = "primary";
  std::string failover = "automatic";
  std::string election = "majority";
  sim::NodeRef monitor;
  std::optional<sim::Duration> failover_at;
  std::int64_t failover_to = 1;
  std::string fencing = "epoch";
  std::string rejoin = "rewind";
  sim::Duration heartbeat_interval = std::chrono::milliseconds(100);
  sim::Duration detection_time = std::chrono::seconds(1);
  sim::Choice<FailureDetector> detector;
  sim::Duration batch_delay{};
  std::int64_t batch_max = 1000;
  std::int64_t log_retention = 100'000;
  sim::Duration forward_timeout = std::chrono::seconds(1);

  static void describe(sim::ParamList<PrimaryReplicaParams>& list) {
    using P = PrimaryReplicaParams;
    list.add("mode", &P::mode,
             "What a write waits for: the primary alone, `acks` replicas, or all of them")
        .one_of({"asynchronous", "semi_synchronous", "synchronous"});
    list.add("acks", &P::acks, "Of semi_synchronous: replicas that have the write in their log")
        .unit("replicas")
        .between(1, 1000);
    list.add("degrade_after", &P::degrade_after,
             "A primary that waited so long for replicas goes on without them until they have "
             "caught up; without it, it waits")
        .at_least(std::chrono::microseconds(1));
    list.add("reads", &P::reads,
             "Who answers a read: the primary, whichever replica it came to, or for each session "
             "always the same one")
        .one_of({"primary", "any", "sticky"});
    list.add("failover", &P::failover,
             "Whether another becomes primary by itself, or at `failover_at` only")
        .one_of({"automatic", "manual"});
    list.add("election", &P::election,
             "Who decides on the next primary: a majority of the members, or a monitor beside them")
        .one_of({"majority", "monitor"});
    list.add(
        "monitor", &P::monitor,
        "The node at which the monitor stands; without it, it is perfect: nothing cuts it off");
    list.add("failover_at", &P::failover_at, "Of manual: when another is made the primary")
        .at_least(sim::Duration(0));
    list.add("failover_to", &P::failover_to, "Of manual: which member of its group, from 0")
        .between(0, 999);
    list.add("fencing", &P::fencing,
             "What keeps a former primary from going on: nothing, the epochs that others tell it, "
             "or also a lease that it does not outlive")
        .one_of({"none", "epoch", "lease"});
    list.add("rejoin", &P::rejoin,
             "A replica whose log is not the primary's cuts off what is its own, or stays out")
        .one_of({"rewind", "stay_out"});
    list.add("heartbeat_interval", &P::heartbeat_interval, "How often a primary is heard of")
        .at_least(std::chrono::microseconds(100));
    list.add("detection_time", &P::detection_time, "After so long without it, it counts as gone")
        .at_least(std::chrono::milliseconds(1));
    list.add("detector", &P::detector,
             "When the silence of a primary is taken for its end; without it, after "
             "`detection_time`. A lease keeps to that in any case");
    list.add("batch_delay", &P::batch_delay,
             "Entries are shipped so long after the first of them; zero: at once")
        .at_least(sim::Duration(0));
    list.add("batch_max", &P::batch_max, "Entries of one message")
        .unit("entries")
        .between(1, 1'000'000);
    list.add("log_retention", &P::log_retention,
             "Entries kept for replicas that are behind; one further behind gets a copy of all")
        .unit("entries")
        .between(1, 100'000'000);
    list.add("forward_timeout", &P::forward_timeout,
             "How long a replica waits for who it forwarded a request to")
        .at_least(std::chrono::microseconds(1));
  }
  static void check(const PrimaryReplicaParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if (params.heartbeat_interval >= params.detection_time) {
      problems.add(path / "detection_time",
                   fmt::format("expected more than heartbeat_interval = {}, got {}",
                               sim::to_text(params.heartbeat_interval),
                               sim::to_text(params.detection_time)));
    }
    if (params.failover_at && params.failover != "manual") {
      problems.add(path / "failover_at", "the failover is automatic",
                   "write \"failover\": \"manual\"");
    }
    if (!params.monitor.name.empty() && params.election != "monitor") {
      problems.add(path / "monitor", "the election is by majority",
                   "write \"election\": \"monitor\"");
    }
  }
};

PrimaryReplicaConfig config_of(const PrimaryReplicaParams& params,
                               const ReplicationContext& context) {
  PrimaryReplicaConfig config;
  config.members = static_cast<std::uint32_t>(context.members.size());
  config.self = static_cast<std::uint32_t>(context.self);
  if (params.mode == "synchronous") config.acks = config.members - 1;
  if (params.mode == "semi_synchronous") {
    config.acks =
        static_cast<std::uint32_t>(std::min<std::int64_t>(params.acks, config.members - 1));
    if (params.acks >= config.members && context.self == 0) {
      context.build.problem("replication",
                            fmt::format("{} acks, and there are {} replicas beside the primary",
                                        params.acks, config.members - 1),
                            "give more `replicas`, or fewer acks");
    }
  }
  if (params.failover_to >= config.members && params.failover_at && context.self == 0) {
    context.build.problem("replication",
                          fmt::format("there is no member {} to fail over to", params.failover_to));
  }
  const bool automatic = params.failover == "automatic";
  config.degrade_after = params.degrade_after;
  config.elects = automatic && params.election == "majority";
  config.confirmed_by_majority = !automatic || config.elects;
  config.resumes = !automatic;
  config.fencing = params.fencing == "none"    ? Fencing::none
                   : params.fencing == "epoch" ? Fencing::epoch
                                               : Fencing::lease;
  config.rewinds = params.rejoin == "rewind";
  config.heartbeat = params.heartbeat_interval;
  config.detection_time = params.detection_time;
  config.batch_delay = params.batch_delay;
  config.batch_max = static_cast<std::uint64_t>(params.batch_max);
  config.log_retention = static_cast<std::uint64_t>(params.log_retention);
  return config;
}

class PrimaryReplica;

/// What no member knows: which writes were answered, and who is the newest primary in truth.
struct PrimaryReplicaGroup {
  std::vector<PrimaryReplica*> drivers;  ///< Null before its first start.
  std::uint64_t epoch = 0;               ///< Of the newest primary.
  std::uint64_t last = 0;                ///< Entries in its log.
  std::uint64_t answered = 0;            ///< Entries up to which writes were answered.
  std::optional<sim::Time> down_since;   ///< The newest primary crashed then.
  std::uint64_t false_promotions = 0;    ///< Statistic.
  sim::Histogram failover;               ///< Statistic.

  /// Another member is the newest primary from now on.
  void succeeded(sim::Time now) {
    if (down_since) {
      failover.record((now - *down_since).count());
      down_since.reset();
    } else {
      ++false_promotions;
    }
  }
  /// Answered writes that a primary of `new_epoch` with so many entries does not have.
  std::uint64_t promoted(std::uint64_t new_epoch, std::uint64_t entries) {
    if (new_epoch <= epoch) return 0;
    const std::uint64_t lost = answered > entries ? answered - entries : 0;
    epoch = new_epoch;
    last = entries;
    answered = std::min(answered, entries);
    return lost;
  }
  /// Whether that write is lost already.
  bool lost(std::uint64_t of_epoch, std::uint64_t index) {
    if (of_epoch < epoch) return true;
    answered = std::max(answered, index);
    return false;
  }
};

class PrimaryReplica final : public GroupDriver {
 public:
  PrimaryReplica(const PrimaryReplicaParams& params, const ReplicationContext& context)
      : GroupDriver(context),
        params_(params),
        random_(context.build.stream("replication")),
        patience_(context.build.patience(params.forward_timeout)),
        config_(config_of(params, context)),
        protocol_(config_, random_, log(), detectors()),
        alarm_(node_, [this] { ring(); }),
        promotion_(node_, [this] { promote_by_hand(); }),
        sync_(node_, storage_, protocol_, [this](std::uint64_t position) { synced(position); }),
        waiters_(node_.kernel()) {
    if (self_ != 0) return;
    group_ = std::make_shared<PrimaryReplicaGroup>();
    group_->drivers.resize(members_.size());
    if (params.failover != "automatic" || params.election != "monitor") return;
    monitor_ =
        std::make_unique<Monitor>(context.build, host_of(context.build, params.monitor), members_,
                                  params.heartbeat_interval, params.detection_time);
  }

  void start() override {
    const bool first_start = !started_;
    started_ = true;
    if (!group_) group_ = driver_of_first<PrimaryReplica>().group_;
    group_->drivers[self_] = this;
    tell_clock();
    protocol_.start(now());
    settle();
    if (!first_start) return;
    if (params_.failover_at && params_.failover_to == static_cast<std::int64_t>(self_)) {
      promotion_.set(sim::Time(*params_.failover_at));
    }
    if (monitor_) start_monitor();
  }

  void crashed() override {
    if (group_ && led_epoch_ == group_->epoch && led_epoch_ > 0 && !group_->down_since) {
      group_->down_since = node_.kernel().now();
    }
    alarm_.cancel();
    sync_.crashed();
    applying_ = false;
    lease_.forget();
    protocol_.crashed(storage_.survives());
    noted_last_ = std::min(noted_last_, protocol_.last());
  }

  void receive(std::size_t from, sim::Message& message) override {
    tell_clock();
    protocol_.receive(static_cast<std::uint32_t>(from),
                      std::move(static_cast<Letter<PrimaryReplicaMessage>&>(message).content),
                      now());
    settle();
  }

  Task<Reply> serve(const Request& request) override {
    tell_clock();
    const std::uint32_t primary = protocol_.primary();
    if (!request.is_read()) {
      if (protocol_.serves()) return write(request);
      return forward(request, primary, false);
    }
    if (params_.reads == "primary") {
      return protocol_.serves() ? read(request) : forward(request, primary, false);
    }
    const std::uint32_t own = static_cast<std::uint32_t>(request.session % members_.size());
    if (params_.reads == "sticky" && own != self_) return forward(request, own, true);
    return read(request);
  }

  ReplicaRole role() const override {
    switch (protocol_.role()) {
      case PrimaryReplicaNode::Role::primary:
        return ReplicaRole::leader;
      case PrimaryReplicaNode::Role::candidate:
        return ReplicaRole::candidate;
      default:
        return ReplicaRole::follower;
    }
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    using Counts = PrimaryReplicaNode::Counts;
    const auto count = [&](const char* name, std::uint64_t Counts::*which) {
      statistics.scalar(name, [this, which](sim::Time) {
        return static_cast<double>(protocol_.counts().*which);
      });
    };
    statistics.scalar("lost_writes",
                      [this](sim::Time) { return static_cast<double>(lost_writes_); });
    count("promotions", &Counts::promotions);
    count("elections", &Counts::elections);
    count("step_downs", &Counts::step_downs);
    count("cut_off_entries", &Counts::cut_off);
    count("undone_by_crashes", &Counts::undone_by_crashes);
    count("degraded_writes", &Counts::degraded_writes);
    count("snapshots_sent", &Counts::snapshots);
    statistics.scalar("requests_forwarded",
                      [this](sim::Time) { return static_cast<double>(forwarded_); });
    statistics.scalar("replication_lag_entries_max",
                      [this](sim::Time) { return static_cast<double>(lag_entries_max_); });
    statistics.histogram("replication_lag_seconds", lag_);
    if (self_ == 0) {
      statistics.scalar("false_promotions", [this](sim::Time) {
        return static_cast<double>(group_->false_promotions);
      });
      statistics.histogram("failover_seconds", group_->failover);
    }
    statistics.on_reset([this](sim::Time) {
      protocol_.reset_counts();
      lost_writes_ = forwarded_ = lag_entries_max_ = 0;
      lag_.reset();
      if (self_ != 0) return;
      group_->false_promotions = 0;
      group_->failover.reset();
    });
  }

 private:
  using Answers = Waiters<PrimaryReplicaNode::Finished>;
  using Monitor = GroupMonitor<PromotionMonitor::Status>;

  void tell_clock() {
    if (config_.fencing == Fencing::lease) protocol_.set_clock(clock());
  }

  /// Makes those that the file chose; null without a choice.
  MakeDetector detectors() const {
    if (!params_.detector) return nullptr;
    return [choice = params_.detector, interval = params_.heartbeat_interval](sim::Duration now) {
      return choice.make({.now = now, .interval = interval});
    };
  }

  void start_monitor() {
    judge_.emplace(group_size(), config_.detection_time, detectors());
    monitor_->start(
        {.ask =
             [this](std::uint32_t member) {
               PrimaryReplica* driver = group_->drivers[member];
               return driver ? driver->asked(judge_->question(member))
                             : PromotionMonitor::Status{.eligible = false};
             },
         .answered = [this](std::uint32_t member, const PromotionMonitor::Status& status,
                            sim::Duration at) { judge_->answered(member, status, at); },
         .round =
             [this](sim::Duration at) {
               const auto promotion = judge_->decide(at);
               if (!promotion) return;
               PrimaryReplica* driver = group_->drivers[promotion->member];
               monitor_->tell(promotion->member,
                              [driver, above = promotion->above] { driver->promote(above); });
             },
         .began = [this](sim::Duration at) { judge_->began(at); }});
  }
  /// By the monitor, which thereby confirms a primary that it has not replaced.
  PromotionMonitor::Status asked(const PromotionMonitor::Question& question) {
    tell_clock();
    const bool primary = protocol_.role() == PrimaryReplicaNode::Role::primary;
    if (primary && protocol_.epoch() > question.replaced) {
      lease_.confirm(question.confirmed);
      protocol_.confirmed(lease_.since());
    }
    return {.primary = primary,
            .eligible = protocol_.role() != PrimaryReplicaNode::Role::apart,
            .epoch = protocol_.epoch(),
            .last_epoch = protocol_.last_epoch(),
            .last = protocol_.last(),
            .number = lease_.answer(clock())};
  }
  void promote(std::uint64_t above) {
    tell_clock();
    protocol_.promote(above, now());
    settle();
  }
  void promote_by_hand() {
    if (node_.up() && protocol_.role() != PrimaryReplicaNode::Role::primary) promote(0);
  }

  Task<Reply> forward(const Request& request, std::uint32_t to, bool or_here) {
    if (to == PrimaryReplicaNode::nobody || to == self_) {
      co_return Reply::fail(sim::Reason::rejected);
    }
    ++forwarded_;
    auto passing_on = pass_on(request, to, patience_);
    Reply reply = co_await passing_on;
    if (or_here && !reply.is_ok()) {
      auto reading = read(request);
      co_return co_await reading;
    }
    reply.answered = true;
    co_return reply;
  }

  Task<Reply> read(const Request& request) {
    if (protocol_.role() == PrimaryReplicaNode::Role::apart) {
      co_return Reply::fail(sim::Reason::rejected);
    }
    Reply reply = Reply::done(request);
    reply.value = protocol_.read(request.key);
    if (!storage_.is_free()) {
      auto reading = storage_.read(request.key, request.size);
      co_await reading;
    }
    co_return reply;
  }

  Task<Reply> write(const Request& request) {
    Answers::Waiter waiter(waiters_);
    protocol_.begin_write(waiter.token(), request.key, request.value, request.size, now());
    const std::uint64_t epoch = protocol_.epoch();
    group_->last = epoch == group_->epoch ? protocol_.last() : group_->last;
    settle();
    auto answered = waiter.answered();
    co_await answered;
    const PrimaryReplicaNode::Finished& end = waiter.answer();
    if (end.end == PrimaryReplicaNode::End::not_primary) {
      co_return Reply::fail(sim::Reason::rejected);
    }
    if (end.end == PrimaryReplicaNode::End::unknown) {
      co_return Reply::unknown(sim::Reason::reset);
    }
    lost_writes_ += group_->lost(epoch, end.index) ? 1 : 0;
    if (!storage_.is_free()) {
      auto writing = storage_.write(request.key, request.size);
      co_await writing;
    }
    co_return Reply::done(request);
  }

  void ring() {
    tell_clock();
    protocol_.wake(now());
    settle();
  }

  /// Carries out what the protocol wants done.
  void settle() {
    if (protocol_.role() == PrimaryReplicaNode::Role::primary && protocol_.epoch() != led_epoch_) {
      led_epoch_ = protocol_.epoch();
      if (group_->epoch > 0 && led_epoch_ > group_->epoch) group_->succeeded(node_.kernel().now());
      lost_writes_ += group_->promoted(led_epoch_, protocol_.last());
    }
    note_lag();
    for (PrimaryReplicaNode::Outgoing& each : protocol_.outgoing) {
      post(each.to, std::move(each.message));
    }
    protocol_.outgoing.clear();
    for (const PrimaryReplicaNode::Finished& end : protocol_.finished) {
      waiters_.tell(end.token, end);
    }
    protocol_.finished.clear();
    sync_.wake();
    alarm_.want(protocol_.next_alarm());
  }

  /// How old what a replica gets into its tables is.
  void note_lag() {
    const std::uint64_t visible = protocol_.visible();
    if (protocol_.role() == PrimaryReplicaNode::Role::primary || visible < noted_last_) {
      noted_last_ =
          std::max(visible, protocol_.role() == PrimaryReplicaNode::Role::primary ? protocol_.last()
                                                                                  : visible);
      return;
    }
    if (visible == noted_last_) return;
    const std::uint64_t behind = group_->last > noted_last_ ? group_->last - noted_last_ : 0;
    lag_entries_max_ = std::max(lag_entries_max_, behind);
    // A copy of all brings no entries.
    const std::uint64_t entries = std::min(visible - noted_last_, protocol_.kept());
    for (std::uint64_t index = visible - entries + 1; index <= visible; ++index) {
      lag_.record((now() - protocol_.entry(index).written).count());
    }
    noted_last_ = visible;
  }

  void synced(std::uint64_t position) {
    tell_clock();
    protocol_.synced(position, now());
    settle();
    if (!applying_ && protocol_.visible() < protocol_.durable()) {
      applying_ = true;
      node_.spawn(apply());
    }
  }
  /// Of a replica, one entry after the other. A primary writes into its tables request by request.
  Task<void> apply() {
    while (protocol_.role() != PrimaryReplicaNode::Role::primary &&
           protocol_.visible() < protocol_.durable()) {
      const std::uint64_t index = protocol_.visible() + 1;
      if (index + protocol_.kept() > protocol_.last()) {
        const PrimaryReplicaNode::Entry entry = protocol_.entry(index);
        auto writing = storage_.write(entry.key, entry.size);
        co_await writing;
      }
      protocol_.applied(index);
      note_lag();
    }
    applying_ = false;
  }

  PrimaryReplicaParams params_;  ///< Parameters.
  StreamSource random_;
  sim::Patience patience_;
  PrimaryReplicaConfig config_;
  PrimaryReplicaNode protocol_;  ///< State.
  ProtocolAlarm alarm_;
  sim::NodeTimer promotion_;  ///< By hand.
  SyncLoop<PrimaryReplicaNode> sync_;
  Answers waiters_;
  std::shared_ptr<PrimaryReplicaGroup> group_;  ///< Of all members.
  std::unique_ptr<Monitor> monitor_;            ///< Of the first member.
  ConfirmedAnswers lease_;                      ///< From the monitor. State.
  std::optional<PromotionMonitor> judge_;       ///< Of the monitor. State.
  bool started_ = false;
  bool applying_ = false;
  std::uint64_t led_epoch_ = 0;
  std::uint64_t noted_last_ = 0;
  std::uint64_t lost_writes_ = 0;      ///< Statistic.
  std::uint64_t forwarded_ = 0;        ///< Statistic.
  std::uint64_t lag_entries_max_ = 0;  ///< Statistic.
  sim::Histogram lag_;                 ///< Statistic.
};

const sim::Registration<Replication, PrimaryReplica, PrimaryReplicaParams> registered{
    {.name = "primary_replica",
     .title = "Primary and replicas",
     .summary = "One replica takes the writes and ships its log to the others, which it waits for "
                "or not; when it is gone, another takes its place.",
     .source = "MySQL manual, \"Semisynchronous Replication\"; PostgreSQL manual, \"High "
               "Availability, Load Balancing, and Replication\"; MongoDB manual, \"Replica Set "
               "Elections\"",
     .does_not_model = "cascading replicas, witnesses, a monitor that is several",
     .example = R"json({"type": "primary_replica", "mode": "semi_synchronous", "acks": 1})json"}};

}  // namespace
}  // namespace faultline::models
