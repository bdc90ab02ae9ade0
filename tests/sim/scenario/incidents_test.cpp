#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::problems_of;
using tests::run_checked;
using tests::scenario;

std::string incident(const std::string& phases, const char* duration = "10s") {
  return scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "replicas": 2, "service_time": "0s"})json",
                  duration,
                  R"("incidents": [{"name": "story", "at": "1s", "phases": [)" + phases + "]}]");
}

std::string bands_of(const sim::Result& result) {
  std::string out;
  for (const sim::Band& band : result.faults)
    out += fmt::format("{} {} {}-{}\n", band.kind, band.name, band.from_seconds, band.to_seconds);
  return out;
}

TEST(Incidents, PhasesFollowEachOtherAndAreShown) {
  // The first lasts from 1 s to 3 s, the second begins one second after that, the third at 2 s of
  // the story and lasts to the end.
  const auto result = run_checked(incident(R"json(
      {"name": "one", "for": "2s", "faults": ["crash(db[0])"]},
      {"name": "two", "after": "1s", "for": "2s", "faults": ["crash(db[1])", "slow(db)"]},
      {"name": "three", "at": "2s", "faults": []})json"));
  EXPECT_EQ(bands_of(result),
            "phase story: one 1-3\n"
            "fault crash(db[0]) 1-3\n"
            "phase story: three 3-10\n"
            "phase story: two 4-6\n"
            "fault crash(db[1]) 4-6\n"
            "fault slow(db) 4-6\n");
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 10u + 10u);
}

TEST(Incidents, APhaseThatHasNotBegunIsNotShown) {
  EXPECT_EQ(bands_of(run_checked(
                incident(R"json({"name": "late", "at": "20s", "faults": ["crash(db)"]})json"))),
            "");
}

TEST(Incidents, AreCheckedWithPaths) {
  EXPECT_EQ(problems_of(incident(R"json(
      {"name": "one", "faults": ["crash(db)"]},
      {"name": "two", "at": "1s", "after": "1s"},
      {"name": "", "for": "0s"})json")),
            "incidents[0].phases[1]: both `at` and `after` are given; give `at` to count from the "
            "beginning of the incident, `after` to count from the end of the phase before\n"
            "incidents[0].phases[2].for: expected more than 0s, got 0s\n");
  EXPECT_EQ(
      problems_of(incident(R"json({"name": "one"}, {"name": "two", "for": "1s"})json")),
      "incidents[0].phases[1]: the phase before it never ends; give that one a `for`, or this "
      "one an `at`\n");
  EXPECT_EQ(problems_of(incident(R"json({"name": "one", "faults": ["disk_slow(users)"]})json")),
            "incidents[0].phases[0].faults[0].node: \"users\" has no disks\n");
}

TEST(FaultTimes, ComeBackAndStrikeSomeByLot) {
  // From 1.05 s every 2 s for 1 s: at 1.05 s, 3.05 s, 5.05 s, 7.05 s, 9.05 s, of four nodes three
  // at a time.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "replicas": 4, "service_time": "0s"})json",
                                           "10050ms", R"json("faults": [
      {"at": "1050ms", "every": "2s", "for": "1s", "count": 3, "fault": "crash(db)"}])json"));
  ASSERT_EQ(result.faults.size(), 5u);
  for (const sim::Band& band : result.faults) {
    EXPECT_NEAR(band.to_seconds - band.from_seconds, 1, 1e-9);
    EXPECT_EQ(std::count(band.name.begin(), band.name.end(), '['), 3) << band.name;
  }
  // Ten requests in each, in turn over four nodes of which three are down: seven or eight of ten.
  EXPECT_NEAR(static_cast<double>(errors_of(result.requests.counts, "refused")), 37.5, 2.5);
}

TEST(FaultTimes, AreChecked) {
  const auto of = [](const char* fault) {
    return problems_of(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "replicas": 4, "service_time": "0s"})json",
                                "10s", fmt::format(R"json("faults": [{}])json", fault)));
  };
  EXPECT_EQ(of(R"json({"at": "1s", "every": "2s", "for": "2s", "fault": "crash(db)"})json"),
            "faults[0].for: expected less than every 2s, got 2s\n");
  EXPECT_EQ(of(R"json({"at": "1s", "every": "2s", "fault": "crash(db)"})json"),
            "faults[0].every: only with `for`; write `for` for how long it lasts each time\n");
  EXPECT_EQ(of(R"json({"mtbf": "1s", "mttr": "1s", "every": "2s", "fault": "crash(db)"})json"),
            "faults[0].every: only with `at`; write `at` for when it begins first\n");
  EXPECT_EQ(of(R"json({"at": "1s", "count": 5, "fault": "crash(db)"})json"),
            "faults[0].count: expected at most 4, got 5: db is all there is\n");
}

}  // namespace
}  // namespace faultline
