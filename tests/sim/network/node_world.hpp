/// A few nodes and a network without a scenario, for the tests of what passes between them.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/kernel/delay.hpp"
#include "sim/network/call.hpp"
#include "sim/network/network.hpp"
#include "sim/network/node.hpp"

namespace faultline::sim {

/// Answers after a constant time, and remembers what it was asked.
class Responder final : public Component {
 public:
  Responder(Node& node, Duration time, Reply reply) : node_(node), time_(time), reply_(reply) {}

  Task<Reply> handle(const Request& request) override {
    requests.push_back(request);
    co_await delay(time_);
    ++answered;
    co_return reply_;
  }
  void start() override { ++starts; }
  void crashed() override {
    ++crashes;
    EXPECT_FALSE(node_.up());
  }

  std::vector<Request> requests;
  int answered = 0;
  int starts = 0;
  int crashes = 0;

 private:
  Node& node_;
  Duration time_;
  Reply reply_;
};

/// What a caller got, and when.
struct Answer {
  Reply reply;
  Time at{};
};

class NodeWorld {
 public:
  explicit NodeWorld(Duration latency = Duration(0)) : network(kernel, 1, 0, latency) {}
  ~NodeWorld() {
    for (const auto& node : nodes) node->end_processes();
    discard_messages(kernel);
  }

  Node& add(const std::string& name, Duration time = Duration(0), Reply reply = Reply::ok()) {
    nodes.push_back(
        std::make_unique<Node>(kernel, static_cast<std::uint32_t>(nodes.size()), name, name, 0));
    auto responder = std::make_unique<Responder>(*nodes.back(), time, reply);
    responders.push_back(responder.get());
    nodes.back()->set_component(std::move(responder));
    return *nodes.back();
  }
  Responder& responder(const Node& node) { return *responders[node.id()]; }

  /// Calls from `from` to `to` now; the answer, when there is one, is in the result.
  std::shared_ptr<std::optional<Answer>> call_now(Node& from, Node& to, Request request = {},
                                                  Duration patience = Duration(0)) {
    auto answer = std::make_shared<std::optional<Answer>>();
    from.spawn(ask(from, network.target_of(from, to), request, Patience(kernel, patience), answer));
    return answer;
  }

  Kernel kernel;
  Network network;
  std::vector<std::unique_ptr<Node>> nodes;
  std::vector<Responder*> responders;

 private:
  static Task<void> ask(Node& from, Target target, Request request, Patience patience,
                        std::shared_ptr<std::optional<Answer>> answer) {
    const Reply reply = co_await call(from, target, request, patience);
    answer->emplace(Answer{reply, from.kernel().now()});
  }
};

}  // namespace faultline::sim
