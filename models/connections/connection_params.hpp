/// What the connections of a caller cost and how many of them there are.
///
///   new:    caller --SYN--> callee --SYN,ACK--> caller, then TLS in 0 to 2 round trips, then the request
///   kept:   caller --request--> callee
///
/// Without these parameters a call has no connection and costs one round trip, as if one were
/// always open.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/param/described.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct ConnectionParams {
  std::string tls = "none";
  std::string resumption = "none";
  sim::Duration keep_alive = std::chrono::seconds(60);
  std::optional<std::int64_t> max_connections;
  std::int64_t streams = 1;
  std::optional<std::int64_t> max_requests;
  std::optional<std::int64_t> queue_limit;
  std::optional<sim::Duration> wait_timeout;
  std::optional<sim::Duration> connect_timeout;
  std::optional<sim::Duration> max_lifetime;
  sim::Probability lifetime_spread{0.025};

  static void describe(sim::ParamList<ConnectionParams>& list);
  static void check(const ConnectionParams& params, const sim::Path& path, sim::Problems& problems);

  /// Round trips before the first request can be sent. `known`: there was a connection to this
  /// address before; `repeatable`: the request may be sent along with the handshake.
  int round_trips(bool known, bool repeatable) const;
};

}  // namespace faultline::models
