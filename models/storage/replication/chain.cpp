/// Chain replication: the driver of models/algorithms/replication/chain.hpp, where the rules are.
///
///   a write that comes to another replica is forwarded to the head, a read to the tail, as requests
///
/// Rule: each replica has an update on its disk, as long as its storage engine takes for that,
/// before it passes it on. The master is reliable: it never fails and forgets nothing, but stands
/// at a node of the file, if one is named, whose ways it shares.
#include "models/algorithms/replication/chain.hpp"

#include <fmt/format.h>

#include "models/storage/replication/group_driver.hpp"
#include "models/storage/replication/group_monitor.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;

struct ChainParams {
  std::string reads = "tail";
  sim::NodeRef master;
  sim::Duration heartbeat_interval = std::chrono::milliseconds(100);
  sim::Duration detection_time = std::chrono::seconds(1);
  sim::Duration resend_after = std::chrono::seconds(1);
  sim::Duration forward_timeout = std::chrono::seconds(5);

  static void describe(sim::ParamList<ChainParams>& list) {
    using P = ChainParams;
    list.add("reads", &P::reads,
             "Who answers reads: the tail, or apportioned among all (CRAQ): whoever has no newer "
             "version under way, and otherwise asks the tail")
        .one_of({"tail", "apportioned"});
    list.add("master", &P::master,
             "The node at which the master of the configuration stands; without it, it is perfect: "
             "nothing cuts it off");
    list.add("heartbeat_interval", &P::heartbeat_interval, "How often the master asks each replica")
        .at_least(std::chrono::milliseconds(1));
    list.add("detection_time", &P::detection_time,
             "A replica that was silent for so long is taken out; one that was not asked for so "
             "long answers no reads")
        .at_least(std::chrono::milliseconds(2));
    list.add("resend_after", &P::resend_after,
             "Updates are passed on again when none was acknowledged for so long")
        .at_least(std::chrono::milliseconds(1));
    list.add("forward_timeout", &P::forward_timeout,
             "How long a replica waits for who it forwarded a request to")
        .at_least(std::chrono::microseconds(1));
  }
  static void check(const ChainParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.heartbeat_interval >= params.detection_time) {
      problems.add(path / "detection_time",
                   fmt::format("expected more than heartbeat_interval = {}, got {}",
                               sim::to_text(params.heartbeat_interval),
                               sim::to_text(params.detection_time)));
    }
  }
};

class Chain;

/// What the master reaches.
struct ChainGroup {
  std::vector<Chain*> drivers;  ///< Null before its first start.
};

class Chain final : public GroupDriver {
 public:
  Chain(const ChainParams& params, const ReplicationContext& context)
      : GroupDriver(context),
        params_(params),
        patience_(context.build.patience(params.forward_timeout)),
        protocol_({.members = static_cast<std::uint32_t>(context.members.size()),
                   .self = static_cast<std::uint32_t>(context.self),
                   .apportioned = params.reads == "apportioned",
                   .lease = params.detection_time,
                   .resend_after = params.resend_after},
                  log()),
        alarm_(node_, [this] { ring(); }),
        sync_(node_, storage_, protocol_, [this](std::uint64_t position) { synced(position); }),
        waiters_(node_.kernel()) {
    if (self_ != 0) return;
    group_ = std::make_shared<ChainGroup>();
    group_->drivers.resize(members_.size());
    asking_ = std::make_unique<Monitor>(context.build, host_of(context.build, params.master),
                                        members_, params.heartbeat_interval, params.detection_time);
    master_.emplace(group_size(), params.detection_time);
  }

  void start() override {
    const bool first_start = !started_;
    started_ = true;
    if (!group_) group_ = driver_of_first<Chain>().group_;
    group_->drivers[self_] = this;
    protocol_.set_clock(clock());
    protocol_.start(now());
    settle();
    if (first_start && asking_) start_master();
  }

  void crashed() override {
    alarm_.cancel();
    sync_.crashed();
    protocol_.crashed(storage_.survives());
  }

  void receive(std::size_t from, sim::Message& message) override {
    protocol_.set_clock(clock());
    protocol_.receive(static_cast<std::uint32_t>(from),
                      static_cast<Letter<ChainMessage>&>(message).content, now());
    settle();
  }

  Task<Reply> serve(const Request& request) override {
    protocol_.set_clock(clock());
    if (!request.is_read()) {
      return protocol_.is_head() ? write(request) : forward(request, protocol_.head());
    }
    const bool here =
        protocol_.answers_reads() && (protocol_.is_tail() || params_.reads == "apportioned");
    return here ? read(request) : forward(request, protocol_.tail());
  }

  ReplicaRole role() const override {
    return protocol_.is_head() ? ReplicaRole::leader : ReplicaRole::follower;
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    using Counts = ChainNode::Counts;
    const auto count = [&](const char* name, std::uint64_t Counts::*which) {
      statistics.scalar(name, [this, which](sim::Time) {
        return static_cast<double>(protocol_.counts().*which);
      });
    };
    count("configurations", &Counts::configurations);
    count("clean_reads", &Counts::clean_reads);
    count("dirty_reads", &Counts::dirty_reads);
    count("updates_resent", &Counts::resent);
    count("copies_given", &Counts::copies);
    count("undone_by_crashes", &Counts::undone_by_crashes);
    statistics.scalar("updates_pending",
                      [this](sim::Time) { return static_cast<double>(protocol_.pending()); });
    statistics.scalar("requests_forwarded",
                      [this](sim::Time) { return static_cast<double>(forwarded_); });
    statistics.on_reset([this](sim::Time) {
      protocol_.reset_counts();
      forwarded_ = 0;
    });
  }

 private:
  using Answers = Waiters<ChainNode::Finished>;
  using Monitor = GroupMonitor<ChainStatus>;

  void start_master() {
    asking_->start({.ask =
                        [this](std::uint32_t member) {
                          Chain* driver = group_->drivers[member];
                          return driver ? driver->asked(master_->question(member)) : ChainStatus{};
                        },
                    .answered = [this](std::uint32_t member, const ChainStatus& status,
                                       sim::Duration at) { master_->answered(member, status, at); },
                    .round =
                        [this](sim::Duration at) {
                          master_->decide(at);
                          for (std::uint32_t member = 0; member < members_.size(); ++member) {
                            Chain* driver = group_->drivers[member];
                            if (!driver || !master_->is_behind(member)) continue;
                            asking_->tell(member, [driver, told = master_->configuration()] {
                              driver->configure(told);
                            });
                          }
                        },
                    .began = [this](sim::Duration at) { master_->began(at); }});
  }
  ChainStatus asked(const ChainQuestion& question) {
    protocol_.set_clock(clock());
    return protocol_.asked(question);
  }
  void configure(const ChainConfiguration& configuration) {
    protocol_.set_clock(clock());
    protocol_.configure(configuration, now());
    settle();
  }

  Task<Reply> forward(const Request& request, std::uint32_t to) {
    if (to == ChainNode::nobody || to == self_) co_return Reply::fail(sim::Reason::rejected);
    ++forwarded_;
    auto passing_on = pass_on(request, to, patience_);
    Reply reply = co_await passing_on;
    reply.answered = true;
    co_return reply;
  }

  Task<Reply> read(const Request& request) {
    if (!storage_.is_free()) {
      auto reading = storage_.read(request.key, request.size);
      co_await reading;
      protocol_.set_clock(clock());
    }
    Answers::Waiter waiter(waiters_);
    protocol_.begin_read(waiter.token(), request.key);
    settle();
    auto answered = waiter.answered();
    co_await answered;
    if (waiter.answer().end != ChainNode::End::ok) co_return Reply::fail(sim::Reason::rejected);
    Reply reply = Reply::done(request);
    reply.value = waiter.answer().value;
    co_return reply;
  }

  Task<Reply> write(const Request& request) {
    Answers::Waiter waiter(waiters_);
    protocol_.begin_write(waiter.token(), request.key, request.value, request.size, now());
    settle();
    auto answered = waiter.answered();
    co_await answered;
    switch (waiter.answer().end) {
      case ChainNode::End::ok:
        break;
      case ChainNode::End::not_here:
        co_return Reply::fail(sim::Reason::rejected);
      case ChainNode::End::unknown:
        co_return Reply::unknown(sim::Reason::reset);
    }
    if (!storage_.is_free()) {
      auto writing = storage_.write(request.key, request.size);
      co_await writing;
    }
    co_return Reply::done(request);
  }

  void ring() {
    protocol_.set_clock(clock());
    protocol_.wake(now());
    settle();
  }

  /// Carries out what the protocol wants done.
  void settle() {
    for (ChainNode::Outgoing& each : protocol_.outgoing) post(each.to, std::move(each.message));
    protocol_.outgoing.clear();
    for (const ChainNode::Finished& end : protocol_.finished) waiters_.tell(end.token, end);
    protocol_.finished.clear();
    sync_.wake();
    alarm_.want(protocol_.next_alarm());
  }

  void synced(std::uint64_t position) {
    protocol_.set_clock(clock());
    protocol_.synced(position, now());
    settle();
  }

  ChainParams params_;  ///< Parameters.
  sim::Patience patience_;
  ChainNode protocol_;  ///< State.
  ProtocolAlarm alarm_;
  SyncLoop<ChainNode> sync_;
  Answers waiters_;
  std::shared_ptr<ChainGroup> group_;  ///< Of all members.
  std::unique_ptr<Monitor> asking_;    ///< The master's questions; of the first member.
  std::optional<ChainMaster> master_;  ///< Of the first member. State.
  bool started_ = false;
  std::uint64_t forwarded_ = 0;  ///< Statistic.
};

const sim::Registration<Replication, Chain, ChainParams> registered{
    {.name = "chain",
     .title = "Chain replication",
     .summary =
         "The replicas stand in a row: writes go in at the head and pass along it, reads are "
         "answered at the tail, or apportioned among all. A reliable master takes out who "
         "fails.",
     .source = "van Renesse, Schneider, \"Chain Replication for Supporting High Throughput and "
               "Availability\", OSDI 2004; Terrace, Freedman, \"Object Storage on CRAQ\", USENIX "
               "ATC 2009",
     .does_not_model = "failures of the master, a copy of only what is missing",
     .example = R"json({"type": "chain", "reads": "apportioned"})json"}};

}  // namespace
}  // namespace faultline::models
