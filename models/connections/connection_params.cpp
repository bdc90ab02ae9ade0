#include "models/connections/connection_params.hpp"

namespace faultline::models {

void ConnectionParams::describe(sim::ParamList<ConnectionParams>& list) {
  list.add("tls", &ConnectionParams::tls,
           "What is agreed on before the first request, beside TCP's own round trip: nothing, TLS "
           "1.2 (two round trips) or TLS 1.3 (one)")
      .one_of({"none", "tls1.2", "tls1.3"});
  list.add("resumption", &ConnectionParams::resumption,
           "What is kept of an earlier connection to the same address: a session saves TLS 1.2 one "
           "round trip; early data, of TLS 1.3, lets a read go along with the handshake")
      .one_of({"none", "session", "early_data"});
  list.add("keep_alive", &ConnectionParams::keep_alive,
           "How long a connection that is not used is kept open; 0: it is closed after its request")
      .at_least(sim::Duration(0));
  list.add("max_connections", &ConnectionParams::max_connections,
           "Connections to one address at once; further requests wait; without it, any number")
      .unit("connections")
      .at_least(1);
  list.add("streams", &ConnectionParams::streams,
           "Requests on one connection at once; 1: each waits for the answer to the one before "
           "(HTTP/1.1), more: they are multiplexed (HTTP/2)")
      .unit("requests")
      .between(1, 1'000'000);
  list.add("max_requests", &ConnectionParams::max_requests,
           "Requests after which a connection is closed; without it, any number")
      .unit("requests")
      .at_least(1);
  list.add("queue_limit", &ConnectionParams::queue_limit,
           "Requests that may wait for a connection to one address; more fail at once; without it, "
           "any number")
      .unit("requests")
      .at_least(0);
  list.add("wait_timeout", &ConnectionParams::wait_timeout,
           "How long a request waits for a connection before it fails; without it, as long as the "
           "caller waits for the answer")
      .above(sim::Duration(0));
  list.add(
          "connect_timeout", &ConnectionParams::connect_timeout,
          "How long opening a connection may take; without it, as long as the caller waits for the "
          "answer")
      .above(sim::Duration(0));
  list.add("max_lifetime", &ConnectionParams::max_lifetime,
           "Age at which a connection is closed, as soon as no request is on it; without it, any "
           "age")
      .above(sim::Duration(0));
  list.add("lifetime_spread", &ConnectionParams::lifetime_spread,
           "By how much of `max_lifetime` each connection lives shorter, at the most, by lot, so "
           "that they do not all end together")
      .between(sim::Probability{0}, sim::Probability{1});
}

void ConnectionParams::check(const ConnectionParams& params, const sim::Path& path,
                             sim::Problems& problems) {
  if (params.resumption == "early_data" && params.tls != "tls1.3") {
    problems.add(path / "resumption", "only TLS 1.3 has early data",
                 R"(write "tls": "tls1.3", or "resumption": "session")");
  }
  if (params.resumption == "session" && params.tls == "none") {
    problems.add(path / "resumption", "there is no session to resume without `tls`");
  }
  if (params.queue_limit && !params.max_connections) {
    problems.add(path / "queue_limit", "has no effect without `max_connections`: nobody waits");
  }
  if (params.wait_timeout && !params.max_connections) {
    problems.add(path / "wait_timeout", "has no effect without `max_connections`: nobody waits");
  }
}

int ConnectionParams::round_trips(bool known, bool repeatable) const {
  const int tcp = 1;
  if (tls == "tls1.2") return tcp + (known && resumption != "none" ? 1 : 2);
  if (tls == "tls1.3") return tcp + (known && repeatable && resumption == "early_data" ? 0 : 1);
  return tcp;
}

}  // namespace faultline::models
