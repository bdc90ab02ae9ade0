/// Places for cards in layers: who calls stands left of whom it calls, and each zone is a band of
/// its own, so that no frame lies over another.
#pragma once

#include <QPointF>
#include <QString>
#include <QStringList>
#include <utility>
#include <vector>

#include "gui/document/design_model.hpp"

namespace faultline::gui {

/// New centres of the nodes of `only`, or of all if it is empty; on the grid. Nodes of `only` stay
/// about where they are together.
std::vector<std::pair<QString, QPointF>> layeredPositions(const DesignModel& design,
                                                          const QStringList& only = {});

}  // namespace faultline::gui
