#include "sim/measure/consistency/zones.hpp"

#include <algorithm>
#include <unordered_map>

namespace faultline::sim::consistency {

namespace {

constexpr std::size_t none = SIZE_MAX;

/// The operations of one value.
struct Cluster {
  std::size_t write = none;      ///< None: the initial value's.
  std::size_t first_end = none;  ///< Who ends first; none: before everything.
  std::size_t last_begin = none;
  bool is_read = false;
  // Both are shifted by one, so that 0 is before everything.
  std::uint64_t end = 0;    ///< The first end.
  std::uint64_t begin = 0;  ///< The last beginning.

  bool is_forward() const { return end < begin; }
};

class Zones {
 public:
  Zones(const History& history, std::span<const RankedOperation> operations)
      : history_(history), operations_(operations) {}

  std::optional<ZoneResult> check() {
    if (!add_writes()) return std::nullopt;
    if (const std::optional<std::size_t> read = add_reads()) return violated({*read});
    for (const Cluster& cluster : clusters_) {
      // Its value was found before it was written.
      if (!cluster.is_read || cluster.write == none) continue;
      if (cluster.end <= std::uint64_t{operations_[cluster.write].begin} + 1) {
        return violated({cluster.write, cluster.first_end});
      }
    }
    return compare();
  }

 private:
  const Operation& operation(std::size_t place) const {
    return history_.operations[operations_[place].index];
  }

  /// False if this way of checking does not apply.
  bool add_writes() {
    clusters_.emplace_back();
    by_value_.reserve(operations_.size());
    by_value_.emplace(history_.initial, 0);
    for (std::size_t place = 0; place < operations_.size(); ++place) {
      const Operation& one = operation(place);
      if (one.kind == Kind::read) continue;
      if (one.kind != Kind::write) return false;
      if (!by_value_.emplace(one.value, clusters_.size()).second) return false;
      Cluster cluster;
      cluster.write = cluster.first_end = cluster.last_begin = place;
      cluster.end = std::uint64_t{operations_[place].end} + 1;
      cluster.begin = std::uint64_t{operations_[place].begin} + 1;
      clusters_.push_back(cluster);
    }
    return true;
  }

  /// A read of a value that nobody wrote, if there is one.
  std::optional<std::size_t> add_reads() {
    for (std::size_t place = 0; place < operations_.size(); ++place) {
      const Operation& one = operation(place);
      if (one.kind != Kind::read) continue;
      const auto found = by_value_.find(one.value);
      if (found == by_value_.end()) return place;
      Cluster& cluster = clusters_[found->second];
      cluster.is_read = true;
      const std::uint64_t end = std::uint64_t{operations_[place].end} + 1;
      const std::uint64_t begin = std::uint64_t{operations_[place].begin} + 1;
      if (cluster.first_end != none && end < cluster.end) {
        cluster.end = end;
        cluster.first_end = place;
      }
      if (cluster.last_begin == none || begin > cluster.begin) {
        cluster.begin = begin;
        cluster.last_begin = place;
      }
    }
    return std::nullopt;
  }

  ZoneResult compare() const {
    std::vector<const Cluster*> forward;
    std::vector<const Cluster*> backward;
    for (const Cluster& cluster : clusters_) {
      // A write of unknown outcome that nobody saw need not have happened.
      if (!cluster.is_read && (cluster.write == none || !operations_[cluster.write].completed())) {
        continue;
      }
      (cluster.is_forward() ? forward : backward).push_back(&cluster);
    }
    std::sort(forward.begin(), forward.end(),
              [](const Cluster* a, const Cluster* b) { return a->end < b->end; });
    for (std::size_t next = 1; next < forward.size(); ++next) {
      if (forward[next]->end < forward[next - 1]->begin) {
        return violated(*forward[next - 1], *forward[next]);
      }
    }
    for (const Cluster* cluster : backward) {
      // The last forward zone that begins before this one does.
      const auto after =
          std::partition_point(forward.begin(), forward.end(),
                               [&](const Cluster* zone) { return zone->end < cluster->begin; });
      if (after == forward.begin()) continue;
      const Cluster* zone = *(after - 1);
      if (cluster->end < zone->begin) return violated(*zone, *cluster);
    }
    return {};
  }

  static ZoneResult violated(std::vector<std::size_t> places) {
    std::erase(places, none);
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return {Verdict::violated, std::move(places)};
  }
  static ZoneResult violated(const Cluster& a, const Cluster& b) {
    return violated({a.write, a.first_end, a.last_begin, b.write, b.first_end, b.last_begin});
  }

  const History& history_;
  std::span<const RankedOperation> operations_;
  std::vector<Cluster> clusters_;
  std::unordered_map<Value, std::size_t> by_value_;
};

}  // namespace

std::optional<ZoneResult> check_zones(const History& history,
                                      std::span<const RankedOperation> operations) {
  return Zones(history, operations).check();
}

}  // namespace faultline::sim::consistency
