#include "models/algorithms/replication/primary_replica.hpp"

#include <algorithm>
#include <functional>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

constexpr sim::Duration never = sim::Duration::max();
constexpr std::int64_t header_bytes = 48;
/// Epoch, key, length: what an entry has beside its value.
constexpr std::int64_t entry_bytes = 24;
/// Appends kept until the one before them comes.
constexpr std::size_t held_back_max = 4096;

using History = std::vector<PrimaryReplicaMessage::EpochStart>;

/// The last entry of segment `at` of a history whose log ends with `last`.
std::uint64_t end_of(const History& history, std::size_t at, std::uint64_t last) {
  return at + 1 < history.size() ? history[at + 1].index - 1 : last;
}

/// The entry up to which two logs are one.
std::uint64_t shared_prefix(const History& one, std::uint64_t one_last, const History& other,
                            std::uint64_t other_last) {
  std::uint64_t shared = 0;
  for (std::size_t at = 0; at < std::min(one.size(), other.size()); ++at) {
    if (one[at] != other[at]) break;
    const std::uint64_t end = end_of(one, at, one_last);
    const std::uint64_t other_end = end_of(other, at, other_last);
    shared = std::min(end, other_end);
    if (end != other_end) break;
  }
  return shared;
}

}  // namespace

std::int64_t PrimaryReplicaMessage::bytes() const {
  std::int64_t sum = header_bytes + static_cast<std::int64_t>(16 * history.size());
  for (const Entry& entry : entries) sum += entry_bytes + entry.size;
  return snapshot ? sum + snapshot->bytes : sum;
}

PrimaryReplicaNode::PrimaryReplicaNode(const PrimaryReplicaConfig& config, RandomSource& random,
                                       ReplicaLog* log, MakeDetector make_detector)
    : config_(config),
      random_(random),
      log_of_engine_(log),
      make_detector_(std::move(make_detector)),
      peers_(config.members),
      detectors_(config.members) {
  SIM_ASSERT(config.self < config.members);
  SIM_ASSERT(config.acks < config.members);
}

// ---- The log and the tables ---------------------------------------------------------------------

std::uint64_t PrimaryReplicaNode::epoch_at(std::uint64_t index) const {
  const auto after = std::upper_bound(
      epochs_.begin(), epochs_.end(), index,
      [](std::uint64_t at, const Message::EpochStart& start) { return at < start.index; });
  return after == epochs_.begin() ? 0 : std::prev(after)->epoch;
}

/// Epochs of different members differ.
std::uint64_t PrimaryReplicaNode::next_epoch(std::uint64_t above) const {
  const std::uint64_t epoch = above / config_.members * config_.members + config_.self;
  return epoch > above ? epoch : epoch + config_.members;
}

void PrimaryReplicaNode::append(const Entry& entry) {
  Held& held = table_[entry.key];
  Logged logged{entry, 0, held.value, held.index, held.size};
  if (log_of_engine_) logged.position = log_of_engine_->append(entry_bytes + entry.size);
  log_.push_back(std::move(logged));
  held = {entry.value, last(), entry.size};
  if (epochs_.empty() || epochs_.back().epoch != entry.epoch) {
    epochs_.push_back({entry.epoch, last()});
  }
  if (!log_of_engine_) durable_ = visible_ = last();
  while (log_.size() > config_.log_retention) {
    log_.pop_front();
    ++base_;
  }
}

void PrimaryReplicaNode::cut_off(std::uint64_t last_kept, bool by_crash) {
  while (last() > last_kept && !log_.empty()) {
    const Logged& logged = log_.back();
    if (logged.before_index == 0) {
      table_.erase(logged.entry.key);
    } else {
      table_[logged.entry.key] = {logged.before_value, logged.before_index, logged.before_size};
    }
    if (by_crash) {
      ++counts_.undone_by_crashes;
    } else {
      ++counts_.cut_off;
      counts_.cut_off_answered += last() <= answered_ ? 1 : 0;
    }
    log_.pop_back();
  }
  while (!epochs_.empty() && epochs_.back().index > last()) epochs_.pop_back();
  for (std::uint64_t* each : {&durable_, &committed_, &visible_, &matched_, &answered_}) {
    *each = std::min(*each, last());
  }
}

std::uint64_t PrimaryReplicaNode::read(std::uint64_t key) const {
  const auto found = table_.find(key);
  if (found == table_.end()) return 0;
  const std::uint64_t limit = role_ == Role::primary ? committed_ : visible_;
  std::uint64_t value = found->second.value;
  std::uint64_t index = found->second.index;
  while (index > limit && index > base_) {
    const Logged& logged = log_[index - base_ - 1];
    value = logged.before_value;
    index = logged.before_index;
  }
  return value;
}

std::optional<std::uint64_t> PrimaryReplicaNode::unsynced() const {
  if (durable_ >= last() || log_.empty()) return std::nullopt;
  return log_.back().position;
}

void PrimaryReplicaNode::note_durable(std::uint64_t position) {
  durable_ = std::max(durable_, base_);
  while (durable_ < last() && log_[durable_ - base_].position <= position) ++durable_;
}

void PrimaryReplicaNode::synced(std::uint64_t position, sim::Duration now) {
  const std::uint64_t before = durable_;
  note_durable(position);
  if (durable_ == before) return;
  if (role_ == Role::primary) {
    commit(now);
  } else if (primary_ != nobody && matched_ > before) {
    send_ack(primary_, true);
  }
}

void PrimaryReplicaNode::applied(std::uint64_t index) {
  visible_ = std::max(visible_, std::min(index, last()));
}

// ---- Roles --------------------------------------------------------------------------------------

void PrimaryReplicaNode::start(sim::Duration now) {
  visible_ = durable_ = last();
  if (!started_) {
    started_ = true;
    primary_ = 0;
    if (config_.self == 0) {
      become_primary(next_epoch(0), now);
    } else {
      heard(now);
    }
    return;
  }
  if (was_primary_ && config_.resumes) {
    become_primary(next_epoch(std::max(epoch_, promised_)), now);
  } else if (role_ != Role::apart) {
    heard(now);
  }
}

void PrimaryReplicaNode::crashed(std::uint64_t survives) {
  if (log_of_engine_) {
    std::uint64_t kept = last();
    while (kept > base_ && log_[kept - base_ - 1].position > survives) --kept;
    cut_off(kept, true);
  }
  was_primary_ = role_ == Role::primary;
  if (role_ != Role::apart) role_ = Role::replica;
  primary_ = nobody;
  matched_ = 0;
  held_back_.clear();
  waiting_.clear();
  outgoing.clear();
  finished.clear();
  degraded_ = false;
  rounds_.clear();
  heartbeat_at_ = flush_at_ = election_at_ = never;
  confirmed_ = heard_at_ = sim::Duration::min();
  for (auto& detector : detectors_) detector.reset();
}

void PrimaryReplicaNode::become_primary(std::uint64_t epoch, sim::Duration now) {
  ++counts_.promotions;
  role_ = Role::primary;
  epoch_ = promised_ = epoch;
  primary_ = config_.self;
  committed_ = last();
  held_back_.clear();
  degraded_ = false;
  election_at_ = never;
  rounds_.clear();
  for (Peer& peer : peers_) {
    peer = {};
    peer.next = last() + 1;
    peer.progress_at = now;
    peer.round = round_;
  }
  send_heartbeats(now);
}

void PrimaryReplicaNode::promote(std::uint64_t above, sim::Duration now) {
  if (role_ == Role::apart) return;
  confirmed_ = sim::Duration::min();  // Until whoever it serves for has confirmed it.
  become_primary(next_epoch(std::max({above, epoch_, promised_})), now);
}

/// It follows `primary`, or waits for one, in `epoch`.
void PrimaryReplicaNode::step_down(std::uint64_t epoch, std::uint32_t primary, sim::Duration now) {
  if (role_ == Role::primary) {
    ++counts_.step_downs;
    for (const Waiting& each : waiting_) finished.push_back({each.token, End::unknown, each.index});
    waiting_.clear();
    visible_ = std::max(visible_, std::min(durable_, last()));
    heartbeat_at_ = flush_at_ = never;
  }
  if (role_ != Role::apart) role_ = Role::replica;
  if (epoch > epoch_) {
    epoch_ = epoch;
    matched_ = 0;
    held_back_.clear();
    last_round_ = 0;  // Another primary counts its own heartbeats.
  }
  primary_ = primary;
  heard(now);
}

void PrimaryReplicaNode::heard(sim::Duration now) {
  heard_at_ = now;
  if (!config_.elects || role_ == Role::apart) return;
  const FailureDetector* detector =
      make_detector_ && primary_ != nobody ? detectors_[primary_].get() : nullptr;
  if (!detector) return await_election(now + config_.detection_time, config_.detection_time / 2);
  const sim::Duration suspected_at = std::max(detector->suspected_at(), now + config_.heartbeat);
  await_election(suspected_at, std::min(suspected_at - now, config_.detection_time) / 2);
}

/// A heartbeat came from the primary, or the first word of a new one.
void PrimaryReplicaNode::heard_heartbeat(std::uint32_t from, sim::Duration now) {
  if (!make_detector_ || !config_.elects) return;
  std::unique_ptr<FailureDetector>& detector = detectors_[from];
  if (!detector) {
    detector = make_detector_(now);
  } else {
    detector->heartbeat(now);
  }
  heard(now);
}

bool PrimaryReplicaNode::hears_primary(sim::Duration now) const {
  if (role_ == Role::primary) return serves();
  if (heard_at_ == sim::Duration::min()) return false;
  const bool lately = now < heard_at_ + config_.detection_time;
  const FailureDetector* detector =
      make_detector_ && primary_ != nobody ? detectors_[primary_].get() : nullptr;
  if (!detector) return lately;
  const bool alive = now < std::max(detector->suspected_at(), heard_at_ + config_.heartbeat);
  return alive || (lately && config_.fencing == Fencing::lease);
}

/// It stands for election when nothing has been heard until then, and up to `spread` later.
void PrimaryReplicaNode::await_election(sim::Duration suspected_at, sim::Duration spread) {
  const auto later =
      static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(spread.count() + 1)));
  election_at_ =
      suspected_at > never - sim::Duration(later) ? never : suspected_at + sim::Duration(later);
}

void PrimaryReplicaNode::stand_for_election(sim::Duration now) {
  ++counts_.elections;
  await_election(now + config_.detection_time, config_.detection_time / 2);
  role_ = Role::candidate;
  primary_ = nobody;
  stood_for_ = next_epoch(std::max({epoch_, promised_, seen_}));
  stood_at_ = local_;
  votes_ = 1;
  if (votes_ >= majority()) {
    confirmed_ = stood_at_;
    become_primary(stood_for_, now);
    return;
  }
  for (std::uint32_t member = 0; member < config_.members; ++member) {
    if (member == config_.self) continue;
    Message request;
    request.kind = Message::Kind::vote_request;
    request.epoch = stood_for_;
    request.index = last();
    request.index_epoch = last_epoch();
    send(member, std::move(request));
  }
}

void PrimaryReplicaNode::answer_request(std::uint32_t from, const Message& message,
                                        sim::Duration now) {
  const std::uint64_t lately = std::max(epoch_, promised_);
  seen_ = std::max(seen_, message.epoch);
  const bool behind = message.index_epoch != last_epoch() ? message.index_epoch < last_epoch()
                                                          : message.index < last();
  Message vote;
  vote.kind = Message::Kind::vote;
  vote.epoch = message.epoch;
  vote.index = lately;  // Who is refused for his epoch stands for a later one next time.
  vote.ok = !hears_primary(now) && message.epoch > lately && !behind && role_ != Role::apart &&
            !(role_ == Role::primary && config_.fencing == Fencing::none);
  if (vote.ok) {
    promised_ = message.epoch;
    step_down(epoch_, nobody, now);
    // Only a primary is heard of; a vote just puts off its own election.
    heard_at_ = sim::Duration::min();
  }
  send(from, std::move(vote));
}

void PrimaryReplicaNode::take_vote(const Message& message, sim::Duration now) {
  seen_ = std::max(seen_, message.index);
  if (role_ != Role::candidate || message.epoch != stood_for_ || !message.ok) return;
  if (++votes_ < majority()) return;
  confirmed_ = stood_at_;
  become_primary(stood_for_, now);
}

bool PrimaryReplicaNode::serves() const {
  if (role_ != Role::primary) return false;
  if (config_.fencing != Fencing::lease) return true;
  return confirmed_ != sim::Duration::min() && local_ < confirmed_ + config_.detection_time;
}

/// By the last heartbeat that a majority has answered, itself counted.
void PrimaryReplicaNode::renew_lease() {
  if (config_.fencing != Fencing::lease || !config_.confirmed_by_majority) return;
  std::vector<std::uint64_t> answered;
  for (std::uint32_t member = 0; member < config_.members; ++member) {
    answered.push_back(member == config_.self ? round_ : peers_[member].round);
  }
  std::nth_element(answered.begin(), answered.begin() + (majority() - 1), answered.end(),
                   std::greater<>());
  const std::uint64_t by_majority = answered[majority() - 1];
  while (!rounds_.empty() && rounds_.front().first <= by_majority) {
    confirmed_ = std::max(confirmed_, rounds_.front().second);
    rounds_.pop_front();
  }
}

// ---- The primary --------------------------------------------------------------------------------

void PrimaryReplicaNode::begin_write(std::uint64_t token, std::uint64_t key, std::uint64_t value,
                                     std::int64_t size, sim::Duration now) {
  if (!serves()) {
    finished.push_back({token, End::not_primary, 0});
    return;
  }
  append({epoch_, key, value, size, now});
  waiting_.push_back({last(), token, now});
  if (config_.batch_delay == sim::Duration(0)) {
    ship(now);
  } else if (flush_at_ == never) {
    flush_at_ = now + config_.batch_delay;
  }
  commit(now);
}

void PrimaryReplicaNode::send(std::uint32_t to, Message message) {
  if (message.epoch == 0) message.epoch = epoch_;
  message.last = last();
  outgoing.push_back({to, std::move(message)});
}

void PrimaryReplicaNode::send_append(std::uint32_t to, bool heartbeat, sim::Duration now) {
  Peer& peer = peers_[to];
  Message message;
  message.kind = Message::Kind::append;
  message.round = round_;
  message.index = heartbeat && !peer.probing ? peer.acked : peer.next - 1;
  if (message.index < base_) {
    send_snapshot(to, now);
    return;
  }
  message.index_epoch = epoch_at(message.index);
  if (!heartbeat) {
    const std::uint64_t end = std::min(last(), peer.next - 1 + config_.batch_max);
    if (peer.next == peer.acked + 1) peer.progress_at = now;
    for (; peer.next <= end; ++peer.next) message.entries.push_back(entry(peer.next));
  }
  send(to, std::move(message));
}

void PrimaryReplicaNode::send_snapshot(std::uint32_t to, sim::Duration now) {
  ++counts_.snapshots;
  auto snapshot = std::make_shared<Message::Snapshot>();
  snapshot->history = epochs_;
  for (const auto& [key, held] : table_) {
    snapshot->values.push_back({key, held.value, held.size});
    snapshot->bytes += entry_bytes + held.size;
  }
  Message message;
  message.kind = Message::Kind::snapshot;
  message.index = last();
  message.index_epoch = last_epoch();
  message.snapshot = std::move(snapshot);
  peers_[to].next = last() + 1;
  peers_[to].probing = false;
  peers_[to].progress_at = now;
  send(to, std::move(message));
}

void PrimaryReplicaNode::ship(sim::Duration now) {
  for (std::uint32_t member = 0; member < config_.members; ++member) {
    if (member == config_.self) continue;
    Peer& peer = peers_[member];
    while (!peer.probing && peer.next <= last() && peer.next <= peer.acked + config_.window) {
      send_append(member, false, now);
    }
  }
}

/// What could not be sent before; not what waits for its batch.
void PrimaryReplicaNode::ship_rest(sim::Duration now) {
  if (flush_at_ == never) ship(now);
}

void PrimaryReplicaNode::send_heartbeats(sim::Duration now) {
  heartbeat_at_ = now + config_.heartbeat;
  ++round_;
  if (config_.fencing == Fencing::lease) {
    rounds_.emplace_back(round_, local_);
    renew_lease();
  }
  for (std::uint32_t member = 0; member < config_.members; ++member) {
    if (member == config_.self) continue;
    Peer& peer = peers_[member];
    const bool answers = peer.round + 3 >= round_;
    if (!peer.probing && answers && peer.next > peer.acked + 1 &&
        now >= peer.progress_at + config_.detection_time) {
      ++counts_.resends;
      peer.next = peer.acked + 1;
      peer.progress_at = now;
    }
    send_append(member, true, now);
  }
  ship_rest(now);
}

void PrimaryReplicaNode::take_ack(std::uint32_t from, const Message& message, sim::Duration now) {
  if (role_ != Role::primary) return;
  if (message.epoch > epoch_) {
    if (config_.fencing == Fencing::none) return;
    promised_ = std::max(promised_, message.epoch);
    step_down(epoch_, nobody, now);
    return;
  }
  if (message.epoch < epoch_) return;
  Peer& peer = peers_[from];
  peer.round = std::max(peer.round, message.round);
  renew_lease();
  if (!message.ok) {
    const std::uint64_t shared = shared_prefix(message.history, message.last, epochs_, last());
    peer.acked = std::min(peer.acked, shared);
    peer.next = shared + 1;
    peer.probing = false;
    if (shared < base_) {
      send_snapshot(from, now);
    } else if (peer.next > last()) {
      send_append(from, false, now);  // Nothing but where its log is to end.
    }
    ship_rest(now);
    return;
  }
  if (message.index > peer.acked) {
    peer.acked = message.index;
    peer.progress_at = now;
  }
  peer.probing = false;
  peer.next = std::max(peer.next, peer.acked + 1);
  ship_rest(now);
  commit(now);
}

std::uint64_t PrimaryReplicaNode::acknowledged_by_enough() const {
  if (config_.acks == 0) return last();
  std::vector<std::uint64_t> acked;
  for (std::uint32_t member = 0; member < config_.members; ++member) {
    if (member != config_.self) acked.push_back(peers_[member].acked);
  }
  std::nth_element(acked.begin(), acked.begin() + (config_.acks - 1), acked.end(),
                   std::greater<>());
  return acked[config_.acks - 1];
}

void PrimaryReplicaNode::commit(sim::Duration now) {
  std::uint64_t enough = acknowledged_by_enough();
  const std::uint64_t acknowledged = enough;
  if (degraded_) {
    if (enough >= last()) degraded_ = false;
    enough = last();
  } else if (config_.degrade_after && !waiting_.empty() && waiting_.front().index > enough &&
             now >= waiting_.front().since + *config_.degrade_after) {
    degraded_ = true;
    ++counts_.degradations;
    enough = last();
  }
  committed_ = std::max(committed_, std::min(durable_, enough));
  while (!waiting_.empty() && waiting_.front().index <= committed_) {
    answered_ = waiting_.front().index;
    counts_.degraded_writes += answered_ > acknowledged ? 1 : 0;
    finished.push_back({waiting_.front().token, End::ok, answered_});
    waiting_.pop_front();
  }
}

PrimaryReplicaNode::Lag PrimaryReplicaNode::lag(std::uint32_t member, sim::Duration now) const {
  const std::uint64_t acked = peers_[member].acked;
  if (member == config_.self || acked >= last()) return {};
  const std::uint64_t oldest = std::max(acked, base_) + 1;
  return {last() - acked, now - entry(oldest).written};
}

// ---- A replica ----------------------------------------------------------------------------------

/// Whether what `from` sent as a primary is to be heeded; it is the primary then.
bool PrimaryReplicaNode::follows(std::uint32_t from, const Message& message, sim::Duration now) {
  if (role_ == Role::primary && config_.fencing == Fencing::none) return false;
  if (message.epoch < std::max(epoch_, promised_)) {
    if (config_.fencing != Fencing::none) refuse(from);
    return false;
  }
  promised_ = std::max(promised_, message.epoch);
  step_down(message.epoch, from, now);
  return role_ != Role::apart;
}

void PrimaryReplicaNode::refuse(std::uint32_t to) {
  Message ack;
  ack.kind = Message::Kind::append_ack;
  ack.epoch = std::max(epoch_, promised_);
  send(to, std::move(ack));
}

void PrimaryReplicaNode::send_ack(std::uint32_t to, bool ok) {
  Message ack;
  ack.kind = Message::Kind::append_ack;
  ack.ok = ok;
  ack.index = std::min(matched_, durable_);
  ack.round = last_round_;
  if (!ok) ack.history = epochs_;
  send(to, std::move(ack));
}

void PrimaryReplicaNode::take_append(std::uint32_t from, Message& message, sim::Duration now) {
  if (!follows(from, message, now)) {
    // The end of a silence that was taken for its end: the detector learns how long it was.
    if (make_detector_ && detectors_[from]) detectors_[from]->heartbeat(now);
    return;
  }
  if (message.round > last_round_) {
    last_round_ = message.round;
    heard_heartbeat(from, now);
  }
  if (message.index > last() && !message.entries.empty()) {
    if (held_back_.size() < held_back_max) held_back_.emplace(message.index, std::move(message));
    return;
  }
  const bool matches = message.index <= last() && epoch_at(message.index) == message.index_epoch;
  if (!matches) {
    send_ack(from, false);
    return;
  }
  if (!take_entries(message)) return;
  while (!held_back_.empty() && held_back_.begin()->first <= last()) {
    const Message next = std::move(held_back_.begin()->second);
    held_back_.erase(held_back_.begin());
    if (epoch_at(next.index) == next.index_epoch && !take_entries(next)) return;
  }
  // What it has beyond the end of the primary's log, of an older epoch, is nobody else's.
  if (last() > message.last && matched_ >= message.last && last_epoch() < message.epoch) {
    if (!may_cut_off()) return;
    if (message.last < base_) {
      forget_all();
      send_ack(from, false);
      return;
    }
    cut_off(message.last, false);
  }
  // What is not on disk yet is acknowledged when it is.
  if (message.entries.empty() || durable_ >= matched_) send_ack(from, true);
}

/// Takes in the entries of an append whose entry before is here; false if the log diverges and must
/// not be cut off.
bool PrimaryReplicaNode::take_entries(const Message& message) {
  std::uint64_t index = message.index;
  for (const Entry& entry : message.entries) {
    ++index;
    if (index <= last()) {
      if (epoch_at(index) == entry.epoch) continue;
      if (!may_cut_off()) return false;
      if (index <= base_) {
        forget_all();
        send_ack(primary_, false);
        return false;
      }
      cut_off(index - 1, false);
    }
    append(entry);
  }
  matched_ = std::max(matched_, index);
  return true;
}

/// Whether it may give up a part of its log; otherwise it is not of the group any more.
bool PrimaryReplicaNode::may_cut_off() {
  if (config_.rewinds) return true;
  role_ = Role::apart;
  election_at_ = never;
  return false;
}

/// The logs part before what this one goes back to: it begins anew.
void PrimaryReplicaNode::forget_all() {
  counts_.cut_off += last();
  counts_.cut_off_answered += answered_;
  log_.clear();
  table_.clear();
  epochs_.clear();
  held_back_.clear();
  base_ = durable_ = committed_ = visible_ = matched_ = answered_ = 0;
}

void PrimaryReplicaNode::take_snapshot(std::uint32_t from, const Message& message,
                                       sim::Duration now) {
  if (!follows(from, message, now)) return;
  if (message.index <= matched_) return;
  const std::uint64_t shared =
      shared_prefix(message.snapshot->history, message.index, epochs_, last());
  if (shared < last() && !may_cut_off()) return;
  counts_.cut_off += last() - shared;
  counts_.cut_off_answered += answered_ > shared ? answered_ - shared : 0;
  log_.clear();
  table_.clear();
  held_back_.clear();
  base_ = message.index;
  epochs_ = message.snapshot->history;
  for (const Message::KeyValue& each : message.snapshot->values) {
    // All of them count as old: nothing before them is known here.
    table_[each.key] = {each.value, base_, each.size};
  }
  if (log_of_engine_) log_of_engine_->append(message.snapshot->bytes);
  matched_ = durable_ = visible_ = base_;
  committed_ = std::min(committed_, base_);
  answered_ = std::min(answered_, base_);
  send_ack(from, true);
}

// ---- Messages and alarms ------------------------------------------------------------------------

void PrimaryReplicaNode::receive(std::uint32_t from, Message message, sim::Duration now) {
  switch (message.kind) {
    case Message::Kind::append:
      take_append(from, message, now);
      return;
    case Message::Kind::append_ack:
      take_ack(from, message, now);
      return;
    case Message::Kind::vote_request:
      answer_request(from, message, now);
      return;
    case Message::Kind::vote:
      take_vote(message, now);
      return;
    case Message::Kind::snapshot:
      take_snapshot(from, message, now);
      return;
  }
}

sim::Duration PrimaryReplicaNode::next_alarm() const {
  sim::Duration next = std::min({heartbeat_at_, flush_at_, election_at_});
  if (config_.degrade_after && !degraded_ && !waiting_.empty()) {
    next = std::min(next, waiting_.front().since + *config_.degrade_after);
  }
  return next;
}

void PrimaryReplicaNode::wake(sim::Duration now) {
  if (flush_at_ <= now) {
    flush_at_ = never;
    ship(now);
  }
  if (heartbeat_at_ <= now) send_heartbeats(now);
  if (election_at_ <= now) stand_for_election(now);
  if (config_.degrade_after && role_ == Role::primary) commit(now);
}

}  // namespace faultline::models
