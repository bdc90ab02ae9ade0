/// Actors: requests are messages to objects that each do one after the other, as in Erlang and
/// Akka.
///
///   request --> [ mailbox of its actor ] --> ( actor: one message to its end ) --> ( threads )
///
/// Rules: an actor takes the next message when it has done the last, and waits in it as long as
/// that takes; while it waits, the thread it ran on is free for other actors. A request goes to the
/// actor of its key, to each in turn, or to the one with the fewest messages; one that finds the
/// mailbox full is rejected. A message that ends in an error crashes its actor: its supervisor
/// starts it anew after `restart_delay`, with its mailbox; more than `restarts_max` restarts within
/// `restart_window` end the whole server, as a failure that no supervisor can mend does. A blocking
/// call holds its thread, unless there are `blocking_threads` for it.
/// Source: Armstrong, Making reliable distributed systems in the presence of software errors, 2003;
/// Erlang/OTP, supervisor (intensity and period), Efficiency Guide (a process takes about 327
/// words); Akka, Dispatchers (blocking needs one of its own). Does not model: batches of messages
/// for one turn of an actor, selective receive, the tree of supervisors.
#include <algorithm>
#include <deque>

#include "models/serving/concurrency/one_queue.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct ActorsParams {
  std::int64_t actors = 100;
  std::string routing = "by_key";
  std::optional<std::int64_t> mailbox_limit;
  std::optional<std::int64_t> threads;
  Duration switch_cost = std::chrono::nanoseconds(500);
  std::optional<Duration> slice;
  Duration restart_delay = std::chrono::milliseconds(1);
  std::optional<std::int64_t> restarts_max;
  Duration restart_window = std::chrono::seconds(5);
  std::int64_t blocking_threads = 0;
  sim::Bytes memory_per_actor{2616};
  sim::Bytes memory_per_thread{std::int64_t{1} << 20};

  static void describe(sim::ParamList<ActorsParams>& list) {
    list.add("actors", &ActorsParams::actors, "Actors that share the requests")
        .unit("actors")
        .between(1, 10'000);
    list.add("routing", &ActorsParams::routing, "Which actor a request goes to")
        .one_of({"by_key", "round_robin", "smallest_mailbox"});
    list.add("mailbox_limit", &ActorsParams::mailbox_limit,
             "Messages that may wait for an actor; more are rejected; without it, any number")
        .unit("messages")
        .at_least(0);
    list.add("threads", &ActorsParams::threads,
             "Threads that run actors; without it, one for each core of the machine")
        .unit("threads")
        .between(1, 100'000);
    list.add("switch_cost", &ActorsParams::switch_cost,
             "CPU time to take up an actor: its message is found and given to it")
        .at_least(Duration(0));
    list.add("slice", &ActorsParams::slice,
             "Work after which an actor makes room if others are ready, as in Erlang; without it, "
             "it never does, as in Akka")
        .above(Duration(0));
    list.add("restart_delay", &ActorsParams::restart_delay,
             "How long an actor is away after a message that ended in an error")
        .at_least(Duration(0));
    list.add("restarts_max", &ActorsParams::restarts_max,
             "Restarts within `restart_window` beyond which the server ends; without it, any "
             "number")
        .unit("restarts")
        .at_least(0);
    list.add("restart_window", &ActorsParams::restart_window, "Over which restarts are counted")
        .above(Duration(0));
    list.add("blocking_threads", &ActorsParams::blocking_threads,
             "Further threads that wait in blocking calls; 0: such a call holds its thread")
        .unit("threads")
        .between(0, 100'000);
    list.add("memory_per_actor", &ActorsParams::memory_per_actor, "Memory that an actor takes")
        .at_least(sim::Bytes{0});
    list.add("memory_per_thread", &ActorsParams::memory_per_thread,
             "Memory that a thread's stack takes")
        .at_least(sim::Bytes{0});
  }
};

Carriers::Config config_of(const ActorsParams& params, const Concurrency::MakeArgs& args) {
  Carriers::Config config;
  config.carriers = params.threads.value_or(args.machine.cores_or_one());
  config.blocking_threads = params.blocking_threads;
  config.memory_per_thread = params.memory_per_thread;
  config.slice = params.slice;
  config.name = "dispatcher";
  return config;
}

class Actors final : public OneQueueCarriers {
 public:
  Actors(const ActorsParams& params, const MakeArgs& args)
      : OneQueueCarriers(args, config_of(params, args), params.switch_cost),
        params_(params),
        machine_(args.machine) {
    sim::Resource::Config mailbox = args.queue;
    mailbox.servers = 1;
    if (params.mailbox_limit) mailbox.queue_limit = *params.mailbox_limit;
    for (std::int64_t i = 0; i < params.actors; ++i) {
      mailboxes_.push_back(
          std::make_unique<sim::Resource>(args.build.kernel(), args.build.node().id(), mailbox));
    }
    machine_.keep(params.memory_per_actor.count * params.actors);
  }

  sim::Resource* places(const sim::Request& request) override {
    if (params_.routing == "by_key") return mailboxes_[request.key % mailboxes_.size()].get();
    if (params_.routing == "round_robin") {
      const std::size_t at = next_actor_;
      if (++next_actor_ == mailboxes_.size()) next_actor_ = 0;
      return mailboxes_[at].get();
    }
    const auto smallest =
        std::min_element(mailboxes_.begin(), mailboxes_.end(), [](const auto& a, const auto& b) {
          return a->busy() + a->waiting() < b->busy() + b->waiting();
        });
    return smallest->get();
  }
  bool has_places() const override { return true; }

  Duration closed(Job&, const sim::Reply& reply) override {
    if (reply.reason != sim::Reason::error) return {};
    ++restarts_;
    if (params_.restarts_max) {
      const sim::Time now = kernel().now();
      recent_.push_back(now);
      while (now - recent_.front() > params_.restart_window) recent_.pop_front();
      if (static_cast<std::int64_t>(recent_.size()) > *params_.restarts_max) {
        recent_.clear();
        machine_.end_process(Machine::End::supervisor);
      }
    }
    return params_.restart_delay;
  }
  void crashed() override {
    Carriers::crashed();
    recent_.clear();
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    Carriers::describe_statistics(statistics);
    const auto sum = [this](auto read) {
      return [this, read](sim::Time now) {
        double total = 0;
        for (const auto& each : mailboxes_) total += read(*each, now);
        return total;
      };
    };
    statistics.scalar("mailbox_length_mean", sum([](const sim::Resource& each, sim::Time now) {
                        return each.queue_gauge().mean(now);
                      }));
    statistics.scalar("mailbox_length_max", [this](sim::Time) {
      std::int64_t most = 0;
      for (const auto& each : mailboxes_) most = std::max(most, each->queue_gauge().maximum());
      return static_cast<double>(most);
    });
    statistics.series_part("mailbox_length", sum([](const sim::Resource& each, sim::Time now) {
                             return static_cast<double>(each.queue_gauge().area(now)) * 1e-9;
                           }));
    statistics.scalar("actors_busy_mean", sum([](const sim::Resource& each, sim::Time now) {
                        return each.busy_gauge().mean(now);
                      }));
    statistics.scalar("actor_restarts",
                      [this](sim::Time) { return static_cast<double>(restarts_); });
    statistics.scalar("supervisor_escalations",
                      [this](sim::Time) { return static_cast<double>(machine_.escalations()); });
    statistics.on_reset([this](sim::Time now) {
      for (const auto& each : mailboxes_) each->reset_statistics(now);
      restarts_ = 0;
    });
  }

 private:
  ActorsParams params_;  ///< Parameters.
  Machine& machine_;
  std::vector<std::unique_ptr<sim::Resource>> mailboxes_;
  std::size_t next_actor_ = 0;
  std::deque<sim::Time> recent_;  ///< Restarts within the window. State.
  std::uint64_t restarts_ = 0;    ///< Statistic.
};

const sim::Registration<Concurrency, Actors, ActorsParams> registered{
    {.name = "actors",
     .title = "Actors",
     .summary = "Requests are messages to actors that each do one after the other; a message that "
                "ends in an error crashes its actor, which is started anew.",
     .source = "Armstrong, Making reliable distributed systems in the presence of software errors, "
               "2003; Erlang/OTP supervisor; Akka Dispatchers",
     .does_not_model = "batches of messages for one turn of an actor, selective receive, trees of "
                       "supervisors",
     .example =
         R"json({"type": "actors", "actors": 100, "mailbox_limit": 1000, "restart_delay": "10ms"})json"}};

}  // namespace
}  // namespace faultline::models
