#include "sim/scenario/price_list.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace faultline::sim {
namespace {

const std::string head = "name,Example\ncurrency,EUR\ndate,2026-11-01\n";

std::string error_of(const std::string& text) {
  std::string error;
  EXPECT_FALSE(PriceList::parse(text, error));
  return error;
}

TEST(PriceList, ReadsPricesByKindAndItem) {
  std::string error;
  const auto list =
      PriceList::parse("# A list.\n" + head +
                           "kind,item,price,source\nnode_hour,small,0.04,https://example.org\n"
                           "gb_moved,zone,0.01,https://"
                           "example.org\nmillion_requests,gateway,1,https://example.org\n",
                       error);
  ASSERT_TRUE(list) << error;
  EXPECT_EQ(list->name, "Example");
  EXPECT_EQ(list->currency, "EUR");
  EXPECT_EQ(list->date, "2026-11-01");
  EXPECT_EQ(list->find("node_hour", "small"), 0.04);
  EXPECT_EQ(list->find("gb_moved", "zone"), 0.01);
  EXPECT_FALSE(list->find("node_hour", "large"));
  EXPECT_EQ(list->items("million_requests"), std::vector<std::string>{"gateway"});
}

TEST(PriceList, SaysWhatIsWrongWithWhichLine) {
  EXPECT_EQ(error_of("currency,EUR\ndate,2026\n"), "a price list needs a row with its name");
  EXPECT_EQ(error_of(head + "node_hours,small,1,x\n"),
            "line 4: expected name, currency, date, node_hour, million_requests, gb_month or "
            "gb_moved, got \"node_hours\"");
  EXPECT_EQ(error_of(head + "node_hour,small,1\n"),
            "line 4: expected 4 columns: kind, item, price and source");
  EXPECT_EQ(error_of(head + "node_hour,small,cheap,x\n"),
            "line 4: expected a price from 0 to 1e9, got \"cheap\"");
  EXPECT_EQ(error_of(head + "node_hour,small,-1,x\n"),
            "line 4: expected a price from 0 to 1e9, got \"-1\"");
  EXPECT_EQ(error_of(head + "gb_moved,moon,1,x\n"),
            "line 4: expected zone, region or internet, got \"moon\"");
  EXPECT_EQ(error_of(head + "node_hour,small,1,x\nnode_hour,small,2,x\n"),
            "line 5: node_hour small is there already");
}

/// Every list that is shipped can be read, says of what day it is, and where its prices were read.
TEST(PriceList, TheShippedOnesAreRight) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(FAULTLINE_SOURCE_DIR "/scenarios/prices")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::string error;
    const auto list = PriceList::parse(text, error);
    ASSERT_TRUE(list) << entry.path() << ": " << error;
    EXPECT_EQ(list->date.size(), 10u) << entry.path();
    EXPECT_FALSE(list->items("node_hour").empty()) << entry.path();
    ++count;
  }
  EXPECT_EQ(count, 2u);
}

}  // namespace
}  // namespace faultline::sim
