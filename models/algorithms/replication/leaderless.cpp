#include "models/algorithms/replication/leaderless.hpp"

#include <algorithm>
#include <bit>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

constexpr sim::Duration never = sim::Duration::max();
/// Kind, sender, operation, key: what each message has.
constexpr std::int64_t header_bytes = 40;

ReplicaTable::Config table_of(const LeaderlessConfig& config) {
  ReplicaTable::Config table{.rule = config.rule, .merkle_depth = config.merkle_depth};
  if (!config.anti_entropy_interval || config.n == 1) return table;
  for (std::uint32_t partition = 0; partition < config.members; ++partition) {
    const std::uint32_t rank = (config.self + config.members - partition) % config.members;
    table.trees.push_back(rank < config.n);
  }
  return table;
}

}  // namespace

std::int64_t LeaderlessMessage::bytes() const {
  std::int64_t sum = header_bytes + value.bytes();
  if (!body) return sum;
  sum += static_cast<std::int64_t>(12 * body->nodes.size() + 4 * body->leaves.size() +
                                   16 * body->digests.size() + 8 * body->wanted.size());
  for (const AntiEntropyBody::KeyValue& each : body->values) sum += 8 + each.value.bytes();
  return sum;
}

LeaderlessNode::LeaderlessNode(const LeaderlessConfig& config, RandomSource& random,
                               ReplicaLog* log)
    : config_(config),
      random_(random),
      log_(log),
      table_(table_of(config)),
      hints_(config.members) {
  SIM_ASSERT(config.members <= members_max);
  SIM_ASSERT(config.n <= config.members);
  SIM_ASSERT(config.r >= 1);
  SIM_ASSERT(config.w >= 1);
  SIM_ASSERT(std::max(config.r, config.w) <= config.n);
  if (!config.anti_entropy_interval) return;
  for (std::uint32_t partition = 0; partition < config.members; ++partition) {
    const auto rank_of = [&](std::uint32_t member) {
      return (member + config.members - partition) % config.members;
    };
    if (rank_of(config.self) >= config.n) continue;
    for (std::uint32_t peer = 0; peer < config.members; ++peer) {
      if (peer != config.self && rank_of(peer) < config.n) pairs_.emplace_back(partition, peer);
    }
  }
}

void LeaderlessNode::start(sim::Duration now) {
  ++life_;
  if (!pairs_.empty()) {
    const auto interval = static_cast<std::uint64_t>(config_.anti_entropy_interval->count());
    exchange_at_ = now + sim::Duration(static_cast<std::int64_t>(random_.below(interval) + 1));
    next_pair_ = random_.below(pairs_.size());
  }
  if (hints_held_ > 0) hand_off_at_ = now + config_.handoff_pause;
}

void LeaderlessNode::record(std::int64_t bytes) {
  if (!log_) return;
  position_ = log_->append(bytes);
  table_.journal(position_);
}

void LeaderlessNode::synced(std::uint64_t position) {
  table_.forget(position);
  while (!hint_records_.empty() && hint_records_.front().position <= position) {
    hint_records_.pop_front();
  }
}

void LeaderlessNode::crashed(std::uint64_t survives) {
  for (Operation& operation : operations_) {
    if (operation.live) ++operation.generation;
    operation.live = false;
  }
  free_.clear();
  for (std::uint32_t i = 0; i < operations_.size(); ++i) free_.push_back(i);
  overdue_.clear();
  timeouts_.clear();
  outgoing.clear();
  finished.clear();
  suspects_ = 0;
  probe_at_ = hand_off_at_ = exchange_at_ = never;
  if (log_) {
    counts_.rolled_back += table_.roll_back(survives);
    for (const HintRecord& record : hint_records_) {
      if (record.position <= survives || hints_[record.replica].erase(record.key) == 0) continue;
      --hints_held_;
      ++counts_.hints_lost;
    }
    hint_records_.clear();
  }
  if (config_.hints_persisted) return;
  counts_.hints_lost += hints_held_;
  hints_held_ = 0;
  for (auto& each : hints_) each.clear();
}

LeaderlessNode::Mask LeaderlessNode::replicas_of(std::uint64_t key) const {
  Mask replicas = 0;
  for (std::uint32_t rank = 0; rank < config_.n; ++rank) replicas |= bit(replica(key, rank));
  return replicas;
}

bool LeaderlessNode::keeps(std::uint64_t key) const {
  return (replicas_of(key) & bit(config_.self)) != 0;
}

VersionedValue LeaderlessNode::local(std::uint64_t key) const {
  VersionedValue value;
  if (const VersionedValue* found = table_.find(key)) value = *found;
  if (hints_held_ == 0) return value;
  for (const auto& of_replica : hints_) {
    const auto hint = of_replica.find(key);
    if (hint != of_replica.end()) value.merge(hint->second, config_.rule);
  }
  return value;
}

// ---- Coordination -------------------------------------------------------------------------------

std::uint64_t LeaderlessNode::open(Operation& made) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(operations_.size()));
    operations_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  made.generation = operations_[index].generation;
  made.live = true;
  operations_[index] = std::move(made);
  return std::uint64_t{operations_[index].generation} << 32 | index;
}

LeaderlessNode::Operation* LeaderlessNode::find(std::uint64_t id) {
  const auto index = static_cast<std::uint32_t>(id);
  if (index >= operations_.size()) return nullptr;
  Operation& operation = operations_[index];
  return operation.live && operation.generation == id >> 32 ? &operation : nullptr;
}

void LeaderlessNode::close(std::uint64_t id) {
  const auto index = static_cast<std::uint32_t>(id);
  operations_[index].live = false;
  ++operations_[index].generation;
  free_.push_back(index);
}

void LeaderlessNode::begin_read(std::uint64_t token, std::uint64_t key, sim::Duration now) {
  Operation operation;
  operation.is_read = true;
  operation.token = token;
  operation.key = key;
  operation.needed = config_.r;
  operation.repairs = config_.read_repair >= 1 ||
                      (config_.read_repair > 0 && random_.uniform() < config_.read_repair);
  begin(open(operation), now);
}

void LeaderlessNode::begin_write(std::uint64_t token, std::uint64_t key, Version version,
                                 const VersionVector& seen, sim::Duration now) {
  Operation operation;
  operation.token = token;
  operation.key = key;
  operation.needed = config_.w;
  const ReplicaId actor = life_ << 8 | config_.self;
  const std::uint64_t id = open(operation);
  if (config_.rule == VersionRule::last_write_wins) {
    version.dot = {actor, ++writes_taken_};
    find(id)->value.versions.push_back(version);
    begin(id, now);
    return;
  }
  const VersionedValue* known = table_.find(key);
  std::uint64_t beside = 0;
  std::uint64_t counter = seen.of(actor);
  if (known) {
    counter = std::max(counter, known->context.of(actor));
    for (const Version& each : known->versions) beside += seen.contains(each.dot) ? 0 : 1;
  }
  if (beside + 1 > config_.siblings_max) {
    finish(*find(id), End::too_many_siblings);
    close(id);
    return;
  }
  version.dot = {actor, counter + 1};
  // What it would have changed here if it is not sent is a version more that nobody was told of.
  VersionedValue& value = find(id)->value;
  if (known) value = *known;
  value.write(version, seen);
  if (!begin(id, now)) return;
  counts_.conflicts += beside > 0 ? 1 : 0;
  record(header_bytes + version.size);
  table_.write(key, version, seen);
}

bool LeaderlessNode::begin(std::uint64_t id, sim::Duration now) {
  Operation& operation = *find(id);
  std::uint32_t there = 0;
  for (std::uint32_t rank = 0; rank < (config_.sloppy ? config_.members : config_.n); ++rank) {
    there += suspects(replica(operation.key, rank)) ? 0 : 1;
  }
  if (there < operation.needed) {
    ++counts_.unavailable;
    finish(operation, End::unavailable);
    close(id);
    return false;
  }
  for (std::uint32_t rank = 0; rank < config_.n; ++rank) {
    const std::uint32_t member = replica(operation.key, rank);
    if (!suspects(member)) ask(id, operation, member, Message::nobody);
  }
  for (std::uint32_t rank = 0; suspects_ != 0 && rank < config_.n; ++rank) {
    const std::uint32_t member = replica(operation.key, rank);
    if (suspects(member)) replace(id, operation, member, now);
  }
  overdue_.push_back({now + config_.suspect_after, id});
  timeouts_.push_back({now + config_.timeout, id});
  return true;
}

void LeaderlessNode::ask(std::uint64_t id, Operation& operation, std::uint32_t member,
                         std::uint8_t intended) {
  operation.asked |= bit(member);
  Message message;
  message.kind = operation.is_read ? Message::Kind::read : Message::Kind::write;
  message.intended = intended;
  message.operation = id;
  message.key = operation.key;
  if (!operation.is_read) message.value = operation.value;
  send(member, std::move(message));
}

/// A replica of the key is away: by a sloppy quorum, the next member that is thought to be there
/// and was not asked yet stands in; by a strict one, or when there is none, the write is kept here.
void LeaderlessNode::replace(std::uint64_t id, Operation& operation, std::uint32_t missing,
                             sim::Duration now) {
  if ((operation.replaced & bit(missing)) != 0 || missing == config_.self) return;
  operation.replaced |= bit(missing);
  for (std::uint32_t rank = config_.n; config_.sloppy && rank < config_.members; ++rank) {
    const std::uint32_t member = replica(operation.key, rank);
    if (suspects(member) || (operation.asked & bit(member)) != 0) continue;
    operation.stand_ins.emplace_back(member, missing);
    ask(id, operation, member, static_cast<std::uint8_t>(missing));
    return;
  }
  if (!operation.is_read) keep_hint(missing, operation.key, operation.value, now);
}

void LeaderlessNode::finish(Operation& operation, End end) {
  operation.done = true;
  finished.push_back({operation.token, end, operation.value});
}

void LeaderlessNode::answered(std::uint32_t from, const Message& message) {
  Operation* operation = find(message.operation);
  if (!operation || (operation->answered & bit(from)) != 0) return;
  operation->answered |= bit(from);
  ++operation->answers;
  if (operation->is_read) {
    operation->value.merge(message.value, config_.rule);
    if (operation->repairs) operation->digests.emplace_back(from, message.value.digest());
  }
  if (!operation->done && operation->answers >= operation->needed) {
    if (operation->is_read && operation->value.versions.size() > 1) {
      ++counts_.sibling_reads;
      counts_.siblings_max =
          std::max<std::uint64_t>(counts_.siblings_max, operation->value.versions.size());
    }
    finish(*operation, End::ok);
  }
  if (operation->answered != operation->asked) return;
  if (!operation->done) return;
  if (operation->is_read) repair(*operation);
  close(message.operation);
}

void LeaderlessNode::repair(Operation& operation) {
  if (!operation.repairs) return;
  const std::uint64_t digest = operation.value.digest();
  for (const auto& [member, theirs] : operation.digests) {
    if (theirs == digest || operation.value.empty()) continue;
    Message message;
    message.kind = Message::Kind::repair;
    message.key = operation.key;
    message.value = operation.value;
    ++counts_.repairs_sent;
    send(member, std::move(message));
  }
}

// ---- Who is there -------------------------------------------------------------------------------

void LeaderlessNode::suspect(std::uint32_t member, sim::Duration now) {
  if (member == config_.self || suspects(member)) return;
  suspects_ |= bit(member);
  ++counts_.suspicions;
  if (probe_at_ == never) probe_at_ = now + config_.probe_interval;
}

void LeaderlessNode::heard_of(std::uint32_t member, sim::Duration now) {
  if (!suspects(member)) return;
  suspects_ &= ~bit(member);
  if (suspects_ == 0) probe_at_ = never;
  if (!hints_[member].empty()) hand_off_at_ = std::min(hand_off_at_, now + config_.handoff_pause);
}

/// Who was asked suspect_after ago and did not answer is suspected and replaced; by a sloppy quorum
/// so is, later, who was to stand in for him.
void LeaderlessNode::suspect_silent(std::uint64_t id, Operation& operation, sim::Duration now) {
  const Mask silent = operation.asked & ~operation.answered;
  for (std::uint32_t member = 0; member < config_.members; ++member) {
    if ((silent & bit(member)) != 0) suspect(member, now);
  }
  // A read that is done needs nobody more.
  if (operation.is_read && operation.done) return;
  const Mask asked_before = operation.asked;
  for (std::uint32_t rank = 0; rank < config_.n; ++rank) {
    const std::uint32_t member = replica(operation.key, rank);
    if ((silent & bit(member)) != 0) replace(id, operation, member, now);
  }
  const auto stand_ins = operation.stand_ins;
  for (const auto& [member, missing] : stand_ins) {
    if ((silent & bit(member)) == 0) continue;
    operation.replaced &= ~bit(missing);
    std::erase(operation.stand_ins, std::pair{member, missing});
    replace(id, operation, missing, now);
  }
  if (operation.asked != asked_before) overdue_.push_back({now + config_.suspect_after, id});
}

// ---- Hints --------------------------------------------------------------------------------------

void LeaderlessNode::keep_hint(std::uint32_t replica, std::uint64_t key,
                               const VersionedValue& value, sim::Duration now) {
  if (!config_.hinted_handoff) return;
  auto& of_replica = hints_[replica];
  const auto found = of_replica.find(key);
  if (found == of_replica.end() && of_replica.size() >= config_.hints_max) {
    ++counts_.hints_lost;
    return;
  }
  if (log_ && config_.hints_persisted) {
    record(header_bytes + value.bytes());
    hint_records_.push_back({position_, replica, key});
  }
  if (found != of_replica.end()) {
    found->second.merge(value, config_.rule);
  } else {
    of_replica.emplace(key, value);
    ++hints_held_;
    ++counts_.hints_stored;
  }
  hand_off_at_ = std::min(hand_off_at_, now + config_.handoff_pause);
}

void LeaderlessNode::hand_off(sim::Duration now) {
  hand_off_at_ = never;
  for (std::uint32_t turn = 0; turn <= config_.members; ++turn) {
    const std::uint32_t member = hand_off_member_;
    auto& of_replica = hints_[member];
    if (!suspects(member)) {
      const auto hint = of_replica.lower_bound(hand_off_key_);
      if (hint != of_replica.end()) {
        hand_off_key_ = hint->first + 1;
        Message message;
        message.kind = Message::Kind::hand_off;
        message.key = hint->first;
        message.value = hint->second;
        send(member, std::move(message));
        hand_off_at_ = now + config_.handoff_pause;
        return;
      }
    }
    hand_off_member_ = (member + 1) % config_.members;
    hand_off_key_ = 0;
    // Once round: those handed off get time for their acks before they are sent again.
    if (hand_off_member_ == 0 && hints_held_ > 0) {
      hand_off_at_ = now + config_.timeout;
      return;
    }
  }
}

// ---- Anti-entropy -------------------------------------------------------------------------------

void LeaderlessNode::exchange(sim::Duration now) {
  exchange_at_ = now + *config_.anti_entropy_interval;
  for (std::size_t tried = 0; tried < pairs_.size(); ++tried) {
    const auto [partition, peer] = pairs_[next_pair_];
    next_pair_ = (next_pair_ + 1) % pairs_.size();
    if (suspects(peer)) continue;
    ++counts_.exchanges;
    auto body = std::make_shared<AntiEntropyBody>();
    body->partition = partition;
    body->nodes.push_back({0, table_.tree(partition).hash(0, 0)});
    send_tree(peer, std::move(body), Message::Kind::tree);
    return;
  }
}

void LeaderlessNode::send_tree(std::uint32_t to, std::shared_ptr<const AntiEntropyBody> body,
                               Message::Kind kind, Wait wait) {
  Message message;
  message.kind = kind;
  message.body = std::move(body);
  ++counts_.tree_messages;
  counts_.tree_bytes += static_cast<std::uint64_t>(message.bytes());
  send(to, std::move(message), wait);
}

void LeaderlessNode::compare_trees(std::uint32_t from, const AntiEntropyBody& theirs) {
  MerkleTree& tree = table_.tree(theirs.partition);
  const std::vector<std::uint32_t> differing = tree.differing(theirs.level, theirs.nodes);
  if (differing.empty()) return;
  auto body = std::make_shared<AntiEntropyBody>();
  body->partition = theirs.partition;
  if (theirs.level < tree.depth()) {
    body->level = theirs.level + 1;
    body->nodes = tree.children(theirs.level, differing);
    send_tree(from, std::move(body), Message::Kind::tree);
    return;
  }
  body->leaves = differing;
  for (const std::uint32_t leaf : differing) {
    for (const std::uint64_t key : table_.keys_in(theirs.partition, leaf)) {
      body->digests.push_back({key, table_.find(key)->digest()});
    }
  }
  counts_.keys_compared += body->digests.size();
  send_tree(from, std::move(body), Message::Kind::digests);
}

void LeaderlessNode::compare_digests(std::uint32_t from, const AntiEntropyBody& theirs) {
  auto body = std::make_shared<AntiEntropyBody>();
  body->partition = theirs.partition;
  std::vector<std::uint64_t> told;
  for (const AntiEntropyBody::KeyDigest& each : theirs.digests) {
    told.push_back(each.key);
    const VersionedValue* mine = table_.find(each.key);
    if (mine && mine->digest() == each.digest) continue;
    if (mine) body->values.push_back({each.key, *mine});
    body->wanted.push_back(each.key);
  }
  std::sort(told.begin(), told.end());
  for (const std::uint32_t leaf : theirs.leaves) {
    for (const std::uint64_t key : table_.keys_in(theirs.partition, leaf)) {
      if (std::binary_search(told.begin(), told.end(), key)) continue;
      body->values.push_back({key, *table_.find(key)});
    }
  }
  if (body->values.empty() && body->wanted.empty()) return;
  counts_.keys_sent += body->values.size();
  send_tree(from, std::move(body), Message::Kind::values, Wait::read);
}

void LeaderlessNode::take_values(std::uint32_t from, const AntiEntropyBody& theirs) {
  for (const AntiEntropyBody::KeyValue& each : theirs.values) {
    record(header_bytes + each.value.bytes());
    counts_.keys_repaired += table_.merge(each.key, each.value) ? 1 : 0;
  }
  if (theirs.wanted.empty()) return;
  auto body = std::make_shared<AntiEntropyBody>();
  body->partition = theirs.partition;
  for (const std::uint64_t key : theirs.wanted) {
    if (const VersionedValue* mine = table_.find(key)) body->values.push_back({key, *mine});
  }
  if (body->values.empty()) return;
  counts_.keys_sent += body->values.size();
  send_tree(from, std::move(body), Message::Kind::values, Wait::read);
}

// ---- Messages and alarms ------------------------------------------------------------------------

void LeaderlessNode::send(std::uint32_t to, Message message, Wait wait) {
  outgoing.push_back({to, wait, position_, std::move(message)});
}

void LeaderlessNode::receive(std::uint32_t from, const Message& message, sim::Duration now) {
  using Kind = Message::Kind;
  if (suspects_ != 0) heard_of(from, now);
  Message reply;
  reply.operation = message.operation;
  reply.key = message.key;
  switch (message.kind) {
    case Kind::write:
      reply.kind = Kind::write_ack;
      if (message.intended != Message::nobody) {
        ++counts_.fallback_writes;
        suspect(message.intended, now);
        keep_hint(message.intended, message.key, message.value, now);
      } else {
        // What was numbered here has its record.
        const bool recorded = from == config_.self && config_.rule == VersionRule::vector_clock;
        if (!recorded) record(header_bytes + message.value.bytes());
        if (!table_.merge(message.key, message.value) &&
            config_.rule == VersionRule::last_write_wins) {
          ++counts_.superseded;
        }
      }
      send(from, std::move(reply), Wait::sync);
      return;
    case Kind::read:
      reply.kind = Kind::read_reply;
      reply.value = local(message.key);
      send(from, std::move(reply), Wait::read);
      return;
    case Kind::write_ack:
    case Kind::read_reply:
      answered(from, message);
      return;
    case Kind::repair:
      record(message.bytes());
      counts_.repairs_made += table_.merge(message.key, message.value) ? 1 : 0;
      return;
    case Kind::hand_off:
      record(message.bytes());
      table_.merge(message.key, message.value);
      reply.kind = Kind::hand_off_ack;
      reply.operation = message.value.digest();
      send(from, std::move(reply), Wait::sync);
      return;
    case Kind::hand_off_ack: {
      const auto hint = hints_[from].find(message.key);
      if (hint == hints_[from].end() || hint->second.digest() != message.operation) return;
      hints_[from].erase(hint);
      --hints_held_;
      ++counts_.hints_delivered;
      return;
    }
    case Kind::probe:
      reply.kind = Kind::probe_ack;
      send(from, std::move(reply));
      return;
    case Kind::probe_ack:
      return;
    case Kind::tree:
      compare_trees(from, *message.body);
      return;
    case Kind::digests:
      compare_digests(from, *message.body);
      return;
    case Kind::values:
      take_values(from, *message.body);
      return;
  }
}

sim::Duration LeaderlessNode::next_alarm() {
  while (!overdue_.empty() && !find(overdue_.front().operation)) overdue_.pop_front();
  while (!timeouts_.empty() && !find(timeouts_.front().operation)) timeouts_.pop_front();
  sim::Duration next = std::min({probe_at_, hand_off_at_, exchange_at_});
  if (!overdue_.empty()) next = std::min(next, overdue_.front().at);
  if (!timeouts_.empty()) next = std::min(next, timeouts_.front().at);
  return next;
}

void LeaderlessNode::wake(sim::Duration now) {
  while (!overdue_.empty() && overdue_.front().at <= now) {
    const std::uint64_t id = overdue_.front().operation;
    overdue_.pop_front();
    if (Operation* operation = find(id)) suspect_silent(id, *operation, now);
  }
  while (!timeouts_.empty() && timeouts_.front().at <= now) {
    const std::uint64_t id = timeouts_.front().operation;
    timeouts_.pop_front();
    Operation* operation = find(id);
    if (!operation) continue;
    if (!operation->done) {
      ++counts_.timeouts;
      finish(*operation, End::timeout);
    }
    if (operation->is_read) {
      repair(*operation);
    } else {
      for (const auto& [member, missing] : operation->stand_ins) {
        if ((operation->answered & bit(member)) != 0) continue;
        keep_hint(missing, operation->key, operation->value, now);
      }
    }
    close(id);
  }
  if (probe_at_ <= now) {
    probe_at_ = suspects_ == 0 ? never : now + config_.probe_interval;
    for (std::uint32_t member = 0; member < config_.members; ++member) {
      if (!suspects(member)) continue;
      Message probe;
      probe.kind = Message::Kind::probe;
      send(member, std::move(probe));
    }
  }
  if (hand_off_at_ <= now) hand_off(now);
  if (exchange_at_ <= now) exchange(now);
}

}  // namespace faultline::models
