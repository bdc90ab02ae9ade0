/// What the drivers of replication protocols have in common: the engine's log as the protocol sees
/// it, the way of that log onto the disk, an alarm that is rarely set anew, and requests that wait
/// for the protocol to answer them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "models/algorithms/replication/replica_log.hpp"
#include "models/storage/storage_engine.hpp"
#include "sim/kernel/one_shot.hpp"
#include "sim/network/node_timer.hpp"

namespace faultline::models {

class EngineLog final : public ReplicaLog {
 public:
  explicit EngineLog(StorageEngine& engine) : engine_(engine) {}
  std::uint64_t append(std::int64_t bytes) override { return engine_.append(bytes); }

 private:
  StorageEngine& engine_;
};

/// Brings a protocol's log onto the disk: one sync after the other, as long as there is something
/// that is not there. Protocol: unsynced() says up to where it wants it.
template <class Protocol>
class SyncLoop {
 public:
  /// `synced` is told up to where the log is on disk. Requires: the others outlive it.
  SyncLoop(sim::Node& node, StorageEngine& storage, const Protocol& protocol,
           std::function<void(std::uint64_t)> synced)
      : node_(node), storage_(storage), protocol_(protocol), synced_(std::move(synced)) {}

  /// There may be something to do.
  void wake() {
    if (running_ || !protocol_.unsynced()) return;
    running_ = true;
    node_.spawn(run());
  }
  /// The node's processes are gone.
  void crashed() { running_ = false; }

 private:
  sim::Task<void> run() {
    while (const auto position = protocol_.unsynced()) {
      auto syncing = storage_.sync(*position);
      co_await syncing;
      synced_(*position);
    }
    running_ = false;
  }

  sim::Node& node_;
  StorageEngine& storage_;
  const Protocol& protocol_;
  std::function<void(std::uint64_t)> synced_;
  bool running_ = false;
};

/// Rings when a protocol wants it to, or earlier: it is not set anew for a later time, since most
/// of what a protocol waits for comes before the alarm does.
class ProtocolAlarm {
 public:
  ProtocolAlarm(sim::Node& node, std::function<void()> ring)
      : kernel_(node.kernel()), timer_(node, std::move(ring)) {}

  /// `at` since the start of the run; Duration::max(): never.
  void want(sim::Duration at) {
    if (at == sim::Duration::max()) return;
    const sim::Time time = std::max(sim::Time(at), kernel_.now());
    if (timer_.is_set() && set_for_ <= time) return;
    timer_.set(time);
    set_for_ = time;
  }
  void cancel() { timer_.cancel(); }

 private:
  sim::Kernel& kernel_;
  sim::NodeTimer timer_;
  sim::Time set_for_{};
};

/// Requests that wait for the protocol, each known to it by a token.
template <class Answer>
class Waiters {
 public:
  explicit Waiters(sim::Kernel& kernel) : kernel_(kernel) {}

  /// Stands in the frame of the request that waits.
  class Waiter {
   public:
    explicit Waiter(Waiters& all) : all_(all), shot_(all.kernel_) {
      if (all.free_.empty()) {
        all.free_.push_back(all.waiting_.size());
        all.waiting_.push_back(nullptr);
      }
      token_ = all.free_.back();
      all.free_.pop_back();
      all.waiting_[token_] = this;
    }
    Waiter(const Waiter&) = delete;
    ~Waiter() {
      all_.waiting_[token_] = nullptr;
      all_.free_.push_back(token_);
    }
    std::uint64_t token() const { return token_; }
    /// `auto answered = waiter.answered(); co_await answered;` and then:
    auto answered() { return shot_.wait(); }
    Answer& answer() { return answer_; }

   private:
    friend class Waiters;
    Waiters& all_;
    std::uint64_t token_ = 0;
    sim::OneShot<bool> shot_;
    Answer answer_{};
  };

  /// Nothing happens if nobody waits by this token.
  void tell(std::uint64_t token, Answer answer) {
    Waiter* waiter = token < waiting_.size() ? waiting_[token] : nullptr;
    if (!waiter || waiter->shot_.is_set()) return;
    waiter->answer_ = std::move(answer);
    waiter->shot_.set(true);
  }

 private:
  sim::Kernel& kernel_;
  std::vector<Waiter*> waiting_;  ///< By token; null: free.
  std::vector<std::uint64_t> free_;
};

}  // namespace faultline::models
