#include "models/algorithms/caching/version_ledger.hpp"

#include <algorithm>

namespace faultline::models {

VersionLedger::Version* VersionLedger::find(std::uint64_t key, std::uint64_t value) {
  const auto history = keys_.find(key);
  if (history == keys_.end()) return nullptr;
  std::vector<Version>& versions = history.value().versions;
  const auto found = std::find_if(versions.begin(), versions.end(),
                                  [value](const Version& each) { return each.value == value; });
  return found == versions.end() ? nullptr : &*found;
}

void VersionLedger::begun(std::uint64_t key, std::uint64_t value, std::int64_t now) {
  if (find(key, value)) return;  // Another try of the same.
  History& history = keys_[key];
  if (history.versions.size() == versions_kept) {
    history.dropped += history.versions.front().acknowledged ? 1 : 0;
    history.forgot = true;
    history.versions.erase(history.versions.begin());
  }
  history.versions.push_back({.value = value, .begun = now});
}

void VersionLedger::acknowledged(std::uint64_t key, std::uint64_t value, std::int64_t now) {
  Version* version = find(key, value);
  if (!version || version->acknowledged) return;
  version->acknowledged = true;
  version->done = now;
  std::int64_t& first = keys_[key].first_ack;
  first = std::min(first, now);
}

void VersionLedger::uncertain(std::uint64_t key, std::uint64_t value, std::int64_t now) {
  Version* version = find(key, value);
  if (version && version->done == never) version->done = now;
}

void VersionLedger::failed(std::uint64_t key, std::uint64_t value) {
  const Version* version = find(key, value);
  if (!version || version->done != never) return;
  std::vector<Version>& versions = keys_[key].versions;
  versions.erase(versions.begin() + (version - versions.data()));
}

VersionLedger::Verdict VersionLedger::judge(std::uint64_t key, std::uint64_t value,
                                            std::int64_t asked) const {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return {};
  const History& history = found->second;
  std::int64_t done = std::numeric_limits<std::int64_t>::min();
  bool known = value == 0;
  for (const Version& each : history.versions) {
    if (each.value != value) continue;
    done = each.done;
    known = true;
  }
  if (!known && !history.forgot) return {};
  Verdict verdict;
  std::int64_t first = never;
  for (const Version& each : history.versions) {
    if (!each.acknowledged || each.begun <= done || each.done >= asked) continue;
    ++verdict.versions;
    first = std::min(first, each.done);
  }
  if (value == 0 && history.first_ack < asked) {
    verdict.versions += history.dropped;
    first = history.first_ack;
  }
  verdict.stale = verdict.versions > 0;
  if (verdict.stale) verdict.age = asked - first;
  return verdict;
}

}  // namespace faultline::models
