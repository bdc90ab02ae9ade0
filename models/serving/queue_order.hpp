/// The order of a server's queue, as a parameter that servers share.
#pragma once

#include <cstdint>
#include <string>

#include "models/serving/admission.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/network/request.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct QueueOrderParams {
  std::string queue_order = "fifo";
  std::int64_t lifo_above = 10;

  static void describe(sim::ParamList<QueueOrderParams>& list) {
    list.add("queue_order", &QueueOrderParams::queue_order,
             "Who is served next: the first to come, the last, by priority (reads before writes of "
             "the same), or the first in a short queue and the last in a long one")
        .one_of({"fifo", "lifo", "priority", "adaptive_lifo"});
    list.add("lifo_above", &QueueOrderParams::lifo_above,
             "Waiting requests above which adaptive_lifo serves the last one first")
        .at_least(0);
  }

  /// Writes the order and what `admission` has to say about the queue into `config`.
  void apply(sim::Resource::Config& config, Admission& admission) const {
    if (queue_order == "lifo") config.order = sim::QueueOrder::lifo;
    if (queue_order == "priority") config.order = sim::QueueOrder::priority;
    if (queue_order == "adaptive_lifo") config.order = sim::QueueOrder::adaptive_lifo;
    config.lifo_above = lifo_above;
    config.drop_expired = admission.drops_expired();
    config.rule = admission.queue_rule();
  }
};

/// The place of `request` in a queue by priority: the smaller number first.
inline std::int64_t queue_priority(const sim::Request& request) {
  return request.priority * 2 + (request.is_read() ? 0 : 1);
}

}  // namespace faultline::models
