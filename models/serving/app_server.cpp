/// An application server: worker threads in front of cores, or another way to do many things at
/// once.
///
///   request --> [ queue ] --> ( workers: held for the whole request ) --> steps of its endpoint
///                                                                          '-- cpu steps take ( cores )
///
/// Rule: a request that finds `queue_limit` others waiting for a worker is rejected; before that,
/// limits and load shedding may turn it away (models/serving/admission.hpp). `workers`, `cores` and
/// `scheduling` are the short way to write what costs least to simulate: threads that switch for
/// free, on a machine that has nothing but cores. `concurrency` says what a request is instead (a
/// thread, a callback, a coroutine, a message: models/serving/concurrency), and `machine` what it
/// runs on (models/machine). The endpoints are the same under all of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/limit_servers.hpp"
#include "models/machine/machine.hpp"
#include "models/serving/admission.hpp"
#include "models/serving/concurrency/concurrency.hpp"
#include "models/serving/locks.hpp"
#include "models/serving/queue_order.hpp"
#include "models/serving/queues.hpp"
#include "models/serving/step.hpp"
#include "sim/kernel/delay.hpp"
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
  sim::Choice<Concurrency> concurrency;
  std::optional<MachineParams> machine;
  std::optional<std::int64_t> queue_limit;
  QueueOrderParams queue;
  AdmissionParams admission;
  std::map<std::string, QueueParams> queues;
  std::map<std::string, std::vector<StepChoice>> endpoints;

  static void describe(sim::ParamList<AppServerParams>& list) {
    list.add("workers", &AppServerParams::workers,
             "Threads; a request holds one from start to end; without it, any number")
        .unit("threads")
        .at_least(1);
    list.add("cores", &AppServerParams::cores, "Cores that cpu steps share; without it, any number")
        .unit("cores")
        .between(1, 100'000);
    list.add("scheduling", &AppServerParams::scheduling,
             "How cpu steps share the cores: first come, first served, or all at once")
        .one_of({"fifo", "processor_sharing"});
    list.add("concurrency", &AppServerParams::concurrency,
             "What a request is on the server; without it, a thread (`workers`)");
    list.add("machine", &AppServerParams::machine,
             "What the server runs on; without it, `cores` and nothing that runs short");
    list.add("queue_limit", &AppServerParams::queue_limit,
             "Requests that may wait for a worker; more are rejected; without it, any number")
        .unit("requests")
        .at_least(0);
    list.include(&AppServerParams::queue);
    list.include(&AppServerParams::admission);
    list.add("queues", &AppServerParams::queues,
             "Queues in its memory, by name: `publish` puts requests into one, consumers take them "
             "from there");
    list.add("endpoints", &AppServerParams::endpoints,
             "What is done for a request, by the endpoint it asks for; \"default\" for all others")
        .required()
        .not_empty();
  }
  static void check(const AppServerParams& params, const sim::Path& path, sim::Problems& problems) {
    for (const auto& [name, queue] : params.queues)
      check_shared_name(name, path / "queues" / name, problems);
    if (params.scheduling == "processor_sharing" && !params.cores) {
      problems.add(path / "cores", "processor sharing needs a number of cores");
    }
    if (params.queue_limit && !params.workers && !params.concurrency) {
      problems.add(path / "queue_limit", "has no effect without `workers`: nobody waits");
    }
    if (params.admission.need_queue() && !params.workers && !params.concurrency) {
      problems.add(path / "shedding", "has no effect without `workers`: nobody waits");
    }
    if (params.workers && params.concurrency) {
      problems.add(path / "workers", "is the short way to write `concurrency`: give one of them",
                   fmt::format("write \"concurrency\": \"threads(size={})\"", *params.workers));
    }
    if (params.machine && (params.cores || params.scheduling != "fifo")) {
      problems.add(path / (params.cores ? "cores" : "scheduling"),
                   "belongs into `machine` where there is one");
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
    if (params.concurrency || params.machine) make_host(params, context);
    if (!params.queues.empty()) {
      const StepContext queues_context{context, *this, "queues"};
      part<Queues>().declare(params.queues, queues_context);
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
    if (jobs_told_apart_ && !concurrency_) make_host(params, context);
    simple_ = admission_.is_open() && !concurrency_;
  }

  Task<Reply> handle(const Request& request) override {
    if (request.operation == sim::Operation::inquire) [[unlikely]]
      return answer_inquiry(request);
    if (simple_) return serve(request);
    return handle_carefully(request);
  }

  void start() override {
    if (machine_) machine_->started();
  }
  void crashed() override {
    admission_.crashed();
    if (concurrency_) {
      concurrency_->crashed();
      machine_->crashed();
    }
    parts_crashed();
  }
  void receive(sim::Node&, sim::Message& message) override { parts_receive(message); }
  bool offers(std::string_view role) const override {
    return role == "any" || role == "invalidation";
  }
  bool suffers(sim::Disturbance what) const override {
    switch (what) {
      case sim::Disturbance::cpu:
        return true;
      case sim::Disturbance::connections:
        return concurrency_ ? concurrency_->queue() && concurrency_->has_places()
                            : workers_.config().servers != Resource::unlimited;
      case sim::Disturbance::disk:
        return has_disk();
      case sim::Disturbance::memory:
        return machine_ && machine_->memory().limited();
      default:
        return false;
    }
  }
  void disturbed(sim::Disturbance what, double level) override {
    if (concurrency_) return host_disturbed(what, level);
    if (what == sim::Disturbance::connections) limit_servers(workers_, level);
    if (what == sim::Disturbance::stop && shared_cores_)
      level > 0 ? shared_cores_->stop() : shared_cores_->go_on();
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    if (concurrency_) {
      concurrency_->describe_statistics(statistics);
      machine_->describe_statistics(statistics);
      const Resource* queue = concurrency_->queue();
      admission_.describe_statistics(statistics, queue ? *queue : workers_);
    } else {
      describe_workers_and_cores(statistics);
      admission_.describe_statistics(statistics, workers_);
    }
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

  /// The machine and what requests are on it.
  void make_host(const AppServerParams& params, const sim::BuildContext& context) {
    MachineParams machine = params.machine.value_or(MachineParams{});
    if (!params.machine) {
      machine.cores = params.cores;
      machine.scheduling = params.scheduling;
    }
    sim::Choice<Concurrency> concurrency = params.concurrency;
    if (!concurrency) {
      // The short way to write threads: they cost nothing unless there is a machine.
      std::vector<std::string> members;
      if (params.workers) members.push_back(fmt::format("size={}", *params.workers));
      if (!params.machine) {
        members.emplace_back("memory_per_thread=0B");
        machine.context_switch = {};
      }
      concurrency = sim::Choice<Concurrency>(fmt::format("threads({})", fmt::join(members, ", ")));
    }
    machine_ = std::make_unique<Machine>(node_, machine);
    const Concurrency::MakeArgs args{context, *machine_, workers_.config()};
    concurrency_ = concurrency.make(args);
    machine_->on_go_on([this] { concurrency_->go_on(); });
    allocation_per_request_ = machine_->memory().allocation_per_request();
    leak_per_request_ = machine_->memory().leak_per_request();
    if (concurrency_->has_places()) return;
    if (params.queue_limit)
      context.problem("queue_limit", "has no effect with this `concurrency`: nobody waits");
    if (params.admission.need_queue())
      context.problem("shedding", "has no effect with this `concurrency`: nobody waits");
  }

  void describe_workers_and_cores(sim::NodeStatistics& statistics) {
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
  }

  void host_disturbed(sim::Disturbance what, double level) {
    if (what == sim::Disturbance::connections) concurrency_->limit_connections(level);
    if (what == sim::Disturbance::memory) machine_->memory().set_share(level);
    if (what == sim::Disturbance::stop) machine_->stopped_by_fault(level > 0);
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
    if (concurrency_) {
      return admission_.guard(request,
                              [this](const Request& let_in) { return serve_as_job(let_in); });
    }
    return admission_.guard(request, [this](const Request& let_in) { return serve(let_in); });
  }

  /// The same as serve(), as a job of the machine.
  Task<Reply> serve_as_job(const Request& request) {
    const StepList* endpoint = endpoint_of(request.endpoint);
    if (!endpoint) co_return Reply::fail(sim::Reason::error);
    Concurrency& model = *concurrency_;
    Resource::Lease place;
    if (Resource* places = model.places(request)) {
      place = co_await places->acquire(queue_priority(request), request.deadline);
      if (!place) co_return Reply::fail(reason_of(place.denial()));
    }
    Job job(*this, name_of(request.endpoint));
    co_await model.begun(job);
    if (allocation_per_request_ + leak_per_request_ > 0) co_await allocate_what_each_does(job);
    Reply reply;
    std::array<Place, lists_deep> outer;
    std::size_t depth = 0;
    Place at{endpoint, 0};
    for (;;) {
      if (at.next == at.list->steps().size()) {
        if (depth == 0) break;
        at = outer[--depth];
        continue;
      }
      const StepList::Entry& entry = at.list->steps()[at.next++];
      const bool effect_before = reply.effect;
      if (entry.cpu) {
        const ServiceTime::Draw time = entry.cpu->draw();
        co_await model.worked(job, time.duration);
      } else if (entry.is_list && depth < lists_deep) {
        const StepList& inner = entry.step->expand();
        if (inner.empty()) continue;
        outer[depth++] = at;
        at = {&inner, 0};
      } else {
        if (entry.call) {
          const Request* sent = &request;
          Request changed;
          if (entry.call->changes(request)) {
            changed = entry.call->request_for(request);
            sent = &changed;
          }
          reply =
              co_await sim::call(node_, entry.call->next_target(), *sent, entry.call->patience());
          if (!reply.answered) job.woken_by(Job::Wake::error);
        } else {
          reply = co_await entry.step->run(job, request);
        }
        co_await model.returned(job);
      }
      if (effect_before || reply.effect) reply = reply.after(effect_before, request);
      if (!reply.is_ok()) break;
    }
    const sim::Duration away = model.closed(job, reply);
    if (away > sim::Duration(0)) node_.spawn(keep_away(std::move(place), away));
    co_return reply;
  }

  /// A place that cannot be used for a time.
  static Task<void> keep_away(Resource::Lease place, sim::Duration span) {
    co_await sim::delay(span);
    place.release();
  }

  Task<void> allocate_what_each_does(Job& job) {
    co_await allocate_briefly(job, sim::Bytes{allocation_per_request_});
    if (leak_per_request_ == 0) co_return;
    while (!machine_->memory().try_leak(leak_per_request_))
      co_await wait_for_memory(job, leak_per_request_);
  }

  /// All that waits for the collector waits in its place: an allocation is not left half done.
  Task<void> wait_for_memory(Job& job, std::int64_t bytes) {
    concurrency_->hold(job);
    const bool there_is_some = co_await machine_->memory().wait(bytes);
    // The process ends now.
    if (!there_is_some) co_await sim::delay(sim::Duration::max());
    concurrency_->let_go(job);
    co_await concurrency_->returned(job);
  }

  sim::Node& node() override { return node_; }
  void tell_jobs_apart() override { jobs_told_apart_ = true; }
  bool has_disk() const override { return machine_ && machine_->disk(); }
  /// A task in the background of a server whose jobs need not be told apart is one of them.
  std::uint64_t begun(Job& job, Job* parent) override {
    if (!concurrency_) return 0;
    concurrency_->made(job, parent);
    return ++jobs_begun_;
  }
  void ended(Job& job) override {
    if (!concurrency_) return;
    const std::int64_t in_use = job.seat.memory.total();
    if (in_use > 0) machine_->memory().give_back(job.seat.memory, in_use);
    concurrency_->ended(job);
  }
  Task<void> block(Job& job) override {
    if (concurrency_) co_await concurrency_->block(job);
  }
  void unblock(Job& job) override {
    if (concurrency_) concurrency_->unblock(job);
  }
  Task<void> back(Job& job) override {
    if (concurrency_) co_await concurrency_->returned(job);
  }
  Task<void> disk(Job& job, DiskAccess access) override {
    co_await concurrency_->block(job);
    co_await machine_->disk()->access(access);
    concurrency_->unblock(job);
  }
  Task<void> allocate(Job& job, sim::Bytes bytes) override {
    if (!concurrency_) co_return;
    while (!machine_->memory().try_allocate(job.seat.memory, bytes.count))
      co_await wait_for_memory(job, bytes.count);
  }
  Task<void> allocate_briefly(Job& job, sim::Bytes bytes) override {
    if (!concurrency_) co_return;
    while (!machine_->memory().try_allocate_garbage(bytes.count))
      co_await wait_for_memory(job, bytes.count);
  }
  void free(Job& job, sim::Bytes bytes) override {
    if (concurrency_) machine_->memory().give_back(job.seat.memory, bytes.count);
  }

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

  Task<void> use(Job& job, ServiceTime::Draw work) override {
    if (concurrency_) {
      co_await concurrency_->worked(job, work.duration);
    } else if (shared_cores_) {
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
  std::unique_ptr<Machine> machine_;          ///< With concurrency_; null otherwise.
  std::unique_ptr<Concurrency> concurrency_;  ///< Null where serve() is the way of a request.
  std::int64_t allocation_per_request_ = 0;
  std::int64_t leak_per_request_ = 0;
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
     .summary =
         "Worker threads, an event loop, coroutines or actors on a machine; each endpoint is "
         "a list of steps.",
     .does_not_model = "what its concurrency and its machine do not; the short way, `workers` and "
                       "`cores`: context switches and memory",
     .example =
         R"json({"type": "app_server", "workers": 8, "endpoints": {"default": ["cpu(5ms)"]}})json",
     .category = sim::Category::serving}};

}  // namespace
}  // namespace faultline::models
