#include "gui/inspector/form_page.hpp"

#include <algorithm>
#include <QEvent>
#include <QTimer>

namespace faultline::gui {

FormPage::FormPage(QWidget* parent) : QWidget(parent) {}

std::vector<QWidget*> FormPage::fieldsInSight() const {
  struct Place {
    QWidget* widget;
    QPoint middle;
    int row = 0;
  };
  std::vector<Place> places;
  for (QWidget* each : findChildren<QWidget*>()) {
    // A field within a field (the text of a spin box) stands for the outer one.
    const bool takes = (each->focusPolicy() & Qt::TabFocus) == Qt::TabFocus && !each->focusProxy();
    if (!takes || each->isWindow() || !each->isVisibleTo(this)) continue;
    places.push_back({each, each->mapTo(this, each->rect().center())});
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const Place& a, const Place& b) { return a.middle.y() < b.middle.y(); });
  // What stands within half a line of the first of a row is of that row.
  const int half = fontMetrics().height() / 2 + 2;
  int top = 0;
  int row = 0;
  for (Place& each : places) {
    if (row == 0 || each.middle.y() - top > half) {
      ++row;
      top = each.middle.y();
    }
    each.row = row;
  }
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return a.row != b.row ? a.row < b.row : a.middle.x() < b.middle.x();
  });
  std::vector<QWidget*> fields;
  fields.reserve(places.size());
  for (const Place& each : places) fields.push_back(each.widget);
  return fields;
}

bool FormPage::event(QEvent* event) {
  if ((event->type() == QEvent::LayoutRequest || event->type() == QEvent::Show) && !waiting_) {
    waiting_ = true;
    QTimer::singleShot(0, this, &FormPage::order);
  }
  return QWidget::event(event);
}

void FormPage::order() {
  waiting_ = false;
  const std::vector<QWidget*> fields = fieldsInSight();
  if (std::equal(fields.begin(), fields.end(), ordered_.begin(), ordered_.end())) return;
  ordered_.assign(fields.begin(), fields.end());
  for (std::size_t i = 1; i < fields.size(); ++i) setTabOrder(fields[i - 1], fields[i]);
}

}  // namespace faultline::gui
