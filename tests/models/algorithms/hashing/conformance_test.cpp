/// What every registered key placement promises.
#include <set>

#include "models/algorithms/random_source.hpp"
#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

class PlacementConformance : public testing::TestWithParam<std::string> {
 protected:
  const std::string& name() const { return GetParam(); }
  bool is_one_of(const std::set<std::string>& names) const { return names.contains(name()); }
};

INSTANTIATE_TEST_SUITE_P(
    Schemes, PlacementConformance,
    testing::ValuesIn(sim::TypeCatalogue::instance().names(KeyPlacement::kind)),
    [](const auto& scheme) { return scheme.param; });

TEST(KeyPlacements, AreRegistered) {
  EXPECT_EQ(sim::TypeCatalogue::instance().names(KeyPlacement::kind),
            (std::vector<std::string>{"bounded_load", "geographic", "jump", "ketama", "maglev",
                                      "modulo", "range", "rendezvous", "ring", "slots"}));
}

TEST_P(PlacementConformance, IsDocumented) {
  const sim::TypeRecord* type = sim::TypeCatalogue::instance().find(KeyPlacement::kind, name());
  ASSERT_NE(type, nullptr);
  EXPECT_FALSE(type->doc().summary.empty());
  EXPECT_FALSE(type->doc().source.empty());
  for (const auto& parameter : type->params().records()) {
    EXPECT_FALSE(parameter->help().empty()) << parameter->name();
  }
}

TEST_P(PlacementConformance, WithoutNodesAKeyLivesNowhere) {
  const auto placement = make_placement(name(), {});
  EXPECT_EQ(placement->place(1), KeyPlacement::none);
  EXPECT_EQ(placement->add({"first", 1}), 0u);
  EXPECT_EQ(placement->place(1), 0u);
  placement->set_present(0, false);
  EXPECT_EQ(placement->place(1), KeyPlacement::none);
  placement->set_present(0, true);
  placement->set_weight(0, 0);
  EXPECT_EQ(placement->place(1), KeyPlacement::none);
}

/// Through 2000 random changes a key lives on a node that takes keys, and where it lives depends on
/// the nodes as they are, not on the way they came to be so: a placement made anew says the same.
/// With nothing held, so for bounded loads too.
TEST_P(PlacementConformance, APlaceFollowsFromTheNodesAsTheyAre) {
  SplitMixSource chance(5);
  auto nodes = equal_nodes(5);
  auto placement = make_placement(name(), nodes);
  std::vector<bool> present(5, true);
  for (int step = 0; step < 2000; ++step) {
    const std::size_t some = chance.below(nodes.size());
    switch (chance.below(8)) {
      case 0:
        nodes[some].weight = static_cast<double>(chance.below(4));
        placement->set_weight(some, nodes[some].weight);
        break;
      case 1:
        if (nodes.size() == 12) break;
        nodes.push_back({"node" + std::to_string(nodes.size()), 1});
        present.push_back(true);
        placement->add(nodes.back());
        break;
      default:
        present[some] = chance.below(4) != 0;
        placement->set_present(some, present[some]);
    }
    bool any = false;
    for (std::size_t node = 0; node < nodes.size(); ++node) {
      ASSERT_EQ(placement->takes_keys(node), present[node] && nodes[node].weight > 0);
      any = any || placement->takes_keys(node);
    }
    const std::uint64_t key = chance.next();
    const std::size_t place = placement->place(key);
    ASSERT_EQ(place != KeyPlacement::none, any);
    if (any) {
      ASSERT_TRUE(placement->takes_keys(place)) << "step " << step;
    }
    if (step % 50 != 0) continue;
    const auto anew = make_placement(name(), nodes);
    for (std::size_t node = 0; node < nodes.size(); ++node) anew->set_present(node, present[node]);
    for (std::uint64_t other = 0; other < 20; ++other) {
      ASSERT_EQ(placement->place(key + other), anew->place(key + other)) << "step " << step;
    }
  }
}

/// 10 equal nodes, 100,000 keys in a row. One leaves: its tenth has to go. All others may stay,
/// and with these schemes they do; with maglev a few more move; with the modulo only a tenth of the
/// keys stays: those whose hash has the same rest by 10 and by 9 nodes.
TEST_P(PlacementConformance, MovesWhatItPromisesWhenTheLastNodeLeavesOrJoins) {
  constexpr std::size_t sample = 100'000;
  const auto keys = keys_up_to(sample);
  const auto placement = make_placement(name(), equal_nodes(10));
  const std::vector<std::size_t> before = placements_of(*placement, keys);
  const double of_the_last = counts_of(before, 10)[9] / sample;
  const Movement left = movement_of_leaving(*placement, 9, keys);
  EXPECT_EQ(left.keys, sample);
  EXPECT_EQ(placements_of(*placement, keys), before);  // It came back: everything is as before.

  if (is_one_of({"modulo"})) {
    EXPECT_NEAR(left.share_moved(), 0.9, five_sigma(sample, 0.9) / sample);
  } else if (is_one_of({"maglev"})) {
    EXPECT_GE(left.share_moved(), of_the_last);
    EXPECT_LT(left.share_needless(), 0.02);
  } else if (is_one_of({"bounded_load"})) {
    // What was passed on for want of room may be passed on otherwise; see its own tests.
    EXPECT_LT(left.share_moved(), 0.4);
  } else {
    EXPECT_EQ(left.needless, 0u);
    EXPECT_DOUBLE_EQ(left.share_moved(), of_the_last);
  }
  // An eleventh node takes its share, 1/11, from all others.
  placement->add({"node10", 1});
  const Movement joined = movement(before, placements_of(*placement, keys), 10);
  if (is_one_of({"modulo"})) {
    EXPECT_NEAR(joined.share_moved(), 10.0 / 11, five_sigma(sample, 10.0 / 11) / sample);
  } else if (is_one_of({"jump", "rendezvous", "slots"})) {
    EXPECT_EQ(joined.needless, 0u);
    EXPECT_NEAR(joined.share_moved(), 1.0 / 11, five_sigma(sample, 1.0 / 11) / sample);
  } else if (is_one_of({"ring", "ketama"})) {
    EXPECT_EQ(joined.needless, 0u);
    EXPECT_NEAR(joined.share_moved(), 1.0 / 11, 0.035);  // Five times its share's spread.
  } else if (is_one_of({"maglev"})) {
    EXPECT_NEAR(joined.share_moved() - joined.share_needless(), 1.0 / 11, 0.005);
    EXPECT_LT(joined.share_needless(), 0.02);
  }
}

TEST_P(PlacementConformance, LoadsAreCounted) {
  const auto placement = make_placement(name(), equal_nodes(2));
  placement->took(1);
  placement->took(1);
  EXPECT_EQ(placement->load(1), 2u);
  placement->gave(1);
  EXPECT_EQ(placement->load(1), 1u);
  EXPECT_EQ(placement->load(0), 0u);
  EXPECT_DEATH(placement->gave(0), "load > 0");
  EXPECT_DEATH(placement->took(2), "index < nodes_.size\\(\\)");
  EXPECT_DEATH(placement->set_weight(0, -1), "weight >= 0");
}

}  // namespace
}  // namespace faultline::models::hashing_test
