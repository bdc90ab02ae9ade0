#include "models/algorithms/replication/chain.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

constexpr sim::Duration never = sim::Duration::max();
constexpr sim::Duration resend_pause_max = std::chrono::minutes(1);
constexpr std::int64_t header_bytes = 40;
constexpr std::size_t held_back_max = 65'536;
/// A tail that cannot tell how far things are.
constexpr std::uint64_t not_known = ~std::uint64_t{0};
/// Updates kept though they are committed, for what a crash takes back.
constexpr std::size_t log_max = 65'536;

}  // namespace

// ---- The master ---------------------------------------------------------------------------------

ChainMaster::ChainMaster(std::uint32_t members, sim::Duration detection_time)
    : detection_time_(detection_time), members_(members) {
  configuration_.epoch = 1;
  for (std::uint32_t member = 0; member < members; ++member) configuration_.chain.push_back(member);
  configuration_.lives.assign(members, 1);
}

void ChainMaster::began(sim::Duration now) {
  for (Member& member : members_) {
    member.at = now;
    member.status.life = std::max<std::uint32_t>(member.status.life, member.placed_life);
  }
}

void ChainMaster::answered(std::uint32_t member, const ChainStatus& status, sim::Duration now) {
  if (status.life == 0) return;
  members_[member].status = status;
  members_[member].at = now;
}

bool ChainMaster::decide(sim::Duration now) {
  ChainConfiguration next = configuration_;
  next.joined = ChainConfiguration::nobody;
  bool again = false;  // The same replicas, of which one began anew.
  const auto stays = [&](std::uint32_t member) {
    return is_here(member, now) && members_[member].status.life == members_[member].placed_life;
  };
  const Member* unsettled = nullptr;  // Joined, and may not have all that was committed.
  if (configuration_.joined != ChainConfiguration::nobody) {
    const Member& joined = members_[configuration_.joined];
    const bool settled = joined.status.epoch == configuration_.epoch && joined.status.settled;
    const std::uint32_t giver = configuration_.chain[configuration_.chain.size() - 2];
    if (!settled) {
      unsettled = &joined;
      next.joined = configuration_.joined;
    }
    doubts_ = !settled && stays(configuration_.joined) && !stays(giver);
    if (!settled && joined.status.epoch == configuration_.epoch && joined.status.given_up) {
      next.chain.pop_back();
      doubts_ = false;
    } else if (doubts_) {
      // It answers reads as soon as it has the rest, and may have it by now.
      return false;
    }
  }
  std::erase_if(next.chain, [&](std::uint32_t member) { return !stays(member); });
  if (next.chain.empty() || next.chain.back() != next.joined) {
    next.joined = ChainConfiguration::nobody;
  }
  if (next.chain.empty()) {
    // All are gone: whoever of the last chain is back has on its disk all that was committed.
    const auto back = std::find_if(configuration_.chain.begin(), configuration_.chain.end(),
                                   [&](std::uint32_t member) {
                                     return is_here(member, now) && &members_[member] != unsettled;
                                   });
    if (back == configuration_.chain.end()) return false;
    next.chain = {*back};
    next.joining = ChainConfiguration::nobody;
    members_[*back].placed_life = members_[*back].status.life;
    again = true;
  }
  const auto is_in_chain = [&](std::uint32_t member) {
    return std::find(next.chain.begin(), next.chain.end(), member) != next.chain.end();
  };
  if (next.joining != ChainConfiguration::nobody) {
    const Member& joining = members_[next.joining];
    const bool same_tail = next.chain.back() == configuration_.chain.back();
    if (!stays(next.joining)) {
      next.joining = ChainConfiguration::nobody;
      again = true;
    } else if (same_tail && joining.status.copied_in == configuration_.epoch) {
      next.chain.push_back(next.joining);
      next.joined = next.joining;
      next.joining = ChainConfiguration::nobody;
    }
  }
  if (next.joining == ChainConfiguration::nobody && next.joined == ChainConfiguration::nobody) {
    for (std::uint32_t member = 0; member < members_.size(); ++member) {
      if (is_in_chain(member) || !is_here(member, now)) continue;
      next.joining = member;
      members_[member].placed_life = members_[member].status.life;
      break;
    }
  }
  const bool same = next.chain == configuration_.chain && next.joining == configuration_.joining;
  if (same && !again) return false;
  ++next.epoch;
  next.lives.clear();
  for (const Member& member : members_) next.lives.push_back(member.placed_life);
  configuration_ = std::move(next);
  return true;
}

// ---- A replica ----------------------------------------------------------------------------------

std::int64_t ChainMessage::bytes() const {
  std::int64_t sum = header_bytes + (kind == Kind::update ? size : 0);
  if (copy) {
    for (const KeyValue& each : *copy) sum += 16 + each.size;
  }
  return sum;
}

ChainNode::ChainNode(const ChainConfig& config, ReplicaLog* log)
    : config_(config), engine_log_(log), resend_pause_(config.resend_after) {}

void ChainNode::start(sim::Duration now) {
  ++life_;
  durable_ = last();
  committed_ = std::min(committed_, last());
  if (life_ > 1) return;
  // As the master has it, too.
  ChainConfiguration first;
  first.epoch = 1;
  for (std::uint32_t member = 0; member < config_.members; ++member) first.chain.push_back(member);
  first.lives.assign(config_.members, 1);
  lease_.begin(local_);
  configure(first, now);
}

void ChainNode::crashed(std::uint64_t survives) {
  if (engine_log_) {
    while (!log_.empty() && log_.back().position > survives) {
      const Logged& undone = log_.back();
      if (undone.before_number == 0) {
        table_.erase(undone.key);
      } else {
        table_[undone.key] = {undone.before_value, undone.before_number, undone.before_size};
      }
      log_.pop_back();
      ++counts_.undone_by_crashes;
    }
  }
  place_ = nobody;
  joining_ = awaits_handover_ = gave_up_ = false;
  copied_in_ = 0;
  joiner_ = nobody;
  handed_over_.reset();
  held_back_.clear();
  early_.clear();
  waiting_.clear();
  queries_.clear();
  outgoing.clear();
  finished.clear();
  lease_.forget();
  resend_at_ = never;
}

ChainStatus ChainNode::asked(const ChainQuestion& question) {
  // One that does not know the chain as it is has no lease in it.
  if (question.epoch == configuration_.epoch) {
    lease_.confirm(question.confirmed);
    if (question.doubts && awaits_handover_) gave_up_ = true;
  }
  return {life_,    configuration_.epoch, copied_in_, in_chain() && !awaits_handover_,
          gave_up_, lease_.answer(local_)};
}

std::uint32_t ChainNode::neighbour(int step) const {
  if (!in_chain()) return nobody;
  const auto place = static_cast<std::int64_t>(place_) + step;
  if (place < 0 || place >= static_cast<std::int64_t>(configuration_.chain.size())) return nobody;
  return configuration_.chain[static_cast<std::size_t>(place)];
}

void ChainNode::leave() {
  for (const Waiting& each : waiting_) finished.push_back({each.token, End::unknown, 0});
  waiting_.clear();
  for (const auto& [token, key] : queries_) finished.push_back({token, End::not_here, 0});
  queries_.clear();
  resend_at_ = never;
}

void ChainNode::configure(const ChainConfiguration& configuration, sim::Duration now) {
  if (configuration.epoch <= configuration_.epoch) return;
  ++counts_.configurations;
  configuration_ = configuration;
  held_back_.clear();
  const auto& chain = configuration_.chain;
  const auto found = std::find(chain.begin(), chain.end(), config_.self);
  const bool in_this_life = configuration_.lives[config_.self] == life_;
  place_ = found == chain.end() || !in_this_life
               ? nobody
               : static_cast<std::uint32_t>(found - chain.begin());
  joining_ = configuration_.joining == config_.self && in_this_life;
  for (const auto& [token, key] : queries_) finished.push_back({token, End::not_here, 0});
  queries_.clear();
  awaits_handover_ = awaits_handover_ && in_chain();
  gave_up_ = false;
  if (!in_chain()) {
    leave();
    receive_early(now);
    return;
  }
  if (configuration_.joined == config_.self) {
    awaits_handover_ = true;
    handed_over_.reset();
  }
  if (!is_head()) {
    for (const Waiting& each : waiting_) finished.push_back({each.token, End::unknown, 0});
    waiting_.clear();
  }
  if (successor() != nobody) {
    // What is on its way from the old epoch will be ignored.
    const bool has_copy = configuration_.joined == successor() && joiner_ == successor();
    const std::uint64_t known = has_copy ? joiner_acked_ : committed_;
    counts_.resent += passed_on_ - std::min(passed_on_, known);
    passed_on_ = std::max(known, base_);
    if (has_copy) send_number(successor(), Message::Kind::handover, committed_);
  }
  if (is_tail() && configuration_.joining != nobody) give_copy(configuration_.joining);
  advance(now);
  receive_early(now);
}

/// What came of this epoch before the configuration did.
void ChainNode::receive_early(sim::Duration now) {
  auto early = std::move(early_);
  early_.clear();
  for (auto& [from, message] : early) {
    if (message.epoch >= configuration_.epoch) receive(from, message, now);
  }
}

// ---- Updates ------------------------------------------------------------------------------------

void ChainNode::append(std::uint64_t key, std::uint64_t value, std::int64_t size) {
  Held& held = table_[key];
  Logged logged{key, value, size, 0, held.value, held.number, held.size};
  if (engine_log_) logged.position = engine_log_->append(header_bytes + size);
  log_.push_back(logged);
  held = {value, last(), size};
  if (!engine_log_) durable_ = last();
  while (log_.size() > log_max && base_ < std::min(committed_, passed_on_)) {
    log_.pop_front();
    ++base_;
  }
}

std::optional<std::uint64_t> ChainNode::unsynced() const {
  if (durable_ >= last() || log_.empty()) return std::nullopt;
  return log_.back().position;
}

void ChainNode::synced(std::uint64_t position, sim::Duration now) {
  durable_ = std::max(durable_, base_);
  while (durable_ < last() && log_[durable_ - base_].position <= position) ++durable_;
  advance(now);
}

void ChainNode::begin_write(std::uint64_t token, std::uint64_t key, std::uint64_t value,
                            std::int64_t size, sim::Duration now) {
  if (!is_head()) {
    finished.push_back({token, End::not_here, 0});
    return;
  }
  append(key, value, size);
  waiting_.push_back({last(), token});
  advance(now);
}

/// What is on disk goes on: to the successor, or at the tail it is committed.
void ChainNode::advance(sim::Duration now) {
  if (joining_) {
    if (copied_in_ == configuration_.epoch && tail() != nobody) {
      send_number(tail(), Message::Kind::ack, durable_);
    }
    return;
  }
  if (!in_chain()) return;
  if (is_tail()) {
    const std::uint64_t before = committed_;
    commit(durable_);
    if (committed_ > before || awaits_handover_) {
      if (predecessor() != nobody) send_number(predecessor(), Message::Kind::ack, committed_);
      if (!is_head() && predecessor() != head()) {
        send_number(head(), Message::Kind::done, committed_);
      }
    }
    if (configuration_.joining != nobody) pass_on(configuration_.joining, joiner_sent_);
  } else {
    pass_on(successor(), passed_on_);
  }
  if (pending() == 0 || is_tail()) {
    resend_at_ = never;
    resend_pause_ = config_.resend_after;
  } else if (resend_at_ == never) {
    resend_at_ = now + resend_pause_;
    resend_seen_ = committed_;
  }
}

void ChainNode::pass_on(std::uint32_t to, std::uint64_t& sent) {
  sent = std::max(sent, base_);
  while (sent < durable_) {
    const Logged& logged = log_[sent - base_];
    ++sent;
    Message message;
    message.kind = Message::Kind::update;
    message.number = sent;
    message.key = logged.key;
    message.value = logged.value;
    message.size = logged.size;
    send(to, std::move(message));
  }
}

void ChainNode::commit(std::uint64_t number) {
  committed_ = std::max(committed_, std::min(number, last()));
  while (!waiting_.empty() && waiting_.front().number <= committed_) {
    finished.push_back({waiting_.front().token, End::ok, 0});
    waiting_.pop_front();
  }
  if (!awaits_handover_ || gave_up_ || !handed_over_) return;
  if (committed_ >= *handed_over_) awaits_handover_ = false;
}

void ChainNode::take_update(std::uint32_t from, const Message& message, sim::Duration now) {
  const bool to_joiner = joining_ && from == tail();
  if (!to_joiner && (!in_chain() || from != predecessor())) return;
  if (message.number > last() + 1 || (to_joiner && copied_in_ != configuration_.epoch)) {
    if (held_back_.size() < held_back_max) held_back_.emplace(message.number, message);
    return;
  }
  if (message.number <= last()) {
    // Sent again: who sent it has not heard how far things are.
    const std::uint64_t done = joining_ ? durable_ : committed_;
    if (message.number <= done) send_number(from, Message::Kind::ack, done);
    return;
  }
  append(message.key, message.value, message.size);
  while (!held_back_.empty() && held_back_.begin()->first <= last() + 1) {
    const Message next = std::move(held_back_.begin()->second);
    held_back_.erase(held_back_.begin());
    if (next.number == last() + 1) append(next.key, next.value, next.size);
  }
  advance(now);
}

// ---- Who joins ----------------------------------------------------------------------------------

void ChainNode::give_copy(std::uint32_t to) {
  ++counts_.copies;
  auto copy = std::make_shared<std::vector<Message::KeyValue>>();
  copy->reserve(table_.size());
  for (const auto& [key, held] : table_) {
    copy->push_back({key, value_at(key, committed_), held.size});
  }
  Message message;
  message.kind = Message::Kind::copy;
  message.number = committed_;
  message.copy = std::move(copy);
  send(to, std::move(message));
  joiner_ = to;
  joiner_sent_ = committed_;
  joiner_acked_ = 0;
}

void ChainNode::take_copy(std::uint32_t from, const Message& message) {
  if (!joining_ || from != tail()) return;
  log_.clear();
  table_.clear();
  base_ = durable_ = committed_ = passed_on_ = message.number;
  for (const Message::KeyValue& each : *message.copy) {
    table_[each.key] = {each.value, base_, each.size};
  }
  if (engine_log_) engine_log_->append(message.bytes());
  copied_in_ = configuration_.epoch;
  while (!held_back_.empty() && held_back_.begin()->first <= last() + 1) {
    const Message next = std::move(held_back_.begin()->second);
    held_back_.erase(held_back_.begin());
    if (next.number == last() + 1) append(next.key, next.value, next.size);
  }
}

// ---- Reads --------------------------------------------------------------------------------------

std::uint64_t ChainNode::value_at(std::uint64_t key, std::uint64_t limit) const {
  const auto found = table_.find(key);
  if (found == table_.end()) return 0;
  std::uint64_t value = found->second.value;
  std::uint64_t number = found->second.number;
  while (number > limit && number > base_) {
    const Logged& logged = log_[number - base_ - 1];
    value = logged.before_value;
    number = logged.before_number;
  }
  return value;
}

bool ChainNode::answers_reads() const {
  if (!in_chain() || awaits_handover_) return false;
  return lease_.since() != sim::Duration::min() && local_ < lease_.since() + config_.lease;
}

void ChainNode::begin_read(std::uint64_t token, std::uint64_t key) {
  if (!answers_reads() || (!is_tail() && !config_.apportioned)) {
    finished.push_back({token, End::not_here, 0});
    return;
  }
  const auto found = table_.find(key);
  if (is_tail() || found == table_.end() || found->second.number <= committed_) {
    ++counts_.clean_reads;
    finished.push_back({token, End::ok, value_at(key, committed_)});
    return;
  }
  ++counts_.dirty_reads;
  queries_.emplace(token, key);
  Message query;
  query.kind = Message::Kind::query;
  query.token = token;
  send(tail(), std::move(query));
}

// ---- Messages and alarms ------------------------------------------------------------------------

void ChainNode::send(std::uint32_t to, Message message) {
  message.epoch = configuration_.epoch;
  outgoing.push_back({to, std::move(message)});
}

void ChainNode::send_number(std::uint32_t to, Message::Kind kind, std::uint64_t number) {
  Message message;
  message.kind = kind;
  message.number = number;
  send(to, std::move(message));
}

void ChainNode::receive(std::uint32_t from, const Message& message, sim::Duration now) {
  if (message.epoch > configuration_.epoch && early_.size() < held_back_max) {
    early_.emplace_back(from, message);
    return;
  }
  if (message.epoch != configuration_.epoch || (!in_chain() && !joining_)) return;
  switch (message.kind) {
    case Message::Kind::update:
      take_update(from, message, now);
      break;
    case Message::Kind::ack:
      if (is_tail() && from == configuration_.joining) {
        joiner_acked_ = std::max(joiner_acked_, message.number);
        break;
      }
      if (from != successor()) break;
      if (message.number > committed_) {
        commit(message.number);
        if (predecessor() != nobody) send_number(predecessor(), Message::Kind::ack, committed_);
        resend_at_ = never;
        advance(now);
      }
      break;
    case Message::Kind::done:
      // Known to the clients before the acks have come all the way; what is passed on again after
      // a failure goes by the acks.
      if (from == tail() && is_head()) {
        while (!waiting_.empty() && waiting_.front().number <= message.number) {
          finished.push_back({waiting_.front().token, End::ok, 0});
          waiting_.pop_front();
        }
      }
      break;
    case Message::Kind::copy:
      take_copy(from, message);
      advance(now);
      break;
    case Message::Kind::handover:
      if (awaits_handover_ && from == predecessor()) {
        handed_over_ = message.number;
        commit(committed_);
      }
      break;
    case Message::Kind::query: {
      Message version;
      version.kind = Message::Kind::version;
      version.token = message.token;
      version.number = is_tail() && answers_reads() ? committed_ : not_known;
      send(from, std::move(version));
      break;
    }
    case Message::Kind::version: {
      const auto query = queries_.find(message.token);
      if (query == queries_.end()) break;
      if (message.number == not_known) {
        finished.push_back({message.token, End::not_here, 0});
      } else {
        const std::uint64_t limit = std::max(message.number, committed_);
        finished.push_back({message.token, End::ok, value_at(query->second, limit)});
      }
      queries_.erase(query);
      break;
    }
  }
}

void ChainNode::wake(sim::Duration now) {
  if (resend_at_ > now) return;
  resend_at_ = never;
  if (!in_chain() || is_tail() || pending() == 0) return;
  if (committed_ == resend_seen_) {
    counts_.resent += passed_on_ - std::min(passed_on_, committed_);
    passed_on_ = std::max(committed_, base_);
    resend_pause_ = std::min(2 * resend_pause_, resend_pause_max);
  }
  advance(now);
}

}  // namespace faultline::models
