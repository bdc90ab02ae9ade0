/// `gather`: starts several branches at once and waits for as many of them as are enough.
///
///   request --> branch 1 ..ok --> { enough ended ok, or too many failed? } --> on
///          '--> branch 2 ..ok -----^
///          '--> branch 3 ..            the rest: ended where it waits, or left to run
///
/// Rule: each of `steps` is a branch, or `copies` of it are. `all`: every branch must end ok; the
/// first that fails decides. `first`: one is enough; it fails when all have failed. `quorum`: so
/// many are enough; it fails when so many cannot be reached any more. What was asked of others by a
/// branch that is ended goes on there, as nobody recalls it; of a write it may have had an effect.
/// The answer is that of the branch that decided.
/// Source: ECMAScript, Promise.all and Promise.any (27.2.4.1, 27.2.4.3); Go,
/// golang.org/x/sync/errgroup; Java SE, StructuredTaskScope, ShutdownOnFailure and
/// ShutdownOnSuccess (JEP 453: what is left is cancelled). Does not model: threads of their own for
/// the branches: they run where the server's concurrency lets callbacks run.
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "models/serving/locks.hpp"
#include "sim/kernel/gather.hpp"
#include "sim/kernel/one_shot.hpp"
#include "sim/kernel/parts.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct GatherParams {
  std::vector<StepChoice> steps;
  std::int64_t copies = 1;
  std::string wait = "all";
  std::optional<std::int64_t> quorum;
  std::string rest = "cancel";

  static void describe(sim::ParamList<GatherParams>& list) {
    list.add("steps", &GatherParams::steps, "All started at once; each may be a sequence")
        .required()
        .not_empty();
    list.add("copies", &GatherParams::copies, "How often each of them is started")
        .between(1, 10'000);
    list.add("wait", &GatherParams::wait,
             "How many must end ok: all; the first; or a quorum, without a number of its own more "
             "than half")
        .one_of({"all", "first", "quorum"});
    list.add("quorum", &GatherParams::quorum, "How many are a quorum").unit("branches").at_least(1);
    list.add("rest", &GatherParams::rest,
             "What becomes of the others then: cancel ends them where they wait, leave lets them "
             "run to their end")
        .one_of({"cancel", "leave"});
  }
  static void check(const GatherParams& params, const sim::Path& path, sim::Problems& problems) {
    const std::int64_t branches = params.copies * static_cast<std::int64_t>(params.steps.size());
    if (branches > 100'000)
      problems.add(path / "copies", "expected at most 100000 branches in all");
    if (params.quorum && params.wait != "quorum")
      problems.add(path / "quorum", R"(has no effect without "wait": "quorum")");
    if (params.quorum && *params.quorum > branches) {
      problems.add(path / "quorum", "expected at most the number of branches, " +
                                        std::to_string(branches) + ", got " +
                                        std::to_string(*params.quorum));
    }
  }
};

/// What all such steps of a server count together.
class Gathers final : public HostPart {
 public:
  explicit Gathers(Host& host) : node_(host.node()) {}
  void crashed() override { left_running_.set(node_.kernel().now(), 0); }
  void describe_statistics(sim::NodeStatistics& statistics) override {
    statistics.scalar("gather_cancelled", [this](Time) { return static_cast<double>(cancelled_); });
    statistics.scalar("gather_left", [this](Time) { return static_cast<double>(left_); });
    statistics.scalar("gather_left_running_mean",
                      [this](Time now) { return left_running_.mean(now); });
    statistics.on_reset([this](Time now) {
      cancelled_ = left_ = 0;
      left_running_.reset(now);
    });
  }
  void cancelled(std::uint64_t branches) { cancelled_ += branches; }
  void left(std::uint64_t branches) {
    left_ += branches;
    left_running_.add(node_.kernel().now(), static_cast<std::int64_t>(branches));
  }
  void left_ended() { left_running_.add(node_.kernel().now(), -1); }

 private:
  sim::Node& node_;
  std::uint64_t cancelled_ = 0;   ///< Branches that were ended. Statistic.
  std::uint64_t left_ = 0;        ///< Branches that nobody waited for any more. Statistic.
  sim::CountGauge left_running_;  ///< Statistic.
};

/// Counts how branches end, until it is decided.
class Tally {
 public:
  Tally(std::size_t branches, std::size_t needed) : branches_(branches), needed_(needed) {}
  /// True if this decides it.
  bool ended(const Reply& reply) {
    ++(reply.is_ok() ? ok_ : failed_);
    effect_ = effect_ || reply.effect;
    if (decided()) return true;
    if (ok_ < needed_ && failed_ <= branches_ - needed_) return false;
    decisive_ = reply;
    return true;
  }
  bool decided() const { return decisive_.has_value(); }
  std::size_t open() const { return branches_ - ok_ - failed_; }
  std::size_t needed() const { return needed_; }
  std::size_t ok() const { return ok_; }
  /// The answer, when it is decided.
  Reply answer(const Request& request) const {
    const bool effect = effect_ || (open() > 0 && !request.is_read());
    return decisive_->after(effect, request);
  }

 private:
  std::size_t branches_;
  std::size_t needed_;
  std::size_t ok_ = 0;
  std::size_t failed_ = 0;
  bool effect_ = false;
  std::optional<Reply> decisive_;
};

class GatherStep final : public Step {
 public:
  GatherStep(const GatherParams& params, const StepContext& context)
      : host_(context.host),
        locks_(context.host.part<Locks>()),
        counts_(context.host.part<Gathers>()),
        steps_(params.steps, context),
        copies_(static_cast<std::size_t>(params.copies)),
        leaves_(params.rest == "leave") {
    const std::size_t branches = copies_ * steps_.steps().size();
    needed_ = params.wait == "all"     ? branches
              : params.wait == "first" ? 1
              : params.quorum          ? static_cast<std::size_t>(*params.quorum)
                                       : branches / 2 + 1;
    if (leaves_) host_.tell_jobs_apart();
  }

  Task<Reply> run(Job& job, const Request& request) override {
    return leaves_ ? run_and_leave(job, request) : run_and_cancel(job, request);
  }
  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    steps_.certain_calls(out);
  }

 private:
  Step& step_of(std::size_t branch) const { return *steps_.steps()[branch / copies_].step; }
  std::size_t branches() const { return copies_ * steps_.steps().size(); }

  Task<Reply> run_and_cancel(Job& job, const Request& request) {
    Tally tally(branches(), needed_);
    Locks::Join join(locks_, job, static_cast<std::uint32_t>(needed_));
    std::vector<Task<Reply>> tasks;
    tasks.reserve(branches());
    for (std::size_t i = 0; i < branches(); ++i)
      tasks.push_back(job.number() == 0 ? step_of(i).run(job, request)
                                        : branch(join, step_of(i), job, request));
    auto gathering = sim::when_enough(std::move(tasks), [&tally, &join](const Reply& reply) {
      const bool decided = tally.ended(reply);
      if (!decided) join.set_needed(static_cast<std::uint32_t>(tally.needed() - tally.ok()));
      return decided;
    });
    co_await gathering;
    counts_.cancelled(tally.open());
    co_return tally.answer(request);
  }
  static Task<Reply> branch(Locks::Join& join, Step& step, Job& parent, const Request& request) {
    Job job(parent);
    const Locks::Join::Branch known(join, job);
    co_return co_await step.run(job, request);
  }

  /// Of branches that may outlive the one that started them.
  struct Shared {
    Shared(sim::Kernel& kernel, const Request& request_, std::size_t branches, std::size_t needed)
        : request(request_), tally(branches, needed), decided(kernel) {}
    Request request;
    Tally tally;
    sim::Parts parts;  ///< The branches, until the one that started them goes on.
    sim::OneShot<bool> decided;
    bool left = false;  ///< The one that started them has gone on.
  };
  struct PartsEnd {
    sim::Parts& parts;
    ~PartsEnd() { parts.over(); }
  };
  Task<Reply> run_and_leave(Job& job, const Request& request) {
    const auto shared =
        std::make_shared<Shared>(host_.node().kernel(), request, branches(), needed_);
    const PartsEnd parts_end{shared->parts};
    for (std::size_t i = 0; i < branches(); ++i) {
      auto branch = shared->parts.spawn(free_branch(shared, i, job.what()), i);
      co_await branch;
    }
    auto decided = shared->decided.wait();
    co_await decided;
    shared->left = true;
    counts_.left(shared->tally.open());
    co_return shared->tally.answer(request);
  }
  Task<void> free_branch(std::shared_ptr<Shared> shared, std::size_t index, std::string_view what) {
    Job job(host_, what);
    co_await host_.back(job);
    const Reply reply = co_await step_of(index).run(job, shared->request);
    shared->parts.ended(index);
    if (shared->left) counts_.left_ended();
    const bool known = shared->tally.decided();
    if (shared->tally.ended(reply) && !known) shared->decided.set(true);
  }

  Host& host_;
  Locks& locks_;
  Gathers& counts_;
  StepList steps_;
  std::size_t copies_;
  std::size_t needed_;
  bool leaves_;
};

const sim::Registration<Step, GatherStep, GatherParams> registered{
    {.name = "gather",
     .title = "Gather",
     .summary = "Starts several branches at once and waits for all, for the first, or for a quorum "
                "of them to end ok; the rest is cancelled or left to run.",
     .source = "ECMAScript, Promise.all and Promise.any; Go, errgroup; Java, JEP 453 (structured "
               "concurrency)",
     .does_not_model = "threads of their own for the branches; recalling what was asked of other "
                       "nodes",
     .example =
         R"json({"type": "gather", "copies": 3, "wait": "quorum", "steps": ["call(replicas)"]})json"}};

}  // namespace
}  // namespace faultline::models
