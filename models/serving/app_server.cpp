/// An application server: worker threads in front of cores.
///
///   request --> [ queue ] --> ( workers: held for the whole request ) --> steps of its endpoint
///                                                                          '-- cpu steps take ( cores )
///
/// Rule: a request that finds `queue_limit` others waiting for a worker is rejected; before that,
/// limits and load shedding may turn it away (models/serving/admission.hpp). Cores are
/// shared first come, first served, each step to its end, or by egalitarian processor sharing. Does
/// not model: context switches, memory, an event loop, a limit of connections.
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/limit_servers.hpp"
#include "models/serving/admission.hpp"
#include "models/serving/queue_order.hpp"
#include "models/serving/step.hpp"
#include "sim/kernel/processor_sharing.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/network/call.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Resource;
using sim::Task;

struct AppServerParams {
  std::optional<std::int64_t> workers;
  std::optional<std::int64_t> cores;
  std::string scheduling = "fifo";
  std::optional<std::int64_t> queue_limit;
  QueueOrderParams queue;
  AdmissionParams admission;
  std::map<std::string, std::vector<StepChoice>> endpoints;

  static void describe(sim::ParamList<AppServerParams>& list) {
    list.add("workers", &AppServerParams::workers,
             "Threads; a request holds one from start to end; without it, any number")
        .at_least(1);
    list.add("cores", &AppServerParams::cores, "Cores that cpu steps share; without it, any number")
        .between(1, 100'000);
    list.add("scheduling", &AppServerParams::scheduling,
             "How cpu steps share the cores: first come, first served, or all at once")
        .one_of({"fifo", "processor_sharing"});
    list.add("queue_limit", &AppServerParams::queue_limit,
             "Requests that may wait for a worker; more are rejected; without it, any number")
        .at_least(0);
    list.include(&AppServerParams::queue);
    list.include(&AppServerParams::admission);
    list.add("endpoints", &AppServerParams::endpoints,
             "What is done for a request, by the endpoint it asks for; \"default\" for all others")
        .required()
        .not_empty();
  }
  static void check(const AppServerParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.scheduling == "processor_sharing" && !params.cores) {
      problems.add(path / "cores", "processor sharing needs a number of cores");
    }
    if (params.queue_limit && !params.workers) {
      problems.add(path / "queue_limit", "has no effect without `workers`: nobody waits");
    }
    if (params.admission.need_queue() && !params.workers) {
      problems.add(path / "shedding", "has no effect without `workers`: nobody waits");
    }
  }
};

class AppServer final : public sim::Component, private Host {
 public:
  AppServer(const AppServerParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        admission_(params.admission, context),
        workers_(context.kernel(), context.node().id(), workers_of(params, admission_)),
        cores_(context.kernel(), context.node().id(),
               {.servers = params.cores.value_or(Resource::unlimited),
                .slowness = &context.node().cpu_slowness()}) {
    if (params.scheduling == "processor_sharing") {
      shared_cores_ = std::make_unique<sim::ProcessorSharing>(context.kernel(), context.node().id(),
                                                              *params.cores);
    }
    for (const auto& [name, steps] : params.endpoints) {
      const sim::NameId id = context.name(name);
      if (endpoints_.size() <= id) endpoints_.resize(id + std::size_t{1});
      const StepContext step_context{context, *this, "endpoints." + name};
      endpoints_[id] = std::make_unique<StepList>(steps, step_context);
      if (name == "default") default_endpoint_ = endpoints_[id].get();
      endpoint_names_.resize(endpoints_.size());
      endpoint_names_[id] = name;
    }
    simple_ = admission_.is_open() && !jobs_told_apart_;
  }

  Task<Reply> handle(const Request& request) override {
    if (request.operation == sim::Operation::inquire) [[unlikely]]
      return answer_inquiry(request);
    if (simple_) return serve(request);
    return handle_carefully(request);
  }

  void crashed() override {
    admission_.crashed();
    parts_crashed();
  }
  bool suffers(sim::Disturbance what) const override {
    return what == sim::Disturbance::cpu || (what == sim::Disturbance::connections &&
                                             workers_.config().servers != Resource::unlimited);
  }
  void disturbed(sim::Disturbance what, double level) override {
    if (what == sim::Disturbance::connections) limit_servers(workers_, level);
    if (what == sim::Disturbance::stop && shared_cores_)
      level > 0 ? shared_cores_->stop() : shared_cores_->go_on();
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    // The queue a request waits in is that of the workers, if they are limited; else that of the
    // cores.
    Resource& queue = workers_.limited() ? workers_ : cores_;
    if (shared_cores_) {
      statistics.servers(*shared_cores_, queue);
    } else if (cores_.limited()) {
      statistics.servers(cores_, queue);
    } else {
      statistics.servers(workers_, workers_);
    }
    if (cores_.limited() && workers_.limited() && !shared_cores_)
      statistics.resource("cores", cores_);
    if (workers_.limited() && (cores_.limited() || shared_cores_)) {
      statistics.scalar("workers_utilization",
                        [this](sim::Time now) { return workers_.utilization(now); });
    }
    admission_.describe_statistics(statistics, workers_);
    describe_parts(statistics);
  }

  void certain_calls(sim::NameId endpoint, std::vector<sim::CertainCall>& out) const override {
    if (const StepList* steps = endpoint_of(endpoint)) steps->certain_calls(out);
  }

 private:
  static Resource::Config workers_of(const AppServerParams& params, Admission& admission) {
    Resource::Config config{.servers = params.workers.value_or(Resource::unlimited),
                            .queue_limit = params.queue_limit.value_or(Resource::unlimited)};
    params.queue.apply(config, admission);
    return config;
  }

  Task<Reply> serve(const Request& request) {
    const StepList* endpoint = endpoint_of(request.endpoint);
    if (!endpoint) co_return Reply::fail(sim::Reason::error);
    Resource::Lease worker;
    if (workers_.limited()) {
      worker = co_await workers_.acquire(queue_priority(request), request.deadline);
      if (!worker) co_return Reply::fail(reason_of(worker.denial()));
    }
    // Simple steps are done here, without a coroutine of their own; lists inside lists up to
    // `lists_deep`.
    Reply reply;
    std::array<Place, lists_deep> outer;
    std::size_t depth = 0;
    Place at{endpoint, 0};
    for (;;) {
      if (at.next == at.list->steps().size()) {
        if (depth == 0) co_return reply;
        at = outer[--depth];
        continue;
      }
      const StepList::Entry& entry = at.list->steps()[at.next++];
      const bool effect_before = reply.effect;
      if (entry.cpu && !shared_cores_) {
        const ServiceTime::Draw time = entry.cpu->draw();
        co_await cores_.use(time.duration, time.lane);
      } else if (entry.call) {
        const Request* sent = &request;
        Request changed;
        if (entry.call->changes(request)) {
          changed = entry.call->request_for(request);
          sent = &changed;
        }
        reply = co_await sim::call(node_, entry.call->next_target(), *sent, entry.call->patience());
      } else if (entry.is_list && depth < lists_deep) {
        const StepList& inner = entry.step->expand();
        if (inner.empty()) continue;
        outer[depth++] = at;
        at = {&inner, 0};
      } else {
        reply = co_await entry.step->run(any_job_, request);
      }
      if (effect_before || reply.effect) reply = reply.after(effect_before, request);
      if (!reply.is_ok()) co_return reply;
    }
  }

  Task<Reply> handle_carefully(const Request& request) {
    if (admission_.is_open()) return serve_as_job(request);
    if (jobs_told_apart_) {
      return admission_.guard(request,
                              [this](const Request& let_in) { return serve_as_job(let_in); });
    }
    return admission_.guard(request, [this](const Request& let_in) { return serve(let_in); });
  }

  /// The same as serve(), by a job that can be told from others.
  Task<Reply> serve_as_job(const Request& request) {
    const StepList* endpoint = endpoint_of(request.endpoint);
    if (!endpoint) co_return Reply::fail(sim::Reason::error);
    Resource::Lease worker;
    if (workers_.limited()) {
      worker = co_await workers_.acquire(queue_priority(request), request.deadline);
      if (!worker) co_return Reply::fail(reason_of(worker.denial()));
    }
    Job job(*this, name_of(request.endpoint));
    co_return co_await endpoint->run(job, request);
  }

  sim::Node& node() override { return node_; }
  void tell_jobs_apart() override { jobs_told_apart_ = true; }
  bool has_disk() const override { return false; }
  std::uint64_t begun(Job&, Job*) override { return ++jobs_begun_; }
  void ended(Job&) override {}
  Task<void> block(Job&) override { co_return; }
  void unblock(Job&) override {}
  Task<void> back(Job&) override { co_return; }
  Task<void> disk(Job&, DiskAccess) override { co_return; }
  Task<void> allocate(Job&, sim::Bytes) override { co_return; }
  void free(Job&, sim::Bytes) override {}

  std::size_t add_coordinator(Coordinating& step) override {
    coordinators_.push_back(&step);
    return coordinators_.size() - 1;
  }
  /// Of a log that is in memory: it takes no time.
  Task<Reply> answer_inquiry(const Request& request) {
    for (const Coordinating* each : coordinators_) {
      if (each->coordinates(request.id)) co_return each->inquired(request.id);
    }
    co_return Reply::fail(sim::Reason::error);
  }

  Task<void> use(Job&, ServiceTime::Draw work) override {
    if (shared_cores_) {
      co_await shared_cores_->use(sim::scaled(work.duration, node_.cpu_slowness()));
    } else {
      co_await cores_.use(work.duration, work.lane);
    }
  }

  /// A place in a list of steps.
  struct Place {
    const StepList* list = nullptr;
    std::size_t next = 0;
  };
  static constexpr std::size_t lists_deep = 2;

  const StepList* endpoint_of(sim::NameId id) const {
    if (id < endpoints_.size() && endpoints_[id]) return endpoints_[id].get();
    return default_endpoint_;
  }

  std::string_view name_of(sim::NameId id) const {
    return id < endpoints_.size() && endpoints_[id] ? std::string_view(endpoint_names_[id])
                                                    : "default";
  }

  sim::Node& node_;
  Admission admission_;
  Resource workers_;
  Resource cores_;  ///< Not used under processor sharing.
  std::unique_ptr<sim::ProcessorSharing> shared_cores_;
  std::vector<std::unique_ptr<StepList>> endpoints_;  ///< By NameId; null where there is none.
  const StepList* default_endpoint_ = nullptr;
  bool simple_ = false;                      ///< serve() is all there is to do.
  bool jobs_told_apart_ = false;             ///< Some step wants to know which job it works for.
  Job any_job_;                              ///< Of all requests, if they are not told apart.
  std::vector<Coordinating*> coordinators_;  ///< Among its steps.
  std::vector<std::string> endpoint_names_;  ///< By NameId.
  std::uint64_t jobs_begun_ = 0;             ///< State.
};

const sim::Registration<sim::Component, AppServer, AppServerParams> registered{
    {.name = "app_server",
     .title = "App server",
     .summary = "Worker threads in front of cores; each endpoint is a list of steps.",
     .does_not_model = "context switches, memory, an event loop, a limit of connections",
     .example =
         R"json({"type": "app_server", "workers": 8, "endpoints": {"default": ["cpu(5ms)"]}})json",
     .category = sim::Category::serving}};

}  // namespace
}  // namespace faultline::models
