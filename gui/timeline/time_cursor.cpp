#include "gui/timeline/time_cursor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace faultline::gui {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

TimeCursor::TimeCursor(QObject* parent) : QObject(parent), position_(nan), hover_(nan) {}

bool TimeCursor::isLive() const { return std::isnan(position_); }
double TimeCursor::position() const { return position_; }
double TimeCursor::hover() const { return hover_; }
bool TimeCursor::showsAll() const { return !(from_ < to_); }
double TimeCursor::rangeFrom() const { return from_; }
double TimeCursor::rangeTo() const { return to_; }

void TimeCursor::setPosition(double seconds) {
  if (!std::isnan(seconds)) seconds = std::max(seconds, 0.0);
  if (same(seconds, position_)) return;
  position_ = seconds;
  Q_EMIT positionChanged(position_);
}

void TimeCursor::goLive() { setPosition(nan); }

void TimeCursor::setHover(double seconds) {
  if (same(seconds, hover_)) return;
  hover_ = seconds;
  Q_EMIT hoverChanged(hover_);
}

void TimeCursor::setRange(double from, double to) {
  from = std::max(from, 0.0);
  if (!(from < to) || !std::isfinite(to)) return;
  if (same(from, from_) && same(to, to_)) return;
  from_ = from;
  to_ = to;
  Q_EMIT rangeChanged();
}

void TimeCursor::showAll() {
  if (showsAll()) return;
  from_ = 0;
  to_ = 0;
  Q_EMIT rangeChanged();
}

std::shared_ptr<const sim::Frame> frameAt(const sim::Snapshot& snapshot, double seconds) {
  if (std::isnan(seconds) || !snapshot.history || snapshot.history->empty()) return snapshot.frame;
  const auto& history = *snapshot.history;
  const auto next =
      std::upper_bound(history.begin(), history.end(), seconds, [](double time, const auto& frame) {
        return frame != nullptr && time < frame->from_seconds;
      });
  if (next == history.begin()) return history.front();
  // Later than all closed steps: what is newest, of the window that is still open.
  if (next == history.end() && seconds >= history.back()->to_seconds && snapshot.frame != nullptr) {
    return snapshot.frame;
  }
  return *std::prev(next);
}

}  // namespace faultline::gui
