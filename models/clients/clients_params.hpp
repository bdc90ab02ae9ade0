/// What can be written of a `clients` node.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/resilience/caller.hpp"
#include "sim/param/described.hpp"
#include "sim/random/arrival_process.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/key_popularity.hpp"

namespace faultline::models {

/// One kind of request in the mix.
struct MixEntry {
  std::string endpoint = "default";
  double weight = 1;
  std::optional<sim::Probability> reads;
  std::optional<sim::RandomBytes> size;

  static void describe(sim::ParamList<MixEntry>& list);
};

struct ClientsParams {
  sim::Choice<sim::ArrivalProcess> arrivals;
  sim::NodeRef target;
  sim::Choice<sim::KeyPopularity> keys{"uniform(1000)"};
  sim::Probability reads{1};
  sim::RandomBytes size{sim::Bytes{0}};
  std::vector<MixEntry> mix;
  CallerParams caller;
  std::int64_t addresses = 1000;

  static void describe(sim::ParamList<ClientsParams>& list);
};

}  // namespace faultline::models
