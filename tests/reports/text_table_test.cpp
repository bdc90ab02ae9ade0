#include "reports/text_table.hpp"

#include <gtest/gtest.h>

namespace faultline::reports {
namespace {

TEST(TextTable, AlignsTheFirstColumnLeftAndTheOthersRight) {
  TextTable table({{"node"}, {"queue"}, {"state", true}});
  table.add({{"app"}, {"0.2"}, {"ok"}});
  table.add({{"системa"}, {"12.5"}, {"down"}});
  EXPECT_EQ(table.print(80, false),
            "  node     queue  state\n"
            "  app        0.2  ok\n"
            "  системa   12.5  down\n");
}

TEST(TextTable, CountsWideCharactersAsTwoColumns) {
  TextTable table({{"node"}, {"n"}});
  table.add({{"系統"}, {"1"}});
  table.add({{"abcd"}, {"2"}});
  EXPECT_EQ(table.print(80, false),
            "  node  n\n"
            "  系統  1\n"
            "  abcd  2\n");
}

TEST(TextTable, LeavesOutTheLeastImportantColumnBeforeCuttingNames) {
  TextTable table({{"node"}, {"type", true, 1}, {"queue", false, 5}});
  table.add({{"application"}, {"app_server_of_many_words"}, {"0.2"}});
  EXPECT_EQ(table.print(30, false),
            "  node         queue\n"
            "  application    0.2\n");
}

TEST(TextTable, CutsTheFirstColumnWhenNothingElseHelps) {
  TextTable table({{"node"}, {"queue", false, 5}});
  table.add({{"a-very-long-name-of-a-node-that-goes-on"}, {"0.2"}});
  EXPECT_EQ(table.print(30, false),
            "  node                   queue\n"
            "  a-very-long-name-of-…    0.2\n");
}

TEST(TextTable, LeavesOutColumnsWithoutContent) {
  TextTable table({{"node"}, {"hits"}, {"queue"}});
  table.add({{"app"}, {""}, {"1"}});
  EXPECT_EQ(table.print(80, false),
            "  node  queue\n"
            "  app       1\n");
}

TEST(TextTable, ColoursWithoutMovingColumns) {
  TextTable table({{"name"}, {"state", true}});
  table.add({{"fast"}, {"BREACHED", Emphasis::bad}});
  EXPECT_EQ(table.print(80, true),
            "  \x1b[2mname\x1b[0m  \x1b[2mstate\x1b[0m\n"
            "  fast  \x1b[1;31mBREACHED\x1b[0m\n");
}

}  // namespace
}  // namespace faultline::reports
