/// Users of the system: requests arrive by an arrival process, whether or not earlier ones were
/// answered (an open system).
///
///   arrivals --> { class by weight, key by popularity, read or write } --> target, with patience `timeout`
///
/// Each request is counted once: ok, fail (certainly no effect) or unknown (a write that was cut
/// off). Does not model: users who wait for an answer before they ask again, retries, connections.
#include <algorithm>
#include <memory>
#include <optional>

#include "models/resilience/caller.hpp"
#include "models/service_time.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/measure/digest.hpp"
#include "sim/network/component.hpp"
#include "sim/param/described.hpp"
#include "sim/random/arrival_process.hpp"
#include "sim/random/key_popularity.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;

/// One kind of request in the mix.
struct MixEntry {
  std::string endpoint = "default";
  double weight = 1;
  std::optional<sim::Probability> reads;
  std::optional<sim::RandomBytes> size;

  static void describe(sim::ParamList<MixEntry>& list) {
    list.add("endpoint", &MixEntry::endpoint,
             "What is asked for; also the name of the class in the result")
        .required();
    list.add("weight", &MixEntry::weight, "How often, in relation to the other entries")
        .above(0)
        .at_most(1e9);
    list.add("reads", &MixEntry::reads, "Share of reads; without it, that of the clients")
        .between(sim::Probability{0}, sim::Probability{1});
    list.add("size", &MixEntry::size, "Size of a request; without it, that of the clients");
  }
};

struct ClientsParams {
  sim::Choice<sim::ArrivalProcess> arrivals;
  sim::NodeRef target;
  sim::Choice<sim::KeyPopularity> keys{"uniform(1000)"};
  sim::Probability reads{1};
  sim::RandomBytes size{sim::Bytes{0}};
  std::vector<MixEntry> mix;
  CallerParams caller;
  std::int64_t addresses = 1000;

  static void describe(sim::ParamList<ClientsParams>& list) {
    list.add("arrivals", &ClientsParams::arrivals, "When requests are sent").required();
    list.add("target", &ClientsParams::target,
             "Whom they are sent to; of several replicas, each in turn")
        .required();
    list.add("keys", &ClientsParams::keys, "Which keys are asked for, and how often");
    list.add("reads", &ClientsParams::reads, "Share of reads; the others are writes")
        .between(sim::Probability{0}, sim::Probability{1});
    list.add("size", &ClientsParams::size, "Size of a request");
    list.add("mix", &ClientsParams::mix,
             "Classes of requests by endpoint; without it, all ask for \"default\"");
    list.include(&ClientsParams::caller);
    list.add("addresses", &ClientsParams::addresses,
             "How many network addresses they come from, each about equally often")
        .between(1, std::int64_t{1} << 32);
  }
};

class Clients final : public sim::Component {
 public:
  Clients(const ClientsParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        log_(context.requests()),
        arrivals_(params.arrivals.make({})),
        keys_(params.keys.make({})),
        target_(context.port(params.target)),
        caller_(params.caller, context, "caller"),
        addresses_(static_cast<std::uint64_t>(params.addresses)),
        arrival_stream_(context.stream("arrivals")),
        key_stream_(context.stream("keys")),
        read_stream_(context.stream("reads")),
        class_stream_(context.stream("mix")),
        size_stream_(context.stream("size")),
        next_id_(context.first_request_id()),
        address_base_(context.stream("addresses").next() - next_id_) {
    std::vector<MixEntry> mix = params.mix;
    if (mix.empty()) mix.emplace_back();
    double total = 0;
    for (const MixEntry& entry : mix) {
      total += entry.weight;
      classes_.push_back({context.name(entry.endpoint), entry.reads.value_or(params.reads).value,
                          entry.size.value_or(params.size), total});
    }
    for (RequestClass& each : classes_) each.weight_up_to /= total;
  }

  void start() override { node_.spawn(generate()); }
  Task<Reply> handle(const Request&) override { co_return Reply::fail(sim::Reason::refused); }
  bool offers(std::string_view) const override { return false; }

 private:
  struct RequestClass {
    sim::NameId endpoint;
    double reads;
    sim::RandomBytes size;
    double weight_up_to;  ///< Of this and all before it, as a share of the whole.
  };

  Task<void> generate() {
    for (;;) {
      co_await sim::delay(arrivals_->next(arrival_stream_));
      node_.spawn(send(next_request()));
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

  Request next_request() {
    const RequestClass& chosen = pick_class();
    Request request;
    request.id = next_id_++;
    // Spread by a hash of the number instead of by lot: as even, and a draw less for each request.
    request.source = sim::mix_bits(address_base_ + request.id) % addresses_;
    request.size = chosen.size.sample(size_stream_).count;
    request.born = node_.kernel().now();
    request.endpoint = request.request_class = chosen.endpoint;
    const bool read = chosen.reads >= 1 || read_stream_.uniform() < chosen.reads;
    request.operation = read ? sim::Operation::read : sim::Operation::write;
    request.key = read ? keys_->sample(key_stream_) : keys_->sample_write(key_stream_);
    log_.sent(request);
    return request;
  }

  const RequestClass& pick_class() {
    if (classes_.size() == 1) return classes_.front();
    const double share = class_stream_.uniform();
    const auto found =
        std::find_if(classes_.begin(), classes_.end() - 1,
                     [share](const RequestClass& each) { return share < each.weight_up_to; });
    return *found;
  }

  sim::Node& node_;
  sim::RequestLog& log_;
  std::unique_ptr<sim::ArrivalProcess> arrivals_;
  std::unique_ptr<sim::KeyPopularity> keys_;
  sim::PortPicker target_;
  Caller caller_;
  std::uint64_t addresses_;
  std::vector<RequestClass> classes_;
  sim::Stream arrival_stream_;
  sim::Stream key_stream_;
  sim::Stream read_stream_;
  sim::Stream class_stream_;
  sim::Stream size_stream_;
  std::uint64_t next_id_;
  std::uint64_t address_base_;  ///< Makes of an id, which other nodes shift, this node's own luck.
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
