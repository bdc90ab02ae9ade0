/// Queues in a server's memory, between those who publish and those who consume.
///
///   publish --> { full? } --no--> [ queue ] --> consumers --> steps, for each message
///                   '--yes--> wait, fail, drop, or do it oneself
///
/// Rule: FIFO. A full queue holds publishers up (`wait`: back-pressure), or it does not let the
/// message in. Consumers of the server itself take messages for as long as there are any, each one
/// at a time or a batch; a request may take one with the step `consume`. A message whose steps fail
/// is tried again up to `tries` times and then given up. `close`: nothing more is let in, and
/// consumers end when the queue is empty. `poison`: a message behind all others for each consumer,
/// which ends it; what is published later nobody takes. A crash loses what is in the queue and what
/// is being worked on, and opens it again.
/// Source: Java SE, BlockingQueue (put, offer, and poison objects in its documentation) and
/// ThreadPoolExecutor (saturation policies); Go, channels (close).
/// Does not model: threads of their own for consumers: they run where the server's concurrency lets
/// callbacks run; the memory that messages take; order by priority.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/serving/step.hpp"
#include "sim/kernel/channel.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/param/described.hpp"

namespace faultline::models {

/// What a server says of one of its queues.
struct QueueParams {
  std::int64_t capacity = 1000;
  std::string when_full = "wait";
  std::optional<sim::Duration> timeout;
  std::int64_t consumers = 1;
  std::int64_t batch = 1;
  std::int64_t tries = 1;
  std::vector<StepChoice> steps;

  static void describe(sim::ParamList<QueueParams>& list);
  static void check(const QueueParams& params, const sim::Path& path, sim::Problems& problems);
};

class Queues final : public HostPart {
 public:
  explicit Queues(Host& host) : host_(host) {}

  class Queue;
  /// Makes the queues of a server. Before its steps are made.
  void declare(const std::map<std::string, QueueParams>& queues, const StepContext& context);
  /// The queue of that name; null, and a problem, if the server has none.
  Queue* find(const std::string& name, const StepContext& context) const;

  void crashed() override;
  void describe_statistics(sim::NodeStatistics& statistics) override;

 private:
  Host& host_;
  std::map<std::string, std::unique_ptr<Queue>> queues_;
};

class Queues::Queue {
 public:
  Queue(std::string name, const QueueParams& params, const StepContext& context);

  /// Lets a message in that stands for `request`, as the queue does when it is full.
  sim::Task<sim::Reply> publish(Job& job, const sim::Request& request);
  /// The next message, at the latest at `until`: the request it stands for. Nothing: none came
  /// until then, or the queue is closed and empty.
  sim::Task<std::optional<sim::Request>> take(sim::Time until);
  bool closed() const { return messages_->closed(); }
  void close();
  /// A poisoned message for each consumer, past any limit.
  void poison();

  void crashed();
  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  struct Message {
    sim::Request request;
    sim::Time published{};
    bool poisoned = false;
  };
  using Channel = sim::Channel<Message>;

  void start_consumers();
  sim::Task<void> consume();
  sim::Task<void> work_on(std::vector<Message> batch);
  sim::Task<bool> send(Message message);
  sim::Task<std::optional<Message>> receive();
  void taken(const Message& message);
  void note_length();
  sim::Time now() const { return kernel_.now(); }

  Host& host_;
  sim::Kernel& kernel_;
  std::string name_;
  QueueParams params_;
  StepList steps_;
  std::unique_ptr<Channel> messages_;  ///< State.
  bool started_ = false;               ///< The consumers are there. State.
  std::int64_t consumers_ = 0;         ///< That have not ended. State.
  std::int64_t in_work_ = 0;           ///< Messages. State.

  sim::Time statistics_start_{};
  std::uint64_t published_ = 0;  ///< Statistic, as all of these.
  std::uint64_t rejected_ = 0;   ///< Publishers that were told so.
  std::uint64_t dropped_ = 0;    ///< Messages that are gone, and nobody was told.
  std::uint64_t run_ = 0;        ///< Done by the publisher itself.
  std::uint64_t consumed_ = 0;
  std::uint64_t failed_ = 0;  ///< Given up after all tries.
  std::uint64_t lost_ = 0;    ///< In a crash.
  sim::Histogram publish_wait_;
  sim::Histogram wait_;
  sim::CountGauge length_;
  sim::CountGauge busy_;
};

}  // namespace faultline::models
