#include "models/storage/shard_gate.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {

using sim::Operation;
using sim::Reply;
using sim::Request;
using sim::Task;

namespace {

constexpr std::size_t sample_size = 256;

/// A bell in a list, for as long as somebody waits.
class Listed {
 public:
  Listed(std::vector<Bell*>& list, Bell& bell) : list_(list), bell_(bell) {
    list_.push_back(&bell);
  }
  Listed(const Listed&) = delete;
  ~Listed() { std::erase(list_, &bell_); }

 private:
  std::vector<Bell*>& list_;
  Bell& bell_;
};

void ring_all(const std::vector<Bell*>& bells) {
  for (Bell* bell : bells) bell->ring();
}

/// One more of something, for as long as this lives.
class Counted {
 public:
  Counted(std::uint32_t& count, const std::vector<Bell*>& at_zero)
      : count_(count), at_zero_(at_zero) {
    ++count_;
  }
  Counted(const Counted&) = delete;
  ~Counted() {
    if (--count_ == 0) ring_all(at_zero_);
  }

 private:
  std::uint32_t& count_;
  const std::vector<Bell*>& at_zero_;
};

}  // namespace

ShardGate::ShardGate(const sim::BuildContext& context, Serve serve)
    : node_(context.node()),
      random_(context.stream("split_sample")),
      serve_(std::move(serve)),
      sampler_(sample_size, random_) {}

void ShardGate::join(ShardMap& map, std::size_t shard) {
  SIM_ASSERT(!map_);
  map_ = &map;
  shard_ = shard;
  versions_.assign(map.slots(), map.latest());
  inside_.assign(map.slots(), 0);
}

ShardGate::Answer ShardGate::ask(std::uint64_t key) const {
  const std::size_t slot = map_->slot_of(key);
  if (place(versions_[slot], key) != shard_) return Answer::moved;
  return phase_ == Phase::holding && moves(key) ? Answer::wait : Answer::enter;
}

ShardGate::Stay::Stay(ShardGate& gate, const Request& request)
    : gate_(&gate), key_(request.key), writes_(!request.is_read()) {
  ++gate.inside_[gate.map_->slot_of(key_)];
  gate.sampler_.saw(key_);
  // When it comes in: whenever its effect is there, it has been noted.
  if (writes_) gate.note_write(key_);
}

void ShardGate::note_write(std::uint64_t key) {
  written_.insert(key);
  if (moves(key)) dirty_.insert(key);
}

void ShardGate::left(std::uint64_t key, bool wrote) {
  --inside_[map_->slot_of(key)];
  // Also when it leaves: it may have come in before the track, and taken effect after the copy.
  if (wrote) note_write(key);
  look_again();
}

void ShardGate::look_again() {
  if (!settling_.empty()) ring_all(settling_);
}

Task<bool> ShardGate::wait(std::uint64_t key, sim::Time limit) {
  while (ask(key) == Answer::wait) {
    Bell bell(node_.kernel(), sim::WaitFor::turn);
    const Listed listed(waiting_, bell);
    const bool rung = co_await bell.until(limit);
    if (!rung) co_return false;
  }
  co_return true;
}

Task<Reply> ShardGate::take(const Request& request) {
  ShardCommand* command = find(request.key);
  if (!command || !map_) co_return Reply::fail(sim::Reason::expired);
  Reply reply;
  switch (command->kind) {
    case ShardCommand::Kind::track:
      track(*command);
      break;
    case ShardCommand::Kind::hold: {
      auto holding = hold(*command, request.key);
      co_await holding;
      break;
    }
    case ShardCommand::Kind::seal: {
      auto sealing = seal(*command, request.key);
      co_await sealing;
      break;
    }
    case ShardCommand::Kind::switch_over:
      switch_over(*command);
      break;
    case ShardCommand::Kind::copy_read: {
      Request read = request;
      read.operation = Operation::read;
      read.key = command->key;
      auto reading = serve_(read);
      reply = co_await reading;
      break;
    }
    case ShardCommand::Kind::query: {
      Request query = request;
      query.operation = command->reads ? Operation::read : Operation::write;
      query.key = command->key;
      auto serving = serve_(query);
      co_return co_await serving;
    }
    case ShardCommand::Kind::copy_write: {
      const ShardCommand copy = *command;
      auto writing = copy_write(request, copy, reply);
      co_await writing;
      break;
    }
    case ShardCommand::Kind::load:
      command->requests = sampler_.seen();
      command->split = sampler_.split();
      sampler_.clear();
      break;
    case ShardCommand::Kind::look_up:
      co_return Reply::fail(sim::Reason::error);  // Of a directory.
  }
  // Whoever asked may be gone by now.
  if (ShardCommand* still = find(request.key); still && reply.is_ok()) {
    still->done = true;
    still->value = reply.value;
  }
  co_return reply;
}

void ShardGate::track(ShardCommand& command) {
  // What is held already stays so: the directory has been away and begins this slot again.
  if (phase_ != Phase::holding || slot_ != command.slot) {
    phase_ = Phase::tracking;
    slot_ = command.slot;
    dirty_.clear();
  }
  target_ = command.version;
  for (const std::uint64_t key : written_) {
    if (moves(key) && place(versions_[slot_], key) == shard_) command.keys.push_back(key);
  }
  // The set has no order of its own.
  std::sort(command.keys.begin(), command.keys.end());
}

/// Nothing that was let in can still touch the keys that move.
bool ShardGate::is_settled() const {
  if (inside_[slot_] > 0) return false;
  return !busy_ || std::none_of(written_.begin(), written_.end(),
                                [this](std::uint64_t key) { return moves(key) && busy_(key); });
}

Task<void> ShardGate::hold(ShardCommand& command, std::uint64_t ticket) {
  if (versions_[command.slot] == command.version) co_return;  // It has been over for long.
  phase_ = Phase::holding;
  slot_ = command.slot;
  target_ = command.version;
  while (!is_settled()) {
    Bell bell(node_.kernel());
    const Listed listed(settling_, bell);
    co_await bell.until(sim::time_max);
  }
  if (ShardCommand* still = find(ticket)) still->keys.assign(dirty_.begin(), dirty_.end());
}

Task<void> ShardGate::seal(ShardCommand& command, std::uint64_t) {
  sealed_ = command.version;
  sealed_slots_ = command.slot + 1;
  while (copies_ > 0) {
    Bell bell(node_.kernel());
    const Listed listed(settling_, bell);
    co_await bell.until(sim::time_max);
  }
}

void ShardGate::switch_over(ShardCommand& command) {
  versions_[command.slot] = command.version;
  if (phase_ != Phase::none && slot_ == command.slot) {
    phase_ = Phase::none;
    dirty_.clear();
  }
  ring_all(waiting_);
}

Task<void> ShardGate::copy_write(const Request& request, const ShardCommand& command,
                                 Reply& reply) {
  const bool sealed =
      command.version < sealed_ || (command.version == sealed_ && command.slot < sealed_slots_);
  if (sealed) {
    reply = Reply::fail(sim::Reason::expired);
    co_return;
  }
  const Counted copying(copies_, settling_);
  Request write = request;
  write.operation = Operation::write;
  write.key = command.key;
  write.value = command.value;
  written_.insert(command.key);
  auto writing = serve_(write);
  reply = co_await writing;
}

}  // namespace faultline::models
