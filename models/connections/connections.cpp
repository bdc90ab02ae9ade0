#include "models/connections/connections.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace faultline::models {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

/// A connection, or the place of one. Its own event fires when it has been idle for too long.
class Connections::Connection final : public sim::Event, public sim::ListHook {
 public:
  explicit Connection(Connections& owner_) : Event(&idle_for_long), owner(owner_) {
    set_tag(owner.node_.id(), sim::EventKind::timeout);
  }

  Connections& owner;
  Pool* pool = nullptr;       ///< Null: a free place.
  std::uint32_t id = 0;       ///< Request::connection of what is sent on it.
  std::uint32_t crashes = 0;  ///< Of the peer, when it was opened.
  std::int64_t streams = 0;   ///< Requests on it now.
  std::int64_t requests = 0;  ///< Requests on it so far.
  Time expires{};             ///< When it is too old.
  bool open = false;          ///< False: the handshake is under way.
  bool retired = false;       ///< Takes no further request: worn out, or broken.
  bool broken = false;        ///< The other end knows nothing of it.

 private:
  static void idle_for_long(sim::Event& event) {
    Connection& self = static_cast<Connection&>(event);
    if (self.owner.expired(self)) ++self.owner.counts_.expired;
    self.owner.close(self);
  }
};

/// The connections of one host to one address.
struct Connections::Pool {
  explicit Pool(const sim::Target& target_) : target(target_) {}
  sim::Target target;
  std::int64_t connections = 0;  ///< Open, or being opened.
  std::int64_t opening = 0;
  bool known = false;                        ///< There was one before: a session can be resumed.
  sim::IntrusiveList<Connection> with_room;  ///< Open ones that take a request, last used first.
  sim::IntrusiveList<Wait> waiting;
  std::int64_t waiting_count = 0;
};

/// A place on a connection that one request holds. Left behind when the request is cut off.
class Connections::Hold {
 public:
  explicit Hold(Connections& owner, Connection* connection = nullptr)
      : owner_(owner), connection_(connection) {}
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() {
    Connection* held = std::exchange(connection_, nullptr);
    if (!held) return;
    // Nothing is sent by a node that crashes.
    if (owner_.node_.kernel().ending(owner_.node_.id()) || !held->open) {
      held->broken = true;
      owner_.retire(*held);
    } else if (sent && owner_.params_.streams == 1) {
      owner_.retire(*held);
    }
    owner_.give_back(*held);
  }
  explicit operator bool() const { return connection_ != nullptr; }
  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_; }
  void hold(Connection* connection) { connection_ = connection; }
  void give_back() { owner_.give_back(*std::exchange(connection_, nullptr)); }
  bool sent = false;  ///< The request is on its way, and its answer still to come.

 private:
  Connections& owner_;
  Connection* connection_;
};

/// Waits for a connection, for `limit` at most (zero: for ever): one to use or to open, or null.
class Connections::Wait final : public sim::Event, public sim::ListHook {
 public:
  Wait(Connections& owner, Pool& pool, Duration limit)
      : Event(&fire), owner_(owner), pool_(pool), limit_(limit), granted_(owner) {}
  ~Wait() {
    owner_.node_.kernel().cancel_if_scheduled(*this);
    leave();
  }
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) {
    frame_ = frame;
    since_ = owner_.node_.kernel().now();
    set_tag(frame.promise().owner().id(), sim::EventKind::grant);
    pool_.waiting.push_back(*this);
    ++pool_.waiting_count;
    if (limit_ != Duration(0)) owner_.node_.kernel().schedule_after(*this, limit_);
  }
  Connection* await_resume() {
    if (!granted_) return nullptr;
    Connection* granted = &*granted_;
    granted_.hold(nullptr);
    return granted;
  }
  void grant(Connection& connection) {
    leave();
    granted_.hold(&connection);
    sim::Kernel& kernel = owner_.node_.kernel();
    kernel.cancel_if_scheduled(*this);
    kernel.schedule_now(*this);
  }

 private:
  static void fire(sim::Event& event) {
    Wait& self = static_cast<Wait&>(event);
    self.leave();
    const sim::Kernel& kernel = self.owner_.node_.kernel();
    kernel.tell_waited(self.frame_, sim::WaitFor::turn, self.since_);
    self.frame_.resume();
  }
  void leave() {
    if (!linked()) return;
    unlink();
    --pool_.waiting_count;
  }
  Connections& owner_;
  Pool& pool_;
  Duration limit_;
  sim::Time since_{};
  Hold granted_;
  std::coroutine_handle<> frame_;
};

namespace {

/// How much of a caller's patience is left. `over` is true when nothing is.
struct TimeLeft {
  sim::Patience patience;
  bool over = false;
};

TimeLeft time_left(Time now, Time started, const Request& request, const sim::Patience& patience) {
  TimeLeft left;
  Time until = request.deadline;
  if (patience.limit != Duration(0) && patience.limit < until - started)
    until = started + patience.limit;
  if (until == sim::time_max) return left;
  left.over = until <= now;
  left.patience.limit = until - now;
  return left;
}

/// The smaller of two limits, either of which may be zero for none.
Duration smaller(Duration a, Duration b) {
  if (a == Duration(0)) return b;
  if (b == Duration(0)) return a;
  return std::min(a, b);
}

}  // namespace

Connections::Connections(const ConnectionParams& params, const sim::BuildContext& context)
    : node_(context.node()),
      params_(params),
      max_connections_(params.max_connections.value_or(std::numeric_limits<std::int64_t>::max())),
      max_requests_(params.max_requests.value_or(std::numeric_limits<std::int64_t>::max())),
      keep_alive_lane_(context.kernel().lane_of(params.keep_alive)),
      lifetimes_(context.stream("connection_lifetimes")) {
  describe_statistics(node_.statistics());
}

Connections::~Connections() = default;

Task<Reply> Connections::exchange(std::uint64_t host, sim::Target target, Request request,
                                  sim::Patience patience) {
  const sim::Kernel& kernel = node_.kernel();
  const Time started = kernel.now();
  forget_after_crash();
  Pool& pool = pool_of(host, target);
  for (bool again = false;; again = true) {
    TimeLeft left = time_left(kernel.now(), started, request, patience);
    if (left.over) co_return Reply::fail(sim::Reason::timeout);
    const Time asked = kernel.now();
    Hold held(*this, take(pool));
    if (held) {
      waited(asked);
    } else {
      ++counts_.waited;
      if (pool.waiting_count >= params_.queue_limit.value_or(sim::Resource::unlimited)) {
        ++counts_.not_gotten;
        waited(asked);
        co_return Reply::fail(sim::Reason::no_connection);
      }
      const Duration own = params_.wait_timeout.value_or(Duration(0));
      Wait wait(*this, pool, smaller(own, left.patience.limit));
      held.hold(co_await wait);
      waited(asked);
      left = time_left(kernel.now(), started, request, patience);
      if (!held) {
        ++counts_.not_gotten;
        co_return Reply::fail(left.over ? sim::Reason::timeout : sim::Reason::no_connection);
      }
    }
    if (held->open) {
      ++counts_.reused;
    } else {
      const Duration own = params_.connect_timeout.value_or(Duration(0));
      sim::Patience limit;
      limit.limit = smaller(own, left.patience.limit);
      const Reply made = co_await open(*held, request, limit);
      if (!made.is_ok()) co_return made;
      left = time_left(kernel.now(), started, request, patience);
      if (left.over) co_return Reply::fail(sim::Reason::timeout);
    }
    const bool used_before = held->requests > 1;
    request.connection = held->id;
    held.sent = true;
    const Time sent = kernel.now();
    Reply reply = co_await sim::call(node_, pool.target, request, left.patience);
    held.sent = false;
    if (!reply.answered) {
      lose(*held);
    } else if (params_.streams == 1 && left.patience.limit != Duration(0) &&
               kernel.now() - sent >= left.patience.limit) {
      retire(
          *held);  // The answer that nobody waits for any more would be taken for the next one's.
    }
    held.give_back();
    const bool stale = used_before && !reply.answered && reply.reason == sim::Reason::reset;
    if (again || !stale || !request.is_read()) co_return reply;
  }
}

/// The handshake, no longer than `limit`.
Task<Reply> Connections::open(Connection& connection, Request request, sim::Patience limit) {
  const sim::Kernel& kernel = node_.kernel();
  const Time started = kernel.now();
  Pool& pool = *connection.pool;
  Request round = request;
  round.operation = sim::Operation::connect;
  round.connection = connection.id;
  round.size = 0;
  round.deadline = sim::time_max;
  const int rounds = params_.round_trips(pool.known, request.is_read());
  for (int i = 0; i < rounds; ++i) {
    const TimeLeft left = time_left(kernel.now(), started, round, limit);
    Reply reply = Reply::fail(sim::Reason::timeout);
    if (!left.over) reply = co_await sim::connect(node_, pool.target, round, left.patience);
    if (i == 0) connection.crashes = pool.target.node->crashes();
    if (!reply.is_ok()) {
      ++counts_.failed;
      reply.outcome = sim::Outcome::fail;  // Nothing of the request itself was sent.
      reply.effect = false;
      co_return reply;
    }
  }
  opened(connection);
  co_return Reply::ok();
}

Connections::Pool& Connections::pool_of(std::uint64_t host, const sim::Target& target) {
  const PoolKey key{host, target.node->id()};
  if (const auto found = pool_by_key_.find(key); found != pool_by_key_.end()) return *found->second;
  Pool& made = pools_.emplace_back(target);
  // With one stream there is nothing behind that could be held up.
  if (params_.streams > 1) made.target.transport = sim::Transport::in_order;
  pool_by_key_.emplace(key, &made);
  return made;
}

/// A place on a connection that is open, or one that is to be opened now; null: none is to be had.
Connections::Connection* Connections::take(Pool& pool) {
  retire_expired(pool);
  while (!pool.with_room.empty()) {
    Connection& connection = pool.with_room.front();
    if (connection.crashes == pool.target.node->crashes()) {
      reserve(connection);
      return &connection;
    }
    lose(connection);
    if (connection.streams == 0) remove(connection);
  }
  return should_open(pool, pool.waiting_count + 1) ? &add(pool) : nullptr;
}

/// Whether one of `waiting` requests should open a connection: those that are being opened will
/// each have room for some more.
bool Connections::should_open(const Pool& pool, std::int64_t waiting) const {
  if (pool.connections >= max_connections_) return false;
  return params_.streams == 1 || waiting > pool.opening * (params_.streams - 1);
}

Connections::Connection& Connections::add(Pool& pool) {
  if (free_.empty()) free_.push_back(&connections_.emplace_back(*this));
  Connection& connection = *free_.back();
  free_.pop_back();
  connection.pool = &pool;
  connection.id = node_.next_connection();
  connection.requests = 0;
  connection.open = connection.retired = connection.broken = false;
  ++pool.connections;
  ++pool.opening;
  open_.add(node_.kernel().now(), 1);
  reserve(connection);
  return connection;
}

void Connections::reserve(Connection& connection) {
  node_.kernel().cancel_if_scheduled(connection);
  ++connection.streams;
  in_use_.add(node_.kernel().now(), 1);
  if (++connection.requests >= max_requests_) retire(connection);
  if (connection.streams == params_.streams) connection.unlink();
}

/// The handshake of `connection` is over.
void Connections::opened(Connection& connection) {
  ++counts_.opened;
  Pool& pool = *connection.pool;
  connection.open = true;
  if (params_.max_lifetime) {
    const double share = 1 - params_.lifetime_spread.value * lifetimes_.uniform();
    const Duration lifetime = sim::scaled(*params_.max_lifetime, share);
    connection.expires =
        Time(sim::saturating_sum(node_.kernel().now().time_since_epoch(), lifetime));
  }
  --pool.opening;
  pool.known = true;
  if (!connection.retired && connection.streams < params_.streams)
    pool.with_room.push_front(connection);
  serve_waiting(pool);
}

/// A request on `connection` is over.
void Connections::give_back(Connection& connection) {
  Pool& pool = *connection.pool;
  --connection.streams;
  in_use_.add(node_.kernel().now(), -1);
  if (!connection.retired && expired(connection)) {
    ++counts_.expired;
    retire(connection);
  }
  if (connection.retired) {
    if (connection.streams == 0) close(connection);
    return;
  }
  connection.unlink();
  pool.with_room.push_front(connection);
  serve_waiting(pool);
  if (connection.pool != &pool || connection.streams > 0) return;
  if (params_.keep_alive == Duration(0)) return close(connection);
  idle(connection);
}

/// It is closed when it has been idle for long, or is too old before that.
void Connections::idle(Connection& connection) {
  sim::Kernel& kernel = node_.kernel();
  if (params_.max_lifetime && connection.expires - kernel.now() < params_.keep_alive)
    return kernel.schedule_at(connection, connection.expires);
  kernel.schedule_constant(connection, keep_alive_lane_, params_.keep_alive);
}

bool Connections::expired(const Connection& connection) const {
  return params_.max_lifetime && connection.open && connection.expires <= node_.kernel().now();
}

/// Those that would be used next take no further request if they are too old: others are on them,
/// and they are closed when those are done.
void Connections::retire_expired(Pool& pool) {
  while (!pool.with_room.empty() && expired(pool.with_room.front())) {
    Connection& old = pool.with_room.front();
    ++counts_.expired;
    retire(old);
    if (old.streams == 0) close(old);
  }
}

/// A request that asked then has a connection now, or goes without.
void Connections::waited(Time asked) {
  if (params_.max_connections && asked >= statistics_start_)
    wait_.record((node_.kernel().now() - asked).count());
}

void Connections::retire(Connection& connection) {
  connection.retired = true;
  connection.unlink();
}

/// The peer's reset has come, or would have.
void Connections::lose(Connection& connection) {
  if (!connection.broken) ++counts_.broken;
  connection.broken = true;
  retire(connection);
}

/// Closes `connection`, which nobody uses.
void Connections::close(Connection& connection) {
  const sim::Target& target = connection.pool->target;
  const bool told = !connection.broken && lives_ == node_.crashes() &&
                    target.node->component().passes_connections();
  if (told) {
    const Request end{.operation = sim::Operation::close, .connection = connection.id};
    sim::close(node_, target, end);
  }
  remove(connection);
}

void Connections::remove(Connection& connection) {
  SIM_ASSERT(connection.streams == 0);
  sim::Kernel& kernel = node_.kernel();
  kernel.cancel_if_scheduled(connection);
  connection.unlink();
  Pool& pool = *std::exchange(connection.pool, nullptr);
  --pool.connections;
  if (!connection.open) --pool.opening;
  open_.add(kernel.now(), -1);
  free_.push_back(&connection);
  if (!kernel.ending(node_.id())) serve_waiting(pool);
}

/// Gives those who wait what there is now: room on a connection, or leave to open one.
void Connections::serve_waiting(Pool& pool) {
  while (!pool.waiting.empty()) {
    retire_expired(pool);
    Connection* connection = nullptr;
    if (!pool.with_room.empty()) {
      connection = &pool.with_room.front();
      reserve(*connection);
    } else if (should_open(pool, pool.waiting_count)) {
      connection = &add(pool);
    } else {
      return;
    }
    pool.waiting.front().grant(*connection);
  }
}

/// After a crash of this node nothing is left of its connections.
void Connections::forget_after_crash() {
  if (lives_ == node_.crashes()) return;
  lives_ = node_.crashes();
  for (Connection& connection : connections_) {
    if (!connection.pool) continue;
    connection.broken = true;
    remove(connection);
  }
  for (Pool& pool : pools_) pool.known = false;
}

void Connections::describe_statistics(sim::NodeStatistics& statistics) {
  const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
    statistics.scalar_part(name, [&counter](Time) { return static_cast<double>(counter); });
  };
  count("connections_opened", counts_.opened);
  count("connections_reused", counts_.reused);
  count("connections_failed", counts_.failed);
  count("connections_broken", counts_.broken);
  count("connections_waited", counts_.waited);
  count("connections_not_gotten", counts_.not_gotten);
  statistics.scalar_part("connections_open_mean", [this](Time now) { return open_.mean(now); });
  statistics.series_part("connections_open",
                         [this](Time now) { return static_cast<double>(open_.area(now)) * 1e-9; });
  if (params_.max_lifetime) count("connections_expired", counts_.expired);
  // Without a limit nobody waits.
  if (params_.max_connections) {
    statistics.scalar_part("connections_in_use_mean",
                           [this](Time now) { return in_use_.mean(now); });
    // A node may have several pools: the second is "2:connection_wait_seconds".
    const std::string name = "connection_wait_seconds";
    const auto pools = std::count_if(statistics.histograms().begin(), statistics.histograms().end(),
                                     [&](const auto& each) { return each.name.ends_with(name); });
    statistics.histogram(pools > 0 ? std::to_string(pools + 1) + ":" + name : name, wait_);
  }
  statistics.on_reset([this](Time now) {
    counts_ = {};
    open_.reset(now);
    wait_.reset();
    in_use_.reset(now);
    statistics_start_ = now;
  });
}

}  // namespace faultline::models
