#include "gui/shell/docks.hpp"

#include <algorithm>
#include <QAbstractButton>
#include <QAction>
#include <QCoreApplication>
#include <QEvent>
#include <QMenu>
#include <QScrollArea>
#include <QTabBar>
#include <QTimer>

#include "gui/shell/theme.hpp"

namespace faultline::gui {

namespace {

/// What a panel below the canvas may ask for: one that needs more scrolls, so that the canvas keeps
/// its room in a small window.
constexpr int bottom_height_min = 150;

QWidget* scrolled(QWidget* content) {
  auto* area = new QScrollArea;
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setFocusPolicy(Qt::NoFocus);
  area->setWidget(content);
  return area;
}

}  // namespace

Dock::Dock(const QString& id, const char* title, const QString& icon, QMainWindow* window)
    : QDockWidget(window), title_(title), icon_(icon) {
  setObjectName(id);
  setFeatures(DockWidgetClosable | DockWidgetMovable | DockWidgetFloatable);
  toggleViewAction()->setIcon(themedIcon(icon));
  toggleViewAction()->setIconVisibleInMenu(false);  // The tick stands there.
  retranslate();
}

void Dock::retranslate() {
  const QString title = QCoreApplication::translate("Docks", title_);
  const QString shown = !brief_ ? fullTitle() : badge_ > 0 ? QString::number(badge_) : QString();
  if (windowTitle() != shown) setWindowTitle(shown);
  toggleViewAction()->setText(title);
  setAccessibleName(title);
  // Qt gives its own buttons their words once, when it makes them.
  for (const auto& [name, words] : {std::pair("qt_dockwidget_floatbutton", tr("Detach the panel")),
                                    std::pair("qt_dockwidget_closebutton", tr("Hide the panel"))}) {
    if (auto* button = findChild<QAbstractButton*>(QString::fromLatin1(name))) {
      button->setToolTip(words);
      button->setAccessibleName(words);
    }
  }
}

QString Dock::fullTitle() const {
  const QString title = QCoreApplication::translate("Docks", title_);
  return badge_ > 0 ? QStringLiteral("%1 (%2)").arg(title).arg(badge_) : title;
}

void Dock::setBrief(bool brief) {
  brief_ = brief;
  retranslate();
}

void Dock::bringUp() {
  show();
  raise();
  if (isFloating()) activateWindow();
  if (widget()) {
    QWidget* target = widget()->focusProxy() ? widget()->focusProxy() : widget();
    if (target->focusPolicy() == Qt::NoFocus) {
      for (QWidget* child : widget()->findChildren<QWidget*>()) {
        if (child->isVisible() && (child->focusPolicy() & Qt::TabFocus)) {
          target = child;
          break;
        }
      }
    }
    target->setFocus(Qt::ShortcutFocusReason);
  }
}

void Dock::setBadge(int count) {
  badge_ = count;
  retranslate();
}

void Dock::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QDockWidget::changeEvent(event);
}

Docks::Docks(QMainWindow& window) : QObject(&window), window_(window) {
  window_.setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowNestedDocks |
                         QMainWindow::AllowTabbedDocks | QMainWindow::GroupedDragging);
  window_.setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  // The sides reach to the foot of the window, as the canvas and the charts belong together.
  window_.setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  window_.setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  window_.setCorner(Qt::TopLeftCorner, Qt::LeftDockWidgetArea);
  window_.setCorner(Qt::TopRightCorner, Qt::RightDockWidgetArea);
  connect(&Theme::instance(), &Theme::changed, this, &Docks::tidyTitles);
}

Dock* Docks::add(const QString& id, const char* title, const QString& icon, Group group,
                 QWidget* content, const QString& keys, bool shown) {
  auto* dock = new Dock(id, title, icon, &window_);
  const bool below = group == Group::bottomLeft || group == Group::bottomRight;
  dock->setWidget(below && content->minimumSizeHint().height() > bottom_height_min
                      ? scrolled(content)
                      : content);
  // What the window paints beneath (the lines between its panels) is not for the eye.
  dock->widget()->setAutoFillBackground(true);
  docks_.push_back(dock);
  places_.insert(dock, {group, shown});
  if (!keys.isEmpty()) {
    // The key brings the panel to the front; the menu's tick shows or hides it.
    auto* action = new QAction(dock);
    action->setShortcut(QKeySequence(keys));
    connect(action, &QAction::triggered, dock, &Dock::bringUp);
    window_.addAction(action);
    dock->setProperty("keys", keys);
  }
  dock->installEventFilter(this);
  const auto tidy = [this] { QTimer::singleShot(0, this, &Docks::tidyTitles); };
  connect(dock, &QDockWidget::topLevelChanged, this, tidy);
  connect(dock, &QDockWidget::dockLocationChanged, this, tidy);
  connect(dock, &QDockWidget::visibilityChanged, this, tidy);
  connect(dock, &QDockWidget::windowTitleChanged, this, tidy);
  return dock;
}

Dock* Docks::operator[](const QString& id) const {
  for (Dock* dock : docks_) {
    if (dock->objectName() == id) return dock;
  }
  return nullptr;
}

void Docks::arrange() {
  QHash<int, Dock*> first;
  for (Dock* dock : docks_) {
    window_.removeDockWidget(dock);
    dock->setFloating(false);
  }
  // First the front panel of each place, then the others as its tabs: a place that has tabs already
  // cannot be split any more.
  const auto front = [&](Group group, Qt::DockWidgetArea area, Qt::Orientation split,
                         std::optional<Group> beside) {
    for (Dock* dock : docks_) {
      if (places_[dock].group != group) continue;
      if (beside && first.contains(int(*beside))) {
        window_.splitDockWidget(first.value(int(*beside)), dock, split);
      } else {
        window_.addDockWidget(area, dock);
      }
      first.insert(int(group), dock);
      break;
    }
  };
  front(Group::left, Qt::LeftDockWidgetArea, Qt::Vertical, {});
  front(Group::right, Qt::RightDockWidgetArea, Qt::Vertical, {});
  front(Group::rightBelow, Qt::RightDockWidgetArea, Qt::Vertical, Group::right);
  front(Group::bottomLeft, Qt::BottomDockWidgetArea, Qt::Horizontal, {});
  front(Group::bottomRight, Qt::BottomDockWidgetArea, Qt::Horizontal, Group::bottomLeft);
  for (Dock* dock : docks_) {
    Dock* place = first.value(int(places_[dock].group));
    if (dock != place) window_.tabifyDockWidget(place, dock);
    dock->setVisible(places_[dock].shown);
  }
  for (Dock* dock : first) dock->raise();
  sizeAsAtFirst();
  tidyTitles();
}

void Docks::sizeAsAtFirst() {
  QHash<int, Dock*> first;
  for (Dock* dock : docks_) {
    if (!dock->isHidden() && !dock->isFloating()) {
      if (!first.contains(int(places_[dock].group))) first.insert(int(places_[dock].group), dock);
    }
  }
  const int width = window_.width();
  const auto size = [&](Group group, int pixels, Qt::Orientation way) {
    if (Dock* dock = first.value(int(group))) window_.resizeDocks({dock}, {pixels}, way);
  };
  size(Group::left, std::clamp(width / 7, 190, 210), Qt::Horizontal);
  size(Group::right, std::clamp(width * 25 / 100, 320, 380), Qt::Horizontal);
  size(Group::bottomLeft, std::clamp(window_.height() * 27 / 100, 180, 360), Qt::Vertical);
  if (first.contains(int(Group::bottomLeft)) && first.contains(int(Group::bottomRight))) {
    window_.resizeDocks({first.value(int(Group::bottomLeft)), first.value(int(Group::bottomRight))},
                        {1000, 1000}, Qt::Horizontal);
  }
}

void Docks::fillMenu(QMenu* menu) const {
  for (Dock* dock : docks_) {
    QAction* action = dock->toggleViewAction();
    menu->addAction(action);
    const QString keys = dock->property("keys").toString();
    // The key itself belongs to another action; the menu only tells of it.
    if (!keys.isEmpty()) action->setProperty("keys", keys);
  }
}

void Docks::tidyTitles() {
  if (tidying_) return;
  tidying_ = true;
  for (Dock* dock : docks_) {
    dock->retranslate();
    bool tabbed = false;
    if (!dock->isFloating()) {
      for (QDockWidget* other : window_.tabifiedDockWidgets(dock)) {
        tabbed = tabbed || !other->isHidden();
      }
    }
    const bool bare = dock->titleBarWidget() != nullptr;
    if (tabbed && !bare) {
      dock->setTitleBarWidget(new QWidget(dock));
    } else if (!tabbed && bare) {
      QWidget* old = dock->titleBarWidget();
      dock->setTitleBarWidget(nullptr);
      old->deleteLater();
    }
  }
  tidyTabs();
  // Of Qt's own words for these there is no Russian.
  for (QTabBar* bar : window_.findChildren<QTabBar*>()) {
    for (const auto& [name, words] : {std::pair("ScrollLeftButton", tr("Tabs to the left")),
                                      std::pair("ScrollRightButton", tr("Tabs to the right"))}) {
      if (auto* button = bar->findChild<QAbstractButton*>(QString::fromLatin1(name))) {
        button->setAccessibleName(words);
      }
    }
  }
  tidying_ = false;
}

Dock* Docks::ofTab(const QTabBar& bar, int tab) const {
  // A main window's tab carries the address of its panel.
  const auto address = qvariant_cast<quintptr>(bar.tabData(tab));
  for (Dock* dock : docks_) {
    if (reinterpret_cast<quintptr>(static_cast<QWidget*>(dock)) == address) return dock;
  }
  return nullptr;
}

/// No title is cut. Where there is no room for the words of all tabs, the one in front has its
/// word, then as many of the others as fit, from the left; the rest are pictures with a tooltip.
/// Where not even these fit, the bar scrolls.
void Docks::tidyTabs() {
  std::vector<Dock*> tabbed;
  for (QTabBar* bar : window_.findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
    bar->setElideMode(Qt::ElideNone);
    bar->setUsesScrollButtons(true);
    bar->setExpanding(false);
    bar->setDocumentMode(true);
    bar->setDrawBase(false);
    bar->installEventFilter(this);
    // What a tab takes is asked of one that nobody sees.
    QTabBar probe(&window_);
    probe.setElideMode(Qt::ElideNone);
    probe.setUsesScrollButtons(true);
    probe.setExpanding(false);
    probe.setDocumentMode(true);
    probe.setIconSize(bar->iconSize());
    probe.resize(10'000, bar->height());
    const auto width_of = [&](const Dock& dock, const QString& text) {
      const int tab = probe.addTab(themedIcon(dock.icon()), text);
      const int width = probe.tabRect(tab).width();
      probe.removeTab(tab);
      return width;
    };
    std::vector<Dock*> order;
    int needed = 0;
    for (int tab = 0; tab < bar->count(); ++tab) {
      Dock* dock = ofTab(*bar, tab);
      if (!dock) continue;
      order.insert(tab == bar->currentIndex() ? order.begin() : order.end(), dock);
      needed += width_of(*dock, dock->fullTitle());
      tabbed.push_back(dock);
    }
    std::vector<Dock*> worded = order;
    if (needed > bar->width()) {
      worded.clear();
      int room = bar->width();
      for (const Dock* dock : order) {
        room -= width_of(*dock, dock->badge() > 0 ? QString::number(dock->badge()) : QString());
      }
      for (Dock* dock : order) {
        room += width_of(*dock, dock->badge() > 0 ? QString::number(dock->badge()) : QString());
        room -= width_of(*dock, dock->fullTitle());
        if (room < 0 && !worded.empty()) break;
        worded.push_back(dock);
      }
    }
    for (Dock* dock : order) {
      dock->setBrief(std::find(worded.begin(), worded.end(), dock) == worded.end());
    }
    for (int tab = 0; tab < bar->count(); ++tab) {
      const Dock* dock = ofTab(*bar, tab);
      if (!dock) continue;
      bar->setTabIcon(tab, themedIcon(dock->icon()));
      bar->setTabToolTip(tab, dock->fullTitle());
      bar->setAccessibleTabName(tab, dock->fullTitle());
    }
  }
  for (Dock* dock : docks_) {
    if (std::find(tabbed.begin(), tabbed.end(), dock) == tabbed.end()) dock->setBrief(false);
  }
}

/// Words of another language may need more room than a panel has.
void Docks::widen() {
  for (Dock* dock : docks_) {
    const bool seen = dock->isVisible() && !dock->isFloating() && !dock->visibleRegion().isEmpty();
    const int least = dock->minimumSizeHint().width();
    if (seen && dock->width() < least) window_.resizeDocks({dock}, {least}, Qt::Horizontal);
  }
}

bool Docks::eventFilter(QObject* watched, QEvent* event) {
  const bool bar = qobject_cast<QTabBar*>(watched) != nullptr;
  if (!bar && event->type() == QEvent::LayoutRequest) QTimer::singleShot(0, this, &Docks::widen);
  if (bar ? event->type() == QEvent::Resize
          : event->type() == QEvent::Hide || event->type() == QEvent::Show) {
    QTimer::singleShot(0, this, &Docks::tidyTitles);
  }
  return QObject::eventFilter(watched, event);
}

}  // namespace faultline::gui
