/// Small networks drawn by lot, with cuts, losses and slow ways drawn by lot: what must hold in
/// each of them. A failure prints the seed.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/network/journey.hpp"
#include "tests/sim/network/network_world.hpp"

namespace faultline::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Plays one network, and keeps what happened.
class RandomNetwork {
 public:
  struct Sent {
    std::size_t from = 0;
    std::size_t to = 0;
    Transport transport = Transport::reliable;
    Arrival arrival;
  };
  struct Past {
    std::vector<std::size_t> left;
    std::vector<std::size_t> right;
    bool one_way = false;
    Time from{};
    Time to{};
  };

  RandomNetwork(std::uint64_t seed, bool linked)
      : stream_(seed, 0, "random network", "shape"), linked_(linked), world_(milliseconds(5)) {}

  void play() {
    build();
    schedule_troubles();
    std::size_t next = 0;
    Time end = Time(seconds(20));
    for (Duration now{}; now < seconds(20); now += milliseconds(20)) {
      while (next < changes_.size() && changes_[next].at <= Time(now)) {
        // To the nanosecond: a change comes before what arrives at that time.
        world_.kernel.run_until(changes_[next].at - Duration(1));
        change(changes_[next++]);
      }
      world_.run_to(now);
      send();
      expect_conserved();
    }
    for (; next < changes_.size(); ++next) {
      world_.kernel.run_until(changes_[next].at - Duration(1));
      change(changes_[next]);
      end = std::max(end, changes_[next].at);
    }
    world_.kernel.run_until(end + std::chrono::minutes(20));
    expect_conserved();
  }

  const std::vector<Sent>& sent() const { return sent_; }
  const std::vector<Past>& cuts() const { return cuts_; }
  const MessageCounts& counts() const { return world_.network.counts(); }

 private:
  struct Change {
    Time at{};
    std::size_t trouble = 0;
    bool begins = false;
  };

  std::size_t below(std::size_t bound) { return stream_.below(bound); }
  std::string any_place() {
    const std::size_t place = below(world_.nodes.size() + world_.zones.size());
    if (place < world_.nodes.size()) return world_.nodes[place]->name();
    return "zone:" + world_.zones[place - world_.nodes.size()].name;
  }

  void build() {
    const std::size_t zones = below(4);
    for (std::size_t i = 0; i < zones; ++i) {
      const std::size_t region = i / 2;
      world_.add_zone("z" + std::to_string(i), "r" + std::to_string(region),
                      static_cast<std::uint32_t>(region));
    }
    const std::size_t nodes = 2 + below(6);
    for (std::size_t i = 0; i < nodes; ++i) {
      const std::string name = "n" + std::to_string(i);
      if (zones > 0 && stream_.chance(0.8)) {
        world_.add_in(name, "z" + std::to_string(below(zones)));
      } else {
        world_.add(name);
      }
    }
    for (std::size_t i = 0; linked_ && i < 1 + below(8); ++i) {
      LinkLaw& law = world_.link(any_place(), any_place(), milliseconds(below(40)));
      if (stream_.chance(0.3)) law.jitter = RandomDuration("exponential(5ms)");
      if (stream_.chance(0.4)) law.bandwidth = Bandwidth{1e5 * static_cast<double>(1 + below(50))};
      if (stream_.chance(0.4)) law.loss = 0.3 * stream_.uniform();
    }
    world_.lay_out(true);
  }

  void schedule_troubles() {
    const std::size_t count = below(8);
    for (std::size_t i = 0; i < count; ++i) {
      Past past;
      std::vector<std::string> left, right;
      for (std::size_t node = 0; node < world_.nodes.size(); ++node) {
        switch (below(3)) {
          case 0:
            past.left.push_back(node);
            left.push_back(world_.nodes[node]->name());
            break;
          case 1:
            past.right.push_back(node);
            right.push_back(world_.nodes[node]->name());
            break;
          default:
            break;
        }
      }
      Impairment trouble = world_.cut(left, right);
      trouble.one_way = past.one_way = stream_.chance(0.3);
      trouble.cut = stream_.chance(0.6);
      if (!trouble.cut) {
        trouble.loss = 0.5 * stream_.uniform();
        trouble.duplication = 0.5 * stream_.uniform();
        trouble.extra = RandomDuration("exponential(20ms)");
        trouble.bandwidth_left = 0.1 + 0.9 * stream_.uniform();
      }
      past.from = Time(milliseconds(1 + below(15'000)));
      past.to = past.from + milliseconds(1 + below(5'000));
      changes_.push_back({past.from, i, true});
      changes_.push_back({past.to, i, false});
      if (trouble.cut) cuts_.push_back(past);
      troubles_.push_back(trouble);
    }
    std::stable_sort(changes_.begin(), changes_.end(),
                     [](const Change& a, const Change& b) { return a.at < b.at; });
  }

  void change(const Change& change) {
    // What fires at that very nanosecond sees it already.
    world_.kernel.run_until(change.at - Duration(1));
    const Impairment& trouble = troubles_[change.trouble];
    change.begins ? world_.network.begin(trouble) : world_.network.end(trouble);
  }

  void send() {
    const std::size_t from = below(world_.nodes.size());
    const std::size_t to = below(world_.nodes.size());
    const Transport transport = stream_.chance(0.3)   ? Transport::datagram
                                : stream_.chance(0.5) ? Transport::in_order
                                                      : Transport::reliable;
    sent_.push_back({from, to, transport,
                     world_.send(*world_.nodes[from], *world_.nodes[to],
                                 static_cast<std::int64_t>(below(20'000)), transport)});
  }

  void expect_conserved() {
    const MessageCounts& counts = world_.network.counts();
    std::uint64_t arrived = 0;
    for (const Sent& each : sent_) arrived += each.arrival->has_value() ? 1 : 0;
    ASSERT_EQ(counts.arrived, arrived);
    ASSERT_GE(counts.sent, counts.arrived + counts.lost);
  }

  Stream stream_;
  bool linked_;
  NetworkWorld world_;
  std::vector<Sent> sent_;
  std::vector<Past> cuts_;
  std::deque<Impairment> troubles_;
  std::vector<Change> changes_;
};

bool has(const std::vector<std::size_t>& nodes, std::size_t node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

TEST(RandomNetworks, LoseNoReliableMessageAndKeepTheirAccounts) {
  for (std::uint64_t seed = 1; seed <= 150 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomNetwork network(seed, true);
    network.play();
    std::uint64_t lost = 0;
    for (const auto& each : network.sent()) {
      if (each.arrival->has_value()) continue;
      ++lost;
      EXPECT_EQ(each.transport, Transport::datagram);
    }
    EXPECT_EQ(network.counts().sent, network.sent().size());
    EXPECT_EQ(network.counts().lost, lost);
  }
}

TEST(RandomNetworks, NoMessageArrivesInsideACut) {
  // Without links there is no way around, so the ends of a message say whether it was cut.
  std::uint64_t inside = 0, cut = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    RandomNetwork network(seed, false);
    network.play();
    cut += network.cuts().size();
    for (const auto& each : network.sent()) {
      if (!each.arrival->has_value()) continue;
      for (const auto& past : network.cuts()) {
        const bool concerns =
            (has(past.left, each.from) && has(past.right, each.to)) ||
            (!past.one_way && has(past.right, each.from) && has(past.left, each.to));
        // It begins and ends in the gap before its nanosecond.
        if (concerns && **each.arrival >= past.from && **each.arrival < past.to) ++inside;
      }
    }
  }
  EXPECT_GT(cut, 300u);
  EXPECT_EQ(inside, 0u);
}

TEST(RandomNetworks, DoTheSameAgain) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    RandomNetwork one(seed, true), other(seed, true);
    one.play();
    other.play();
    ASSERT_EQ(one.sent().size(), other.sent().size());
    for (std::size_t i = 0; i < one.sent().size(); ++i)
      EXPECT_EQ(*one.sent()[i].arrival, *other.sent()[i].arrival) << seed;
  }
}

}  // namespace
}  // namespace faultline::sim
