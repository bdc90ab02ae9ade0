#include "models/storage/participant.hpp"

#include <algorithm>
#include <utility>

#include "sim/kernel/delay.hpp"
#include "sim/network/call.hpp"

namespace faultline::models {

using sim::Operation;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

namespace {

LockConflict conflict_of(const std::string& word) {
  if (word == "no_wait") return LockConflict::no_wait;
  return word == "wait_die" ? LockConflict::wait_die : LockConflict::wait;
}

/// The key under which the record of a prepare is written.
std::uint64_t record_of(std::uint64_t key) { return key | std::uint64_t{1} << 63; }

}  // namespace

void ParticipantParams::describe(sim::ParamList<ParticipantParams>& list) {
  list.add("on_conflict", &ParticipantParams::on_conflict,
           "What becomes of a transaction that wants a key which another one holds: it waits, is "
           "refused, or waits only for younger ones")
      .one_of({"wait", "no_wait", "wait_die"});
  list.add("lock_timeout", &ParticipantParams::lock_timeout,
           "How long a transaction or an ordinary request waits for a key at most")
      .above(sim::Duration(0));
  list.add("inquiry", &ParticipantParams::inquiry,
           "After so long in doubt, and again and again, it asks the coordinator")
      .above(sim::Duration(0));
  list.add("locked_reads", &ParticipantParams::locked_reads,
           "Whether a read of a locked key waits, or finds what was there before")
      .one_of({"wait", "pass"});
}

/// A part that has, or waits for, its lock and has not voted. Gives it up however it ends.
class Participant::Hold {
 public:
  Hold(Participant& participant, const Id& id) : participant_(participant), id_(id) {}
  Hold(const Hold&) = delete;
  ~Hold() {
    if (kept_) return;
    State& state = *participant_.state_;
    participant_.passed_on(id_.second, state.core.give_up(id_.first, id_.second));
  }
  void keep() { kept_ = true; }

 private:
  Participant& participant_;
  Id id_;
  bool kept_ = false;
};

/// An entry of a table of bells, for as long as somebody waits.
template <class Table>
class Entered {
 public:
  Entered(Table& table, typename Table::key_type key, Bell& bell)
      : table_(table), place_(insert(table, key, &bell)) {}
  Entered(const Entered&) = delete;
  ~Entered() { table_.erase(place_); }

 private:
  static typename Table::iterator insert(Table& table, const typename Table::key_type& key,
                                         Bell* bell) {
    if constexpr (requires { table.emplace(key, bell).second; }) {
      return table.emplace(key, bell).first;
    } else {
      return table.emplace(key, bell);
    }
  }
  Table& table_;
  typename Table::iterator place_;
};

class Participant::Applying {
 public:
  Applying(State& state, const Id& id) : state_(state), id_(id) { state_.applying[id_] = true; }
  Applying(const Applying&) = delete;
  ~Applying() { state_.applying.erase(id_); }

 private:
  State& state_;
  Id id_;
};

Participant::Participant(const ParticipantParams& params, const sim::BuildContext& context,
                         Serve serve)
    : node_(context.node()),
      network_(context.network()),
      params_(params),
      serve_(std::move(serve)),
      state_(std::make_shared<State>(conflict_of(params.on_conflict))) {}

Task<Reply> Participant::take(const Request& request) {
  if (request.operation == Operation::prepare) {
    auto preparing = prepare(request);
    co_return co_await preparing;
  }
  if (request.operation == Operation::commit) {
    auto committing = commit(request);
    co_return co_await committing;
  }
  co_return abort(request);
}

Task<Reply> Participant::prepare(const Request& request) {
  const Id id{request.id, request.key};
  const CommitParticipant::Part part{
      .transaction = {request.id, request.born.time_since_epoch().count()},
      .key = request.key,
      .value = request.value,
      .size = request.size};
  const CommitParticipant::Prepare answer = state_->core.prepare(part);
  if (answer == CommitParticipant::Prepare::voted_yes) co_return Reply::ok();
  if (answer == CommitParticipant::Prepare::refused) {
    ++refused_;
    co_return Reply::fail(sim::Reason::aborted);
  }
  Hold hold(*this, id);
  if (answer == CommitParticipant::Prepare::waits) {
    Bell bell(node_.kernel(), sim::WaitFor::turn);
    const Entered entered(state_->waiting, id, bell);
    const Time limit = std::min(request.deadline, node_.kernel().now() + params_.lock_timeout);
    const bool granted = co_await bell.until(limit);
    if (!granted) {
      ++refused_;
      co_return Reply::fail(sim::Reason::aborted);
    }
  }
  Request record = request;
  record.operation = Operation::write;
  record.key = record_of(request.key);
  record.value = request.id;
  auto writing = serve_(record);
  const Reply written = co_await writing;
  // What did not vote yes may forget, whatever became of the record.
  if (!written.is_ok() || !state_->core.logged(id.first, id.second)) {
    ++refused_;
    co_return Reply::fail(written.is_ok() ? sim::Reason::aborted : written.reason);
  }
  hold.keep();
  ++prepared_;
  state_->in_doubt[id] = node_.kernel().now();
  node_.spawn(inquire(id));
  co_return Reply::ok();
}

Task<Reply> Participant::commit(const Request& request) {
  const Id id{request.id, request.key};
  const auto part = state_->core.commit(id.first, id.second);
  if (!part) co_return Reply::done(request);
  // One that comes again while the first is being written waits for its turn to find it done.
  if (state_->applying.contains(id)) co_return Reply::fail(sim::Reason::rejected);
  const Applying applying(*state_, id);
  Request write = request;
  write.operation = Operation::write;
  write.value = part->value;
  write.size = part->size;
  auto writing = serve_(write);
  const Reply written = co_await writing;
  if (!written.is_ok()) co_return written;
  ended(id);
  passed_on(id.second, state_->core.applied(id.first, id.second));
  co_return written;
}

Reply Participant::abort(const Request& request) {
  const Id id{request.id, request.key};
  // A commit that is being written is past being aborted, and no coordinator says both.
  if (!state_->applying.contains(id)) {
    ended(id);
    // Who waits for the lock is told that he will not get it.
    passed_on(id.second, state_->core.abort(id.first, id.second));
  }
  return Reply::ok();
}

void Participant::ended(const Id& id) {
  const auto found = state_->in_doubt.find(id);
  if (found == state_->in_doubt.end()) return;
  in_doubt_.record((node_.kernel().now() - found->second).count());
  state_->in_doubt.erase(found);
}

void Participant::passed_on(Key key, const std::optional<TransactionTag>& next) {
  if (next) {
    const auto found = state_->waiting.find({next->id, key});
    SIM_ASSERT(found != state_->waiting.end());
    found->second->ring();
    return;
  }
  if (state_->core.holder(key)) return;
  const auto [begin, end] = state_->visitors.equal_range(key);
  for (auto each = begin; each != end; ++each) each->second->ring();
}

Task<bool> Participant::wait_for(const Request& request) {
  const Time begun = node_.kernel().now();
  const Time limit = std::min(request.deadline, begun + params_.lock_timeout);
  ++blocked_;
  while (is_locked(request.key)) {
    Bell bell(node_.kernel(), sim::WaitFor::turn);
    const Entered entered(state_->visitors, request.key, bell);
    const bool rung = co_await bell.until(limit);
    if (!rung) break;
  }
  blocked_seconds_ += sim::to_seconds(node_.kernel().now() - begun);
  co_return !is_locked(request.key);
}

Task<void> Participant::inquire(Id id) {
  const auto coordinator = static_cast<std::uint32_t>(id.first >> 40);
  const sim::Target target = network_.target_of(node_, coordinator);
  const sim::Patience patience(node_.kernel(), params_.inquiry);
  for (;;) {
    co_await sim::delay(params_.inquiry);
    if (!state_->core.is_in_doubt(id.first, id.second)) co_return;
    ++inquiries_;
    Request question{.id = id.first, .key = id.second};
    question.born = node_.kernel().now();
    question.operation = Operation::inquire;
    const Reply told = co_await sim::call(node_, target, question, patience);
    if (!told.is_ok()) continue;
    Request end = question;
    if (told.value == static_cast<std::uint64_t>(CommitAnswer::commit)) {
      end.operation = Operation::commit;
      auto committing = commit(end);
      co_await committing;
    } else if (told.value == static_cast<std::uint64_t>(CommitAnswer::abort) &&
               state_->core.is_in_doubt(id.first, id.second)) {
      end.operation = Operation::abort;
      abort(end);
    }
  }
}

void Participant::start() {
  for (const CommitParticipant::Part& part : state_->core.in_doubt()) {
    node_.spawn(inquire({part.transaction.id, part.key}));
  }
}

void Participant::describe_statistics(sim::NodeStatistics& statistics) {
  const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
    statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
  };
  count("prepared", prepared_);
  count("prepares_refused", refused_);
  count("inquiries", inquiries_);
  count("lock_waits", blocked_);
  statistics.scalar("lock_wait_seconds", [this](Time) { return blocked_seconds_; });
  statistics.scalar("locks_held",
                    [this](Time) { return static_cast<double>(state_->core.locks_held()); });
  statistics.histogram("in_doubt_seconds", in_doubt_);
  statistics.on_reset([this](Time) {
    prepared_ = refused_ = inquiries_ = blocked_ = 0;
    blocked_seconds_ = 0;
    in_doubt_ = {};
  });
}

}  // namespace faultline::models
