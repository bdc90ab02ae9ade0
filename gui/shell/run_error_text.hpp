/// What ended a run that could not go on, in the language of the window.
#pragma once

#include <QString>

namespace faultline::gui {

/// `english`: as sim::RunError writes it, "at 0.5 s, app: sentence", the node only where there is
/// one; time, node and sentence stay in this order. Other texts are shown as sentences.
QString shownRunError(const QString& english);

}  // namespace faultline::gui
