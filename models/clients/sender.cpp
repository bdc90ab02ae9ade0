#include "models/clients/sender.hpp"

#include <limits>

#include "sim/kernel/combinators.hpp"
#include "sim/measure/digest.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Patience;
using sim::Reply;
using sim::Request;
using sim::Task;

Sender::Sender(const ClientsParams& params, const sim::BuildContext& context)
    : node_(context.node()),
      log_(context.requests()),
      target_(params.target, context),
      caller_(params.caller, context, "caller", {.targets = {params.target}, .many_hosts = true}),
      patience_(params.patience),
      hangs_up_(params.hangs_up),
      patience_stream_(context.stream("patience")),
      browser_(params.browser_cache),
      cacheable_salt_(context.stream("cacheable").next()),
      staleness_(params.browser_cache ? params.browser_cache->staleness_of : sim::NodeRef(),
                 context) {
  for (const MixEntry& entry : params.mix) {
    if (!entry.timeout) continue;
    CallerParams own = params.caller;
    own.timeout = entry.timeout;
    callers_.emplace_back(context.name(entry.endpoint),
                          std::make_unique<Caller>(own, context, "caller of " + entry.endpoint,
                                                   Callees{.shares = &caller_}));
  }
  plain_ = caller_.is_plain() && callers_.empty() && !patience_ && !browser_;
}

void Sender::count_population(const Request& request, const Reply& reply, sim::Time now) {
  if (request.born < statistics_start_) return;
  ended_.end(reply);
  if (reply.is_ok()) user_latency_.record((now - request.born).count());
}

void Sender::describe_statistics(sim::NodeStatistics& statistics) {
  if (population_) {
    statistics.histogram("user_latency_seconds", user_latency_);
    statistics.scalar("users_ok", [this](sim::Time) { return static_cast<double>(ended_.ok()); });
    statistics.scalar("users_not_ok", [this](sim::Time) {
      return static_cast<double>(ended_.finished() - ended_.ok());
    });
    statistics.on_reset([this](sim::Time now) {
      statistics_start_ = now;
      ended_ = {};
      user_latency_.reset();
    });
  }
  if (!browser_) return;
  statistics.scalar("browser_hits", [this](sim::Time) { return static_cast<double>(hits_); });
  statistics.scalar("browser_hit_ratio", [this](sim::Time) {
    return lookups_ > 0 ? static_cast<double>(hits_) / static_cast<double>(lookups_)
                        : std::numeric_limits<double>::quiet_NaN();
  });
  statistics.on_reset([this](sim::Time) { lookups_ = hits_ = 0; });
  staleness_.describe_statistics(statistics, "browser_");
}

/// A key may be kept or not, for all users and at all times.
bool Sender::may_be_kept(const Request& request) const {
  const auto place = static_cast<double>(sim::mix_bits(request.key ^ cacheable_salt_) >> 11);
  return place * 0x1p-53 < browser_->cacheable.value;
}

Caller& Sender::caller_of(const Request& request) {
  for (const auto& [name, caller] : callers_) {
    if (name == request.request_class) return *caller;
  }
  return caller_;
}

Task<Reply> Sender::ask(Request request, BrowserCache* browser) {
  Counted counted(*this, request);
  const bool kept = browser && may_be_kept(request);
  if (kept && request.is_read()) {
    ++lookups_;
    if (const auto value = browser->lookup(request.key, node_.kernel().now())) {
      ++hits_;
      Reply here = Reply::ok();
      here.value = *value;
      staleness_.served(request.key, *value, node_.kernel().now());
      counted.end(here);
      co_return here;
    }
  }
  if (kept && !request.is_read()) browser->forget(request.key);
  Reply reply;
  if (patience_) {
    const Duration patience = std::max(patience_->sample(patience_stream_), Duration(1));
    if (hangs_up_) request.deadline = node_.kernel().now() + patience;
    auto calling = call_impatiently(request, patience);
    reply = co_await calling;
  } else {
    auto calling = call(request);
    reply = co_await calling;
  }
  if (kept && request.is_read() && reply.is_ok()) {
    const sim::Time now = node_.kernel().now();
    browser->store(request.key, reply.value, browser_->ttl ? now + *browser_->ttl : sim::time_max,
                   static_cast<std::size_t>(browser_->entries));
  }
  counted.end(reply);
  co_return reply;
}

Task<Reply> Sender::call(const Request& request) {
  Caller& caller = caller_of(request);
  if (caller.is_plain()) {
    co_return co_await sim::call(node_, target_.next(), request, caller.patience());
  }
  const auto send = [this, &caller](const Request& sent, const Patience& patience) {
    return caller.exchange(target_.next(), sent, patience);
  };
  auto calling = caller.call(request, send);
  co_return co_await calling;
}

Task<Reply> Sender::call_impatiently(const Request& request, Duration patience) {
  const Reply left = Reply::cut_off(request.is_read(), sim::Reason::abandoned);
  Caller& caller = caller_of(request);
  if (!caller.is_plain()) {
    auto waiting = sim::with_timeout(call(request), patience);
    const std::optional<Reply> reply = co_await waiting;
    co_return reply.value_or(left);
  }
  const Duration timeout = caller.patience().limit;
  if (timeout != Duration(0) && timeout <= patience) {
    co_return co_await sim::call(node_, target_.next(), request, caller.patience());
  }
  const sim::Time end = node_.kernel().now() + patience;
  Patience limit;
  limit.limit = patience;
  const Reply reply = co_await sim::call(node_, target_.next(), request, limit);
  const bool left_now = reply.reason == sim::Reason::timeout && node_.kernel().now() >= end;
  co_return left_now ? left : reply;
}

}  // namespace faultline::models
