/// A database: connections, each with a service time for a read or a write; storage; and replicas
/// that keep each other up to date.
///
///   query --> [ queue ] --> ( connection: service time --> replication or own tables --> ) answer
///
/// Rule: a query that finds `queue_limit` others waiting is rejected; before that, limits and load
/// shedding may turn it away (models/serving/admission.hpp). A query keeps its connection until it
/// is answered, also while it waits for disks and other replicas. Without a replication each
/// replica is a database of its own.
/// Does not model: queries over several keys.
#include <fmt/format.h>
#include <tsl/robin_set.h>

#include <memory>
#include <optional>

#include "models/limit_servers.hpp"
#include "models/service_time.hpp"
#include "models/serving/admission.hpp"
#include "models/serving/queue_order.hpp"
#include "models/storage/local_store.hpp"
#include "models/storage/query_cache.hpp"
#include "models/storage/replication.hpp"
#include "models/storage/shard_member.hpp"
#include "models/storage/storage_engine.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Resource;
using sim::Task;

struct DatabaseParams {
  std::int64_t connections = 100;
  std::optional<std::int64_t> queue_limit;
  QueueOrderParams queue;
  AdmissionParams admission;
  sim::RandomDuration service_time{sim::Duration(0)};
  std::optional<sim::RandomDuration> write_service_time;
  sim::RandomBytes reply_size{sim::Bytes{0}};
  sim::Choice<StorageEngine> storage{"memory"};
  sim::Choice<Replication> replication;
  std::optional<std::int64_t> replication_factor;
  std::optional<ParticipantParams> transactions;
  LocalStoreParams local;
  std::optional<QueryCacheParams> query_cache;
  std::optional<std::int64_t> rows;

  static void describe(sim::ParamList<DatabaseParams>& list) {
    list.add("connections", &DatabaseParams::connections, "Queries it works on at once")
        .unit("queries")
        .between(1, 1'000'000);
    list.add("queue_limit", &DatabaseParams::queue_limit,
             "Queries that may wait for a connection; more are rejected; without it, any number")
        .unit("queries")
        .at_least(0);
    list.include(&DatabaseParams::queue);
    list.include(&DatabaseParams::admission);
    list.add("service_time", &DatabaseParams::service_time, "Time for a query").required();
    list.add("write_service_time", &DatabaseParams::write_service_time,
             "Time for a write; without it, as for a read");
    list.add("reply_size", &DatabaseParams::reply_size, "Size of what a read brings back");
    list.add("storage", &DatabaseParams::storage,
             "Where it keeps its data: what that costs, and what of it a crash leaves");
    list.add("replication", &DatabaseParams::replication,
             "How its replicas keep each other up to date; without it, each is a database of its "
             "own");
    list.add("replication_factor", &DatabaseParams::replication_factor,
             "Replicas, one after the other, that form a replication group and hold the same data; "
             "the groups are the shards; without it, all replicas are one group")
        .unit("replicas")
        .between(1, 1000);
    list.add("transactions", &DatabaseParams::transactions,
             "Its part in transactions over several shards; without it, it takes none");
    list.include(&DatabaseParams::local);
    list.add("query_cache", &DatabaseParams::query_cache,
             "Answers it keeps until their table is written; without it, none");
    list.add("rows", &DatabaseParams::rows,
             "Keys below it exist; a read of another one finds nothing until it is written; "
             "without it, all exist")
        .unit("keys")
        .at_least(0);
  }
  static void check(const DatabaseParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.replication_factor && !params.replication) {
      problems.add(path / "replication_factor", "there is no replication",
                   "give a `replication`, such as \"raft\"");
    }
    if (params.query_cache && (params.local.isolation || params.transactions)) {
      problems.add(path / "query_cache", "what transactions write would not be seen by it",
                   "leave out `query_cache`, or `isolation` and `transactions`");
    }
    if (params.query_cache && params.replication) {
      problems.add(path / "query_cache", "writes that come from other replicas do not pass it",
                   "leave out `query_cache` or `replication`");
    }
    if (params.local.isolation && params.transactions) {
      problems.add(path / "isolation", "transactions over several shards know nothing of it",
                   "leave out `isolation` or `transactions`");
    }
    if (params.local.isolation && params.replication) {
      problems.add(path / "isolation", "transactions of a replicated database are not modelled",
                   "leave out `isolation` or `replication`");
    }
  }
};

class Database final : public sim::Component, public ShardMember {
 public:
  Database(const DatabaseParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        admission_(params.admission, context),
        connections_(context.kernel(), context.node().id(),
                     connections_of(params, admission_, context.node())),
        read_time_(params.service_time, context, "service_time"),
        write_time_(params.write_service_time.value_or(params.service_time), context,
                    "write_service_time"),
        reply_size_(params.reply_size),
        size_stream_(context.stream("reply_size")),
        storage_(params.storage.make(context)),
        local_(params.local, context, *storage_),
        door_(params.transactions, context, [this](const Request& each) { return admit(each); }),
        rows_(static_cast<std::uint64_t>(params.rows.value_or(0))),
        knows_rows_(params.rows.has_value()) {
    if (params.query_cache)
      query_cache_ = std::make_unique<QueryCache>(*params.query_cache, context);
    if (params.replication) join_group(params, context);
    plain_ = !replication_ && storage_->is_free() && !context.values_matter() &&
             !local_.has_transactions();
  }

  Task<Reply> handle(const Request& request) override {
    if (door_.concerns(request)) [[unlikely]] {
      if (!request.in_transaction()) return door_.handle(request);
    }
    return admit(request);
  }

  void start() override {
    if (!members_.empty()) {
      door_.share_with(dynamic_cast<ShardMember&>(members_.front()->component()).door());
    }
    door_.start();
    if (storage_->is_free()) {
      ready_ = true;
      if (replication_) replication_->start();
    } else {
      node_.spawn(recover());
    }
  }
  void crashed() override {
    admission_.crashed();
    ready_ = false;
    storage_->crashed();
    local_.crashed();
    if (query_cache_) query_cache_->clear();
    if (replication_) replication_->crashed();
  }
  void receive(sim::Node& from, sim::Message& message) override {
    if (!replication_ || !ready_) return;
    for (std::size_t member = 0; member < members_.size(); ++member) {
      if (members_[member] == &from) return replication_->receive(member, message);
    }
  }
  std::size_t shard() const override { return shard_; }
  std::size_t place() const override { return place_; }
  Replication* replication() const override { return replication_.get(); }
  ShardDoor& door() override { return door_; }
  std::string_view role() const override {
    return replication_ && ready_ ? to_text(replication_->role()) : std::string_view();
  }
  void keep_values() override {
    local_.keep_values();
    plain_ = false;
  }

  bool offers(std::string_view role) const override {
    if (role == "database with an isolation") return local_.has_transactions();
    return role == "any" || role == "store";
  }

  bool suffers(sim::Disturbance what) const override {
    return what == sim::Disturbance::disk || what == sim::Disturbance::connections ||
           storage_->suffers(what);
  }
  void disturbed(sim::Disturbance what, double level) override {
    if (what == sim::Disturbance::connections) limit_servers(connections_, level);
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    statistics.servers(connections_, connections_);
    admission_.describe_statistics(statistics, connections_);
    storage_->describe_statistics(statistics);
    local_.describe_statistics(statistics);
    if (replication_) replication_->describe_statistics(statistics);
    door_.describe_statistics(statistics);
    if (query_cache_) query_cache_->describe_statistics(statistics);
  }

 private:
  Task<Reply> admit(const Request& request) {
    if (admission_.is_open()) return serve(request);
    return admission_.guard(request, [this](const Request& let_in) { return serve(let_in); });
  }
  static Resource::Config connections_of(const DatabaseParams& params, Admission& admission,
                                         const sim::Node& node) {
    Resource::Config config{.servers = params.connections,
                            .queue_limit = params.queue_limit.value_or(Resource::unlimited),
                            .slowness = &node.disk_slowness()};
    params.queue.apply(config, admission);
    return config;
  }

  /// Makes this one of a group of replicas, which are of one size.
  void join_group(const DatabaseParams& params, const sim::BuildContext& context) {
    const std::vector<sim::Node*> all = context.group();
    const auto factor = params.replication_factor
                            ? static_cast<std::size_t>(*params.replication_factor)
                            : all.size();
    if (all.size() % factor != 0) {
      if (node_.index() == 0) {
        context.problem("replication_factor",
                        fmt::format("{} replicas do not make groups of {}", all.size(), factor),
                        fmt::format("give `replicas` a multiple of {}", factor));
      }
      return;
    }
    const auto index = static_cast<std::size_t>(node_.index());
    shard_ = index / factor;
    place_ = index % factor;
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(shard_ * factor);
    members_.assign(first, first + static_cast<std::ptrdiff_t>(factor));
    ReplicationContext group{
        .build = context, .members = members_, .self = place_, .targets = {}, .storage = *storage_};
    for (sim::Node* member : members_) {
      group.targets.push_back(context.network().target_of(node_, *member));
    }
    replication_ = params.replication.make(group);
  }

  Task<void> recover() {
    auto recovering = storage_->recover();
    co_await recovering;
    ready_ = true;
    if (replication_) replication_->start();
  }

  /// A query that more is done for than that time passes.
  Task<Reply> serve_stored(const Request& request) {
    // Until its storage has recovered it is as good as down.
    if (!ready_) co_return Reply::fail(sim::Reason::refused);
    const bool is_query = request.is_read() || request.operation == sim::Operation::write;
    const ServiceTime::Draw service = !is_query           ? ServiceTime::Draw{}
                                      : request.is_read() ? read_time_.draw()
                                                          : write_time_.draw();
    Resource::Lease connection;
    if (!request.in_transaction() || request.operation == sim::Operation::begin) {
      connection = co_await connections_.acquire(queue_priority(request), request.deadline);
      if (!connection) co_return Reply::fail(reason_of(connection.denial()));
    }
    if (is_query) co_await sim::delay(sim::scaled(service.duration, node_.disk_slowness()));
    if (replication_) {
      auto serving = replication_->serve(request);
      Reply reply = co_await serving;
      if (request.is_read()) reply.size = reply_size_.sample(size_stream_).count;
      co_return reply;
    }
    const std::int64_t bytes = request.is_read() ? reply_size_.sample(size_stream_).count : 0;
    if (request.in_transaction()) {
      if (!local_.has_transactions()) co_return Reply::fail(sim::Reason::error);
      if (request.operation == sim::Operation::begin)
        co_return local_.begin(request, std::move(connection));
      auto step = local_.step(request, bytes);
      co_return co_await step;
    }
    auto serving = local_.serve(request, bytes);
    co_return co_await serving;
  }

  Task<Reply> serve(const Request& request) {
    if (query_cache_ || knows_rows_) [[unlikely]]
      return serve_with_care(request);
    return serve_uncached(request);
  }
  Task<Reply> serve_uncached(const Request& request) {
    if (!plain_) return serve_stored(request);
    return serve_plainly(request);
  }
  /// With a cache of queries before it, or keys of which there is nothing.
  Task<Reply> serve_with_care(const Request& request) {
    std::uint64_t writes_before = 0;
    if (query_cache_ && request.is_read()) {
      if (const std::optional<Reply> known = query_cache_->find(request)) {
        const ServiceTime::Draw service = query_cache_->hit_time();
        const Resource::Served served = co_await connections_.use(
            service.duration, service.lane, queue_priority(request), request.deadline);
        if (!served) co_return Reply::fail(reason_of(served.denial));
        co_return *known;
      }
      writes_before = query_cache_->writes(request.key);
    }
    auto serving = serve_uncached(request);
    Reply reply = co_await serving;
    if (!request.is_read()) {
      if (reply.outcome == sim::Outcome::fail) co_return reply;
      if (query_cache_) query_cache_->written(request.key);
      if (knows_rows_ && request.key >= rows_) written_.insert(request.key);
    } else if (reply.is_ok()) {
      if (knows_rows_ && request.key >= rows_ && !written_.contains(request.key)) {
        reply.found = false;
        reply.size = 0;
      }
      if (query_cache_) query_cache_->keep(request, reply, writes_before);
    }
    co_return reply;
  }
  Task<Reply> serve_plainly(const Request& request) {
    const ServiceTime::Draw service = request.is_read() ? read_time_.draw() : write_time_.draw();
    const Resource::Served served = co_await connections_.use(
        service.duration, service.lane, queue_priority(request), request.deadline);
    if (!served) co_return Reply::fail(reason_of(served.denial));
    Reply reply = Reply::done(request);
    if (request.is_read()) reply.size = reply_size_.sample(size_stream_).count;
    co_return reply;
  }

  sim::Node& node_;
  Admission admission_;
  Resource connections_;
  ServiceTime read_time_;
  ServiceTime write_time_;
  sim::RandomBytes reply_size_;
  sim::Stream size_stream_;
  std::unique_ptr<StorageEngine> storage_;
  LocalStore local_;                          ///< Without a replication.
  std::vector<sim::Node*> members_;           ///< Of the replication group.
  std::size_t shard_ = 0;                     ///< Number of the group.
  std::size_t place_ = 0;                     ///< In the group.
  std::unique_ptr<Replication> replication_;  ///< Null: it stands alone.
  bool plain_ = true;                         ///< A query is a service time and nothing else.
  bool ready_ = false;                        ///< Its storage has recovered. State.
  ShardDoor door_;                            ///< Who is let in, as a shard among others.
  std::unique_ptr<QueryCache> query_cache_;   ///< Null: none.
  std::uint64_t rows_;                        ///< Parameter.
  bool knows_rows_;                           ///< Parameter: not every key exists.
  tsl::robin_set<std::uint64_t> written_;     ///< Keys from rows_ on. On disk. State.
};

const sim::Registration<sim::Component, Database, DatabaseParams> registered{
    {.name = "database",
     .title = "Database",
     .summary = "Connections, each with a service time for a read or a write, a queue in front, "
                "storage and transactions behind, and replicas that keep each other up to date.",
     .does_not_model = "queries over several keys",
     .example =
         R"json({"type": "database", "connections": 16, "service_time": "exponential(8ms)"})json",
     .category = sim::Category::storage}};

}  // namespace
}  // namespace faultline::models
