/// How a component's servers (workers, connections) obey a limit of a fault's doing.
#pragma once

#include "sim/kernel/resource.hpp"

namespace faultline::models {

/// `level`: the most that may be at work at once; infinite without a fault.
inline void limit_servers(sim::Resource& servers, double level) {
  const std::int64_t declared = servers.config().servers;
  if (declared == sim::Resource::unlimited) return;
  servers.set_servers(level < static_cast<double>(declared) ? static_cast<std::int64_t>(level)
                                                            : declared);
}

}  // namespace faultline::models
