#include "models/algorithms/consensus/raft.hpp"

#include <algorithm>

namespace faultline::models {
namespace {

using Kind = RaftMessageKind;
using sim::Duration;

constexpr Duration never = Duration::max();

/// Times in an order of numbers, for asking what a quorum has reached; 0: no time at all.
constexpr std::uint64_t sign = std::uint64_t{1} << 63;
std::uint64_t as_number(Duration time) { return static_cast<std::uint64_t>(time.count()) ^ sign; }
Duration as_time(std::uint64_t number) {
  return Duration(static_cast<std::int64_t>(number ^ sign));
}

}  // namespace

Raft::Raft(const RaftConfig& config, RandomSource& random, const RaftDiskState& disk, Duration now)
    : config_(config),
      random_(random),
      log_(disk),
      hard_(disk.hard),
      commit_(disk.snapshot->index),
      handed_(disk.snapshot->index),
      heard_at_(now),
      durable_(log_.last()) {
  // It may have answered a leader just before the crash, so the promise of that answer, to vote
  // for nobody for a while, is kept: heard_at_ is now.
  if (config_.deviations.forget_vote) hard_.vote = nobody;
  if (disk.snapshot->index > 0) next_.restore = disk.snapshot;
  reset_election(now);
}

// --- Time ---------------------------------------------------------------------------------------

void Raft::tick(Duration now) {
  if (!leads()) {
    if (may_stand() && now - election_from_ >= timeout_) {
      stand(config_.pre_vote, false, now);
    }
    return;
  }
  if (config_.check_quorum && now >= quorum_check_at_) {
    const Duration active = as_time(membership().reached(
        [&](PeerId peer) { return as_number(peer == id() ? now : progress_of(peer)->active_at); }));
    if (now - active >= config_.election_timeout) {
      follow(hard_.term, nobody, now);
      return;
    }
    quorum_check_at_ = std::min(active, now) + config_.election_timeout;
  }
  if (transferring() && now >= transfer_until_) transfer_to_ = nobody;
  if (now >= heartbeat_at_) {
    // Reads that wait for the next round need not wait for the last one to end: its answers may be
    // lost.
    if (!reads_.empty() && reads_.back().round > round_) ++round_;
    send_heartbeats(now);
    if (!reads_.empty()) confirm_reads(now);  // The membership may have changed.
  }
}

Duration Raft::next_deadline() const {
  if (!leads()) return may_stand() ? election_from_ + timeout_ : never;
  Duration next = heartbeat_at_;
  if (config_.check_quorum) next = std::min(next, quorum_check_at_);
  if (transferring()) next = std::min(next, transfer_until_);
  return next;
}

void Raft::reset_election(Duration now) {
  election_from_ = now;
  timeout_ = config_.election_timeout;
  if (config_.election_spread > Duration(0)) {
    timeout_ += Duration(static_cast<std::int64_t>(
        random_.below(static_cast<std::uint64_t>(config_.election_spread.count()))));
  }
}

// --- Roles --------------------------------------------------------------------------------------

void Raft::set_hard(Term term, PeerId vote) {
  if (hard_ == HardState{term, vote}) return;
  hard_ = {term, vote};
  next_.write.hard_changed = true;
  dirty_ = true;
}

void Raft::follow(Term term, PeerId leader, Duration now) {
  if (term != hard_.term) set_hard(term, nobody);
  if (leads()) refuse_reads();
  role_ = RaftRole::follower;
  leader_ = leader;
  transfer_to_ = nobody;
  progress_.clear();
  reset_election(now);
}

void Raft::stand(bool pre, bool forced, Duration now) {
  const Term term = hard_.term + 1;
  if (pre) {
    role_ = RaftRole::pre_candidate;
  } else {
    set_hard(term, id());
    role_ = RaftRole::candidate;
  }
  leader_ = nobody;
  votes_.clear();
  forced_ = forced;
  reset_election(now);
  for (const PeerId peer : membership().everybody()) {
    if (peer == id() || !membership().has_voter(peer)) continue;
    RaftMessage message = message_to(peer, pre ? Kind::pre_vote : Kind::vote);
    message.term = term;
    message.index = log_.last();
    message.log_term = log_.last_term();
    message.forced = forced;
    // Votes are given to the log it says it has, so that must not be lost any more.
    post(std::move(message), pre ? Gate::none : Gate::all);
  }
  if (pre) {
    count_vote(id(), true, now);
    return;
  }
  RaftMessage own = message_to(id(), Kind::vote_response);
  post(std::move(own), Gate::all);
}

void Raft::count_vote(PeerId from, bool yes, Duration now) {
  const auto known = std::find_if(votes_.begin(), votes_.end(),
                                  [&](const auto& vote) { return vote.first == from; });
  if (known == votes_.end()) votes_.emplace_back(from, yes);
  const VoteResult result = membership().vote([&](PeerId peer) -> std::optional<bool> {
    for (const auto& [voter, vote] : votes_) {
      if (voter == peer) return vote;
    }
    return std::nullopt;
  });
  if (result == VoteResult::lost) {
    follow(hard_.term, nobody, now);
  } else if (result == VoteResult::won) {
    if (role_ == RaftRole::pre_candidate) {
      stand(false, false, now);
    } else {
      lead(now);
    }
  }
}

void Raft::lead(Duration now) {
  role_ = RaftRole::leader;
  leader_ = id();
  transfer_to_ = nobody;
  lease_given_up_ = false;
  round_ = 0;
  progress_.clear();
  match_progress(now);
  heartbeat_at_ = now + config_.heartbeat_interval;
  quorum_check_at_ = now + config_.election_timeout;
  // An entry of its own term, so that those of older terms before it can be committed.
  add(Entry{hard_.term, {}, nullptr});
  send_appends(true, now);
}

void Raft::heard_of_leader(PeerId leader, Duration now) {
  if (role_ != RaftRole::follower) {
    follow(hard_.term, leader, now);
  }
  leader_ = leader;
  election_from_ = now;
  heard_at_ = now;
}

void Raft::campaign(Duration now) {
  if (!leads() && may_stand()) stand(false, false, now);
}

void Raft::transfer(PeerId to, Duration now) {
  if (!leads() || to == id() || !membership().has_voter(to)) return;
  RaftProgress* peer = progress_of(to);
  if (peer == nullptr) return;
  transfer_to_ = to;
  transfer_until_ = now + config_.election_timeout;
  if (peer->match() == log_.last()) {
    send_timeout_now(to);
  } else {
    try_append(*peer, true, now);
  }
}

// --- Messages in --------------------------------------------------------------------------------

/// Brings the terms of the message and of this member together. False: the message is not for now.
bool Raft::settle_term(const RaftMessage& message, Duration now) {
  const bool asks_for_vote = message.kind == Kind::vote || message.kind == Kind::pre_vote;
  if (message.term > hard_.term) {
    const bool loyal = config_.check_quorum || message.kind == Kind::pre_vote;
    if (asks_for_vote && !message.forced && loyal && (leads() || heard_lately(now))) return false;
    // A pre-vote and a yes to it speak of a term that may never be.
    if (message.kind == Kind::pre_vote) return true;
    if (message.kind == Kind::pre_vote_response && !message.reject) return true;
    const bool from_leader = message.kind == Kind::append || message.kind == Kind::heartbeat ||
                             message.kind == Kind::snapshot;
    follow(message.term, from_leader ? message.from : nobody, now);
    return true;
  }
  if (message.term == hard_.term) return true;
  // Who is behind is told so: a leader in the past by an answer of this term, a candidate by a no.
  if (message.kind == Kind::append || message.kind == Kind::heartbeat ||
      message.kind == Kind::snapshot) {
    RaftMessage answer = message_to(message.from, Kind::append_response);
    answer.reject = true;
    answer.index = message.index;
    post(std::move(answer), Gate::hard);
  } else if (asks_for_vote) {
    RaftMessage no = message_to(
        message.from, message.kind == Kind::vote ? Kind::vote_response : Kind::pre_vote_response);
    no.reject = true;
    post(std::move(no), Gate::hard);
  }
  return false;
}

void Raft::receive(const RaftMessage& message, Duration now) {
  if (!settle_term(message, now)) return;
  switch (message.kind) {
    case Kind::vote:
    case Kind::pre_vote:
      vote_asked(message, now);
      return;
    case Kind::vote_response:
      if (role_ == RaftRole::candidate) count_vote(message.from, !message.reject, now);
      return;
    case Kind::pre_vote_response:
      if (role_ == RaftRole::pre_candidate && (message.reject || message.term == hard_.term + 1)) {
        count_vote(message.from, !message.reject, now);
      }
      return;
    case Kind::append:
      append_came(message, now);
      return;
    case Kind::heartbeat:
      heartbeat_came(message, now);
      return;
    case Kind::snapshot:
      snapshot_came(message, now);
      return;
    case Kind::timeout_now:
      // The leader itself wants it, so neither a pre-vote nor anybody's patience is asked.
      if (!leads() && may_stand()) stand(false, true, now);
      return;
    case Kind::append_response:
    case Kind::heartbeat_response:
      break;
  }
  if (!leads()) return;
  RaftProgress* peer = progress_of(message.from);
  if (peer == nullptr) return;
  peer->active_at = std::max(peer->active_at, now);
  peer->confirmed_at = std::max(peer->confirmed_at, message.sent);
  peer->round = std::max(peer->round, message.round);
  if (message.kind == Kind::append_response) {
    append_answered(message, *peer, now);
  } else {
    heartbeat_answered(*peer, now);
  }
  if (leads() && !reads_.empty()) confirm_reads(now);
}

void Raft::vote_asked(const RaftMessage& message, Duration now) {
  const bool pre = message.kind == Kind::pre_vote;
  const bool free = hard_.vote == message.from || (hard_.vote == nobody && leader_ == nobody) ||
                    (pre && message.term > hard_.term) || config_.deviations.vote_twice;
  const bool new_enough = message.log_term > log_.last_term() ||
                          (message.log_term == log_.last_term() && message.index >= log_.last()) ||
                          config_.deviations.no_election_restriction;
  RaftMessage answer =
      message_to(message.from, pre ? Kind::pre_vote_response : Kind::vote_response);
  if (free && new_enough && !leads()) {
    answer.term = message.term;
    if (!pre) {
      election_from_ = now;
      set_hard(hard_.term, message.from);
    }
  } else {
    answer.reject = true;
  }
  post(std::move(answer), pre ? Gate::hard : Gate::all);
}

void Raft::append_came(const RaftMessage& message, Duration now) {
  if (leads()) return;  // Only a deviation elects two in one term.
  heard_of_leader(message.from, now);
  RaftMessage answer = message_to(message.from, Kind::append_response);
  answer.round = message.round;
  answer.sent = message.sent;
  if (message.index < commit_) {
    // All that is committed agrees.
    answer.index = commit_;
    post(std::move(answer), Gate::all);
    return;
  }
  if (!log_.matches(message.index, message.log_term)) {
    // Only a deviation commits two entries in one place, and nothing brings these logs together.
    if (message.index == commit_) return;
    answer.reject = true;
    answer.index = message.index;
    // The last entry that can agree with a log whose entry at `index` is of `log_term`.
    answer.hint = log_.last_of_term(std::min(message.index, log_.last()), message.log_term);
    answer.log_term = log_.knows_term(answer.hint) ? log_.term_at(answer.hint) : 0;
    post(std::move(answer), Gate::hard);
    return;
  }
  LogIndex index = message.index;
  for (const Entry& entry : message.entries) {
    ++index;
    if (log_.matches(index, entry.term)) continue;
    if (index <= log_.last()) replace_from(index);
    add(entry);
  }
  commit_to(std::min(message.commit, index));
  answer.index = index;
  post(std::move(answer), Gate::all);
}

void Raft::heartbeat_came(const RaftMessage& message, Duration now) {
  if (leads()) return;
  heard_of_leader(message.from, now);
  commit_to(std::min(message.commit, log_.last()));
  RaftMessage answer = message_to(message.from, Kind::heartbeat_response);
  answer.round = message.round;
  answer.sent = message.sent;
  post(std::move(answer), Gate::hard);
}

void Raft::snapshot_came(const RaftMessage& message, Duration now) {
  if (leads()) return;
  heard_of_leader(message.from, now);
  const Snapshot& snapshot = *message.snapshot;
  if (snapshot.index > commit_) {
    if (log_.matches(snapshot.index, snapshot.term)) {
      commit_to(snapshot.index);  // It has these entries, and now knows that they are committed.
    } else {
      log_.restart_at(message.snapshot);
      commit_ = handed_ = snapshot.index;
      durable_ = 0;
      for (WriteUnderWay& write : writes_) write.last = 0;
      RaftWrite& write = next_.write;
      write.snapshot = message.snapshot;
      write.restored = true;
      write.drop_until = snapshot.index;
      write.first = write.last = 0;
      next_.restore = message.snapshot;
      next_.committed_first = 1;
      next_.committed_last = 0;
      dirty_ = true;
    }
  }
  RaftMessage answer = message_to(message.from, Kind::append_response);
  answer.index = commit_;
  answer.round = message.round;
  answer.sent = message.sent;
  post(std::move(answer), Gate::all);
}

void Raft::append_answered(const RaftMessage& message, RaftProgress& peer, Duration now) {
  using State = RaftProgress::State;
  if (message.reject) {
    // Its log has nothing of a later term than `log_term` before `hint`, so neither can agree later
    // than this log's last entry of that term.
    const LogIndex hint =
        message.log_term > 0
            ? log_.last_of_term(std::min(message.hint, log_.last()), message.log_term)
            : message.hint;
    if (peer.rejected(message.index, hint)) {
      if (peer.state() == State::replicate) peer.become_probe();
      send_append(peer, now);
    }
    return;
  }
  const LogIndex index = std::min(message.index, log_.last());
  const bool news = peer.agreed(index);
  if (!news && !(peer.match() == index && peer.state() == State::probe)) return;
  if (peer.state() == State::probe) {
    peer.become_replicate();
  } else if (peer.state() == State::snapshot) {
    if (peer.match() + 1 >= log_.first()) peer.become_replicate();
  } else {
    peer.arrived(index);
  }
  const PeerId from = message.from;
  if (try_commit(now)) {
    if (leads()) send_appends(config_.announce_commit, now);
  } else if (config_.announce_commit && peer.lacks_commit(commit_)) {
    send_append(peer, now);
  }
  // The commit may have ended the leadership or the membership of this peer.
  RaftProgress* still = leads() ? progress_of(from) : nullptr;
  if (still == nullptr) return;
  while (try_append(*still, false, now)) {
  }
  if (from == transfer_to_ && still->match() == log_.last()) send_timeout_now(from);
}

void Raft::heartbeat_answered(RaftProgress& peer, Duration now) {
  if (peer.state() == RaftProgress::State::snapshot && now >= peer.retry_at) peer.become_probe();
  if (peer.state() != RaftProgress::State::snapshot) peer.unpause();
  if (peer.match() < log_.last() || peer.state() == RaftProgress::State::probe) {
    send_append(peer, now);
  }
}

// --- Messages out -------------------------------------------------------------------------------

RaftMessage Raft::message_to(PeerId to, Kind kind) const {
  RaftMessage message;
  message.kind = kind;
  message.from = id();
  message.to = to;
  message.term = hard_.term;
  return message;
}

void Raft::post(RaftMessage message, Gate gate) {
  std::uint64_t needed = 0;
  if (gate == Gate::all) {
    needed = dirty_ ? next_write_ : next_write_ - 1;
  } else if (gate == Gate::hard) {
    needed = next_.write.hard_changed ? next_write_ : last_hard_write_;
  }
  if (needed > persisted_) {
    (gate == Gate::all ? held_ : held_for_term_).push_back({needed, std::move(message)});
  } else {
    next_.messages.push_back(std::move(message));
  }
}

void Raft::send_append(RaftProgress& peer, Duration now) { try_append(peer, true, now); }

bool Raft::try_append(RaftProgress& peer, bool even_if_empty, Duration now) {
  if (peer.paused()) return false;
  const LogIndex before = peer.next() - 1;
  if (!log_.knows_term(before)) {
    send_snapshot(peer, now);
    return true;
  }
  const bool replicates = peer.state() == RaftProgress::State::replicate;
  std::vector<Entry> entries;
  // Into a full window goes only an empty one: its answer shows what has arrived.
  if (!(replicates && peer.window_full())) {
    entries = log_.slice(peer.next(), config_.entries_per_message, config_.bytes_per_message);
  }
  if (entries.empty() && !even_if_empty) return false;
  RaftMessage message = message_to(peer.peer, Kind::append);
  message.index = before;
  message.log_term = log_.term_at(before);
  message.commit = commit_;
  message.round = round_;
  message.sent = now;
  message.entries = std::move(entries);
  std::int64_t bytes = 0;
  for (const Entry& entry : message.entries) bytes += entry.size();
  peer.sent(message.entries.size(), bytes, commit_);
  post(std::move(message));
  return true;
}

void Raft::send_snapshot(RaftProgress& peer, Duration now) {
  RaftMessage message = message_to(peer.peer, Kind::snapshot);
  message.snapshot = log_.snapshot();
  message.round = round_;
  message.sent = now;
  peer.become_snapshot(message.snapshot->index);
  peer.retry_at = now + config_.snapshot_retry;
  post(std::move(message));
}

void Raft::send_appends(bool even_if_empty, Duration now) {
  for (RaftProgress& peer : progress_) try_append(peer, even_if_empty, now);
}

void Raft::send_heartbeats(Duration now) {
  heartbeat_at_ = now + config_.heartbeat_interval;
  for (RaftProgress& peer : progress_) {
    RaftMessage message = message_to(peer.peer, Kind::heartbeat);
    // No more than the member is known to have in common with this log.
    message.commit = std::min(peer.match(), commit_);
    message.round = round_;
    message.sent = now;
    post(std::move(message));
  }
}

void Raft::send_timeout_now(PeerId to) {
  // From here on another may win at any time without anybody's patience being asked.
  lease_given_up_ = true;
  post(message_to(to, Kind::timeout_now));
}

// --- The log ------------------------------------------------------------------------------------

void Raft::add(Entry entry) {
  log_.append(std::move(entry));
  RaftWrite& write = next_.write;
  if (write.first == 0) write.first = log_.last();
  write.last = log_.last();
  dirty_ = true;
}

void Raft::replace_from(LogIndex index) {
  log_.truncate_from(index);
  durable_ = std::min(durable_, index - 1);
  for (WriteUnderWay& write : writes_) write.last = std::min(write.last, index - 1);
  // Something is put behind it in the same step, which sets the end.
  RaftWrite& write = next_.write;
  if (write.first >= index) write.first = 0;
}

bool Raft::propose(std::span<const Command> commands, Duration now) {
  if (!leads() || transferring()) return false;
  for (const Command& command : commands) add(Entry{hard_.term, command, nullptr});
  send_appends(false, now);
  return true;
}

bool Raft::change_membership(std::vector<PeerId> voters, std::vector<PeerId> learners,
                             Duration now) {
  if (!leads() || transferring() || voters.empty() || !has_committed_own()) return false;
  if (membership().is_joint() || log_.membership_index() > commit_) return false;
  std::sort(voters.begin(), voters.end());
  std::sort(learners.begin(), learners.end());
  auto next = std::make_shared<Membership>();
  next->voters = std::move(voters);
  next->learners = std::move(learners);
  if (next->voters != membership().voters && !config_.deviations.unjoined_membership) {
    next->outgoing = membership().voters;
  }
  add(Entry{hard_.term, {}, std::move(next)});
  match_progress(now);
  send_appends(false, now);
  return true;
}

/// Makes the leader keep track of exactly the other members; also of those who leave, until that is
/// committed.
void Raft::match_progress(Duration now) {
  std::vector<PeerId> everybody = membership().everybody();
  if (log_.membership_index() > commit_) {
    const std::vector<PeerId> before = membership_before().everybody();
    everybody.insert(everybody.end(), before.begin(), before.end());
    std::sort(everybody.begin(), everybody.end());
    everybody.erase(std::unique(everybody.begin(), everybody.end()), everybody.end());
  }
  std::erase_if(progress_, [&](const RaftProgress& known) {
    return !std::binary_search(everybody.begin(), everybody.end(), known.peer);
  });
  for (const PeerId peer : everybody) {
    if (peer == id() || progress_of(peer) != nullptr) continue;
    const auto place = std::find_if(progress_.begin(), progress_.end(),
                                    [&](const RaftProgress& other) { return other.peer > peer; });
    progress_.insert(place, RaftProgress(peer, log_.last() + 1, config_.window, now));
  }
}

RaftProgress* Raft::progress_of(PeerId peer) {
  for (RaftProgress& known : progress_) {
    if (known.peer == peer) return &known;
  }
  return nullptr;
}

void Raft::commit_to(LogIndex index) {
  if (index > commit_) commit_ = index;
}

bool Raft::try_commit(Duration now) {
  const LogIndex reached = membership().reached(
      [&](PeerId peer) { return peer == id() ? durable_ : progress_of(peer)->match(); });
  if (reached <= commit_ || reached > log_.last()) return false;
  // Entries of older terms on a majority can still be lost to a later leader; one of its own term
  // cannot, and protects all before it.
  if (log_.term_at(reached) != hard_.term && !config_.deviations.commit_older_terms) return false;
  commit_ = reached;
  committed_more(now);
  return true;
}

/// A leader's commit index has moved.
void Raft::committed_more(Duration now) {
  if (has_committed_own() && !early_reads_.empty()) {
    const auto early = std::exchange(early_reads_, {});
    for (const auto& [read_id, mode] : early) read(read_id, mode, now);
  }
  if (log_.membership_index() == 0 || log_.membership_index() > commit_) return;
  if (membership().is_joint()) {
    // Both sets have agreed to the change: now the new one alone.
    auto next = std::make_shared<Membership>(membership());
    next->outgoing.clear();
    add(Entry{hard_.term, {}, std::move(next)});
    match_progress(now);
    send_appends(false, now);
  } else {
    // Who has left is told, as far as one message can, and would stand for election otherwise.
    for (RaftProgress& peer : progress_) {
      if (!membership().has(peer.peer)) send_append(peer, now);
    }
    match_progress(now);
    // It led the change to the end and is not part of it.
    if (!membership().has_voter(id())) follow(hard_.term, nobody, now);
  }
}

const Membership& Raft::membership_before() const {
  return log_.membership_at(log_.membership_index() - 1);
}

/// Who is not among the voters any more must still stand while that may not be committed: those who
/// remain may need its log.
bool Raft::may_stand() const {
  if (membership().has_voter(id())) return true;
  return log_.membership_index() > commit_ && membership_before().has_voter(id());
}

void Raft::compact(std::shared_ptr<const Snapshot> snapshot, LogIndex keep) {
  if (snapshot->index <= log_.snapshot()->index) return;
  RaftWrite& write = next_.write;
  write.snapshot = snapshot;
  if (snapshot->index > keep && snapshot->index - keep >= log_.first()) {
    write.drop_until = snapshot->index - keep;
    log_.drop_until(write.drop_until);
  }
  log_.set_snapshot(std::move(snapshot));
  dirty_ = true;
}

void Raft::persisted(std::uint64_t write_id, Duration now) {
  persisted_ = std::max(persisted_, write_id);
  while (!writes_.empty() && writes_.front().id <= persisted_) {
    durable_ = std::max(durable_, writes_.front().last);
    writes_.pop_front();
  }
  release(held_for_term_, now);
  release(held_, now);
  if (leads() && try_commit(now) && leads()) send_appends(config_.announce_commit, now);
}

/// Lets go what waited for what is durable now.
void Raft::release(std::deque<Held>& held, Duration now) {
  while (!held.empty() && held.front().write_id <= persisted_) {
    RaftMessage message = std::move(held.front().message);
    held.pop_front();
    if (message.term < hard_.term) continue;  // A promise of a term that is over helps nobody.
    if (message.to == id()) {
      receive(message, now);
    } else {
      next_.messages.push_back(std::move(message));
    }
  }
}

// --- Reads --------------------------------------------------------------------------------------

bool Raft::has_committed_own() const {
  return log_.knows_term(commit_) && log_.term_at(commit_) == hard_.term;
}

bool Raft::holds_lease(Duration now) const {
  if (!leads() || lease_given_up_ || !config_.check_quorum) return false;
  const std::uint64_t confirmed = membership().reached([&](PeerId peer) {
    if (peer == id()) return as_number(now);
    for (const RaftProgress& known : progress_) {
      if (known.peer == peer) return as_number(known.confirmed_at);
    }
    return std::uint64_t{0};
  });
  if (confirmed == 0) return false;
  const auto lease = static_cast<std::int64_t>(
      static_cast<double>(config_.election_timeout.count()) * (1.0 - config_.clock_drift));
  return now < as_time(confirmed) + Duration(lease);
}

void Raft::read(std::uint64_t read_id, ReadMode mode, Duration now) {
  if (!leads()) {
    next_.reads.push_back({read_id, false, 0});
    return;
  }
  if (config_.deviations.read_unconfirmed) {
    next_.reads.push_back({read_id, true, commit_});
    return;
  }
  if (!has_committed_own()) {
    // Until then it does not know all that its predecessors have committed.
    early_reads_.emplace_back(read_id, mode);
    return;
  }
  if (mode == ReadMode::lease && holds_lease(now)) {
    next_.reads.push_back({read_id, true, commit_});
    return;
  }
  const bool round_under_way = !reads_.empty();
  reads_.push_back({read_id, commit_, round_ + 1});
  if (!round_under_way) begin_round(now);
}

void Raft::begin_round(Duration now) {
  ++round_;
  send_heartbeats(now);
  confirm_reads(now);  // A group of one is its own quorum.
}

void Raft::confirm_reads(Duration now) {
  const std::uint64_t confirmed = membership().reached(
      [&](PeerId peer) { return peer == id() ? round_ : progress_of(peer)->round; });
  bool some = false;
  while (!reads_.empty() && reads_.front().round <= confirmed) {
    next_.reads.push_back({reads_.front().id, true, reads_.front().index});
    reads_.pop_front();
    some = true;
  }
  if (some && !reads_.empty() && reads_.front().round > round_) begin_round(now);
}

void Raft::refuse_reads() {
  for (const PendingRead& read : reads_) next_.reads.push_back({read.id, false, 0});
  for (const auto& early : early_reads_) next_.reads.push_back({early.first, false, 0});
  reads_.clear();
  early_reads_.clear();
}

// --- Output -------------------------------------------------------------------------------------

bool Raft::has_output() const {
  return dirty_ || commit_ > handed_ || !next_.messages.empty() || !next_.reads.empty() ||
         next_.restore != nullptr;
}

RaftOutput& Raft::take() {
  std::swap(next_, taken_);
  next_.messages.clear();
  next_.reads.clear();
  next_.write = {};
  next_.restore.reset();
  if (dirty_) {
    dirty_ = false;
    RaftWrite& write = taken_.write;
    write.id = next_write_++;
    write.hard = hard_;
    if (write.hard_changed) last_hard_write_ = write.id;
    writes_.push_back(
        {write.id, write.restored ? std::max(write.last, write.snapshot->index) : write.last});
  } else {
    taken_.write = {};
  }
  taken_.committed_first = handed_ + 1;
  taken_.committed_last = commit_;
  handed_ = commit_;
  return taken_;
}

RaftDiskState Raft::disk_state() const {
  return {.hard = hard_,
          .snapshot = log_.snapshot(),
          .first = log_.first(),
          .term_before_first = log_.term_before_first(),
          .entries = log_.entries()};
}

}  // namespace faultline::models
