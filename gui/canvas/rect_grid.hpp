/// Rectangles of the sheet in squares, so that a question about a place asks only those nearby.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <QRectF>
#include <unordered_map>
#include <vector>

namespace faultline::gui {

class RectGrid {
 public:
  void clear() {
    squares_.clear();
    rects_.clear();
  }
  void add(const QRectF& rect) {
    const auto index = static_cast<int>(rects_.size());
    rects_.push_back(rect);
    for (int x = square(rect.left()); x <= square(rect.right()); ++x) {
      for (int y = square(rect.top()); y <= square(rect.bottom()); ++y) {
        squares_[key(x, y)].push_back(index);
      }
    }
  }
  bool intersects(const QRectF& rect) const {
    for (int x = square(rect.left()); x <= square(rect.right()); ++x) {
      for (int y = square(rect.top()); y <= square(rect.bottom()); ++y) {
        const auto found = squares_.find(key(x, y));
        if (found == squares_.end()) continue;
        for (const int index : found->second) {
          if (rects_[static_cast<std::size_t>(index)].intersects(rect)) return true;
        }
      }
    }
    return false;
  }

 private:
  static constexpr double size = 256;
  static int square(double at) {
    return static_cast<int>(std::floor(std::clamp(at, -1e8, 1e8) / size));
  }
  static std::int64_t key(int x, int y) {
    return (static_cast<std::int64_t>(x) << 32) ^ static_cast<std::uint32_t>(y);
  }

  std::vector<QRectF> rects_;
  std::unordered_map<std::int64_t, std::vector<int>> squares_;
};

}  // namespace faultline::gui
