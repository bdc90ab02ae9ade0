/// `background`: starts steps that nobody waits for, and goes on at once.
///
///   request --> started --> on, and answered
///                  '--> steps, on their own, perhaps long after the answer
///
/// Rule: at most `limit` tasks of this step are under way at once; for one more than that there is
/// `when_full`. A task has no deadline. A crash ends those that are under way, and they are not
/// begun again: they are lost, and counted.
/// Source: Java SE, java.util.concurrent.ThreadPoolExecutor (saturation policies: abort, discard,
/// caller runs).
/// Does not model: a thread of its own for each task: it runs where the server's concurrency lets
/// callbacks run.
#include <memory>
#include <optional>
#include <vector>

#include "models/limit_servers.hpp"
#include "models/serving/step.hpp"
#include "sim/kernel/resource.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Resource;
using sim::Task;
using sim::Time;

struct BackgroundParams {
  std::vector<StepChoice> steps;
  std::string name = "background";
  std::optional<std::int64_t> limit;
  std::string when_full = "wait";

  static void describe(sim::ParamList<BackgroundParams>& list) {
    list.add("steps", &BackgroundParams::steps, "What is done").required().not_empty();
    list.add("name", &BackgroundParams::name, "What reports call such a task").not_empty();
    list.add("limit", &BackgroundParams::limit,
             "Tasks of this step under way at once; without it, any number")
        .unit("tasks")
        .between(1, 1'000'000'000);
    list.add("when_full", &BackgroundParams::when_full,
             "What is done when there are so many. wait: the request waits; run: it does the steps "
             "itself; drop: they are not done; fail: the request fails")
        .one_of({"wait", "run", "drop", "fail"});
  }
  static void check(const BackgroundParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if (params.when_full != "wait" && !params.limit)
      problems.add(path / "when_full", "has no effect without `limit`");
  }
};

/// What all such steps of a server count together.
class Background final : public HostPart {
 public:
  explicit Background(Host& host) : kernel_(host.node().kernel()) {}
  void crashed() override {
    lost_ += static_cast<std::uint64_t>(running_.value());
    running_.set(kernel_.now(), 0);
  }
  void describe_statistics(sim::NodeStatistics& statistics) override {
    const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
    };
    count("background_started", started_);
    count("background_done", done_);
    count("background_failed", failed_);
    count("background_dropped", dropped_);
    count("background_lost", lost_);
    statistics.scalar("background_running_mean", [this](Time now) { return running_.mean(now); });
    statistics.histogram("background_seconds", time_);
    statistics.series_part("background_running", [this](Time now) {
      return static_cast<double>(running_.area(now)) * 1e-9;
    });
    statistics.on_reset([this](Time now) {
      started_ = done_ = failed_ = dropped_ = lost_ = 0;
      time_.reset();
      running_.reset(now);
      statistics_start_ = now;
    });
  }
  void dropped() { ++dropped_; }
  Time begun() {
    ++started_;
    running_.add(kernel_.now(), 1);
    return kernel_.now();
  }
  void ended(Time begun, const Reply& reply) {
    const Time now = kernel_.now();
    running_.add(now, -1);
    ++(reply.is_ok() ? done_ : failed_);
    if (begun >= statistics_start_) time_.record((now - begun).count());
  }

 private:
  sim::Kernel& kernel_;
  Time statistics_start_{};
  std::uint64_t started_ = 0;  ///< Statistic, as all of these.
  std::uint64_t done_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t lost_ = 0;  ///< In a crash.
  sim::Histogram time_;     ///< Nanoseconds from the start to the end of a task.
  sim::CountGauge running_;
};

class BackgroundStep final : public Step {
 public:
  BackgroundStep(const BackgroundParams& params, const StepContext& context)
      : host_(context.host),
        counts_(context.host.part<Background>()),
        name_(params.name),
        when_full_(params.when_full),
        places_(context.build.kernel(), context.build.node().id(),
                {.servers = params.limit.value_or(Resource::unlimited), .drop_expired = true}),
        steps_(params.steps, context) {
    host_.tell_jobs_apart();
  }

  Task<Reply> run(Job& job, const Request& request) override {
    const bool full = places_.busy() >= places_.config().servers;
    if (full && when_full_ == "run") co_return co_await steps_.run(job, request);
    if (full && when_full_ == "drop") {
      counts_.dropped();
      co_return Reply::ok();
    }
    if (full && when_full_ == "fail") {
      counts_.dropped();
      co_return Reply::fail(sim::Reason::rejected);
    }
    Resource::Lease place = co_await places_.acquire(0, request.deadline);
    if (!place) co_return Reply::fail(sim::Reason::expired);
    Request own = request;
    own.deadline = sim::time_max;
    host_.spawn(task(std::move(place), own));
    co_return Reply::ok();
  }
  // The calls of its steps are nobody's who waits for them: a cycle of them is no endless wait.

 private:
  Task<void> task(Resource::Lease place, Request request) {
    const Time begun = counts_.begun();
    Job job(host_, name_);
    co_await host_.back(job);
    const Reply reply = co_await steps_.run(job, request);
    counts_.ended(begun, reply);
    place.release();
  }

  Host& host_;
  Background& counts_;
  std::string name_;
  std::string when_full_;
  Resource places_;  ///< One for each task under way. State.
  StepList steps_;
};

const sim::Registration<Step, BackgroundStep, BackgroundParams> registered{
    {.name = "background",
     .title = "Background task",
     .summary =
         "Starts steps that the request does not wait for (fire and forget), so many at once "
         "at the most.",
     .source = "Java SE, java.util.concurrent.ThreadPoolExecutor (saturation policies)",
     .does_not_model =
         "a thread of its own for each task; tasks that are begun again after a crash",
     .example =
         R"json({"type": "background", "limit": 100, "when_full": "drop", "steps": ["call(mailer)"]})json"}};

}  // namespace
}  // namespace faultline::models
