#include "models/serving/queues.hpp"

#include <algorithm>
#include <utility>

#include "models/serving/locks.hpp"
#include "sim/kernel/combinators.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Reason;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

void QueueParams::describe(sim::ParamList<QueueParams>& list) {
  list.add("capacity", &QueueParams::capacity,
           "Messages that fit; 0: a publisher waits until a consumer takes its message")
      .unit("messages")
      .between(0, 100'000'000);
  list.add("when_full", &QueueParams::when_full,
           "What becomes of a message when there is no room. wait: its publisher waits; fail: its "
           "publisher fails; drop: it is lost, and nobody is told; drop_oldest: the oldest is lost "
           "instead; run: the publisher does the steps itself")
      .one_of({"wait", "fail", "drop", "drop_oldest", "run"});
  list.add("timeout", &QueueParams::timeout,
           "How long a publisher waits for room before it fails; without it, as long as it takes")
      .above(Duration(0));
  list.add("consumers", &QueueParams::consumers,
           "How many of the server's own take messages; 0: only requests do, with `consume`")
      .unit("consumers")
      .between(0, 100'000);
  list.add("batch", &QueueParams::batch,
           "Messages that a consumer takes at once, if there are so many; it does its steps once "
           "for all of them")
      .unit("messages")
      .between(1, 100'000);
  list.add("tries", &QueueParams::tries,
           "How often the steps are done for a message that fails, before it is given up")
      .unit("tries")
      .between(1, 1000);
  list.add("steps", &QueueParams::steps, "What a consumer does for a message; nothing without it");
}

void QueueParams::check(const QueueParams& params, const sim::Path& path, sim::Problems& problems) {
  if (params.timeout && params.when_full != "wait")
    problems.add(path / "timeout", R"(has no effect without "when_full": "wait": nobody waits)");
  if (params.capacity == 0 && params.when_full == "drop_oldest")
    problems.add(path / "when_full", "a queue without room has no oldest message to drop");
  if (params.consumers == 0 && !params.steps.empty())
    problems.add(path / "steps", "nobody does them without `consumers`");
}

// Queues

void Queues::declare(const std::map<std::string, QueueParams>& queues, const StepContext& context) {
  context.host.tell_jobs_apart();
  for (const auto& [name, params] : queues) {
    const StepContext own{context.build, context.host, "queues." + name};
    queues_.emplace(name, std::make_unique<Queue>(name, params, own));
  }
}

Queues::Queue* Queues::find(const std::string& name, const StepContext& context) const {
  const auto found = queues_.find(name);
  if (found != queues_.end()) return found->second.get();
  context.build.problem(context.path, "the server has no queue \"" + name + "\"",
                        R"(declare it: "queues": {")" + name + R"(": {}})");
  return nullptr;
}

void Queues::crashed() {
  for (const auto& [name, queue] : queues_) queue->crashed();
}

void Queues::describe_statistics(sim::NodeStatistics& statistics) {
  for (const auto& [name, queue] : queues_) queue->describe_statistics(statistics);
}

// Queue

Queues::Queue::Queue(std::string name, const QueueParams& params, const StepContext& context)
    : host_(context.host),
      kernel_(context.build.kernel()),
      name_(std::move(name)),
      params_(params),
      steps_(params.steps, StepContext{context.build, context.host, context.path + ".steps"}),
      messages_(std::make_unique<Channel>(kernel_, static_cast<std::size_t>(params.capacity))) {}

Task<Reply> Queues::Queue::publish(Job& job, const Request& request) {
  start_consumers();
  if (closed()) {
    ++rejected_;
    co_return Reply::fail(Reason::rejected);
  }
  const Time begun = now();
  Message message{request, begun};
  // Nobody waits for the message's answer.
  message.request.deadline = sim::time_max;
  bool sent = messages_->try_send(message);
  if (!sent && params_.when_full == "drop_oldest") {
    // There is one: this does not wait.
    auto oldest = messages_->receive();
    co_await oldest;
    ++dropped_;
    sent = messages_->try_send(message);
  }
  if (!sent && params_.when_full == "wait") {
    Time until = request.deadline;
    if (params_.timeout)
      until =
          std::min(until, Time(sim::saturating_sum(begun.time_since_epoch(), *params_.timeout)));
    auto sending = send(message);
    if (until == sim::time_max) {
      sent = co_await sending;
    } else if (until > begun) {
      auto limited = sim::with_timeout(std::move(sending), until - begun);
      sent = (co_await limited).value_or(false);
    }
    job.woken_by(Job::Wake::inside);
    if (begun >= statistics_start_) publish_wait_.record((now() - begun).count());
    if (!sent) {
      ++rejected_;
      const Reason why = closed()                    ? Reason::rejected
                         : request.deadline <= now() ? Reason::expired
                                                     : Reason::timeout;
      co_return Reply::fail(why);
    }
  } else if (begun >= statistics_start_) {
    publish_wait_.record(0);
  }
  if (sent) {
    ++published_;
    note_length();
    co_return Reply::ok();
  }
  if (params_.when_full == "run") {
    ++run_;
    co_return co_await steps_.run(job, request);
  }
  if (params_.when_full == "fail") {
    ++rejected_;
    co_return Reply::fail(Reason::rejected);
  }
  ++dropped_;
  co_return Reply::ok();
}

Task<std::optional<Request>> Queues::Queue::take(Time until) {
  for (;;) {
    auto receiving = receive();
    std::optional<Message> message;
    if (until == sim::time_max) {
      message = co_await receiving;
    } else if (until > now() || messages_->size() > 0) {
      auto limited = sim::with_timeout(std::move(receiving), std::max(until - now(), Duration(0)));
      message = (co_await limited).value_or(std::nullopt);
    }
    if (!message) co_return std::nullopt;
    note_length();
    // A pill is for a consumer; here there is none to be ended.
    if (message->poisoned) continue;
    taken(*message);
    ++consumed_;
    co_return message->request;
  }
}

void Queues::Queue::close() { messages_->close(); }

void Queues::Queue::poison() {
  start_consumers();
  // Each in a process of its own: a full queue makes the pill wait, and not the one who sends it.
  for (std::int64_t i = 0; i < params_.consumers; ++i) {
    const auto send_pill = [](Queue& self) -> Task<void> {
      const Message pill{.request = {}, .published = self.now(), .poisoned = true};
      auto sending = self.send(pill);
      co_await sending;
      self.note_length();
    };
    host_.spawn(send_pill(*this));
  }
}

Task<bool> Queues::Queue::send(Message message) {
  auto sending = messages_->send(message);
  co_return co_await sending;
}

Task<std::optional<Queues::Queue::Message>> Queues::Queue::receive() {
  auto receiving = messages_->receive();
  co_return co_await receiving;
}

/// When somebody first has to do with the queue: until then there is nothing to consume.
void Queues::Queue::start_consumers() {
  if (std::exchange(started_, true)) return;
  for (std::int64_t i = 0; i < params_.consumers; ++i) {
    ++consumers_;
    host_.spawn(consume());
  }
}

Task<void> Queues::Queue::consume() {
  bool poisoned = false;
  while (!poisoned) {
    std::vector<Message> batch;
    {
      auto receiving = messages_->receive();
      std::optional<Message> first = co_await receiving;
      if (!first) break;
      poisoned = first->poisoned;
      if (!poisoned) batch.push_back(std::move(*first));
    }
    while (!poisoned && messages_->size() > 0 &&
           batch.size() < static_cast<std::size_t>(params_.batch)) {
      auto receiving = messages_->receive();  // There is one: this does not wait.
      std::optional<Message> next = co_await receiving;
      poisoned = next->poisoned;
      if (!poisoned) batch.push_back(std::move(*next));
    }
    note_length();
    if (batch.empty()) continue;
    for (const Message& message : batch) taken(message);
    auto working = work_on(std::move(batch));
    co_await working;
  }
  --consumers_;
}

Task<void> Queues::Queue::work_on(std::vector<Message> batch) {
  const auto count = static_cast<std::int64_t>(batch.size());
  in_work_ += count;
  busy_.add(now(), 1);
  Reply reply;
  for (std::int64_t tried = 1; tried <= params_.tries; ++tried) {
    Job job(host_, name_);
    co_await host_.back(job);
    reply = co_await steps_.run(job, batch.front().request);
    if (reply.is_ok()) break;
  }
  busy_.add(now(), -1);
  in_work_ -= count;
  (reply.is_ok() ? consumed_ : failed_) += static_cast<std::uint64_t>(count);
}

void Queues::Queue::taken(const Message& message) {
  if (message.published >= statistics_start_) wait_.record((now() - message.published).count());
}

void Queues::Queue::note_length() {
  length_.set(now(), static_cast<std::int64_t>(messages_->size()));
}

void Queues::Queue::crashed() {
  lost_ += messages_->size() + static_cast<std::uint64_t>(in_work_);
  messages_ = std::make_unique<Channel>(kernel_, static_cast<std::size_t>(params_.capacity));
  started_ = false;
  consumers_ = in_work_ = 0;
  length_.set(now(), 0);
  busy_.set(now(), 0);
}

void Queues::Queue::describe_statistics(sim::NodeStatistics& statistics) {
  const auto named = [this](std::string_view what) { return name_ + ":" + std::string(what); };
  const auto count = [&](std::string_view what, const std::uint64_t& counter) {
    statistics.scalar(named(what), [&counter](Time) { return static_cast<double>(counter); });
  };
  count("published", published_);
  count("publish_rejected", rejected_);
  count("messages_dropped", dropped_);
  count("messages_run_by_publisher", run_);
  count("messages_consumed", consumed_);
  count("messages_failed", failed_);
  count("messages_lost", lost_);
  statistics.scalar(named("queue_length_mean"), [this](Time now) { return length_.mean(now); });
  statistics.scalar(named("queue_length_max"),
                    [this](Time) { return static_cast<double>(length_.maximum()); });
  statistics.scalar(named("queue_length_now"),
                    [this](Time) { return static_cast<double>(length_.value()); });
  statistics.scalar(named("consumers_now"),
                    [this](Time) { return static_cast<double>(consumers_); });
  statistics.scalar(named("consumers_busy_mean"), [this](Time now) { return busy_.mean(now); });
  statistics.histogram(named("publish_wait_seconds"), publish_wait_);
  statistics.histogram(named("queue_wait_seconds"), wait_);
  statistics.series_part(named("queue_length"), [this](Time now) {
    return static_cast<double>(length_.area(now)) * 1e-9;
  });
  statistics.on_reset([this](Time now) {
    published_ = rejected_ = dropped_ = run_ = consumed_ = failed_ = lost_ = 0;
    publish_wait_.reset();
    wait_.reset();
    length_.reset(now);
    busy_.reset(now);
    statistics_start_ = now;
  });
}

}  // namespace faultline::models
