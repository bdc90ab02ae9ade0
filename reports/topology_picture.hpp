/// The system as a picture: a box for each group of nodes, arrows to what it calls.
#pragma once

#include "reports/figure.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::reports {

/// Boxes at the places of the scenario's `layout` if it places them all, else in layers from left
/// to right. Replicas are drawn as a stack; a bar shows utilisation. A system of more than 60
/// groups is drawn by type. Draws nothing without nodes.
void draw_topology(PageWriter& page, const sim::Result& result, const std::string& window);

}  // namespace faultline::reports
