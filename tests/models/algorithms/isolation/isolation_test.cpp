#include "models/algorithms/isolation/isolation.hpp"

#include <gtest/gtest.h>

#include "tests/models/algorithms/isolation/interleavings.hpp"

namespace faultline::models {
namespace {

using Verdict = Isolation::Verdict;
using Why = Isolation::Why;

/// Two read the same account and write it, one after the other.
TEST(Isolation, TheSecondOfTwoUpdatesIsLostOrWaitsOrAborts) {
  const auto begin_two = [](Isolation& isolation) {
    for (const Isolation::Transaction each : {1, 2}) isolation.begin(each);
    for (const Isolation::Transaction each : {1, 2})
      EXPECT_EQ(isolation.read(each, 7).verdict, Verdict::go_on);
  };
  const auto commit = [](Isolation& isolation, Isolation::Transaction each) {
    EXPECT_EQ(isolation.prepare(each).verdict, Verdict::go_on);
    isolation.commit(each);
  };
  {
    const auto isolation = make_isolation("read_committed");
    begin_two(*isolation);
    EXPECT_EQ(isolation->write(1, 7, 100).verdict, Verdict::go_on);
    EXPECT_EQ(isolation->write(2, 7, 200).verdict, Verdict::wait);
    commit(*isolation, 1);
    EXPECT_EQ(isolation->take_woken(), std::vector<Isolation::Transaction>{2});
    EXPECT_EQ(isolation->write(2, 7, 200).verdict, Verdict::go_on);
    commit(*isolation, 2);
    EXPECT_EQ(isolation->committed(7), 200u);
    EXPECT_EQ(isolation->counts().lost_updates, 1u);
  }
  {
    const auto isolation = make_isolation("snapshot");
    begin_two(*isolation);
    EXPECT_EQ(isolation->write(1, 7, 100).verdict, Verdict::go_on);
    EXPECT_EQ(isolation->write(2, 7, 200).verdict, Verdict::go_on);
    commit(*isolation, 2);
    const Isolation::Answer answer = isolation->prepare(1);
    EXPECT_EQ(answer.verdict, Verdict::abort);
    EXPECT_EQ(answer.why, Why::conflict);
    isolation->abort(1, answer.why);
    EXPECT_EQ(isolation->committed(7), 200u);
  }
  {
    const auto isolation = make_isolation("snapshot(first_updater)");
    begin_two(*isolation);
    EXPECT_EQ(isolation->write(1, 7, 100).verdict, Verdict::go_on);
    EXPECT_EQ(isolation->write(2, 7, 200).verdict, Verdict::wait);
    commit(*isolation, 1);
    EXPECT_EQ(isolation->write(2, 7, 200).why, Why::conflict);
  }
  {
    // Both share the lock and want it alone: a deadlock, of which the younger is the victim.
    const auto isolation = make_isolation("serializable_locking");
    begin_two(*isolation);
    EXPECT_EQ(isolation->write(1, 7, 100).verdict, Verdict::wait);
    const Isolation::Answer answer = isolation->write(2, 7, 200);
    EXPECT_EQ(answer.verdict, Verdict::abort);
    EXPECT_EQ(answer.why, Why::deadlock);
    isolation->abort(2, answer.why);
    EXPECT_EQ(isolation->take_woken(), std::vector<Isolation::Transaction>{1});
    EXPECT_EQ(isolation->write(1, 7, 100).verdict, Verdict::go_on);
    commit(*isolation, 1);
  }
}

TEST(Isolation, ACrashEndsAllTransactionsAndKeepsWhatWasCommitted) {
  for (const std::string& level : sim::TypeCatalogue::instance().names("isolation")) {
    const auto isolation = make_isolation(level);
    isolation->begin(1);
    isolation->write(1, 1, 10);
    isolation->prepare(1);
    isolation->commit(1);
    isolation->begin(2);
    isolation->write(2, 1, 20);
    isolation->begin(3);
    isolation->read(3, 2);
    isolation->crash();
    EXPECT_EQ(isolation->active(), 0u) << level;
    EXPECT_EQ(isolation->committed(1), 10u) << level;
    isolation->restore(1, 0);
    EXPECT_EQ(isolation->committed(1), 0u) << level;
    isolation->begin(4);
    EXPECT_EQ(isolation->read(4, 1).value, 0u) << level;
    EXPECT_EQ(isolation->write(4, 1, 40).verdict, Verdict::go_on) << level;
    EXPECT_EQ(isolation->read(4, 1).value, 40u) << level;
    EXPECT_EQ(isolation->prepare(4).verdict, Verdict::go_on) << level;
    isolation->commit(4);
    EXPECT_EQ(isolation->committed(1), 40u) << level;
  }
}

}  // namespace
}  // namespace faultline::models
