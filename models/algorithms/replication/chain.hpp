/// Chain replication: the replicas stand in a row; writes go in at the head and pass along it,
/// reads are answered at the tail, where everything has passed all others.
///
///   write --> head --> middle --> tail      acks go back along the chain
///   read  ----------------------> tail      or, apportioned, to any of them
///
/// Rule:
/// - The head numbers the updates. Each replica puts an update on disk, then passes it on, in
/// order.
///   At the tail it is committed: the head hears so and answers; acks go back along the chain.
/// - Apportioned reads (CRAQ): a replica whose last version of the key is committed, as far as it
///   knows, answers itself; otherwise it asks the tail how far that has committed.
/// - A master, thought of as reliable, asks the replicas now and then. One that does not answer for
///   the detection time, or has been down in between, is taken out of the chain, and the others are
///   told the new one, in a new epoch. Whoever has a new successor passes on again what it does not
///   know to be committed; who is the tail now commits all it has. What comes from another epoch is
///   ignored. Meanwhile writes wait.
/// - A replica that is back is given a copy of all by the tail, then what the tail commits, and
///   when it has the copy the master makes it the tail; it answers reads when it has all that the
///   former tail had committed.
/// - A replica answers reads for `lease` after the last answer that the master is known to have had
///   from it, by its own clock: one that was taken out without knowing stops before.
///
/// Input in, output out: time is a value.
/// Source: van Renesse, Schneider, "Chain Replication for Supporting High Throughput and
/// Availability", OSDI 2004; Terrace, Freedman, "Object Storage on CRAQ", USENIX ATC 2009, section
/// 2. Does not model: the master's own replication; the tail's answer straight to the client (it
/// goes by the head); a copy of only what is missing.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/algorithms/replication/confirmed_answers.hpp"
#include "models/algorithms/replication/replica_log.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

struct ChainConfiguration {
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};

  std::uint64_t epoch = 0;
  std::vector<std::uint32_t> chain;  ///< Head first.
  std::uint32_t joining = nobody;    ///< Is being given a copy by the tail.
  std::uint32_t joined = nobody;     ///< The tail, and has just become so by joining.
  /// Of each member, the life in which it was put into the chain, or joins: in another one it is
  /// not of the chain.
  std::vector<std::uint32_t> lives = {};
};

/// What a replica says of itself when the master asks.
struct ChainStatus {
  std::uint32_t life = 0;       ///< How often it was started; 0: not yet.
  std::uint64_t epoch = 0;      ///< Of the configuration it knows.
  std::uint64_t copied_in = 0;  ///< The epoch in which it got a copy of all.
  bool settled = false;         ///< In the chain, with all that was committed.
  bool given_up = false;        ///< It joined, and takes the rest from nobody any more.
  std::uint64_t number = 0;     ///< Of the answer.
};

/// What the master asks with.
struct ChainQuestion {
  std::uint64_t epoch = 0;      ///< Of its configuration.
  bool doubts = false;          ///< One that joined is to give up, or to say that it has all.
  std::uint64_t confirmed = 0;  ///< The last answer that it has of this replica.
};

/// Who decides what the chain is.
class ChainMaster {
 public:
  ChainMaster(std::uint32_t members, sim::Duration detection_time);

  /// It begins to look: nobody counts as gone before the detection time has passed.
  void began(sim::Duration now);
  void answered(std::uint32_t member, const ChainStatus& status, sim::Duration now);
  /// Whether there is another configuration now.
  bool decide(sim::Duration now);
  ChainQuestion question(std::uint32_t member) const {
    return {configuration_.epoch, doubts_, members_[member].status.number};
  }
  const ChainConfiguration& configuration() const { return configuration_; }
  /// Whether what it last said shows that it does not know the configuration.
  bool is_behind(std::uint32_t member) const {
    return members_[member].status.epoch < configuration_.epoch;
  }

 private:
  struct Member {
    ChainStatus status;
    sim::Duration at{};
    std::uint32_t placed_life = 1;  ///< When it was put into the chain, or joins.
  };
  bool is_here(std::uint32_t member, sim::Duration now) const {
    return members_[member].status.life > 0 && now < members_[member].at + detection_time_;
  }

  sim::Duration detection_time_;
  std::vector<Member> members_;
  ChainConfiguration configuration_;
  /// One that joined may have lost who was to give it the rest.
  bool doubts_ = false;
};

struct ChainConfig {
  std::uint32_t members = 3;
  std::uint32_t self = 0;
  bool apportioned = false;
  sim::Duration lease = std::chrono::seconds(1);
  sim::Duration resend_after = std::chrono::seconds(1);  ///< Doubles while nothing moves.
};

struct ChainMessage {
  enum class Kind : std::uint8_t { update, ack, done, copy, handover, query, version };
  struct KeyValue {
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    std::int64_t size = 0;
  };
  Kind kind = Kind::update;
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;  ///< Of the update; of others, the last one that is meant.
  std::uint64_t key = 0;
  std::uint64_t value = 0;
  std::int64_t size = 0;
  std::uint64_t token = 0;  ///< Of a query, echoed.
  std::shared_ptr<const std::vector<KeyValue>> copy = nullptr;

  std::int64_t bytes() const;
};

class ChainNode {
 public:
  using Message = ChainMessage;
  static constexpr std::uint32_t nobody = ChainConfiguration::nobody;

  enum class End : std::uint8_t {
    ok,
    not_here,  ///< It is not for this replica to answer; nothing was done.
    unknown,   ///< It left the chain with this on its way.
  };
  struct Outgoing {
    std::uint32_t to = 0;
    Message message;
  };
  struct Finished {
    std::uint64_t token = 0;
    End end = End::ok;
    std::uint64_t value = 0;  ///< Of a read.
  };
  struct Counts {
    std::uint64_t configurations = 0;
    std::uint64_t resent = 0;
    std::uint64_t copies = 0;  ///< Given to who joins.
    std::uint64_t clean_reads = 0;
    std::uint64_t dirty_reads = 0;  ///< That had to ask the tail.
    std::uint64_t undone_by_crashes = 0;
  };

  /// Without a log everything is on disk at once.
  ChainNode(const ChainConfig& config, ReplicaLog* log);

  void set_clock(sim::Duration local) { local_ = local; }
  void start(sim::Duration now);
  void crashed(std::uint64_t survives);
  /// The master asks: that is a lease, too.
  ChainStatus asked(const ChainQuestion& question);
  void configure(const ChainConfiguration& configuration, sim::Duration now);

  void begin_write(std::uint64_t token, std::uint64_t key, std::uint64_t value, std::int64_t size,
                   sim::Duration now);
  void begin_read(std::uint64_t token, std::uint64_t key);
  void receive(std::uint32_t from, const Message& message, sim::Duration now);
  void synced(std::uint64_t position, sim::Duration now);

  sim::Duration next_alarm() const { return resend_at_; }
  void wake(sim::Duration now);

  std::vector<Outgoing> outgoing;
  std::vector<Finished> finished;

  bool in_chain() const { return place_ != nobody; }
  bool is_head() const { return place_ == 0; }
  bool is_tail() const { return in_chain() && place_ + 1 == configuration_.chain.size(); }
  /// As far as it knows.
  std::uint32_t head() const { return chain_end(true); }
  std::uint32_t tail() const { return chain_end(false); }
  const ChainConfiguration& configuration() const { return configuration_; }
  /// Whether it may answer a read of its own.
  bool answers_reads() const;
  std::uint64_t last() const { return base_ + log_.size(); }
  std::uint64_t committed() const { return committed_; }
  /// Updates that it has and does not know to be committed.
  std::uint64_t pending() const { return last() - committed_; }
  std::optional<std::uint64_t> unsynced() const;
  const Counts& counts() const { return counts_; }
  void reset_counts() { counts_ = {}; }

 private:
  struct Logged {
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    std::int64_t size = 0;
    std::uint64_t position = 0;
    std::uint64_t before_value = 0;
    std::uint64_t before_number = 0;
    std::int64_t before_size = 0;
  };
  struct Held {
    std::uint64_t value = 0;
    std::uint64_t number = 0;
    std::int64_t size = 0;
  };
  struct Waiting {
    std::uint64_t number;
    std::uint64_t token;
  };

  std::uint32_t chain_end(bool head) const {
    if (configuration_.chain.empty()) return nobody;
    return head ? configuration_.chain.front() : configuration_.chain.back();
  }
  std::uint32_t neighbour(int step) const;
  std::uint32_t successor() const { return neighbour(1); }
  std::uint32_t predecessor() const { return neighbour(-1); }
  void append(std::uint64_t key, std::uint64_t value, std::int64_t size);
  std::uint64_t value_at(std::uint64_t key, std::uint64_t limit) const;
  void take_update(std::uint32_t from, const Message& message, sim::Duration now);
  void take_copy(std::uint32_t from, const Message& message);
  void advance(sim::Duration now);
  void pass_on(std::uint32_t to, std::uint64_t& sent);
  void commit(std::uint64_t number);
  void send(std::uint32_t to, Message message);
  void send_number(std::uint32_t to, Message::Kind kind, std::uint64_t number);
  void give_copy(std::uint32_t to);
  void leave();
  void receive_early(sim::Duration now);

  ChainConfig config_;  ///< Parameters.
  ReplicaLog* engine_log_;

  // On disk.
  std::deque<Logged> log_;  ///< Updates base_ + 1 ..
  std::uint64_t base_ = 0;
  tsl::robin_map<std::uint64_t, Held> table_;
  std::uint32_t life_ = 0;

  // In memory.
  ChainConfiguration configuration_;
  std::uint32_t place_ = nobody;  ///< In the chain.
  bool joining_ = false;
  std::uint64_t copied_in_ = 0;
  std::uint64_t durable_ = 0;
  std::uint64_t committed_ = 0;
  std::uint64_t passed_on_ = 0;    ///< To the successor.
  std::uint32_t joiner_ = nobody;  ///< Whom it gave a copy.
  std::uint64_t joiner_sent_ = 0;
  std::uint64_t joiner_acked_ = 0;
  std::optional<std::uint64_t> handed_over_;  ///< Of one that joined: what it has to have.
  bool awaits_handover_ = false;
  bool gave_up_ = false;                        ///< It will not be handed over to.
  std::map<std::uint64_t, Message> held_back_;  ///< Updates that came before the one before them.
  std::vector<std::pair<std::uint32_t, Message>> early_;  ///< Of an epoch not known here yet.
  std::deque<Waiting> waiting_;
  sim::Duration local_{};
  ConfirmedAnswers lease_;
  sim::Duration resend_at_ = sim::Duration::max();
  sim::Duration resend_pause_{};
  std::uint64_t resend_seen_ = 0;                   ///< What was committed when the alarm was set.
  std::map<std::uint64_t, std::uint64_t> queries_;  ///< Keys of reads that ask the tail, by token.
  Counts counts_;                                   ///< Statistic.
};

}  // namespace faultline::models
