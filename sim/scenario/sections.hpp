/// What may stand at the top of a scenario file and in each of its nodes, as declared parameters:
/// for the schema, and for whoever shows a file to people. The parameters of a section, and of the
/// objects within it, are its ParamRecord::members().
///
/// Their texts have the scope `scenario_scope` (sim/registry/language.hpp).
#pragma once

#include "sim/param/param.hpp"

namespace faultline::sim {

/// "title", "zones", "network", "faults", "run", ... without "faultline" and "nodes".
const ParamSet& scenario_sections();

/// What every node takes, whatever its type: "replicas", "zone", "zones".
const ParamSet& node_sections();

}  // namespace faultline::sim
