/// A recursive resolver: asks a name server on behalf of many, and remembers the answer for all of
/// them.
///
///   hosts --query--> { remembered? } --yes--> address, the time to live that is left
///                          '--no--> name server --> remember --> address
///
/// Rule: an answer is good until its time to live has run out, and is handed on with what is left
/// of it. While it is fetched, other queries wait for it. That nobody answered is remembered for
/// `failure_ttl`. With `serve_stale` an answer that has run out is handed on, good for 30 s, as
/// long as nobody gives a new one. Source: RFC 1034, section 5.3.3; RFC 2308, sections 5 and 7; RFC
/// 8767. Does not model: prefetching; a cache that is full.
#include <algorithm>
#include <optional>
#include <vector>

#include "models/naming/look_up.hpp"
#include "models/naming/name_server.hpp"
#include "models/service_time.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct DnsResolverParams {
  sim::NodeRef upstream;
  bool cache = true;
  Duration ttl_min{0};
  Duration ttl_max = std::chrono::hours(24);
  std::optional<Duration> serve_stale;
  Duration failure_ttl = std::chrono::seconds(5);
  Duration timeout = std::chrono::seconds(2);
  std::int64_t tries = 2;
  sim::RandomDuration service_time{Duration(0)};

  static void describe(sim::ParamList<DnsResolverParams>& list) {
    list.add("upstream", &DnsResolverParams::upstream, "Whom it asks").required().role("name");
    list.add("cache", &DnsResolverParams::cache, "It remembers answers");
    list.add("ttl_min", &DnsResolverParams::ttl_min, "It keeps every answer at least so long")
        .at_least(Duration(0));
    list.add("ttl_max", &DnsResolverParams::ttl_max, "And none longer").above(Duration(0));
    list.add("serve_stale", &DnsResolverParams::serve_stale,
             "How long after its end an answer is handed on if nobody gives a new one; without it, "
             "not at all")
        .above(Duration(0));
    list.add("failure_ttl", &DnsResolverParams::failure_ttl,
             "How long it remembers that nobody answered")
        .between(Duration(0), std::chrono::minutes(5));
    list.add("timeout", &DnsResolverParams::timeout,
             "How long it waits for an answer before it asks again")
        .above(Duration(0));
    list.add("tries", &DnsResolverParams::tries, "How often it asks")
        .unit("tries")
        .between(1, 1000);
    list.add("service_time", &DnsResolverParams::service_time, "Time it works on a query");
  }
};

class DnsResolver final : public sim::Component, public NameServer {
 public:
  DnsResolver(const DnsResolverParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        params_(params),
        upstream_(context.port(params.upstream)),
        service_time_(params.service_time, context, "service_time"),
        fetching_(context.kernel(), context.node().id(), {.servers = 1}) {}

  Task<Reply> handle(const Request& request) override {
    if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    if (!find(request.key)) co_return Reply::fail(sim::Reason::unresolved);
    if (hand_on(request.key)) {
      ++hits_;
      co_return Reply::ok();
    }
    ++misses_;
    auto fetching = co_await fetching_.acquire();
    if (hand_on(request.key)) co_return Reply::ok();
    if (now() >= failed_until_) {
      auto asking =
          look_up(node_, upstream_, 0, {params_.timeout, params_.tries}, request, sim::time_max);
      const LookUp found = co_await asking;
      if (found.answered) {
        remember(found.answer);
        answer(request.key, {found.answer.address, std::max(kept_.time_to_live, Duration(0))});
        co_return Reply::ok();
      }
      ++failures_;
      failed_until_ = now() + params_.failure_ttl;
    }
    if (params_.serve_stale && known_ && now() < expires_ + *params_.serve_stale) {
      ++stale_;
      answer(request.key, {kept_.address, stale_ttl});
      co_return Reply::ok();
    }
    co_return Reply::fail(sim::Reason::unresolved);
  }

  bool offers(std::string_view role) const override { return role == "any" || role == "name"; }
  void crashed() override {
    known_ = false;
    failed_until_ = {};
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
    };
    count("hits", hits_);
    count("misses", misses_);
    count("stale_answers", stale_);
    count("failures", failures_);
    statistics.on_reset([this](Time) { hits_ = misses_ = stale_ = failures_ = 0; });
  }

 private:
  static constexpr Duration stale_ttl = std::chrono::seconds(30);

  /// Answers from what is remembered, if that is still good.
  bool hand_on(std::uint64_t ticket) {
    if (!known_ || expires_ <= now()) return false;
    answer(ticket, {kept_.address, expires_ - now()});
    return true;
  }
  /// The one who asked may have given up.
  void answer(std::uint64_t ticket, NameAnswer given) {
    if (Slot* slot = find(ticket)) slot->answer = given;
  }
  void remember(const NameAnswer& given) {
    kept_ = given;
    kept_.time_to_live =
        std::clamp(given.time_to_live, params_.ttl_min, std::max(params_.ttl_min, params_.ttl_max));
    known_ = params_.cache;
    expires_ = now() + kept_.time_to_live;
  }
  Time now() const { return node_.kernel().now(); }

  sim::Node& node_;
  DnsResolverParams params_;
  std::vector<sim::Target> upstream_;
  ServiceTime service_time_;
  sim::Resource fetching_;  ///< Held by the one query that asks for all.
  NameAnswer kept_;         ///< State.
  bool known_ = false;      ///< State.
  Time expires_{};          ///< Of kept_. State.
  Time failed_until_{};     ///< Nobody answered; until then nobody is asked. State.
  std::uint64_t hits_ = 0;  ///< Answered from memory. Statistic.
  std::uint64_t misses_ = 0;
  std::uint64_t stale_ = 0;
  std::uint64_t failures_ = 0;  ///< Nobody answered. Statistic.
};

const sim::Registration<sim::Component, DnsResolver, DnsResolverParams> registered{
    {.name = "dns_resolver",
     .title = "DNS resolver",
     .summary = "Asks a name server on behalf of many hosts and remembers the answer for all.",
     .source = "RFC 1034, section 5.3.3; RFC 2308; RFC 8767",
     .does_not_model = "prefetching, a cache that is full",
     .example = R"json({"type": "dns_resolver", "upstream": "dns"})json",
     .category = sim::Category::balancing}};

}  // namespace
}  // namespace faultline::models
