#include "models/serving/admission.hpp"

namespace faultline::models {

using sim::Reason;
using sim::Time;

void AdmissionParams::describe(sim::ParamList<AdmissionParams>& list) {
  list.add("rate_limit", &AdmissionParams::rate_limit,
           "How many requests may begin in a time; more are throttled");
  list.add("concurrency_limit", &AdmissionParams::concurrency_limit,
           "How many requests are let in at once, those that wait included; more are rejected");
  list.add("shedding", &AdmissionParams::shedding,
           "Who is not served under overload, so that the others are served in time");
  list.add("drop_expired", &AdmissionParams::drop_expired,
           "Whether a request whose deadline has passed is dropped, on arrival and when its turn "
           "comes");
  list.add("connection_limit", &AdmissionParams::connection_limit,
           "Requests here at once beyond which the node refuses the connection; without it, any "
           "number")
      .unit("requests")
      .at_least(1);
}

bool AdmissionParams::need_queue() const { return shedding && shedding.make({})->needs_queue(); }

Reason reason_of(sim::Denial denial) {
  switch (denial) {
    case sim::Denial::none:
      return Reason::none;
    case sim::Denial::full:
      return Reason::rejected;
    case sim::Denial::dropped:
      return Reason::shed;
    case sim::Denial::expired:
      return Reason::expired;
  }
  return Reason::rejected;
}

Admission::Admission(const AdmissionParams& params, const sim::BuildContext& context)
    : node_(context.node()),
      params_(params),
      random_(context.stream("concurrency_limit")),
      open_(!params.rate_limit && !params.concurrency_limit && !params.shedding &&
            !params.drop_expired),
      rules_queue_(params.need_queue()),
      drop_expired_(params.drop_expired) {
  if (params.connection_limit) {
    node_.set_connection_limit(static_cast<std::uint64_t>(*params.connection_limit));
  }
  make_rules();
}

void Admission::make_rules() {
  if (params_.rate_limit) limiter_ = params_.rate_limit.make({});
  if (params_.shedding) shedder_ = params_.shedding.make({});
  if (!params_.concurrency_limit) return;
  limit_ = params_.concurrency_limit.make({random_});
  limit_gauge_.set(node_.kernel().now(), limit_->limit());
}

void Admission::crashed() {
  if (!open_) make_rules();
}

Reason Admission::ask(const sim::Request& request, sim::Duration& wait) {
  if (expired(request)) return Reason::expired;
  if (shedder_) {
    const auto others = static_cast<std::int64_t>(node_.in_service()) - 1;
    if (!shedder_->admits(request.priority, others)) return Reason::shed;
  }
  if (!limiter_) return Reason::none;
  // The cheaper question first: who finds no place takes no permit.
  if (full()) return Reason::rejected;
  wait = limiter_->ask(node_.kernel().now().time_since_epoch(), request.source, 1);
  if (wait == RateLimiter::refused) return Reason::throttled;
  throttle_wait_.record(wait.count());
  return Reason::none;
}

void Admission::learn(const sim::Reply& reply, Time begun, std::int64_t in_flight) {
  if (!limit_) return;
  bool dropped = false;
  switch (reply.reason) {
    case Reason::none:
      break;
    case Reason::timeout:
    case Reason::expired:
    case Reason::rejected:
    case Reason::throttled:
    case Reason::shed:
      dropped = true;
      break;
    default:
      return;  // An error says nothing about load, and may be quicker than any work.
  }
  const Time now = node_.kernel().now();
  limit_->ended({now.time_since_epoch(), now - begun, in_flight, dropped});
  if (limit_->limit() != limit_gauge_.value()) limit_gauge_.set(now, limit_->limit());
}

void Admission::count(Reason refusal) {
  if (refusal == Reason::throttled) ++throttled_;
  if (refusal == Reason::shed) ++shed_;
  if (refusal == Reason::expired) ++expired_;
  if (refusal == Reason::rejected) ++over_limit_;
}

void Admission::describe_statistics(sim::NodeStatistics& statistics, const sim::Resource& queue) {
  if (open_) return;
  if (limiter_) {
    statistics.scalar("throttled", [this](Time) { return static_cast<double>(throttled_); });
    statistics.histogram("throttle_wait_seconds", throttle_wait_);
  }
  if (shedder_) {
    statistics.scalar(
        "shed", [this, &queue](Time) { return static_cast<double>(shed_ + queue.dropped()); });
  }
  if (drop_expired_) {
    statistics.scalar("expired", [this, &queue](Time) {
      return static_cast<double>(expired_ + queue.expired());
    });
  }
  if (limit_) {
    statistics.scalar("over_concurrency_limit",
                      [this](Time) { return static_cast<double>(over_limit_); });
    statistics.scalar("concurrency_limit_now",
                      [this](Time) { return static_cast<double>(limit_->limit()); });
    statistics.scalar("concurrency_limit_mean",
                      [this](Time now) { return limit_gauge_.mean(now); });
  }
  statistics.on_reset([this](Time now) {
    throttled_ = shed_ = expired_ = over_limit_ = 0;
    limit_gauge_.reset(now);
    throttle_wait_.reset();
  });
}

}  // namespace faultline::models
