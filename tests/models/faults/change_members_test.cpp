#include <gtest/gtest.h>

#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

constexpr auto two_groups =
    R"json("db": {"type": "database", "replicas": 8, "replication_factor": 4, "service_time": "0s",
    "replication": {"type": "raft", "initial_members": 3}})json";

std::string with_fault(const std::string& fault) {
  return R"json("network": {"default_latency": "1ms"}, "faults": [{"at": "10s", "for": "5s", "fault": )json" +
         fault + "}]";
}

TEST(ChangeMembers, ChangesEveryGroupThatItNames) {
  const auto result = run_checked(scenario(
      two_groups, "20s",
      with_fault(
          R"json({"type": "change_members", "add": ["db[3]", "db[7]"], "remove": ["db[4]"]})json")));
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_EQ(result.faults[0].name, "change_members(add db[3], db[7]; remove db[4])");
  EXPECT_DOUBLE_EQ(result.faults[0].from_seconds, 10);
  EXPECT_DOUBLE_EQ(result.faults[0].to_seconds, 15);
  EXPECT_EQ(scalar_of(result, "db[0]", "membership_changes"), 1);
  EXPECT_EQ(scalar_of(result, "db[4]", "membership_changes"), 1);
  for (const int member : {0, 1, 2, 3, 5, 6, 7}) {
    EXPECT_EQ(scalar_of(result, "db[" + std::to_string(member) + "]", "voter"), 1) << member;
  }
  EXPECT_EQ(scalar_of(result, "db[4]", "voter"), 0);
}

TEST(ChangeMembers, OfAWholeGroupNamesOnlyWhoIsMissing) {
  const auto result =
      run_checked(scenario(two_groups, "20s", with_fault(R"json("change_members(add=[db])")json")));
  EXPECT_EQ(scalar_of(result, "db[3]", "voter"), 1);
  EXPECT_EQ(scalar_of(result, "db[7]", "voter"), 1);
}

/// What would leave nobody is refused, and the group works on.
TEST(ChangeMembers, OfEverybodyIsRefused) {
  const auto result = run_checked(
      scenario(two_groups, "20s", with_fault(R"json("change_members(remove=[db])")json")));
  EXPECT_EQ(scalar_of(result, "db[0]", "membership_changes"), 0);
  EXPECT_EQ(scalar_of(result, "db[0]", "membership_changes_refused"), 1);
  EXPECT_EQ(scalar_of(result, "db[0]", "voter"), 1);
}

/// At random times one of its groups is struck at a time, by what was named of that group.
TEST(ChangeMembers, AtRandomTimesStrikesAGroupAtATime) {
  const auto result = run_checked(
      scenario(two_groups, "300s",
               R"json("network": {"default_latency": "1ms"}, "faults": [{"mtbf": "5s", "mttr": "5s",
             "fault": {"type": "change_members", "add": ["db[3]", "db[7]"]}}])json"));
  std::size_t of_first = 0;
  std::size_t of_second = 0;
  for (const sim::Band& band : result.faults) {
    of_first += band.name == "change_members(add db[3])" ? 1 : 0;
    of_second += band.name == "change_members(add db[7])" ? 1 : 0;
  }
  EXPECT_GE(of_first, 2u);
  EXPECT_GE(of_second, 2u);
  EXPECT_EQ(of_first + of_second, result.faults.size());
  // The first time does it, and the others have nothing left to do.
  EXPECT_EQ(scalar_of(result, "db[0]", "membership_changes"), 1);
  EXPECT_EQ(scalar_of(result, "db[0]", "membership_changes_refused"),
            static_cast<double>(of_first - 1));
}

std::string problems(const std::string& replication, const std::string& fault) {
  return tests::problems_of(
      scenario(R"json("db": {"type": "database", "replicas": 3, "service_time": "0s")json" +
                   replication + "}",
               "1s", R"json("faults": [{"at": "0s", "fault": )json" + fault + "}]"));
}

TEST(ChangeMembers, SaysWhatIsWrong) {
  constexpr auto raft = R"json(, "replication": "raft")json";
  EXPECT_EQ(problems(raft, R"json("change_members")json"),
            "faults[0].fault: nobody is to come or to go; give `add`, `remove` or both\n");
  EXPECT_EQ(problems(raft, R"json("change_members(add=[bd[1]])")json"),
            "faults[0].fault.add[0]: there is no node \"bd[1]\"; did you mean \"db\"?\n");
  EXPECT_EQ(problems(raft, R"json("change_members(add=[db[1]], remove=[db[1]])")json"),
            "faults[0].fault.remove: db[1] is to come and to go\n");
  for (const char* other : {"", R"json(, "replication": "leaderless")json"}) {
    EXPECT_EQ(problems(other, R"json("change_members(add=[db[1]])")json"),
              "faults[0].fault.add: db[1] belongs to no group whose members can change; a database "
              "with the replication \"raft\" does\n");
  }
}

}  // namespace
}  // namespace faultline
