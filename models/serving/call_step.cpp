/// `call(db)`: asks another node and waits for its answer; the worker is held meanwhile.
#include "models/resilience/caller.hpp"
#include "models/serving/step.hpp"
#include "sim/network/call.hpp"

namespace faultline::models {
namespace {

struct CallParams {
  sim::NodeRef target;
  std::string endpoint = "default";
  std::string operation = "same";
  bool blocking = false;
  CallerParams caller;

  static void describe(sim::ParamList<CallParams>& list) {
    list.add("target", &CallParams::target, "Whom; of several replicas, each in turn").required();
    list.add("endpoint", &CallParams::endpoint, "What is asked for there");
    list.add("operation", &CallParams::operation,
             "Whether it reads or writes there; same: as the request it works for")
        .one_of({"same", "read", "write"});
    list.add("blocking", &CallParams::blocking,
             "Whether the thread it runs on is blocked, as by a library that knows no other way");
    list.include(&CallParams::caller);
  }
  static void check(const CallParams& params, const sim::Path& path, sim::Problems& problems) {
    CallerParams::check(params.caller, path, problems);
  }
};

PlainCall::Operation operation_of(const std::string& word) {
  if (word == "read") return PlainCall::Operation::read;
  if (word == "write") return PlainCall::Operation::write;
  return PlainCall::Operation::same;
}

class CallStep final : public Step {
 public:
  CallStep(const CallParams& params, const StepContext& context)
      : caller_(params.caller, context.build, context.path, {.targets = {params.target}}),
        call_(sim::PortPicker(context.build.port(params.target)),
              context.build.name(params.endpoint), operation_of(params.operation),
              caller_.patience()),
        host_(context.host),
        blocking_(params.blocking) {}

  sim::Task<sim::Reply> run(Job& job, const sim::Request& request) override {
    if (blocking_) co_await host_.block(job);
    const sim::Request sent = call_.request_for(request);
    const sim::Reply reply = co_await caller_.call(
        sent, [this](const sim::Request& each, const sim::Patience& patience) {
          return caller_.exchange(call_.next_target(), each, patience);
        });
    if (blocking_) host_.unblock(job);
    co_return reply;
  }
  PlainCall* plain_call() override { return caller_.is_plain() && !blocking_ ? &call_ : nullptr; }
  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    out.push_back({call_.first_node(), call_.endpoint()});
  }

 private:
  Caller caller_;
  PlainCall call_;
  Host& host_;
  bool blocking_;
};

const sim::Registration<Step, CallStep, CallParams> registered{
    {.name = "call",
     .title = "Call",
     .summary = "Asks another node and waits for its answer; the worker is held meanwhile.",
     .does_not_model = "serialisation cost"}};

}  // namespace
}  // namespace faultline::models
