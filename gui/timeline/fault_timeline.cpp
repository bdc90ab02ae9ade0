#include "gui/timeline/fault_timeline.hpp"

#include <algorithm>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/canvas/fault_offers.hpp"
#include "gui/document/document.hpp"
#include "gui/run/run_controller.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"
#include "gui/timeline/fault_list.hpp"
#include "gui/timeline/timeline_view.hpp"

namespace faultline::gui {
namespace {

constexpr std::size_t nodes_in_menu_max = 24;

}  // namespace

FaultTimeline::FaultTimeline(Document& document, RunController& run, ChartSource& source,
                             QWidget* parent)
    : QWidget(parent), document_(document), run_(run), source_(source) {
  setObjectName("FaultTimeline");
  setAutoFillBackground(true);
  view_ = new TimelineView(document, run, source, this);
  list_ = new FaultList(document, this);
  list_->hide();
  title_ = new QLabel(this);
  const auto button = [this](const QString& icon) {
    auto* made = new QToolButton(this);
    made->setIcon(themedIcon(icon));
    made->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    made->setFocusPolicy(Qt::TabFocus);
    return made;
  };
  add_ = button("add");
  list_button_ = button("fault");
  list_button_->setCheckable(true);
  live_ = button("live");
  again_ = button("replay");
  auto* head = new QHBoxLayout;
  head->setContentsMargins(10, 2, 8, 0);
  head->setSpacing(4);
  head->addWidget(title_);
  head->addSpacing(8);
  head->addWidget(add_);
  head->addWidget(list_button_);
  head->addStretch(1);
  head->addWidget(live_);
  head->addWidget(again_);
  auto* splitter = new QSplitter(this);
  splitter->addWidget(list_);
  splitter->addWidget(view_);
  splitter->setStretchFactor(0, 0);
  splitter->setStretchFactor(1, 1);
  splitter->setSizes({190, 800});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 2, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(head);
  layout->addWidget(splitter, 1);
  setFocusProxy(view_);

  const auto middle = [this] {
    const TimeCursor& cursor = source_.cursor();
    if (!cursor.isLive()) return cursor.position();
    if (!cursor.showsAll()) return (cursor.rangeFrom() + cursor.rangeTo()) / 2;
    return view_->end() / 3;
  };
  connect(add_, &QToolButton::clicked, this,
          [this, middle] { showAddMenu(middle(), add_->mapToGlobal(QPoint(0, add_->height()))); });
  connect(list_button_, &QToolButton::toggled, this, [this](bool on) {
    if (on) list_->refresh();
    list_->setVisible(on);
    if (on && !target_.isEmpty()) list_->setTarget(target_);
  });
  connect(list_, &FaultList::activated, this,
          [this, middle](const QString& fault) { view_->addFault(fault, middle()); });
  connect(live_, &QToolButton::clicked, &source_.cursor(), &TimeCursor::goLive);
  connect(again_, &QToolButton::clicked, this, [this] {
    const double to = source_.cursor().position();
    if (source_.cursor().isLive()) return;
    source_.cursor().goLive();
    run_.replayTo(to);
  });
  connect(view_, &TimelineView::addRequested, this, &FaultTimeline::showAddMenu);
  connect(&source_.cursor(), &TimeCursor::positionChanged, this, &FaultTimeline::refreshButtons);
  connect(&source_, &ChartSource::changed, this, &FaultTimeline::refreshButtons);
  connect(&Theme::instance(), &Theme::changed, this, &FaultTimeline::applyTheme);
  applyTheme();
  retranslate();
}

void FaultTimeline::applyTheme() {
  QPalette own = palette();
  own.setColor(QPalette::Window, Theme::instance().surface());
  setPalette(own);
  title_->setFont(Theme::instance().boldFont());
}

void FaultTimeline::retranslate() {
  title_->setText(tr("Faults"));
  add_->setText(tr("Add"));
  add_->setToolTip(tr("Add a fault"));
  list_button_->setText(tr("List"));
  list_button_->setToolTip(tr("Show the faults that a node can suffer, to drag them from"));
  live_->setText(tr("Newest moment"));
  live_->setToolTip(tr("Show the newest moment of the run again"));
  setAccessibleName(tr("Fault timeline"));
  if (list_->isVisible()) list_->refresh();
  refreshButtons();
}

void FaultTimeline::refreshButtons() {
  const bool scrubbed = !source_.cursor().isLive();
  live_->setVisible(scrubbed);
  again_->setVisible(scrubbed);
  if (!scrubbed) return;
  const QString time = formatClock(source_.cursor().position());
  again_->setText(tr("Run again to %1").arg(time));
  again_->setToolTip(tr("Begins the run anew, with the same seed and the faults done by hand, and "
                        "stops at exactly "
                        "%1")
                         .arg(time));
  again_->setEnabled(run_.hasRun());
}

void FaultTimeline::setTarget(const QString& node) {
  target_ = node;
  if (list_->isVisible()) list_->setTarget(node);
}

void FaultTimeline::showAddMenu(double at, const QPoint& globalPosition) {
  QMenu menu(this);
  menu.addSection(tr("A fault at %1").arg(formatSeconds(snapped(at, view_->snapStep()), 4)));
  const FaultAdvisor advisor(document_.spec());
  const auto fill = [&](QMenu* into, std::vector<FaultOffer> offers) {
    std::stable_sort(offers.begin(), offers.end(),
                     [](const FaultOffer& a, const FaultOffer& b) { return a.usual && !b.usual; });
    bool usual = true;
    for (const FaultOffer& offer : offers) {
      if (usual && !offer.usual && !into->isEmpty()) into->addSeparator();
      usual = offer.usual;
      QAction* action = into->addAction(offer.title, this, [this, fault = offer.fault, at] {
        view_->addFault(fault, at);
        view_->setFocus();
      });
      action->setToolTip(offer.fault);
    }
    into->setToolTipsVisible(true);
    if (into->isEmpty()) into->addAction(tr("None fits"))->setEnabled(false);
  };
  // The faults of each are asked for only when its menu opens.
  const auto add = [&](const QString& name, auto offersOf) {
    QMenu* sub = menu.addMenu(name);
    connect(sub, &QMenu::aboutToShow, sub, [sub, offersOf, fill] {
      if (sub->isEmpty()) fill(sub, offersOf());
    });
  };
  std::size_t shown = 0;
  const DesignModel& design = document_.design();
  if (!target_.isEmpty() && design.find(target_) != nullptr) {
    add(target_, [&, name = target_] { return advisor.forNode(name); });
    menu.addSeparator();
  }
  for (const DesignNode& node : design.nodes) {
    if (node.name == target_) continue;
    if (++shown > nodes_in_menu_max) {
      menu.addAction(tr("Select a node on the canvas for the others"))->setEnabled(false);
      break;
    }
    add(node.name, [&, name = node.name] { return advisor.forNode(name); });
  }
  if (!design.zones.empty()) menu.addSeparator();
  for (const DesignZone& zone : design.zones) {
    add(tr("zone %1").arg(zone.name), [&, name = zone.name] { return advisor.forZone(name); });
  }
  if (design.nodes.empty()) menu.addAction(tr("The design has no nodes yet"))->setEnabled(false);
  menu.exec(globalPosition);
}

void FaultTimeline::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) {
    retranslate();
    view_->refresh();
  }
  QWidget::changeEvent(event);
}

}  // namespace faultline::gui
