/// A router in front of a sharded database: finds the shard of each key, asks several shards at
/// once, and notices keys that are hot.
///
///   request --> service time --> where is the key? --> replica of its shard --> answer
///                                  |         ^ '- moved: ask the directory, try again
///                                  '--scatter: to all shards or some, gather what comes in time
///
/// Rule: without a directory a key's shard follows from the placement alone. With one it follows
/// from the version of the key's slot, which the router remembers for `remember`; a shard that
/// answers `moved` has the router ask the directory again. Of a shard's replicas it asks the one
/// that served it last, and when that refuses the next one.
/// A scatter is answered when `wait_for` shards have answered well, when all have, or at its
/// `deadline`; from `needed` answers on it is ok, and partial if not all that were asked are in it.
/// With `hot_keys.copies` a hot key is copied to other shards, and its reads go to all of them in
/// turn. A write through this router takes the copies out of use until they have been made anew;
/// what other routers write reaches them when they are made anew, once a window.
/// Source: Vitess, "VTGate"; MongoDB manual, "mongos"; Dean, Barroso, "The Tail at Scale", CACM
/// 2013; for hot keys models/algorithms/sharding/hot_keys.hpp.
/// Does not model: merging and sorting of what shards answer; the removal of copies that nobody
/// reads any more.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "models/algorithms/sharding/gather.hpp"
#include "models/algorithms/sharding/hot_keys.hpp"
#include "models/algorithms/sharding/imbalance.hpp"
#include "models/resilience/caller.hpp"
#include "models/service_time.hpp"
#include "models/serving/single_flight.hpp"
#include "models/storage/bell.hpp"
#include "models/storage/shard_directory.hpp"
#include "sim/kernel/combinators.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/network/component.hpp"
#include "sim/param/described.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct ScatterParams {
  std::vector<std::string> endpoints;
  sim::Probability share{1};
  std::optional<std::int64_t> shards;
  std::optional<std::int64_t> wait_for;
  std::optional<std::int64_t> needed;
  std::optional<Duration> deadline;

  static void describe(sim::ParamList<ScatterParams>& list) {
    list.add("endpoints", &ScatterParams::endpoints,
             "Requests to these go to many shards; without it, to any endpoint");
    list.add("share", &ScatterParams::share, "Of those, how many do")
        .between(sim::Probability{0}, sim::Probability{1});
    list.add("shards", &ScatterParams::shards,
             "How many shards are asked, each time others; without it, all")
        .at_least(1);
    list.add("wait_for", &ScatterParams::wait_for,
             "Answers after which it waits no more; without it, all")
        .at_least(1);
    list.add("needed", &ScatterParams::needed,
             "Answers without which it is no answer; without it, as `wait_for`, and with a "
             "`deadline` one")
        .at_least(1);
    list.add("deadline", &ScatterParams::deadline,
             "How long it waits; what has come by then is the answer")
        .above(Duration(0));
  }
  static void check(const ScatterParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.shards && params.wait_for && *params.wait_for > *params.shards) {
      problems.add(path / "wait_for", "more answers than shards that are asked");
    }
    if (params.wait_for && params.needed && *params.needed > *params.wait_for) {
      problems.add(path / "needed", "more answers than it waits for");
    }
  }
};

struct HotKeyParams {
  sim::Probability share{0.01};
  Duration window = std::chrono::seconds(1);
  std::int64_t counters = 100;
  bool any_replica = true;
  std::int64_t copies = 0;

  static void describe(sim::ParamList<HotKeyParams>& list) {
    list.add("share", &HotKeyParams::share,
             "A key is hot with at least this share of the requests of a window")
        .above(sim::Probability{0})
        .at_most(sim::Probability{1});
    list.add("window", &HotKeyParams::window, "Over which keys are counted").above(Duration(0));
    list.add("counters", &HotKeyParams::counters, "Counters of the sketch")
        .unit("counters")
        .between(1, 100'000);
    list.add("any_replica", &HotKeyParams::any_replica,
             "Reads of hot keys go to all replicas of their shard in turn");
    list.add("copies", &HotKeyParams::copies,
             "Other shards that get a copy of a hot key; its reads go to all of them in turn")
        .unit("shards")
        .between(0, 1000);
  }
};

struct RouterParams {
  std::vector<sim::NodeRef> shards;
  sim::Choice<KeyPlacement> sharding;
  sim::NodeRef directory;
  Duration remember = std::chrono::minutes(1);
  std::int64_t redirects = 20;
  std::string replica = "sticky";
  std::vector<ScatterParams> scatter;
  std::optional<HotKeyParams> hot_keys;
  sim::RandomDuration service_time{Duration(0)};
  CallerParams caller;

  static void describe(sim::ParamList<RouterParams>& list) {
    list.add("shards", &RouterParams::shards,
             "Databases: each replication group, and each replica without a replication, is a "
             "shard; without it, those of the `directory`");
    list.add("sharding", &RouterParams::sharding,
             "How keys find their shard; without it, a ring with MD5 and 150 points for each");
    list.add("directory", &RouterParams::directory,
             "Who knows where keys are, in place of `shards` and `sharding`")
        .role("directory");
    list.add("remember", &RouterParams::remember,
             "How long it believes what the directory has said")
        .above(Duration(0));
    list.add("redirects", &RouterParams::redirects,
             "How often a request is sent on to where its key has moved")
        .between(0, 1000);
    list.add("replica", &RouterParams::replica,
             "Which replica of a shard is asked: the one that served last, or each in turn")
        .one_of({"sticky", "round_robin"});
    list.add("scatter", &RouterParams::scatter,
             "Requests that go to many shards; of several that fit the first counts");
    list.add("hot_keys", &RouterParams::hot_keys, "How hot keys are found, and served");
    list.add("service_time", &RouterParams::service_time, "Time it works on a request itself");
    list.include(&RouterParams::caller);
  }
  static void check(const RouterParams& params, const sim::Path& path, sim::Problems& problems) {
    CallerParams::check(params.caller, path, problems);
    const bool has_directory = !params.directory.name.empty();
    if (params.shards.empty() != has_directory) {
      problems.add(path / "shards", "give `shards` or a `directory`");
    }
    if (has_directory && params.sharding) {
      problems.add(path / "sharding", "has no effect with a `directory`, which has its own");
    }
    const bool elsewhere = params.sharding && params.sharding.name() == "geographic";
    if (params.hot_keys && params.hot_keys->copies > 0 && (has_directory || elsewhere)) {
      problems.add(path / "hot_keys.copies", "keys may not live on other shards than their own",
                   "leave it out, or find shards by another `sharding` and without a `directory`");
    }
  }
};

class ShardRouter final : public sim::Component {
 public:
  ShardRouter(const RouterParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        params_(params),
        service_time_(params.service_time, context, "service_time"),
        share_stream_(context.stream("scatter")),
        flights_(context.kernel()),
        caller_(params.caller, context, "caller", {.targets = callees(params)}),
        look_up_patience_(context.patience(std::chrono::seconds(1))),
        by_client_(params.sharding && params.sharding.name() == "geographic"),
        round_robin_(params.replica == "round_robin") {
    for (const sim::NodeRef& ref : params.shards) {
      const sim::Port more = context.port(ref);
      port_.insert(port_.end(), more.begin(), more.end());
    }
    if (!params.directory.name.empty()) directory_target_ = context.port(params.directory).front();
    for (const ScatterParams& rule : params.scatter) {
      rules_.push_back({rule, {}});
      for (const std::string& name : rule.endpoints) {
        rules_.back().endpoints.push_back(context.name(name));
      }
    }
    if (params.hot_keys) {
      hot_.emplace(params.hot_keys->share.value,
                   static_cast<std::size_t>(params.hot_keys->counters));
    }
    network_ = &context.network();
  }

  void start() override {
    if (shards_.empty()) find_shards();
    if (hot_) node_.spawn(find_hot_keys());
  }
  /// What it had learnt was in memory.
  void crashed() override {
    for (Known& each : known_) each = {};
    for (Way& way : ways_) way = {};
    if (hot_) hot_->clear();
    copied_.clear();
  }

  Task<Reply> handle(const Request& request) override {
    if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    std::string_view region;
    if (by_client_) {
      sim::Call& message = co_await sim::this_call();
      if (const sim::Zone* zone = message.from().zone()) region = zone->region;
    }
    if (hot_) hot_->count(request.key);
    const Rule* rule = rules_.empty() ? nullptr : rule_for(request);
    if (rule) {
      auto scattering = scatter(*rule, request);
      co_return co_await scattering;
    }
    if (!copied_.empty() && copied_.contains(request.key)) [[unlikely]] {
      auto serving = serve_copied(request);
      co_return co_await serving;
    }
    if (caller_.is_plain() && !directory_) [[likely]] {
      // The same as route(), without a frame of its own.
      const std::size_t shard = placement_->place_from(region, request.key);
      if (shard == KeyPlacement::none) co_return Reply::fail(sim::Reason::rejected);
      ++loads_[shard];
      const sim::Target& first = next_replica(shard, request);
      const Reply reply = co_await sim::call(node_, first, request, caller_.patience());
      if (!was_refused(reply)) [[likely]]
        co_return reply;
      auto others = try_others(shard, request, reply);
      co_return co_await others;
    }
    auto calling = caller_.call(request, [this, region](const Request& each, const sim::Patience&) {
      return route(each, region);
    });
    co_return co_await calling;
  }

  bool offers(std::string_view role) const override { return role == "any" || role == "store"; }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
    };
    statistics.scalar("shards", [this](Time) { return static_cast<double>(in_use().size()); });
    statistics.scalar("imbalance_max_over_mean",
                      [this](Time) { return imbalance_of(loads_in_use()).max_over_mean; });
    statistics.scalar("imbalance_cv", [this](Time) {
      return imbalance_of(loads_in_use()).coefficient_of_variation;
    });
    if (directory_target_.node) {
      count("look_ups", look_ups_);
      count("redirects", redirects_);
    }
    if (!params_.scatter.empty()) {
      count("scatters", scatters_);
      count("partial_answers", partial_);
      statistics.scalar("partial_share", [this](Time) {
        return scatters_ == 0 ? 0.0
                              : static_cast<double>(partial_) / static_cast<double>(scatters_);
      });
    }
    if (params_.hot_keys) {
      statistics.scalar("hot_keys",
                        [this](Time) { return static_cast<double>(hot_->hot().size()); });
      count("hot_requests", hot_requests_);
      if (params_.hot_keys->copies > 0) count("hot_copy_reads", hot_copy_reads_);
    }
    statistics.on_reset([this](Time) {
      std::fill(loads_.begin(), loads_.end(), 0);
      look_ups_ = redirects_ = scatters_ = partial_ = hot_requests_ = hot_copy_reads_ = 0;
    });
  }

 private:
  /// What it remembers of a slot.
  struct Known {
    ShardMap::Version version = 0;
    Time until{};  ///< By the clock of the node.
  };
  /// Which replica of a shard is asked.
  struct Way {
    std::size_t next = 0;
    std::size_t next_hot = 0;
  };
  struct Rule {
    ScatterParams params;
    std::vector<sim::NameId> endpoints;
  };

  static std::vector<sim::NodeRef> callees(const RouterParams& params) { return params.shards; }

  void find_shards() {
    if (directory_target_.node) {
      directory_ = dynamic_cast<ShardDirectory*>(&directory_target_.node->component());
      SIM_ASSERT(directory_);
      shards_ = directory_->shards();
      for (Shard& shard : shards_) {
        for (Shard::Replica& replica : shard.replicas) {
          replica.target = network_->target_of(node_, *replica.target.node);
          replica.target.role = directory_target_.role;
        }
      }
      known_.resize(directory_->map().slots());
    } else {
      shards_ = shards_of(port_);
      sim::Choice<KeyPlacement> sharding = params_.sharding;
      placement_ =
          sharding
              ? sharding.make({placement_nodes_of(shards_)})
              : sim::Choice<KeyPlacement>("ring(hash=md5)").make({placement_nodes_of(shards_)});
    }
    ways_.resize(shards_.size());
    loads_.assign(shards_.size(), 0);
  }

  /// Which shards have keys now.
  std::vector<std::size_t> in_use() const {
    std::vector<std::size_t> all;
    KeyPlacement* placement = placement_.get();
    if (directory_) placement = &directory_->map().placement(directory_->map().latest());
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      if (placement->takes_keys(shard)) all.push_back(shard);
    }
    return all;
  }
  std::vector<std::uint64_t> loads_in_use() const {
    std::vector<std::uint64_t> loads;
    for (const std::size_t shard : in_use()) loads.push_back(loads_[shard]);
    return loads;
  }

  /// Sends one try to where the key is, or was, and after it.
  Task<Reply> route(const Request& request, std::string_view region) {
    if (!directory_) {
      const std::size_t shard = placement_->place_from(region, request.key);
      if (shard == KeyPlacement::none) co_return Reply::fail(sim::Reason::rejected);
      auto sending = to_shard(shard, request);
      co_return co_await sending;
    }
    const std::size_t slot = directory_->map().slot_of(request.key);
    Duration pause = first_pause;
    for (std::int64_t tries = 0;; ++tries) {
      auto looking = know(slot);
      const bool known = co_await looking;
      if (!known) co_return Reply::fail(sim::Reason::unresolved);
      const std::size_t shard =
          directory_->map().placement(known_[slot].version).place(request.key);
      if (shard == KeyPlacement::none) co_return Reply::fail(sim::Reason::rejected);
      auto sending = to_shard(shard, request);
      const Reply reply = co_await sending;
      if (reply.reason != sim::Reason::moved || tries == params_.redirects) co_return reply;
      ++redirects_;
      known_[slot].until = {};
      if (tries == 0) continue;
      // The directory has told of a shard that does not know of it yet.
      co_await sim::delay(pause);
      pause = std::min(2 * pause, longest_pause);
    }
  }

  /// Asks the directory for the version of a slot, unless it is remembered. False: no answer.
  Task<bool> know(std::size_t slot) {
    if (known_[slot].until > node_.local_time(node_.kernel().now())) co_return true;
    if (flights_.has(slot)) {
      SingleFlight::Follower follower(flights_, slot);
      auto answer = follower.answer();
      const Reply told = co_await answer;
      co_return told.is_ok();
    }
    SingleFlight::Lead lead(flights_, slot);
    ++look_ups_;
    ShardCommand command{.kind = ShardCommand::Kind::look_up, .slot = slot};
    const ShardDesk::Open open(*directory_, command);
    Request question{.key = open.ticket()};
    question.operation = sim::Operation::control;
    question.born = node_.kernel().now();
    const Reply reply = co_await sim::call(node_, directory_target_, question, look_up_patience_);
    if (command.done) {
      known_[slot].version = command.version;
      known_[slot].until = node_.local_time(node_.kernel().now()) + params_.remember;
    }
    lead.tell(command.done ? Reply::ok() : reply);
    co_return command.done;
  }

  const sim::Target& next_replica(std::size_t shard, const Request& request) {
    const std::vector<Shard::Replica>& replicas = shards_[shard].replicas;
    if (replicas.size() == 1) return replicas.front().target;
    Way& way = ways_[shard];
    if (hot_ && request.is_read() && params_.hot_keys->any_replica && hot_->is_hot(request.key)) {
      ++hot_requests_;
      return replicas[way.next_hot++ % replicas.size()].target;
    }
    return replicas[(round_robin_ ? way.next++ : way.next) % replicas.size()].target;
  }
  static bool was_refused(const Reply& reply) {
    return !reply.answered && reply.reason == sim::Reason::refused;
  }

  Task<Reply> to_shard(std::size_t shard, const Request& request) {
    ++loads_[shard];
    const sim::Target& first = next_replica(shard, request);
    auto sent = caller_.exchange(first, request, caller_.patience());
    const Reply reply = co_await sent;
    if (!was_refused(reply)) co_return reply;
    auto others = try_others(shard, request, reply);
    co_return co_await others;
  }
  /// The same with a directory, of a request that concerns all of a shard: whether its key lives
  /// there does not matter.
  Task<Reply> query_shard(std::size_t shard, const Request& request) {
    const Shard::Replica& replica = shards_[shard].leader();
    if (!replica.member) {
      auto sending = to_shard(shard, request);
      co_return co_await sending;
    }
    ++loads_[shard];
    ShardCommand command{.kind = ShardCommand::Kind::query, .key = request.key};
    command.reads = request.is_read();
    const ShardDesk::Open open(replica.member->door().gate(), command);
    Request query = request;
    query.operation = sim::Operation::control;
    query.key = open.ticket();
    auto sent = caller_.exchange(replica.target, query, caller_.patience());
    const Reply reply = co_await sent;
    // Commands count as writes to those who carry them; a read had no effect whatever became of it.
    if (request.is_read() && !reply.is_ok()) co_return Reply::fail(reply.reason);
    co_return reply;
  }
  /// The replica that was asked is down: the next one is asked, and from now on.
  Task<Reply> try_others(std::size_t shard, const Request& request, Reply reply) {
    const std::vector<Shard::Replica>& replicas = shards_[shard].replicas;
    for (std::size_t tries = 1; tries < replicas.size() && was_refused(reply); ++tries) {
      const std::size_t turn = ++ways_[shard].next;
      auto sent =
          caller_.exchange(replicas[turn % replicas.size()].target, request, caller_.patience());
      reply = co_await sent;
    }
    co_return reply;
  }

  const Rule* rule_for(const Request& request) {
    for (const Rule& rule : rules_) {
      const bool fits = rule.endpoints.empty() ||
                        std::find(rule.endpoints.begin(), rule.endpoints.end(), request.endpoint) !=
                            rule.endpoints.end();
      if (!fits) continue;
      if (rule.params.share.value >= 1 || share_stream_.uniform() < rule.params.share.value) {
        return &rule;
      }
    }
    return nullptr;
  }

  /// What the parts of a scatter have brought so far.
  struct Gathering {
    Gather gather;
    Bell bell;
    sim::Parts parts;
    Reply sum{};
    sim::Reason failure = sim::Reason::timeout;  ///< Of the last that failed.
  };

  Task<Reply> scatter(const Rule& rule, const Request& request) {
    const std::vector<std::size_t> all = in_use();
    const auto size_of = [](const std::optional<std::int64_t>& given, std::size_t most) {
      return given ? std::min(static_cast<std::size_t>(*given), most) : most;
    };
    if (all.empty()) co_return Reply::fail(sim::Reason::rejected);
    const std::size_t asked = size_of(rule.params.shards, all.size());
    const std::size_t wanted = size_of(rule.params.wait_for, asked);
    const std::size_t needed = rule.params.deadline
                                   ? size_of(rule.params.needed.value_or(1), wanted)
                                   : size_of(rule.params.needed, wanted);
    ++scatters_;
    Gathering all_of_it{.gather = Gather(asked, wanted, needed), .bell = Bell(node_.kernel())};
    const Gather& gather = all_of_it.gather;
    std::vector<Task<void>> branches;
    branches.reserve(asked);
    for (std::size_t i = 0; i < asked && !gather.over(); ++i) {
      branches.push_back(ask_one(all[(scatter_turn_ + i) % all.size()], request, all_of_it, i));
      co_await all_of_it.parts.start(branches.back(), i);
    }
    if (asked < all.size()) scatter_turn_ += asked;
    const Time limit =
        rule.params.deadline ? node_.kernel().now() + *rule.params.deadline : sim::time_max;
    if (!gather.over()) co_await all_of_it.bell.until(limit);
    // Those that are still working go on; their answers go unheard.
    all_of_it.parts.over();
    branches.clear();
    Reply sum = all_of_it.sum;
    if (!gather.answered()) {
      const sim::Reason why = gather.over() ? all_of_it.failure : sim::Reason::timeout;
      co_return Reply::fail(why).after(sum.effect || !gather.over(), request);
    }
    sum.partial = gather.partial();
    if (sum.partial) ++partial_;
    co_return sum;
  }
  /// Requires: the arguments outlive the task.
  Task<void> ask_one(std::size_t shard, const Request& request, Gathering& gathering,
                     std::size_t index) {
    auto asking = directory_ ? query_shard(shard, request) : to_shard(shard, request);
    const Reply reply = co_await asking;
    gathering.gather.ended(reply.is_ok());
    if (!reply.is_ok()) gathering.failure = reply.reason;
    gathering.sum.size += reply.size;
    gathering.sum.effect = gathering.sum.effect || reply.effect;
    gathering.parts.ended(index);
    if (gathering.gather.over()) gathering.bell.ring();
  }

  Task<void> find_hot_keys() {
    for (;;) {
      co_await sim::delay(params_.hot_keys->window);
      const HotKeys::Change change = hot_->end_window();
      if (params_.hot_keys->copies == 0) continue;
      for (const std::uint64_t key : change.cooled) copied_.erase(key);
      for (const std::uint64_t key : hot_->hot()) make_copies(key);
    }
  }

  /// A hot key that is to have copies.
  struct Copied {
    std::vector<std::size_t> shards;  ///< Where the copies are.
    std::uint64_t number = 0;         ///< Tells it from an earlier one of the same key.
    bool ready = false;               ///< They are as the key is, for all this router knows.
    bool copying = false;
    bool again = false;         ///< Something was written while they were made.
    std::size_t writes = 0;     ///< Under way.
    std::size_t next_turn = 0;  ///< Of reads.
  };

  /// Has the copies of `key` made, or made anew, beside everything else.
  void make_copies(std::uint64_t key) {
    Copied& copied = copied_[key];
    if (copied.number == 0) {
      copied.number = ++copied_so_far_;
      copied.shards =
          copies_of(*placement_, key, static_cast<std::size_t>(params_.hot_keys->copies));
    }
    if (copied.copying || copied.writes > 0) {
      copied.again = true;
    } else {
      copied.copying = true;
      node_.spawn(copy_out(key, copied.number));
    }
  }
  /// The entry of `number` under `key`; null if the key has cooled meanwhile.
  Copied* find_copied(std::uint64_t key, std::uint64_t number) {
    const auto found = copied_.find(key);
    return found != copied_.end() && found->second.number == number ? &found->second : nullptr;
  }
  Task<void> copy_out(std::uint64_t key, std::uint64_t number) {
    Request read{.key = key};
    read.born = node_.kernel().now();
    auto reading = to_shard(placement_->place(key), read);
    const Reply found = co_await reading;
    bool all_there = found.is_ok();
    if (all_there) {
      Request write = read;
      write.operation = sim::Operation::write;
      write.value = found.value;
      write.size = found.size;
      std::vector<Task<Reply>> writing;
      const Copied* before = find_copied(key, number);
      if (!before) co_return;
      for (const std::size_t shard : before->shards) {
        writing.push_back(to_shard(shard, write));
      }
      auto all = sim::when_all(std::move(writing));
      const std::vector<Reply> written = co_await all;
      for (const Reply& reply : written) all_there = all_there && reply.is_ok();
    }
    Copied* copied = find_copied(key, number);
    if (!copied) co_return;
    copied->copying = false;
    copied->ready = all_there && !copied->again;
    if (!copied->again || copied->writes > 0) co_return;
    copied->again = false;
    make_copies(key);
  }

  /// A request for a key that has copies, or is about to.
  Task<Reply> serve_copied(const Request& request) {
    const std::uint64_t key = request.key;
    const std::uint64_t number = copied_[key].number;
    if (request.is_read()) {
      Copied& copied = copied_[key];
      const std::size_t turn = copied.ready ? copied.next_turn++ % (copied.shards.size() + 1) : 0;
      if (turn > 0) {
        ++hot_copy_reads_;
        const std::size_t shard = copied.shards[turn - 1];
        auto calling =
            caller_.call(request, [this, shard](const Request& each, const sim::Patience&) {
              return to_shard(shard, each);
            });
        const Reply reply = co_await calling;
        if (reply.is_ok()) co_return reply;
      }
    } else {
      Copied& copied = copied_[key];
      copied.ready = false;
      copied.again = true;
      ++copied.writes;
    }
    auto calling = caller_.call(
        request, [this](const Request& each, const sim::Patience&) { return route(each, {}); });
    const Reply reply = co_await calling;
    Copied* copied = find_copied(key, number);
    if (request.is_read() || !copied) co_return reply;
    if (--copied->writes == 0 && !copied->copying) {
      copied->again = false;
      make_copies(key);
    }
    co_return reply;
  }

  static constexpr Duration first_pause = std::chrono::milliseconds(1);
  static constexpr Duration longest_pause = std::chrono::milliseconds(100);

  sim::Node& node_;
  RouterParams params_;  ///< Parameters.
  ServiceTime service_time_;
  sim::Stream share_stream_;
  SingleFlight flights_;  ///< Look-ups under way, by slot.
  Caller caller_;
  sim::Patience look_up_patience_;
  bool by_client_;
  bool round_robin_;
  sim::Network* network_;
  sim::Port port_;
  sim::Target directory_target_;             ///< No node: none.
  ShardDirectory* directory_ = nullptr;      ///< Null: none. Known when the run begins.
  std::vector<Shard> shards_;                ///< Known when the run begins.
  std::unique_ptr<KeyPlacement> placement_;  ///< Null with a directory.
  std::vector<Rule> rules_;
  std::vector<Known> known_;    ///< By slot. State.
  std::vector<Way> ways_;       ///< By shard. State.
  std::optional<HotKeys> hot_;  ///< Which keys are hot. State.
  /// Those with copies on other shards, by key. State.
  std::map<std::uint64_t, Copied> copied_;
  std::uint64_t copied_so_far_ = 0;   ///< State.
  std::size_t scatter_turn_ = 0;      ///< State.
  std::vector<std::uint64_t> loads_;  ///< Requests by shard. Statistic.
  std::uint64_t look_ups_ = 0;        ///< Statistic.
  std::uint64_t redirects_ = 0;       ///< Statistic.
  std::uint64_t scatters_ = 0;        ///< Statistic.
  std::uint64_t partial_ = 0;         ///< Statistic.
  std::uint64_t hot_requests_ = 0;    ///< Reads that went to any replica. Statistic.
  std::uint64_t hot_copy_reads_ = 0;  ///< Reads of copies on other shards. Statistic.
};

const sim::Registration<sim::Component, ShardRouter, RouterParams> registered{
    {.name = "shard_router",
     .title = "Shard router",
     .summary = "Finds the shard of each key and sends the request there; asks many shards at once "
                "where that is wanted.",
     .source =
         "Vitess, VTGate; MongoDB manual, mongos; Dean, Barroso, The Tail at Scale, CACM 2013",
     .does_not_model = "merging and sorting of what shards answer; the removal of copies that "
                       "nobody reads any more",
     .example =
         R"json({"type": "shard_router", "shards": ["db"], "sharding": "ring(hash=md5)"})json",
     .category = sim::Category::storage}};

}  // namespace
}  // namespace faultline::models
