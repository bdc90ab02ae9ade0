/// `consume`: takes a message from a queue of the server and does steps for it, while the request
/// waits.
/// Rule and what it does not model: models/serving/queues.hpp.
#include <optional>

#include "models/serving/queues.hpp"

namespace faultline::models {
namespace {

struct ConsumeParams {
  std::string queue;
  std::optional<sim::Duration> timeout;
  std::vector<StepChoice> steps;

  static void describe(sim::ParamList<ConsumeParams>& list) {
    list.add("queue", &ConsumeParams::queue, "Which one of the server's `queues`").required();
    list.add("timeout", &ConsumeParams::timeout,
             "How long it waits for a message before it fails; 0: not at all; without it, as long "
             "as it takes")
        .at_least(sim::Duration(0));
    list.add("steps", &ConsumeParams::steps,
             "What is done for the message, with its key; nothing without it");
  }
};

class ConsumeStep final : public Step {
 public:
  ConsumeStep(const ConsumeParams& params, const StepContext& context)
      : queue_(context.host.part<Queues>().find(params.queue, context)),
        kernel_(context.build.kernel()),
        timeout_(params.timeout),
        steps_(params.steps, context) {}

  sim::Task<sim::Reply> run(Job& job, const sim::Request& request) override {
    sim::Time until = request.deadline;
    if (timeout_) {
      const auto end = sim::saturating_sum(kernel_.now().time_since_epoch(), *timeout_);
      until = std::min(until, sim::Time(end));
    }
    auto taking = queue_->take(until);
    const std::optional<sim::Request> message = co_await taking;
    job.woken_by(Job::Wake::inside);
    if (!message) {
      const bool late = request.deadline <= kernel_.now();
      co_return sim::Reply::fail(queue_->closed() ? sim::Reason::rejected
                                 : late           ? sim::Reason::expired
                                                  : sim::Reason::timeout);
    }
    co_return co_await steps_.run(job, *message);
  }

 private:
  Queues::Queue* queue_;
  const sim::Kernel& kernel_;
  std::optional<sim::Duration> timeout_;
  StepList steps_;
};

const sim::Registration<Step, ConsumeStep, ConsumeParams> registered{
    {.name = "consume",
     .title = "Consume",
     .summary = "Takes a message from a queue in the server's memory, waiting for one if need be, "
                "and does steps for it.",
     .source = "Java SE, java.util.concurrent.BlockingQueue",
     .does_not_model = "the memory that messages take",
     .example =
         R"json({"type": "consume", "queue": "orders", "timeout": "1s", "steps": ["cpu(2ms)"]})json"}};

}  // namespace
}  // namespace faultline::models
