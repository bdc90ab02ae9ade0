#include "models/balancing/health_checker.hpp"

#include "sim/kernel/combinators.hpp"
#include "sim/network/travel.hpp"

namespace faultline::models {
namespace {

/// A segment that opens a connection, or refuses it.
constexpr sim::Bytes segment{60};

}  // namespace

HealthChecker::HealthChecker(const HealthCheckParams& params, BackendPool& pool,
                             const sim::BuildContext& context, std::string_view purpose)
    : node_(context.node()),
      pool_(pool),
      params_(params),
      patience_(context.patience(params.timeout)),
      random_(context.stream(purpose)) {
  if (params.endpoint) probe_.endpoint = context.name(*params.endpoint);
  probe_.id = context.first_request_id();
}

void HealthChecker::start() {
  for (std::size_t index = 0; index < pool_.size(); ++index) {
    const auto first = static_cast<std::int64_t>(
        random_.below(static_cast<std::uint64_t>(params_.interval.count())));
    node_.spawn(watch(index, sim::Duration(first)));
  }
}

sim::Task<void> HealthChecker::watch(std::size_t index, sim::Duration first) {
  std::int64_t failed = 0;
  std::int64_t good = 0;
  bool out = false;
  co_await sim::delay(first);
  for (;;) {
    if (!pool_.listed(index)) {
      failed = good = 0;
      out = false;
      co_await sim::delay(params_.interval);
      continue;
    }
    bool ok = false;
    if (params_.endpoint) {
      auto asked = ask(index);
      const sim::Reply reply = co_await asked;
      ok = reply.is_ok();
    } else {
      auto connected = sim::with_timeout(connect(index), params_.timeout);
      const std::optional<bool> taken = co_await connected;
      ok = taken.value_or(false);
    }
    failed = ok ? 0 : failed + 1;
    good = ok ? good + 1 : 0;
    failed_checks_ += !ok;
    if (!out && failed >= params_.unhealthy) {
      out = true;
      pool_.set_check_failed(index, true);
    } else if (out && good >= params_.healthy) {
      out = false;
      pool_.set_check_failed(index, false);
    }
    co_await sim::delay(params_.interval);
  }
}

sim::Task<sim::Reply> HealthChecker::ask(std::size_t index) {
  sim::Request request = probe_;
  request.born = node_.kernel().now();
  co_return co_await sim::call(node_, pool_.target(index), request, patience_);
}

sim::Task<bool> HealthChecker::connect(std::size_t index) {
  const sim::Target& target = pool_.target(index);
  auto there = sim::travel(node_, target, segment);
  co_await there;
  // Nobody is there to refuse: wait for what never comes; the timeout ends it.
  if (target.node->silent()) co_await sim::delay(2 * params_.timeout);
  const bool up = target.node->takes_requests();
  auto back = sim::travel_back(node_, target, segment);
  co_await back;
  co_return up;
}

}  // namespace faultline::models
