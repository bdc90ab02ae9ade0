/// Leaderless replication after Dynamo: the driver of models/algorithms/replication/leaderless.hpp,
/// where the rules are.
///
/// What is the clients' own in life, the context of versions that a session has read of a key, is
/// kept here for the whole group: the library in the clients hands it back with the session's next
/// write of that key. A session is handed the context of what it writes, too, as if it had asked
/// for the result ("return body"). A session that has none reads the key first, unless it is to
/// write blindly.
#include "models/algorithms/replication/leaderless.hpp"

#include <fmt/format.h>
#include <tsl/robin_map.h>

#include "models/random_adapter.hpp"
#include "models/storage/replication/group_driver.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;
using Kind = LeaderlessMessage::Kind;

struct LeaderlessParams {
  std::int64_t n = 0;
  std::int64_t r = 0;
  std::int64_t w = 0;
  std::string versions = "last_write_wins";
  bool sloppy = false;
  bool hinted_handoff = true;
  bool hints_persisted = true;
  std::int64_t hints_max = 100'000;
  sim::Rate handoff_rate{1000};
  sim::Probability read_repair{1};
  std::optional<sim::Duration> anti_entropy = std::chrono::seconds(10);
  std::int64_t merkle_depth = 10;
  sim::Duration suspect_after = std::chrono::milliseconds(200);
  sim::Duration replica_timeout = std::chrono::seconds(1);
  sim::Duration probe_interval = std::chrono::seconds(1);
  std::int64_t siblings_max = 100;
  std::int64_t session_contexts = 100'000;
  bool blind_writes = false;
  std::optional<sim::RandomDuration> write_delay;
  std::optional<sim::RandomDuration> write_ack_delay;
  std::optional<sim::RandomDuration> read_delay;
  std::optional<sim::RandomDuration> read_reply_delay;

  static void describe(sim::ParamList<LeaderlessParams>& list) {
    using P = LeaderlessParams;
    list.add("n", &P::n, "Replicas that keep a key; 0: 3, or all if there are fewer")
        .unit("replicas")
        .between(0, LeaderlessNode::members_max);
    list.add("r", &P::r, "Replies that a read waits for; 0: more than half of n")
        .unit("replies")
        .between(0, LeaderlessNode::members_max);
    list.add("w", &P::w, "Acknowledgements that a write waits for; 0: more than half of n")
        .unit("replies")
        .between(0, LeaderlessNode::members_max);
    list.add("versions", &P::versions,
             "Which of two writes is kept: by the clocks of the nodes the later one, or by vector "
             "clocks both, unless one knew of the other")
        .one_of({"last_write_wins", "vector_clock"});
    list.add("sloppy", &P::sloppy,
             "Whether other members stand in for replicas that are away, and count");
    list.add("hinted_handoff", &P::hinted_handoff,
             "Whether what a replica missed is kept for it: by who stands in, or by the "
             "coordinator");
    list.add("hints_persisted", &P::hints_persisted, "Whether hints are in the log, or in memory");
    list.add("hints_max", &P::hints_max, "Keys kept for one replica; what is beyond is dropped")
        .unit("keys")
        .between(0, 100'000'000);
    list.add("handoff_rate", &P::handoff_rate, "At most so many hints are handed off by a replica")
        .between(sim::Rate{0.001}, sim::Rate{1e6});
    list.add("read_repair", &P::read_repair,
             "Share of the reads after which replicas that were behind are sent what they lack");
    list.add("anti_entropy", &P::anti_entropy,
             "How often a replica compares a partition with another replica; null: never")
        .at_least(std::chrono::milliseconds(1));
    list.add("merkle_depth", &P::merkle_depth, "Levels of the hash trees below the root")
        .unit("levels")
        .between(0, MerkleTree::depth_max);
    list.add("suspect_after", &P::suspect_after, "Who answers nothing for so long is left out")
        .at_least(std::chrono::microseconds(1));
    list.add("replica_timeout", &P::replica_timeout, "The coordinator gives up after so long")
        .at_least(std::chrono::microseconds(1));
    list.add("probe_interval", &P::probe_interval, "How often those left out are asked for")
        .at_least(std::chrono::milliseconds(1));
    list.add("siblings_max", &P::siblings_max,
             "A write that would leave more versions beside each other is rejected")
        .unit("versions")
        .between(1, 1'000'000);
    list.add("session_contexts", &P::session_contexts,
             "Contexts that the clients' libraries keep, of sessions and keys; the oldest are "
             "dropped")
        .between(0, 100'000'000);
    list.add("blind_writes", &P::blind_writes,
             "By vector clocks: whether a session that has no context of a key writes it without; "
             "otherwise its library reads the key first");
    list.add("write_delay", &P::write_delay,
             "Added to the way of a write to a replica, also to the coordinator's own (W of WARS)");
    list.add("write_ack_delay", &P::write_ack_delay, "The same of its acknowledgement (A)");
    list.add("read_delay", &P::read_delay, "The same of a read to a replica (R)");
    list.add("read_reply_delay", &P::read_reply_delay, "The same of its reply (S)");
  }
  static void check(const LeaderlessParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if (params.n > 0 && params.r > params.n) {
      problems.add(path / "r", fmt::format("expected at most n = {}, got {}", params.n, params.r));
    }
    if (params.n > 0 && params.w > params.n) {
      problems.add(path / "w", fmt::format("expected at most n = {}, got {}", params.n, params.w));
    }
  }
};

/// The parameters that make sense for this group; what does not is a problem.
LeaderlessConfig config_of(const LeaderlessParams& params, const ReplicationContext& context) {
  const auto members = static_cast<std::int64_t>(context.members.size());
  const auto problem = [&](std::string message, std::string hint) {
    if (context.self == 0) context.build.problem("replication", std::move(message), hint);
  };
  if (members > LeaderlessNode::members_max) {
    problem(fmt::format("{} replicas in a group; a leaderless group has at most {}", members,
                        LeaderlessNode::members_max),
            "give a `replication_factor`, which makes several groups");
  }
  LeaderlessConfig config;
  config.members =
      static_cast<std::uint32_t>(std::min<std::int64_t>(members, LeaderlessNode::members_max));
  config.self = static_cast<std::uint32_t>(context.self) % config.members;
  if (params.n > members) {
    problem(fmt::format("n is {}, and there are {} replicas in a group", params.n, members),
            "give more `replicas`, or a smaller n");
  }
  config.n = std::min(static_cast<std::uint32_t>(params.n > 0 ? params.n : 3), config.members);
  const std::uint32_t majority = config.n / 2 + 1;
  config.r = params.r > 0 ? static_cast<std::uint32_t>(params.r) : majority;
  config.w = params.w > 0 ? static_cast<std::uint32_t>(params.w) : majority;
  if (std::max(config.r, config.w) > config.n) {
    problem(fmt::format("r = {} and w = {} of n = {} replicas", config.r, config.w, config.n),
            "neither can be more than n");
    config.r = std::min(config.r, config.n);
    config.w = std::min(config.w, config.n);
  }
  config.rule =
      params.versions == "vector_clock" ? VersionRule::vector_clock : VersionRule::last_write_wins;
  config.sloppy = params.sloppy;
  config.hinted_handoff = params.hinted_handoff;
  config.hints_persisted = params.hints_persisted;
  config.hints_max = static_cast<std::uint64_t>(params.hints_max);
  config.handoff_pause = sim::from_seconds(1 / params.handoff_rate.per_second);
  config.read_repair = params.read_repair.value;
  config.anti_entropy_interval = params.anti_entropy;
  config.merkle_depth = static_cast<int>(params.merkle_depth);
  config.suspect_after = params.suspect_after;
  config.timeout = params.replica_timeout;
  config.probe_interval = params.probe_interval;
  config.siblings_max = static_cast<std::uint64_t>(params.siblings_max);
  return config;
}

/// What no replica knows: what clients remember, and which writes were acknowledged in truth.
class LeaderlessGroup {
 public:
  explicit LeaderlessGroup(std::size_t contexts_max) : contexts_max_(contexts_max) {}

  /// Null: that session has read nothing of the key, or it is forgotten.
  const VersionVector* seen(std::uint32_t session, std::uint64_t key) const {
    const auto found = contexts_.find({session, key});
    return found == contexts_.end() ? nullptr : &found->second;
  }
  void remember(std::uint32_t session, std::uint64_t key, const VersionVector& context) {
    if (contexts_max_ == 0) return;
    const SessionKey which{session, key};
    const auto [entry, fresh] = contexts_.try_emplace(which);
    entry.value() = context;
    if (!fresh) return;
    if (order_.size() < contexts_max_) {
      order_.push_back(which);
      return;
    }
    contexts_.erase(order_[oldest_]);
    order_[oldest_] = which;
    oldest_ = (oldest_ + 1) % contexts_max_;
  }

  /// The latest of the acknowledged writes of a key, by their stamps.
  struct Stamp {
    std::int64_t stamp = 0;
    Dot dot;
    auto operator<=>(const Stamp&) const = default;
  };
  Stamp acknowledged(std::uint64_t key) const {
    const auto found = acknowledged_.find(key);
    return found == acknowledged_.end() ? Stamp{INT64_MIN, {}} : found->second;
  }
  void acknowledge(std::uint64_t key, const Stamp& stamp) {
    const auto [entry, fresh] = acknowledged_.try_emplace(key, stamp);
    if (!fresh) entry.value() = std::max(entry->second, stamp);
  }

 private:
  struct SessionKey {
    std::uint32_t session;
    std::uint64_t key;
    bool operator==(const SessionKey&) const = default;
  };
  struct Hash {
    std::size_t operator()(const SessionKey& of) const {
      return mix_bits(of.key * 0x9e3779b97f4a7c15 + of.session);
    }
  };
  std::size_t contexts_max_;                                  ///< Parameter.
  tsl::robin_map<SessionKey, VersionVector, Hash> contexts_;  ///< State.
  std::vector<SessionKey> order_;  ///< The oldest is dropped first. State.
  std::size_t oldest_ = 0;
  tsl::robin_map<std::uint64_t, Stamp> acknowledged_;  ///< By key.
};

class Leaderless final : public GroupDriver {
 public:
  Leaderless(const LeaderlessParams& params, const ReplicationContext& context)
      : GroupDriver(context),
        random_(context.build.stream("replication")),
        delay_stream_(context.build.stream("replication_delay")),
        blind_writes_(params.blind_writes),
        config_(config_of(params, context)),
        protocol_(config_, random_, log()),
        alarm_(node_, [this] { ring(); }),
        waiters_(node_.kernel()),
        delays_{params.write_delay, params.write_ack_delay, params.read_delay,
                params.read_reply_delay} {
    if (context.self == 0) {
      group_ = std::make_shared<LeaderlessGroup>(static_cast<std::size_t>(params.session_contexts));
    }
  }

  void start() override {
    if (!group_) group_ = driver_of_first<Leaderless>().group_;
    protocol_.start(now());
    settle();
  }

  void crashed() override {
    alarm_.cancel();
    protocol_.crashed(storage_.survives());
  }

  void receive(std::size_t from, sim::Message& message) override {
    protocol_.receive(static_cast<std::uint32_t>(from),
                      static_cast<Letter<LeaderlessMessage>&>(message).content, now());
    settle();
  }

  Task<Reply> serve(const Request& request) override {
    return request.is_read() ? read(request) : write(request);
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    using Counts = LeaderlessNode::Counts;
    const auto count = [&](const char* name, std::uint64_t Counts::*which) {
      statistics.scalar(name, [this, which](sim::Time) {
        return static_cast<double>(protocol_.counts().*which);
      });
    };
    if (config_.rule == VersionRule::vector_clock) {
      count("conflicts", &Counts::conflicts);
      count("sibling_reads", &Counts::sibling_reads);
      count("siblings_max", &Counts::siblings_max);
    } else {
      statistics.scalar("lost_writes",
                        [this](sim::Time) { return static_cast<double>(lost_writes_); });
      statistics.scalar("concurrent_overwrites",
                        [this](sim::Time) { return static_cast<double>(overwrites_); });
    }
    count("unavailable", &Counts::unavailable);
    count("replica_timeouts", &Counts::timeouts);
    count("suspicions", &Counts::suspicions);
    count("hints_stored", &Counts::hints_stored);
    count("hints_delivered", &Counts::hints_delivered);
    count("hints_lost", &Counts::hints_lost);
    statistics.scalar("hints_waiting",
                      [this](sim::Time) { return static_cast<double>(protocol_.hints()); });
    count("fallback_writes", &Counts::fallback_writes);
    count("read_repairs", &Counts::repairs_made);
    count("anti_entropy_messages", &Counts::tree_messages);
    count("anti_entropy_bytes", &Counts::tree_bytes);
    count("anti_entropy_keys_sent", &Counts::keys_sent);
    count("anti_entropy_keys_repaired", &Counts::keys_repaired);
    count("undone_by_crashes", &Counts::rolled_back);
    statistics.on_reset([this](sim::Time) {
      protocol_.reset_counts();
      lost_writes_ = overwrites_ = 0;
    });
  }

 private:
  using Answers = Waiters<LeaderlessNode::Finished>;

  Task<Reply> read(const Request& request) {
    Answers::Waiter waiter(waiters_);
    protocol_.begin_read(waiter.token(), request.key, now());
    settle();
    auto answered = waiter.answered();
    co_await answered;
    const LeaderlessNode::Finished& end = waiter.answer();
    if (end.end == LeaderlessNode::End::unavailable) co_return Reply::fail(sim::Reason::rejected);
    if (end.end != LeaderlessNode::End::ok) co_return Reply::fail(sim::Reason::timeout);
    Reply reply = Reply::done(request);
    const Version* version = end.value.latest();
    reply.value = version ? version->value : 0;
    if (config_.rule == VersionRule::vector_clock) {
      group_->remember(request.session, request.key, end.value.context);
    }
    co_return reply;
  }

  Task<Reply> write(const Request& request) {
    const bool by_stamp = config_.rule == VersionRule::last_write_wins;
    VersionVector seen;
    if (!by_stamp) {
      const VersionVector* known = group_->seen(request.session, request.key);
      if (!known && !blind_writes_) {
        auto reading = read(request);
        const Reply found = co_await reading;
        if (!found.is_ok()) co_return found;
        known = group_->seen(request.session, request.key);
      }
      if (known) seen = *known;
    }
    Version version;
    version.value = request.value;
    version.stamp = node_.local_time(node_.kernel().now()).time_since_epoch().count();
    version.size =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(request.size, 0, UINT32_MAX));
    const LeaderlessGroup::Stamp before =
        by_stamp ? group_->acknowledged(request.key) : LeaderlessGroup::Stamp{};
    Answers::Waiter waiter(waiters_);
    protocol_.begin_write(waiter.token(), request.key, version, seen, now());
    settle();
    auto answered = waiter.answered();
    co_await answered;
    const LeaderlessNode::Finished& end = waiter.answer();
    switch (end.end) {
      case LeaderlessNode::End::ok:
        break;
      case LeaderlessNode::End::timeout:
        co_return Reply::unknown(sim::Reason::timeout);
      default:
        co_return Reply::fail(sim::Reason::rejected);
    }
    if (by_stamp) {
      const Version& written = end.value.versions.front();
      const LeaderlessGroup::Stamp mine{written.stamp, written.dot};
      if (before > mine) {
        // Acknowledged, and already then older by its stamp than one acknowledged before it began.
        ++lost_writes_;
      } else if (group_->acknowledged(request.key) > mine) {
        ++overwrites_;
      }
      group_->acknowledge(request.key, mine);
    } else {
      group_->remember(request.session, request.key, end.value.context);
    }
    co_return Reply::done(request);
  }

  void ring() {
    protocol_.wake(now());
    settle();
  }

  /// Carries out what the protocol wants done.
  void settle() {
    if (settling_) return;
    settling_ = true;
    // What goes out may come in here at once, and more goes out.
    for (std::size_t next = 0; next < protocol_.outgoing.size(); ++next) {
      LeaderlessNode::Outgoing outgoing = std::move(protocol_.outgoing[next]);
      if (outgoing.wait != LeaderlessNode::Wait::none && !storage_.is_free()) {
        node_.spawn(send_when_stored(std::move(outgoing)));
      } else {
        send(std::move(outgoing));
      }
    }
    protocol_.outgoing.clear();
    for (LeaderlessNode::Finished& end : protocol_.finished) {
      const std::uint64_t token = end.token;
      waiters_.tell(token, std::move(end));
    }
    protocol_.finished.clear();
    settling_ = false;
    alarm_.want(protocol_.next_alarm());
  }

  Task<void> send_when_stored(LeaderlessNode::Outgoing outgoing) {
    const std::uint64_t key = outgoing.message.key;
    if (outgoing.wait == LeaderlessNode::Wait::read) {
      auto reading = storage_.read(key, outgoing.message.bytes());
      co_await reading;
    } else {
      auto syncing = storage_.sync(outgoing.position);
      co_await syncing;
      auto writing = storage_.write(key, outgoing.message.bytes());
      co_await writing;
      protocol_.synced(storage_.survives());
    }
    send(std::move(outgoing));
    settle();
  }

  const std::optional<sim::RandomDuration>* delay_of(Kind of) const {
    switch (of) {
      case Kind::write:
        return &delays_[0];
      case Kind::write_ack:
        return &delays_[1];
      case Kind::read:
        return &delays_[2];
      case Kind::read_reply:
        return &delays_[3];
      default:
        return nullptr;
    }
  }

  void send(LeaderlessNode::Outgoing outgoing) {
    const std::optional<sim::RandomDuration>* delay = delay_of(outgoing.message.kind);
    if (delay && *delay) {
      node_.spawn(send_later(std::move(outgoing), (*delay)->sample(delay_stream_)));
    } else {
      send_now(std::move(outgoing));
    }
  }
  Task<void> send_later(LeaderlessNode::Outgoing outgoing, sim::Duration delay) {
    co_await sim::delay(delay);
    send_now(std::move(outgoing));
    settle();
  }
  void send_now(LeaderlessNode::Outgoing outgoing) {
    if (outgoing.to == self_) {
      protocol_.receive(self_, outgoing.message, now());
      return;
    }
    post(outgoing.to, std::move(outgoing.message));
  }

  StreamSource random_;
  sim::Stream delay_stream_;
  bool blind_writes_;
  LeaderlessConfig config_;
  LeaderlessNode protocol_;  ///< State.
  ProtocolAlarm alarm_;
  Answers waiters_;
  std::optional<sim::RandomDuration> delays_[4];  ///< Of write, ack, read, reply.
  std::shared_ptr<LeaderlessGroup> group_;        ///< Of all members.
  bool settling_ = false;
  std::uint64_t lost_writes_ = 0;  ///< Statistic.
  std::uint64_t overwrites_ = 0;   ///< Statistic.
};

const sim::Registration<Replication, Leaderless, LeaderlessParams> registered{
    {.name = "leaderless",
     .title = "Leaderless (Dynamo)",
     .summary = "Every replica takes reads and writes, and asks the others: a write waits for w of "
                "the n replicas of its key, a read for r of them. Sloppy quorums, hinted handoff, "
                "read repair, anti-entropy by hash trees; versions by clocks or by vector clocks.",
     .source = "DeCandia et al., \"Dynamo: Amazon's Highly Available Key-value Store\", SOSP 2007; "
               "Preguiça et al., \"Dotted Version Vectors\", 2010",
     .does_not_model = "members that join or leave, digest reads, deletion",
     .example = R"json({"type": "leaderless", "n": 3, "r": 2, "w": 2})json"}};

}  // namespace
}  // namespace faultline::models
