#include "models/storage/replication/raft_params.hpp"

#include "sim/param/problem.hpp"

namespace faultline::models {

void RaftParams::describe(sim::ParamList<RaftParams>& list) {
  list.add("election_timeout", &RaftParams::election_timeout,
           "The least time without a word of a leader after which a replica stands for election")
      .above(sim::Duration(0));
  list.add("election_spread", &RaftParams::election_spread,
           "Each waits up to so much longer, at random; without it, up to election_timeout longer")
      .at_least(sim::Duration(0));
  list.add("heartbeat_interval", &RaftParams::heartbeat_interval,
           "How often a leader lets the others hear of it")
      .above(sim::Duration(0));
  list.add("pre_vote", &RaftParams::pre_vote,
           "Whether it asks first if it would be elected, so that one who was cut off does not "
           "depose a leader when it comes back");
  list.add("check_quorum", &RaftParams::check_quorum,
           "Whether a leader that has heard of no majority for an election_timeout steps down, and "
           "replicas that hear of a leader vote for nobody");
  list.add("reads", &RaftParams::reads,
           "read_index: a round of heartbeats confirms the leader; lease: the leader answers at "
           "once while it was confirmed lately by its clock; local: each replica answers with what "
           "it has, which may be old")
      .one_of({"read_index", "lease", "local"});
  list.add("clock_drift", &RaftParams::clock_drift,
           "The lease is so much shorter than election_timeout");
  list.add("batch", &RaftParams::batch, "Entries in one message at most")
      .unit("entries")
      .between(1, 1'000'000);
  list.add("batch_delay", &RaftParams::batch_delay,
           "How long a leader waits for more writes before it sends them together")
      .at_least(sim::Duration(0));
  list.add("batch_size", &RaftParams::batch_size,
           "Size of the entries in one message at most; one goes in any case")
      .above(sim::Bytes{0});
  list.add("window", &RaftParams::window,
           "Messages with entries that may be under way to one replica")
      .unit("messages")
      .between(1, 1'000'000);
  list.add("announce_commit", &RaftParams::announce_commit,
           "Whether replicas hear at once of what is committed; if not, with the next entries or "
           "the next heartbeat: half as many messages");
  list.add("snapshot_every", &RaftParams::snapshot_every,
           "Entries after which the state is written as a snapshot and the log cut")
      .unit("entries")
      .between(1, 1'000'000'000);
  list.add("log_kept", &RaftParams::log_kept,
           "Entries before a snapshot that are kept for replicas that are a little behind")
      .unit("entries")
      .between(0, 1'000'000'000);
  list.add("forward", &RaftParams::forward,
           "Whether a replica passes on to the leader what only that can serve; if not, it rejects "
           "it");
  list.add("forward_timeout", &RaftParams::forward_timeout,
           "How long it waits for the leader's answer")
      .above(sim::Duration(0));
  list.add("leader_wait", &RaftParams::leader_wait,
           "How long a request waits for a leader to be known before it is rejected")
      .at_least(sim::Duration(0));
  list.add("preferred_leader", &RaftParams::preferred_leader,
           "Place in the group of the replica that any other hands the leadership to when it is up "
           "to date")
      .at_least(0);
  list.add("initial_members", &RaftParams::initial_members,
           "Replicas of a group, the first ones, that belong to it when the run begins; the others "
           "stand by until the fault `change_members` adds them; without it, all belong to it")
      .unit("replicas")
      .at_least(1);
  list.add("mistake", &RaftParams::mistake,
           "Puts a mistake into the protocol that implementations have made, for seeing what comes "
           "of it")
      .one_of({"none", "vote_twice", "commit_older_terms", "no_election_restriction", "forget_vote",
               "read_unconfirmed", "unjoined_membership"});
}

void RaftParams::check(const RaftParams& params, const sim::Path& path, sim::Problems& problems) {
  if (params.heartbeat_interval >= params.election_timeout) {
    problems.add(path / "heartbeat_interval", "not shorter than election_timeout",
                 "a tenth of it is usual");
  }
  if (params.reads == "lease" && !params.check_quorum) {
    problems.add(path / "reads", "a lease needs check_quorum",
                 "set `check_quorum`, or read by \"read_index\"");
  }
}

RaftConfig RaftParams::config(PeerId id) const {
  RaftConfig config;
  config.id = id;
  config.election_timeout = election_timeout;
  config.election_spread = election_spread.value_or(election_timeout);
  config.heartbeat_interval = heartbeat_interval;
  config.pre_vote = pre_vote;
  config.check_quorum = check_quorum;
  config.entries_per_message = static_cast<std::size_t>(batch);
  config.bytes_per_message = batch_size.count;
  config.window.messages = static_cast<std::size_t>(window);
  config.announce_commit = announce_commit;
  config.clock_drift = clock_drift.value;
  config.snapshot_retry = 10 * election_timeout;
  config.deviations = {.vote_twice = mistake == "vote_twice",
                       .commit_older_terms = mistake == "commit_older_terms",
                       .no_election_restriction = mistake == "no_election_restriction",
                       .forget_vote = mistake == "forget_vote",
                       .read_unconfirmed = mistake == "read_unconfirmed",
                       .unjoined_membership = mistake == "unjoined_membership"};
  return config;
}

}  // namespace faultline::models
