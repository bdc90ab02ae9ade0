#include <gtest/gtest.h>

#include "tests/models/serving/concurrency/server_burst.hpp"

namespace faultline {
namespace {

using tests::default_steps;
using tests::milliseconds_of;
using tests::scalar_of;
using tests::serve_burst;

std::string actors(const std::string& more) {
  return R"("concurrency": {"type": "actors", "switch_cost": "0s", "threads": 1, )" + more + "}, ";
}

/// An actor waits within its message; another one goes on meanwhile.
TEST(Actors, DoOneMessageAfterTheOther) {
  const auto at = [](const char* count) {
    return serve_burst(3, actors(std::string(R"("routing": "round_robin", "actors": )") + count) +
                              default_steps(R"json("sleep(10ms)")json"));
  };
  const auto one = at("1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(milliseconds_of(one, i), 10 * (i + 1)) << i;
  EXPECT_EQ(scalar_of(one, "app", "mailbox_length_max"), 2);
  const auto three = at("3");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(milliseconds_of(three, i), 10) << i;
}

/// One in work, one in the mailbox; two are rejected.
TEST(Actors, MailboxesHaveALimit) {
  const auto result = serve_burst(
      4, actors(R"("actors": 1, "mailbox_limit": 1)") + default_steps(R"json("sleep(10ms)")json"));
  EXPECT_EQ(result.requests.counts.ok, 2u);
  EXPECT_EQ(tests::errors_of(result.requests.counts, "rejected"), 2u);
}

/// The first message crashes its actor, which is away for 50 ms: the second waits in the mailbox.
TEST(Actors, AFailureRestartsTheActor) {
  const auto result = serve_burst(
      2, actors(R"("actors": 1, "restart_delay": "50ms")") +
             R"json("endpoints": {"c0": ["cpu(1ms)", "fail"], "default": ["cpu(1ms)"]})json");
  EXPECT_EQ(tests::errors_of(result.requests.counts, "error"), 1u);
  EXPECT_EQ(milliseconds_of(result, 1), 52);
  EXPECT_EQ(scalar_of(result, "app", "actor_restarts"), 1);
  EXPECT_EQ(scalar_of(result, "app", "supervisor_escalations"), 0);
}

/// Three failures at once are more than two restarts: the supervisor gives up and the server ends,
/// with what it was doing.
TEST(Actors, TooManyRestartsEndTheServer) {
  const auto result =
      serve_burst(4, actors(R"("actors": 4, "routing": "round_robin", "restarts_max": 2)") +
                         R"json("endpoints": {"c3": ["sleep(100ms)"], "default": ["fail"]})json");
  EXPECT_EQ(scalar_of(result, "app", "supervisor_escalations"), 1);
  EXPECT_EQ(tests::errors_of(result.requests.counts, "reset"), 1u);
}

/// The key decides: two requests for the same key have the same actor, whoever else is idle.
TEST(Actors, AKeyHasItsActor) {
  const auto result = tests::run_checked(tests::scenario(
      tests::burst(2, "app", [](int) { return R"json(, "keys": "uniform(1)")json"; }) +
          R"json("app": {"type": "app_server", "concurrency": {"type": "actors", "actors": 8, "switch_cost": "0s"},
             "endpoints": {"default": ["sleep(10ms)"]}})json",
      "1990ms"));
  EXPECT_EQ(milliseconds_of(result, 0), 10);
  EXPECT_EQ(milliseconds_of(result, 1), 20);
}

/// The classic mistake: a blocking call holds the thread that all actors run on.
TEST(Actors, ABlockingCallHoldsTheDispatcher) {
  const auto at = [](const char* threads) {
    return serve_burst(
        2, actors(std::string(R"("routing": "round_robin", "actors": 2, "blocking_threads": )") +
                  threads) +
               R"json("endpoints": {"c0": [{"type": "sleep", "time": "100ms", "blocking": true}],
                                "default": ["cpu(1ms)"]})json");
  };
  EXPECT_EQ(milliseconds_of(at("0"), 1), 101);
  EXPECT_EQ(milliseconds_of(at("1"), 1), 1);
}

}  // namespace
}  // namespace faultline
