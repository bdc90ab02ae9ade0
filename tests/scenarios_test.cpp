/// Every file under scenarios/ is run, and what holds for any system has to hold for it: its
/// claims, conservation, Little's law at every station. A golden summary pins the numbers, so that
/// no change of them goes unseen.
///
/// UPDATE_GOLDEN=1 writes the summaries in tests/golden anew; explain the difference in the commit.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "sim/scenario/run.hpp"
#include "tests/scenario_runner.hpp"

namespace faultline {
namespace {

namespace fs = std::filesystem;

const fs::path source_directory(FAULTLINE_SOURCE_DIR);

std::vector<fs::path> scenario_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(source_directory / "scenarios")) {
    const bool is_schema = entry.path().parent_path().filename() == "schema";
    if (entry.path().extension() == ".json" && !is_schema) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// "basics_mm1" for scenarios/basics/mm1.json.
std::string name_of(const fs::path& file) {
  std::string name =
      fs::relative(file, source_directory / "scenarios").replace_extension().string();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

std::string test_name(const testing::TestParamInfo<fs::path>& scenario) {
  return name_of(scenario.param);
}

sim::Spec read(const fs::path& file) {
  sim::Problems problems;
  auto spec = sim::read_spec_file(file, {}, problems);
  for (const sim::Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
  return spec ? std::move(*spec) : sim::Spec{};
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void expect_conserved(const sim::OutcomeCounts& counts, const std::string& of) {
  EXPECT_EQ(counts.sent, counts.ok + counts.fail + counts.unknown + counts.in_flight) << of;
  std::uint64_t errors = 0;
  for (const auto& [reason, count] : counts.errors) errors += count;
  EXPECT_EQ(errors, counts.fail + counts.unknown) << of;
}

class ShippedScenario : public testing::TestWithParam<fs::path> {
 protected:
  ShippedScenario() : spec_(read(GetParam())) {}
  sim::Spec spec_;
};

TEST_P(ShippedScenario, SaysWhatItIsAndWhatItTeaches) {
  EXPECT_FALSE(spec_.title.empty());
  EXPECT_FALSE(spec_.description.empty());
  EXPECT_FALSE(spec_.expectations.empty());
  for (const sim::NodeSpec& node : spec_.nodes) {
    EXPECT_TRUE(spec_.layout.contains(node.name)) << "no place in the picture for " << node.name;
  }
}

/// The places of two boxes are far enough apart for the picture to use them.
TEST_P(ShippedScenario, IsLaidOutWithoutOverlap) {
  constexpr double box_width = 152;
  constexpr double box_height = 62;
  for (const auto& [name, place] : spec_.layout) {
    for (const auto& [other_name, other] : spec_.layout) {
      if (name >= other_name) continue;
      const double dx = std::abs(place.x - other.x);
      const double dy = std::abs(place.y - other.y);
      EXPECT_TRUE(dx >= box_width || dy >= box_height) << name << " and " << other_name;
    }
  }
}

TEST_P(ShippedScenario, IsBuiltWithoutAProblem) {
  sim::Problems problems;
  const sim::System system(spec_, static_cast<std::uint64_t>(spec_.run.seed), 0, problems);
  for (const sim::Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
}

std::string group_line(const sim::NodeResult& group) {
  std::string line = fmt::format("{} {}: received {} not_ok {}", group.type, group.name,
                                 group.counts.sent, group.counts.fail + group.counts.unknown);
  for (const char* name :
       {"utilization", "in_service_mean", "queue_length_mean", "hit_ratio", "evictions"}) {
    if (const auto found = group.scalars.find(name); found != group.scalars.end()) {
      line += fmt::format(" {} {:.6g}", name, found->second);
    }
  }
  if (const auto found = group.histograms.find("latency_seconds");
      found != group.histograms.end() && !found->second.empty()) {
    line += fmt::format(" mean {:.6g}s p99 {:.6g}s", found->second.mean() / 1e9,
                        static_cast<double>(found->second.quantile(0.99)) / 1e9);
  }
  return line;
}

/// About a dozen lines, a number a line would miss nothing of: the digests cover all the rest.
std::string summary_of(const sim::Result& result) {
  std::string text =
      fmt::format("{}\nseed {} events {}\ndigests order {} results {}\n", result.title, result.seed,
                  result.events, result.order_digest, result.results_digest);
  const sim::OutcomeCounts& counts = result.requests.counts;
  text += fmt::format("requests: sent {} ok {} fail {} unknown {} in_flight {}\n", counts.sent,
                      counts.ok, counts.fail, counts.unknown, counts.in_flight);
  const sim::Histogram& latency = result.requests.latency;
  text += fmt::format("latency: mean {:.6g}s p50 {:.6g}s p99 {:.6g}s max {:.6g}s\n",
                      latency.mean() / 1e9, static_cast<double>(latency.quantile(0.5)) / 1e9,
                      static_cast<double>(latency.quantile(0.99)) / 1e9,
                      static_cast<double>(latency.max()) / 1e9);
  for (const auto& [name, group] : result.groups) text += group_line(group) + "\n";
  for (const sim::SloResult& slo : result.slos) {
    text += fmt::format("slo {}: {} {:.6g} breaches {}\n", slo.name, slo.met ? "met" : "not met",
                        slo.ratio, slo.breaches.size());
  }
  const auto held = std::count_if(result.expectations.begin(), result.expectations.end(),
                                  [](const sim::ExpectationResult& claim) { return claim.held; });
  return text + fmt::format("claims: {} of {} held\n", held, result.expectations.size());
}

TEST_P(ShippedScenario, ShowsWhatItTeachesAndTheNumbersItShowedBefore) {
  const sim::Result result = tests::run_spec(spec_);
  for (const sim::ExpectationResult& claim : result.expectations) {
    EXPECT_TRUE(claim.held) << claim.claim << ": is " << claim.value;
  }

  expect_conserved(result.requests.counts, "requests");
  sim::OutcomeCounts classes;
  for (const auto& [name, requests] : result.by_class) {
    expect_conserved(requests.counts, name);
    classes.sent += requests.counts.sent;
    classes.ok += requests.counts.ok;
    EXPECT_EQ(requests.latency.count(), requests.counts.ok) << name;
  }
  EXPECT_EQ(classes.sent, result.requests.counts.sent);
  EXPECT_EQ(classes.ok, result.requests.counts.ok);
  for (const sim::NodeResult& node : result.nodes) {
    expect_conserved(node.counts, node.name);
    EXPECT_EQ(node.histograms.at("latency_seconds").count(), node.counts.ok) << node.name;
  }

  const fs::path golden = source_directory / "tests/golden" / (name_of(GetParam()) + ".txt");
  const std::string summary = summary_of(result);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(golden, std::ios::binary) << summary;
    return;
  }
  EXPECT_EQ(summary, text_of(golden)) << "UPDATE_GOLDEN=1 writes " << golden << " anew";
}

/// Requests at a station that were turned away without any stay. One that calls others may also
/// pass on their refusal later.
std::uint64_t left_at_once(const sim::Result& result, const sim::NodeResult& node) {
  for (const sim::TopologyEdge& edge : result.topology_edges) {
    if (edge.from == node.group) return 0;
  }
  // Replicas that ask each other first.
  for (const char* asks : {"requests_forwarded", "replica_timeouts"}) {
    if (node.scalars.contains(asks)) return 0;
  }
  std::uint64_t count = 0;
  for (const char* reason : {"rejected", "refused", "throttled"}) {
    if (const auto found = node.counts.errors.find(reason); found != node.counts.errors.end())
      count += found->second;
  }
  return count;
}

/// Little's law, L = X R, with everything accounted for. Over the measured time T, from the end of
/// the warm-up to the end of the run, let
///
///   area = L T             the integral of the number of requests at the station
///   stays                  the sum of the times that requests spent there which came and ended ok within T
///
/// Each of these stays lies within T, so stays <= area, always. What area holds beyond them is what
/// fell within T of
///   - requests that were there already when the warm-up ended,
///   - requests that were still there at the end, and
///   - requests that did not end ok; those that a station which calls no other refuses or rejects leave at once.
/// With m the longest stay, area - stays <= m (carried_in + in_flight + not_ok). These edges shrink
/// as 1 / T beside the area.
TEST_P(ShippedScenario, KeepsLittlesLawAtEveryStation) {
  sim::Problems problems;
  sim::Run run(spec_, static_cast<std::uint64_t>(spec_.run.seed), 0, problems);
  run.run_until(sim::Time(spec_.run.warmup));
  std::map<std::string, std::uint64_t> carried_in;
  for (const auto& node : run.system().nodes()) carried_in[node->name()] = node->in_service();
  run.run_to_end();
  const sim::Result result = run.result();
  for (const auto& node : run.system().nodes()) {
    const sim::NodeResult& measured = result.nodes[static_cast<std::size_t>(node->id())];
    ASSERT_EQ(measured.name, node->name());
    // What is here came after the warm-up, or was carried in and never left.
    EXPECT_GE(node->in_service(), measured.counts.in_flight) << node->name();
    EXPECT_LE(node->in_service(), measured.counts.in_flight + carried_in[node->name()])
        << node->name();
  }

  if (result.requests.counts.sent == 0) return;  // Nobody asks anybody for anything.
  int judged = 0;
  int sharp = 0;
  for (const sim::NodeResult& node : result.nodes) {
    const sim::Histogram& latency = node.histograms.at("latency_seconds");
    if (node.counts.sent == 0 || latency.empty()) continue;
    const double area = node.scalars.at("in_service_mean") * result.measured_seconds;
    const double stays = latency.mean() * static_cast<double>(latency.count()) * 1e-9;
    const std::uint64_t not_ok =
        node.counts.fail + node.counts.unknown - left_at_once(result, node);
    const double edges =
        static_cast<double>(latency.max()) * 1e-9 *
        static_cast<double>(carried_in[node.name] + node.counts.in_flight + not_ok);
    const double rounding = 1e-9 * area;
    EXPECT_GE(area, stays - rounding) << node.name;
    // Where many do not end ok after a while, the bound says little.
    if (static_cast<double>(not_ok) > 0.001 * static_cast<double>(node.counts.sent)) continue;
    ++judged;
    EXPECT_LE(area, stays + edges + rounding) << node.name;
    if (edges < 0.02 * area) ++sharp;
  }
  // Where no station serves nearly all that comes to it, the file is about what is not served.
  if (judged == 0) return;
  EXPECT_GT(sharp, 0) << "too short a run to say anything about Little's law";
}

INSTANTIATE_TEST_SUITE_P(Each, ShippedScenario, testing::ValuesIn(scenario_files()), test_name);

/// A claim is a statement about the system, not about the luck of seed 1.
class SlowShippedScenario : public ShippedScenario {};

TEST_P(SlowShippedScenario, ShowsItWithOtherSeedsToo) {
  for (std::int64_t seed = 2; seed <= 5; ++seed) {
    spec_.run.seed = seed;
    for (const sim::ExpectationResult& claim : tests::run_spec(spec_).expectations) {
      EXPECT_TRUE(claim.held) << "seed " << seed << ": " << claim.claim << ": is " << claim.value;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, SlowShippedScenario, testing::ValuesIn(scenario_files()), test_name);

/// A summary without a scenario is left over.
TEST(Golden, HoldsOneSummaryForEachScenario) {
  std::vector<std::string> wanted;
  for (const fs::path& file : scenario_files()) wanted.push_back(name_of(file) + ".txt");
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(source_directory / "tests/golden")) {
    found.push_back(entry.path().filename().string());
  }
  std::sort(wanted.begin(), wanted.end());
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, wanted);
}

#ifdef FAULTLINE_PROGRAM
int exit_status_of(const std::string& arguments) {
  const std::string command =
      fmt::format("\"{}\" {} >/dev/null 2>&1", FAULTLINE_PROGRAM, arguments);
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ExitStatus, TellsWhetherTheClaimsHeld) {
  const std::string file = (source_directory / "scenarios/basics/app_crash.json").string();
  EXPECT_EQ(exit_status_of("run \"" + file + "\""), 0);
  EXPECT_EQ(exit_status_of("run --quiet \"" + file + "\" --set nodes.app.replicas=5"), 1);
  EXPECT_EQ(exit_status_of("run \"" + file + "\" --set nodes.app.replicas=0"), 2);
  EXPECT_EQ(exit_status_of("run \"" + file + "\" --set run.in_service_limit=10"), 3);
  EXPECT_EQ(exit_status_of("run \"" + file + ".missing\""), 2);
}
#endif

}  // namespace
}  // namespace faultline
