/// Users of the system: requests arrive by an arrival process, whether or not earlier ones were
/// answered (an open system).
///
///   arrivals --> { class by weight, key by popularity, read or write } --> target, with patience `timeout`
///
/// Each request is counted once: ok, fail (certainly no effect) or unknown (a write that was cut
/// off). Does not model: users who wait for an answer before they ask again, retries, connections.
#include <memory>

#include "models/clients/clients_params.hpp"
#include "models/clients/request_maker.hpp"
#include "models/resilience/caller.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;

class Clients final : public sim::Component {
 public:
  Clients(const ClientsParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        log_(context.requests()),
        requests_(params, context),
        arrivals_(params.arrivals.make({})),
        arrival_stream_(context.stream("arrivals")),
        target_(context.port(params.target)),
        caller_(params.caller, context, "caller") {}

  void start() override { node_.spawn(generate()); }
  Task<Reply> handle(const Request&) override { co_return Reply::fail(sim::Reason::refused); }
  bool offers(std::string_view) const override { return false; }

 private:
  Task<void> generate() {
    for (;;) {
      co_await sim::delay(arrivals_->next(arrival_stream_));
      const Request request = requests_.next(node_.kernel().now());
      log_.sent(request);
      node_.spawn(send(request));
    }
  }

  /// A request under way, counted once however it ends: if the users' own node crashes, it was cut
  /// off.
  class Sent {
   public:
    Sent(Clients& clients, const Request& request) : clients_(clients), request_(request) {}
    Sent(const Sent&) = delete;
    ~Sent() {
      if (!ended_) end(Reply::cut_off(request_.is_read(), sim::Reason::reset));
    }
    void end(const Reply& reply) {
      ended_ = true;
      clients_.log_.ended(request_, reply, clients_.node_.kernel().now());
    }

   private:
    Clients& clients_;
    const Request& request_;
    bool ended_ = false;
  };

  Task<void> send(Request request) {
    Sent sent(*this, request);
    const Reply reply = co_await sim::call(node_, target_.next(), request, caller_.patience());
    sent.end(reply);
  }

  sim::Node& node_;
  sim::RequestLog& log_;
  RequestMaker requests_;
  std::unique_ptr<sim::ArrivalProcess> arrivals_;
  sim::Stream arrival_stream_;
  sim::PortPicker target_;
  Caller caller_;
};

const sim::Registration<sim::Component, Clients, ClientsParams> registered{
    {.name = "clients",
     .title = "Clients",
     .summary = "Users who send requests by an arrival process, whether or not earlier ones were "
                "answered.",
     .does_not_model = "users who wait for an answer before they ask again, retries, connections",
     .example = R"json({"type": "clients", "arrivals": "poisson(500/s)", "target": "edge"})json"}};

}  // namespace
}  // namespace faultline::models
