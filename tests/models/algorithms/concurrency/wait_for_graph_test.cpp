#include "models/algorithms/concurrency/wait_for_graph.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace faultline::models {
namespace {

using Graph = WaitForGraph;

/// The processes of a ring in their order.
std::vector<Graph::Process> processes_of(const std::vector<Graph::Link>& ring) {
  std::vector<Graph::Process> processes;
  for (const Graph::Link& link : ring) processes.push_back(link.process);
  return processes;
}

/// Each holds what the one before waits for.
void expect_is_ring(const std::vector<Graph::Link>& ring) {
  for (std::size_t i = 0; i < ring.size(); ++i)
    EXPECT_EQ(ring[i].waits_for, ring[(i + 1) % ring.size()].holds) << i;
}

TEST(WaitForGraph, TwoLocksInOppositeOrder) {
  Graph graph;
  const auto a = graph.add_process();
  const auto b = graph.add_process();
  const auto x = graph.add_resource(Graph::all);
  const auto y = graph.add_resource(Graph::all);
  graph.hold(a, x);
  graph.hold(b, y);
  EXPECT_TRUE(graph.wait(a, y).empty());
  const auto ring = graph.wait(b, x);
  EXPECT_EQ(processes_of(ring), (std::vector{b, a}));
  expect_is_ring(ring);
  EXPECT_EQ(ring[0].holds, y);
  EXPECT_EQ(ring[0].waits_for, x);
}

TEST(WaitForGraph, TheSameOrderIsNoRing) {
  Graph graph;
  const auto a = graph.add_process();
  const auto b = graph.add_process();
  const auto x = graph.add_resource(Graph::all);
  const auto y = graph.add_resource(Graph::all);
  graph.hold(a, x);
  EXPECT_TRUE(graph.wait(b, x).empty());
  EXPECT_TRUE(graph.wait(a, y).empty()) << "y is free by now; nobody holds it";
}

TEST(WaitForGraph, OneThatTakesItsOwnLockAgain) {
  Graph graph;
  const auto a = graph.add_process();
  const auto x = graph.add_resource(Graph::all);
  graph.hold(a, x);
  const auto ring = graph.wait(a, x);
  ASSERT_EQ(ring.size(), 1u);
  EXPECT_EQ(ring[0].process, a);
  EXPECT_EQ(ring[0].holds, x);
}

TEST(WaitForGraph, ALockThatChangedHandsInBetween) {
  // c waits for x of a; a gives it to b; b then waits for what c holds.
  Graph graph;
  const auto a = graph.add_process();
  const auto b = graph.add_process();
  const auto c = graph.add_process();
  const auto x = graph.add_resource(Graph::all);
  const auto y = graph.add_resource(Graph::all);
  const auto first = graph.hold(a, x);
  graph.hold(c, y);
  EXPECT_TRUE(graph.wait(b, x).empty());
  EXPECT_TRUE(graph.wait(c, x).empty());
  graph.let_go(first);
  graph.stop_waiting(b);
  graph.hold(b, x);
  EXPECT_EQ(processes_of(graph.wait(b, y)), (std::vector{b, c}));
}

TEST(WaitForGraph, ARingIsReportedByTheOneThatClosesItOnly) {
  Graph graph;
  const auto a = graph.add_process();
  const auto b = graph.add_process();
  const auto late = graph.add_process();
  const auto x = graph.add_resource(Graph::all);
  const auto y = graph.add_resource(Graph::all);
  const auto z = graph.add_resource(Graph::all);
  graph.hold(a, x);
  graph.hold(b, y);
  graph.hold(late, z);
  graph.wait(a, y);
  EXPECT_EQ(graph.wait(b, x).size(), 2u);
  // It waits for ever too, but closes no ring.
  EXPECT_TRUE(graph.wait(late, x).empty());
}

TEST(WaitForGraph, OneOfTheRingThatGivesUpBreaksIt) {
  Graph graph;
  const auto a = graph.add_process();
  const auto b = graph.add_process();
  const auto x = graph.add_resource(Graph::all);
  const auto y = graph.add_resource(Graph::all);
  graph.hold(a, x);
  const auto held = graph.hold(b, y);
  graph.wait(a, y);
  EXPECT_FALSE(graph.wait(b, x).empty());
  graph.stop_waiting(b);
  graph.let_go(held);
  graph.remove_process(b);
  EXPECT_EQ(graph.process_count(), 1u);
  graph.stop_waiting(a);
  graph.hold(a, y);
  EXPECT_EQ(graph.holders(y), 1u);
}

TEST(WaitForGraph, ASemaphoreIsStuckWhenAllItsHoldersAre) {
  Graph graph;
  const auto s = graph.add_resource(1);
  const auto x = graph.add_resource(Graph::all);
  const auto a = graph.add_process();
  const auto b = graph.add_process();
  const auto c = graph.add_process();
  graph.hold(a, s);
  graph.hold(b, s);
  graph.hold(c, x);
  graph.wait(a, x);
  // b may still give its permit back.
  EXPECT_TRUE(graph.wait(c, s).empty());
  const auto ring = graph.wait(b, x);
  expect_is_ring(ring);
  EXPECT_EQ(processes_of(ring), (std::vector{b, c}));
}

TEST(WaitForGraph, AHolderThatWaitsForSomebodyFreeIsNoPartOfADeadlock) {
  // All who hold the semaphore wait, but one of them for one that runs.
  Graph graph;
  const auto s = graph.add_resource(1);
  const auto x = graph.add_resource(Graph::all);
  const auto y = graph.add_resource(Graph::all);
  const auto a = graph.add_process();
  const auto b = graph.add_process();
  const auto c = graph.add_process();
  const auto runs = graph.add_process();
  graph.hold(a, s);
  graph.hold(b, s);
  graph.hold(c, x);
  graph.hold(runs, y);
  graph.wait(b, y);
  graph.wait(a, x);
  EXPECT_TRUE(graph.wait(c, s).empty());
}

TEST(WaitForGraph, AWriterWaitsForAllReaders) {
  // r reads and waits for m, held by one that waits to read behind the writer w: a ring through the
  // holders, whoever stands in front of the queue.
  Graph graph;
  const auto lock = graph.add_resource(Graph::all);
  const auto m = graph.add_resource(Graph::all);
  const auto r = graph.add_process();
  const auto w = graph.add_process();
  const auto behind = graph.add_process();
  graph.hold(r, lock);
  graph.hold(behind, m);
  EXPECT_TRUE(graph.wait(w, lock).empty());
  EXPECT_TRUE(graph.wait(behind, lock).empty());
  EXPECT_EQ(processes_of(graph.wait(r, m)), (std::vector{r, behind}));
}

TEST(WaitForGraph, AParentThatHoldsWhatItsChildWants) {
  // The parent waits for all its children (they hold its join); one of them wants its lock.
  Graph graph;
  const auto lock = graph.add_resource(Graph::all);
  const auto join = graph.add_resource(Graph::all);
  const auto parent = graph.add_process();
  const auto quick = graph.add_process();
  const auto child = graph.add_process();
  graph.hold(parent, lock);
  graph.hold(quick, join);
  graph.hold(child, join);
  EXPECT_TRUE(graph.wait(parent, join).empty());
  EXPECT_EQ(processes_of(graph.wait(child, lock)), (std::vector{child, parent}));
}

TEST(WaitForGraph, AQuorumDoesNotWaitForTheRest) {
  Graph graph;
  const auto lock = graph.add_resource(Graph::all);
  const auto join = graph.add_resource(2);
  const auto parent = graph.add_process();
  const auto one = graph.add_process();
  const auto two = graph.add_process();
  const auto three = graph.add_process();
  graph.hold(parent, lock);
  for (const auto child : {one, two, three}) graph.hold(child, join);
  graph.wait(parent, join);
  EXPECT_TRUE(graph.wait(one, lock).empty()) << "two others are enough";
  EXPECT_EQ(processes_of(graph.wait(two, lock)), (std::vector{two, parent}));
}

/// The same by brute force: who can go on, found by letting go all who can until nothing changes,
/// over a matrix.
class BruteForce {
 public:
  explicit BruteForce(std::size_t processes) : waits(processes), holds(processes) {}
  std::set<std::size_t> stuck(const std::vector<std::uint32_t>& needed) const {
    std::set<std::size_t> free;
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t p = 0; p < waits.size(); ++p) {
        if (free.contains(p)) continue;
        bool goes_on = !waits[p];
        if (waits[p]) {
          std::size_t holders = 0;
          std::size_t free_holds = 0;
          for (std::size_t q = 0; q < holds.size(); ++q) {
            const std::size_t count = holds[q].count(*waits[p]);
            holders += count;
            if (free.contains(q)) free_holds += count;
          }
          const std::size_t wanted = std::min<std::size_t>(needed[*waits[p]], holders);
          goes_on = free_holds >= wanted;
        }
        if (goes_on) {
          free.insert(p);
          changed = true;
        }
      }
    }
    std::set<std::size_t> rest;
    for (std::size_t p = 0; p < waits.size(); ++p) {
      if (!free.contains(p)) rest.insert(p);
    }
    return rest;
  }
  /// Whether a way over those in `within` leads from `from` back to it.
  bool reaches_itself(std::size_t from, const std::set<std::size_t>& within) const {
    if (!within.contains(from)) return false;
    std::vector<std::size_t> todo{from};
    std::set<std::size_t> seen;
    while (!todo.empty()) {
      const std::size_t at = todo.back();
      todo.pop_back();
      for (const std::size_t next : within) {
        if (holds[next].count(*waits[at]) == 0) continue;
        if (next == from) return true;
        if (seen.insert(next).second) todo.push_back(next);
      }
    }
    return false;
  }
  std::vector<std::optional<Graph::Resource>> waits;
  std::vector<std::multiset<Graph::Resource>> holds;
};

TEST(WaitForGraph, FindsWhatBruteForceFinds) {
  int rings = 0;
  int silent = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    constexpr std::size_t processes = 7;
    constexpr std::size_t resources = 5;
    Graph graph;
    BruteForce brute(processes);
    std::vector<std::uint32_t> needed;
    for (std::size_t p = 0; p < processes; ++p) graph.add_process();
    for (std::size_t r = 0; r < resources; ++r) {
      needed.push_back(r < 3 ? Graph::all : r == 3 ? 1 : 2);
      graph.add_resource(needed.back());
    }
    std::vector<std::vector<std::pair<Graph::Hold, Graph::Resource>>> held(processes);
    for (int step = 0; step < 60; ++step) {
      const std::size_t p = random() % processes;
      const auto process = static_cast<Graph::Process>(p);
      const auto resource = static_cast<Graph::Resource>(random() % resources);
      if (graph.waits(process)) {
        if (random() % 4 != 0) continue;
        graph.stop_waiting(process);
        brute.waits[p].reset();
        continue;
      }
      const auto what = random() % 4;
      // A lock has one holder; the others have some.
      const bool must_wait = needed[resource] == Graph::all && graph.holders(resource) > 0;
      if ((what < 2 && must_wait) || (what == 3 && graph.holders(resource) > 0)) {
        brute.waits[p] = resource;
        const auto ring = graph.wait(process, resource);
        expect_is_ring(ring);
        const std::set<std::size_t> stuck = brute.stuck(needed);
        for (const Graph::Link& link : ring)
          EXPECT_TRUE(stuck.contains(link.process)) << "told of one that can go on";
        EXPECT_EQ(!ring.empty(), brute.reaches_itself(p, stuck));
        if (!ring.empty()) {
          EXPECT_EQ(ring.front().process, process);
          ++rings;
        } else if (stuck.contains(p)) {
          ++silent;
        }
      } else if (what < 2) {
        held[p].push_back({graph.hold(process, resource), resource});
        brute.holds[p].insert(resource);
      } else if (what == 2 && !held[p].empty()) {
        const std::size_t which = random() % held[p].size();
        const auto [hold, of] = held[p][which];
        graph.let_go(hold);
        brute.holds[p].erase(brute.holds[p].find(of));
        held[p].erase(held[p].begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
  }
  EXPECT_GT(rings, 100);
  EXPECT_GT(silent, 20);
}

TEST(WaitForGraph, ARingOfAHundredThousand) {
  // Dining philosophers who all took the fork to their left: the last one that reaches to the right
  // closes a ring of all.
  constexpr std::size_t count = 100'000;
  const auto begun = std::chrono::steady_clock::now();
  Graph graph;
  for (std::size_t i = 0; i < count; ++i) {
    graph.add_process();
    graph.add_resource(Graph::all);
    graph.hold(static_cast<Graph::Process>(i), static_cast<Graph::Resource>(i));
  }
  for (std::size_t i = 0; i + 1 < count; ++i) {
    ASSERT_TRUE(
        graph.wait(static_cast<Graph::Process>(i), static_cast<Graph::Resource>(i + 1)).empty());
  }
  const auto ring = graph.wait(count - 1, 0);
  EXPECT_EQ(ring.size(), count);
  expect_is_ring(ring);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST(WaitForGraph, AHundredThousandWaitersOfOneLockCostLittleEach) {
  // They hold nothing: nobody searches. And readers that hold without waiting are never visited.
  constexpr std::uint32_t count = 100'000;
  const auto begun = std::chrono::steady_clock::now();
  Graph graph;
  const auto lock = graph.add_resource(Graph::all);
  std::vector<Graph::Hold> readers;
  for (std::uint32_t i = 0; i < count; ++i)
    readers.push_back(graph.hold(graph.add_process(), lock));
  const auto own = graph.add_resource(Graph::all);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto waiter = graph.add_process();
    graph.hold(waiter, own);
    EXPECT_TRUE(graph.wait(waiter, lock).empty());
  }
  for (const Graph::Hold hold : readers) graph.let_go(hold);
  EXPECT_EQ(graph.waiting(lock), count);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

}  // namespace
}  // namespace faultline::models
