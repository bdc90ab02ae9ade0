/// Follows single requests through a system: every n-th of the clients' requests, with each call
/// that is made for it.
///
///   client --sent--> arrived | waits in the queue | started | works, waits, calls | answered --> ended
///
/// Rule: calls made for one request carry its id. A process serves one message, so whoever asks and
/// waits is the hop of that message; a process of no hop (a task in the background) asks for the
/// hop at its node that arrived last, which does not wait for it. A hop has parts that run beside
/// each other, as branches and hedges do. It works while any of them neither waits for a turn (a
/// worker, a core, a lock, a connection) nor for others (an answer, a part, a signal, the time of
/// the next try); else it queues while one waits for a turn; else it awaits. So each moment from
/// the arrival to the answer counts once. What a hop waits for at the log of its own disk is its
/// work. A trace is over when the client has its answer; hops that go on then have no end, but what
/// they do until then is known only when the wait they are in ends: the trace is mended then. Does
/// not follow: messages between replicas and members, which belong to no request alone. Bounds:
/// 1,000 requests under way, 1,000 hops a request, the newest 200 traces. While nothing is followed
/// it costs nothing but a question a client's request.
#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
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
  static constexpr std::uint32_t no_wire = ~std::uint32_t{0};

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
  /// `request`: in the message that is sent.
  std::uint32_t call_begun(const Node& from, const Node& at, const Request& request,
                           std::coroutine_handle<> frame, std::uint32_t wire);
  /// Of a round trip of opening a connection.
  std::uint32_t connection_begun(const Request& request, std::coroutine_handle<> frame);
  void call_lost(std::uint32_t operation);
  void call_given_up(std::uint32_t operation);
  void call_sent(const Node& from, const Node& at, const Request& request);
  /// Gives the `wire` that the call began with.
  std::uint32_t call_ended(std::uint32_t operation, const Reply& reply);

 private:
  class Clients;
  class Service;
  struct Span {
    Time from;
    Time to;
  };
  struct Wait : Span {
    WaitFor what;
  };
  struct Hop {
    std::int64_t parent = -1;
    const Node* from = nullptr;
    const Node* at = nullptr;
    const Request* message = nullptr;  ///< Until it is answered; not to be looked into.
    Operation operation = Operation::read;
    NameId endpoint = 0;
    std::uint8_t attempt = 0;
    bool awaited = false;  ///< The parent waits for the answer.
    Time sent = time_max;  ///< time_max: not yet, or never.
    Time arrived = time_max;
    Time answered = time_max;
    Time ended = time_max;
    std::string outcome{};
    std::vector<Wait> waits{};  ///< Of its parts; not for the answers to calls.
    std::vector<Span> parts{};  ///< When one was there beside the first.
  };
  struct Open {
    Time born{};
    NameId endpoint = 0;
    std::vector<Hop> hops;
    Time over = time_max;  ///< When the client had its answer; kept while a hop goes on.
    std::string outcome{};
  };
  /// A hop under way.
  struct Place {
    std::uint64_t request = 0;
    std::uint32_t hop = 0;
    bool known = false;
  };
  /// What somebody waits for: the end of a request, of a service, of a call.
  struct Pending {
    std::uint64_t request = 0;
    std::uint32_t hop = 0;
    std::uint32_t wire = 0;
    Time began{};
    bool connection = false;
    std::coroutine_handle<> frame{};  ///< Who asks, until it is known which hop that is.
    Place asker{};
  };
  struct Part {
    Time began{};
    const PromiseBase* root = nullptr;
    std::coroutine_handle<> frame{};
    Place hop{};
  };

  std::uint32_t client_begun(const Request& request);
  void client_ended(std::uint32_t number, const Reply& reply);
  std::uint32_t service_begun(const Node& from, const Node& at, const Request& request);
  void service_ended(std::uint32_t number, const Reply& reply);
  void waited(std::coroutine_handle<> frame, WaitFor what, Time since, Time now) override;
  std::uint32_t part_began(std::coroutine_handle<> frame, const PromiseBase* root) override;
  void part_ended(std::uint32_t part) override;

  Hop* add_hop(std::uint64_t id, const Node& from, const Node& at, const Request& request);
  std::uint32_t take_operation(Pending operation);
  Pending give_operation(std::uint32_t number);
  Hop* hop_at(std::uint64_t request, std::uint32_t hop);
  std::optional<Place> place_of(std::coroutine_handle<> frame) const;
  void find_places();
  void find_place(Pending& call);
  void find_place(Part& part);
  void end_part(const Part& part);
  void end_connection(const Pending& operation);
  HopSpan span_of(const Open& open, std::size_t hop) const;
  RequestTrace trace_of(std::uint64_t id, const Open& open) const;
  /// Whether nothing of it goes on any more.
  static bool has_ended(const Open& open);
  std::vector<HopStretch> stretches_of(const Open& open, std::size_t hop) const;
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
  std::vector<Pending> operations_;               ///< By number less 1.
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> unplaced_;  ///< Numbers of operations whose asker is not known yet.
  std::map<std::uint32_t, Part> parts_;  ///< By number.
  std::vector<std::uint32_t> unplaced_parts_;  ///< Numbers of those whose process is not known yet.
  /// Numbers of parts that are processes of their own. Looked up, never walked.
  std::unordered_map<const PromiseBase*, std::uint32_t> part_roots_;
  std::uint32_t parts_so_far_ = 0;
  std::deque<RequestTrace> done_;
};

}  // namespace faultline::sim
