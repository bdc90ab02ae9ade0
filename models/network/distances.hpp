/// Typical distances, one way: half of published round trips.
///
/// In one rack and in one zone: medians of 216 us and 268 us between processes of two servers of
/// one rack and of two racks (Guo et al., "Pingmesh: A Large-Scale System for Data Center Network
/// Latency Measurement and Analysis", SIGCOMM 2015, section 4.1). Between zones of one region: 0.6
/// to 2.4 ms, on average 1.6 ms, in ten regions (IBM Cloud VPC documentation, "Network latency
/// dashboards", inter-AZ latency, 27 July to 25 August 2024).
///
/// Does not model: that distances differ inside a class, and between hours of the day; for that
/// there is `jitter`, and links of one's own.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/network/latencies.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

inline constexpr sim::Duration in_rack = std::chrono::microseconds(108);
inline constexpr sim::Duration in_zone = std::chrono::microseconds(134);
inline constexpr sim::Duration between_zones = std::chrono::microseconds(800);

struct DistanceParams {
  sim::Probability jitter{0};

  static void describe(sim::ParamList<DistanceParams>& list) {
    list.add("jitter", &DistanceParams::jitter,
             "Mean of what is added to each message's latency, exponential, as a share of it");
  }
};

/// A latency with the jitter asked for.
sim::LinkLaw law_of(sim::Duration one_way, const DistanceParams& params);

/// One latency for all nodes, wherever they stand.
class OneDistance : public sim::Latencies {
 public:
  OneDistance(sim::Duration one_way, const DistanceParams& params)
      : law_(law_of(one_way, params)) {}
  std::optional<sim::LinkLaw> between(const sim::Zone*, const sim::Zone*) const override {
    return law_;
  }

 private:
  sim::LinkLaw law_;
};

/// Latencies by zone and region.
class RegionTable : public sim::Latencies {
 public:
  /// `round_trips` in milliseconds: of the second region that to the first, of the third those to
  /// the first and second, and so on. What `aliases` name stands where another does.
  struct Data {
    std::span<const std::string_view> names;
    std::span<const double> round_trips;
    std::span<const std::pair<std::string_view, std::string_view>> aliases = {};
  };
  RegionTable(const Data& data, const DistanceParams& params) : data_(data), params_(params) {}

  std::optional<sim::LinkLaw> between(const sim::Zone* from, const sim::Zone* to) const override;
  std::vector<std::string> regions() const override;

 private:
  std::size_t index_of(std::string_view region) const;

  Data data_;
  DistanceParams params_;
};

}  // namespace faultline::models
