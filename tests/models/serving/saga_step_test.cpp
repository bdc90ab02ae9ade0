#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Ten sagas a second for 10 s: order, pay, ship, of 10 ms each. `ship` are the steps of shipping.
sim::Result run(const std::string& ship = R"json("cpu(10ms)")json", const std::string& faults = "",
                const std::string& keys = "sequential(n=1000)") {
  return run_checked(scenario(
      fmt::format(
          R"json("users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "shop", "reads": "0%", "keys": "{}"}},
      "shop": {{"type": "app_server", "endpoints": {{"default": [{{"type": "saga", "retry": "50ms", "actions": [
          {{"target": "orders", "compensation": "cancel"}}, {{"target": "payments", "compensation": "refund", "timeout": "1s"}},
          {{"target": "shipping"}}]}}]}}}},
      "orders": {{"type": "app_server", "endpoints": {{"default": ["cpu(10ms)"]}}}},
      "payments": {{"type": "app_server", "endpoints": {{"default": ["cpu(10ms)"], "refund": ["cpu(5ms)"]}}}},
      "shipping": {{"type": "app_server", "endpoints": {{"default": [{}]}}}})json",
          keys, ship),
      "10050ms", faults));
}

TEST(SagaStep, DoesOneAfterTheOther) {
  const auto result = run();
  EXPECT_EQ(result.requests.latency.min(), 30 * millisecond);
  EXPECT_EQ(scalar_of(result, "shop", "sagas_done"), 100);
  EXPECT_EQ(scalar_of(result, "shop", "compensations"), 0);
}

TEST(SagaStep, UndoesWhatWasDoneBefore) {
  // Shipping always fails: 30 ms there, 5 ms for the refund, 10 ms to cancel.
  const auto result = run(R"json("cpu(10ms)", "fail")json");
  EXPECT_EQ(errors_of(result.requests.counts, "aborted"), 100u);
  EXPECT_EQ(scalar_of(result, "shop", "sagas_compensated"), 100);
  EXPECT_EQ(scalar_of(result, "shop", "compensations"), 200);
  EXPECT_EQ(received(result, "payments"), 200u);
  EXPECT_EQ(received(result, "shipping"), 100u);
}

/// Payments are down from 2.015 s, in the middle of the payment of 2.0 s, for a second: it is
/// unknown whether it took effect, so it is undone, when they are back.
TEST(SagaStep, UndoesWhatMayHaveTakenEffect) {
  const auto result =
      run(R"json("cpu(10ms)")json",
          R"json("faults": [{"at": "2015ms", "for": "1s", "fault": "crash(payments)"}])json");
  // Those of 2.0 s and of 2.1 .. 3.0 s, which were refused and had only their order undone.
  EXPECT_EQ(scalar_of(result, "shop", "sagas_compensated"), 11);
  EXPECT_EQ(scalar_of(result, "shop", "compensations"), 12);
  EXPECT_NEAR(scalar_of(result, "shop", "compensations_retried"), 20, 1);
  EXPECT_EQ(scalar_of(result, "shop", "sagas_unfinished"), 0);
}

/// The orchestrator crashes when the saga of 2.0 s waits for its payment: after the restart it
/// undoes payment and order.
TEST(SagaStep, IsUndoneAfterACrash) {
  const auto result =
      run(R"json("cpu(10ms)")json",
          R"json("faults": [{"at": "2015ms", "for": "1s", "fault": "crash(shop)"}])json");
  EXPECT_EQ(scalar_of(result, "shop", "sagas_compensated"), 1);
  EXPECT_EQ(scalar_of(result, "shop", "compensations"), 2);
  EXPECT_EQ(scalar_of(result, "shop", "sagas_unfinished"), 0);
  EXPECT_EQ(scalar_of(result, "shop", "sagas_done"), 89);
}

/// Shipping takes 240 ms and fails: each saga on the same key finds two or three before it under
/// way, and all of them are undone later.
TEST(SagaStep, OthersSeeWhatIsUndone) {
  const auto result = run(R"json("cpu(240ms)", "fail")json", "", "sequential(n=1)");
  EXPECT_NEAR(scalar_of(result, "shop", "overlaps"), 99, 1);
  EXPECT_GT(scalar_of(result, "shop", "dirty_reads"), 180);
  EXPECT_EQ(scalar_of(run(R"json("cpu(240ms)", "fail")json"), "shop", "overlaps"), 0);
}

/// Trips of a flight and a hotel, one hotel in five says no; others look at flights meanwhile and
/// see what is taken back: not even read committed. Without a failure they still see half of a
/// trip.
TEST(SagaStep, OthersSeeWhatTheCheckersForbid) {
  const auto run = [](const std::string& faults) {
    return run_checked(scenario(
        R"json("travellers": {"type": "clients", "arrivals": "poisson(40/s)", "target": "agency", "reads": "0%", "keys": "uniform(10)"},
      "lookers": {"type": "clients", "users": 3, "think_time": "exponential(50ms)", "target": "window", "reads": "100%", "keys": "uniform(10)"},
      "window": {"type": "app_server", "endpoints": {"default": ["call(flights)", "call(hotels)"]}},
      "agency": {"type": "app_server", "endpoints": {"default": [{"type": "saga", "log_time": "50ms", "actions": [{"target": "flights"}, {"target": "hotels"}]}]}},
      "flights": {"type": "database", "service_time": "1ms"},
      "hotels": {"type": "database", "service_time": "1ms"})json",
        "20s", faults + R"json("network": {"default_latency": "1ms"},
                  "consistency": {"boundary": "callers", "nodes": ["flights", "hotels"]})json"));
  };
  const sim::Result failing = run(
      R"json("faults": [{"at": "0s", "for": "20s", "fault": "error_rate(hotels, 20%)"}], )json");
  const sim::TransactionVerdicts& undone = failing.consistency.transactions.at("flights+hotels");
  EXPECT_EQ(undone.strongest(), "none");
  EXPECT_EQ(undone.anomalies.count("G1a"), 1u);
  EXPECT_GT(undone.aborted, 100u);
  EXPECT_EQ(failing.consistency.keys_left_out, 0u);
  const sim::Result working = run("");
  const sim::TransactionVerdicts& half = working.consistency.transactions.at("flights+hotels");
  EXPECT_EQ(half.anomalies.count("G1a"), 0u);
  EXPECT_EQ(half.aborted, 0u);
  EXPECT_EQ(half.levels.at("read_committed").held, 1u);
  EXPECT_EQ(half.levels.at("serializable").violated, 1u);
}

}  // namespace
}  // namespace faultline
