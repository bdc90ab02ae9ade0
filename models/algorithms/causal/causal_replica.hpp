/// One replica of a store that is causal+: reads and writes are served at once from what is here,
/// and what others wrote is shown only when all that it depends on is shown.
///
///   write(key, value, context) --> shown here at once, put into the log --> next(peer) --> network
///   receive(write) --> all its dependencies shown here?  yes: shown;  no: pending until they are
///
/// Rule: a write has a Lamport time larger than all its client has seen, and names what it depends
/// on (ClientContext). Of the writes to a key the one with the largest (Lamport time, replica) is
/// shown, so that replicas which have shown the same writes are equal (the + of causal+).
/// Each replica tells all others of its own writes, in order, and again until they have them
/// (DeltaSync); who lacks more than the log holds is sent all that is shown.
/// With `converge` off, of the writes to a key the one shown last stays: each replica has an order
/// of its own, which is causal memory, and replicas may stay apart for ever. No store that never
/// waits for others has both (Perrin et al.).
/// With `dependencies` off a write is shown when it arrives: eventual consistency.
/// Source: Lloyd, Freedman, Kaminsky, Andersen, "Don't Settle for Eventual", SOSP 2011 (COPS);
/// the same as a layer above an eventually consistent store: Bailis, Ghodsi, Hellerstein, Stoica,
/// "Bolt-on Causal Consistency", SIGMOD 2013. Without convergence: Ahamad et al., "Causal Memory",
/// 1995; Perrin, Mostefaoui, Jard, "Causal Consistency: Beyond Memory", PPoPP 2016.
/// Does not model: partitions of the key space within a replica (its dependency checks are local),
/// get transactions, convergence by anything but the last writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/algorithms/causal/client_context.hpp"
#include "models/algorithms/crdt/delta_sync.hpp"
#include "models/algorithms/crdt/dot_context.hpp"

namespace faultline::models {

struct CausalWrite {
  std::uint64_t key = 0;
  std::uint64_t value = 0;
  Dot dot;                    ///< Names the write; its replica is the one that took it.
  std::uint64_t lamport = 0;  ///< Lamport time.
  std::vector<Dot> nearest;   ///< Depends on these,
  VersionVector vector;       ///< and on all these.
  VersionVector seen;         ///< Shown where it was written, for counting conflicts; not sent.
  std::int64_t size = 0;      ///< Bytes of the value.

  std::int64_t bytes() const {
    return 40 + size + 12 * static_cast<std::int64_t>(nearest.size() + vector.entries().size());
  }
};

/// What is shown of a key.
struct CausalVersion {
  std::uint64_t value = 0;
  Dot dot;  ///< No event: never written.
  std::uint64_t lamport = 0;
  VersionVector seen;  ///< See CausalWrite.
  std::int64_t size = 0;

  bool operator<(const CausalVersion& other) const {
    return std::pair(lamport, dot.replica) < std::pair(other.lamport, other.dot.replica);
  }
};

struct CausalMessage {
  enum class Kind : std::uint8_t { writes, everything, acknowledgement, probe, here };
  Kind kind = Kind::writes;
  std::uint32_t epoch = 0;   ///< Of the sender's numbers; of an acknowledgement: of the peer's.
  std::uint32_t losses = 0;  ///< How often the sender has lost some of what it had.
  Interval interval = {};
  std::vector<CausalWrite> writes = {};
  /// Of everything.
  std::vector<std::pair<std::uint64_t, CausalVersion>> versions = {};
  DotContext shown = {};

  std::int64_t bytes() const;
};

/// Who wants to know what happens to what is shown.
class CausalObserver {
 public:
  virtual ~CausalObserver() = default;
  virtual void changing(std::uint64_t key, const CausalVersion* before) = 0;
  virtual void changed(std::uint64_t key, const CausalVersion& after) = 0;
  /// `mine`, written here, gives way to `theirs`, whose writer had not seen it.
  virtual void conflict(const CausalVersion& /*mine*/, const CausalVersion& /*theirs*/) {}
  /// A write came before what it depends on, and waits.
  virtual void waits(const CausalWrite&) {}
};

class CausalReplica {
 public:
  struct Config {
    std::size_t members = 1;
    std::size_t self = 0;
    sim::Duration retry{};  ///< Longer than a message and its acknowledgement take.
    std::size_t log_limit = 100'000;
    bool dependencies = true;
    bool converge = true;
  };
  explicit CausalReplica(const Config& config, CausalObserver* observer = nullptr);

  /// Whether all that the client has seen is shown here: it may be served without going back in
  /// its own time.
  bool covers(const ClientContext& context) const;
  /// The value of `key`, 0 if it was never written; the context learns of it.
  std::uint64_t read(std::uint64_t key, ClientContext& context) const;
  /// Writes; `context` stands for this write from now on.
  void write(std::uint64_t key, std::uint64_t value, std::int64_t size, ClientContext& context);

  std::optional<CausalMessage> next(std::size_t peer, sim::Duration now);
  std::optional<CausalMessage> receive(std::size_t from, const CausalMessage& message,
                                       sim::Duration now);

  const CausalVersion* find(std::uint64_t key) const;
  std::size_t keys() const { return versions_.size(); }
  std::size_t pending() const { return pending_.size(); }  ///< Writes that wait.
  const DotContext& shown() const { return shown_; }
  const DeltaSync& sync() const { return sync_; }
  ReplicaId id() const { return static_cast<ReplicaId>(config_.self + config_.members * losses_); }

  /// Up again after a crash with all that it had.
  void restart();
  /// Up again, and back to an earlier state: `shown` was what it showed, keys as restored.
  void restart_from(DotContext shown);
  void restore(std::uint64_t key, std::optional<CausalVersion> before);

 private:
  void show(const CausalWrite& write);
  void put(std::uint64_t key, const CausalVersion& version, bool whatever_is_there);
  /// A write of another replica came: shows it, and all that waited for it; or has it wait.
  void take(CausalWrite write);
  /// An event that has to be shown before the write, if there is one.
  std::optional<Dot> missing(const CausalWrite& write) const;
  void show_everything(const CausalMessage& message);
  void begin_anew();
  void acknowledged(std::size_t from, const Interval& interval, sim::Duration now);

  Config config_;
  CausalObserver* observer_;
  DeltaSync sync_;
  std::vector<std::uint32_t> losses_of_;                       ///< By member, as told.
  std::unordered_map<std::uint64_t, CausalVersion> versions_;  ///< By key. On disk.
  DotContext shown_;                                           ///< On disk.
  std::set<Dot> pending_;                                      ///< Writes that wait. On disk.
  std::map<Dot, std::vector<CausalWrite>> waiting_;            ///< By what they wait for.
  std::deque<CausalWrite> log_;                                ///< Own writes. In memory.
  std::uint64_t first_ = 1;                                    ///< Number of the oldest in it.
  std::uint64_t lamport_ = 0;
  std::uint32_t epoch_ = 0;
  std::uint32_t losses_ = 0;
};

}  // namespace faultline::models
