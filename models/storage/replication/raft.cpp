/// Raft as the replication of a database: one replica leads and puts all writes into a log; a write
/// is done when a majority has it on disk and the leader has applied it.
///
///   request --> replica --forward--> leader: propose --> log, disks of a majority --> apply --> ok
///
/// Rule: the protocol is models/algorithms/consensus/raft.hpp; this carries its messages, writes
/// its log through the storage engine before it promises anything, and applies what is committed.
/// A replica that does not lead passes requests on to the leader it knows; while it knows none they
/// wait, and are rejected after `leader_wait`. What was in the log of a leader that lost its office
/// ends unknown, unless it was committed. A write that comes again is applied once.
/// Who belongs to the group can change while it works (raft_membership.hpp); a replica that does
/// not belong to it, as far as its log says, stands by and refuses requests.
/// Time-outs and the lease go by a clock that drifts as the node's does and cannot be set.
/// Source: Ongaro, "Consensus: Bridging Theory and Practice", 2014.
/// Does not model: the cost of encoding, reads at followers with an index of the leader's.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "models/algorithms/consensus/raft_disk.hpp"
#include "models/letter.hpp"
#include "models/random_adapter.hpp"
#include "models/storage/replication.hpp"
#include "models/storage/replication/driver_parts.hpp"
#include "models/storage/replication/group.hpp"
#include "models/storage/replication/raft_params.hpp"
#include "models/storage/replication/raft_shared.hpp"
#include "models/storage/replication/raft_state.hpp"
#include "models/storage/shard_member.hpp"
#include "sim/kernel/combinators.hpp"
#include "sim/kernel/one_shot.hpp"
#include "sim/network/node_timer.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::OneShot;
using sim::Reason;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

class RaftReplication final : public Replication {
 public:
  RaftReplication(const RaftParams& params, const ReplicationContext& context)
      : params_(params),
        node_(context.build.node()),
        kernel_(context.build.kernel()),
        targets_(context.targets),
        members_(context.members),
        self_(context.self),
        storage_(context.storage),
        free_storage_(context.storage.is_free()),
        random_(context.build.stream("raft")),
        patience_(context.build.patience(params.forward_timeout)),
        alarm_(node_, [this] { rang(); }),
        batch_alarm_(node_, [this] { flush(); }),
        disk_(first_state(params.first_members(context.members.size()))),
        kept_(disk_.state()) {
    if (self_ == 0) {
      shared_ = std::make_shared<RaftShared>(kept_.snapshot->membership.voters);
      if (params.initial_members &&
          *params.initial_members > static_cast<std::int64_t>(context.members.size())) {
        context.build.problem("replication",
                              fmt::format("there are no {} replicas in a group of {}",
                                          *params.initial_members, context.members.size()),
                              "leave out `initial_members`, or give more `replicas`");
      }
    } else {
      shared_ = first_member<RaftReplication>(context).shared_;
    }
    if (params.preferred_leader &&
        *params.preferred_leader >= static_cast<std::int64_t>(context.members.size()) &&
        self_ == 0) {
      context.build.problem("replication", "there is no replica `preferred_leader`",
                            "places in a group count from 0");
    }
    boot();
  }

  Task<Reply> serve(const Request& request) override {
    if (request.is_read() && params_.reads_locally() && belongs()) {
      auto reading = read_here(request);
      co_return co_await reading;
    }
    const bool forwarded = request.connection == peer_connection;
    const Time until = kernel_.now() + params_.leader_wait;
    while (true) {
      if (!belongs()) co_return Reply::fail(Reason::refused);
      const PeerId leader = raft_->leader();
      const Term term = raft_->term();
      if (raft_->leads()) {
        auto serving = request.is_read() ? read_as_leader(request) : write_as_leader(request);
        const Reply reply = co_await serving;
        if (!is_without_leader(reply)) co_return reply;
      } else if (!forwarded && leader != nobody) {
        if (!params_.forward) co_return Reply::fail(Reason::rejected);
        auto forwarding = forward(request, leader);
        const Reply reply = co_await forwarding;
        if (!is_without_leader(reply)) co_return reply;
      }
      // Whoever passed it on decides how to go on.
      if (forwarded) co_return Reply::fail(Reason::refused);
      while (raft_->term() == term && raft_->leader() == leader) {
        if (kernel_.now() >= until) co_return Reply::fail(Reason::rejected);
        auto waiting = leader_changes();
        auto in_time = sim::with_timeout(std::move(waiting), until - kernel_.now());
        co_await in_time;
      }
    }
  }

  void receive(std::size_t, sim::Message& message) override {
    raft_->receive(static_cast<Letter<RaftMessage>&>(message).content, now());
    drain();
  }

  void start() override {
    boot();
    drain();
  }

  void crashed() override {
    if (leading_) set_leading(false);
    alarm_.cancel();
    batch_alarm_.cancel();
    if (free_storage_) {
      kept_ = raft_->disk_state();
    } else {
      settle_disk();
      lost_entries_ += disk_.crash();
      kept_ = disk_.state();
    }
    // Everybody who waited here is gone.
    batch_.clear();
    proposals_.clear();
    reads_.clear();
    applied_waiters_.clear();
    leader_waiters_.clear();
    writes_.clear();
    syncing_ = false;
    applying_ = false;
  }

  ReplicaRole role() const override {
    if (!node_.up()) return ReplicaRole::follower;
    switch (raft_->role()) {
      case RaftRole::leader:
        return ReplicaRole::leader;
      case RaftRole::candidate:
      case RaftRole::pre_candidate:
        return ReplicaRole::candidate;
      case RaftRole::follower:
        break;
    }
    return ReplicaRole::follower;
  }

  bool changes_membership() const override { return true; }
  void change_membership(const MembershipChange& change) override {
    RaftMembershipOrder order{.learners_first = change.learners_first};
    for (const std::size_t member : change.add) order.add.push_back(id_of(member));
    for (const std::size_t member : change.remove) order.remove.push_back(id_of(member));
    if (!shared_->changes.order(order, kernel_.now().time_since_epoch())) {
      ++shared_->refused;
      return;
    }
    // Whoever leads is told now; if nobody does, whoever is elected finds it.
    for (sim::Node* member : members_) {
      auto& other = dynamic_cast<ShardMember&>(member->component());
      static_cast<RaftReplication&>(*other.replication()).look_after_membership();
    }
  }

  void describe_statistics(sim::NodeStatistics& statistics) override;

 private:
  static RaftDiskState first_state(std::size_t members) {
    auto first = std::make_shared<Snapshot>();
    for (std::size_t member = 0; member < members; ++member) {
      first->membership.voters.push_back(static_cast<PeerId>(member + 1));
    }
    RaftDiskState state;
    state.snapshot = std::move(first);
    return state;
  }

  static PeerId id_of(std::size_t member) { return static_cast<PeerId>(member + 1); }
  PeerId id() const { return id_of(self_); }
  /// Whether it is one of the group, as far as it knows; one that leads is until the change that
  /// takes it out is committed.
  bool belongs() const { return raft_->leads() || raft_->membership().has_voter(id()); }

  /// How fast the node's clock runs: how far it gets in a second. Being set is no part of it.
  double clock_rate() const {
    const Time at = kernel_.now();
    return sim::to_seconds(node_.local_time(at + std::chrono::seconds(1)) - node_.local_time(at));
  }
  /// What the member's clock shows. It drifts as the node's does, and cannot be set.
  Duration now() {
    const Time at = kernel_.now();
    if (at != clock_read_) {
      const Duration passed = at - clock_read_;
      const double rate = clock_rate();
      clock_ += rate == 1 ? passed : sim::scaled(passed, std::max(rate, 0.0));
      clock_read_ = at;
    }
    return clock_;
  }
  /// Rings when that clock shows `due`.
  void ring_at(Duration due) {
    if (due == Duration::max()) return;
    const double rate = clock_rate();
    if (rate <= 0) return;  // It stands still.
    const Duration rest = std::max(due - now(), Duration(0));
    alarm_.want(kernel_.now().time_since_epoch() +
                (rate == 1 ? rest : sim::scaled(rest, 1 / rate) + Duration(1)));
  }

  /// Begins with what is on the disk.
  void boot() {
    raft_ = std::make_unique<Raft>(params_.config(id()), random_, kept_, now());
    state_ = RaftState{};
    applied_ = handed_ = kept_.snapshot->index;
    compacted_ = applied_;
    last_term_ = raft_->term();
    last_leader_ = raft_->leader();
  }

  // --- Requests ---------------------------------------------------------------------------------

  /// Not done, for want of a leader: another one may do it.
  static bool is_without_leader(const Reply& reply) {
    return reply.outcome == sim::Outcome::fail &&
           (reply.reason == Reason::refused || reply.reason == Reason::reset);
  }

  Task<Reply> forward(const Request& request, PeerId leader) {
    Request passed_on = request;
    passed_on.connection = peer_connection;
    ++forwarded_;
    co_return co_await sim::call(node_, targets_[leader - 1], passed_on, patience_);
  }

  /// A write that waits for its entry to be applied.
  struct Proposal {
    explicit Proposal(sim::Kernel& kernel) : done(kernel) {}
    Command command;
    LogIndex index = 0;
    Term term = 0;
    Time since{};
    OneShot<Reply> done;
  };

  Task<Reply> write_as_leader(const Request& request) {
    Proposal proposal(kernel_);
    proposal.command = {
        .id = request.id, .key = request.key, .value = request.value, .bytes = request.size};
    proposal.since = kernel_.now();
    batch_.push_back(&proposal);
    if (params_.batch_delay == Duration(0) ||
        batch_.size() >= static_cast<std::size_t>(params_.batch)) {
      flush();
    } else if (!batch_alarm_.is_set()) {
      batch_alarm_.set(kernel_.now() + params_.batch_delay);
    }
    Reply reply = co_await proposal.done.wait();
    if (reply.is_ok()) reply = Reply::done(request);
    co_return reply;
  }

  /// Proposes the writes that have gathered.
  void flush() {
    batch_alarm_.cancel();
    commands_.clear();
    for (const Proposal* proposal : batch_) commands_.push_back(proposal->command);
    LogIndex index = raft_->log().last();
    if (!raft_->propose(commands_, now())) return refuse_batch();
    for (Proposal* proposal : batch_) {
      proposal->index = ++index;
      proposal->term = raft_->term();
      proposals_.push_back(proposal);
    }
    batch_.clear();
    drain();
  }
  void refuse_batch() {
    for (Proposal* proposal : batch_) proposal->done.set(Reply::fail(Reason::refused));
    batch_.clear();
  }

  Task<Reply> read_as_leader(const Request& request) {
    OneShot<RaftRead> answer(kernel_);
    const std::uint64_t ticket = ++last_read_;
    reads_.emplace_back(ticket, &answer);
    raft_->read(ticket, params_.read_mode(), now());
    drain();
    const RaftRead read = co_await answer.wait();
    if (!read.granted) co_return Reply::fail(Reason::refused);
    if (applied_ < read.index) {
      OneShot<bool> reached(kernel_);
      applied_waiters_.push_back({read.index, &reached});
      co_await reached.wait();
    }
    auto reading = read_here(request);
    co_return co_await reading;
  }

  Task<Reply> read_here(const Request& request) {
    if (!free_storage_) {
      auto reading = storage_.read(request.key, request.size);
      co_await reading;
    }
    Reply reply;
    reply.value = state_.read(request.key);
    co_return reply;
  }

  /// One who waits for another leader; it may be gone before there is one.
  struct LeaderWait {
    LeaderWait(RaftReplication& replica, sim::Kernel& kernel) : changed(kernel), replica_(replica) {
      replica_.leader_waiters_.push_back(this);
    }
    ~LeaderWait() { std::erase(replica_.leader_waiters_, this); }
    LeaderWait(const LeaderWait&) = delete;
    LeaderWait& operator=(const LeaderWait&) = delete;
    OneShot<bool> changed;

   private:
    RaftReplication& replica_;
  };
  Task<bool> leader_changes() {
    LeaderWait wait(*this, kernel_);
    co_return co_await wait.changed.wait();
  }

  // --- The protocol -----------------------------------------------------------------------------

  void rang() {
    raft_->tick(now());
    if (params_.preferred_leader && raft_->leads()) hand_over();
    drain();
  }

  /// To the preferred leader, if that has all there is and answers.
  void hand_over() {
    const auto wanted = static_cast<PeerId>(*params_.preferred_leader + 1);
    if (wanted == id() || raft_->transferring()) return;
    for (const RaftProgress& peer : raft_->progress()) {
      if (peer.peer != wanted || peer.state() != RaftProgress::State::replicate) continue;
      if (now() - peer.active_at < 2 * params_.heartbeat_interval &&
          peer.match() + params_.window >= raft_->log().last()) {
        raft_->transfer(wanted, now());
      }
    }
  }

  /// Carries out what the protocol wants, until it wants nothing.
  void drain() {
    do {
      while (raft_->has_output()) carry_out(raft_->take());
      if (raft_->term() != last_term_ || raft_->leader() != last_leader_) leader_changed();
    } while (shared_->changes.some_left() && change_members());
    ring_at(raft_->next_deadline());
  }

  /// The leader is to look for changes of the membership, in its own time.
  void look_after_membership() {
    if (leading_) alarm_.want(kernel_.now().time_since_epoch());
  }
  /// Takes what is wanted of the membership a step further. True if that gave the protocol
  /// something to do.
  bool change_members() {
    shared_->see(*raft_, kernel_.now());
    return shared_->changes.advance(*raft_, now(), params_.election_timeout);
  }

  void carry_out(RaftOutput& output) {
    for (RaftMessage& message : output.messages) {
      if (message.kind == RaftMessageKind::append && !message.entries.empty()) {
        ++appends_;
        entries_sent_ += message.entries.size();
      }
      if (message.kind == RaftMessageKind::snapshot) ++snapshots_sent_;
      const std::int64_t bytes = message.bytes();
      const std::size_t to = message.to - 1;
      sim::post(node_, targets_[to], std::make_unique<Letter<RaftMessage>>(std::move(message)),
                sim::Bytes{bytes});
    }
    if (output.write.id != 0) keep(output.write);
    if (output.restore) {
      if (output.restore->data) state_ = static_cast<const RaftState&>(*output.restore->data);
      applied_ = handed_ = compacted_ = output.restore->index;
      // What became of these is in the snapshot, and cannot be told from it.
      while (!proposals_.empty() && proposals_.front()->index <= applied_) {
        proposals_.front()->done.set(Reply::unknown(Reason::error));
        proposals_.pop_front();
      }
      applied_to(applied_);
    }
    if (output.committed_last > handed_) {
      handed_ = output.committed_last;
      if (free_storage_) {
        while (applied_ < handed_) apply(applied_ + 1);
      } else if (!applying_) {
        applying_ = true;
        node_.spawn(apply_all());
      }
    }
    for (const RaftRead& read : output.reads) answer_read(read);
    // The last, as it makes the output anew.
    if (output.write.id != 0 && free_storage_) raft_->persisted(output.write.id, now());
  }

  void leader_changed() {
    const bool leads = raft_->leads();
    last_term_ = raft_->term();
    last_leader_ = raft_->leader();
    if (leading_ && (!leads || last_term_ != led_term_)) {
      refuse_batch();
      batch_alarm_.cancel();
      // What is not known to be committed may be so by the next leader, or never.
      while (!proposals_.empty() && proposals_.back()->index > handed_) {
        proposals_.back()->done.set(Reply::unknown(Reason::error));
        proposals_.pop_back();
      }
      if (!leads && !raft_->membership().has_voter(id())) ++left_leading_;
      set_leading(false);
    }
    if (leads && !leading_) {
      led_term_ = last_term_;
      set_leading(true);
    }
    for (LeaderWait* waiter : leader_waiters_) {
      if (!waiter->changed.is_set()) waiter->changed.set(true);
    }
  }

  void set_leading(bool leading) {
    const Time at = kernel_.now();
    leading_ = leading;
    if (leading) {
      ++elections_;
      leading_since_ = at;
      shared_->watch.began_to_lead(at);
    } else {
      led_ += at - leading_since_;
      shared_->watch.ceased_to_lead(at);
    }
  }
  Duration led(Time at) const { return leading_ ? led_ + (at - leading_since_) : led_; }

  // --- The disk ---------------------------------------------------------------------------------

  /// Puts a write into the log of the storage engine.
  void keep(const RaftWrite& write) {
    if (free_storage_) return;
    disk_.append(write, raft_->log());
    const std::int64_t bytes = RaftDisk::bytes_of(write, raft_->log());
    writes_.push_back({write.id, storage_.append(bytes)});
    if (!syncing_) {
      syncing_ = true;
      node_.spawn(sync_all());
    }
  }

  /// Syncs what has gathered, again and again until there is nothing.
  Task<void> sync_all() {
    std::uint64_t promised = 0;
    while (!writes_.empty() && writes_.back().id > promised) {
      const Written last = writes_.back();
      auto syncing = storage_.sync(last.position);
      co_await syncing;
      promised = last.id;
      settle_disk();
      raft_->persisted(promised, now());
      drain();
    }
    syncing_ = false;
  }

  /// What a crash would leave now is on the disk. An engine may have promised more than that.
  void settle_disk() {
    const LogPosition survives = storage_.survives();
    while (!writes_.empty() && writes_.front().position <= survives) {
      disk_.persisted(writes_.front().id);
      writes_.pop_front();
    }
  }

  // --- The state --------------------------------------------------------------------------------

  /// Carries out the entry at `index`, the next one.
  void apply(LogIndex index) {
    const Entry& entry = raft_->log().at(index);
    if (entry.command.id != 0 && !state_.apply(entry.command)) ++repeated_;
    answer_proposals(index, entry);
    applied_to(index);
    if (applied_ >= compacted_ + static_cast<LogIndex>(params_.snapshot_every)) compact();
  }

  Task<void> apply_all() {
    while (applied_ < handed_) {
      const LogIndex index = applied_ + 1;
      const Command command = raft_->log().at(index).command;
      if (command.id != 0) {
        auto writing = storage_.write(command.key, command.bytes);
        co_await writing;
      }
      // A snapshot may have taken its place meanwhile.
      if (applied_ + 1 == index) {
        apply(index);
        drain();
      }
    }
    applying_ = false;
  }

  void answer_proposals(LogIndex index, const Entry& entry) {
    while (!proposals_.empty() && proposals_.front()->index <= index) {
      Proposal& proposal = *proposals_.front();
      proposals_.pop_front();
      if (proposal.index == index && proposal.term == entry.term) {
        commit_time_.record((kernel_.now() - proposal.since).count());
        proposal.done.set(Reply::ok());
      } else {
        // Another entry is committed in its place, so it never is.
        proposal.done.set(Reply::fail(Reason::refused));
      }
    }
  }

  void applied_to(LogIndex index) {
    applied_ = index;
    if (applied_waiters_.empty()) return;
    std::erase_if(applied_waiters_, [&](const AppliedWaiter& waiter) {
      if (waiter.index > index) return false;
      waiter.reached->set(true);
      return true;
    });
  }

  void answer_read(const RaftRead& read) {
    const auto place = std::find_if(reads_.begin(), reads_.end(),
                                    [&](const auto& waiting) { return waiting.first == read.id; });
    if (place == reads_.end()) return;
    place->second->set(read);
    reads_.erase(place);
  }

  void compact() {
    compacted_ = applied_;
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->index = applied_;
    snapshot->term = raft_->log().term_at(applied_);
    snapshot->membership = raft_->log().membership_at(applied_);
    snapshot->bytes = state_.bytes();
    snapshot->data = std::make_shared<RaftState>(state_);
    raft_->compact(std::move(snapshot), static_cast<LogIndex>(params_.log_kept));
  }

  RaftParams params_;
  sim::Node& node_;
  sim::Kernel& kernel_;
  std::vector<sim::Target> targets_;
  std::vector<sim::Node*> members_;
  std::size_t self_;
  StorageEngine& storage_;
  bool free_storage_;
  StreamSource random_;
  sim::Patience patience_;
  ProtocolAlarm alarm_;
  Duration clock_{};  ///< What the clock showed when it was read last. State.
  Time clock_read_{};
  sim::NodeTimer batch_alarm_;
  std::shared_ptr<RaftShared> shared_;  ///< With the other replicas of the group.

  RaftDisk disk_;               ///< Without a free storage engine. State on disk, as the next.
  RaftDiskState kept_;          ///< What it begins with when it is up again.
  std::unique_ptr<Raft> raft_;  ///< State, as the rest.
  RaftState state_;
  LogIndex applied_ = 0;
  LogIndex handed_ = 0;  ///< Committed, and to be applied.
  LogIndex compacted_ = 0;
  Term last_term_ = 0;
  PeerId last_leader_ = nobody;
  bool leading_ = false;
  Term led_term_ = 0;

  std::vector<Proposal*> batch_;     ///< Not in the log yet.
  std::deque<Proposal*> proposals_;  ///< In the log, in its order.
  std::vector<Command> commands_;    ///< Kept for its memory.
  std::uint64_t last_read_ = 0;
  std::deque<std::pair<std::uint64_t, OneShot<RaftRead>*>> reads_;  ///< In the order of asking.
  struct AppliedWaiter {
    LogIndex index;
    OneShot<bool>* reached;
  };
  std::vector<AppliedWaiter> applied_waiters_;
  std::vector<LeaderWait*> leader_waiters_;
  struct Written {
    std::uint64_t id;
    LogPosition position;
  };
  std::deque<Written> writes_;  ///< Not known to survive a crash.
  bool syncing_ = false;
  bool applying_ = false;

  Time leading_since_{};
  Duration led_{};  ///< Statistic, as the rest.
  std::uint64_t elections_ = 0;
  std::uint64_t appends_ = 0;
  std::uint64_t entries_sent_ = 0;
  std::uint64_t snapshots_sent_ = 0;
  std::uint64_t forwarded_ = 0;
  std::uint64_t repeated_ = 0;
  std::uint64_t lost_entries_ = 0;
  std::uint64_t left_leading_ = 0;
  sim::Histogram commit_time_;
};

void RaftReplication::describe_statistics(sim::NodeStatistics& statistics) {
  const auto count = [&](std::string name, const std::uint64_t& counter) {
    statistics.scalar(std::move(name), [&counter](Time) { return static_cast<double>(counter); });
  };
  count("elections_won", elections_);
  count("requests_forwarded", forwarded_);
  count("writes_repeated", repeated_);
  count("snapshots_sent", snapshots_sent_);
  if (!free_storage_) count("entries_lost_in_crashes", lost_entries_);
  statistics.scalar("entries_per_append", [this](Time) {
    return static_cast<double>(entries_sent_) / static_cast<double>(appends_);
  });
  statistics.scalar("log_entries", [this](Time) {
    return static_cast<double>(raft_->log().last() + 1 - raft_->log().first());
  });
  statistics.scalar("term", [this](Time) { return static_cast<double>(raft_->term()); });
  statistics.scalar("leading_seconds", [this](Time at) { return sim::to_seconds(led(at)); });
  statistics.scalar("voter",
                    [this](Time) { return raft_->membership().has_voter(id()) ? 1.0 : 0.0; });
  count("left_as_leader", left_leading_);
  if (self_ == 0) {
    statistics.scalar("leaderless_seconds",
                      [this](Time at) { return sim::to_seconds(shared_->watch.leaderless(at)); });
    count("membership_changes", shared_->changed);
    count("membership_changes_refused", shared_->refused);
    statistics.histogram("membership_change_seconds", shared_->change_time);
    statistics.series_part("voters", [this](Time at) { return shared_->voter_seconds(at); });
  }
  statistics.histogram("commit_seconds", commit_time_);
  statistics.series_part("leading", [this](Time at) { return sim::to_seconds(led(at)); });
  statistics.on_reset([this](Time at) {
    elections_ = appends_ = entries_sent_ = snapshots_sent_ = forwarded_ = repeated_ = 0;
    lost_entries_ = left_leading_ = 0;
    commit_time_ = {};
    led_ = {};
    leading_since_ = at;
    if (self_ == 0) shared_->reset(at);
  });
}

const sim::Registration<Replication, RaftReplication, RaftParams> registered{
    {.name = "raft",
     .title = "Raft",
     .summary =
         "One replica leads and puts all writes into a log; a write is done when a majority has it "
         "on disk. No acknowledged write is lost while a majority lives; without a majority "
         "nothing "
         "is written, nor read but locally.",
     .source = "Ongaro, Consensus: Bridging Theory and Practice, 2014",
     .does_not_model = "the cost of encoding, reads at followers with an index of the leader's",
     .example = R"json({"type": "raft", "election_timeout": "1s", "reads": "read_index"})json"}};

}  // namespace
}  // namespace faultline::models
