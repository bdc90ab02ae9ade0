#include "models/caching/cache_front.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/algorithms/caching/early_expiry.hpp"
#include "sim/kernel/combinators.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/measure/digest.hpp"
#include "sim/random/portable_math.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

namespace {

/// No entry lives longer: thirty years, so that sums of such times fit.
constexpr Duration ttl_max{1'000'000'000'000'000'000};
/// What is kept of a key of which there is nothing.
constexpr std::uint64_t absent = ~std::uint64_t{0};
/// How long one waits who is told that another one holds the lease. Source: Nishtala et al.,
/// NSDI 2013, section 3.2.1: "a short amount of time".
constexpr Duration lease_wait = std::chrono::milliseconds(10);
/// The weight of the last load in the smoothed one, as TCP smooths its round trips (RFC 6298).
constexpr double smoothing = 0.125;

}  // namespace

void CachingParams::describe(sim::ParamList<CachingParams>& list) {
  list.add("pattern", &CachingParams::pattern,
           "How it is kept filled and true: what reads and writes do to it");
  list.add("ttl", &CachingParams::ttl,
           "How long an entry is good for; without it, as the cache says, or for ever")
      .above(Duration(0));
  list.add("ttl_jitter", &CachingParams::ttl_jitter,
           "The time to live of each entry is longer or shorter by up to this share, so that what "
           "came together does not go together");
  list.add("negative_ttl", &CachingParams::negative_ttl,
           "How long it remembers that there is no such thing; without it, it does not")
      .above(Duration(0));
  list.add("stale_if_error", &CachingParams::stale_if_error,
           "How long after its time to live an entry may be served when the origin fails; without "
           "it, never")
      .above(Duration(0));
  list.add("single_flight", &CachingParams::single_flight,
           "Whether of concurrent misses on one key only the first asks the origin, and the others "
           "wait for its answer");
  list.add("early_expiry", &CachingParams::early_expiry,
           "Beta of XFetch: reads load an entry before its time, the more likely the nearer its "
           "end and the longer a load takes; 1 is the usual one; without it, never")
      .between(0.001, 1000);
  list.add("publish", &CachingParams::publish,
           "The channel that is told of each write that passes here")
      .role("channel");
  list.add("staleness_of", &CachingParams::staleness_of, staleness_help).role("store");
}

void CachingParams::check(const CachingParams& params, const sim::Path& path,
                          sim::Problems& problems) {
  const auto without_ttl = [&](bool given, std::string_view key, std::string_view why) {
    if (given && !params.ttl) problems.add(path / key, std::string(why), "give a `ttl`");
  };
  without_ttl(params.ttl_jitter.value > 0, "ttl_jitter", "has no effect without a `ttl`");
  without_ttl(params.stale_if_error.has_value(), "stale_if_error",
              "has no effect without a `ttl`: nothing gets too old");
  without_ttl(params.early_expiry.has_value(), "early_expiry",
              "has no effect without a `ttl`: nothing expires");
  if (params.pattern) {
    without_ttl(params.pattern.make({})->needs_ttl(), "pattern",
                "this pattern goes by the time to live");
  }
}

bool CachingParams::needs_age() const {
  if (early_expiry || stale_if_error) return true;
  const auto made = pattern.make({});
  return made->needs_ttl() || made->kept_longer() > Duration(0);
}

void CacheTableParams::describe(sim::ParamList<CacheTableParams>& list) {
  list.add("capacity", &CacheTableParams::capacity, "Entries it holds, or bytes").required();
  list.add("eviction", &CacheTableParams::eviction, "Which entry goes when it is full");
  list.add("admission", &CacheTableParams::admission,
           "Who is let in at all; without it, everybody");
  list.add("tag_keys", &CacheTableParams::tag_keys,
           "Neighbouring keys that carry one tag: when one of them is invalidated, all are")
      .unit("keys")
      .between(1, 1'000'000'000);
}

void CacheTableParams::check(const CacheTableParams& params, const sim::Path& path,
                             sim::Problems& problems) {
  if (!admission_fits(params.eviction, params.admission)) {
    problems.add(path / "admission",
                 "compares who comes with who would have to go, which this `eviction` cannot say",
                 "take lru, fifo, lfu or gdsf, or the eviction \"w_tinylfu\" without an admission");
  }
}

// --- the keeper in the node's own memory -------------------------------------------------------

LocalKeeper::LocalKeeper(const CacheTableParams& params, const sim::RandomDuration& lookup_time,
                         const sim::BuildContext& context, const std::string& purpose,
                         bool by_endpoint)
    : node_(context.node()),
      by_endpoint_(by_endpoint),
      default_endpoint_(context.name("default")),
      random_(context.stream(purpose + ".eviction")),
      table_(
          params.eviction, params.admission, random_,
          {.capacity = params.capacity, .tag_keys = params.tag_keys, .many_entries = by_endpoint}),
      lookup_time_(lookup_time, context, purpose + ".lookup_time") {}

std::int64_t LocalKeeper::local_now() const {
  return node_.local_time(node_.kernel().now()).time_since_epoch().count();
}

std::uint64_t LocalKeeper::entry_of(const Request& request) const {
  if (!by_endpoint_ || request.endpoint == default_endpoint_) return request.key;
  return sim::mix_bits(request.key ^ ((std::uint64_t{request.endpoint} + 1) << 48));
}

Task<CacheFind> LocalKeeper::find(const Request& request) {
  if (!lookup_time_.is_zero()) {
    const ServiceTime::Draw time = lookup_time_.next();
    co_await sim::delay(time.duration, time.lane);
  }
  const std::int64_t now = local_now();
  CacheFind found;
  if (const CacheEntry* entry = table_.lookup(entry_of(request), request.key, now)) {
    found.hit = true;
    found.value = entry->version;
    found.size = entry->size;
    if (entry->expires_at != CacheEntry::no_expiry) found.left = entry->expires_at - now;
  }
  co_return found;
}

Task<void> LocalKeeper::put(const Request& entry) {
  keep(entry);
  co_return;
}

Task<void> LocalKeeper::erase(const Request& request) {
  invalidate(request.key);
  co_return;
}

void LocalKeeper::keep(const Request& entry) {
  const std::int64_t now = local_now();
  std::int64_t expires_at = CacheEntry::no_expiry;
  if (entry.time_to_live == Duration(0) ||
      __builtin_add_overflow(now, entry.time_to_live.count(), &expires_at)) {
    expires_at = CacheEntry::no_expiry;
  }
  table_.put({.key = entry_of(entry),
              .size = std::max<std::int64_t>(1, entry.size),
              .expires_at = expires_at,
              .version = entry.value});
}

void LocalKeeper::describe_statistics(sim::NodeStatistics& statistics, const std::string& prefix) {
  statistics.scalar_part(prefix + "evictions", [this](Time) {
    return static_cast<double>(table_.counts().evictions - at_reset_.evictions);
  });
  statistics.scalar_part(prefix + "expirations", [this](Time) {
    return static_cast<double>(table_.counts().expirations - at_reset_.expirations);
  });
  statistics.scalar_part(prefix + "denials", [this](Time) {
    return static_cast<double>(table_.counts().denials - at_reset_.denials);
  });
  statistics.scalar_part(prefix + "entries",
                         [this](Time) { return static_cast<double>(table_.entries()); });
  if (table_.capacity().unit == CacheCapacity::Unit::bytes) {
    statistics.scalar_part(prefix + "used_bytes",
                           [this](Time) { return static_cast<double>(table_.used()); });
  }
  statistics.on_reset([this](Time) { at_reset_ = table_.counts(); });
}

// --- the front ---------------------------------------------------------------------------------

class CacheFront::Loading {
 public:
  Loading(CacheFront& front, std::uint64_t key)
      : front_(front), place_(front.loads_.emplace(front.keeper_.tag_of(key), this)) {}
  Loading(const Loading&) = delete;
  ~Loading() { front_.loads_.erase(place_); }
  bool overtaken = false;  ///< A write was done since it began.

 private:
  CacheFront& front_;
  std::multimap<std::uint64_t, Loading*>::iterator place_;
};

CacheFront::CacheFront(const CachingParams& params, const sim::BuildContext& context,
                       const std::string& purpose, const Parts& parts)
    : node_(context.node()),
      keeper_(parts.keeper),
      background_(parts.background),
      params_(params),
      pattern_(params.pattern.make({})),
      kept_longer_(std::min(
          ttl_max, std::max(pattern_->kept_longer(), params.stale_if_error.value_or(Duration(0))))),
      jitter_(context.stream(purpose + ".ttl_jitter")),
      early_(context.stream(purpose + ".early_expiry")),
      flights_(context.kernel()),
      staleness_(parts.staleness) {
  if (!params.publish.name.empty()) channel_ = context.port(params.publish);
  if (pattern_->on_write() == CachePattern::OnWrite::buffer) buffer_.emplace(pattern_->buffer());
}

Task<Reply> CacheFront::serve(const Request& request, CacheOrigin& origin) {
  if (request.is_read()) return read(request, origin);
  return write(request, origin);
}

Task<Reply> CacheFront::read(const Request& request, CacheOrigin& origin) {
  const Time asked = now();
  std::optional<CacheFind> old;
  for (;;) {
    if (buffer_) {
      if (const auto held = buffer_->find(request.key)) {
        const CacheFind found{.hit = true, .value = held->value, .size = held->size};
        co_return answer(request, found, asked);
      }
    }
    auto finding = keeper_.find(request);
    const CacheFind found = co_await finding;
    if (found.hit) {
      const CachePattern::Found verdict = judge(found);
      if (verdict != CachePattern::Found::load) {
        if (verdict == CachePattern::Found::serve_and_refresh &&
            refreshing_.insert(keeper_.entry_of(request)).second) {
          node_.spawn(refresh(request));
        }
        co_return answer(request, found, asked);
      }
      old = found;
    } else if (found.come_again) {
      const Time told = node_.kernel().now();
      co_await sim::delay(lease_wait);
      co_await sim::idle_since(told);
      continue;
    }
    break;
  }
  ++counts_.misses;
  Reply reply;
  const std::uint64_t entry = keeper_.entry_of(request);
  if (params_.single_flight && flights_.has(entry)) {
    ++counts_.joined;
    SingleFlight::Follower follower(flights_, entry);
    auto waiting = follower.answer();
    reply = co_await waiting;
  } else {
    std::optional<SingleFlight::Lead> lead;
    if (params_.single_flight) lead.emplace(flights_, entry);
    auto loading = load(request, origin);
    reply = co_await loading;
    if (lead) lead->tell(reply);
  }
  if (!reply.is_ok() && old && params_.stale_if_error) {
    ++counts_.stale_on_error;
    reply = Reply::ok();
    reply.value = old->value == absent ? 0 : old->value;
    reply.found = old->value != absent;
    reply.size = old->size;
  }
  if (reply.is_ok()) staleness_.served(request.key, reply.value, asked);
  co_return reply;
}

CachePattern::Found CacheFront::judge(const CacheFind& found) {
  if (!params_.ttl || found.left == CacheFind::for_ever || found.value == absent)
    return CachePattern::Found::serve;
  const Duration left = Duration(found.left) - kept_longer_;
  const CachePattern::Found verdict = pattern_->judge(left, *params_.ttl);
  if (verdict == CachePattern::Found::load || !params_.early_expiry) return verdict;
  const double minus_log = -sim::portable::log(early_.uniform());
  if (!expires_early(sim::to_seconds(left), load_seconds_, *params_.early_expiry, minus_log))
    return verdict;
  ++counts_.early_loads;
  return CachePattern::Found::load;
}

Reply CacheFront::answer(const Request& request, const CacheFind& found, Time asked) {
  ++counts_.hits;
  Reply reply;
  if (found.value == absent) {
    ++counts_.absent_hits;
    reply.found = false;
  } else {
    reply.value = found.value;
    reply.size = found.size;
  }
  staleness_.served(request.key, reply.value, asked);
  return reply;
}

Task<Reply> CacheFront::load(const Request& request, CacheOrigin& origin) {
  ++counts_.loads;
  Loading loading(*this, request.key);
  const Time begun = now();
  auto asking = origin.ask(request);
  const Reply reply = co_await asking;
  if (!reply.is_ok()) co_return reply;
  const double took = sim::to_seconds(now() - begun);
  load_seconds_ = load_seconds_ == 0 ? took : load_seconds_ + smoothing * (took - load_seconds_);
  if (!reply.found && !params_.negative_ttl) co_return reply;
  const Request entry = filled(request, reply);
  if (!pattern_->fills_before_answer()) {
    keeper_.put_later(entry);
  } else if (loading.overtaken) {
    ++counts_.not_kept;
  } else {
    auto putting = keeper_.put(entry);
    co_await putting;
  }
  co_return reply;
}

/// Requires: refreshing_ holds its entry.
Task<void> CacheFront::refresh(Request request) {
  ++counts_.refreshes;
  // Whoever asked may be served, and gone, before it is back.
  request.deadline = sim::time_max;
  auto loading = load(request, background_);
  co_await loading;
  refreshing_.erase(keeper_.entry_of(request));
}

Request CacheFront::filled(const Request& request, const Reply& reply) {
  Request entry = request;
  entry.operation = sim::Operation::write;
  entry.deadline = sim::time_max;
  entry.size = reply.size;
  entry.value = reply.value;
  entry.time_to_live = time_to_live();
  if (!reply.found) {
    entry.size = 1;
    entry.value = absent;
    entry.time_to_live = *params_.negative_ttl;
  }
  return entry;
}

Duration CacheFront::time_to_live() {
  if (!params_.ttl) return Duration(0);
  auto ttl = static_cast<double>(std::min(*params_.ttl, ttl_max).count());
  if (params_.ttl_jitter.value > 0)
    ttl *= 1 + params_.ttl_jitter.value * (2 * jitter_.uniform() - 1);
  return std::max(Duration(1), Duration(static_cast<std::int64_t>(ttl))) + kept_longer_;
}

Task<Reply> CacheFront::write(const Request& request, CacheOrigin& origin) {
  if (buffer_ && (buffer_->holds(request.key) || !buffer_->is_full())) {
    co_return co_await buffer_write(request);
  }
  auto asking = origin.ask(request);
  const Reply reply = co_await asking;
  if (reply.outcome == sim::Outcome::fail) co_return reply;
  Request change = request;
  change.deadline = sim::time_max;
  const CachePattern::OnWrite rule = pattern_->on_write();
  if (rule != CachePattern::OnWrite::leave) note_written(request.key);
  // A write that was cut off may have taken effect, so the entry has to go then.
  const bool put = reply.is_ok() && request.operation == sim::Operation::write &&
                   (rule == CachePattern::OnWrite::update || rule == CachePattern::OnWrite::buffer);
  if (put) {
    if (keeper_.has_many_entries()) keeper_.erase_later(change);
    change.time_to_live = time_to_live();
    auto putting = keeper_.put(change);
    co_await putting;
  } else if (rule != CachePattern::OnWrite::leave) {
    change.operation = sim::Operation::erase;
    if (pattern_->fills_before_answer()) {
      auto erasing = keeper_.erase(change);
      co_await erasing;
    } else {
      keeper_.erase_later(change);
    }
  }
  publish(request);
  co_return reply;
}

Task<Reply> CacheFront::buffer_write(const Request& request) {
  note_written(request.key);
  endpoint_ = request.endpoint;
  buffer_->add({.key = request.key, .value = request.value, .size = request.size});
  Request entry = request;
  entry.deadline = sim::time_max;
  entry.time_to_live = time_to_live();
  if (keeper_.has_many_entries()) keeper_.erase_later(entry);
  auto putting = keeper_.put(entry);
  co_await putting;
  staleness_.acknowledged_early(request.key, request.value, now());
  if (!timer_runs_) {
    timer_runs_ = true;
    node_.spawn(flush_in_time());
  }
  if (!flushing_ && std::cmp_greater_equal(buffer_->waiting(), buffer_->config().batch)) {
    node_.spawn(flush(false));
  }
  publish(request);
  co_return Reply::done(request);
}

Task<void> CacheFront::flush_in_time() {
  co_await sim::delay(buffer_->config().flush_interval);
  timer_runs_ = false;
  if (flushing_) co_return;  // It sees to what is left.
  auto flushing = flush(true);
  co_await flushing;
}

/// Stores full batches, or `all` that waits.
Task<void> CacheFront::flush(bool all) {
  flushing_ = true;
  bool failed = false;
  while (!failed && buffer_->waiting() > 0 &&
         (all || std::cmp_greater_equal(buffer_->waiting(), buffer_->config().batch))) {
    const std::vector<WriteBuffer::Write> batch = buffer_->take();
    std::vector<Task<Reply>> stores;
    for (const WriteBuffer::Write& write : batch) stores.push_back(store(write));
    auto storing = sim::when_all(std::move(stores));
    const std::vector<Reply> replies = co_await storing;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (replies[i].is_ok()) {
        ++counts_.flushed;
        buffer_->stored(batch[i].key);
      } else {
        ++counts_.flush_failures;
        buffer_->failed(batch[i].key);
        failed = true;  // Again in the next interval.
      }
    }
  }
  flushing_ = false;
  if (buffer_->waiting() > 0 && !timer_runs_) {
    timer_runs_ = true;
    node_.spawn(flush_in_time());
  }
}

Task<Reply> CacheFront::store(WriteBuffer::Write write) {
  Request request;
  request.id = request.value = write.value;
  request.key = write.key;
  request.size = write.size;
  request.born = now();
  request.endpoint = endpoint_;
  request.operation = sim::Operation::write;
  auto asking = background_.ask(request);
  co_return co_await asking;
}

void CacheFront::note_written(std::uint64_t key) {
  const auto [first, last] = loads_.equal_range(keeper_.tag_of(key));
  for (auto each = first; each != last; ++each) each->second->overtaken = true;
}

void CacheFront::publish(const Request& request) {
  if (channel_.empty()) return;
  Request news = request;
  news.operation = sim::Operation::erase;
  news.deadline = sim::time_max;
  news.attempt = 0;
  for (const sim::Target& channel : channel_) sim::send(node_, channel, news);
}

void CacheFront::crashed() {
  refreshing_.clear();
  load_seconds_ = 0;
  timer_runs_ = flushing_ = false;
  if (buffer_) counts_.writes_lost += buffer_->lose();
}

void CacheFront::describe_statistics(sim::NodeStatistics& statistics, const std::string& prefix) {
  const auto count = [&](const char* name, std::uint64_t Counts::*what) {
    statistics.scalar_part(prefix + name,
                           [this, what](Time) { return static_cast<double>(counts_.*what); });
  };
  count("hits", &Counts::hits);
  count("misses", &Counts::misses);
  if (std::isnan(statistics.value(prefix + "hit_ratio", now()))) {
    statistics.scalar(prefix + "hit_ratio", [&statistics, prefix](Time at) {
      const double hits = statistics.value(prefix + "hits", at);
      const double lookups = hits + statistics.value(prefix + "misses", at);
      return lookups > 0 ? hits / lookups : 0.0;
    });
  }
  count("loads", &Counts::loads);
  if (params_.needs_age()) count("refreshes", &Counts::refreshes);
  if (params_.early_expiry) count("early_loads", &Counts::early_loads);
  if (params_.negative_ttl) count("absent_hits", &Counts::absent_hits);
  if (params_.single_flight) count("joined", &Counts::joined);
  if (params_.stale_if_error) count("stale_on_error", &Counts::stale_on_error);
  if (pattern_->fills_before_answer()) count("not_kept", &Counts::not_kept);
  if (buffer_) {
    count("writes_flushed", &Counts::flushed);
    count("flush_failures", &Counts::flush_failures);
    count("unflushed_writes_lost", &Counts::writes_lost);
    statistics.scalar_part(prefix + "writes_buffered",
                           [this](Time) { return static_cast<double>(buffer_->size()); });
    statistics.scalar_part(prefix + "writes_coalesced",
                           [this](Time) { return static_cast<double>(buffer_->coalesced()); });
  }
  statistics.on_reset([this](Time) { counts_ = {}; });
}

}  // namespace faultline::models
