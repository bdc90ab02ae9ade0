#include "models/storage/replication/divergence.hpp"

#include <algorithm>

namespace faultline::models {

void Divergence::changed(std::uint64_t key, std::size_t member, std::uint64_t before,
                         std::uint64_t after, sim::Time now) {
  if (before == after || members_ == 1) return;
  auto place = apart_.find(key);
  if (place == apart_.end()) {
    Apart apart{std::vector<std::uint64_t>(members_, before), now};
    place = apart_.emplace(key, std::move(apart)).first;
    since_.emplace(now, key);
    gauge_.add(now, 1);
  }
  Apart& apart = place->second;
  apart.digests[member] = after;
  const bool equal = std::all_of(apart.digests.begin(), apart.digests.end(),
                                 [&](std::uint64_t digest) { return digest == after; });
  if (!equal) return;
  convergence_.record((now - apart.since).count());
  since_.erase({apart.since, key});
  apart_.erase(place);
  gauge_.add(now, -1);
}

void Divergence::describe_statistics(sim::NodeStatistics& statistics, bool first) {
  statistics.scalar("divergent_keys",
                    [this](sim::Time) { return static_cast<double>(gauge_.value()); });
  statistics.scalar("divergent_keys_mean", [this](sim::Time now) { return gauge_.mean(now); });
  statistics.scalar("divergent_keys_max",
                    [this](sim::Time) { return static_cast<double>(gauge_.maximum()); });
  statistics.scalar("oldest_divergence_seconds",
                    [this](sim::Time now) { return sim::to_seconds(oldest(now)); });
  statistics.series_part("divergent_keys", [this](sim::Time now) {
    return static_cast<double>(gauge_.area(now)) / 1e9;
  });
  if (!first) return;
  // Of the whole group, and so of one replica only: the group's is then the same.
  statistics.histogram("convergence_seconds", convergence_);
  statistics.on_reset([this](sim::Time now) { reset(now); });
}

}  // namespace faultline::models
