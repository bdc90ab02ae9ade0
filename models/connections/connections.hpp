/// The connections of a caller: opened when they are needed, kept for later, limited in number.
///
///   request --> { one with room? } --yes----------------------------> on it --> reply, kept for keep_alive
///                      '--no--> { fewer than max_connections? } --> handshake --^
///                                           '--no--> wait for one ----^
///
/// Rule: a host has connections of its own to each address: each of the users behind a clients
/// node, and any other node as a whole. The one used last is used again first, so that those not
/// needed grow old and are closed when they have been idle for `keep_alive`. One that is older than
/// `max_lifetime` is closed as soon as no request is on it. Of a connection with one stream
/// (HTTP/1.1) a request holds it until its answer; if the caller stops waiting before, the
/// connection is closed. On one with many (HTTP/2) requests do not wait for each other, requests
/// that come while it is being opened wait for it instead of opening another, and one that is given
/// up leaves it open; but what the network has to send again holds up what was sent after it the
/// same way, as TCP hands over in order.
///
/// The crash of a peer breaks its connections. A caller knows that of those that lie idle, and
/// opens another one; on one in use it sees a reset. A read that is reset on a connection that had
/// been used before is sent once more on another, as it may have met a connection that was closed
/// already; a write ends as unknown. When the time to wait is over before anything was sent, the
/// request failed for certain. Source: RFC 9112, sections 9.3 and 9.4; RFC 9113, section 9.1;
/// HikariCP (maximumPoolSize is `max_connections`, connectionTimeout `wait_timeout`, idleTimeout
/// `keep_alive`, maxLifetime `max_lifetime` with its attenuation of 2.5 % as `lifetime_spread`);
/// RFC 9110, section 9.2.2; RFC 9293, section 3.5; RFC 5246 and RFC 8446, section 2. Does not
/// model: connections that are opened before they are needed (minimumIdle), tests of idle ones;
/// closing handshakes, slow start and windows, the limit of a server; the order of what an L4
/// balancer passes on, on its own ways.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "models/connections/connection_params.hpp"
#include "sim/kernel/intrusive_list.hpp"
#include "sim/measure/digest.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/network/call.hpp"
#include "sim/random/stream.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class Connections {
 public:
  Connections(const ConnectionParams& params, const sim::BuildContext& context);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// Sends `request` for `host` over a connection to `target` and waits for the reply, all in all
  /// no longer than `patience`.
  sim::Task<sim::Reply> exchange(std::uint64_t host, sim::Target target, sim::Request request,
                                 sim::Patience patience);

 private:
  struct Pool;
  class Connection;
  class Hold;
  class Wait;

  struct PoolKey {
    std::uint64_t host;
    std::uint32_t node;
    bool operator==(const PoolKey&) const = default;
  };
  struct PoolHash {
    std::size_t operator()(const PoolKey& key) const {
      return static_cast<std::size_t>(sim::mix_bits(key.host ^ std::uint64_t{key.node} << 40));
    }
  };

  Pool& pool_of(std::uint64_t host, const sim::Target& target);
  Connection* take(Pool& pool);
  bool should_open(const Pool& pool, std::int64_t waiting) const;
  Connection& add(Pool& pool);
  void reserve(Connection& connection);
  void opened(Connection& connection);
  void give_back(Connection& connection);
  void retire(Connection& connection);
  bool expired(const Connection& connection) const;
  void retire_expired(Pool& pool);
  void idle(Connection& connection);
  void waited(sim::Time asked);
  void close(Connection& connection);
  void lose(Connection& connection);
  void remove(Connection& connection);
  void serve_waiting(Pool& pool);
  void forget_after_crash();
  sim::Task<sim::Reply> open(Connection& connection, sim::Request request, sim::Patience limit);
  void describe_statistics(sim::NodeStatistics& statistics);

  sim::Node& node_;
  ConnectionParams params_;
  std::int64_t max_connections_;
  std::int64_t max_requests_;
  sim::EventQueue::Lane keep_alive_lane_;
  sim::Stream lifetimes_;

  std::deque<Pool> pools_;  ///< One for each host and address that was ever called. State.
  tsl::robin_map<PoolKey, Pool*, PoolHash> pool_by_key_;  ///< Never iterated.
  std::deque<Connection> connections_;                    ///< Open ones and free places. State.
  std::vector<Connection*> free_;                         ///< Places in connections_.
  std::uint32_t lives_ = 0;  ///< Crashes of this node when it last looked.

  sim::CountGauge open_;  ///< Statistic.
  struct Counts {
    std::uint64_t opened = 0;
    std::uint64_t reused = 0;      ///< Requests on a connection that was there.
    std::uint64_t failed = 0;      ///< Connections that could not be opened.
    std::uint64_t broken = 0;      ///< Lost while in use, or found to be broken.
    std::uint64_t waited = 0;      ///< Requests that had to wait for one.
    std::uint64_t not_gotten = 0;  ///< Requests that waited in vain.
    std::uint64_t expired = 0;     ///< Connections that were closed for their age.
  };
  Counts counts_;           ///< Statistic.
  sim::Histogram wait_;     ///< Nanoseconds until a request had one or a place for a new one, or
                            ///< went without; zero included. Statistic.
  sim::CountGauge in_use_;  ///< Requests on connections, or opening one. Statistic.
  sim::Time statistics_start_{};
};

}  // namespace faultline::models
