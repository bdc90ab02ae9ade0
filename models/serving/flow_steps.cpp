/// Steps made of steps: one after the other, side by side, or one of several by lot.
#include <algorithm>
#include <vector>

#include "models/serving/locks.hpp"
#include "models/serving/step.hpp"
#include "sim/kernel/combinators.hpp"
#include "sim/param/described.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;

struct SequenceParams {
  std::vector<StepChoice> steps;

  static void describe(sim::ParamList<SequenceParams>& list) {
    list.add("steps", &SequenceParams::steps, "One after the other").required().not_empty();
  }
};

class SequenceStep final : public Step {
 public:
  SequenceStep(const SequenceParams& params, const StepContext& context)
      : steps_(params.steps, context) {}
  Task<Reply> run(Job& job, const Request& request) override { return steps_.run(job, request); }
  bool is_plain_list() const override { return true; }
  const StepList& expand() override { return steps_; }
  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    steps_.certain_calls(out);
  }

 private:
  StepList steps_;
};

const sim::Registration<Step, SequenceStep, SequenceParams> sequence{
    {.name = "sequence",
     .title = "Sequence",
     .summary = "Steps one after the other, until one does not end ok. For use as one branch of "
                "`parallel` or `choose`.",
     .example = R"json({"type": "sequence", "steps": ["cpu(1ms)", "sleep(10ms)"]})json"}};

struct ParallelParams {
  std::vector<StepChoice> steps;

  static void describe(sim::ParamList<ParallelParams>& list) {
    list.add("steps", &ParallelParams::steps, "All started at once; each may be a sequence")
        .required()
        .not_empty();
  }
};

class ParallelStep final : public Step {
 public:
  ParallelStep(const ParallelParams& params, const StepContext& context)
      : locks_(context.host.part<Locks>()), steps_(params.steps, context) {}

  /// Each step is a job of its own. Waits for all; the first in the order given that did not end ok
  /// is the reply.
  Task<Reply> run(Job& job, const Request& request) override {
    Locks::Join join(locks_, job, WaitForGraph::all);
    std::vector<Task<Reply>> branches;
    branches.reserve(steps_.steps().size());
    for (const StepList::Entry& entry : steps_.steps())
      branches.push_back(job.number() == 0 ? entry.step->run(job, request)
                                           : branch(join, *entry.step, job, request));
    Task<std::vector<Reply>> all = sim::when_all(std::move(branches));
    const std::vector<Reply> replies = co_await all;
    const auto bad = std::find_if(replies.begin(), replies.end(),
                                  [](const Reply& each) { return !each.is_ok(); });
    const bool effect =
        std::any_of(replies.begin(), replies.end(), [](const Reply& each) { return each.effect; });
    co_return (bad == replies.end() ? replies.front() : *bad).after(effect, request);
  }
  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    steps_.certain_calls(out);
  }

 private:
  static Task<Reply> branch(Locks::Join& join, Step& step, Job& parent, const Request& request) {
    Job job(parent);
    const Locks::Join::Branch known(join, job);
    co_return co_await step.run(job, request);
  }

  Locks& locks_;
  StepList steps_;
};

const sim::Registration<Step, ParallelStep, ParallelParams> parallel{
    {.name = "parallel",
     .title = "Parallel",
     .summary = "Starts all steps at once and waits for all (fork-join). Fails if one of them did.",
     .example = R"json({"type": "parallel", "steps": ["sleep(5ms)", "sleep(10ms)"]})json"}};

struct Option {
  double weight = 1;
  std::vector<StepChoice> steps;

  static void describe(sim::ParamList<Option>& list) {
    list.add("weight", &Option::weight, "How often, in relation to the other options")
        .above(0)
        .at_most(1e9);
    list.add("steps", &Option::steps, "What is done then; nothing without it");
  }
};

struct ChooseParams {
  std::vector<Option> options;

  static void describe(sim::ParamList<ChooseParams>& list) {
    list.add("options", &ChooseParams::options, "One of them is taken, by lot")
        .required()
        .not_empty();
  }
};

class ChooseStep final : public Step {
 public:
  ChooseStep(const ChooseParams& params, const StepContext& context)
      : stream_(context.build.stream(context.path)) {
    double total = 0;
    for (std::size_t i = 0; i < params.options.size(); ++i) {
      total += params.options[i].weight;
      const StepContext own{context.build, context.host,
                            context.path + ".options[" + std::to_string(i) + "]"};
      options_.push_back({total, StepList(params.options[i].steps, own)});
    }
    for (Branch& branch : options_) branch.weight_up_to /= total;
  }

  Task<Reply> run(Job& job, const Request& request) override { return expand().run(job, request); }
  bool is_plain_list() const override { return true; }
  const StepList& expand() override {
    const double share = stream_.uniform();
    const auto taken =
        std::find_if(options_.begin(), options_.end() - 1,
                     [share](const Branch& each) { return share < each.weight_up_to; });
    return taken->steps;
  }
  /// None that is certain, unless there is no choice.
  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    if (options_.size() == 1) options_.front().steps.certain_calls(out);
  }

 private:
  struct Branch {
    double weight_up_to;
    StepList steps;
  };
  sim::Stream stream_;
  std::vector<Branch> options_;
};

const sim::Registration<Step, ChooseStep, ChooseParams> choose{
    {.name = "choose",
     .title = "Choose",
     .summary = "Takes one of several options by lot, in proportion to their weights.",
     .example =
         R"json({"type": "choose", "options": [{"weight": 9, "steps": ["sleep(1ms)"]}, {"weight": 1}]})json"}};

}  // namespace
}  // namespace faultline::models
