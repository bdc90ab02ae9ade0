/// Follows single requests through a system: every n-th of the clients' requests, with each call
/// that is made for it.
///
///   client --sent--> arrived | waits in the queue | started | works, waits, calls | answered --> ended
///
/// Rule: calls made for one request carry its id; who made a call is the hop at that node which was
/// open and arrived last. The wait in queues is that for any resource of the node (workers, cores,
/// disks, connections of its own); what is neither that nor time in which an answer of another node
/// was awaited is work. A trace is over when the client has its answer; hops that go on then have
/// no end. Does not follow: messages between replicas and members, which belong to no request
/// alone. Bounds: 1,000 requests under way, 1,000 hops a request, the newest 200 traces. While
/// nothing is followed it costs nothing but a question a client's request.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/kernel/kernel.hpp"
#include "sim/network/call_observer.hpp"
#include "sim/scenario/snapshot.hpp"

namespace faultline::sim {

class System;

class RequestTracer final : private WaitObserver {
 public:
  static constexpr std::size_t traces_max = 200;
  static constexpr std::size_t open_max = 1000;
  static constexpr std::size_t hops_max = 1000;

  /// Requires: `system` has been built and has not begun; this outlives it.
  explicit RequestTracer(System& system);
  ~RequestTracer() override;

  /// From now on every n-th request of the clients is followed, the next one first; 0: none more.
  /// Between two events.
  void follow(std::uint64_t every);
  /// Those that are over, the newest last.
  std::vector<RequestTrace> traces();

  /// Of WireCounts, which watches the calls. Gives the number of an operation, or 0.
  bool follows_any() const { return !open_.empty(); }
  std::uint32_t call_begun(const Node& from, const Node& at, const Request& request,
                           std::uint32_t wire);
  void call_sent(const Node& from, const Node& at, const Request& request);
  /// Gives the `wire` that the call began with.
  std::uint32_t call_ended(std::uint32_t operation, const Reply& reply);

 private:
  class Clients;
  class Service;
  struct Wait {
    Time from;
    Time to;
  };
  struct Hop {
    std::int64_t parent = -1;
    const Node* from = nullptr;
    const Node* at = nullptr;
    const Request* request = nullptr;  ///< In the message that is served; not to be looked into.
    Operation operation = Operation::read;
    NameId endpoint = 0;
    std::uint8_t attempt = 0;
    bool awaited = false;  ///< The caller waits for the answer.
    Time sent = time_max;  ///< time_max: not yet, or never.
    Time arrived = time_max;
    Time answered = time_max;
    Time ended = time_max;
    std::string outcome{};
    std::vector<Wait> waits{};
  };
  struct Open {
    Time born{};
    NameId endpoint = 0;
    std::vector<Hop> hops;
  };
  struct Step {
    std::uint64_t request = 0;
    std::uint32_t hop = 0;
    std::uint32_t wire = 0;
  };

  std::uint32_t client_begun(const Request& request);
  void client_ended(std::uint32_t number, const Reply& reply);
  std::uint32_t service_begun(const Node& from, const Node& at, const Request& request);
  void service_ended(std::uint32_t number, const Reply& reply);
  void waited(std::coroutine_handle<> frame, Time asked, Time now) override;

  Hop* add_hop(std::uint64_t id, const Node& from, const Node& at, const Request& request);
  std::uint32_t take_operation(std::uint64_t request, std::uint32_t hop, std::uint32_t wire = 0);
  Step give_operation(std::uint32_t number);
  Hop* hop_of(const Step& operation);
  HopSpan span_of(const Open& open, std::size_t hop) const;
  Time end_of_waiting(const Open& open, const Hop& child) const;
  void heed(bool heeded);
  Time now() const;

  System& system_;
  std::unique_ptr<Clients> clients_;
  std::unique_ptr<Service> service_;
  std::vector<Node*> quiet_nodes_;  ///< Whose service nobody else observes.
  std::uint64_t every_ = 0;
  std::uint64_t seen_ = 0;
  bool heeding_ = false;
  std::unordered_map<std::uint64_t, Open> open_;  ///< By request id. Looked up, never walked.
  std::vector<Step> operations_;                  ///< By number less 1.
  std::vector<std::uint32_t> free_;
  std::deque<RequestTrace> done_;
};

}  // namespace faultline::sim
