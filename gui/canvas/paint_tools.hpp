/// What the painters of the canvas share.
#pragma once

#include <cmath>
#include <QColor>
#include <QString>
#include <vector>

#include "gui/shell/format.hpp"

namespace faultline::gui {

inline constexpr double full_detail = 0.5;    ///< Scale from which cards carry all their texts.
inline constexpr double names_detail = 0.24;  ///< Scale from which they carry their names.

inline bool flagged(const std::vector<char>* flags, int index) {
  return flags != nullptr && index >= 0 && static_cast<std::size_t>(index) < flags->size() &&
         (*flags)[static_cast<std::size_t>(index)] != 0;
}

inline QColor mixed(const QColor& a, const QColor& b, double share) {
  return QColor::fromRgbF(static_cast<float>(a.redF() * (1 - share) + b.redF() * share),
                          static_cast<float>(a.greenF() * (1 - share) + b.greenF() * share),
                          static_cast<float>(a.blueF() * (1 - share) + b.blueF() * share));
}

/// A rate in as many digits as there is room for.
inline QString shortRate(double rate) { return formatRate(rate >= 100 ? std::round(rate) : rate); }

}  // namespace faultline::gui
