/// `publish(orders)`: puts the request into a queue of the server, for its consumers, and goes on.
/// Rule and what it does not model: models/serving/queues.hpp.
#include "models/serving/queues.hpp"

namespace faultline::models {
namespace {

struct PublishParams {
  std::string queue;

  static void describe(sim::ParamList<PublishParams>& list) {
    list.add("queue", &PublishParams::queue, "Which one of the server's `queues`").required();
  }
};

class PublishStep final : public Step {
 public:
  PublishStep(const PublishParams& params, const StepContext& context)
      : queue_(context.host.part<Queues>().find(params.queue, context)) {}
  sim::Task<sim::Reply> run(Job& job, const sim::Request& request) override {
    return queue_->publish(job, request);
  }

 private:
  Queues::Queue* queue_;
};

const sim::Registration<Step, PublishStep, PublishParams> registered{
    {.name = "publish",
     .title = "Publish",
     .summary = "Puts the request into a queue in the server's memory and goes on; consumers take "
                "it from there. What happens when the queue is full is said there.",
     .source = "Java SE, java.util.concurrent.BlockingQueue",
     .does_not_model = "the memory that messages take"}};

}  // namespace
}  // namespace faultline::models
