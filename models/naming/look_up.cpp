#include "models/naming/look_up.hpp"

#include <algorithm>

#include "sim/kernel/delay.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Time;

sim::Task<LookUp> look_up(sim::Node& asker, const std::vector<sim::Target>& servers,
                          std::size_t first, LookUpRule rule, sim::Request basis, Time until) {
  const sim::Kernel& kernel = asker.kernel();
  sim::Request question = basis;
  question.operation = sim::Operation::read;
  question.deadline = sim::time_max;
  question.connection = 0;
  question.size = 0;
  LookUp found;
  for (std::int64_t i = 0; i < rule.tries; ++i) {
    sim::Target server = servers[(first + static_cast<std::size_t>(i)) % servers.size()];
    // A lost one is asked again when the time is over.
    server.transport = sim::Transport::datagram;
    auto* names = dynamic_cast<NameServer*>(&server.node->component());
    const Time begun = kernel.now();
    if (!names || begun >= until) break;
    sim::Patience patience;
    patience.limit = std::min(rule.timeout, until - begun);
    NameServer::Query query(*names, asker);
    question.key = query.ticket();
    const sim::Reply reply = co_await sim::call(asker, server, question, patience);
    if (const auto answer = query.answer(); reply.is_ok() && answer) {
      found.answered = true;
      found.answer = *answer;
      break;
    }
    const Time end = begun + patience.limit;
    const Time refused = kernel.now();
    if (reply.answered || end <= refused) continue;
    co_await sim::delay(end - refused);
    co_await sim::idle_since(refused);
  }
  co_return found;
}

}  // namespace faultline::models
