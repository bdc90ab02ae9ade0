/// Probabilistically bounded staleness: the published table, from the quorum code itself.
///
/// In WARS a message to each of N replicas takes W, its acknowledgement A, a read request R and its
/// reply S, all independent. Source: Bailis, Venkataraman, Franklin, Hellerstein, Stoica,
/// "Probabilistically Bounded Staleness for Practical Partial Quorums", PVLDB 5(8), 2012, tables 3
/// and 4.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "models/algorithms/replication/leaderless.hpp"

namespace faultline::models {
namespace {

using Kind = LeaderlessMessage::Kind;

/// A share of Pareto(scale, shape), the rest exponential; in milliseconds.
struct Law {
  double pareto_share;
  double scale;
  double shape;
  double rate;

  sim::Duration draw(SplitMixSource& chance) const {
    const bool body = chance.uniform() < pareto_share;
    const double u = chance.uniform();
    const double ms = body ? scale * std::pow(u, -1 / shape) : -std::log(u) / rate;
    return sim::Duration(static_cast<std::int64_t>(ms * 1e6 + 0.5));
  }
};
constexpr Law ssd{0.9122, 0.235, 10, 1.66};
constexpr Law disk_write{0.38, 1.05, 1.51, 0.183};

/// Three replicas and a coordinator that is none of them.
class Wars {
 public:
  Wars(std::uint32_t r, std::uint32_t w, const Law& write, std::uint64_t seed)
      : write_law_(write), chance_(seed), w_(w) {
    LeaderlessConfig config{.members = 4, .n = 3, .r = r, .w = w};
    config.read_repair = 0;
    config.hinted_handoff = false;
    config.anti_entropy_interval.reset();
    config.suspect_after = config.timeout = std::chrono::hours(1);
    for (config.self = 0; config.self < 4; ++config.self) {
      nodes_.push_back(std::make_unique<LeaderlessNode>(config, chance_, nullptr));
      nodes_.back()->start({});
    }
    while (nodes_[3]->keeps(key_)) ++key_;
  }

  struct Trial {
    double write_ms = 0;
    double read_ms = 0;
    bool fresh = false;
  };
  /// A write, and `after` its acknowledgement a read.
  Trial run(sim::Duration after) {
    now_ += std::chrono::hours(2);
    LeaderlessNode& coordinator = *nodes_[3];
    std::array<Event, 12> events;
    std::size_t count = 0;
    Version version;
    version.value = ++value_;
    version.stamp = now_.count();
    coordinator.begin_write(1, key_, version, {}, now_);
    std::array<sim::Duration, 3> acknowledged;
    auto writes = std::move(coordinator.outgoing);
    coordinator.outgoing.clear();
    for (std::size_t i = 0; i < 3; ++i) {
      const sim::Duration arrives = write_law_.draw(chance_);
      acknowledged[i] = arrives + ssd.draw(chance_);
      events[count++] = {arrives, writes[i].to, false, std::move(writes[i].message)};
      events[count++] = {acknowledged[i], writes[i].to, true, {}};
    }
    auto sorted = acknowledged;
    std::sort(sorted.begin(), sorted.end());
    const sim::Duration read_at = sorted[w_ - 1] + after;
    std::array<sim::Duration, 3> to;
    std::array<sim::Duration, 3> back;
    for (std::size_t i = 0; i < 3; ++i) {
      to[i] = ssd.draw(chance_);
      back[i] = ssd.draw(chance_);
    }
    Trial trial;
    bool read_begun = false;
    const auto play = [&](std::size_t first) {
      // Each event in its time; acknowledgements and replies carry what their replica said then.
      std::sort(events.begin() + static_cast<std::ptrdiff_t>(first),
                events.begin() + static_cast<std::ptrdiff_t>(count),
                [](const Event& one, const Event& other) { return one.at < other.at; });
    };
    play(0);
    std::array<LeaderlessMessage, 4> answer_to_write;
    std::array<LeaderlessMessage, 4> answer_to_read;
    for (std::size_t next = 0; next < count; ++next) {
      if (!read_begun && (events[next].at > read_at)) {
        begin_read(coordinator, events, count, read_at, to, back);
        read_begun = true;
        play(next);
      }
      Event& event = events[next];
      if (event.answer) {
        const bool of_read = event.message.kind == Kind::read_reply;
        auto& answers = of_read ? answer_to_read : answer_to_write;
        coordinator.receive(event.member, answers[event.member], now_ + event.at);
        for (const auto& end : coordinator.finished) {
          if (end.token == 1) trial.write_ms = ms(event.at);
          if (end.token != 2) continue;
          trial.read_ms = ms(event.at - read_at);
          trial.fresh = end.value.latest() && end.value.latest()->value == value_;
        }
        coordinator.finished.clear();
      } else {
        LeaderlessNode& replica = *nodes_[event.member];
        replica.receive(3, event.message, now_ + event.at);
        auto& answers = event.message.kind == Kind::read ? answer_to_read : answer_to_write;
        answers[event.member] = std::move(replica.outgoing.front().message);
        replica.outgoing.clear();
      }
      if (!read_begun && next + 1 == count) {
        begin_read(coordinator, events, count, read_at, to, back);
        read_begun = true;
        play(next + 1);
      }
    }
    return trial;
  }

 private:
  struct Event {
    sim::Duration at;
    std::uint32_t member = 0;
    bool answer = false;
    LeaderlessMessage message;
  };
  static double ms(sim::Duration span) { return static_cast<double>(span.count()) / 1e6; }
  void begin_read(LeaderlessNode& coordinator, std::array<Event, 12>& events, std::size_t& count,
                  sim::Duration read_at, const std::array<sim::Duration, 3>& to,
                  const std::array<sim::Duration, 3>& back) {
    coordinator.begin_read(2, key_, now_ + read_at);
    auto reads = std::move(coordinator.outgoing);
    coordinator.outgoing.clear();
    for (std::size_t i = 0; i < 3; ++i) {
      events[count] = {read_at + to[i] + back[i], reads[i].to, true, {}};
      events[count++].message.kind = Kind::read_reply;
      events[count++] = {read_at + to[i], reads[i].to, false, std::move(reads[i].message)};
    }
  }

  Law write_law_;
  SplitMixSource chance_;
  std::uint32_t w_;
  std::vector<std::unique_ptr<LeaderlessNode>> nodes_;
  std::uint64_t key_ = 0;
  std::uint64_t value_ = 0;
  sim::Duration now_{};
};

struct Cell {
  std::uint32_t r;
  std::uint32_t w;
  double read_ms;   ///< 99.9th percentile.
  double write_ms;  ///< 99.9th percentile.
  double fresh;     ///< Of reads at once after the acknowledgement.
};
constexpr Cell ssd_cells[] = {{1, 1, .656, .655, .9735},
                              {1, 2, .656, 1.63, .9784},
                              {2, 1, 1.63, .655, .9995},
                              {2, 2, 1.63, 1.64, 1}};
constexpr Cell disk_cells[] = {{1, 1, .656, 10.9, .4365},
                               {1, 2, .654, 20.98, .7132},
                               {2, 1, 1.64, 10.9, .7626},
                               {2, 2, 1.63, 20.95, 1}};

void check(const Cell& cell, const Law& write, std::size_t trials, double tolerance,
           bool latencies) {
  SCOPED_TRACE(testing::Message() << "R " << cell.r << ", W " << cell.w);
  Wars wars(cell.r, cell.w, write, 1);
  std::vector<double> reads;
  std::vector<double> writes;
  std::size_t fresh = 0;
  for (std::size_t i = 0; i < trials; ++i) {
    const auto trial = wars.run({});
    reads.push_back(trial.read_ms);
    writes.push_back(trial.write_ms);
    fresh += trial.fresh ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(fresh) / static_cast<double>(trials), cell.fresh, tolerance);
  if (cell.r + cell.w > 3) {
    EXPECT_EQ(fresh, trials);
  }
  if (!latencies) return;
  const auto p999 = [&](std::vector<double>& values) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(trials - trials / 1000);
    std::nth_element(values.begin(), at, values.end());
    return *at;
  };
  EXPECT_NEAR(p999(reads), cell.read_ms, .03 * cell.read_ms);
  EXPECT_NEAR(p999(writes), cell.write_ms, .03 * cell.write_ms);
}

double share_fresh(const Law& write, double after_ms, std::size_t trials) {
  Wars wars(1, 1, write, 2);
  std::size_t fresh = 0;
  for (std::size_t i = 0; i < trials; ++i) {
    fresh += wars.run(sim::Duration(static_cast<std::int64_t>(after_ms * 1e6))).fresh ? 1 : 0;
  }
  return static_cast<double>(fresh) / static_cast<double>(trials);
}

TEST(Staleness, FreshnessOfTheFirstColumnOfTheTable) {
  // Four standard deviations and more; the published tolerance is for the slow tests.
  check(disk_cells[0], disk_write, 20'000, .015, false);
  check(ssd_cells[0], ssd, 10'000, .007, false);
  check(ssd_cells[3], ssd, 5'000, .001, false);
}

TEST(SlowStaleness, TheTableOfLinkedInOnSolidStateDisks) {
  for (const Cell& cell : ssd_cells) check(cell, ssd, 400'000, .003, true);
}

TEST(SlowStaleness, TheTableOfLinkedInOnSpinningDisks) {
  for (const Cell& cell : disk_cells) check(cell, disk_write, 400'000, .003, true);
}

TEST(SlowStaleness, TheWaitForThreeNinesOfFreshness) {
  // 1.97 ms and 51.2 ms, each 5 % less too little and 5 % more enough.
  EXPECT_LT(share_fresh(ssd, 1.97 * 0.95, 1'000'000), .999);
  EXPECT_GT(share_fresh(ssd, 1.97 * 1.05, 1'000'000), .999);
  EXPECT_LT(share_fresh(disk_write, 51.2 * 0.95, 400'000), .999);
  EXPECT_GT(share_fresh(disk_write, 51.2 * 1.05, 400'000), .999);
}

}  // namespace
}  // namespace faultline::models
