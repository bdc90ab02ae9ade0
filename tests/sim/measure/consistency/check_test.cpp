#include "sim/measure/consistency/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sim/measure/consistency/linearizable_search.hpp"
#include "sim/measure/consistency/zones.hpp"
#include "tests/sim/measure/consistency/brute_force.hpp"

namespace faultline::sim::consistency {
namespace {

/// Small random histories. Sessions do one thing after another; everything else is left to chance,
/// so that about half of them are violations of something.
class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed) : words_(seed) {}

  History make(Model model, bool unique) {
    History history;
    history.initial = model == Model::rw_register || model == Model::cas_register ? 0 : nil;
    if (model == Model::bank) history.initial = history.values.map(std::vector<Value>{0, 3, 1, 1});
    const auto sessions = static_cast<std::uint32_t>(1 + below(3));
    const auto keys = 1 + below(2);
    std::vector<std::int64_t> now(sessions, 0);
    std::vector<bool> is_lost(sessions, false);
    Value next = 1;
    const auto count = 1 + below(7);
    for (std::uint64_t number = 0; number < count; ++number) {
      Operation one;
      one.session = static_cast<std::uint32_t>(below(sessions));
      one.key = below(keys);
      std::int64_t& time = now[one.session];
      time += 1 + static_cast<std::int64_t>(below(4));
      one.invoked = Time(Duration(time));
      time += static_cast<std::int64_t>(below(5));
      one.completed = Time(Duration(time));
      if (below(6) == 0) one.outcome = below(4) == 0 ? Outcome::fail : Outcome::unknown;
      const Value fresh = unique ? next : 1 + static_cast<Value>(below(2));
      if (unique) ++next;
      fill(one, history, model, fresh, next);
      history.operations.push_back(one);
    }
    return history;
  }

  std::uint64_t below(std::uint64_t bound) { return words_() % bound; }

 private:
  void fill(Operation& one, History& history, Model model, Value fresh, Value known) {
    const bool is_change = below(2) == 0;
    const Value any =
        static_cast<Value>(below(static_cast<std::uint64_t>(std::max<Value>(known, 3))));
    switch (model) {
      case Model::cas_register:
        if (below(3) == 0) {
          one.kind = below(4) == 0 && one.outcome == Outcome::ok ? Kind::differs : Kind::cas;
          one.value = any;
          if (one.kind == Kind::cas) one.second = fresh;
          return;
        }
        [[fallthrough]];
      case Model::rw_register:
        one.kind = is_change ? Kind::write : Kind::read;
        one.value = is_change ? fresh : any;
        return;
      case Model::counter:
        one.kind = is_change ? Kind::add : Kind::read;
        one.value = is_change ? 1 + static_cast<Value>(below(3)) : static_cast<Value>(below(5));
        return;
      case Model::set: {
        one.kind = is_change ? Kind::add : Kind::read;
        std::vector<Value> members;
        for (Value member = 1; member <= 3; ++member) {
          if (below(2) == 0) members.push_back(member);
        }
        one.value = is_change ? 1 + static_cast<Value>(below(3)) : history.values.list(members);
        return;
      }
      case Model::queue:
      case Model::unordered_queue:
        one.kind = is_change ? Kind::enqueue : Kind::dequeue;
        one.value = is_change ? fresh : any;
        if (!is_change && (any == 0 || one.outcome != Outcome::ok)) one.value = nil;
        return;
      case Model::bank: {
        one.kind = is_change ? Kind::transfer : Kind::read;
        const Value from = static_cast<Value>(below(2));
        const Value balance = static_cast<Value>(below(5));
        one.value = is_change ? history.values.list(std::vector<Value>{
                                    from, 1 - from, 1 + static_cast<Value>(below(2))})
                              : history.values.map(std::vector<Value>{0, balance, 1, 4 - balance});
        return;
      }
      case Model::kv_append: {
        static const std::vector<std::string> pieces{"a", "b", "ab", ""};
        std::string text = pieces[below(4)];
        if (!is_change) text += pieces[below(4)];
        one.kind = !is_change ? Kind::read : below(2) == 0 ? Kind::write : Kind::append;
        one.value = history.values.text(text);
        return;
      }
    }
  }

  std::mt19937_64 words_;
};

constexpr std::array<Model, 8> all_models{
    Model::rw_register, Model::cas_register,    Model::counter, Model::set,
    Model::queue,       Model::unordered_queue, Model::bank,    Model::kv_append};
constexpr std::array<Level, 9> all_levels{Level::linearizable,
                                          Level::regular,
                                          Level::sequential,
                                          Level::causal,
                                          Level::pram,
                                          Level::read_your_writes,
                                          Level::monotonic_reads,
                                          Level::monotonic_writes,
                                          Level::writes_follow_reads};

std::string shown(const History& history) {
  std::string text;
  for (const Operation& one : history.operations) {
    text += "  " + std::to_string(one.session) + " [" +
            std::to_string(one.invoked.time_since_epoch().count()) + ", " +
            std::to_string(one.completed.time_since_epoch().count()) + "] " + history.to_text(one) +
            (one.outcome == Outcome::ok     ? ""
             : one.outcome == Outcome::fail ? " (fail)"
                                            : " (unknown)") +
            "\n";
  }
  return text;
}

/// Calls `test` with random histories of every model, of unique values and of others.
template <class Test>
void for_each_history(std::uint64_t rounds, const Test& test) {
  for (const Model model : all_models) {
    for (std::uint64_t seed = 0; seed < rounds; ++seed) {
      RandomHistory random(seed * 8 + static_cast<std::uint64_t>(model));
      const History history = random.make(model, seed % 3 != 0);
      SCOPED_TRACE("seed " + std::to_string(seed) + " of " + std::string(to_text(model)) + "\n" +
                   shown(history));
      test(history, model, random);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

bool tells(const History& history, Verdict verdict, Level level) {
  if (verdict != Verdict::unknown) return true;
  // The one thing that is left open, and said so.
  const bool has_differs =
      std::any_of(history.operations.begin(), history.operations.end(),
                  [](const Operation& one) { return one.kind == Kind::differs; });
  const bool has_lost =
      std::any_of(history.operations.begin(), history.operations.end(), [](const Operation& one) {
        return one.kind == Kind::dequeue && one.outcome == Outcome::unknown;
      });
  return has_lost || (has_differs && level != Level::linearizable && level != Level::regular &&
                      level != Level::sequential);
}

TEST(ConsistencyCheck, AgreesWithTryingEveryOrder) {
  std::array<std::array<int, 2>, all_levels.size()> seen{};
  for_each_history(400, [&](const History& history, Model model, RandomHistory&) {
    for (const Level level : all_levels) {
      if (unfit(model, level)) continue;
      const CheckResult result = check(history, model, level);
      if (!tells(history, result.verdict, level)) {
        ADD_FAILURE() << to_text(level) << " is left open: " << result.reason;
      }
      if (result.verdict == Verdict::unknown) continue;
      const bool expected = brute_force::holds(history, model, level);
      ++seen[static_cast<std::size_t>(level)][expected ? 1 : 0];
      EXPECT_EQ(result.verdict == Verdict::holds, expected) << to_text(level);
    }
  });
  // Each level was both kept and violated, often.
  for (const auto& [violated, held] : seen) {
    EXPECT_GT(violated, 50);
    EXPECT_GT(held, 50);
  }
}

TEST(ConsistencyCheck, StrongerLevelsImplyWeakerOnes) {
  for_each_history(250, [&](const History& history, Model model, RandomHistory&) {
    for (const Level strong : all_levels) {
      if (unfit(model, strong)) continue;
      if (check(history, model, strong).verdict != Verdict::holds) continue;
      for (const Level weak : all_levels) {
        if (unfit(model, weak) || !implies(strong, weak)) continue;
        EXPECT_NE(check(history, model, weak).verdict, Verdict::violated)
            << to_text(strong) << " holds, but not " << to_text(weak);
      }
    }
  });
}

TEST(ConsistencyCheck, NamesDoNotMatter) {
  for_each_history(150, [&](const History& history, Model model, RandomHistory& random) {
    History renamed = history;
    const bool is_register = model == Model::rw_register || model == Model::cas_register;
    const auto value = [&](Value old) { return is_register && old != nil ? 1000 - 7 * old : old; };
    const std::uint64_t key = random.below(100);
    const auto session = static_cast<std::uint32_t>(random.below(100));
    renamed.initial = value(renamed.initial);
    for (Operation& one : renamed.operations) {
      one.key = (one.key ^ 1) + key;
      one.session = 5 * (7 - one.session) + session;
      one.value = value(one.value);
      one.second = value(one.second);
    }
    for (const Level level : all_levels) {
      if (unfit(model, level)) continue;
      EXPECT_EQ(check(history, model, level).verdict, check(renamed, model, level).verdict)
          << to_text(level);
    }
  });
}

TEST(ConsistencyCheck, RemovingAReadNeverMakesAViolation) {
  for_each_history(150, [&](const History& history, Model model, RandomHistory&) {
    for (const Level level : all_levels) {
      if (unfit(model, level)) continue;
      if (check(history, model, level).verdict != Verdict::holds) continue;
      for (std::size_t read = 0; read < history.operations.size(); ++read) {
        if (history.operations[read].kind != Kind::read) continue;
        History fewer = history;
        fewer.operations.erase(fewer.operations.begin() + static_cast<std::ptrdiff_t>(read));
        EXPECT_NE(check(fewer, model, level).verdict, Verdict::violated) << to_text(level);
      }
    }
  });
}

TEST(ConsistencyCheck, WitnessesViolateByThemselves) {
  for_each_history(250, [&](const History& history, Model model, RandomHistory&) {
    for (const Level level : all_levels) {
      if (unfit(model, level)) continue;
      const CheckResult result = check(history, model, level);
      if (result.verdict != Verdict::violated) {
        EXPECT_TRUE(result.witness.operations.empty());
        continue;
      }
      EXPECT_FALSE(result.witness.why.empty());
      History few = history;
      few.operations.clear();
      // Of a session's operations the order of the history is theirs.
      std::vector<std::size_t> indices;
      for (const WitnessOperation& one : result.witness.operations) indices.push_back(one.index);
      std::sort(indices.begin(), indices.end());
      for (const std::size_t index : indices) {
        few.operations.push_back(history.operations[index]);
      }
      EXPECT_FALSE(brute_force::holds(few, model, level))
          << to_text(level) << ": " << result.witness.why << "\n"
          << shown(few);
    }
  });
}

/// A session with several threads: what of it overlaps has no order.
TEST(ConsistencyCheck, SessionsMayOverlapThemselves) {
  std::array<int, 2> seen{};
  for_each_history(150, [&](const History& history, Model model, RandomHistory& random) {
    History joined = history;
    for (Operation& one : joined.operations) {
      one.session = 0;
      one.invoked += Duration(static_cast<std::int64_t>(random.below(2)));
      one.completed += Duration(1 + static_cast<std::int64_t>(random.below(3)));
    }
    // Without instants at which one ends and the next begins: there the session's order would
    // count.
    for (Operation& one : joined.operations) {
      one.invoked = Time(2 * one.invoked.time_since_epoch());
      one.completed = Time(2 * one.completed.time_since_epoch() + Duration(1));
    }
    for (const Level level : {Level::linearizable, Level::sequential}) {
      const CheckResult result = check(joined, model, level);
      if (result.verdict == Verdict::unknown) continue;
      const bool expected = brute_force::holds(joined, model, level);
      ++seen[expected ? 1 : 0];
      EXPECT_EQ(result.verdict == Verdict::holds, expected) << to_text(level);
    }
    for (const Level strong : all_levels) {
      if (unfit(model, strong) || check(joined, model, strong).verdict != Verdict::holds) continue;
      for (const Level weak : all_levels) {
        if (unfit(model, weak) || !implies(strong, weak)) continue;
        EXPECT_NE(check(joined, model, weak).verdict, Verdict::violated)
            << to_text(strong) << " holds, but not " << to_text(weak);
      }
    }
  });
  EXPECT_GT(seen[0], 100);
  EXPECT_GT(seen[1], 100);
}

TEST(ConsistencyCheck, ThreadsDoNotMatter) {
  for_each_history(60, [&](const History& history, Model model, RandomHistory&) {
    const CheckResult one = check(history, model, Level::linearizable);
    const CheckResult two = check(history, model, Level::linearizable, {.threads = 3});
    EXPECT_EQ(one.verdict, two.verdict);
    EXPECT_EQ(one.witness.why, two.witness.why);
    EXPECT_EQ(one.witness.operations.size(), two.witness.operations.size());
  });
}

/// A history of a register that is right: every operation takes effect somewhere within its time.
History right_history(std::uint64_t seed, std::size_t operations, std::uint64_t keys,
                      std::uint32_t sessions) {
  std::mt19937_64 words(seed);
  History history;
  struct Effect {
    std::int64_t at;
    std::size_t index;
  };
  std::vector<Effect> effects;
  std::vector<std::int64_t> now(sessions, 0);
  for (std::size_t index = 0; index < operations; ++index) {
    const auto session = static_cast<std::uint32_t>(index % sessions);
    const auto length = static_cast<std::int64_t>(1 + words() % 1000);
    Operation one;
    one.session = session;
    one.key = words() % keys;
    one.kind = words() % 2 == 0 ? Kind::write : Kind::read;
    one.value = static_cast<Value>(index) + 1;
    one.invoked = Time(Duration(now[session] + 1));
    effects.push_back({now[session] + 1 + static_cast<std::int64_t>(words()) % length, index});
    effects.back().at = std::max(effects.back().at, now[session] + 1);
    now[session] += 1 + length;
    one.completed = Time(Duration(now[session]));
    if (words() % 50 == 0) one.outcome = Outcome::unknown;
    history.operations.push_back(one);
  }
  std::sort(effects.begin(), effects.end(), [](const Effect& a, const Effect& b) {
    return std::pair(a.at, a.index) < std::pair(b.at, b.index);
  });
  std::map<std::uint64_t, Value> held;
  for (const Effect& effect : effects) {
    Operation& one = history.operations[effect.index];
    const auto [place, is_new] = held.try_emplace(one.key, nil);
    if (one.kind == Kind::write) {
      place->second = one.value;
    } else {
      one.value = place->second;
    }
  }
  return history;
}

TEST(ConsistencyCheck, ZonesAndSearchAgree) {
  int violated = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    History history = right_history(seed, 40, 1, 5);
    // One read finds what another read found.
    std::mt19937_64 words(seed);
    std::vector<std::size_t> reads;
    for (std::size_t index = 0; index < history.operations.size(); ++index) {
      if (history.operations[index].kind == Kind::read) reads.push_back(index);
    }
    history.operations[reads[words() % reads.size()]].value =
        history.operations[reads[words() % reads.size()]].value;
    const std::vector<RankedOperation> operations = ranked(history);
    const std::optional<ZoneResult> zones = check_zones(history, operations);
    ASSERT_TRUE(zones.has_value());
    Budget budget(1'000'000);
    EXPECT_EQ(LinearizableSearch(Model::rw_register, history, operations).run(budget),
              zones->verdict);
    if (zones->verdict != Verdict::violated) continue;
    ++violated;
    std::vector<RankedOperation> few;
    for (const std::size_t place : zones->witness) few.push_back(operations[place]);
    EXPECT_LE(few.size(), 6U);
    EXPECT_EQ(check_zones(history, few)->verdict, Verdict::violated);
  }
  EXPECT_GT(violated, 50);
  EXPECT_LT(violated, 280);
}

TEST(ConsistencyCheck, EmptyHistoryHolds) {
  for (const Model model : all_models) {
    for (const Level level : all_levels) {
      if (unfit(model, level)) continue;
      EXPECT_EQ(check(History{}, model, level).verdict, Verdict::holds);
    }
  }
}

class OneRegister : public ::testing::Test {
 protected:
  Operation& add(Kind kind, Value value, std::int64_t begin, std::int64_t end,
                 std::uint32_t session) {
    Operation one;
    one.kind = kind;
    one.value = value;
    one.invoked = Time(Duration(begin));
    one.completed = Time(Duration(end));
    one.session = session;
    history.operations.push_back(one);
    return history.operations.back();
  }
  Verdict verdict(Level level) const { return check(history, Model::rw_register, level).verdict; }

  History history;
};

TEST_F(OneRegister, OperationsThatTouchOverlap) {
  // The write ends at 5, the read of another session begins at 5: it may come first.
  add(Kind::write, 1, 0, 5, 0);
  add(Kind::read, nil, 5, 6, 1);
  EXPECT_EQ(verdict(Level::linearizable), Verdict::holds);
  history.operations[1].invoked = Time(Duration(6));
  EXPECT_EQ(verdict(Level::linearizable), Verdict::violated);
}

TEST_F(OneRegister, OneSessionDoesOneThingAfterAnotherAlsoAtOneInstant) {
  add(Kind::write, 1, 0, 5, 0);
  add(Kind::read, nil, 5, 6, 0);
  for (const Level level : {Level::linearizable, Level::sequential, Level::read_your_writes}) {
    EXPECT_EQ(verdict(level), Verdict::violated) << to_text(level);
  }
}

TEST_F(OneRegister, UnknownWriteTakesEffectLateOrNever) {
  add(Kind::write, 1, 0, 3, 0).outcome = Outcome::unknown;
  add(Kind::read, nil, 10, 11, 1);
  EXPECT_EQ(verdict(Level::linearizable), Verdict::holds);
  add(Kind::read, 1, 20, 21, 1);
  EXPECT_EQ(verdict(Level::linearizable), Verdict::holds);
  // But not twice, and not before it began.
  add(Kind::write, 2, 22, 23, 1);
  add(Kind::read, 1, 24, 25, 1);
  EXPECT_EQ(verdict(Level::linearizable), Verdict::violated);
}

TEST_F(OneRegister, UnknownWriteDoesNotDivideItsSession) {
  // It saw the write of another, and then, after a write of its own that was never answered, the
  // initial value again.
  add(Kind::write, 1, 0, 1, 1);
  add(Kind::read, 1, 2, 3, 0);
  add(Kind::write, 2, 4, 5, 0).outcome = Outcome::unknown;
  add(Kind::read, nil, 6, 7, 0);
  for (const Level level :
       {Level::sequential, Level::causal, Level::pram, Level::monotonic_reads}) {
    EXPECT_EQ(verdict(level), Verdict::violated) << to_text(level);
  }
  EXPECT_EQ(verdict(Level::read_your_writes), Verdict::holds);
}

TEST_F(OneRegister, StaleReadIsSequentialButNotLinearizable) {
  add(Kind::write, 1, 0, 1, 0);
  add(Kind::write, 2, 2, 3, 0);
  add(Kind::read, 1, 4, 5, 1);
  EXPECT_EQ(verdict(Level::linearizable), Verdict::violated);
  EXPECT_EQ(verdict(Level::sequential), Verdict::holds);
  const CheckResult result = check(history, Model::rw_register, Level::linearizable);
  EXPECT_EQ(result.witness.operations.size(), 3U);
  EXPECT_EQ(result.witness.why,
            "However these operations are ordered within their times, \"read 0: 1\" of session 1 "
            "cannot be explained.");
}

TEST_F(OneRegister, ReadOfWhatNobodyWroteIsNamed) {
  add(Kind::write, 1, 0, 1, 0);
  add(Kind::read, 7, 2, 3, 1);
  for (const Level level : {Level::causal, Level::pram, Level::read_your_writes}) {
    const CheckResult result = check(history, Model::rw_register, level);
    EXPECT_EQ(result.anomalies, std::vector<std::string>{"ThinAirRead"});
    EXPECT_EQ(result.witness.why, "Nobody wrote what \"read 0: 7\" of session 1 found.");
  }
}

TEST_F(OneRegister, BudgetEndsInUnknown) {
  // Twelve writes of the same two values at once, then a read of neither: every order is wrong, and
  // there are many.
  for (std::uint32_t session = 0; session < 12; ++session) {
    add(Kind::write, session + 1, 0, 100, session);
    add(Kind::write, session + 1, 101, 200, session);
  }
  add(Kind::read, 1, 201, 202, 50);
  add(Kind::read, 2, 203, 204, 50);
  CheckOptions options;
  options.steps_max = 50;
  const CheckResult result = check(history, Model::rw_register, Level::linearizable, options);
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_EQ(result.reason, "the budget is spent");
  EXPECT_EQ(verdict(Level::linearizable), Verdict::violated);
}

TEST(ConsistencyCheck, OnlyRegistersHaveLevelsOfWhatWasRead) {
  EXPECT_EQ(unfit(Model::counter, Level::causal),
            "causal is there for register and cas_register, not for counter");
  EXPECT_EQ(unfit(Model::counter, Level::sequential), std::nullopt);
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(SlowConsistencyCheck, HundredThousandOperationsTakeLessThanTwoSeconds) {
  History history = right_history(1, 100'000, 1000, 50);
  const double right = seconds_of([&] {
    EXPECT_EQ(check(history, Model::rw_register, Level::linearizable).verdict, Verdict::holds);
  });
  RecordProperty("milliseconds_right", static_cast<int>(right * 1e3));
  EXPECT_LT(right, 2);
  // A read near the end finds the first value of its key.
  std::map<std::uint64_t, Value> first;
  for (Operation& one : history.operations) {
    if (one.kind == Kind::write && one.outcome == Outcome::ok)
      first.try_emplace(one.key, one.value);
  }
  for (auto one = history.operations.rbegin();; ++one) {
    if (one->kind != Kind::read || one->outcome != Outcome::ok) continue;
    one->value = first.at(one->key);
    break;
  }
  const double wrong = seconds_of([&] {
    const CheckResult result = check(history, Model::rw_register, Level::linearizable);
    EXPECT_EQ(result.verdict, Verdict::violated);
    EXPECT_LE(result.witness.operations.size(), 4U);
  });
  RecordProperty("milliseconds_wrong", static_cast<int>(wrong * 1e3));
  EXPECT_LT(wrong, 2);
}

TEST(SlowConsistencyCheck, LargeHistoriesAreCheckedAtEveryLevel) {
  History history = right_history(2, 20'000, 100, 20);
  for (const Level level : all_levels) {
    EXPECT_EQ(check(history, Model::rw_register, level).verdict, Verdict::holds);
  }
  // A session reads an old value after a newer one of the same writer.
  for (std::size_t index = 0;; ++index) {
    const Operation old = history.operations[index];
    if (old.kind != Kind::write || old.outcome != Outcome::ok) continue;
    std::size_t next = index + 1;
    while (next < history.operations.size() && (history.operations[next].kind != Kind::write ||
                                                history.operations[next].key != old.key ||
                                                history.operations[next].session != old.session ||
                                                history.operations[next].outcome != Outcome::ok)) {
      ++next;
    }
    if (next == history.operations.size()) continue;
    for (const Value value : {history.operations[next].value, old.value}) {
      Operation read;
      read.kind = Kind::read;
      read.key = old.key;
      read.value = value;
      read.session = 1000;
      read.invoked = Time(Duration(1'000'000'000 + 10 * (value == old.value)));
      read.completed = read.invoked + Duration(5);
      history.operations.push_back(read);
    }
    break;
  }
  for (const Level level : all_levels) {
    if (level == Level::writes_follow_reads || level == Level::read_your_writes) continue;
    const CheckResult result = check(history, Model::rw_register, level);
    EXPECT_EQ(result.verdict, Verdict::violated) << to_text(level);
    EXPECT_LE(result.witness.operations.size(), 4U) << to_text(level);
  }
}

}  // namespace
}  // namespace faultline::sim::consistency
