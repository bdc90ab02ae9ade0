#include "gui/shell/banner.hpp"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "gui/shell/theme.hpp"

namespace faultline::gui {

Banner::Banner(QWidget* parent) : QFrame(parent) {
  setObjectName(QStringLiteral("banner"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(12, 5, 6, 5);
  layout->setSpacing(8);
  icon_ = new QLabel(this);
  label_ = new QLabel(this);
  label_->setWordWrap(true);
  label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  button_ = new QPushButton(this);
  other_ = new QPushButton(this);
  close_ = new QToolButton(this);
  close_->setAutoRaise(true);
  layout->addWidget(icon_);
  layout->addWidget(label_, 1);
  layout->addWidget(button_);
  layout->addWidget(other_);
  layout->addWidget(close_);
  connect(button_, &QPushButton::clicked, this, &Banner::actionChosen);
  connect(other_, &QPushButton::clicked, this, &Banner::otherChosen);
  connect(close_, &QToolButton::clicked, this, [this] {
    hide();
    Q_EMIT dismissed();
  });
  connect(&Theme::instance(), &Theme::changed, this, &Banner::paint);
  paint();
  hide();
}

void Banner::say(Tone tone, const QString& text, const QString& action, const QString& other) {
  tone_ = tone;
  label_->setText(text);
  setAccessibleName(text);
  button_->setText(action);
  button_->setVisible(!action.isEmpty());
  other_->setText(other);
  other_->setVisible(!other.isEmpty());
  paint();
  show();
}

void Banner::dismiss() { hide(); }

QString Banner::text() const { return isHidden() ? QString() : label_->text(); }

void Banner::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) paint();
  QFrame::changeEvent(event);
}

void Banner::paint() {
  const Theme& theme = Theme::instance();
  const QColor signal = tone_ == Tone::error     ? theme.bad()
                        : tone_ == Tone::warning ? theme.warning()
                                                 : theme.info();
  QColor ground = signal;
  ground.setAlpha(theme.isDark() ? 46 : 30);
  setStyleSheet(QStringLiteral("#banner { background: rgba(%1,%2,%3,%4); border: none; "
                               "border-left: 4px solid %5; border-bottom: 1px solid %6; }")
                    .arg(ground.red())
                    .arg(ground.green())
                    .arg(ground.blue())
                    .arg(ground.alpha())
                    .arg(signal.name(), theme.border().name()));
  icon_->setPixmap(themedIcon(tone_ == Tone::note ? "info" : "problem", signal).pixmap(18, 18));
  close_->setIcon(themedIcon("close"));
  close_->setToolTip(tr("Hide this message"));
  close_->setAccessibleName(tr("Hide this message"));
}

}  // namespace faultline::gui
