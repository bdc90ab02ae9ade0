/// How a user sends a request and waits for what comes of it: through his browser's cache, by the
/// caller of its class, as long as his patience lasts.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "models/caching/staleness.hpp"
#include "models/clients/browser_cache.hpp"
#include "models/clients/clients_params.hpp"
#include "models/nearest_port.hpp"
#include "sim/network/node.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class Sender {
 public:
  Sender(const ClientsParams& params, const sim::BuildContext& context);

  /// True when a request is sent, waited for and nothing else: then send() does it, which costs
  /// least.
  bool is_plain() const { return plain_; }

  /// Sends `request` and counts it. Requires: is_plain(), and that the log knows it was sent.
  sim::Task<void> send(sim::Request request) {
    Counted counted(*this, request);
    const sim::Reply reply = co_await sim::call(node_, target_.next(), request, caller_.patience());
    counted.end(reply);
  }
  /// The same with all there is. `browser` is the user's cache, or null.
  sim::Task<sim::Reply> ask(sim::Request request, BrowserCache* browser);

  void sent(const sim::Request& request) { log_.sent(request); }
  /// Keeps the latencies of this node's users apart from those of others.
  void watch_population() { population_ = true; }
  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  /// A request under way, counted once however it ends: if the users' own node crashes, it was cut
  /// off.
  class Counted {
   public:
    Counted(Sender& sender, const sim::Request& request) : sender_(sender), request_(request) {
      if (sim::CallObserver* observer = sender.log_.observer()) [[unlikely]]
        observed_ = observer->begun(sender.node_, sender.node_, request);
    }
    Counted(const Counted&) = delete;
    ~Counted() {
      if (!ended_) end(sim::Reply::cut_off(request_.is_read(), sim::Reason::reset));
    }
    void end(const sim::Reply& reply) {
      ended_ = true;
      const sim::Time now = sender_.node_.kernel().now();
      sender_.log_.ended(request_, reply, now);
      if (observed_ != 0) [[unlikely]]
        sender_.log_.observer()->ended(observed_, reply);
      if (sender_.population_) [[unlikely]]
        sender_.count_population(request_, reply, now);
    }

   private:
    Sender& sender_;
    const sim::Request& request_;
    std::uint32_t observed_ = 0;  ///< The number of the log's observer for it.
    bool ended_ = false;
  };

  void count_population(const sim::Request& request, const sim::Reply& reply, sim::Time now);
  bool may_be_kept(const sim::Request& request) const;
  Caller& caller_of(const sim::Request& request);
  sim::Task<sim::Reply> call(const sim::Request& request);
  sim::Task<sim::Reply> call_impatiently(const sim::Request& request, sim::Duration patience);

  sim::Node& node_;
  sim::RequestLog& log_;
  NearestPort target_;
  Caller caller_;
  /// Of classes with a timeout of their own.
  std::vector<std::pair<sim::NameId, std::unique_ptr<Caller>>> callers_;
  std::optional<sim::RandomDuration> patience_;
  bool hangs_up_;
  sim::Stream patience_stream_;
  std::optional<BrowserCacheParams> browser_;
  std::uint64_t cacheable_salt_;
  bool plain_;
  std::uint64_t lookups_ = 0;  ///< Reads that a browser's cache was asked for. Statistic.
  std::uint64_t hits_ = 0;     ///< And answered. Statistic.
  StalenessMeter staleness_;   ///< Of what browsers' caches answered.
  bool population_ = false;
  sim::Time statistics_start_{};
  sim::OutcomeTally ended_;      ///< Of this node's users, by arrival. Statistic.
  sim::Histogram user_latency_;  ///< Of their ok requests. Statistic.
};

}  // namespace faultline::models
