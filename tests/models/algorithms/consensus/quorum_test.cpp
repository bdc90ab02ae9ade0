#include "models/algorithms/consensus/quorum.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace faultline::models {
namespace {

const std::string folder = std::string(FAULTLINE_SHARED_DATA) + "/consistency/etcd-raft/quorum/";

/// One case of a file of cases: the command, and what it prints.
struct Case {
  std::string command;
  std::vector<std::string> output;
};

/// Reads "command / ---- / output lines / blank line" blocks; '#' begins a comment.
std::vector<Case> read_cases(const std::string& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  bool in_output = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "----") {
      in_output = true;
    } else if (line.empty()) {
      in_output = false;
    } else if (in_output) {
      cases.back().output.push_back(line);
    } else if (line[0] != '#') {
      cases.push_back({line, {}});
    }
  }
  return cases;
}

/// The words between the brackets of "name=(a, b,c)"; none if there is no such argument.
std::vector<std::string> words_of(const std::string& command, const std::string& name) {
  std::vector<std::string> words;
  const std::size_t start = command.find(name + "=(");
  if (start == std::string::npos) return words;
  std::string word;
  for (std::size_t at = start + name.size() + 2; command[at] != ')'; ++at) {
    if (command[at] == ',') {
      words.push_back(word);
      word.clear();
    } else if (command[at] != ' ') {
      word += command[at];
    }
  }
  words.push_back(word);
  return words;
}

Membership membership_of(const std::string& command) {
  Membership membership;
  for (const std::string& word : words_of(command, "cfg")) {
    membership.voters.push_back(static_cast<PeerId>(std::stoul(word)));
  }
  return membership;
}

std::vector<Case> cases_or_none(const std::string& name) {
  if (!std::filesystem::exists(folder + name)) return {};
  return read_cases(folder + name);
}

TEST(Quorum, CommitsWhatTheCasesOfEtcdSay) {
  const std::vector<Case> cases = cases_or_none("majority_commit.txt");
  if (cases.empty()) GTEST_SKIP() << "no " << folder;
  EXPECT_EQ(cases.size(), 16u);
  for (const Case& test : cases) {
    SCOPED_TRACE(test.command);
    const Membership membership = membership_of(test.command);
    const std::vector<std::string> indexes = words_of(test.command, "idx");
    std::map<PeerId, std::uint64_t> known;
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      if (indexes[i] != "_") known[membership.voters[i]] = std::stoull(indexes[i]);
    }
    const std::uint64_t committed = membership.reached([&](PeerId peer) { return known[peer]; });
    const bool everything = test.output.back().find("∞") != std::string::npos;
    EXPECT_EQ(committed, everything ? reached_all : std::stoull(test.output.back()));
  }
}

TEST(Quorum, VotesAsTheCasesOfEtcdSay) {
  const std::vector<Case> cases = cases_or_none("majority_vote.txt");
  if (cases.empty()) GTEST_SKIP() << "no " << folder;
  EXPECT_EQ(cases.size(), 22u);
  const std::map<std::string, VoteResult> results = {{"VoteWon", VoteResult::won},
                                                     {"VoteLost", VoteResult::lost},
                                                     {"VotePending", VoteResult::pending}};
  for (const Case& test : cases) {
    SCOPED_TRACE(test.command);
    const Membership membership = membership_of(test.command);
    const std::vector<std::string> votes = words_of(test.command, "votes");
    const VoteResult result = membership.vote([&](PeerId peer) -> std::optional<bool> {
      for (std::size_t i = 0; i < votes.size(); ++i) {
        if (membership.voters[i] == peer && votes[i] != "_") return votes[i] == "y";
      }
      return std::nullopt;
    });
    EXPECT_EQ(result, results.at(test.output.back()));
  }
}

/// Of {1,2,3} two have reached 10, of {3,4,5} two have reached 7: both together 7.
TEST(Quorum, AJointDecisionTakesBothMajorities) {
  Membership membership{.voters = {3, 4, 5}, .outgoing = {1, 2, 3}, .learners = {}};
  std::map<PeerId, std::uint64_t> index = {{1, 10}, {2, 10}, {3, 0}, {4, 7}, {5, 7}};
  const auto of = [&](PeerId peer) { return index[peer]; };
  EXPECT_EQ(membership.reached(of), 7u);
  index[4] = 0;
  EXPECT_EQ(membership.reached(of), 0u);

  std::map<PeerId, bool> votes = {{1, true}, {2, true}};
  const auto vote = [&](PeerId peer) -> std::optional<bool> {
    const auto found = votes.find(peer);
    return found == votes.end() ? std::nullopt : std::optional(found->second);
  };
  EXPECT_EQ(membership.vote(vote), VoteResult::pending);
  votes[4] = votes[5] = true;
  EXPECT_EQ(membership.vote(vote), VoteResult::won);
  votes[4] = votes[5] = false;
  EXPECT_EQ(membership.vote(vote), VoteResult::lost);
}

/// Two joint quorums of the same two sets, and a quorum of either set, always meet: checked over
/// all subsets of six members.
TEST(Quorum, JointQuorumsMeetTheQuorumsOfBothSets) {
  const Membership old_set{.voters = {1, 2, 3}, .outgoing = {}, .learners = {}};
  const Membership joint{.voters = {4, 5, 6}, .outgoing = {1, 2, 3}, .learners = {}};
  const Membership new_set{.voters = {4, 5, 6}, .outgoing = {}, .learners = {}};
  const auto is_quorum = [](const Membership& membership, unsigned members) {
    return membership.vote([&](PeerId peer) {
      return std::optional<bool>((members >> (peer - 1) & 1) != 0);
    }) == VoteResult::won;
  };
  for (unsigned one = 0; one < 64; ++one) {
    if (!is_quorum(joint, one)) continue;
    for (unsigned other = 0; other < 64; ++other) {
      if (is_quorum(old_set, other) || is_quorum(new_set, other) || is_quorum(joint, other)) {
        EXPECT_NE(one & other, 0u) << one << " " << other;
      }
    }
  }
}

}  // namespace
}  // namespace faultline::models
