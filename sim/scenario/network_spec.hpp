/// What a scenario says about places and the ways between them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/network/latencies.hpp"
#include "sim/param/param.hpp"
#include "sim/random/distribution.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::sim {

struct ZoneSpec {
  std::string region;
  static void describe(ParamList<ZoneSpec>& list);
};

struct LinkSpec {
  NodeRef from;
  NodeRef to;
  std::optional<RandomDuration> latency;
  RandomDuration jitter{Duration(0)};
  std::optional<Bandwidth> bandwidth;
  Probability loss;
  static void describe(ParamList<LinkSpec>& list);
};

struct NetworkSpec {
  RandomDuration default_latency{Duration(0)};
  Choice<Latencies> latencies;
  std::vector<LinkSpec> links;
  Duration retransmission_timeout = std::chrono::milliseconds(200);
  Duration retransmission_timeout_max = std::chrono::seconds(60);
  static void describe(ParamList<NetworkSpec>& list);
  static void check(const NetworkSpec& network, const Path& path, Problems& problems);
};

}  // namespace faultline::sim
