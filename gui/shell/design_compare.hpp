/// Whether two scenario texts describe the same run.
#pragma once

#include <QByteArray>

namespace faultline::gui {

/// The same system, load, faults, and claims: where cards stand, notes, title, description,
/// comments and the order of keys in objects do not count. Texts that are not JSON are the same
/// only if they are equal.
bool sameDesign(const QByteArray& a, const QByteArray& b);

}  // namespace faultline::gui
