/// How a step reaches its cache: one node, the replica of the key among several, or a distributed
/// cache with its client library.
///
///   if (way.is_plain()) reply = co_await sim::call(node, way.target(key), request, way.patience());
///   else { auto asking = way.ask(request); reply = co_await asking; }
///   way.tell(put);                                              // an answer is not waited for
#pragma once

#include <memory>
#include <string>

#include "models/caching/distributed/cache_client.hpp"
#include "models/keyed_port.hpp"
#include "models/resilience/caller.hpp"
#include "sim/network/call.hpp"

namespace faultline::models {

class CacheWay {
 public:
  /// `placement` may be no choice, and has no meaning for a distributed cache, which has its own.
  /// `purpose` names the random streams.
  CacheWay(const sim::NodeRef& cache, const sim::Choice<KeyPlacement>& placement,
           const CallerParams& caller, const sim::BuildContext& context, const std::string& purpose)
      : node_(context.node()),
        port_(context.port(cache), placement),
        caller_(caller, context, purpose),
        client_(CacheClient::of(cache, context, caller_, purpose)) {}

  /// Whether a bare call to target() does the same as ask(), and cheaper.
  bool is_plain() const { return !client_ && caller_.is_plain(); }
  const sim::Target& target(std::uint64_t key) { return port_.for_key(key); }
  const sim::Patience& patience() const { return caller_.patience(); }

  /// Asks and waits. Requires: `request` outlives the task.
  sim::Task<sim::Reply> ask(const sim::Request& request) {
    if (client_) return client_->ask(request);
    return caller_.call(request, Sender{caller_, port_.for_key(request.key)});
  }
  /// Sends without waiting for an answer.
  void tell(const sim::Request& request) {
    if (client_) {
      client_->tell(request);
    } else {
      sim::send(node_, port_.for_key(request.key), request);
    }
  }
  /// The node that has `key`, if one does; null while nobody is to have it.
  const sim::Node* holder(std::uint64_t key) {
    return client_ ? client_->holder(key) : port_.for_key(key).node;
  }
  /// Some node that ask() may reach.
  const sim::Node* first_node() const { return port_.port().front().node; }

 private:
  /// Sends one try, always to the replica of the key.
  struct Sender {
    Caller& caller;
    const sim::Target& target;
    Exchange operator()(const sim::Request& each, const sim::Patience& patience) const {
      return caller.exchange(target, each, patience);
    }
  };

  sim::Node& node_;
  KeyedPort port_;
  Caller caller_;
  std::unique_ptr<CacheClient> client_;  ///< Null unless the cache is a distributed one.
};

}  // namespace faultline::models
