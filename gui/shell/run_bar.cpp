#include "gui/shell/run_bar.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <QElapsedTimer>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QSlider>
#include <QToolButton>

#include "gui/shell/actions.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

namespace {

// Each place of the slider. Slower than life too: to watch single requests.
constexpr std::array<double, 15> speeds{0.01, 0.05, 0.1, 0.25, 0.5, 1,    2, 5,
                                        10,   20,   40,  100,  300, 1000, 0};

int placeOf(double factor) {
  if (factor <= 0) return int(speeds.size()) - 1;
  int best = 0;
  for (int i = 0; i + 1 < int(speeds.size()); ++i) {
    if (std::abs(std::log(speeds[std::size_t(i)] / factor)) <
        std::abs(std::log(speeds[std::size_t(best)] / factor))) {
      best = i;
    }
  }
  return best;
}

/// As wide as the longest of its texts, so that the bar does not jump.
void keepWidth(QLabel* label, const QStringList& texts) {
  int width = 0;
  for (const QString& text : texts) {
    width = std::max(width, label->fontMetrics().horizontalAdvance(text));
  }
  label->setFixedWidth(width + 6);
}

}  // namespace

Pill::Pill(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Pill::show(Tone tone, const QString& text) {
  if (tone == tone_ && text == text_) return;
  tone_ = tone;
  text_ = text;
  setAccessibleName(text);
  updateGeometry();
  update();
}

QSize Pill::sizeHint() const {
  if (text_.isEmpty()) return {0, 0};
  const QFontMetrics metrics(Theme::instance().boldFont());
  return {metrics.horizontalAdvance(text_) + 24, metrics.height() + 10};
}

QSize Pill::minimumSizeHint() const { return sizeHint(); }

void Pill::paintEvent(QPaintEvent*) {
  if (text_.isEmpty()) return;
  const Theme& theme = Theme::instance();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setFont(theme.boldFont());
  const QRectF area = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  QColor ink = theme.onAccent();
  if (tone_ == Tone::neutral) {
    painter.setPen(theme.border());
    painter.setBrush(theme.raised());
    ink = theme.mutedText();
  } else {
    painter.setPen(Qt::NoPen);
    painter.setBrush(tone_ == Tone::good      ? theme.good().darker(115)
                     : tone_ == Tone::warning ? theme.warning()
                                              : theme.bad());
    if (tone_ == Tone::warning) ink = QColor(Qt::black);
  }
  painter.drawRoundedRect(area, area.height() / 2, area.height() / 2);
  painter.setPen(ink);
  painter.drawText(rect(), Qt::AlignCenter, text_);
}

RunBar::RunBar(Actions& actions, RunController& run, QWidget* parent)
    : QToolBar(parent), run_(run), since_(std::make_unique<QElapsedTimer>()) {
  setObjectName(QStringLiteral("runBar"));
  setMovable(false);
  setFloatable(false);
  setContextMenuPolicy(Qt::PreventContextMenu);
  setIconSize({20, 20});
  for (const char* id : {"run.toggle", "run.step", "run.stop", "run.restart"}) {
    addAction(actions[QString::fromLatin1(id)]);
  }
  addGap();

  speed_name_ = new QLabel(this);
  slider_ = new QSlider(Qt::Horizontal, this);
  slider_->setRange(0, int(speeds.size()) - 1);
  slider_->setPageStep(1);
  slider_->setMinimumWidth(90);
  slider_->setMaximumWidth(140);
  slider_->setObjectName(QStringLiteral("speedSlider"));
  speed_text_ = new QLabel(this);
  speed_text_->setObjectName(QStringLiteral("speedText"));
  addWidget(speed_name_);
  addWidget(slider_);
  addWidget(speed_text_);
  addGap();

  time_name_ = new QLabel(this);
  time_ = new QLabel(this);
  time_->setObjectName(QStringLiteral("virtualTime"));
  progress_ = new QProgressBar(this);
  progress_->setRange(0, 1000);
  progress_->setTextVisible(false);
  progress_->setFixedHeight(6);
  progress_->setMinimumWidth(60);
  progress_->setMaximumWidth(200);
  rate_ = new QLabel(this);
  addWidget(time_name_);
  addWidget(time_);
  addWidget(progress_);
  addGap();
  addWidget(rate_);

  auto* stretch = new QWidget(this);
  stretch->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  addWidget(stretch);
  pill_ = new Pill(this);
  pill_->setObjectName(QStringLiteral("sloPill"));
  addWidget(pill_);
  addGap();
  compare_ = new QToolButton(this);
  compare_->setDefaultAction(actions["report.compare"]);
  compare_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  compare_->setObjectName(QStringLiteral("compareButton"));
  addAction(actions["report.pin"]);
  addWidget(compare_);

  connect(slider_, &QSlider::valueChanged, this, [this] {
    run_.setSpeed(speed());
    speed_text_->setText(speedText(speed()));
    Q_EMIT speedChosen(speed());
  });
  connect(&run_, &RunController::stateChanged, this, &RunBar::showState);
  connect(&run_, &RunController::snapshotReady, this, &RunBar::showSnapshot);
  connect(&run_, &RunController::finished, this, &RunBar::showState);
  connect(&Theme::instance(), &Theme::changed, this, &RunBar::retranslate);
  retranslate();
}

RunBar::~RunBar() = default;

QAction* RunBar::addGap() {
  auto* gap = new QWidget(this);
  gap->setFixedWidth(10);
  return addWidget(gap);
}

double RunBar::speed() const { return speeds[std::size_t(slider_->value())]; }

void RunBar::setSpeed(double factor) {
  slider_->setValue(placeOf(factor));
  run_.setSpeed(speed());
  speed_text_->setText(speedText(speed()));
}

void RunBar::faster() { slider_->setValue(slider_->value() + 1); }
void RunBar::slower() { slider_->setValue(slider_->value() - 1); }

QString RunBar::speedText(double factor) {
  if (factor <= 0) return tr("as fast as possible");
  if (factor == 1) return tr("real time");
  return tr("%1× real time").arg(formatNumber(factor, 4));
}

std::pair<Pill::Tone, QString> RunBar::sloText(const std::vector<sim::SloResult>& slos,
                                               double now) {
  if (slos.empty()) return {Pill::Tone::neutral, tr("no SLO")};
  // What burns now says more than what was missed, and that more than what was kept.
  const sim::SloResult* breached = nullptr;
  const sim::SloResult* missed = nullptr;
  for (const sim::SloResult& slo : slos) {
    const bool burns = !slo.breaches.empty() && slo.breaches.back().to_seconds >= now - 1e-9 &&
                       slo.breaches.back().from_seconds <= now;
    if (burns && !breached) breached = &slo;
    if (!slo.met && !missed) missed = &slo;
  }
  if (breached) {
    return {Pill::Tone::bad, tr("SLO “%1” breached").arg(QString::fromStdString(breached->name))};
  }
  if (missed) {
    return {Pill::Tone::bad, tr("SLO “%1” missed").arg(QString::fromStdString(missed->name))};
  }
  if (slos.size() == 1) {
    return {Pill::Tone::good, tr("SLO “%1” met").arg(QString::fromStdString(slos.front().name))};
  }
  return {Pill::Tone::good, tr("all SLOs met")};
}

/// Where the bar is too narrow for all of it, the last button is a picture with a tooltip.
void RunBar::fitButtons() {
  const bool worded = compare_->toolButtonStyle() == Qt::ToolButtonTextBesideIcon;
  // More than the words take, so that with them it never asks for less, and without them for more.
  const int words = compare_->fontMetrics().horizontalAdvance(compare_->text()) + 32;
  const bool room = sizeHint().width() + (worded ? 0 : words) <= width();
  if (room != worded) {
    compare_->setToolButtonStyle(room ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
  }
}

bool RunBar::event(QEvent* event) {
  const bool handled = QToolBar::event(event);
  if (compare_ && (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest)) {
    fitButtons();
  }
  return handled;
}

void RunBar::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QToolBar::changeEvent(event);
}

void RunBar::retranslate() {
  setWindowTitle(tr("Run"));
  speed_name_->setText(tr("Speed"));
  slider_->setAccessibleName(tr("Speed"));
  slider_->setToolTip(tr("Virtual time in a second of yours.\nKeys: [ slower, ] faster"));
  time_name_->setText(tr("Virtual time"));
  progress_->setAccessibleName(tr("How much of the run is done"));
  rate_->setToolTip(tr("How fast the simulator works"));
  const QString muted = QStringLiteral("color: %1").arg(Theme::instance().mutedText().name());
  for (QLabel* label : {speed_name_, time_name_, rate_}) label->setStyleSheet(muted);
  time_->setFont(Theme::instance().boldFont());
  QStringList texts;
  for (const double factor : speeds) texts << speedText(factor);
  keepWidth(speed_text_, texts);
  speed_text_->setText(speedText(speed()));
  keepWidth(rate_, {tr("%1 events/s").arg(formatShort(88.8e6))});
  showState();
}

void RunBar::showState() {
  using State = RunController::State;
  const State state = run_.state();
  if (state == State::building || state == State::running) {
    if (!since_->isValid()) {
      since_->start();
      events_before_ = run_.snapshot() ? run_.snapshot()->events : 0;
    }
  } else {
    since_->invalidate();
    rate_per_second_ = 0;
  }
  showSnapshot();
}

void RunBar::showSnapshot() {
  const SnapshotPtr snapshot = run_.snapshot();
  if (!snapshot) {
    time_->setText(QStringLiteral("–"));
    progress_->setValue(0);
    rate_->clear();
    pill_->show(Pill::Tone::neutral, {});
    return;
  }
  const QString now = formatClock(snapshot->now_seconds);
  time_->setText(tr("%1 of %2").arg(now, formatSeconds(snapshot->end_seconds)));
  time_->setMinimumWidth(std::max(time_->minimumWidth(), time_->sizeHint().width()));
  const double share =
      snapshot->end_seconds > 0 ? snapshot->now_seconds / snapshot->end_seconds : 0;
  progress_->setValue(int(std::lround(1000 * std::clamp(share, 0.0, 1.0))));
  if (since_->isValid() && since_->elapsed() > 400) {
    if (snapshot->events < events_before_) events_before_ = 0;
    rate_per_second_ = double(snapshot->events - events_before_) * 1000 / double(since_->elapsed());
    events_before_ = snapshot->events;
    since_->restart();
  }
  rate_->setText(rate_per_second_ > 0 ? tr("%1 events/s").arg(formatShort(rate_per_second_))
                                      : tr("%1 events").arg(formatShort(double(snapshot->events))));
  const auto [tone, text] = sloText(snapshot->slos, snapshot->now_seconds);
  pill_->show(tone, text);
}

}  // namespace faultline::gui
