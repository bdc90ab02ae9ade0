#include "sim/kernel/channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/sim/kernel/process_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// Values that cannot be copied.
using Parcel = std::unique_ptr<std::string>;
using Parcels = Channel<Parcel>;

Parcel parcel(const std::string& text) { return std::make_unique<std::string>(text); }

class ChannelTest : public testing::Test, public ProcessWorld {
 protected:
  void send(Parcels& channel, const std::string& text, Duration time = 0ms) {
    spawn(sender(*this, channel, text, time));
  }
  void receive(Parcels& channel, const std::string& name, Duration time = 0ms) {
    spawn(receiver(*this, channel, name, time));
  }
  static Task<void> sender(ProcessWorld& world, Parcels& channel, std::string text, Duration time) {
    co_await delay(time);
    auto sending = channel.send(parcel(text));
    const bool sent = co_await sending;
    world.note(text + (sent ? " sent" : " not sent"));
  }
  static Task<void> receiver(ProcessWorld& world, Parcels& channel, std::string name,
                             Duration time) {
    co_await delay(time);
    const std::optional<Parcel> got = co_await channel.receive();
    world.note(name + " got " + (got ? **got : "nothing"));
  }
};

TEST_F(ChannelTest, KeepsValuesInTheirOrder) {
  Parcels channel(kernel);
  send(channel, "a");
  send(channel, "b");
  EXPECT_TRUE(channel.try_send(parcel("c")));
  run();
  EXPECT_EQ(channel.size(), 3u);
  for (const char* name : {"x", "y", "z"}) receive(channel, name);
  run();
  EXPECT_THAT(diary,
              ElementsAre("0: a sent", "0: b sent", "0: x got c", "0: y got a", "0: z got b"));
}

TEST_F(ChannelTest, ReceiversWaitForValuesFirstComeFirstServed) {
  Parcels channel(kernel);
  receive(channel, "x");
  receive(channel, "y");
  send(channel, "a", 5ms);
  send(channel, "b", 6ms);
  run();
  EXPECT_THAT(diary, ElementsAre("5: a sent", "5: x got a", "6: b sent", "6: y got b"));
}

TEST_F(ChannelTest, SendersWaitWhenItIsFull) {
  Parcels channel(kernel, 1);
  for (const char* text : {"a", "b", "c"}) send(channel, text);
  run_until(1ms);
  EXPECT_FALSE(channel.try_send(parcel("d")));
  EXPECT_EQ(channel.size(), 1u);
  for (const char* name : {"x", "y", "z"}) receive(channel, name, 2ms);
  run();
  EXPECT_THAT(diary, ElementsAre("0: a sent", "3: x got a", "3: y got b", "3: z got c", "3: b sent",
                                 "3: c sent"));
}

TEST_F(ChannelTest, WithoutRoomItIsARendezvous) {
  Parcels channel(kernel, 0);
  send(channel, "a");
  receive(channel, "x", 3ms);
  receive(channel, "y", 4ms);
  send(channel, "b", 6ms);
  run();
  EXPECT_THAT(diary, ElementsAre("3: x got a", "3: a sent", "6: b sent", "6: y got b"));
  EXPECT_FALSE(channel.try_send(parcel("c")));
}

TEST_F(ChannelTest, ClosedItRefusesSendsAndIsDrained) {
  Parcels channel(kernel, 1);
  send(channel, "a");
  send(channel, "b");  // Waits for room, in vain.
  run();
  channel.close();
  channel.close();
  EXPECT_TRUE(channel.closed());
  EXPECT_FALSE(channel.try_send(parcel("c")));
  send(channel, "d");
  for (const char* name : {"x", "y"}) receive(channel, name);
  run();
  EXPECT_THAT(diary, ElementsAre("0: a sent", "0: b not sent", "0: d not sent", "0: x got a",
                                 "0: y got nothing"));
}

TEST_F(ChannelTest, ClosingWakesWhoWaitsForAValue) {
  Parcels channel(kernel);
  receive(channel, "x");
  run_until(5ms);
  channel.close();
  run();
  EXPECT_THAT(diary, ElementsAre("5: x got nothing"));
}

TEST_F(ChannelTest, WhoIsEndedWhileWaitingLeavesTheQueue) {
  Parcels channel(kernel, 0);
  ProcessOwner other(kernel, 2);
  other.spawn(receiver(*this, channel, "ended", 0ms));
  receive(channel, "x", 1ms);
  run_until(5ms);
  other.end_processes();
  send(channel, "a");
  run();
  EXPECT_THAT(diary, ElementsAre("5: a sent", "5: x got a"));
  diary.clear();
  other.spawn(sender(*this, channel, "lost", 0ms));
  send(channel, "b", 1ms);
  run_until(10ms);
  other.end_processes();
  receive(channel, "y");
  run();
  EXPECT_THAT(diary, ElementsAre("10: y got b", "10: b sent"));
}

TEST_F(ChannelTest, AValueHandedToOneWhoIsEndedBeforeItsTurnIsNotLost) {
  // The receiver is woken and ended at the same time, before it goes on: its value goes to the next
  // receiver, or back to the front.
  Parcels channel(kernel);
  ProcessOwner other(kernel, 2);
  other.spawn(receiver(*this, channel, "ended", 0ms));
  run_until(1ms);
  EXPECT_TRUE(channel.try_send(parcel("a")));
  EXPECT_TRUE(channel.try_send(parcel("b")));
  other.end_processes();
  EXPECT_EQ(channel.size(), 2u);
  receive(channel, "x");
  run();
  EXPECT_THAT(diary, ElementsAre("1: x got a"));

  Parcels second(kernel);
  other.spawn(receiver(*this, second, "ended", 0ms));
  receive(second, "y");
  run_until(2ms);
  EXPECT_TRUE(second.try_send(parcel("c")));
  other.end_processes();
  run();
  EXPECT_EQ(diary.back(), "2: y got c");
}

}  // namespace
}  // namespace faultline::sim
