/// Random interleavings of small transactions under a level of isolation, and what of Adya's
/// anomalies the history of those that committed shows. The plainest possible check: dependencies
/// in a matrix, and its closure.
/// Source: Adya, "Weak Consistency: A Generalized Theory and Optimistic Implementations", 1999.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/algorithms/isolation/isolation.hpp"
#include "models/algorithms/random_source.hpp"

namespace faultline::models {

struct HistoryTransaction {
  struct Step {
    bool is_write = false;
    Isolation::Key key = 0;
    Isolation::Value value = 0;  ///< Written, or found.
  };
  std::vector<Step> steps;
  bool committed = false;
  bool aborted = false;
  std::size_t began = 0;  ///< Times of the schedule.
  std::size_t ended = 0;
};

struct History {
  std::vector<HistoryTransaction> transactions;
  /// Of each key the values in the order of their commits.
  std::map<Isolation::Key, std::vector<Isolation::Value>> versions;
};

struct Anomalies {
  bool g0 = false;
  bool g1a = false;
  bool g1b = false;
  bool g1c = false;
  bool g_single = false;
  bool g2 = false;
  /// A cycle when the order of real time counts too.
  bool real_time = false;
  bool lost_update = false;
};

class DependencyGraph {
 public:
  explicit DependencyGraph(std::size_t size) : size_(size), edges_(size * size, false) {}
  void add(std::size_t from, std::size_t to) {
    if (from != to) edges_[from * size_ + to] = true;
  }
  void close() {
    for (std::size_t via = 0; via < size_; ++via)
      for (std::size_t from = 0; from < size_; ++from)
        for (std::size_t to = 0; to < size_; ++to)
          if (leads(from, via) && leads(via, to)) edges_[from * size_ + to] = true;
  }
  bool leads(std::size_t from, std::size_t to) const { return edges_[from * size_ + to]; }
  bool has_cycle() const {
    for (std::size_t each = 0; each < size_; ++each)
      if (leads(each, each)) return true;
    return false;
  }
  DependencyGraph& operator+=(const DependencyGraph& other) {
    for (std::size_t i = 0; i < edges_.size(); ++i) edges_[i] = edges_[i] || other.edges_[i];
    return *this;
  }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::vector<bool> edges_;
};

/// Every value that is written is different, and not 0.
inline Anomalies anomalies_of(const History& history) {
  const std::size_t size = history.transactions.size();
  struct Write {
    std::size_t by;
    bool is_last;
  };
  std::map<Isolation::Value, Write> writes;
  for (std::size_t t = 0; t < size; ++t) {
    std::map<Isolation::Key, Isolation::Value> last;
    for (const auto& step : history.transactions[t].steps) {
      if (!step.is_write) continue;
      if (last.count(step.key) > 0) writes[last[step.key]].is_last = false;
      writes[step.value] = {t, true};
      last[step.key] = step.value;
    }
  }
  Anomalies found;
  DependencyGraph ww(size);
  DependencyGraph wr(size);
  DependencyGraph rw(size);
  DependencyGraph time(size);
  for (const auto& [key, values] : history.versions) {
    for (std::size_t i = 0; i + 1 < values.size(); ++i)
      ww.add(writes.at(values[i]).by, writes.at(values[i + 1]).by);
  }
  for (std::size_t t = 0; t < size; ++t) {
    const HistoryTransaction& reader = history.transactions[t];
    if (!reader.committed) continue;
    for (std::size_t other = 0; other < size; ++other) {
      const HistoryTransaction& later = history.transactions[other];
      if (later.committed && reader.ended < later.began) time.add(t, other);
    }
    std::set<Isolation::Key> written;
    for (const auto& step : reader.steps) {
      if (step.is_write) written.insert(step.key);
      if (step.is_write || written.count(step.key) > 0) continue;
      std::size_t next = 0;  // The version that follows the one that was read.
      const auto versions = history.versions.find(step.key);
      if (step.value != 0) {
        const Write& write = writes.at(step.value);
        if (!history.transactions[write.by].committed) {
          if (history.transactions[write.by].aborted) found.g1a = true;
          continue;
        }
        if (!write.is_last) {
          found.g1b = true;
          continue;
        }
        wr.add(write.by, t);
        const auto at = std::find(versions->second.begin(), versions->second.end(), step.value);
        next = static_cast<std::size_t>(at - versions->second.begin()) + 1;
      }
      if (versions == history.versions.end() || next >= versions->second.size()) continue;
      const std::size_t overwriter = writes.at(versions->second[next]).by;
      rw.add(t, overwriter);
      // It wrote the key later itself, over the other's write.
      if (overwriter != t && ww.leads(overwriter, t)) found.lost_update = true;
    }
  }
  DependencyGraph writes_only = ww;
  writes_only.close();
  found.g0 = writes_only.has_cycle();
  DependencyGraph dependencies = ww;
  dependencies += wr;
  dependencies.close();
  found.g1c = dependencies.has_cycle();
  for (std::size_t a = 0; a < size; ++a)
    for (std::size_t b = 0; b < size; ++b)
      if (rw.leads(a, b) && dependencies.leads(b, a)) found.g_single = true;
  DependencyGraph all = ww;
  all += wr;
  all += rw;
  DependencyGraph with_time = all;
  with_time += time;
  all.close();
  found.g2 = all.has_cycle();
  with_time.close();
  found.real_time = with_time.has_cycle();
  return found;
}

/// One run: so many transactions of up to `steps_max` steps on so many keys, a step of one of them
/// at a time, by lot. Aborted ones are not repeated.
inline History run_interleaved(Isolation& isolation, std::uint64_t seed, std::size_t transactions,
                               std::uint64_t keys, std::uint64_t steps_max) {
  struct Running {
    std::vector<HistoryTransaction::Step> script;
    std::size_t next = 0;
    bool begun = false;
    bool waiting = false;
    bool prepared = false;
    bool done = false;
  };
  SplitMixSource random(seed);
  History history;
  std::vector<Running> all(transactions);
  history.transactions.resize(transactions);
  std::map<Isolation::Transaction, std::size_t> by_id;
  std::vector<Isolation::Transaction> ids(transactions);
  Isolation::Transaction next_id = 1;
  Isolation::Value next_value = 1;
  for (Running& each : all) {
    const std::uint64_t steps = 1 + random.below(steps_max);
    for (std::uint64_t i = 0; i < steps; ++i)
      each.script.push_back({random.below(2) == 0, random.below(keys), 0});
  }
  const auto wake = [&] {
    for (const Isolation::Transaction id : isolation.take_woken()) {
      Running& woken = all[by_id.at(id)];
      EXPECT_TRUE(woken.waiting);
      woken.waiting = false;
    }
  };
  // Few at a time, so that some run one after the other.
  const std::size_t window = 2 + random.below(transactions - 1);
  for (std::size_t now = 1;; ++now) {
    std::vector<std::size_t> ready;
    std::size_t open = 0;
    for (std::size_t i = 0; i < transactions && open < window; ++i) {
      if (all[i].done) continue;
      ++open;
      if (!all[i].waiting) ready.push_back(i);
    }
    if (open == 0) return history;
    if (ready.empty()) {
      ADD_FAILURE() << "all wait, seed " << seed;
      return history;
    }
    const std::size_t chosen = ready[random.below(ready.size())];
    Running& running = all[chosen];
    HistoryTransaction& record = history.transactions[chosen];
    if (!running.begun) {
      ids[chosen] = next_id++;
      by_id[ids[chosen]] = chosen;
      isolation.begin(ids[chosen]);
      running.begun = true;
      record.began = now;
      continue;
    }
    const Isolation::Transaction id = ids[chosen];
    Isolation::Answer answer;
    if (running.prepared) {
      for (const Isolation::Write& write : isolation.writes(id))
        history.versions[write.key].push_back(write.value);
      isolation.commit(id);
      record.committed = running.done = true;
      record.ended = now;
    } else if (random.below(20) == 0) {
      answer = {.verdict = Isolation::Verdict::abort, .why = Isolation::Why::asked};
    } else if (running.next == running.script.size()) {
      answer = isolation.prepare(id);
      if (answer.verdict == Isolation::Verdict::go_on) running.prepared = true;
    } else {
      HistoryTransaction::Step step = running.script[running.next];
      if (step.is_write) {
        step.value = next_value++;
        answer = isolation.write(id, step.key, step.value);
      } else {
        answer = isolation.read(id, step.key);
        step.value = answer.value;
      }
      if (answer.verdict == Isolation::Verdict::go_on) {
        record.steps.push_back(step);
        ++running.next;
      }
    }
    if (answer.verdict == Isolation::Verdict::wait) running.waiting = true;
    if (answer.verdict == Isolation::Verdict::abort) {
      isolation.abort(id, answer.why);
      record.aborted = running.done = true;
      record.ended = now;
    }
    wake();
  }
}

inline std::unique_ptr<Isolation> make_isolation(std::string_view level) {
  return sim::Choice<Isolation>(level).make({});
}

/// Over many runs: which anomalies ever happened.
struct Seen {
  Anomalies any;
  std::size_t committed = 0;
  std::size_t aborted = 0;
  Isolation::Counts counts;
};

inline Seen see(std::string_view level, std::uint64_t seeds, std::size_t transactions = 7,
                std::uint64_t keys = 3, std::uint64_t steps = 5) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto isolation = make_isolation(level);
    const History history = run_interleaved(*isolation, seed, transactions, keys, steps);
    const Anomalies found = anomalies_of(history);
    seen.any.g0 |= found.g0;
    seen.any.g1a |= found.g1a;
    seen.any.g1b |= found.g1b;
    seen.any.g1c |= found.g1c;
    seen.any.g_single |= found.g_single;
    seen.any.g2 |= found.g2;
    seen.any.real_time |= found.real_time;
    seen.any.lost_update |= found.lost_update;
    for (const HistoryTransaction& each : history.transactions) {
      (each.committed ? seen.committed : seen.aborted) += 1;
    }
    EXPECT_EQ(isolation->active(), 0u);
    for (const auto& [key, values] : history.versions) {
      EXPECT_EQ(isolation->committed(key), values.back());
    }
    const Isolation::Counts& counts = isolation->counts();
    EXPECT_EQ(counts.begun, counts.committed + counts.aborted[0] + counts.aborted[1] +
                                counts.aborted[2] + counts.aborted[3]);
    seen.counts.waits += counts.waits;
    seen.counts.lost_updates += counts.lost_updates;
    for (std::size_t i = 0; i < Isolation::why_count; ++i)
      seen.counts.aborted[i] += counts.aborted[i];
  }
  return seen;
}

inline std::uint64_t aborted(const Seen& seen, Isolation::Why why) {
  return seen.counts.aborted[static_cast<std::size_t>(why)];
}

/// Runs that show what there is to show.
inline constexpr std::uint64_t many_runs = 1000;

}  // namespace faultline::models
