#include "models/resilience/resilience.hpp"

#include <string>

namespace faultline::models {
namespace {

/// The reasons of these names, one bit each.
std::uint32_t bits_of(const std::vector<std::string>& names) {
  static_assert(sim::reason_count <= 32);
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < sim::reason_count; ++i) {
    const std::string_view name = sim::to_text(static_cast<sim::Reason>(i));
    if (std::find(names.begin(), names.end(), name) != names.end()) bits |= std::uint32_t{1} << i;
  }
  return bits;
}

}  // namespace

Resilience::Resilience(const CallerParams& params, const sim::BuildContext& context,
                       std::string_view purpose)
    : node_(context.node()),
      params_(params),
      deadline_(params.deadline.value_or(sim::Duration(0))),
      idempotent_(params.idempotent),
      random_(context.stream(std::string(purpose) + ".retry")) {
  make_policies();
  if (retry_) retry_on_ = bits_of(retry_->params().retry_on);
  if (params_.bulkhead) {
    bulkhead_ = std::make_unique<Bulkhead>(context.kernel(), node_.id(),
                                           params_.bulkhead.make({})->limits());
  }
  if (params_.fallback) fallback_ = params_.fallback.make(context);
  describe_statistics(node_.statistics());
}

void Resilience::make_policies() {
  if (params_.retry) retry_ = params_.retry.make({random_});
  if (params_.retry_budget) budget_ = params_.retry_budget.make({});
  if (params_.breaker) breaker_ = params_.breaker.make({});
  if (params_.hedge) hedge_ = params_.hedge.make({});
}

void Resilience::forget() {
  // Places in the bulkhead were given back when the processes ended.
  if (breaker_) {
    breaker_opened_before_ = breaker_opened();
    breaker_not_closed_before_ = breaker_not_closed(now());
  }
  make_policies();
  crashes_seen_ = node_.crashes();
}

std::optional<sim::Duration> Resilience::next_try(const sim::Request& request,
                                                  const sim::Reply& failed, std::int64_t tries,
                                                  sim::Duration previous) {
  if (!retry_ || tries >= retry_->params().attempts) return std::nullopt;
  if ((retry_on_ >> static_cast<unsigned>(failed.reason) & 1) == 0) return std::nullopt;
  // What an earlier try may have done is in the outcome too.
  if (failed.outcome == sim::Outcome::unknown && !idempotent_) return std::nullopt;
  const sim::Duration wait = retry_->backoff(tries, previous);
  if (request.deadline != sim::time_max && request.deadline - now() <= wait) return std::nullopt;
  if (budget_ && !budget_->may_retry(now().time_since_epoch())) {
    ++counters_.retries_denied;
    return std::nullopt;
  }
  ++counters_.retries;
  return wait;
}

bool Resilience::may_hedge() {
  if (budget_ && !budget_->may_retry(now().time_since_epoch())) {
    ++counters_.retries_denied;
    return false;
  }
  ++counters_.hedges_sent;
  return true;
}

std::uint64_t Resilience::breaker_opened() const {
  return breaker_opened_before_ + breaker_->opened();
}

sim::Duration Resilience::breaker_not_closed(sim::Time now) const {
  return breaker_not_closed_before_ + breaker_->not_closed(now.time_since_epoch());
}

void Resilience::describe_statistics(sim::NodeStatistics& statistics) {
  using sim::Time;
  counters_.describe(statistics);
  if (breaker_) {
    const auto open_seconds = [this](Time now) { return sim::to_seconds(breaker_not_closed(now)); };
    statistics.scalar_part("breaker_opened",
                           [this](Time) { return static_cast<double>(breaker_opened()); });
    statistics.scalar_part("breaker_open_seconds", open_seconds);
    statistics.series_part("breakers_open", open_seconds);
  }
  statistics.on_reset([this](Time now) {
    counters_ = {};
    if (!breaker_) return;
    breaker_opened_before_ -= breaker_opened();
    breaker_not_closed_before_ -= breaker_not_closed(now);
  });
}

}  // namespace faultline::models
