#include "reports/layered_layout.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace faultline::reports {
namespace {

constexpr LayoutOptions options{.layer_distance = 200, .box_distance = 80, .edge_distance = 30};

TEST(LayeredLayout, PutsACallerLeftOfWhomItCalls) {
  // users -> edge -> app -> (cache, db)
  const Layout layout = layered_layout(5, {{0, 1}, {1, 2}, {2, 3}, {2, 4}}, options);
  EXPECT_EQ(layout.nodes[0].x, 0);
  EXPECT_EQ(layout.nodes[1].x, 200);
  EXPECT_EQ(layout.nodes[2].x, 400);
  EXPECT_EQ(layout.nodes[3].x, 600);
  EXPECT_EQ(layout.nodes[4].x, 600);
  EXPECT_EQ(layout.nodes[4].y - layout.nodes[3].y, 80);
  // The caller of two stands in the middle between them.
  EXPECT_NEAR(layout.nodes[2].y, (layout.nodes[3].y + layout.nodes[4].y) / 2, 1e-9);
}

TEST(LayeredLayout, LaysOutACycle) {
  // a -> b -> c -> a: the edge back does not move a.
  const Layout layout = layered_layout(3, {{0, 1}, {1, 2}, {2, 0}}, options);
  EXPECT_EQ(layout.nodes[0].x, 0);
  EXPECT_EQ(layout.nodes[1].x, 200);
  EXPECT_EQ(layout.nodes[2].x, 400);
  // From right to left it passes the layer of b, beside b.
  ASSERT_EQ(layout.edges[2].size(), 1U);
  EXPECT_EQ(layout.edges[2][0].x, 200);
  EXPECT_GE(std::abs(layout.edges[2][0].y - layout.nodes[1].y), 54.9);
}

TEST(LayeredLayout, LeadsALongEdgePastTheBoxesBetween) {
  const Layout layout = layered_layout(3, {{0, 1}, {1, 2}, {0, 2}}, options);
  EXPECT_TRUE(layout.edges[0].empty());
  ASSERT_EQ(layout.edges[2].size(), 1U);
  EXPECT_GE(std::abs(layout.edges[2][0].y - layout.nodes[1].y), 54.9);
}

TEST(LayeredLayout, UncrossesWhatCanBeUncrossed) {
  // 0 -> 3 and 1 -> 2: drawn in the order given, the edges would cross.
  const Layout layout = layered_layout(4, {{0, 3}, {1, 2}}, options);
  const bool first_above = layout.nodes[0].y < layout.nodes[1].y;
  const bool its_callee_above = layout.nodes[3].y < layout.nodes[2].y;
  EXPECT_EQ(first_above, its_callee_above);
}

TEST(LayeredLayout, KeepsBoxesApartAndInsideThePicture) {
  std::vector<GraphEdge> edges;
  for (std::size_t i = 1; i < 12; ++i) edges.push_back({0, i});
  for (std::size_t i = 1; i < 12; ++i) edges.push_back({i, 12 + i % 3});
  const Layout layout = layered_layout(15, edges, options);
  EXPECT_EQ(layout.layer_size_max, 11U);
  for (std::size_t a = 0; a < 15; ++a) {
    EXPECT_GE(layout.nodes[a].y, 0);
    for (std::size_t b = 0; b < a; ++b) {
      if (layout.nodes[a].x == layout.nodes[b].x) {
        EXPECT_GE(std::abs(layout.nodes[a].y - layout.nodes[b].y), 80 - 1e-6);
      }
    }
  }
}

TEST(LayeredLayout, TakesSelfLoopsAndNothing) {
  EXPECT_TRUE(layered_layout(0, {}, options).nodes.empty());
  const Layout layout = layered_layout(1, {{0, 0}}, options);
  EXPECT_EQ(layout.nodes[0].x, 0);
  EXPECT_TRUE(layout.edges[0].empty());
}

}  // namespace
}  // namespace faultline::reports
