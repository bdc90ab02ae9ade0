#include "models/algorithms/replication/update_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace faultline::models {
namespace {

using Stream = UpdateStream<int>;
using Updates = std::vector<int>;
constexpr StreamName first{1, 1};

Stream replica() {
  Stream stream(100);
  stream.lead(first);
  return stream;
}

TEST(UpdateStream, UpdatesAreMadeInTheirOrder) {
  Stream stream = replica();
  EXPECT_TRUE(stream.receive(first, 2, 20).updates.empty());
  EXPECT_TRUE(stream.receive(first, 3, 30).updates.empty());
  EXPECT_EQ(stream.receive(first, 1, 10).updates, (Updates{10, 20, 30}));
  EXPECT_EQ(stream.position(), 3u);
  EXPECT_TRUE(stream.receive(first, 2, 20).updates.empty());  // Once is enough.
  EXPECT_EQ(stream.receive(first, 4, 40).updates, Updates{40});
}

TEST(UpdateStream, ANewerStreamBeginsWithACopy) {
  Stream stream = replica();
  stream.receive(first, 1, 10);
  const StreamName second{2, 1};
  EXPECT_TRUE(stream.hello(second).copy);
  EXPECT_FALSE(stream.complete());
  EXPECT_FALSE(stream.hello(second).copy);  // It has asked already.
  // What comes meanwhile waits; what the copy has of it is dropped.
  EXPECT_TRUE(stream.receive(second, 5, 50).updates.empty());
  EXPECT_TRUE(stream.receive(second, 6, 60).updates.empty());
  EXPECT_EQ(stream.copied(second, 5).updates, Updates{60});
  EXPECT_EQ(stream.position(), 6u);
  EXPECT_TRUE(stream.complete());
}

TEST(UpdateStream, AnOlderStreamIsIgnored) {
  Stream stream = replica();
  stream.hello({2, 1});
  EXPECT_TRUE(stream.receive(first, 1, 10).updates.empty());
  EXPECT_FALSE(stream.takes_copy(first));
  EXPECT_EQ(stream.copied({2, 1}, 0).updates, Updates{});
  EXPECT_EQ(stream.position(), 0u);
}

TEST(UpdateStream, APrimaryThatStartedAnewHasANewerStream) {
  Stream stream = replica();
  stream.receive(first, 1, 10);
  EXPECT_TRUE(stream.receive({1, 2}, 1, 11).copy);
  EXPECT_EQ(stream.position(), 0u);
}

TEST(UpdateStream, WhoWaitsInVainForTooLongAsksForACopy) {
  Stream stream(3);
  stream.lead(first);
  EXPECT_FALSE(stream.receive(first, 2, 20).copy);
  EXPECT_FALSE(stream.receive(first, 3, 30).copy);
  EXPECT_FALSE(stream.receive(first, 4, 40).copy);
  EXPECT_TRUE(stream.receive(first, 5, 50).copy);
  EXPECT_FALSE(stream.receive(first, 6, 60).copy);
  EXPECT_EQ(stream.copied(first, 5).updates, Updates{60});
}

TEST(UpdateStream, AnyOrderOfArrivalGivesTheSameUpdates) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    Updates sent(50);
    for (int i = 0; i < 50; ++i) sent[static_cast<std::size_t>(i)] = i + 1;
    std::vector<int> order = sent;
    for (std::size_t i = order.size() - 1; i > 0; --i) {
      std::swap(order[i], order[random() % (i + 1)]);
    }
    Stream stream = replica();
    Updates made;
    for (const int each : order) {
      for (const int update : stream.receive(first, static_cast<std::uint64_t>(each), each).updates)
        made.push_back(update);
    }
    ASSERT_EQ(made, sent) << "seed " << seed;
  }
}

}  // namespace
}  // namespace faultline::models
