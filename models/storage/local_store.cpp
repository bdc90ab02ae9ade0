#include "models/storage/local_store.hpp"

#include <array>
#include <string>

namespace faultline::models {

using sim::Operation;
using sim::Reply;
using sim::Request;
using sim::Task;
using Verdict = Isolation::Verdict;
using Why = Isolation::Why;

void LocalStoreParams::describe(sim::ParamList<LocalStoreParams>& list) {
  list.add("isolation", &LocalStoreParams::isolation,
           "How transactions are kept apart; without it there are none");
  list.add("idle_timeout", &LocalStoreParams::idle_timeout,
           "How long a transaction may say nothing before it is aborted")
      .above(sim::Duration(0));
}

LocalStore::LocalStore(const LocalStoreParams& params, const sim::BuildContext& context,
                       StorageEngine& storage)
    : node_(context.node()),
      storage_(storage),
      idle_timeout_(params.idle_timeout),
      keeps_values_(context.values_matter()) {
  if (params.isolation) isolation_ = params.isolation.make({});
}

Task<Reply> LocalStore::serve(const Request& request, std::int64_t bytes) {
  if (isolation_) return serve_alone(request, bytes);
  return request.is_read() ? read_table(request, bytes) : write_table(request);
}

Task<Reply> LocalStore::read_table(const Request& request, std::int64_t bytes) {
  if (!storage_.is_free()) {
    auto reading = storage_.read(request.key, bytes);
    co_await reading;
  }
  Reply reply;
  reply.size = bytes;
  reply.value = values_.read(request.key);
  co_return reply;
}

Task<Reply> LocalStore::write_table(const Request& request) {
  LogPosition position = 0;
  if (!storage_.is_free()) {
    auto writing = storage_.write(request.key, request.size);
    co_await writing;
    position = storage_.append(request.size);
    auto syncing = storage_.sync(position);
    co_await syncing;
  }
  if (keeps_values_) {
    remember(position, request.key, values_.read(request.key));
    values_.write(request.key, request.value);
  }
  co_return Reply::done(request);
}

void LocalStore::remember(LogPosition position, std::uint64_t key, std::uint64_t value_before) {
  if (storage_.is_free()) return;
  while (!undo_.empty() && undo_.front().position <= storage_.survives()) undo_.pop_front();
  if (position > storage_.survives()) undo_.push_back({position, key, value_before});
}

Task<Reply> LocalStore::serve_alone(const Request& request, std::int64_t bytes) {
  const Transaction transaction = ++last_;
  isolation_->begin(transaction);
  auto asking = ask(request, transaction);
  const Isolation::Answer answer = co_await asking;
  if (answer.verdict == Verdict::abort) {
    abort(transaction, answer.why);
    co_return Reply::fail(sim::Reason::aborted);
  }
  if (!storage_.is_free()) {
    auto work = request.is_read() ? storage_.read(request.key, bytes)
                                  : storage_.write(request.key, request.size);
    co_await work;
  }
  auto committing = commit(transaction, request.is_read() ? 0 : request.size);
  Reply reply = co_await committing;
  if (reply.is_ok() && request.is_read()) {
    reply.size = bytes;
    reply.value = answer.value;
    reply.effect = false;
  }
  co_return reply;
}

Reply LocalStore::begin(const Request& request, sim::Resource::Lease connection) {
  const Name name{request.id, request.connection};
  if (open_.count(name) > 0) return Reply::fail(sim::Reason::error);
  if (overtaken_.erase(name) > 0) return Reply::fail(sim::Reason::aborted);
  auto open = std::make_unique<Open>(node_, [this, name] { idle(name); });
  open->number = ++last_;
  open->connection = std::move(connection);
  open->idle_timer.set(node_.kernel().now() + idle_timeout_);
  isolation_->begin(open->number);
  open_.emplace(name, std::move(open));
  return Reply::ok();
}

Task<Reply> LocalStore::step(const Request& request, std::int64_t bytes) {
  const Name name{request.id, request.connection};
  const auto found = open_.find(name);
  // Unknown: it was aborted, by a time-out or by a crash.
  if (found == open_.end()) {
    if (request.operation == Operation::abort) remember_abort(name);
    co_return Reply::fail(sim::Reason::aborted);
  }
  Open& open = *found->second;
  if (open.busy) {
    // Whoever asked before has given up waiting for the answer; only an abort can follow.
    if (request.operation != Operation::abort) co_return Reply::fail(sim::Reason::error);
    open.given_up = true;
    if (const auto waits = waiting_.find(open.number); waits != waiting_.end()) {
      waits->second->set(false);
      waiting_.erase(waits);
    }
    co_return Reply::ok();
  }
  open.busy = true;
  open.idle_timer.cancel();
  auto doing = do_step(request, bytes, open);
  const Reply reply = co_await doing;
  open.busy = false;
  const bool ends = request.operation == Operation::commit || request.operation == Operation::abort;
  if (ends || !reply.is_ok()) {
    end(name);
  } else if (open.given_up) {
    abort(open.number, Why::asked);
    end(name);
  } else {
    open.idle_timer.set(node_.kernel().now() + idle_timeout_);
  }
  co_return reply;
}

Task<Reply> LocalStore::do_step(const Request& request, std::int64_t bytes, Open& open) {
  switch (request.operation) {
    case Operation::commit: {
      auto committing = commit(open.number, open.log_bytes);
      co_return co_await committing;
    }
    case Operation::abort:
      abort(open.number, Why::asked);
      co_return Reply::ok();
    default:
      break;
  }
  auto asking = ask(request, open.number);
  const Isolation::Answer answer = co_await asking;
  if (answer.verdict != Verdict::go_on) {
    abort(open.number, answer.why);
    co_return Reply::fail(sim::Reason::aborted);
  }
  if (!storage_.is_free()) {
    auto work = request.is_read() ? storage_.read(request.key, bytes)
                                  : storage_.write(request.key, request.size);
    co_await work;
  }
  Reply reply;
  if (request.is_read()) {
    reply.size = bytes;
    reply.value = answer.value;
  } else {
    open.log_bytes += request.size;
  }
  co_return reply;
}

Task<Isolation::Answer> LocalStore::ask(const Request& request, Transaction transaction) {
  std::optional<sim::Time> began;
  for (;;) {
    const Isolation::Answer answer =
        request.is_read() ? isolation_->read(transaction, request.key)
                          : isolation_->write(transaction, request.key, request.value);
    wake();
    if (answer.verdict != Verdict::wait) {
      if (began) lock_wait_.record((node_.kernel().now() - *began).count());
      co_return answer;
    }
    if (!began) began = node_.kernel().now();
    sim::OneShot<bool> turn(node_.kernel(), sim::WaitFor::turn);
    waiting_[transaction] = &turn;
    auto waiting = turn.wait();
    const bool goes_on = co_await waiting;
    if (!goes_on) co_return Isolation::Answer{.verdict = Verdict::abort};
  }
}

Task<Reply> LocalStore::commit(Transaction transaction, std::int64_t log_bytes) {
  const Isolation::Answer answer = isolation_->prepare(transaction);
  wake();
  if (answer.verdict != Verdict::go_on) {
    abort(transaction, answer.why);
    co_return Reply::fail(sim::Reason::aborted);
  }
  const bool wrote = !isolation_->writes(transaction).empty();
  LogPosition position = 0;
  if (wrote && !storage_.is_free()) {
    position = storage_.append(log_bytes);
    auto syncing = storage_.sync(position);
    co_await syncing;
  }
  for (const Isolation::Write& write : isolation_->writes(transaction)) {
    remember(position, write.key, isolation_->committed(write.key));
  }
  isolation_->commit(transaction);
  wake();
  Reply reply;
  reply.effect = wrote;
  co_return reply;
}

void LocalStore::abort(Transaction transaction, Why why) {
  isolation_->abort(transaction, why);
  wake();
}

void LocalStore::idle(Name name) {
  ++idle_aborts_;
  abort(open_.at(name)->number, Why::asked);
  end(name);
}

/// Of those that never come, because they had ended or were rejected, the oldest are forgotten.
void LocalStore::remember_abort(const Name& name) {
  constexpr std::size_t remembered = 10'000;
  if (!overtaken_.insert(name).second) return;
  overtaken_order_.push_back(name);
  if (overtaken_order_.size() <= remembered) return;
  overtaken_.erase(overtaken_order_.front());
  overtaken_order_.pop_front();
}

void LocalStore::end(const Name& name) {
  const auto found = open_.find(name);
  // Its alarm may be ringing just now, so it goes when the next one ends.
  closing_ = std::move(found->second);
  closing_->connection.release();
  closing_->idle_timer.cancel();
  open_.erase(found);
}

void LocalStore::wake() {
  for (const Transaction transaction : isolation_->take_woken()) {
    const auto waits = waiting_.find(transaction);
    if (waits == waiting_.end()) continue;
    waits->second->set(true);
    waiting_.erase(waits);
  }
}

void LocalStore::crashed() {
  waiting_.clear();
  open_.clear();
  overtaken_.clear();
  overtaken_order_.clear();
  if (isolation_) {
    cut_off_ += isolation_->active();
    isolation_->crash();
  }
  // The newest first: each key ends with what it held before the first write that is lost.
  while (!undo_.empty() && undo_.back().position > storage_.survives()) {
    const Undo undo = undo_.back();
    undo_.pop_back();
    if (isolation_) {
      isolation_->restore(undo.key, undo.value);
    } else {
      values_.write(undo.key, undo.value);
    }
  }
  undo_.clear();
}

void LocalStore::describe_statistics(sim::NodeStatistics& statistics) {
  if (!isolation_) return;
  const auto count = [&](std::string name, auto read) {
    statistics.scalar(std::move(name), [this, read](sim::Time) {
      return static_cast<double>(read(isolation_->counts()) - read(at_reset_));
    });
  };
  using Counts = Isolation::Counts;
  count("transactions_begun", [](const Counts& counts) { return counts.begun; });
  count("transactions_committed", [](const Counts& counts) { return counts.committed; });
  const std::array<const char*, Isolation::why_count> names{
      "transactions_given_up", "aborted_deadlock", "aborted_conflict", "aborted_serialization"};
  for (std::size_t why = 0; why < names.size(); ++why) {
    count(names[why], [why](const Counts& counts) { return counts.aborted[why]; });
  }
  count("lock_waits", [](const Counts& counts) { return counts.waits; });
  count("lost_updates", [](const Counts& counts) { return counts.lost_updates; });
  count("dirty_reads", [](const Counts& counts) { return counts.dirty_reads; });
  statistics.scalar("idle_aborts", [this](sim::Time) { return static_cast<double>(idle_aborts_); });
  statistics.scalar("transactions_cut_off",
                    [this](sim::Time) { return static_cast<double>(cut_off_); });
  statistics.scalar("transactions_open",
                    [this](sim::Time) { return static_cast<double>(isolation_->active()); });
  statistics.scalar("versions",
                    [this](sim::Time) { return static_cast<double>(isolation_->versions()); });
  statistics.histogram("lock_wait_seconds", lock_wait_);
  statistics.on_reset([this](sim::Time) {
    at_reset_ = isolation_->counts();
    idle_aborts_ = cut_off_ = 0;
    lock_wait_.reset();
  });
}

}  // namespace faultline::models
