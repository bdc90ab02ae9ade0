#include <gtest/gtest.h>

#include <string>

#include "tests/models/scaling/deployment_shop.hpp"

namespace faultline {
namespace {

using tests::problems_of;
using tests::run_checked;
using tests::shop;

/// A door that closes before the balancer has heard of it turns requests away; one that stays open
/// for as long does not. The balancer tries another one, so what is counted is at the node.
TEST(Deployment, ADoorThatClosesTooSoonRefuses) {
  const std::string early = R"("delist_after": "2s", "rollout": "rolling_update")";
  const auto refused = run_checked(shop(early));
  EXPECT_GT(refused.groups.at("app").counts.errors.count("refused"), 0u);
  const auto open = run_checked(shop(R"("pre_stop": "3s", )" + early));
  EXPECT_EQ(open.groups.at("app").counts.errors.count("refused"), 0u);
}

TEST(Deployment, SaysWhatIsWrong) {
  const auto with = [](const std::string& key, const std::string& value) {
    std::string text = shop(R"("rollout": "blue_green")");
    const std::size_t at = text.find(key);
    text.replace(at, key.size(), value);
    return problems_of(text);
  };
  EXPECT_EQ(
      with(R"("replicas_desired": 4)", R"("replicas_desired": 6)"),
      "nodes.deploy.replicas_desired: blue_green of 6 needs 12 nodes, group \"app\" has 10; give "
      "\"app\" 12 `replicas`\n");
  EXPECT_EQ(with(R"("at": "60s")", R"("at": "60s", "roll_back_at": "50s")"),
            "nodes.deploy.roll_back_at: expected later than `at`: there is nothing to roll back\n");
  EXPECT_EQ(with(R"("blue_green")",
                 R"({"type": "canary", "steps": [{"share": "50%"}, {"share": "20%"}]})"),
            "nodes.deploy.rollout.steps[1].share: expected more than in the step before\n");
}

}  // namespace
}  // namespace faultline
