/// What can be written of a `clients` node.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/clients/trace_replay.hpp"
#include "models/resilience/caller.hpp"
#include "sim/param/described.hpp"
#include "sim/random/arrival_process.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/key_popularity.hpp"
#include "sim/random/rate_profile.hpp"

namespace faultline::models {

/// One kind of request in the mix.
struct MixEntry {
  std::string endpoint = "default";
  double weight = 1;
  std::optional<sim::Probability> reads;
  std::optional<sim::RandomBytes> size;
  sim::Choice<sim::KeyPopularity> keys;
  std::optional<sim::Duration> timeout;
  std::int64_t priority = 0;

  static void describe(sim::ParamList<MixEntry>& list);
};

/// What a user does at one visit.
struct SessionParams {
  sim::RandomNumber requests{1.0};
  sim::RandomDuration pause{sim::Duration(0)};

  static constexpr std::int64_t requests_max = 1'000'000;
  static void describe(sim::ParamList<SessionParams>& list);
};

struct BrowserCacheParams {
  std::int64_t entries = 100;
  std::optional<sim::Duration> ttl;
  sim::Probability cacheable{1};
  sim::NodeRef staleness_of;

  static void describe(sim::ParamList<BrowserCacheParams>& list);
};

struct ClientsParams {
  sim::Choice<sim::ArrivalProcess> arrivals;
  std::optional<std::int64_t> users;
  std::optional<TraceParams> trace;
  sim::RandomDuration think_time{sim::Duration(0)};
  std::optional<SessionParams> session;
  sim::Choice<sim::RateProfile> profile;
  sim::NodeRef target;
  sim::Choice<sim::KeyPopularity> keys{"uniform(1000)"};
  sim::Probability reads{1};
  sim::RandomBytes size{sim::Bytes{0}};
  std::vector<MixEntry> mix;
  CallerParams caller;
  std::optional<sim::RandomDuration> patience;
  bool hangs_up = false;
  std::int64_t addresses = addresses_default;
  sim::Choice<sim::KeyPopularity> address_popularity;
  std::optional<BrowserCacheParams> browser_cache;
  std::map<std::string, double> populations;

  static constexpr std::int64_t addresses_default = 1000;
  static constexpr std::int64_t users_max = 10'000'000;
  /// Entries of all browser caches together.
  static constexpr std::int64_t browser_entries_max = 100'000'000;

  static void describe(sim::ParamList<ClientsParams>& list);
  static void check(const ClientsParams& params, const sim::Path& path, sim::Problems& problems);
};

}  // namespace faultline::models
