#include "models/algorithms/causal/causal_replica.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

CausalVersion version_of(const CausalWrite& write) {
  return {.value = write.value,
          .dot = write.dot,
          .lamport = write.lamport,
          .seen = write.seen,
          .size = write.size};
}

}  // namespace

std::int64_t CausalMessage::bytes() const {
  std::int64_t sum = 48 + 12 * static_cast<std::int64_t>(shown.size());
  for (const CausalWrite& write : writes) sum += write.bytes();
  for (const auto& [key, version] : versions) sum += 40 + version.size;
  return sum;
}

CausalReplica::CausalReplica(const Config& config, CausalObserver* observer)
    : config_(config),
      observer_(observer),
      sync_(config.members, config.self, config.retry),
      losses_of_(config.members) {}

const CausalVersion* CausalReplica::find(std::uint64_t key) const {
  const auto found = versions_.find(key);
  return found == versions_.end() ? nullptr : &found->second;
}

bool CausalReplica::covers(const ClientContext& context) const {
  for (const Dot& dot : context.nearest()) {
    if (!shown_.contains(dot)) return false;
  }
  for (const Dot& upto : context.vector().entries()) {
    if (shown_.contiguous(upto.replica) < upto.counter) return false;
  }
  return true;
}

std::uint64_t CausalReplica::read(std::uint64_t key, ClientContext& context) const {
  const CausalVersion* version = find(key);
  if (!version || version->dot.counter == 0) return 0;
  context.read(version->dot, version->lamport, shown_.vector());
  return version->value;
}

void CausalReplica::write(std::uint64_t key, std::uint64_t value, std::int64_t size,
                          ClientContext& context) {
  CausalWrite write;
  write.key = key;
  write.value = value;
  write.size = size;
  write.dot = shown_.next(id());
  lamport_ = std::max(lamport_, context.lamport()) + 1;
  write.lamport = lamport_;
  write.nearest = context.nearest();
  write.vector = context.vector();
  context.wrote(write.dot, write.lamport);
  write.seen = shown_.vector();
  write.seen.set(write.dot.replica, write.dot.counter);
  show(write);
  const std::uint64_t number = sync_.record();
  while (first_ + log_.size() < number) log_.emplace_back();  // Numbers without a write.
  log_.push_back(std::move(write));
  while (log_.size() > config_.log_limit) {
    log_.pop_front();
    sync_.dropped(first_++);
  }
}

void CausalReplica::show(const CausalWrite& write) {
  shown_.add(write.dot);
  lamport_ = std::max(lamport_, write.lamport);
  put(write.key, version_of(write), !config_.converge);
}

void CausalReplica::put(std::uint64_t key, const CausalVersion& version, bool whatever_is_there) {
  const auto [place, fresh] = versions_.try_emplace(key);
  CausalVersion& mine = place->second;
  if (!whatever_is_there && !(mine < version)) return;
  if (observer_) {
    observer_->changing(key, fresh ? nullptr : &mine);
    const bool own = mine.dot.counter != 0 && mine.dot.replica == id();
    if (own && !version.seen.contains(mine.dot)) observer_->conflict(mine, version);
  }
  mine = version;
  if (observer_) observer_->changed(key, mine);
}

std::optional<Dot> CausalReplica::missing(const CausalWrite& write) const {
  if (!config_.dependencies) return std::nullopt;
  for (const Dot& dot : write.nearest) {
    if (!shown_.contains(dot)) return dot;
  }
  for (const Dot& upto : write.vector.entries()) {
    const std::uint64_t here = shown_.contiguous(upto.replica);
    if (here < upto.counter) return Dot{upto.replica, here + 1};
  }
  return std::nullopt;
}

void CausalReplica::take(CausalWrite write) {
  if (shown_.contains(write.dot) || pending_.count(write.dot) != 0) return;
  std::vector<CausalWrite> ready;
  ready.push_back(std::move(write));
  bool first = true;
  while (!ready.empty()) {
    CausalWrite next = std::move(ready.back());
    ready.pop_back();
    if (const auto dot = missing(next)) {
      if (first && observer_) observer_->waits(next);
      first = false;
      pending_.insert(next.dot);
      waiting_[*dot].push_back(std::move(next));
      continue;
    }
    first = false;
    pending_.erase(next.dot);
    show(next);
    const auto waited = waiting_.find(next.dot);
    if (waited == waiting_.end()) continue;
    for (CausalWrite& each : waited->second) ready.push_back(std::move(each));
    waiting_.erase(waited);
  }
}

std::optional<CausalMessage> CausalReplica::next(std::size_t peer, sim::Duration now) {
  const DeltaSync::Decision decision = sync_.next(peer, now);
  CausalMessage message;
  message.epoch = epoch_;
  message.losses = losses_;
  message.interval = decision.interval;
  switch (decision.what) {
    case DeltaSync::What::nothing:
      return std::nullopt;
    case DeltaSync::What::probe:
      message.kind = CausalMessage::Kind::probe;
      break;
    case DeltaSync::What::interval: {
      SIM_ASSERT(decision.interval.after + 1 >= first_);
      const std::uint64_t end = std::min(decision.interval.upto + 1, first_ + log_.size());
      for (std::uint64_t number = decision.interval.after + 1; number < end; ++number) {
        const CausalWrite& write = log_[number - first_];
        if (write.dot.counter != 0) message.writes.push_back(write);
      }
      break;
    }
    case DeltaSync::What::everything:
      message.kind = CausalMessage::Kind::everything;
      message.versions.assign(versions_.begin(), versions_.end());
      std::sort(message.versions.begin(), message.versions.end(),
                [](const auto& a, const auto& b) { return a.first < b.first; });
      message.shown = shown_;
  }
  return message;
}

std::optional<CausalMessage> CausalReplica::receive(std::size_t from, const CausalMessage& message,
                                                    sim::Duration now) {
  using Kind = CausalMessage::Kind;
  sync_.heard(from);
  if (message.kind == Kind::acknowledgement) {
    if (message.epoch == epoch_) acknowledged(from, message.interval, now);
    return std::nullopt;
  }
  if (message.losses > losses_of_[from]) {
    losses_of_[from] = message.losses;
    sync_.needs_everything(from);
  }
  if (message.kind == Kind::here) return std::nullopt;
  if (message.kind == Kind::everything) show_everything(message);
  for (const CausalWrite& write : message.writes) take(write);
  CausalMessage answer;
  answer.kind = message.kind == Kind::probe ? Kind::here : Kind::acknowledgement;
  answer.epoch = message.kind == Kind::probe ? epoch_ : message.epoch;
  answer.losses = losses_;
  answer.interval = message.interval;
  return answer;
}

/// What the other shows is complete in itself: nothing in it depends on anything else.
void CausalReplica::show_everything(const CausalMessage& message) {
  shown_.merge(message.shown);
  for (const auto& [key, version] : message.versions) {
    lamport_ = std::max(lamport_, version.lamport);
    put(key, version, false);
  }
  std::map<Dot, std::vector<CausalWrite>> waited;
  waited.swap(waiting_);
  pending_.clear();
  for (auto& [dot, writes] : waited) {
    for (CausalWrite& write : writes) take(std::move(write));
  }
}

void CausalReplica::acknowledged(std::size_t from, const Interval& interval, sim::Duration now) {
  sync_.acknowledged(from, interval, now);
  const std::uint64_t by_all = sync_.acknowledged_by_all();
  while (!log_.empty() && first_ <= by_all) {
    log_.pop_front();
    sync_.dropped(first_++);
  }
}

void CausalReplica::begin_anew() {
  ++epoch_;
  log_.clear();
  sync_ = DeltaSync(config_.members, config_.self, config_.retry);
  for (std::size_t peer = 0; peer < config_.members; ++peer) {
    if (peer != config_.self) sync_.needs_everything(peer);
  }
  first_ = sync_.newest() + 1;
}

void CausalReplica::restart() { begin_anew(); }

void CausalReplica::restart_from(DotContext shown) {
  ++losses_;
  shown_ = std::move(shown);
  pending_.clear();
  waiting_.clear();
  begin_anew();
}

void CausalReplica::restore(std::uint64_t key, std::optional<CausalVersion> before) {
  CausalVersion& mine = versions_[key];
  if (observer_) observer_->changing(key, &mine);
  mine = before ? std::move(*before) : CausalVersion();
  if (observer_) observer_->changed(key, mine);
}

}  // namespace faultline::models
