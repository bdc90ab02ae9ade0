/// Queues in a server's memory: publishers and the server's own consumers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/serving/queue_scenario.hpp"

namespace faultline {
namespace {

using testing::HasSubstr;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::problems_of;
using tests::run_checked;
using tests::run_queue;
using tests::scalar_of;
using tests::scenario;

const std::string publishes = R"json("default": ["publish(q)"])json";
/// One consumer, 10 ms a message.
const std::string slow = R"json("steps": ["sleep(10ms)"])json";

TEST(PublishStep, ThePublisherDoesNotWaitForTheConsumer) {
  const auto result = run_queue(3, slow, publishes);
  EXPECT_EQ(latency_of(result, "c2"), 0);
  EXPECT_EQ(scalar_of(result, "app", "q:published"), 3);
  EXPECT_EQ(scalar_of(result, "app", "q:messages_consumed"), 3);
  const sim::Histogram& wait = node_of(result, "app").histograms.at("q:queue_wait_seconds");
  EXPECT_EQ(wait.count(), 3u);
  EXPECT_EQ(wait.max(), 20 * millisecond) << "the third is taken when two are done";
  EXPECT_NEAR(scalar_of(result, "app", "q:consumers_busy_mean"), 0.03 / 1.9, 1e-9);
  // The second is in the queue for 10 ms, the third for 20.
  EXPECT_NEAR(scalar_of(result, "app", "q:queue_length_mean"), 0.03 / 1.9, 1e-9);
}

TEST(PublishStep, ConsumersWorkSideBySide) {
  const auto result = run_queue(4, slow + R"(, "consumers": 2)", publishes);
  EXPECT_EQ(node_of(result, "app").histograms.at("q:queue_wait_seconds").max(), 10 * millisecond);
}

TEST(PublishStep, AFullQueueHoldsPublishersUp) {
  // One is worked on, one is in the queue: the third publisher waits for 10 ms, the fourth for 20.
  const auto result = run_queue(4, slow + R"(, "capacity": 1)", publishes);
  EXPECT_EQ(latency_of(result, "c0"), 0);
  EXPECT_EQ(latency_of(result, "c1"), 0);
  EXPECT_EQ(latency_of(result, "c2"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c3"), 20 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "q:queue_length_max"), 1);
  EXPECT_EQ(node_of(result, "app").histograms.at("q:publish_wait_seconds").max(), 20 * millisecond);
}

TEST(PublishStep, WithoutRoomAPublisherMeetsAConsumer) {
  const auto result = run_queue(3, slow + R"(, "capacity": 0)", publishes);
  EXPECT_EQ(latency_of(result, "c0"), 0);
  EXPECT_EQ(latency_of(result, "c1"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 20 * millisecond);
}

TEST(PublishStep, APublisherGivesUpWaiting) {
  const auto result = run_queue(4, slow + R"(, "capacity": 1, "timeout": "15ms")", publishes);
  EXPECT_EQ(latency_of(result, "c2"), 10 * millisecond);
  EXPECT_EQ(errors_of(result.by_class.at("c3").counts, "timeout"), 1u);
  EXPECT_EQ(scalar_of(result, "app", "q:messages_consumed"), 3);
  EXPECT_EQ(scalar_of(result, "app", "q:publish_rejected"), 1);
}

TEST(PublishStep, WhenFull) {
  const auto full = [](const char* what) {
    return run_queue(4, slow + fmt::format(R"(, "capacity": 1, "when_full": "{}")", what),
                     publishes);
  };
  const auto fail = full("fail");
  EXPECT_EQ(errors_of(fail.requests.counts, "rejected"), 2u);
  EXPECT_EQ(scalar_of(fail, "app", "q:messages_consumed"), 2);

  const auto drop = full("drop");
  EXPECT_EQ(drop.requests.counts.ok, 4u);
  EXPECT_EQ(scalar_of(drop, "app", "q:messages_dropped"), 2);
  EXPECT_EQ(scalar_of(drop, "app", "q:messages_consumed"), 2);

  const auto oldest = full("drop_oldest");
  EXPECT_EQ(oldest.requests.counts.ok, 4u);
  EXPECT_EQ(scalar_of(oldest, "app", "q:messages_dropped"), 2);
  EXPECT_EQ(scalar_of(oldest, "app", "q:published"), 4);
  EXPECT_EQ(scalar_of(oldest, "app", "q:messages_consumed"), 2);

  const auto run = full("run");
  EXPECT_EQ(latency_of(run, "c3"), 10 * millisecond) << "it does the steps itself";
  EXPECT_EQ(scalar_of(run, "app", "q:messages_run_by_publisher"), 2);
  EXPECT_EQ(scalar_of(run, "app", "q:messages_consumed"), 2);
}

TEST(PublishStep, ABatchIsOneTurnOfTheSteps) {
  // Five at once are one turn of 10 ms, or with room for two in a batch three of them.
  const auto busy = [](int batch) {
    const auto result = run_queue(5, slow + fmt::format(R"(, "batch": {})", batch), publishes);
    EXPECT_EQ(scalar_of(result, "app", "q:messages_consumed"), 5);
    return scalar_of(result, "app", "q:consumers_busy_mean") * 1.9;
  };
  EXPECT_NEAR(busy(10), 0.01, 1e-9);
  EXPECT_NEAR(busy(2), 0.03, 1e-9);
  EXPECT_NEAR(busy(1), 0.05, 1e-9);
}

TEST(PublishStep, AMessageThatFailsIsTriedAgain) {
  const auto result =
      run_queue(2, R"json("steps": ["sleep(10ms)", "fail(100%)"], "tries": 3)json", publishes);
  EXPECT_EQ(scalar_of(result, "app", "q:messages_failed"), 2);
  EXPECT_EQ(scalar_of(result, "app", "q:messages_consumed"), 0);
  EXPECT_NEAR(scalar_of(result, "app", "q:consumers_busy_mean"), 0.06 / 1.9, 1e-9);
}

TEST(PublishStep, ACrashLosesWhatIsInMemoryAndConsumersComeBack) {
  const auto result = run_queue(
      4, R"json("steps": ["sleep(100ms)"])json", publishes,
      R"json("faults": [{"at": "1050ms", "for": "10ms", "fault": "crash(app)"}])json", "2900ms");
  EXPECT_EQ(scalar_of(result, "app", "q:messages_lost"), 4) << "one in work, three in the queue";
  EXPECT_EQ(scalar_of(result, "app", "q:messages_consumed"), 4);
}

TEST(PublishStep, MessagesCarryTheRequest) {
  // The consumer calls on behalf of the request: the database sees its key, and its writes.
  const auto result = run_checked(scenario(
      R"json("c": {"type": "clients", "arrivals": "constant(100/s)", "target": "app", "reads": "0%", "deadline": "1ms"},
         "app": {"type": "app_server", "queues": {"q": {"steps": ["sleep(5ms)", "call(db)"]}}, "endpoints": {"default": ["publish(q)"]}},
         "db": {"type": "database", "service_time": "1ms"})json",
      "1s"));
  EXPECT_GT(scalar_of(result, "db", "served"), 90);
  EXPECT_EQ(scalar_of(result, "app", "q:messages_failed"), 0) << "nobody's deadline ends it";
}

TEST(PublishStep, QueuesAreDeclared) {
  const auto problems = [](const std::string& queues, const std::string& step) {
    return problems_of(scenario(
        fmt::format(R"json("u": {{"type": "clients", "arrivals": "constant(1/s)", "target": "app"}},
         "app": {{"type": "app_server", "queues": {{{}}}, "endpoints": {{"default": ["{}"]}}}})json",
                    queues, step),
        "1s"));
  };
  EXPECT_THAT(problems(R"("q": {"when_full": "drop", "timeout": "1s"})", "sleep(1ms)"),
              HasSubstr("nodes.app.queues.q.timeout: has no effect"));
  EXPECT_THAT(problems(R"("a b": {})", "sleep(1ms)"),
              HasSubstr("nodes.app.queues[\"a b\"]: expected a name of at most 64"));
  EXPECT_THAT(problems(R"("q": {})", "publish(other)"),
              HasSubstr("nodes.app.endpoints.default[0]: the server has no queue \"other\""));
}

}  // namespace
}  // namespace faultline
