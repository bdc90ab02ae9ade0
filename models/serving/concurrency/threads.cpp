/// A thread for each request, out of a pool: Tomcat, Apache's worker, most of what blocks.
///
///   request --> [ queue of the pool ] --> ( threads: held for the whole request ) --> ( cores )
///
/// Rules: a request holds its thread from start to end, in every wait as well: calls, sleeps, locks
/// and disks. So with s threads no more than s requests are at work, whatever the cores do. Threads
/// that want the CPU share the cores (models/machine/processor.hpp): a core that takes up another
/// thread than it ran last pays the machine's context switch, which does not happen while there are
/// no more threads than cores. Each thread takes `memory_per_thread`. A branch of a request and a
/// task in the background are threads of their own, beside the pool.
/// Source: Welsh, Culler, Brewer, SEDA, SOSP 2001 (threads under load); memory: the default of
/// -Xss on 64-bit Linux, 1 MiB, of which a thread that does little touches a part. Does not model:
/// the creation of threads, a pool that grows and shrinks.
#include "models/limit_servers.hpp"
#include "models/serving/concurrency/concurrency.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct ThreadsParams {
  std::optional<std::int64_t> size;
  sim::Bytes memory_per_thread{std::int64_t{1} << 20};

  static void describe(sim::ParamList<ThreadsParams>& list) {
    list.add("size", &ThreadsParams::size,
             "Threads in the pool; without it, one more whenever a request needs it")
        .unit("threads")
        .at_least(1);
    list.add("memory_per_thread", &ThreadsParams::memory_per_thread,
             "Memory that a thread's stack takes")
        .at_least(sim::Bytes{0});
  }
};

class Threads final : public Concurrency {
 public:
  Threads(const ThreadsParams& params, const MakeArgs& args)
      : machine_(args.machine),
        kernel_(args.build.kernel()),
        pool_(args.build.kernel(), args.build.node().id(), pool_of(params, args)),
        memory_per_thread_(params.memory_per_thread.count),
        wake_(*this) {
    wake_.set_tag(args.build.node().id(), sim::EventKind::resume);
    if (pool_.limited()) {
      const std::int64_t size = *params.size;
      machine_.keep(size > (std::int64_t{1} << 40) / std::max<std::int64_t>(memory_per_thread_, 1)
                        ? std::int64_t{1} << 40
                        : size * memory_per_thread_);
    }
  }

  ~Threads() override { kernel_.cancel_if_scheduled(wake_); }

  sim::Resource* places(const sim::Request&) override { return pool_.limited() ? &pool_ : nullptr; }
  bool has_places() const override { return pool_.limited(); }
  const sim::Resource* queue() const override { return &pool_; }

  void made(Job& job, Job* parent) override {
    if (free_.empty()) {
      job.seat.thread = machine_.processor().add_thread();
    } else {
      job.seat.thread = free_.back();
      free_.pop_back();
    }
    // A pool's threads are there from the beginning.
    job.seat.turn = !pool_.limited() || parent ? own_stack : pooled;
    if (job.seat.turn == own_stack) machine_.take(memory_per_thread_);
    threads_.add(kernel_.now(), 1);
  }
  bool back(Job& job) override {
    if (!machine_.processor().stopped()) return true;
    job.seat.ready_since = kernel_.now();
    held_.push_back(job);
    return false;
  }
  void work(Job& job, Duration work) override {
    machine_.processor().run(job, work, job.seat.thread);
  }
  sim::Task<void> block(Job&) override { co_return; }
  void unblock(Job&) override {}
  void hold(Job&) override {}
  void let_go(Job&) override {}
  void ended(Job& job) override {
    job.abandon();
    job.unlink();
    free_.push_back(job.seat.thread);
    if (job.seat.turn == own_stack) machine_.give(memory_per_thread_);
    threads_.add(kernel_.now(), -1);
  }
  void go_on() override {
    if (!held_.empty() && !wake_.scheduled()) kernel_.schedule_now(wake_);
  }
  void crashed() override { kernel_.cancel_if_scheduled(wake_); }
  void limit_connections(double level) override { limit_servers(pool_, level); }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    Processor& processor = machine_.processor();
    processor.describe_statistics(statistics);
    const auto utilization = [this](sim::Time now) { return pool_.utilization(now); };
    if (!pool_.limited()) {
      statistics.scalar("queue_length_mean",
                        [&processor](sim::Time now) { return processor.ready_mean(now); });
      statistics.series_part("queue_length",
                             [&processor](sim::Time now) { return processor.ready_area(now); });
    } else {
      statistics.scalar("queue_length_mean",
                        [this](sim::Time now) { return pool_.queue_gauge().mean(now); });
      statistics.scalar("queue_length_max", [this](sim::Time) {
        return static_cast<double>(pool_.queue_gauge().maximum());
      });
      statistics.series_part("queue_length", [this](sim::Time now) {
        return static_cast<double>(pool_.queue_gauge().area(now)) * 1e-9;
      });
      statistics.histogram("queue_wait_seconds", pool_.wait());
      if (processor.limited()) {
        statistics.scalar("workers_utilization", utilization);
      } else {
        statistics.scalar("utilization", utilization);
        const double size = static_cast<double>(pool_.config().servers);
        statistics.series_part("utilization", [this, size](sim::Time now) {
          return static_cast<double>(pool_.busy_gauge().area(now)) * 1e-9 / size;
        });
      }
    }
    statistics.scalar("jobs_mean", [this](sim::Time now) { return threads_.mean(now); });
    statistics.scalar("jobs_max",
                      [this](sim::Time) { return static_cast<double>(threads_.maximum()); });
    statistics.on_reset([this](sim::Time now) {
      pool_.reset_statistics(now);
      threads_.reset(now);
    });
  }

 private:
  enum : std::uint64_t { pooled, own_stack };
  /// Lets those go on whom a processor that stood still held up, until one of them stops it again.
  class Wake final : public sim::Event {
   public:
    explicit Wake(Threads& threads) : Event(&fire), threads_(threads) {}

   private:
    static void fire(sim::Event& event) { static_cast<Wake&>(event).threads_.release_held(); }
    Threads& threads_;
  };
  void release_held() {
    while (!held_.empty() && !machine_.processor().stopped()) {
      Job& job = held_.front();
      job.unlink();
      kernel_.tell_waited(job.seat.frame, sim::WaitFor::turn, job.seat.ready_since);
      job.resume();
    }
  }
  static sim::Resource::Config pool_of(const ThreadsParams& params, const MakeArgs& args) {
    sim::Resource::Config config = args.queue;
    config.servers = params.size.value_or(sim::Resource::unlimited);
    return config;
  }

  Machine& machine_;
  sim::Kernel& kernel_;
  sim::Resource pool_;
  std::int64_t memory_per_thread_;
  std::vector<std::uint32_t> free_;  ///< Numbers of threads that nobody is. State.
  Wake wake_;
  sim::IntrusiveList<Job> held_;  ///< They go on when the processor does. State.
  sim::CountGauge threads_;       ///< That are somebody. Statistic.
};

const sim::Registration<Concurrency, Threads, ThreadsParams> registered{
    {.name = "threads",
     .title = "Threads",
     .summary = "A thread for each request, held in every wait; more threads than cores pay for "
                "switches.",
     .source = "Welsh, Culler, Brewer, SEDA, SOSP 2001",
     .does_not_model = "the creation of threads, a pool that grows and shrinks",
     .example = R"json({"type": "threads", "size": 200})json"}};

}  // namespace
}  // namespace faultline::models
