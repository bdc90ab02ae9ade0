#include "gui/charts/flow_layout.hpp"

#include <algorithm>
#include <QWidget>

namespace faultline::gui {

FlowLayout::FlowLayout(int spacing) : gap_(spacing) { setContentsMargins(0, 0, 0, 0); }

FlowLayout::~FlowLayout() { qDeleteAll(items_); }

void FlowLayout::addItem(QLayoutItem* item) { items_.append(item); }

int FlowLayout::count() const { return static_cast<int>(items_.size()); }

QLayoutItem* FlowLayout::itemAt(int index) const { return items_.value(index); }

QLayoutItem* FlowLayout::takeAt(int index) {
  return index >= 0 && index < items_.size() ? items_.takeAt(index) : nullptr;
}

int FlowLayout::heightForWidth(int width) const { return arrange({0, 0, width, 0}, false); }

void FlowLayout::setGeometry(const QRect& rect) {
  QLayout::setGeometry(rect);
  arrange(rect, true);
}

QSize FlowLayout::minimumSize() const {
  QSize size;
  for (const QLayoutItem* item : items_) size = size.expandedTo(item->minimumSize());
  const QMargins margins = contentsMargins();
  return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

int FlowLayout::arrange(const QRect& rect, bool apply) const {
  const QRect inner = rect.marginsRemoved(contentsMargins());
  int x = inner.x();
  int y = inner.y();
  int tallest = 0;
  QList<QLayoutItem*> line;
  const auto finishLine = [&] {
    int left = inner.x();
    for (QLayoutItem* item : line) {
      const QSize size = item->sizeHint();
      if (apply) {
        item->setGeometry(QRect(left, y + (tallest - size.height()) / 2,
                                std::min(size.width(), inner.width()), size.height()));
      }
      left += size.width() + gap_;
    }
    line.clear();
  };
  for (QLayoutItem* item : items_) {
    if (item->isEmpty()) continue;
    const QSize size = item->sizeHint();
    if (!line.isEmpty() && x + size.width() > inner.right() + 1) {
      finishLine();
      x = inner.x();
      y += tallest + gap_ / 2;
      tallest = 0;
    }
    line << item;
    x += size.width() + gap_;
    tallest = std::max(tallest, size.height());
  }
  finishLine();
  return y + tallest - rect.y() + contentsMargins().bottom();
}

}  // namespace faultline::gui
