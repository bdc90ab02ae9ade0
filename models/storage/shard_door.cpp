#include "models/storage/shard_door.hpp"

namespace faultline::models {

using sim::Operation;
using sim::Reply;
using sim::Request;
using sim::Task;

Task<Reply> ShardDoor::handle(const Request& request) {
  if (request.operation == Operation::control) {
    auto taking = gate_.take(request);
    co_return co_await taking;
  }
  const bool ends = request.operation == Operation::commit || request.operation == Operation::abort;
  if (request.operation == Operation::inquire ||
      (!participant_ && request.operation >= Operation::prepare)) {
    co_return Reply::fail(sim::Reason::error);
  }
  if (ends) {
    // It ends what was let in, also while the keys are held.
    if (gate_.is_joined() && request.operation == Operation::commit) gate_.note_write(request.key);
    auto ending = participant_->take(request);
    const Reply reply = co_await ending;
    if (gate_.is_joined() && request.operation == Operation::commit) gate_.note_write(request.key);
    gate_.look_again();
    co_return reply;
  }
  for (;;) {
    if (gate_.is_joined()) {
      const ShardGate::Answer answer = gate_.ask(request.key);
      if (answer == ShardGate::Answer::moved) co_return Reply::fail(sim::Reason::moved);
      if (answer == ShardGate::Answer::wait) {
        auto waiting = gate_.wait(request.key, request.deadline);
        const bool goes_on = co_await waiting;
        if (!goes_on) co_return Reply::fail(sim::Reason::expired);
        continue;
      }
    }
    if (request.operation == Operation::prepare || !participant_ ||
        !participant_->blocks(request)) {
      break;
    }
    auto waiting = participant_->wait_for(request);
    const bool goes_on = co_await waiting;
    if (!goes_on) co_return Reply::fail(sim::Reason::rejected);
  }
  std::optional<ShardGate::Stay> stay;
  if (gate_.is_joined()) stay.emplace(gate_, request);
  auto serving =
      request.operation == Operation::prepare ? participant_->take(request) : serve_(request);
  co_return co_await serving;
}

}  // namespace faultline::models
