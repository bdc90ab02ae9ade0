/// What every registered circuit breaker promises, in random sequences of everything that can
/// happen to one; and the windows against a reference that is too plain to be wrong.
#include "tests/models/algorithms/resilience/breaker/breaker_fixture.hpp"

namespace faultline::models::breaker_test {
namespace {

class BreakerConformance : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(
    Breakers, BreakerConformance,
    testing::ValuesIn(sim::TypeCatalogue::instance().names(CircuitBreaker::kind)),
    [](const auto& breaker) { return breaker.param; });

TEST(CircuitBreakers, AreRegistered) {
  EXPECT_EQ(sim::TypeCatalogue::instance().names(CircuitBreaker::kind),
            (std::vector<std::string>{"consecutive_failures", "count_window", "time_window"}));
}

TEST_P(BreakerConformance, NeverLetsMoreThanTheHalfOpenCallsThrough) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    SplitMixSource random(seed);
    const auto probes = static_cast<std::int64_t>(1 + random.below(5));
    Breaker breaker(GetParam() + "(open_for=2s, half_open_calls=" + std::to_string(probes) +
                    ", failure_rate=30%)");
    struct Call {
      CircuitBreaker::Pass pass;
      State passed_in;
    };
    std::vector<Call> under_way;
    std::int64_t open_since_probes = 0;
    bool seen[3] = {};
    for (int step = 0; step < 20'000; ++step) {
      breaker.wait(sim::Duration(random.below(40'000'000)));
      const State before = breaker.state();
      // Good times and bad ones, by turns.
      const bool ok = random.below(100) < (step / 2'000 % 2 == 0 ? 95u : 20u);
      if (random.below(2) == 0 || under_way.empty()) {
        const auto pass = breaker.enter();
        if (before == State::closed) {
          ASSERT_TRUE(pass.allowed);
        }
        // It never opens or closes because a call comes; from open it goes to half-open alone.
        ASSERT_TRUE(breaker.state() == before ||
                    (before == State::open && breaker.state() == State::half_open));
        if (breaker.state() == State::open) {
          ASSERT_FALSE(pass.allowed);
        }
        if (breaker.state() == State::half_open && before == State::open) open_since_probes = 0;
        if (pass.allowed) under_way.push_back({pass, breaker.state()});
        if (pass.allowed && breaker.state() == State::half_open) ++open_since_probes;
      } else {
        std::swap(under_way[random.below(under_way.size())], under_way.back());
        const Call call = under_way.back();
        under_way.pop_back();
        if (random.below(20) == 0) {
          const std::uint32_t period = call.pass.period;
          breaker->given_up(call.pass);
          ASSERT_EQ(breaker.state(), before);
          // A probe of this half-open state, given up, makes room.
          if (before == State::half_open && call.passed_in == State::half_open) {
            const bool of_now = std::any_of(under_way.begin(), under_way.end(),
                                            [&](const Call& c) { return c.pass.period > period; });
            if (!of_now) --open_since_probes;
          }
        } else {
          breaker.end(call.pass, ok, ok ? 1ms : 3ms);
        }
      }
      ASSERT_LE(open_since_probes, probes);
      // Of those under way, no more than the probes passed in the present half-open state.
      if (breaker.state() == State::half_open) {
        std::uint32_t latest = 0;
        for (const Call& call : under_way) latest = std::max(latest, call.pass.period);
        const auto now_under_way =
            std::count_if(under_way.begin(), under_way.end(), [&](const Call& call) {
              return call.passed_in == State::half_open && call.pass.period == latest;
            });
        ASSERT_LE(now_under_way, probes);
      }
      seen[static_cast<int>(breaker.state())] = true;
    }
    EXPECT_TRUE(seen[0]);
    EXPECT_TRUE(seen[1]);
    EXPECT_TRUE(seen[2]);
  }
}

/// One call of the reference's memory.
struct Past {
  sim::Duration at;
  bool failed;
  bool slow;
};

/// Compares a closed breaker with a list of everything, up to its first opening.
template <class InWindow>
void compare_windows(const std::string& text, std::int64_t min_calls, InWindow in_window) {
  int opened = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    SplitMixSource random(seed);
    Breaker breaker(text);
    std::vector<Past> all;
    for (int step = 0; step < 400; ++step) {
      breaker.wait(
          sim::Duration(random.below(random.below(10) == 0 ? 3'000'000'000 : 200'000'000)));
      const bool ok = random.below(100) >= 40;
      const bool slow = random.below(100) < 30;
      ASSERT_TRUE(breaker.call(ok, slow ? 11ms : 10ms));
      all.push_back({breaker.now(), !ok, slow});
      const std::vector<Past> window = in_window(all);
      const auto calls = static_cast<std::int64_t>(window.size());
      const auto failed =
          std::count_if(window.begin(), window.end(), [](const Past& past) { return past.failed; });
      const auto slow_ones =
          std::count_if(window.begin(), window.end(), [](const Past& past) { return past.slow; });
      const bool opens = calls >= min_calls && (2 * failed >= calls || 5 * slow_ones >= 2 * calls);
      ASSERT_EQ(breaker.state() == State::open, opens) << step;
      if (opens) {
        ++opened;
        break;
      }
    }
  }
  EXPECT_GT(opened, 100);
}

TEST(CircuitBreakers, TheCountWindowIsThatOfAListOfAllCalls) {
  compare_windows("count_window(20, min_calls=12, slow_rate=40%, slow_call=10ms)", 12,
                  [](const std::vector<Past>& all) {
                    const auto count = std::min<std::ptrdiff_t>(20, std::ssize(all));
                    return std::vector<Past>(all.end() - count, all.end());
                  });
}

TEST(CircuitBreakers, TheTimeWindowIsThatOfAListOfAllCalls) {
  compare_windows("time_window(5s, min_calls=12, slow_rate=40%, slow_call=10ms)", 12,
                  [](const std::vector<Past>& all) {
                    std::vector<Past> window;
                    const auto second = [](sim::Duration time) {
                      return std::chrono::floor<std::chrono::seconds>(time);
                    };
                    for (const Past& past : all) {
                      if (second(past.at) > second(all.back().at) - 5s) window.push_back(past);
                    }
                    return window;
                  });
}

}  // namespace
}  // namespace faultline::models::breaker_test
