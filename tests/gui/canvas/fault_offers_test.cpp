#include "gui/canvas/fault_offers.hpp"

#include <gtest/gtest.h>

#include <QFile>
#include <QSet>

#include "sim/scenario/spec.hpp"

namespace faultline::gui {
namespace {

std::shared_ptr<const sim::Spec> specOf(const char* file) {
  sim::Problems problems;
  auto spec = sim::read_spec_file(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/library/" + file,
                                  {}, problems);
  EXPECT_TRUE(spec.has_value());
  return spec ? std::make_shared<const sim::Spec>(std::move(*spec)) : nullptr;
}

QSet<QString> types(const std::vector<FaultOffer>& offers) {
  QSet<QString> found;
  for (const FaultOffer& offer : offers) found.insert(offer.type);
  return found;
}

TEST(FaultOffers, EachNodeIsOfferedWhatItCanSuffer) {
  const FaultAdvisor advisor(specOf("three_tier.json"));
  ASSERT_TRUE(advisor.knows());
  const QSet<QString> cache = types(advisor.forNode("cache"));
  EXPECT_TRUE(cache.contains("cache_flush"));
  EXPECT_TRUE(cache.contains("crash"));
  EXPECT_FALSE(cache.contains("disk_slow"));
  EXPECT_FALSE(cache.contains("dns_outage"));
  const QSet<QString> database = types(advisor.forNode("db"));
  EXPECT_TRUE(database.contains("disk_slow"));
  EXPECT_FALSE(database.contains("cache_flush"));
  EXPECT_FALSE(types(advisor.forNode("users")).contains("drain"));
  EXPECT_TRUE(types(advisor.forNode("app[3]")).contains("crash"));
  EXPECT_TRUE(advisor.forNode("app[99]").empty());
}

TEST(FaultOffers, WaysAndZonesHaveTheirOwn) {
  const FaultAdvisor advisor(specOf("multi_layer.json"));
  ASSERT_TRUE(advisor.knows());
  EXPECT_TRUE(types(advisor.forWay("l7_a", "app_a")).contains("link_down"));
  const QSet<QString> zone = types(advisor.forZone("a"));
  EXPECT_TRUE(zone.contains("zone_outage"));
  EXPECT_TRUE(zone.contains("partition"));
}

TEST(FaultOffers, SeveralGroupsAreCutFromTheRestAndFromEachOther) {
  const FaultAdvisor advisor(specOf("three_tier.json"));
  const std::vector<FaultOffer> two = advisor.forGroups({"app", "db"}, {"users", "edge"});
  ASSERT_EQ(two.size(), 4U);
  EXPECT_EQ(two[0].fault, "partition(groups=[[app, db], [users, edge]])");
  EXPECT_EQ(two[1].fault, "partition(groups=[[app], [db]])");
  EXPECT_EQ(two[2].fault, "partition(groups=[[app], [db]], one_way=true)");
  EXPECT_EQ(two[3].fault, "partition(groups=[[db], [app]], one_way=true)");
  const std::vector<FaultOffer> three = advisor.forGroups({"app", "db", "cache"}, {"users"});
  ASSERT_EQ(three.size(), 2U);
  EXPECT_EQ(three[1].fault, "partition(groups=[[app], [db], [cache]])");
  // Nothing is left to cut them from.
  EXPECT_TRUE(advisor.forGroups({"app"}, {}).empty());
  // What the engine refuses is not offered.
  EXPECT_TRUE(advisor.forGroups({"nobody"}, {"app"}).empty());
}

TEST(FaultOffers, TheUsualOnesComeFirst) {
  const FaultAdvisor advisor(specOf("three_tier.json"));
  const std::vector<FaultOffer> offers = advisor.forNode("app");
  ASSERT_FALSE(offers.empty());
  EXPECT_EQ(offers.front().type, "crash");
  bool usual = true;
  for (const FaultOffer& offer : offers) {
    EXPECT_FALSE(offer.usual && !usual) << offer.fault.toStdString();
    usual = offer.usual;
    EXPECT_FALSE(offer.title.isEmpty());
    EXPECT_FALSE(offer.help.isEmpty());
  }
}

/// What is offered can be written into the file: it reads without a problem.
TEST(FaultOffers, EveryOfferIsAFaultThatTheFileTakes) {
  QFile file(QStringLiteral(FAULTLINE_SOURCE_DIR "/scenarios/library/multi_layer.json"));
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  const std::string text = file.readAll().toStdString();
  const auto spec = specOf("multi_layer.json");
  const FaultAdvisor advisor(spec);
  std::vector<FaultOffer> all = advisor.forZone("b");
  for (const sim::NodeSpec& node : spec->nodes) {
    const auto more = advisor.forNode(QString::fromStdString(node.name));
    all.insert(all.end(), more.begin(), more.end());
  }
  const auto ways = advisor.forWay("l4_a", "l7_a");
  all.insert(all.end(), ways.begin(), ways.end());
  EXPECT_GT(all.size(), 50U);
  for (const FaultOffer& offer : all) {
    sim::Problems problems;
    const std::string json =
        "{\"at\": \"1s\", \"for\": \"1s\", \"fault\": \"" + offer.fault.toStdString() + "\"}";
    const auto read = sim::read_spec(text, ".", {{"faults", "[" + json + "]"}}, problems);
    EXPECT_TRUE(read.has_value()) << offer.fault.toStdString();
  }
}

TEST(FaultOffers, WithoutAScenarioItOffersWhatItsParametersFit) {
  const FaultAdvisor advisor(nullptr);
  EXPECT_FALSE(advisor.knows());
  EXPECT_TRUE(types(advisor.forNode("app")).contains("crash"));
  EXPECT_FALSE(types(advisor.forNode("app")).contains("link_down"));
}

}  // namespace
}  // namespace faultline::gui
