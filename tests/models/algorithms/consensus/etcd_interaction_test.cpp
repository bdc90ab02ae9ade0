/// The interaction cases of etcd's Raft, played here: after each command the messages sent between
/// each two members, the terms, votes, roles and commit indexes that were shown, the progress of
/// the followers and the logs must be the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "models/algorithms/consensus/raft.hpp"
#include "models/algorithms/consensus/raft_disk.hpp"

namespace faultline::models {
namespace {

const std::string folder =
    std::string(FAULTLINE_SHARED_DATA) + "/consistency/etcd-raft/interaction/";

struct Case {
  int line = 0;
  std::string command;
  std::vector<std::string> output;
};

std::vector<Case> read_cases(const std::string& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  bool in_output = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line == "----") {
      in_output = true;
    } else if (line.empty()) {
      in_output = false;
    } else if (in_output) {
      cases.back().output.push_back(line);
    } else if (line[0] != '#') {
      cases.push_back({number, line, {}});
    }
  }
  return cases;
}

std::string trimmed(const std::string& line) {
  const std::size_t start = line.find_first_not_of(" \t");
  return start == std::string::npos ? "" : line.substr(start);
}

/// What a command showed: for each two members the messages between them in order, and the last
/// that was shown of each member.
struct Shown {
  std::map<std::string, std::vector<std::string>> messages;  ///< By "1->2".
  std::map<std::string, std::vector<std::string>> dropped;
  std::map<int, std::string> hard;   ///< "Term:1 Vote:1 Commit:2"
  std::map<int, std::string> roles;  ///< "Lead:1 State:StateLeader"
  std::map<int, std::vector<std::string>> committed;
  std::vector<std::string> lines;  ///< Of status and raft-log.
};

class Group {
 public:
  /// Runs one command and returns what it shows.
  Shown run(const std::string& command) {
    shown_ = {};
    std::istringstream words(command);
    std::string verb;
    words >> verb;
    std::vector<int> ids;
    std::map<std::string, std::string> options;
    std::string rest;
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      if (equals != std::string::npos) {
        options[word.substr(0, equals)] = word.substr(equals + 1);
      } else if (std::isdigit(static_cast<unsigned char>(word[0])) != 0) {
        ids.push_back(std::stoi(word));
      } else {
        rest = word;
      }
    }
    if (verb == "add-nodes") {
      add(ids.at(0), std::stoul(options.at("index")),
          options.contains("inflight") ? std::stoul(options.at("inflight")) : 256);
    } else if (verb == "campaign") {
      member(ids.at(0)).raft->campaign(now_);
    } else if (verb == "propose") {
      texts_.push_back(rest);
      const Command proposal{.id = texts_.size(), .key = 0, .value = 0, .bytes = 0};
      member(ids.at(0)).raft->propose(std::span(&proposal, 1), now_);
    } else if (verb == "process-ready") {
      process(ids.at(0));
    } else if (verb == "stabilize") {
      stabilize(ids);
    } else if (verb == "deliver-msgs") {
      for (const int id : ids) deliver(id);
      if (options.contains("drop")) drop(options.at("drop"));
    } else if (verb == "tick-heartbeat") {
      now_ += std::chrono::milliseconds(100);
      member(ids.at(0)).raft->tick(now_);
    } else if (verb == "status") {
      status(ids.at(0));
    } else if (verb == "raft-log") {
      const RaftLog& log = member(ids.at(0)).raft->log();
      for (LogIndex index = log.first(); index <= log.last(); ++index) {
        shown_.lines.push_back(text_of(log, index));
      }
    } else {
      EXPECT_EQ(verb, "log-level");
    }
    return shown_;
  }

 private:
  struct Member {
    std::unique_ptr<RandomSource> random;
    std::unique_ptr<Raft> raft;
    HardState hard;
    LogIndex commit = 0;
    PeerId leader = nobody;
    RaftRole role = RaftRole::follower;
  };
  Member& member(int id) { return members_.at(static_cast<std::size_t>(id - 1)); }

  void add(int count, LogIndex index, std::size_t window) {
    auto first = std::make_shared<Snapshot>();
    first->index = index;
    first->term = 1;
    for (int id = 1; id <= count; ++id) first->membership.voters.push_back(static_cast<PeerId>(id));
    for (int id = 1; id <= count; ++id) {
      RaftConfig config;
      config.id = static_cast<PeerId>(id);
      config.pre_vote = false;
      config.check_quorum = false;
      config.window.messages = window;
      RaftDiskState disk;
      disk.snapshot = first;
      disk.first = index + 1;
      disk.term_before_first = 1;
      Member member;
      member.random = std::make_unique<SplitMixSource>(id);
      member.raft = std::make_unique<Raft>(config, *member.random, disk, now_);
      member.raft->take();
      member.commit = index;
      members_.push_back(std::move(member));
    }
  }

  /// The output of one member: messages go out, what is to be written is written.
  /// What had waited for the disk belongs to the same step.
  bool process(int id) {
    Raft& raft = *member(id).raft;
    if (!raft.has_output()) return false;
    while (raft.has_output()) {
      const RaftOutput& output = raft.take();
      show(id, output);
      if (output.write.id != 0) raft.persisted(output.write.id, now_);
    }
    return true;
  }

  void show(int id, const RaftOutput& output) {
    Member& it = member(id);
    for (const RaftMessage& message : output.messages) {
      const std::string pair = std::to_string(message.from) + "->" + std::to_string(message.to);
      shown_.messages[pair].push_back(text_of(message));
      to_[static_cast<int>(message.to)].push_back(message);
    }
    const HardState hard = it.raft->hard_state();
    if (!(hard == it.hard) || it.raft->commit() != it.commit) {
      it.hard = hard;
      it.commit = it.raft->commit();
      std::string text = "Term:" + std::to_string(hard.term);
      if (hard.vote != nobody) text += " Vote:" + std::to_string(hard.vote);
      shown_.hard[id] = text + " Commit:" + std::to_string(it.commit);
    }
    if (it.raft->leader() != it.leader || it.raft->role() != it.role) {
      it.leader = it.raft->leader();
      it.role = it.raft->role();
      static const char* names[] = {"StateFollower", "StatePreCandidate", "StateCandidate",
                                    "StateLeader"};
      shown_.roles[id] = "Lead:" + std::to_string(it.leader) +
                         " State:" + names[static_cast<std::size_t>(it.role)];
    }
    for (LogIndex index = output.committed_first; index <= output.committed_last; ++index) {
      shown_.committed[id].push_back(text_of(it.raft->log(), index));
    }
  }

  bool deliver(int id) {
    std::vector<RaftMessage> messages;
    messages.swap(to_[id]);
    for (const RaftMessage& message : messages) member(id).raft->receive(message, now_);
    return !messages.empty();
  }

  void drop(const std::string& targets) {
    for (const char target : targets) {
      if (std::isdigit(static_cast<unsigned char>(target)) == 0) continue;
      for (const RaftMessage& message : to_[target - '0']) {
        const std::string pair = std::to_string(message.from) + "->" + std::to_string(message.to);
        shown_.dropped[pair].push_back(text_of(message));
      }
      to_[target - '0'].clear();
    }
  }

  void stabilize(std::vector<int> ids) {
    if (ids.empty()) {
      for (std::size_t id = 1; id <= members_.size(); ++id) ids.push_back(static_cast<int>(id));
    }
    for (bool some = true; some;) {
      some = false;
      for (const int id : ids) some = process(id) || some;
      for (const int id : ids) some = deliver(id) || some;
    }
  }

  void status(int id) {
    const Raft& raft = *member(id).raft;
    std::vector<std::string> lines;
    for (const RaftProgress& peer : raft.progress()) {
      static const char* names[] = {"StateProbe", "StateReplicate", "StateSnapshot"};
      std::string line =
          std::to_string(peer.peer) + ": " + names[static_cast<std::size_t>(peer.state())] +
          " match=" + std::to_string(peer.match()) + " next=" + std::to_string(peer.next());
      if (peer.paused()) line += " paused";
      if (peer.in_flight() > 0) {
        line += " inflight=" + std::to_string(peer.in_flight());
        if (peer.window_full()) line += "[full]";
      }
      lines.push_back(line);
    }
    lines.push_back(std::to_string(id) + ": StateReplicate match=" +
                    std::to_string(raft.durable()) + " next=" + std::to_string(raft.durable() + 1));
    std::sort(lines.begin(), lines.end());
    shown_.lines = lines;
  }

  std::string text_of(const RaftLog& log, LogIndex index) const {
    return text_of(log.at(index), index);
  }
  std::string text_of(const Entry& entry, LogIndex index) const {
    return std::to_string(entry.term) + "/" + std::to_string(index) + " EntryNormal \"" +
           (entry.command.id == 0 ? "" : texts_[entry.command.id - 1]) + "\"";
  }

  std::string text_of(const RaftMessage& message) const {
    static const std::map<RaftMessageKind, std::string> names = {
        {RaftMessageKind::append, "MsgApp"},
        {RaftMessageKind::append_response, "MsgAppResp"},
        {RaftMessageKind::heartbeat, "MsgHeartbeat"},
        {RaftMessageKind::heartbeat_response, "MsgHeartbeatResp"},
        {RaftMessageKind::vote, "MsgVote"},
        {RaftMessageKind::vote_response, "MsgVoteResp"}};
    std::string text = names.at(message.kind) + " Term:" + std::to_string(message.term) +
                       " Log:" + std::to_string(message.log_term) + "/" +
                       std::to_string(message.index);
    if (message.reject) text += " Rejected (Hint: " + std::to_string(message.hint) + ")";
    if (message.commit != 0) text += " Commit:" + std::to_string(message.commit);
    LogIndex index = message.index;
    std::string entries;
    for (const Entry& entry : message.entries) {
      entries += (entries.empty() ? "" : ", ") + text_of(entry, ++index);
    }
    if (!entries.empty()) text += " Entries:[" + entries + "]";
    return text;
  }

  sim::Duration now_{};
  std::vector<Member> members_;
  std::map<int, std::vector<RaftMessage>> to_;
  std::vector<std::string> texts_;
  Shown shown_;
};

/// "1->2 MsgApp ..." split after the pair.
std::pair<std::string, std::string> split_pair(const std::string& line) {
  const std::size_t space = line.find(' ');
  return {line.substr(0, space), line.substr(space + 1)};
}

/// The same of the output in the file. Messages are those that members sent in the command.
Shown expected_of(const Case& test, const std::string& verb) {
  Shown shown;
  int ready = 0;  // Whose output is being read, or 0.
  if (verb == "process-ready") {
    std::istringstream words(test.command);
    std::string word;
    words >> word >> ready;
  }
  enum class Section { none, messages, entries, committed } section = Section::none;
  for (std::size_t i = 0; i < test.output.size(); ++i) {
    std::string line = trimmed(test.output[i]);
    if (verb == "status" || verb == "raft-log") {
      shown.lines.push_back(line);
      continue;
    }
    if (line.ends_with("Entries:[")) {  // Over several lines.
      std::string entries;
      while (trimmed(test.output[++i]) != "]") {
        entries += (entries.empty() ? "" : ", ") + trimmed(test.output[i]);
      }
      line += entries + "]";
    }
    if (line.starts_with("dropped: ")) {
      const auto [pair, message] = split_pair(line.substr(9));
      shown.dropped[pair].push_back(message);
    } else if (line.starts_with("> ")) {
      ready = line.ends_with("handling Ready") ? std::stoi(line.substr(2)) : 0;
      section = Section::none;
    } else if (ready == 0 || line.starts_with("INFO") || line.starts_with("DEBUG")) {
      continue;
    } else if (line.starts_with("HardState ")) {
      shown.hard[ready] = line.substr(10);
    } else if (line.starts_with("Lead:")) {
      shown.roles[ready] = line;
    } else if (line == "Messages:") {
      section = Section::messages;
    } else if (line == "Entries:") {
      section = Section::entries;
    } else if (line == "CommittedEntries:") {
      section = Section::committed;
    } else if (section == Section::messages) {
      const auto [pair, message] = split_pair(line);
      shown.messages[pair].push_back(message);
    } else if (section == Section::committed) {
      shown.committed[ready].push_back(line);
    }
  }
  return shown;
}

class EtcdInteraction : public ::testing::TestWithParam<std::string> {};

TEST_P(EtcdInteraction, GoesAsThere) {
  const std::string path = folder + GetParam() + ".txt";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  Group group;
  bool quiet = false;
  int compared = 0;
  for (const Case& test : read_cases(path)) {
    SCOPED_TRACE(GetParam() + ".txt:" + std::to_string(test.line) + ": " + test.command);
    const std::string verb = test.command.substr(0, test.command.find(' '));
    const Shown got = group.run(test.command);
    if (verb == "log-level") quiet = test.command.ends_with("none");
    if (quiet) continue;
    const Shown expected = expected_of(test, verb);
    if (verb == "stabilize" || verb == "process-ready") {
      EXPECT_EQ(got.messages, expected.messages);
      EXPECT_EQ(got.hard, expected.hard);
      EXPECT_EQ(got.roles, expected.roles);
      EXPECT_EQ(got.committed, expected.committed);
      ++compared;
    } else if (verb == "status" || verb == "raft-log") {
      EXPECT_EQ(got.lines, expected.lines);
      ++compared;
    } else if (verb == "deliver-msgs") {
      EXPECT_EQ(got.dropped, expected.dropped);
      compared += static_cast<int>(!got.dropped.empty());
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(compared, 0);
}

INSTANTIATE_TEST_SUITE_P(All, EtcdInteraction,
                         ::testing::Values("campaign", "lagging_commit", "probe_and_replicate",
                                           "replicate_pause", "single_node"),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace faultline::models
