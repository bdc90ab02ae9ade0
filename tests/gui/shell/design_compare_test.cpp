#include "gui/shell/design_compare.hpp"

#include <gtest/gtest.h>

namespace faultline::gui {
namespace {

const QByteArray base =
    R"({"faultline": 1, "title": "A", "nodes": {"a": {"type": "cache"}, "b": {"type": "clients"}},
  "run": {"seed": 1}, "layout": {"a": [0, 0]}})";

TEST(DesignCompare, PlacesNotesTitleCommentsAndOrderDoNotCount) {
  EXPECT_TRUE(sameDesign(base, base));
  EXPECT_TRUE(
      sameDesign(base, R"({"nodes": {"b": {"type": "clients"}, /* here */ "a": {"type": "cache"}},
    "faultline": 1, "run": {"seed": 1}, "title": "B", "description": "d", "layout": {"a": [9, 9]},
    "notes": [{"text": "x"}]})"));
}

TEST(DesignCompare, WhatReachesARunCounts) {
  EXPECT_FALSE(sameDesign(base, QByteArray(base).replace("cache", "database")));
  EXPECT_FALSE(sameDesign(base, QByteArray(base).replace("\"seed\": 1", "\"seed\": 2")));
  EXPECT_FALSE(sameDesign(base, QByteArray(base).replace("\"b\"", "\"c\"")));
}

TEST(DesignCompare, TextThatIsNoJsonIsTheSameAsItselfOnly) {
  EXPECT_TRUE(sameDesign("{", "{"));
  EXPECT_FALSE(sameDesign("{", "{ "));
  EXPECT_FALSE(sameDesign(base, "{"));
}

}  // namespace
}  // namespace faultline::gui
