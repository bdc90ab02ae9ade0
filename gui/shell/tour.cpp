#include "gui/shell/tour.hpp"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QVBoxLayout>

#include "gui/shell/theme.hpp"

namespace faultline::gui {

Tour::Tour(std::vector<Step> steps, QWidget* window) : QWidget(window), steps_(std::move(steps)) {
  setObjectName(QStringLiteral("tour"));
  setFocusPolicy(Qt::StrongFocus);
  const Theme& theme = Theme::instance();
  card_ = new QWidget(this);
  card_->setObjectName(QStringLiteral("tourCard"));
  card_->setAttribute(Qt::WA_StyledBackground);
  card_->setStyleSheet(
      QStringLiteral("#tourCard { background: %1; border: 1px solid %2; border-radius: 8px; }")
          .arg(theme.surface().name(), theme.accent().name()));
  title_ = new QLabel(card_);
  QFont large = theme.boldFont();
  large.setPointSizeF(large.pointSizeF() * 1.2);
  title_->setFont(large);
  text_ = new QLabel(card_);
  text_->setWordWrap(true);
  place_ = new QLabel(card_);
  place_->setStyleSheet(QStringLiteral("color: %1").arg(theme.mutedText().name()));
  skip_ = new QPushButton(tr("Skip"), card_);
  back_ = new QPushButton(tr("Back"), card_);
  next_ = new QPushButton(card_);
  next_->setDefault(true);
  auto* row = new QHBoxLayout;
  row->addWidget(place_);
  row->addStretch(1);
  row->addWidget(skip_);
  row->addWidget(back_);
  row->addWidget(next_);
  auto* column = new QVBoxLayout(card_);
  column->setContentsMargins(18, 16, 18, 14);
  column->setSpacing(10);
  column->addWidget(title_);
  column->addWidget(text_);
  column->addLayout(row);
  card_->setFixedWidth(400);
  connect(skip_, &QPushButton::clicked, this, &Tour::end);
  connect(back_, &QPushButton::clicked, this, [this] { showStep(step_ - 1); });
  connect(next_, &QPushButton::clicked, this, [this] { showStep(step_ + 1); });
  window->installEventFilter(this);
  hide();
}

void Tour::start() {
  setGeometry(parentWidget()->rect());
  show();
  raise();
  showStep(0);
}

void Tour::end() {
  hide();
  Q_EMIT finished();
  deleteLater();
}

void Tour::showStep(int step) {
  if (step < 0) return;
  if (step >= count()) {
    end();
    return;
  }
  step_ = step;
  const Step& now = steps_[std::size_t(step)];
  // A part behind another tab is brought to the front.
  for (QWidget* widget = now.target; widget; widget = widget->parentWidget()) {
    if (auto* dock = qobject_cast<QDockWidget*>(widget)) {
      dock->show();
      dock->raise();
      break;
    }
  }
  title_->setText(now.title);
  text_->setText(now.text);
  place_->setText(tr("%1 of %2").arg(step + 1).arg(count()));
  back_->setEnabled(step > 0);
  next_->setText(step + 1 == count() ? tr("Done") : tr("Next"));
  card_->setAccessibleName(now.title + QStringLiteral(". ") + now.text);
  raise();
  place();
  next_->setFocus();
  update();
}

QRect Tour::lit() const {
  const QWidget* target = step_ >= 0 ? steps_[std::size_t(step_)].target.data() : nullptr;
  if (!target || !target->isVisible()) return {};
  return QRect(mapFromGlobal(target->mapToGlobal(QPoint(0, 0))), target->size())
      .intersected(rect())
      .adjusted(-3, -3, 3, 3);
}

void Tour::place() {
  card_->adjustSize();
  const QRect light = lit();
  const QSize size = card_->size();
  QPoint at((width() - size.width()) / 2, (height() - size.height()) / 2);
  if (light.isValid()) {
    constexpr int gap = 14;
    // Beside the lit part, where there is room; within a large part, in its middle.
    const QRect all = rect().adjusted(gap, gap, -gap, -gap);
    const int middle_y = std::clamp(light.center().y() - size.height() / 2, all.top(),
                                    std::max(all.top(), all.bottom() - size.height()));
    const int middle_x = std::clamp(light.center().x() - size.width() / 2, all.left(),
                                    std::max(all.left(), all.right() - size.width()));
    if (light.right() + gap + size.width() < all.right()) {
      at = QPoint(light.right() + gap, middle_y);
    } else if (light.left() - gap - size.width() > all.left()) {
      at = QPoint(light.left() - gap - size.width(), middle_y);
    } else if (light.bottom() + gap + size.height() < all.bottom()) {
      at = QPoint(middle_x, light.bottom() + gap);
    } else if (light.top() - gap - size.height() > all.top()) {
      at = QPoint(middle_x, light.top() - gap - size.height());
    }
  }
  card_->move(at);
}

void Tour::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QPainterPath shade;
  shade.addRect(rect());
  const QRect light = lit();
  if (light.isValid()) {
    QPainterPath hole;
    hole.addRoundedRect(light, 8, 8);
    shade -= hole;
  }
  painter.fillPath(shade, QColor(0, 0, 0, Theme::instance().isDark() ? 170 : 110));
  if (light.isValid()) {
    painter.setPen(QPen(Theme::instance().accent(), 2));
    painter.drawRoundedRect(QRectF(light).adjusted(1, 1, -1, -1), 8, 8);
  }
}

void Tour::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Escape:
      end();
      break;
    case Qt::Key_Right:
    case Qt::Key_Space:
    case Qt::Key_Return:
      showStep(step_ + 1);
      break;
    case Qt::Key_Left:
      showStep(step_ - 1);
      break;
    default:
      QWidget::keyPressEvent(event);
  }
}

void Tour::mousePressEvent(QMouseEvent* event) { event->accept(); }

bool Tour::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize && watched == parentWidget()) {
    setGeometry(parentWidget()->rect());
    place();
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace faultline::gui
