#include "models/resilience/caller.hpp"

#include "tests/models/resilience/caller_scenario.hpp"

namespace faultline {
namespace {

using tests::api_of;
using tests::called;
using tests::counted;
using tests::errors_of;
using tests::failing_api;
using tests::millisecond;
using tests::received;
using tests::run_checked;
using tests::scalar_of;

TEST(Caller, EveryReasonThatRetriesNameIsOneThatRequestsEndFor) {
  // The words of `retry_on` are those of the engine, whose reasons the policies do not know.
  std::vector<std::string> known;
  for (std::size_t i = 0; i < sim::reason_count; ++i)
    known.emplace_back(sim::to_text(static_cast<sim::Reason>(i)));
  const auto* record = sim::params_of<models::RetryParams>().find("retry_on");
  ASSERT_NE(record, nullptr);
  for (const std::string& word : record->options().words) {
    EXPECT_NE(std::find(known.begin(), known.end(), word), known.end()) << word;
  }
}

TEST(Caller, APlainOneCountsNothing) {
  const auto result = run_checked(called(R"("timeout": "1s")", api_of("1ms"), "1050ms"));
  EXPECT_EQ(tests::node_of(result, "users").scalars.count("attempts"), 0u);
}

TEST(Caller, TriesAgainUntilItsTriesAreUsedUp) {
  // Ten requests, none of which ever succeeds: three tries each, for the user one failure each.
  const auto result = run_checked(
      called(R"json("retry": "fixed(3, base=10ms)")json", failing_api("100%"), "1050ms"));
  EXPECT_EQ(result.requests.counts.sent, 10u);
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 10u);
  EXPECT_EQ(received(result, "api"), 30u);
  EXPECT_EQ(counted(result, "calls"), 10);
  EXPECT_EQ(counted(result, "attempts"), 30);
  EXPECT_EQ(counted(result, "retries"), 20);
  EXPECT_EQ(counted(result, "attempts_per_call"), 3);
}

TEST(Caller, WaitsBetweenItsTries) {
  // Timed out at 20 ms, waits 10 ms, times out at 50 ms, waits 20 ms, times out at 90 ms.
  const auto result =
      run_checked(called(R"json("timeout": "20ms", "retry": "exponential(3, base=10ms)")json",
                         api_of("1h"), "1089999us", "1/s"));
  EXPECT_EQ(result.requests.counts.in_flight, 1u);
  EXPECT_EQ(counted(result, "attempts"), 3);
  const auto longer =
      run_checked(called(R"json("timeout": "20ms", "retry": "exponential(3, base=10ms)")json",
                         api_of("1h"), "1090ms", "1/s"));
  EXPECT_EQ(errors_of(longer.requests.counts, "timeout"), 1u);
}

TEST(Caller, ARetryThatSucceedsIsAnOkOfItsFullLatency) {
  // The api is down for the first 25 ms of the request: refused at 0 and 20 ms, answered at 40 ms
  // after 5 ms.
  const auto result = run_checked(
      called(R"json("retry": "fixed(3, base=20ms)")json", api_of("5ms"), "1500ms", "1/s", "100%",
             R"json("faults": [{"at": "900ms", "for": "125ms", "fault": "crash(api)"}])json"));
  EXPECT_EQ(result.requests.counts.ok, 1u);
  EXPECT_EQ(result.requests.latency.max(), 45 * millisecond);
  EXPECT_EQ(counted(result, "retries"), 2);
}

TEST(Caller, DoesNotTryAgainForAReasonThatIsNotOnItsList) {
  const auto result =
      run_checked(called(R"json("retry": "fixed(3, base=0s, retry_on=[timeout])")json",
                         failing_api("100%"), "1050ms"));
  EXPECT_EQ(received(result, "api"), 10u);
}

TEST(Caller, DoesNotRepeatAWriteThatMayHaveTakenEffect) {
  const std::string retry = R"json("timeout": "20ms", "retry": "fixed(3, base=0s)")json";
  const auto careful = run_checked(called(retry, api_of("30ms"), "1050ms", "10/s", "0%"));
  EXPECT_EQ(careful.requests.counts.unknown, 10u);
  EXPECT_EQ(counted(careful, "retries"), 0);
  const auto idempotent = run_checked(
      called(retry + R"(, "idempotent": true)", api_of("30ms"), "1095ms", "10/s", "0%"));
  EXPECT_EQ(idempotent.requests.counts.unknown, 10u);
  EXPECT_EQ(counted(idempotent, "retries"), 20);
  // A refused write certainly had no effect.
  const auto refused =
      run_checked(called(retry, api_of("1ms"), "1050ms", "10/s", "0%",
                         R"json("faults": [{"at": "0s", "fault": "crash(api)"}])json"));
  EXPECT_EQ(refused.requests.counts.fail, 10u);
  EXPECT_EQ(counted(refused, "retries"), 20);
}

TEST(Caller, AWriteThatMayHaveTakenEffectStaysUnknownWhenItsRetryFails) {
  // Of an idempotent caller the first try times out at 20 ms, then the api is down: the retry is
  // refused, yet the first may have done it.
  const auto result = run_checked(
      called(R"json("timeout": "20ms", "retry": "fixed(2, base=100ms)", "idempotent": true)json",
             api_of("30ms"), "1500ms", "1/s", "0%",
             R"json("faults": [{"at": "1050ms", "fault": "crash(api)"}])json"));
  EXPECT_EQ(result.requests.counts.unknown, 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 1u);
}

TEST(Caller, EndsAtItsDeadlineWithAllItsTries) {
  // Tries of 20 ms and waits of 10 ms: at 0, 30 and 60 ms; the deadline of 70 ms cuts the third.
  const std::string caller =
      R"json("timeout": "20ms", "deadline": "70ms", "retry": "fixed(9, base=10ms)")json";
  const auto before = run_checked(called(caller, api_of("1h"), "1069999us", "1/s"));
  EXPECT_EQ(before.requests.counts.in_flight, 1u);
  EXPECT_EQ(counted(before, "attempts"), 3);
  const auto after = run_checked(called(caller, api_of("1h"), "1070ms", "1/s"));
  EXPECT_EQ(errors_of(after.requests.counts, "timeout"), 1u);
  // No try is begun that could not be answered in time.
  const auto short_one = run_checked(
      called(R"json("timeout": "20ms", "deadline": "30ms", "retry": "fixed(9, base=10ms)")json",
             api_of("1h"), "1500ms", "1/s"));
  EXPECT_EQ(counted(short_one, "attempts"), 1);
}

TEST(Caller, ItsDeadlineHoldsForThoseBehindIt) {
  // users --deadline 50 ms--> api --> db, which takes for ever: the api stops waiting at 50 ms too
  // and does not hold its worker any longer.
  const std::string others = R"json(
      "api": {"type": "app_server", "endpoints": {"default": ["call(db)"]}},
      "db": {"type": "app_server", "endpoints": {"default": ["sleep(1h)"]}})json";
  const auto told = run_checked(called(R"("deadline": "50ms")", others, "1090ms"));
  EXPECT_EQ(tests::node_of(told, "api").counts.fail, 10u);
  EXPECT_EQ(errors_of(tests::node_of(told, "api").counts, "timeout"), 10u);
  const auto not_told = run_checked(called(R"("timeout": "50ms")", others, "1090ms"));
  EXPECT_EQ(errors_of(not_told.requests.counts, "timeout"), 10u);
  EXPECT_EQ(tests::node_of(not_told, "api").counts.in_flight, 10u);
}

TEST(Caller, AnEarlierDeadlineFromAboveHolds) {
  const auto result = run_checked(called(R"("deadline": "50ms")",
                                         R"json("api": {"type": "app_server",
                     "endpoints": {"default": [{"type": "call", "target": "db", "deadline": "1min"}]}},
             "db": {"type": "app_server", "endpoints": {"default": ["sleep(1h)"]}})json",
                                         "1100ms"));
  EXPECT_EQ(errors_of(tests::node_of(result, "api").counts, "timeout"), 10u);
}

TEST(Caller, ABudgetLimitsTheRetriesOfAllCalls) {
  // 100 calls a second for 20 s, all of which fail: a fifth of 2000 may be retried, and nothing in
  // reserve.
  const auto result = run_checked(called(
      R"json("retry": "fixed(3, base=0s)", "retry_budget": "finagle(20%, retries_min=0/s)")json",
      failing_api("100%"), "20s", "100/s"));
  EXPECT_NEAR(counted(result, "retries"), 400, 2);
  // Each call that gets no retry was denied one; one that gets its first may be denied its second.
  EXPECT_GE(counted(result, "retries_denied"), 1600 - 2);
  EXPECT_EQ(counted(result, "attempts"), counted(result, "calls") + counted(result, "retries"));
}

TEST(Caller, ABreakerStopsCallingAndTriesAgainByAndBy) {
  // Ten calls a second. The api is down from 1 to 6 s: ten of the window's ten calls have failed
  // shortly after 2 s at the latest, half of them by 1.5 s: open for 3 s, two probes at 4.5 s fail,
  // open till 7.6 s, two probes, closed.
  const auto result = run_checked(called(
      R"json("breaker": "count_window(10, min_calls=10, open_for=3s, half_open_calls=2)")json",
      api_of("1ms"), "10.05s", "10/s", "100%",
      R"json("faults": [{"at": "1.05s", "for": "5s", "fault": "crash(api)"}])json"));
  EXPECT_EQ(counted(result, "breaker_opened"), 2);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 7u);
  EXPECT_EQ(counted(result, "breaker_rejected"),
            static_cast<double>(errors_of(result.requests.counts, "breaker_open")));
  EXPECT_NEAR(counted(result, "breaker_open_seconds"), 6.2, 0.15);
  EXPECT_EQ(counted(result, "attempts") + counted(result, "breaker_rejected"), 100);
}

TEST(Caller, ABreakerThatIsOpenIsNotTriedAgain) {
  const auto result = run_checked(called(
      R"json("breaker": "consecutive_failures(1, open_for=1h)", "retry": "fixed(3, base=0s)")json",
      failing_api("100%"), "1050ms"));
  // The first call's first retry meets the open breaker.
  EXPECT_EQ(counted(result, "attempts"), 1);
  EXPECT_EQ(counted(result, "retries"), 1);
  EXPECT_EQ(errors_of(result.requests.counts, "breaker_open"), 10u);
}

TEST(Caller, ABulkheadRejectsWhatFindsItFull) {
  // A call takes 250 ms and comes each 100 ms; with two at once the third waits or is rejected:
  // at 0.1 go, 0.2 go, 0.3 no, 0.4 go (the first ended at .35), 0.5 go, 0.6 no, ...
  const auto rejected =
      run_checked(called(R"json("bulkhead": "semaphore(2)")json", api_of("250ms"), "3.05s"));
  EXPECT_EQ(counted(rejected, "bulkhead_rejected"), 10);
  EXPECT_EQ(errors_of(rejected.requests.counts, "bulkhead"), 10u);
  EXPECT_EQ(received(rejected, "api"), 20u);
  // A call that may wait 60 ms gets its turn after 50 ms. Then the next waits 0 ms, ...
  const auto waits = run_checked(
      called(R"json("bulkhead": "semaphore(2, wait=60ms)")json", api_of("250ms"), "450ms"));
  EXPECT_EQ(received(waits, "api"), 4u);
  EXPECT_EQ(counted(waits, "bulkhead_rejected"), 0);
  EXPECT_EQ(waits.requests.latency.max(), 250 * millisecond);
}

TEST(Caller, ABulkheadsQueueIsServedInTurnAndLeftInTime) {
  // One at a time, 250 ms each, calls at 0.1, 0.2, 0.3, 0.4, ...; two may wait.
  const auto queue = run_checked(
      called(R"json("bulkhead": "thread_pool(1, queue=2)")json", api_of("250ms"), "1095ms"));
  // Under way: the call of 0.1 from 0.1, of 0.2 from 0.35, of 0.3 from 0.6, of 0.4 from 0.85 (it
  // found one waiting at 0.4: 0.3), of 0.6.. : 0.5 found 0.3 and 0.4 waiting.
  EXPECT_EQ(received(queue, "api"), 4u);
  EXPECT_EQ(queue.requests.counts.ok, 3u);
  EXPECT_EQ(queue.requests.latency.max(), 550 * millisecond);
  // With patience for 40 ms nobody outlasts the one before him.
  const auto patience = run_checked(
      called(R"json("bulkhead": "semaphore(1, wait=40ms)")json", api_of("250ms"), "1095ms"));
  EXPECT_EQ(errors_of(patience.requests.counts, "bulkhead"), 6u);
}

TEST(Caller, ADeadlineFromAboveEndsTheWaitAtABulkhead) {
  // The patient user's call holds the only place for 200 ms; the hasty one behind it, 40 ms.
  const auto result = run_checked(tests::scenario(
      R"json("patient": {"type": "clients", "arrivals": "constant(1/s)", "target": "app"},
             "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "app",
                       "deadline": "40ms"},
             "app": {"type": "app_server", "endpoints": {"default": [
               {"type": "call", "target": "db", "bulkhead": "thread_pool(1)"}]}},
             "db": {"type": "database", "service_time": "200ms"})json",
      "1.5s", R"("network": {"default_latency": "0s"})"));
  EXPECT_EQ(scalar_of(result, "app", "bulkhead_rejected"), 1);
  EXPECT_EQ(received(result, "db"), 1u);
  EXPECT_EQ(result.requests.counts.ok, 1u);
}

TEST(Caller, AHedgeIsSentAfterItsDelayAndTheFirstAnswerWins) {
  // Two replicas in turn, one of which takes 100 ms and one 10 ms: a call to the slow one is sent
  // to the other after 30 ms and answered after 40.
  const std::string others = R"json(
      "api": {"type": "l7_balancer", "backends": ["slow", "quick"]},
      "slow": {"type": "database", "service_time": "100ms"},
      "quick": {"type": "database", "service_time": "10ms"})json";
  const auto result =
      run_checked(called(R"json("hedge": "fixed_delay(30ms)")json", others, "2.05s", "5/s"));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_GT(counted(result, "hedges_sent"), 0);
  EXPECT_EQ(counted(result, "hedges_won"), counted(result, "hedges_sent"));
  EXPECT_EQ(result.requests.latency.max(), 40 * millisecond);
  EXPECT_EQ(counted(result, "attempts"), 10 + counted(result, "hedges_sent"));
}

TEST(Caller, AHedgeThatIsTooLateLoses) {
  const auto result = run_checked(
      called(R"json("hedge": "fixed_delay(30ms, hedges=3)")json", api_of("50ms"), "1070ms"));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(counted(result, "hedges_sent"), 10);
  EXPECT_EQ(counted(result, "hedges_won"), 0);
  EXPECT_EQ(result.requests.latency.max(), 50 * millisecond);
}

TEST(Caller, HedgesUpToTheirNumber) {
  const auto result = run_checked(
      called(R"json("hedge": "fixed_delay(30ms, hedges=3)")json", api_of("1s"), "1999ms", "1/s"));
  EXPECT_EQ(counted(result, "attempts"), 4);
  EXPECT_EQ(received(result, "api"), 4u);
}

TEST(Caller, WhenAllMessagesOfATryFailTheLastFailureStands) {
  // The first fails after 40 ms, the hedge sent at 30 ms at 70 ms.
  const auto result = run_checked(called(
      R"json("hedge": "fixed_delay(30ms)")json",
      R"json("api": {"type": "app_server", "endpoints": {"default": ["sleep(40ms)", "fail(100%)"]}})json",
      "1069ms", "1/s"));
  EXPECT_EQ(result.requests.counts.in_flight, 1u);
  const auto later = run_checked(called(
      R"json("hedge": "fixed_delay(30ms)")json",
      R"json("api": {"type": "app_server", "endpoints": {"default": ["sleep(40ms)", "fail(100%)"]}})json",
      "1071ms", "1/s"));
  EXPECT_EQ(errors_of(later.requests.counts, "error"), 1u);
}

TEST(Caller, AWriteIsHedgedOnlyIfItMayBeDoneTwice) {
  const std::string hedge = R"json("hedge": "fixed_delay(30ms)")json";
  const auto careful = run_checked(called(hedge, api_of("50ms"), "1070ms", "10/s", "0%"));
  EXPECT_EQ(counted(careful, "hedges_sent"), 0);
  const auto idempotent = run_checked(
      called(hedge + R"(, "idempotent": true)", api_of("50ms"), "1070ms", "10/s", "0%"));
  EXPECT_EQ(counted(idempotent, "hedges_sent"), 10);
}

TEST(Caller, HedgesComeOutOfTheBudgetToo) {
  const auto result = run_checked(called(
      R"json("hedge": "fixed_delay(30ms)", "retry_budget": "finagle(50%, retries_min=0/s)")json",
      api_of("50ms"), "1070ms"));
  EXPECT_EQ(counted(result, "hedges_sent"), 5);
  EXPECT_EQ(counted(result, "retries_denied"), 5);
}

TEST(Caller, ABreakerOverHedgedCallsSeesOneEndACall) {
  const auto result = run_checked(called(
      R"json("hedge": "fixed_delay(10ms)", "breaker": "consecutive_failures(4, open_for=1h)")json",
      R"json("api": {"type": "app_server", "endpoints": {"default": ["sleep(20ms)", "fail(100%)"]}})json",
      "1070ms"));
  EXPECT_EQ(received(result, "api"), 8u);
  EXPECT_EQ(counted(result, "breaker_rejected"), 6);
}

TEST(Caller, ForgetsWhatItKnewWhenItsNodeCrashes) {
  // The app's breaker is open for an hour; the app restarts at 2.5 s and calls again.
  const auto result = run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
             "app": {"type": "app_server", "endpoints": {"default": [
               {"type": "call", "target": "db", "breaker": "consecutive_failures(1, open_for=1h)"}]}},
             "db": {"type": "database", "service_time": "1ms"})json",
      "5.05s",
      R"json("faults": [{"at": "1.05s", "for": "500ms", "fault": "crash(db)"},
                        {"at": "2.05s", "for": "500ms", "fault": "crash(app)"}])json"));
  EXPECT_EQ(received(result, "db"), 10u + 1 + 25);
  EXPECT_EQ(scalar_of(result, "app", "breaker_opened"), 1);
}

TEST(Caller, NeedsNoBreakerToForget) {
  const auto result = run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
             "app": {"type": "app_server", "endpoints": {"default": [
               {"type": "call", "target": "db", "retry": "fixed"}]}},
             "db": {"type": "database", "service_time": "1ms"})json",
      "3.05s", R"json("faults": [{"at": "1.05s", "for": "500ms", "fault": "crash(app)"}])json"));
  EXPECT_EQ(received(result, "db"), 25u);
}

TEST(Caller, ACrashEndsItsCallsWhereverTheyAre) {
  // Calls in a back-off, in a bulkhead's queue, under way with and without hedges, when the app
  // crashes; and again when the run ends.
  const auto result = run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(200/s)", "target": "app", "timeout": "1s"},
             "app": {"type": "app_server", "endpoints": {"default": [{"type": "call", "target": "db",
               "timeout": "40ms", "retry": "full_jitter", "bulkhead": "thread_pool(3, queue=20)",
               "hedge": "fixed_delay(10ms)", "breaker": "time_window(10s)", "fallback": "static_answer"}]}},
             "db": {"type": "database", "service_time": "exponential(30ms)"})json",
      "5s", R"json("faults": [{"mtbf": "300ms", "mttr": "20ms", "fault": "crash(app)"}])json"));
  EXPECT_GT(errors_of(result.requests.counts, "reset"), 10u);
  EXPECT_GT(result.requests.counts.ok, 10u);
}

TEST(Caller, CallersOfOneNodeAreReportedTogether) {
  const auto result = run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
             "app": {"type": "app_server", "endpoints": {"default": [
               {"type": "call", "target": "db", "retry": "fixed"},
               {"type": "call", "target": "db", "breaker": "count_window"}]}},
             "db": {"type": "database", "service_time": "1ms"})json",
      "1.05s"));
  EXPECT_EQ(scalar_of(result, "app", "calls"), 20);
  EXPECT_EQ(scalar_of(result, "app", "attempts_per_call"), 1);
  EXPECT_EQ(scalar_of(result, "app", "breaker_opened"), 0);
}

TEST(Caller, ATimeoutAboveTheDeadlineIsAProblem) {
  const std::string problems =
      tests::problems_of(called(R"("timeout": "2s", "deadline": "1s")", api_of("1ms"), "1s"));
  EXPECT_EQ(problems, "nodes.users.timeout: is above `deadline`, which ends the wait before\n");
}

}  // namespace
}  // namespace faultline
