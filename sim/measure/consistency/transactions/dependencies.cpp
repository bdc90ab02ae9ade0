#include "sim/measure/consistency/transactions/dependencies.hpp"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/graph/topological_sort.hpp>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::sim::consistency {
namespace {

using Vertex = std::uint32_t;
constexpr Vertex none = std::numeric_limits<Vertex>::max();
using Csr =
    boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                       boost::no_property, Vertex, std::size_t>;

/// An edge between vertices of one component.
struct Edge {
  Vertex from;
  Vertex to;
  DependencyKind kind;
  std::uint32_t index;  ///< Of the edges of the whole graph.
};

/// A set of kinds.
using Kinds = unsigned;
constexpr Kinds bit(DependencyKind kind) { return 1U << static_cast<unsigned>(kind); }
constexpr Kinds ww = bit(DependencyKind::ww);
constexpr Kinds wr = bit(DependencyKind::wr);
constexpr Kinds rw = bit(DependencyKind::rw);
constexpr Kinds session = bit(DependencyKind::session);
constexpr Kinds realtime = bit(DependencyKind::realtime);

/// The component of each vertex. Requires: edges sorted by `from`.
std::vector<Vertex> components_of(const std::vector<std::pair<Vertex, Vertex>>& edges,
                                  std::size_t vertex_count) {
  const Csr graph(boost::edges_are_sorted, edges.begin(), edges.end(),
                  static_cast<Vertex>(vertex_count));
  std::vector<Vertex> component(vertex_count);
  boost::strong_components(graph, boost::make_iterator_property_map(
                                      component.begin(), boost::get(boost::vertex_index, graph)));
  return component;
}

/// One strongly connected component and the search for cycles in it.
class Component {
 public:
  /// Requires: edges sorted by `from`, and those of one vertex by kind.
  Component(std::vector<Edge> edges, std::size_t vertex_count, std::uint64_t work_max)
      : edges_(std::move(edges)), first_(vertex_count + 1), work_left_(work_max) {
    for (const Edge& edge : edges_) ++first_[edge.from + 1];
    for (std::size_t v = 0; v < vertex_count; ++v) first_[v + 1] += first_[v];
  }

  /// A short cycle of edges of `kinds` with at least one of `required`; empty if there is none.
  std::vector<std::uint32_t> with_required(Kinds kinds, Kinds required) {
    const std::vector<Vertex> component = components_of(edges_of(kinds), vertex_count());
    std::vector<std::uint32_t> candidates;
    for (std::uint32_t i = 0; i < edges_.size(); ++i) {
      const Edge& edge = edges_[i];
      const bool is_inside = component[edge.from] == component[edge.to];
      if (is_inside && (bit(edge.kind) & required) != 0) candidates.push_back(i);
    }
    return shortest(candidates, kinds);
  }

  /// A short cycle of one rw edge and otherwise edges of `kinds`.
  std::vector<std::uint32_t> with_single_rw(Kinds kinds) {
    return shortest(closed_by(kinds), kinds);
  }

  /// Who is reached from `from` by ww edges that `is_wanted`, itself included, each with the last
  /// edge on the way (none for itself).
  template <typename Predicate>
  std::vector<std::pair<Vertex, std::uint32_t>> writers_after(Vertex from, Predicate is_wanted) {
    std::vector<std::pair<Vertex, std::uint32_t>> found{{from, none}};
    std::vector<bool> seen(vertex_count());
    seen[from] = true;
    for (std::size_t i = 0; i < found.size(); ++i) {
      for (const Edge& edge : out_edges(found[i].first)) {
        if (edge.kind != DependencyKind::ww || seen[edge.to] || !is_wanted(edge)) continue;
        seen[edge.to] = true;
        found.emplace_back(edge.to, static_cast<std::uint32_t>(&edge - edges_.data()));
      }
    }
    return found;
  }

  /// The shortest way by edges of `kinds` from one of `sources` to `to`. Requires: there is one,
  /// and `to` is no source.
  std::vector<std::uint32_t> way_from_any(
      const std::vector<std::pair<Vertex, std::uint32_t>>& sources, Vertex to, Kinds kinds) {
    reached_by_.assign(vertex_count(), none);
    std::vector<bool> seen(vertex_count());
    std::vector<Vertex> queue;
    for (const auto& [source, edge] : sources) {
      seen[source] = true;
      queue.push_back(source);
    }
    for (std::size_t i = 0; i < queue.size() && !seen[to]; ++i) {
      for (const Edge& edge : out_edges(queue[i])) {
        if ((bit(edge.kind) & kinds) == 0 || seen[edge.to]) continue;
        seen[edge.to] = true;
        reached_by_[edge.to] = static_cast<std::uint32_t>(&edge - edges_.data());
        queue.push_back(edge.to);
      }
    }
    SIM_ASSERT(seen[to]);
    std::vector<std::uint32_t> way;
    for (Vertex vertex = to; reached_by_[vertex] != none;
         vertex = edges_[reached_by_[vertex]].from) {
      way.push_back(reached_by_[vertex]);
    }
    std::reverse(way.begin(), way.end());
    return way;
  }

  /// A short cycle of edges of `kinds` and of rw edges that never follow each other. Requires:
  /// there is none with a single rw edge.
  std::vector<std::uint32_t> with_nonadjacent_rw(Kinds kinds) {
    // Each vertex twice: as reached by an rw edge (odd) and otherwise (even). An rw edge leads from
    // an even one to an odd one only, so that a way through this graph never has two in a row.
    std::vector<std::pair<Vertex, Vertex>> doubled;
    for (const Edge& edge : edges_) {
      if (edge.kind == DependencyKind::rw) {
        doubled.emplace_back(2 * edge.from, 2 * edge.to + 1);
      } else if ((bit(edge.kind) & kinds) != 0) {
        doubled.emplace_back(2 * edge.from, 2 * edge.to);
        doubled.emplace_back(2 * edge.from + 1, 2 * edge.to);
      }
    }
    std::sort(doubled.begin(), doubled.end());
    const std::vector<Vertex> component = components_of(doubled, 2 * vertex_count());
    std::vector<std::uint32_t> candidates;
    for (std::uint32_t i = 0; i < edges_.size(); ++i) {
      const Edge& edge = edges_[i];
      if (edge.kind == DependencyKind::rw &&
          component[2 * edge.from] == component[2 * edge.to + 1]) {
        candidates.push_back(i);
      }
    }
    std::vector<std::uint32_t> best;
    for (const std::uint32_t candidate : candidates) {
      const std::vector<std::uint32_t> way = doubled_way(edges_[candidate], kinds);
      if (best.empty() || way.size() + 1 < best.size()) {
        best = way;
        best.insert(best.begin(), candidate);
      }
      if (work_left_ == 0) break;
    }
    return best;
  }

 private:
  std::size_t vertex_count() const { return first_.size() - 1; }
  std::span<const Edge> out_edges(Vertex vertex) const {
    return std::span(edges_).subspan(first_[vertex], first_[vertex + 1] - first_[vertex]);
  }

  std::vector<std::pair<Vertex, Vertex>> edges_of(Kinds kinds) const {
    std::vector<std::pair<Vertex, Vertex>> chosen;
    for (const Edge& edge : edges_) {
      if ((bit(edge.kind) & kinds) != 0) chosen.emplace_back(edge.from, edge.to);
    }
    return chosen;
  }

  /// The rw edges from whose end a way of `kinds` leads back to their beginning.
  std::vector<std::uint32_t> closed_by(Kinds kinds) const {
    const std::vector<std::pair<Vertex, Vertex>> ways = edges_of(kinds);
    // strong_components numbers them so that edges lead to smaller numbers.
    const std::vector<Vertex> component = components_of(ways, vertex_count());
    std::vector<std::pair<Vertex, Vertex>> between;
    for (const auto& [from, to] : ways) {
      if (component[from] != component[to]) between.emplace_back(component[from], component[to]);
    }
    std::sort(between.begin(), between.end(), std::greater<>());
    between.erase(std::unique(between.begin(), between.end()), between.end());

    std::vector<std::uint32_t> closed;
    std::vector<std::uint32_t> open;
    std::vector<Vertex> sources;
    for (std::uint32_t i = 0; i < edges_.size(); ++i) {
      if (edges_[i].kind != DependencyKind::rw) continue;
      if (component[edges_[i].from] == component[edges_[i].to]) {
        closed.push_back(i);
      } else {
        open.push_back(i);
        sources.push_back(component[edges_[i].to]);
      }
    }
    std::sort(sources.begin(), sources.end());
    sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
    // 64 sources at a time, a bit each.
    std::vector<std::uint64_t> reached(vertex_count());
    for (std::size_t begin = 0; begin < sources.size(); begin += 64) {
      const std::size_t end = std::min(begin + 64, sources.size());
      std::fill(reached.begin(), reached.end(), 0);
      for (std::size_t i = begin; i < end; ++i) {
        reached[sources[i]] |= std::uint64_t{1} << (i - begin);
      }
      for (const auto& [from, to] : between) reached[to] |= reached[from];
      for (const std::uint32_t i : open) {
        const auto source = static_cast<std::size_t>(
            std::lower_bound(sources.begin(), sources.end(), component[edges_[i].to]) -
            sources.begin());
        if (source < begin || source >= end) continue;
        if ((reached[component[edges_[i].from]] >> (source - begin) & 1) != 0) closed.push_back(i);
      }
    }
    std::sort(closed.begin(), closed.end());
    return closed;
  }

  /// The shortest of the cycles that begin with one of `candidates` and go on with `kinds`, as long
  /// as there is work left; the first candidate is always tried.
  std::vector<std::uint32_t> shortest(const std::vector<std::uint32_t>& candidates, Kinds kinds) {
    std::vector<std::uint32_t> best;
    for (const std::uint32_t candidate : candidates) {
      const std::size_t length_max = best.empty() ? edges_.size() : best.size() - 2;
      std::vector<std::uint32_t> way =
          way_between(edges_[candidate].to, edges_[candidate].from, kinds, length_max);
      if (!way.empty()) {
        best = std::move(way);
        best.insert(best.begin(), candidate);
      }
      if (best.size() == 2 || (work_left_ == 0 && !best.empty())) break;
    }
    return best;
  }

  /// The shortest way by edges of `kinds`, at most `length_max` of them; empty if there is none.
  std::vector<std::uint32_t> way_between(Vertex from, Vertex to, Kinds kinds,
                                         std::size_t length_max) {
    reached_by_.assign(vertex_count(), none);
    std::vector<Vertex> level{from};
    for (std::size_t length = 1; length <= length_max && !level.empty(); ++length) {
      std::vector<Vertex> next;
      for (const Vertex vertex : level) {
        for (const Edge& edge : out_edges(vertex)) {
          work_left_ -= work_left_ > 0 ? 1 : 0;
          if ((bit(edge.kind) & kinds) == 0 || edge.to == from || reached_by_[edge.to] != none) {
            continue;
          }
          reached_by_[edge.to] = static_cast<std::uint32_t>(&edge - edges_.data());
          if (edge.to == to) return trace(from, to);
          next.push_back(edge.to);
        }
      }
      level = std::move(next);
    }
    return {};
  }

  std::vector<std::uint32_t> trace(Vertex from, Vertex to) const {
    std::vector<std::uint32_t> way;
    for (Vertex vertex = to; vertex != from; vertex = edges_[reached_by_[vertex]].from) {
      way.push_back(reached_by_[vertex]);
    }
    std::reverse(way.begin(), way.end());
    return way;
  }

  /// The shortest way from the end of an rw edge back to its beginning, by edges of `kinds` and rw
  /// edges of which none follows another. Requires: there is one.
  std::vector<std::uint32_t> doubled_way(const Edge& first, Kinds kinds) {
    const Vertex from = 2 * first.to + 1;
    const Vertex to = 2 * first.from;
    std::vector<std::uint32_t> by(2 * vertex_count(), none);
    std::vector<Vertex> before(2 * vertex_count(), none);
    std::vector<Vertex> queue{from};
    for (std::size_t i = 0; i < queue.size() && before[to] == none; ++i) {
      const Vertex state = queue[i];
      for (const Edge& edge : out_edges(state / 2)) {
        work_left_ -= work_left_ > 0 ? 1 : 0;
        const bool is_rw = edge.kind == DependencyKind::rw;
        if (is_rw ? state % 2 == 1 : (bit(edge.kind) & kinds) == 0) continue;
        const Vertex next = 2 * edge.to + (is_rw ? 1 : 0);
        if (next == from || before[next] != none) continue;
        before[next] = state;
        by[next] = static_cast<std::uint32_t>(&edge - edges_.data());
        queue.push_back(next);
      }
    }
    SIM_ASSERT(before[to] != none);
    std::vector<std::uint32_t> way;
    for (Vertex state = to; state != from; state = before[state]) way.push_back(by[state]);
    std::reverse(way.begin(), way.end());
    return way;
  }

  std::vector<Edge> edges_;
  std::vector<std::size_t> first_;  ///< Where the edges of each vertex begin.
  std::uint64_t work_left_;
  std::vector<std::uint32_t> reached_by_;  ///< Kept, so that it need not be made anew.
};

/// What has been found in a component. A kind implies those after it in its list, and a variant the
/// wider variants of the same kinds.
class Found {
 public:
  enum Kind : unsigned { g0, g1c, g_single, g_nonadjacent, g2 };

  bool is_implied(Kind kind, unsigned variant) const {
    for (unsigned narrower = 0; narrower <= variant; ++narrower) {
      const std::set<Kind>& here = kinds_[narrower];
      if (kind <= g1c) {
        if (here.contains(g0) || (kind == g1c && here.contains(g1c))) return true;
      } else {
        for (unsigned worse = g_single; worse <= kind; ++worse) {
          if (here.contains(static_cast<Kind>(worse))) return true;
        }
      }
    }
    return false;
  }
  void add(Kind kind, unsigned variant) { kinds_[variant].insert(kind); }

 private:
  std::set<Kind> kinds_[3];
};

constexpr std::string_view kind_names[] = {"G0", "G1c", "G-single-item", "G-nonadjacent-item",
                                           "G2-item"};
constexpr std::string_view variant_names[] = {"", "-process", "-realtime"};

}  // namespace

DependencyGraph::DependencyGraph(const TransactionHistory& history,
                                 const std::vector<bool>& committed)
    : history_(history), committed_(committed), vertex_count_(history.transactions.size()) {
  SIM_ASSERT(committed.size() == history.transactions.size());
}

void DependencyGraph::add(const Dependency& dependency) {
  SIM_ASSERT(committed_[dependency.from]);
  SIM_ASSERT(committed_[dependency.to]);
  if (dependency.from != dependency.to) edges_.push_back(dependency);
}

void DependencyGraph::add_session_order() {
  const std::vector<Dependency> order = session_order(history_, committed_);
  edges_.insert(edges_.end(), order.begin(), order.end());
}

void DependencyGraph::add_realtime_order() {
  RealtimeOrder order = realtime_order(history_, committed_);
  SIM_ASSERT(vertex_count_ == history_.transactions.size());
  vertex_count_ = order.vertex_count;
  edges_.insert(edges_.end(), order.edges.begin(), order.edges.end());
}

std::vector<NamedCycle> DependencyGraph::cycles(std::uint64_t work_max) const {
  SIM_ASSERT(vertex_count_ < none / 2);
  SIM_ASSERT(edges_.size() < none);
  // Sorted, and of several edges between two transactions the strongest of each group: an rw edge
  // beside a ww or wr edge would only lend its name to a worse cycle.
  std::vector<std::uint32_t> order(edges_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto key_of = [&](std::uint32_t i) {
    return std::tuple(edges_[i].from, edges_[i].to, edges_[i].kind, edges_[i].key, i);
  };
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return key_of(a) < key_of(b); });
  std::vector<std::uint32_t> kept;
  for (const std::uint32_t i : order) {
    if (!kept.empty()) {
      const Dependency& last = edges_[kept.back()];
      const Dependency& edge = edges_[i];
      const bool is_data = edge.kind <= DependencyKind::rw && last.kind <= DependencyKind::rw;
      const bool is_beside = last.from == edge.from && last.to == edge.to;
      // A wr beside a ww is kept: what needs wr only (G1c) must find it. So are ww of several keys:
      // who follows the writers of one key needs its own.
      const bool is_same =
          last.kind == edge.kind && (edge.kind != DependencyKind::ww || last.key == edge.key);
      if (is_beside && (is_same || (is_data && edge.kind == DependencyKind::rw))) {
        continue;
      }
    }
    kept.push_back(i);
  }
  std::vector<std::pair<Vertex, Vertex>> all;
  all.reserve(kept.size());
  for (const std::uint32_t i : kept) {
    all.emplace_back(static_cast<Vertex>(edges_[i].from), static_cast<Vertex>(edges_[i].to));
  }
  const std::vector<Vertex> component = components_of(all, vertex_count_);

  // The edges inside each component, the components in the order of their first vertices.
  std::vector<Vertex> number_of(vertex_count_, none);
  std::vector<std::vector<std::uint32_t>> edges_inside;
  for (const std::uint32_t i : kept) {
    const Vertex from = component[edges_[i].from];
    if (from != component[edges_[i].to]) continue;
    if (number_of[from] == none) {
      number_of[from] = static_cast<Vertex>(edges_inside.size());
      edges_inside.emplace_back();
    }
    edges_inside[number_of[from]].push_back(i);
  }

  std::vector<NamedCycle> found_cycles;
  std::vector<Vertex> local(vertex_count_, none);
  for (const std::vector<std::uint32_t>& inside : edges_inside) {
    Vertex count = 0;
    for (const std::uint32_t i : inside) {
      if (local[edges_[i].from] == none) local[edges_[i].from] = count++;
    }
    std::vector<Edge> edges;
    for (const std::uint32_t i : inside) {
      edges.push_back({local[edges_[i].from], local[edges_[i].to], edges_[i].kind, i});
    }
    std::stable_sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
      return std::tuple(a.from, a.kind) < std::tuple(b.from, b.kind);
    });
    const std::vector<Edge> sorted = edges;
    Component search(std::move(edges), count, work_max);
    Found found;
    constexpr Kinds extra[] = {0, session, session | realtime};
    for (unsigned variant = 0; variant < 3; ++variant) {
      const Kinds writes = ww | extra[variant];
      const Kinds flow = writes | wr;
      for (const Found::Kind kind :
           {Found::g0, Found::g1c, Found::g_single, Found::g_nonadjacent, Found::g2}) {
        if (found.is_implied(kind, variant)) continue;
        std::vector<std::uint32_t> cycle;
        switch (kind) {
          case Found::g0:
            cycle = search.with_required(writes, ww);
            break;
          case Found::g1c:
            cycle = search.with_required(flow, wr);
            break;
          case Found::g_single:
            cycle = search.with_single_rw(flow);
            break;
          case Found::g_nonadjacent:
            cycle = search.with_nonadjacent_rw(flow);
            break;
          case Found::g2:
            cycle = search.with_required(flow | rw, rw);
            break;
        }
        if (cycle.empty()) continue;
        found.add(kind, variant);
        std::optional<Dependency> stale;
        if (kind == Found::g_single) {
          // A read that is stale by one version is by all the later ones: the shortest way back
          // from any of them tells most.
          const Edge& first = sorted[cycle.front()];
          const std::uint64_t key = edges_[first.index].key;
          const auto later = search.writers_after(
              first.to, [&](const Edge& edge) { return edges_[edge.index].key == key; });
          const bool is_reader_later =
              std::any_of(later.begin(), later.end(),
                          [&](const auto& writer) { return writer.first == first.from; });
          if (!is_reader_later) {
            const std::vector<std::uint32_t> way = search.way_from_any(later, first.from, flow);
            const Vertex begin = sorted[way.front()].from;
            const auto writer = std::find_if(later.begin(), later.end(), [&](const auto& entry) {
              return entry.first == begin;
            });
            stale = edges_[first.index];
            stale->to = edges_[sorted[way.front()].index].from;
            if (writer->second != none) stale->next = edges_[sorted[writer->second].index].next;
            cycle.assign(way.begin(), way.end());
          }
        }
        NamedCycle named;
        if (stale) named.edges.push_back(*stale);
        named.name = std::string(kind_names[kind]) + std::string(variant_names[variant]);
        for (const std::uint32_t i : cycle) {
          const Dependency& edge = edges_[sorted[i].index];
          // The ways through ends of transactions become one edge of real time again.
          const bool goes_on = edge.from >= history_.transactions.size();
          if (goes_on && !named.edges.empty()) {
            named.edges.back().to = edge.to;
          } else {
            named.edges.push_back(edge);
          }
        }
        found_cycles.push_back(std::move(named));
      }
    }
    for (const std::uint32_t i : inside) local[edges_[i].from] = none;
  }
  return found_cycles;
}

std::vector<std::size_t> DependencyGraph::write_read_order(bool with_sessions,
                                                           bool with_realtime) const {
  const Kinds kinds = ww | wr | (with_sessions ? session : 0) | (with_realtime ? realtime : 0);
  std::vector<std::pair<Vertex, Vertex>> chosen;
  for (const Dependency& edge : edges_) {
    if ((bit(edge.kind) & kinds) != 0) {
      chosen.emplace_back(static_cast<Vertex>(edge.from), static_cast<Vertex>(edge.to));
    }
  }
  std::sort(chosen.begin(), chosen.end());
  const Csr graph(boost::edges_are_sorted, chosen.begin(), chosen.end(),
                  static_cast<Vertex>(vertex_count_));
  std::vector<Vertex> reversed;
  try {
    boost::topological_sort(graph, std::back_inserter(reversed));
  } catch (const boost::not_a_dag&) {
    return {};
  }
  std::vector<std::size_t> order;
  for (auto vertex = reversed.rbegin(); vertex != reversed.rend(); ++vertex) {
    if (*vertex < history_.transactions.size() && committed_[*vertex]) order.push_back(*vertex);
  }
  return order;
}

std::vector<Dependency> session_order(const TransactionHistory& history,
                                      const std::vector<bool>& committed) {
  std::vector<Dependency> edges;
  constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();
  // Of each session, whom the next one must follow. Looked up, never walked.
  std::unordered_map<std::uint32_t, std::size_t> last;
  for (std::size_t i = 0; i < history.transactions.size(); ++i) {
    const Transaction& transaction = history.transactions[i];
    if (!committed[i]) continue;
    std::size_t& before = last.try_emplace(transaction.session, nobody).first->second;
    if (before != nobody) edges.push_back({before, i, DependencyKind::session, 0, nil, nil});
    // One of unknown outcome may take effect after the next ones of its session.
    if (transaction.outcome == Outcome::ok) before = i;
  }
  return edges;
}

RealtimeOrder realtime_order(const TransactionHistory& history,
                             const std::vector<bool>& committed) {
  SIM_ASSERT(history.timed);
  RealtimeOrder order;
  const std::size_t count = history.transactions.size();
  std::vector<std::size_t> ended;
  for (std::size_t i = 0; i < count; ++i) {
    const Transaction& transaction = history.transactions[i];
    if (committed[i] && transaction.outcome == Outcome::ok && transaction.completed != time_max) {
      ended.push_back(i);
    }
  }
  std::stable_sort(ended.begin(), ended.end(), [&](std::size_t a, std::size_t b) {
    return history.transactions[a].completed < history.transactions[b].completed;
  });
  const auto edge = [&](std::size_t from, std::size_t to) {
    order.edges.push_back({from, to, DependencyKind::realtime, 0, nil, nil});
  };
  for (std::size_t i = 0; i < ended.size(); ++i) {
    edge(ended[i], count + i);
    if (i > 0) edge(count + i - 1, count + i);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!committed[i]) continue;
    const auto later = std::partition_point(ended.begin(), ended.end(), [&](std::size_t other) {
      return history.transactions[other].completed < history.transactions[i].invoked;
    });
    if (later != ended.begin()) {
      edge(count + static_cast<std::size_t>(later - ended.begin()) - 1, i);
    }
  }
  order.vertex_count = count + ended.size();
  return order;
}

}  // namespace faultline::sim::consistency
