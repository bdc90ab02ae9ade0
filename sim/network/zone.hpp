/// Where a node stands: in a zone (a data centre, as clouds call it), which is part of a region (a
/// part of the world). What is in one zone is near and may fail together.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace faultline::sim {

struct Zone {
  std::uint32_t index = 0;  ///< Of the zones of a system, sorted by name.
  std::string name;
  std::uint32_t region_index = 0;  ///< Of the regions of a system, sorted by name.
  std::string region;              ///< A zone that names no region is one of its own.
};

/// How references begin that name all nodes of a zone ("zone:eu-a") or of a region ("region:eu").
inline constexpr std::string_view zone_prefix = "zone:";
inline constexpr std::string_view region_prefix = "region:";

}  // namespace faultline::sim
