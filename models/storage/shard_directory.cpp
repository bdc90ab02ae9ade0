/// The directory of a sharded database: knows where keys live, tells routers, and moves keys while
/// they are in use.
///
///   router --look up--> [ directory ]         changes, hot shards
///                           | track, copy, hold, seal, switch        (shard_gate.hpp)
///                           v
///                        shards
///
/// Rule: keys move slot by slot. For each slot the directory copies what moves, at `copy_rate` keys
/// a second at most; then all gates hold the keys, it copies what was written meanwhile, and they
/// go on with the new version: a key is held for three round trips and the copies of the late
/// writes. A move waits for every replica of every shard in use: while one of them is down it
/// stands still, and with it what is held. What the directory knows is on disk; after a crash it
/// goes on with the slot it was at.
/// A hot shard is split (only under range sharding): when a shard gets more requests a second than
/// `above`, the upper half of its load, by a sample of its keys, goes to a shard that is not in
/// use. Source: MongoDB manual, "Sharded cluster balancer"; CockroachDB, "Load-based splitting".
/// Does not model: several directories that agree; merging of shards that have become cold; the
/// directory learns for nothing which replica leads its group.
#include "models/storage/shard_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "models/algorithms/sharding/range.hpp"
#include "models/service_time.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/measure/histogram.hpp"
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

struct ShardChange {
  Duration at{0};
  std::vector<sim::NodeRef> shards;

  static void describe(sim::ParamList<ShardChange>& list) {
    list.add("at", &ShardChange::at, "When the shards are changed").required();
    list.add("shards", &ShardChange::shards, "What is in use from then on").required();
  }
};

struct SplitParams {
  sim::Rate above{1000};
  Duration interval = std::chrono::seconds(5);

  static void describe(sim::ParamList<SplitParams>& list) {
    list.add("above", &SplitParams::above, "Requests to a shard beyond which it is split")
        .required()
        .above(sim::Rate{0});
    list.add("interval", &SplitParams::interval, "Over which the load is measured")
        .above(Duration(0));
  }
};

struct DirectoryParams {
  std::vector<sim::NodeRef> shards;
  std::vector<sim::NodeRef> initial;
  sim::Choice<KeyPlacement> sharding{"ring"};
  std::int64_t slots = 64;
  std::int64_t keys = 0;
  sim::Bytes key_size{1000};
  std::optional<sim::Rate> copy_rate;
  std::int64_t copies_at_once = 8;
  std::vector<ShardChange> changes;
  std::optional<SplitParams> split;
  Duration command_timeout = std::chrono::seconds(1);
  sim::RandomDuration service_time{Duration(0)};

  static void describe(sim::ParamList<DirectoryParams>& list) {
    list.add(
            "shards", &DirectoryParams::shards,
            "Databases: each replication group, and each replica without a replication, is a shard")
        .required()
        .not_empty()
        .role("store");
    list.add("initial", &DirectoryParams::initial,
             "Those of them that are in use at first; without it, all")
        .role("store");
    list.add("sharding", &DirectoryParams::sharding, "How keys find their shard");
    list.add("slots", &DirectoryParams::slots,
             "Parts of all keys that move one after the other: the more, the shorter each is held")
        .between(1, 65'536);
    list.add("keys", &DirectoryParams::keys,
             "Keys 0 .. keys-1 are there from the start and move too; all others when written")
        .unit("keys")
        .between(0, 100'000'000);
    list.add("key_size", &DirectoryParams::key_size, "Size of what is copied for a key");
    list.add("copy_rate", &DirectoryParams::copy_rate,
             "Keys copied a second at most, before they are held; without it, as fast as it goes")
        .above(sim::Rate{0});
    list.add("copies_at_once", &DirectoryParams::copies_at_once, "Keys that it copies side by side")
        .unit("keys")
        .between(1, 1000);
    list.add("changes", &DirectoryParams::changes, "Which shards are in use later on");
    list.add("split", &DirectoryParams::split,
             "When hot shards are split; without it, never. Only under `range` sharding");
    list.add("command_timeout", &DirectoryParams::command_timeout,
             "How long it waits for a shard before it tells it again")
        .above(Duration(0));
    list.add("service_time", &DirectoryParams::service_time, "Time for a look-up");
  }
  static void check(const DirectoryParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.split && params.sharding.name() != "range") {
      problems.add(path / "split", "only ranges are split", "use `range` sharding");
    }
    if (params.sharding.name() == "geographic" || params.sharding.name() == "bounded_load") {
      problems.add(path / "sharding",
                   fmt::format("where a key lives under \"{}\" does not follow from the key alone",
                               params.sharding.name()),
                   "give the shards to the router instead");
    }
  }
};

class Directory final : public sim::Component, public ShardDirectory {
 public:
  Directory(const DirectoryParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        params_(params),
        patience_(context.patience(params.command_timeout)),
        next_id_(context.first_request_id() + 1),
        service_time_(params.service_time, context, "service_time") {
    if (context.group().size() > 1 && node_.index() == 0) {
      context.problem("replicas", "a directory is one node");
    }
    for (const sim::NodeRef& ref : params.shards) add_to(port_, context.port(ref));
    for (const sim::NodeRef& ref : params.initial.empty() ? params.shards : params.initial) {
      add_to(initial_, context.port(ref));
    }
    for (const ShardChange& change : params.changes) {
      changes_.push_back({change.at, {}});
      for (const sim::NodeRef& ref : change.shards) {
        add_to(changes_.back().shards, context.port(ref));
      }
    }
    std::stable_sort(changes_.begin(), changes_.end(),
                     [](const Change& a, const Change& b) { return a.at < b.at; });
    check_known(context);
  }

  void start() override {
    shards();
    node_.spawn(follow_changes());
    if (params_.split) node_.spawn(watch_load(*params_.split));
  }

  const std::vector<Shard>& shards() override {
    if (!map_) build();
    return shards_;
  }
  ShardMap& map() override {
    if (!map_) build();
    return *map_;
  }

  Task<Reply> handle(const Request& request) override {
    if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    ShardCommand* command = find(request.key);
    if (!command || command->kind != ShardCommand::Kind::look_up) {
      co_return Reply::fail(sim::Reason::error);
    }
    ++look_ups_;
    command->version = map_->version_of(command->slot);
    command->done = true;
    co_return Reply::ok();
  }

  /// It goes on where it was; of its copies that were under way some may still come.
  void crashed() override {
    wake_ = nullptr;
    unsure_ = true;
  }
  bool offers(std::string_view role) const override { return role == "any" || role == "directory"; }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
    };
    count("look_ups", look_ups_);
    count("moved_keys", moved_keys_);
    count("copied_again", copied_again_);
    count("copies_failed", copies_failed_);
    count("splits", splits_);
    statistics.scalar("slots_left", [this](Time) {
      return map_ && map_->moving() ? static_cast<double>(map_->slots() - map_->next_slot()) : 0.0;
    });
    statistics.scalar("moved_bytes", [this](Time) {
      return static_cast<double>(moved_keys_) * static_cast<double>(params_.key_size.count);
    });
    statistics.scalar("moving_seconds", [this](Time now) {
      return moving_seconds_ + (moving_since_ ? sim::to_seconds(now - *moving_since_) : 0);
    });
    statistics.histogram("hold_seconds", hold_);
    statistics.on_reset([this](Time) {
      look_ups_ = moved_keys_ = copied_again_ = copies_failed_ = splits_ = 0;
      moving_seconds_ = 0;
      hold_.reset();
    });
  }

 private:
  struct Change {
    Duration at;
    sim::Port shards;
  };

  static void add_to(sim::Port& port, const sim::Port& more) {
    port.insert(port.end(), more.begin(), more.end());
  }
  void check_known(const sim::BuildContext& context) const {
    const auto known = [this](const sim::Target& target) {
      return std::any_of(port_.begin(), port_.end(),
                         [&](const sim::Target& each) { return each.node == target.node; });
    };
    for (const sim::Target& each : initial_) {
      if (!known(each)) context.problem("initial", each.node->name() + " is not in `shards`");
    }
    for (const Change& change : changes_) {
      for (const sim::Target& each : change.shards) {
        if (!known(each)) context.problem("changes", each.node->name() + " is not in `shards`");
      }
    }
  }

  void build() {
    shards_ = shards_of(port_);
    in_use_ = used_by(initial_);
    map_ = std::make_unique<ShardMap>(make_placement(), static_cast<std::size_t>(params_.slots));
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      for (const Shard::Replica& replica : shards_[shard].replicas) {
        if (!replica.member) continue;
        replica.member->door().gate().join(*map_, shard);
        replica.member->keep_values();
      }
    }
  }
  std::vector<bool> used_by(const sim::Port& port) const {
    std::vector<bool> used;
    for (const Shard& shard : shards_) {
      used.push_back(std::any_of(port.begin(), port.end(), [&shard](const sim::Target& each) {
        return shard.has(*each.node);
      }));
    }
    return used;
  }
  std::unique_ptr<KeyPlacement> make_placement() const {
    auto placement = params_.sharding.make({placement_nodes_of(shards_)});
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      placement->set_present(shard, in_use_[shard]);
    }
    if (auto* range = dynamic_cast<Range*>(placement.get())) {
      for (const Range::Piece& piece : given_) range->give(piece);
    }
    return placement;
  }

  /// Changes the shards at their times, and goes on with what a crash cut off.
  Task<void> follow_changes() {
    for (;;) {
      if (switching_) {
        auto switching = switch_over();
        co_await switching;
      }
      if (map_->moving()) {
        auto moving = move_all();
        co_await moving;
      }
      const Time now = node_.kernel().now();
      if (split_at_) {
        begin_split();
      } else if (next_change_ < changes_.size() && Time(changes_[next_change_].at) <= now) {
        in_use_ = used_by(changes_[next_change_++].shards);
        map_->begin(make_placement());
      } else {
        const Time next =
            next_change_ < changes_.size() ? Time(changes_[next_change_].at) : sim::time_max;
        Bell bell(node_.kernel());
        wake_ = &bell;
        co_await bell.until(next);
        wake_ = nullptr;
      }
    }
  }

  Task<void> move_all() {
    if (!moving_since_) moving_since_ = node_.kernel().now();
    while (map_->moving()) {
      auto moving = move_slot(map_->next_slot());
      co_await moving;
    }
    moving_seconds_ += sim::to_seconds(node_.kernel().now() - *moving_since_);
    moving_since_.reset();
  }

  Task<void> move_slot(std::size_t slot) {
    std::set<std::uint64_t> keys;
    for (std::uint64_t key = 0; key < static_cast<std::uint64_t>(params_.keys); ++key) {
      if (map_->slot_of(key) == slot && map_->move_of(key).is_one()) keys.insert(key);
    }
    auto tracking = tell_all(ShardCommand::Kind::track, slot, keys);
    co_await tracking;
    auto copying = copy_all(keys, slot, params_.copy_rate);
    co_await copying;
    moved_keys_ += keys.size();
    const Time held = node_.kernel().now();
    std::set<std::uint64_t> late;
    auto holding = tell_all(ShardCommand::Kind::hold, slot, late);
    co_await holding;
    // Somebody waits for them.
    auto copying_late = copy_all(late, slot, std::nullopt);
    co_await copying_late;
    for (const std::uint64_t key : late) ++(keys.contains(key) ? copied_again_ : moved_keys_);
    std::set<std::uint64_t> none;
    if (unsure_) {
      auto sealing = tell_all(ShardCommand::Kind::seal, slot, none);
      co_await sealing;
      unsure_ = false;
    }
    // From here on there is no way back: what is copied again would be copied over newer values.
    map_->moved();
    switching_ = slot;
    auto switching = switch_over();
    co_await switching;
    hold_.record((node_.kernel().now() - held).count());
  }
  Task<void> switch_over() {
    std::set<std::uint64_t> none;
    auto switching = tell_all(ShardCommand::Kind::switch_over, *switching_, none);
    co_await switching;
    switching_.reset();
  }

  /// Tells every replica, again and again until it has done it; gathers the keys they name.
  Task<void> tell_all(ShardCommand::Kind what, std::size_t slot, std::set<std::uint64_t>& keys) {
    std::size_t left = 0;
    Bell all_told(node_.kernel());
    std::vector<Task<void>> tellings;
    for (const Shard& shard : shards_) left += shard.replicas.size();
    for (const Shard& shard : shards_) {
      for (const Shard::Replica& replica : shard.replicas) {
        tellings.push_back(tell(replica, what, slot, keys, left, all_told));
        tellings.back().start_in(node_);
      }
    }
    co_await all_told.until(sim::time_max);
  }
  Task<void> tell(const Shard::Replica& replica, ShardCommand::Kind what, std::size_t slot,
                  std::set<std::uint64_t>& keys, std::size_t& left, Bell& all_told) {
    while (replica.member) {
      ShardCommand command{.kind = what, .slot = slot, .version = map_->latest()};
      {
        const ShardDesk::Open open(replica.member->door().gate(), command);
        const Request request = request_of(open);
        co_await sim::call(node_, replica.target, request, patience_);
      }
      if (command.done) {
        keys.insert(command.keys.begin(), command.keys.end());
        break;
      }
      co_await sim::delay(pause);
    }
    if (--left == 0) all_told.ring();
  }

  /// What is left to be copied, for several who copy.
  struct Copying {
    std::set<std::uint64_t>::const_iterator next;
    std::set<std::uint64_t>::const_iterator end;
    std::optional<sim::Rate> rate;
    std::size_t busy = 0;  ///< Of those who copy.
  };
  Task<void> copy_all(const std::set<std::uint64_t>& keys, std::size_t slot,
                      std::optional<sim::Rate> rate) {
    if (keys.empty()) co_return;
    Copying all{keys.begin(), keys.end(), rate};
    all.busy = std::min(keys.size(), static_cast<std::size_t>(params_.copies_at_once));
    Bell over(node_.kernel());
    std::vector<Task<void>> copiers;
    for (std::size_t left = all.busy; left > 0; --left) {
      copiers.push_back(copy_some(all, slot, over));
      copiers.back().start_in(node_);
    }
    co_await over.until(sim::time_max);
  }
  Task<void> copy_some(Copying& all, std::size_t slot, Bell& over) {
    while (all.next != all.end) {
      const std::uint64_t key = *all.next++;
      if (all.rate) {
        const Time now = node_.kernel().now();
        const Time begin = std::max(now, next_copy_);
        next_copy_ = begin + sim::from_seconds(1 / all.rate->per_second);
        if (begin > now) co_await sim::delay(begin - now);
      }
      auto copying = copy(key, slot);
      co_await copying;
    }
    if (--all.busy == 0) over.ring();
  }
  /// Copies what the old shard has of `key` to the new one, until it is done.
  Task<void> copy(std::uint64_t key, std::size_t slot) {
    const ShardMap::Move move = map_->move_of(key);
    if (!move.is_one() || move.from == ShardMap::none || move.to == ShardMap::none) co_return;
    ShardCommand command{
        .kind = ShardCommand::Kind::copy_read, .slot = slot, .version = map_->latest(), .key = key};
    auto reading = until_done(shards_[move.from], command);
    co_await reading;
    command.kind = ShardCommand::Kind::copy_write;
    // What was never written has no value; moving it costs all the same.
    auto writing = until_done(shards_[move.to], command);
    co_await writing;
  }
  Task<void> until_done(const Shard& shard, ShardCommand& command) {
    command.done = false;
    for (std::size_t tries = 0;; ++tries) {
      const Shard::Replica& replica =
          tries == 0 ? shard.leader() : shard.replicas[tries % shard.replicas.size()];
      if (!replica.member) co_return;
      {
        const ShardDesk::Open open(replica.member->door().gate(), command);
        const Request request = request_of(open);
        const Reply reply = co_await sim::call(node_, replica.target, request, patience_);
        if (command.kind == ShardCommand::Kind::copy_write && !command.done &&
            reply.outcome == sim::Outcome::unknown) {
          unsure_ = true;
        }
      }
      if (command.done) co_return;
      ++copies_failed_;
      co_await sim::delay(pause);
    }
  }
  Request request_of(const ShardDesk::Open& open) {
    // A number of its own: replications tell writes apart by them.
    Request request{.id = next_id_++, .key = open.ticket(), .size = params_.key_size.count};
    request.operation = sim::Operation::control;
    request.born = node_.kernel().now();
    return request;
  }

  /// Looks for a shard that has too much to do.
  Task<void> watch_load(SplitParams split) {
    for (;;) {
      co_await sim::delay(split.interval);
      // Also while keys move: what is counted begins anew with each question.
      for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        if (!in_use_[shard]) continue;
        std::uint64_t requests = 0;
        std::uint64_t most = 0;
        std::optional<std::uint64_t> cut;
        for (const Shard::Replica& replica : shards_[shard].replicas) {
          if (!replica.member) continue;
          ShardCommand command{.kind = ShardCommand::Kind::load};
          const ShardDesk::Open open(replica.member->door().gate(), command);
          const Request request = request_of(open);
          co_await sim::call(node_, replica.target, request, patience_);
          requests += command.requests;
          if (command.requests <= most) continue;
          most = command.requests;
          cut = command.split;
        }
        const double rate = static_cast<double>(requests) / sim::to_seconds(split.interval);
        if (cut && rate > split.above.per_second && !map_->moving() && !split_at_) split_at_ = cut;
      }
      if (split_at_ && wake_) wake_->ring();
    }
  }
  void begin_split() {
    const std::uint64_t at = *std::exchange(split_at_, std::nullopt);
    const auto spare = std::find(in_use_.begin(), in_use_.end(), false);
    if (spare == in_use_.end()) return;  // None is left.
    auto* range = dynamic_cast<Range*>(&map_->placement(map_->latest()));
    SIM_ASSERT(range);
    Range::Piece piece = range->piece_of(at);
    piece.begin = at;
    piece.node = static_cast<std::size_t>(spare - in_use_.begin());
    // Of the even pieces, those of the shards that were there stay as they are: what the new one is
    // to get is given to it, and everything else to those that have it.
    given_ = range->pieces();
    given_.push_back(piece);
    *spare = true;
    ++splits_;
    map_->begin(make_placement());
  }

  static constexpr Duration pause = std::chrono::milliseconds(10);

  sim::Node& node_;
  DirectoryParams params_;  ///< Parameters.
  sim::Patience patience_;
  std::uint64_t next_id_;  ///< Of a request. State.
  ServiceTime service_time_;
  sim::Port port_;
  sim::Port initial_;
  std::vector<Change> changes_;            ///< By time.
  std::vector<Shard> shards_;              ///< Known when the run begins.
  std::unique_ptr<ShardMap> map_;          ///< On disk. State.
  std::vector<bool> in_use_;               ///< By shard, in the latest version. On disk. State.
  std::vector<Range::Piece> given_;        ///< By splits. On disk. State.
  std::size_t next_change_ = 0;            ///< On disk. State.
  std::optional<std::uint64_t> split_at_;  ///< A split that is to come. State.
  Bell* wake_ = nullptr;                   ///< Of follow_changes, while it has nothing to do.
  bool unsure_ = false;                    ///< A copy may come late. State.
  std::optional<std::size_t> switching_;   ///< A slot that not all know has moved. On disk. State.
  std::optional<Time> moving_since_;       ///< State.
  Time next_copy_{};                       ///< When the next key may be copied. State.
  std::uint64_t look_ups_ = 0;             ///< Statistic.
  std::uint64_t moved_keys_ = 0;           ///< Statistic.
  std::uint64_t copied_again_ = 0;         ///< Written while they were copied. Statistic.
  std::uint64_t copies_failed_ = 0;        ///< Tries that had to be made again. Statistic.
  std::uint64_t splits_ = 0;               ///< Statistic.
  double moving_seconds_ = 0;              ///< Statistic.
  sim::Histogram hold_;                    ///< Nanoseconds a slot was held. Statistic.
};

const sim::Registration<sim::Component, Directory, DirectoryParams> registered{
    {.name = "shard_directory",
     .title = "Directory of shards",
     .summary = "Knows which shard has which keys, tells the routers, and moves keys to other "
                "shards while they are in use; splits shards that get hot.",
     .source = "MongoDB manual, Sharded cluster balancer; CockroachDB, Load-based splitting",
     .does_not_model = "several directories that agree; merging of shards",
     .example =
         R"json({"type": "shard_directory", "shards": ["db"], "sharding": "ring", "keys": 10000})json",
     .category = sim::Category::storage}};

}  // namespace
}  // namespace faultline::models
