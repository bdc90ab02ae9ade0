#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Reads of one key at 0.1 s, 0.2 s, .. by a server with a cache of its own; writes of it at 0.25
/// s, 0.5 s, .. go to the store past that server, and a channel tells it of them.
sim::Result run(const std::string& channel, const std::string& rest = "") {
  return run_checked(scenario(fmt::format(R"json(
      "app": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cached", "local": {{"capacity": 9, "lookup_time": "0s"}},
              "store": "db", "staleness_of": "db"}}]}}}},
      "db": {{"type": "database", "service_time": "0s"}},
      "channel": {{"type": "invalidation_channel", "caches": ["app"]{}}},
      "readers": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=1)"}},
      "writers": {{"type": "clients", "arrivals": "constant(4/s)", "target": "db", "keys": "sequential(n=1)", "reads": "0%"}})json",
                                          channel),
                              "2050ms", rest));
}

TEST(InvalidationChannel, TellsOfWritesThatTheStoreHasDone) {
  // 20 ms later the entry is gone, before the next read: missed are the first read and those after
  // the writes of 0.25 s .. 1.75 s.
  const auto result = run(R"(, "of": "db", "delay": "20ms")");
  EXPECT_EQ(scalar_of(result, "app", "l1_misses"), 8);
  EXPECT_EQ(scalar_of(result, "app", "l1_stale_served"), 0);
  EXPECT_EQ(scalar_of(result, "channel", "news_published"), 8);
  EXPECT_EQ(scalar_of(result, "channel", "news_delivered"), 8);
}

TEST(InvalidationChannel, StaleForAsLongAsTheNewsIsUnderWay) {
  // 60 ms: the reads 50 ms after a write, at 0.3 s, 0.8 s, 1.3 s and 1.8 s, are stale by 50 ms.
  const auto result = run(R"(, "of": "db", "delay": "60ms")");
  EXPECT_EQ(scalar_of(result, "app", "l1_stale_served"), 4);
  const auto& age = node_of(result, "app").histograms.at("l1_stale_age_seconds");
  EXPECT_EQ(age.max(), 50 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "l1_versions_behind_max"), 1);
}

TEST(InvalidationChannel, NewsThatIsLostIsNotMissed) {
  const auto result = run(R"(, "of": "db", "loss": "100%")");
  EXPECT_EQ(scalar_of(result, "channel", "news_lost"), 8);
  EXPECT_EQ(scalar_of(result, "app", "l1_misses"), 1);
  EXPECT_EQ(scalar_of(result, "app", "l1_stale_served"), 18);
}

TEST(InvalidationChannel, WhatHappensWhileItIsDownIsLost) {
  // Down from 0.4 s to 1.1 s: the writes of 0.5 s, 0.75 s and 1.0 s are not told of.
  const auto result =
      run(R"(, "of": "db", "delay": "20ms")",
          R"json("faults": [{"at": "400ms", "for": "700ms", "fault": "crash(channel)"}])json");
  EXPECT_EQ(scalar_of(result, "channel", "news_lost"), 3);
  // Stale from 0.6 s to 1.2 s; the write of 1.25 s puts it right.
  EXPECT_EQ(scalar_of(result, "app", "l1_stale_served"), 7);
}

TEST(InvalidationChannel, WritersPublishToIt) {
  // Two servers, each with a cache of its own; a write through one is published for both.
  const auto with = [](const std::string& publish) {
    return run_checked(scenario(fmt::format(R"json(
        "app": {{"type": "app_server", "replicas": 2, "endpoints": {{"default": [{{"type": "cached", "local": {{"capacity": 9, "lookup_time": "0s"}},
                "store": "db", "staleness_of": "db"{}}}]}}}},
        "db": {{"type": "database", "service_time": "0s"}},
        "channel": {{"type": "invalidation_channel", "caches": ["app"], "delay": "20ms"}},
        "readers": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=1)"}},
        "writers": {{"type": "clients", "arrivals": "constant(1.9/s)", "target": "app[0]", "keys": "sequential(n=1)", "reads": "0%"}})json",
                                            publish),
                                "1050ms"));
  };
  // The write of 0.526 s: app[1] reads at 0.2 s, 0.4 s, 0.6 s, 0.8 s and 1.0 s.
  const auto alone = with("");
  EXPECT_EQ(scalar_of(alone, "app[1]", "l1_stale_served"), 3);
  const auto told = with(R"(, "publish": "channel")");
  EXPECT_EQ(scalar_of(told, "app[1]", "l1_stale_served"), 0);
  EXPECT_EQ(scalar_of(told, "channel", "news_delivered"), 2);
}

TEST(InvalidationChannel, SaysWhomItCannotTell) {
  EXPECT_NE(tests::problems_of(scenario(R"json(
      "channel": {"type": "invalidation_channel", "caches": ["db"]},
      "db": {"type": "database", "service_time": "0s"},
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"})json",
                                        "1s"))
                .find("nodes.channel.caches[0]"),
            std::string::npos);
}

}  // namespace
}  // namespace faultline
