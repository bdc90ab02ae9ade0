/// `close_queue(orders)`: ends the business of a queue of the server, in order.
/// Rule: models/serving/queues.hpp, "close" and "poison".
#include "models/serving/queues.hpp"

namespace faultline::models {
namespace {

struct CloseQueueParams {
  std::string queue;
  std::string how = "close";

  static void describe(sim::ParamList<CloseQueueParams>& list) {
    list.add("queue", &CloseQueueParams::queue, "Which one of the server's `queues`").required();
    list.add("how", &CloseQueueParams::how,
             "close: nothing more is let in, and consumers end when it is empty; poison: a message "
             "behind all others ends each consumer, and what is published later nobody takes")
        .one_of({"close", "poison"});
  }
};

class CloseQueueStep final : public Step {
 public:
  CloseQueueStep(const CloseQueueParams& params, const StepContext& context)
      : queue_(context.host.part<Queues>().find(params.queue, context)),
        poisons_(params.how == "poison") {}
  sim::Task<sim::Reply> run(Job&, const sim::Request&) override {
    if (poisons_) {
      queue_->poison();
    } else {
      queue_->close();
    }
    co_return sim::Reply::ok();
  }

 private:
  Queues::Queue* queue_;
  bool poisons_;
};

const sim::Registration<Step, CloseQueueStep, CloseQueueParams> registered{
    {.name = "close_queue",
     .title = "Close queue",
     .summary = "Closes a queue in the server's memory, or sends each of its consumers a poisoned "
                "message.",
     .source = "Go, close of a channel; Java SE, BlockingQueue (poison objects)"}};

}  // namespace
}  // namespace faultline::models
