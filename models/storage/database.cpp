/// A database as a station: connections, each with a service time for a read or a write.
///
///   query --> [ queue ] --> ( connections ) --> answer
///
/// Rule: a query that finds `queue_limit` others waiting is rejected; before that, limits and load
/// shedding may turn it away (models/serving/admission.hpp).
/// Does not model: what is stored, locks, pages, logs, replication.
#include <optional>

#include "models/limit_servers.hpp"
#include "models/service_time.hpp"
#include "models/serving/admission.hpp"
#include "models/serving/queue_order.hpp"
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

  static void describe(sim::ParamList<DatabaseParams>& list) {
    list.add("connections", &DatabaseParams::connections, "Queries it works on at once")
        .between(1, 1'000'000);
    list.add("queue_limit", &DatabaseParams::queue_limit,
             "Queries that may wait for a connection; more are rejected; without it, any number")
        .at_least(0);
    list.include(&DatabaseParams::queue);
    list.include(&DatabaseParams::admission);
    list.add("service_time", &DatabaseParams::service_time, "Time for a query").required();
    list.add("write_service_time", &DatabaseParams::write_service_time,
             "Time for a write; without it, as for a read");
    list.add("reply_size", &DatabaseParams::reply_size, "Size of what a read brings back");
  }
};

class Database final : public sim::Component {
 public:
  Database(const DatabaseParams& params, const sim::BuildContext& context)
      : admission_(params.admission, context),
        connections_(context.kernel(), context.node().id(),
                     connections_of(params, admission_, context.node())),
        read_time_(params.service_time, context, "service_time"),
        write_time_(params.write_service_time.value_or(params.service_time), context,
                    "write_service_time"),
        reply_size_(params.reply_size),
        size_stream_(context.stream("reply_size")) {}

  Task<Reply> handle(const Request& request) override {
    if (admission_.is_open()) return serve(request);
    return admission_.guard(request, [this](const Request& let_in) { return serve(let_in); });
  }

  void crashed() override { admission_.crashed(); }

  bool offers(std::string_view role) const override { return role == "any" || role == "store"; }

  bool suffers(sim::Disturbance what) const override {
    return what == sim::Disturbance::disk || what == sim::Disturbance::connections;
  }
  void disturbed(sim::Disturbance what, double level) override {
    if (what == sim::Disturbance::connections) limit_servers(connections_, level);
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    statistics.servers(connections_, connections_);
    admission_.describe_statistics(statistics, connections_);
  }

 private:
  static Resource::Config connections_of(const DatabaseParams& params, Admission& admission,
                                         const sim::Node& node) {
    Resource::Config config{.servers = params.connections,
                            .queue_limit = params.queue_limit.value_or(Resource::unlimited),
                            .slowness = &node.disk_slowness()};
    params.queue.apply(config, admission);
    return config;
  }

  Task<Reply> serve(const Request& request) {
    const ServiceTime::Draw service = request.is_read() ? read_time_.draw() : write_time_.draw();
    const Resource::Served served = co_await connections_.use(
        service.duration, service.lane, queue_priority(request), request.deadline);
    if (!served) co_return Reply::fail(reason_of(served.denial));
    Reply reply = Reply::done(request);
    if (request.is_read()) reply.size = reply_size_.sample(size_stream_).count;
    co_return reply;
  }

  Admission admission_;
  Resource connections_;
  ServiceTime read_time_;
  ServiceTime write_time_;
  sim::RandomBytes reply_size_;
  sim::Stream size_stream_;
};

const sim::Registration<sim::Component, Database, DatabaseParams> registered{
    {.name = "database",
     .title = "Database",
     .summary =
         "Connections, each with a service time for a read or a write, and a queue in front.",
     .does_not_model = "what is stored, locks, pages, logs, replication",
     .example =
         R"json({"type": "database", "connections": 16, "service_time": "exponential(8ms)"})json"}};

}  // namespace
}  // namespace faultline::models
