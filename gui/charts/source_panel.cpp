#include "gui/charts/source_panel.hpp"

#include <QLabel>

#include "gui/shell/theme.hpp"

namespace faultline::gui {

SourcePanel::SourcePanel(ChartSource& source, QWidget* parent)
    : QWidget(parent), source_(source), gate_(this, [this] { refresh(); }) {
  setAutoFillBackground(true);
  empty_ = new QLabel(this);
  empty_->setAlignment(Qt::AlignCenter);
  empty_->setWordWrap(true);
  empty_->setMargin(16);
}

void SourcePanel::open() {
  connect(&source_, &ChartSource::changed, this, &SourcePanel::requestRefresh);
  connect(&Theme::instance(), &Theme::changed, this, [this] {
    applyTheme();
    requestRefresh();
  });
  applyTheme();
  refresh();
}

void SourcePanel::applyTheme() {
  const Theme& theme = Theme::instance();
  QPalette own = palette();
  own.setColor(QPalette::Window, theme.surface());
  setPalette(own);
  QPalette muted = empty_->palette();
  muted.setColor(QPalette::WindowText, theme.mutedText());
  empty_->setPalette(muted);
}

}  // namespace faultline::gui
