#include "sim/network/message.hpp"

#include <gtest/gtest.h>

#include "sim/network/node_timer.hpp"
#include "tests/sim/network/network_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;

struct Note final : Message {
  explicit Note(int number_) : number(number_) {}
  std::unique_ptr<Message> copy() const override { return std::make_unique<Note>(number); }
  int number;
};

/// Notes what is posted to it, and when.
class Reader final : public Component {
 public:
  explicit Reader(Node& node) : node_(node) {}
  Task<Reply> handle(const Request&) override { co_return Reply::ok(); }
  void receive(Node& from, Message& message) override {
    numbers.push_back(static_cast<Note&>(message).number);
    times.push_back(node_.kernel().now());
    senders.push_back(from.name());
  }

  std::vector<int> numbers;
  std::vector<Time> times;
  std::vector<std::string> senders;

 private:
  Node& node_;
};

Reader& reader_on(Node& node) {
  auto reader = std::make_unique<Reader>(node);
  Reader& self = *reader;
  node.set_component(std::move(reader));
  return self;
}

TEST(Message, ArrivesOneWayLaterAndIsNoRequest) {
  NodeWorld world(2ms);
  Node& a = world.add("a");
  Node& b = world.add("b");
  Reader& reader = reader_on(b);
  const Target to_b = world.network.target_of(a, b);
  post(a, to_b, std::make_unique<Note>(1), Bytes{100});
  post(a, to_b, std::make_unique<Note>(2), Bytes{100});
  world.kernel.run_until(Time(1s));
  EXPECT_EQ(reader.numbers, (std::vector<int>{1, 2}));
  EXPECT_EQ(reader.times, (std::vector<Time>{Time(2ms), Time(2ms)}));
  EXPECT_EQ(reader.senders.front(), "a");
  EXPECT_EQ(b.tally().sent, 0u);
}

TEST(Message, ANodeThatIsDownGetsNothingNorWhatWasSentBeforeItsCrash) {
  NodeWorld world(2ms);
  Node& a = world.add("a");
  Node& b = world.add("b");
  Reader& reader = reader_on(b);
  const Target to_b = world.network.target_of(a, b);
  post(a, to_b, std::make_unique<Note>(1), Bytes{100});
  b.crash();
  world.kernel.run_until(Time(1ms));
  b.restart();
  world.kernel.run_until(Time(5ms));
  EXPECT_TRUE(reader.numbers.empty());
  post(a, to_b, std::make_unique<Note>(2), Bytes{100});
  b.crash();
  world.kernel.run_until(Time(10ms));
  EXPECT_TRUE(reader.numbers.empty());
  // No connection, nothing to break.
  b.restart();
  Target datagrams = to_b;
  datagrams.transport = Transport::datagram;
  post(a, datagrams, std::make_unique<Note>(3), Bytes{100});
  b.crash();
  b.restart();
  world.kernel.run_until(Time(20ms));
  EXPECT_EQ(reader.numbers, (std::vector<int>{3}));
}

TEST(Message, OutlivesItsSender) {
  NodeWorld world(2ms);
  Node& a = world.add("a");
  Node& b = world.add("b");
  Reader& reader = reader_on(b);
  post(a, world.network.target_of(a, b), std::make_unique<Note>(1), Bytes{100});
  a.crash();
  world.kernel.run_until(Time(5ms));
  EXPECT_EQ(reader.numbers, (std::vector<int>{1}));
}

TEST(Message, WaitsForANodeThatStandsStill) {
  NodeWorld world(2ms);
  Node& a = world.add("a");
  Node& b = world.add("b");
  Reader& reader = reader_on(b);
  b.pause();
  post(a, world.network.target_of(a, b), std::make_unique<Note>(1), Bytes{100});
  world.kernel.run_until(Time(10ms));
  EXPECT_TRUE(reader.numbers.empty());
  b.resume();
  world.kernel.run_until(Time(11ms));
  EXPECT_EQ(reader.times, (std::vector<Time>{Time(10ms)}));
}

TEST(Message, InACutAReliableOneIsLateAndADatagramIsLost) {
  NetworkWorld world(1ms);
  Node& a = world.add("a");
  Node& b = world.add("b");
  Reader& reader = reader_on(b);
  world.lay_out(true);
  const Impairment cut = world.cut({"a"}, {"b"});
  world.network.begin(cut);
  Target to_b = world.network.target_of(a, b);
  post(a, to_b, std::make_unique<Note>(1), Bytes{100});
  to_b.transport = Transport::datagram;
  post(a, to_b, std::make_unique<Note>(2), Bytes{100});
  world.run_to(100ms);
  EXPECT_TRUE(reader.numbers.empty());
  world.network.end(cut);
  world.run_to(1s);
  // Sent again a retransmission time-out after the first time.
  EXPECT_EQ(reader.numbers, (std::vector<int>{1}));
  EXPECT_EQ(reader.times, (std::vector<Time>{Time(201ms)}));
}

TEST(Message, IsFreedWhenTheRunEndsBeforeItArrives) {
  // The address sanitizer sees whether it is.
  NodeWorld world(2ms);
  Node& a = world.add("a");
  Node& b = world.add("b");
  Reader& reader = reader_on(b);
  post(a, world.network.target_of(a, b), std::make_unique<Note>(1), Bytes{100});
  world.kernel.run_until(Time(1ms));
  EXPECT_TRUE(reader.numbers.empty());
}

TEST(NodeTimer, RingsOnceAtTheLastTimeItWasSetTo) {
  NodeWorld world;
  Node& a = world.add("a");
  std::vector<Time> rung;
  NodeTimer timer(a, [&] { rung.push_back(world.kernel.now()); });
  timer.set(Time(5ms));
  timer.set(Time(8ms));
  EXPECT_TRUE(timer.is_set());
  world.kernel.run_until(Time(20ms));
  EXPECT_EQ(rung, (std::vector<Time>{Time(8ms)}));
  EXPECT_FALSE(timer.is_set());
  timer.set(Time(30ms));
  timer.cancel();
  world.kernel.run_until(Time(50ms));
  EXPECT_EQ(rung.size(), 1u);
}

TEST(NodeTimer, IsHeardWhenTheNodeGoesOn) {
  NodeWorld world;
  Node& a = world.add("a");
  std::vector<Time> rung;
  NodeTimer timer(a, [&] { rung.push_back(world.kernel.now()); });
  timer.set(Time(5ms));
  a.pause();
  world.kernel.run_until(Time(20ms));
  EXPECT_TRUE(rung.empty());
  a.resume();
  world.kernel.run_until(Time(30ms));
  EXPECT_EQ(rung, (std::vector<Time>{Time(20ms)}));
}

}  // namespace
}  // namespace faultline::sim
