// The context menus of the canvas, and what is broken and healed by them.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <QActionGroup>
#include <QInputDialog>
#include <QMenu>

#include "gui/canvas/canvas_private.hpp"
#include "gui/canvas/component_types.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::gui {

using Kind = SceneHit::Kind;

namespace {

constexpr int replicas_listed = 40;
const QString places_between = QStringLiteral(", ");

QString replicaName(const QString& group, qint64 index) {
  return QStringLiteral("%1[%2]").arg(group).arg(index);
}

/// A heading that cannot be chosen.
void addHeading(QMenu& menu, const QString& text) {
  QAction* heading = menu.addAction(text);
  heading->setEnabled(false);
  QFont font = Theme::instance().boldFont();
  heading->setFont(font);
}

}  // namespace

const FaultAdvisor& CanvasView::Private::advisor() {
  const auto spec = document.spec();
  if (!faults || spec != advisedSpec) {
    advisedSpec = spec;
    faults = std::make_unique<FaultAdvisor>(spec);
  }
  return *faults;
}

void CanvasView::Private::inject(const FaultOffer& offer) {
  QString error;
  if (!run.inject(offer.fault, faultSeconds, &error)) {
    Q_EMIT view.statusMessage(
        error.isEmpty() ? CanvasView::tr("%1 cannot strike now.").arg(offer.fault) : error);
    return;
  }
  Q_EMIT view.statusMessage(
      faultSeconds > 0 ? CanvasView::tr("%1 for %2").arg(offer.fault, formatSeconds(faultSeconds))
                       : CanvasView::tr("%1 until it is healed").arg(offer.fault));
  Q_EMIT view.faultInjected(offer.fault);
}

void CanvasView::Private::writeFault(const FaultOffer& offer) {
  // At the moment that is shown; without a run a little after the warm-up, where it can be seen.
  double at = 0;
  if (!live.isEmpty()) {
    at = live.toSeconds();
  } else if (const auto spec = document.spec()) {
    const double warmup = std::chrono::duration<double>(spec->run.warmup).count();
    const double end = std::chrono::duration<double>(spec->run.duration).count();
    at = std::round((warmup + (end - warmup) / 3) * 10) / 10;
  } else {
    at = 10;
  }
  document.addFault(offer.fault, at, faultSeconds > 0 ? faultSeconds : 10,
                    CanvasView::tr("Add fault %1").arg(offer.fault));
  Q_EMIT view.statusMessage(
      CanvasView::tr("%1 is in the scenario's faults, at %2").arg(offer.fault, formatClock(at)));
}

void CanvasView::Private::addFaultMenus(QMenu& menu, const std::vector<FaultOffer>& offers,
                                        const QString& healed) {
  using State = RunController::State;
  const bool running = run.state() == State::running || run.state() == State::paused;
  const auto fill = [&](QMenu& into, bool now) {
    QMenu* more = nullptr;
    const bool some = std::any_of(offers.begin(), offers.end(),
                                  [](const FaultOffer& offer) { return offer.usual; });
    const auto add = [&](QMenu& to, const FaultOffer& offer) {
      QAction* action = to.addAction(offer.title, &view, [this, offer, now] {
        if (now) {
          inject(offer);
        } else {
          writeFault(offer);
        }
      });
      action->setToolTip(offer.help + QStringLiteral("\n") + offer.fault);
      action->setData(offer.fault);
    };
    for (const FaultOffer& offer : offers) {
      if (offer.usual || !some) add(into, offer);
    }
    for (const FaultOffer& offer : offers) {
      if (offer.usual || !some) continue;
      if (more == nullptr) {
        more = into.addMenu(CanvasView::tr("More faults"));
        more->setToolTipsVisible(true);
      }
      add(*more, offer);
    }
  };
  if (offers.empty()) return;
  menu.addSeparator();
  if (running) {
    fill(menu, true);
    QMenu* length = menu.addMenu(CanvasView::tr("How long"));
    auto* group = new QActionGroup(length);
    for (const double seconds : {0.0, 1.0, 5.0, 10.0, 30.0, 60.0}) {
      QAction* action = length->addAction(
          seconds > 0 ? formatSeconds(seconds) : CanvasView::tr("Until it is healed"), &view,
          [this, seconds] { faultSeconds = seconds; });
      action->setCheckable(true);
      action->setChecked(seconds == faultSeconds);
      group->addAction(action);
    }
    if (!run.handFaults().empty()) {
      QAction* heal = menu.addAction(CanvasView::tr("Heal %1").arg(healed), &view, [this, healed] {
        for (const QString& place : healed.split(places_between)) run.heal(place);
      });
      heal->setObjectName(QStringLiteral("heal"));
      menu.addAction(CanvasView::tr("Heal everything"), &view, [this] { run.heal({}); });
    }
    menu.addSeparator();
  }
  QMenu* write = menu.addMenu(CanvasView::tr("Add to the scenario's faults"));
  write->setObjectName(QStringLiteral("writeFaults"));
  write->setToolTipsVisible(true);
  fill(*write, false);
}

void CanvasView::Private::addReplicaMenu(QMenu& menu, int card) {
  const SceneCard& shown = scene.cards()[static_cast<std::size_t>(card)];
  if (shown.node.replicas < 2) return;
  QMenu* replicas = menu.addMenu(CanvasView::tr("One replica"));
  replicas->setObjectName(QStringLiteral("replicas"));
  const CardLive* state = live.isEmpty() ? nullptr : live.card(shown.node.name);
  const auto fill = [this](QMenu* one, const QString& name) {
    // What can befall a replica is asked for when its menu opens.
    QObject::connect(one, &QMenu::aboutToShow, one, [this, one, name] {
      if (!one->isEmpty()) return;
      one->setToolTipsVisible(true);
      addFaultMenus(*one, advisor().forNode(name), name);
    });
  };
  const qint64 listed = std::min<qint64>(shown.node.replicas, replicas_listed);
  for (qint64 i = 0; i < listed; ++i) {
    const QString name = replicaName(shown.node.name, i);
    QString title = name;
    if (state != nullptr) {
      for (const auto& [member, condition] : state->members) {
        if (member != name) continue;
        CardLive one;
        one.replicas = 1;
        one.down = condition.down;
        one.paused = condition.paused;
        one.slow = condition.slow;
        one.cutOff = condition.cut_off;
        one.draining = condition.draining;
        one.faulty = condition.faulty;
        if (one.disturbed()) title += QStringLiteral(" – ") + badgeOf(one).text;
      }
    }
    fill(replicas->addMenu(title), name);
  }
  if (shown.node.replicas > listed) {
    replicas->addSeparator();
    replicas->addAction(CanvasView::tr("Another…"), &view,
                        [this, group = shown.node.name, count = shown.node.replicas] {
                          bool chosen = false;
                          const int index = QInputDialog::getInt(
                              &view, CanvasView::tr("One replica"),
                              CanvasView::tr("Number of the replica of %1, from 0:").arg(group), 0,
                              0, static_cast<int>(count - 1), 1, &chosen);
                          if (!chosen) return;
                          auto* one = new QMenu(&view);
                          one->setAttribute(Qt::WA_DeleteOnClose);
                          const QString name = replicaName(group, index);
                          addHeading(*one, name);
                          addFaultMenus(*one, advisor().forNode(name), name);
                          one->popup(QCursor::pos());
                        });
  }
}

void CanvasView::Private::addNodeEdits(QMenu& menu, int card) {
  const SceneCard& shown = scene.cards()[static_cast<std::size_t>(card)];
  const bool several = selection.nodes.size() > 1;
  menu.addSeparator();
  menu.addAction(CanvasView::tr("Parameters"), &view,
                 [this, name = shown.node.name] { Q_EMIT view.openInspector(name); });
  if (!several) {
    menu.addAction(CanvasView::tr("Rename…"), &view,
                   [this, name = shown.node.name] { Q_EMIT view.renameRequested(name); });
  }
  if (shown.hasPorts && !several) {
    QMenu* connect = menu.addMenu(CanvasView::tr("Connect to"));
    connect->setObjectName(QStringLiteral("connectTo"));
    int listed = 0;
    for (const SceneCard& other : scene.cards()) {
      if (other.node.name == shown.node.name || listed >= 60) continue;
      const std::vector<Port> ports = fittingPorts(shown.node.type, other.node.type);
      if (ports.empty()) continue;
      ++listed;
      const auto join = [this, from = shown.node.name, to = other.node.name](const QString& port) {
        QString error;
        if (!document.connectNodes(from, to, port, &error)) Q_EMIT view.statusMessage(error);
      };
      if (ports.size() == 1) {
        connect->addAction(other.node.name, &view,
                           [join, port = ports.front().parameter] { join(port); });
      } else {
        QMenu* as = connect->addMenu(other.node.name);
        for (const Port& port : ports) {
          as->addAction(portTitle(shown.node.type, port), &view,
                        [join, name = port.parameter] { join(name); });
        }
      }
    }
    connect->setEnabled(listed > 0);
  }
  QMenu* zones = menu.addMenu(CanvasView::tr("Zone"));
  zones->setObjectName(QStringLiteral("zones"));
  const QStringList nodes = several ? selection.nodes : QStringList{shown.node.name};
  const auto addZoneAction = [&](const QString& title, const QString& zone, bool checked) {
    QAction* action =
        zones->addAction(title, &view, [this, nodes, zone] { document.setZone(nodes, zone); });
    action->setCheckable(true);
    action->setChecked(checked);
  };
  addZoneAction(CanvasView::tr("None"), {}, shown.node.zones.isEmpty());
  for (const SceneZone& zone : scene.zones()) {
    addZoneAction(zone.zone.name, zone.zone.name, shown.node.zones.contains(zone.zone.name));
  }
  zones->addSeparator();
  zones->addAction(CanvasView::tr("New zone"), &view, [this, nodes] {
    const QString name = freshZoneName();
    document.beginMacro(CanvasView::tr("Add zone %1").arg(name));
    document.addZone(name);
    document.setZone(nodes, name);
    document.endMacro();
  });
  if (several) {
    QMenu* align = menu.addMenu(CanvasView::tr("Align"));
    const std::pair<QString, void (CanvasView::*)()> ways[] = {
        {CanvasView::tr("Left edges"), &CanvasView::alignLeft},
        {CanvasView::tr("Right edges"), &CanvasView::alignRight},
        {CanvasView::tr("Upper edges"), &CanvasView::alignTop},
        {CanvasView::tr("Lower edges"), &CanvasView::alignBottom},
        {CanvasView::tr("In a row"), &CanvasView::alignCentresHorizontal},
        {CanvasView::tr("In a column"), &CanvasView::alignCentresVertical},
        {CanvasView::tr("Distribute across"), &CanvasView::distributeHorizontally},
        {CanvasView::tr("Distribute down"), &CanvasView::distributeVertically}};
    for (const auto& [title, slot] : ways) align->addAction(title, &view, slot);
    menu.addAction(CanvasView::tr("Automatic layout"), &view, &CanvasView::autoLayout);
  }
  menu.addSeparator();
  menu.addAction(CanvasView::tr("Duplicate"), &view, &CanvasView::duplicateSelection);
  menu.addAction(CanvasView::tr("Copy"), &view, &CanvasView::copy);
  menu.addAction(CanvasView::tr("Cut"), &view, &CanvasView::cut);
  menu.addAction(CanvasView::tr("Delete"), &view, &CanvasView::deleteSelection);
}

QStringList CanvasView::Private::groupsBut(const QStringList& chosen) const {
  QStringList others;
  for (const SceneCard& card : scene.cards()) {
    if (!chosen.contains(card.node.name)) others << card.node.name;
  }
  return others;
}

void CanvasView::Private::fillMenu(QMenu& menu, const SceneHit& hit, QPointF at) {
  switch (hit.kind) {
    case Kind::card:
    case Kind::port: {
      const SceneCard& card = scene.cards()[static_cast<std::size_t>(hit.index)];
      QString title = card.node.name;
      if (card.node.replicas > 1) {
        title += QStringLiteral(" ×") + formatCount(static_cast<double>(card.node.replicas));
      }
      addHeading(menu, selection.nodes.size() < 2
                           ? title
                           : CanvasView::tr("%n groups", nullptr,
                                            static_cast<int>(selection.nodes.size())));
      if (selection.nodes.size() < 2) {
        std::vector<FaultOffer> offers = advisor().forNode(card.node.name);
        const std::vector<FaultOffer> cuts =
            advisor().forGroups({card.node.name}, groupsBut({card.node.name}));
        offers.insert(offers.end(), cuts.begin(), cuts.end());
        addFaultMenus(menu, offers, card.node.name);
        addReplicaMenu(menu, hit.index);
      } else {
        addFaultMenus(menu, advisor().forGroups(selection.nodes, groupsBut(selection.nodes)),
                      selection.nodes.join(places_between));
      }
      addNodeEdits(menu, hit.index);
      break;
    }
    case Kind::wire:
    case Kind::wireEnd: {
      const std::vector<DesignWire> parts = wiresOf(hit.index);
      addHeading(menu, QStringLiteral("%1 → %2").arg(parts.front().from, parts.front().to));
      addFaultMenus(menu, advisor().forWay(parts.front().from, parts.front().to),
                    QStringLiteral("%1 -> %2").arg(parts.front().from, parts.front().to));
      menu.addSeparator();
      if (parts.size() > 1) {
        QMenu* one = menu.addMenu(CanvasView::tr("Delete one of %1").arg(parts.size()));
        for (const DesignWire& part : parts) {
          one->addAction(part.path.mid(QStringLiteral("nodes.").size()), &view,
                         [this, part] { removeWires({part}); });
        }
      }
      menu.addAction(CanvasView::tr("Delete"), &view, &CanvasView::deleteSelection);
      break;
    }
    case Kind::zoneTitle:
    case Kind::zoneFrame: {
      const QString zone = scene.zones()[static_cast<std::size_t>(hit.index)].zone.name;
      addHeading(menu, CanvasView::tr("Zone %1").arg(zone));
      addFaultMenus(menu, advisor().forZone(zone), QStringLiteral("zone:") + zone);
      menu.addSeparator();
      menu.addAction(CanvasView::tr("Select its nodes"), &view, [this, zone] {
        CanvasSelection members;
        for (const SceneCard& card : scene.cards()) {
          if (card.node.zones.contains(zone)) members.nodes.push_back(card.node.name);
        }
        select(std::move(members));
      });
      if (hit.kind == Kind::zoneFrame) {
        menu.addAction(CanvasView::tr("Paste"), &view, [this, at] { pasteAt(at); });
      }
      menu.addAction(CanvasView::tr("Rename…"), &view,
                     [this, zone] { Q_EMIT view.renameZoneRequested(zone); });
      menu.addAction(CanvasView::tr("Delete zone"), &view, [this, zone] {
        select({{}, {}, zone, {}});
        view.deleteSelection();
      });
      break;
    }
    case Kind::note:
    case Kind::noteCorner:
      menu.addAction(CanvasView::tr("Edit"), &view, [this, note = hit.index] { editNote(note); });
      menu.addAction(CanvasView::tr("Delete"), &view, &CanvasView::deleteSelection);
      break;
    case Kind::none: {
      QMenu* add = menu.addMenu(CanvasView::tr("Add"));
      add->setObjectName(QStringLiteral("add"));
      const std::vector<QString> categories = componentCategories();
      int category = -1;
      for (const ComponentType& type : componentTypes()) {
        if (type.category != category) {
          category = type.category;
          addHeading(*add, categories[static_cast<std::size_t>(category)]);
        }
        add->addAction(type.title, &view, [this, name = type.name, at] { addAt(name, at); });
      }
      add->addSeparator();
      add->addAction(CanvasView::tr("Zone"), &view, &CanvasView::addZone);
      add->addAction(CanvasView::tr("Note"), &view,
                     [this, at] { addAt(QStringLiteral("#note"), at); });
      menu.addAction(CanvasView::tr("Paste"), &view, [this, at] { pasteAt(at); });
      menu.addAction(CanvasView::tr("Select all"), &view, &CanvasView::selectAll);
      menu.addSeparator();
      menu.addAction(CanvasView::tr("Fit"), &view, &CanvasView::fit);
      menu.addAction(CanvasView::tr("Zoom to 100 %"), &view, &CanvasView::zoomTo100);
      menu.addAction(CanvasView::tr("Automatic layout"), &view, &CanvasView::autoLayout);
      QAction* grid = menu.addAction(CanvasView::tr("Snap to grid"), &view,
                                     [this](bool on) { view.setSnapToGrid(on); });
      grid->setCheckable(true);
      grid->setChecked(snap);
      QAction* dotsAction = menu.addAction(CanvasView::tr("Request dots"), &view,
                                           [this](bool on) { view.setShowDots(on); });
      dotsAction->setCheckable(true);
      dotsAction->setChecked(dotsWanted());
      QAction* map = menu.addAction(CanvasView::tr("Minimap"), &view,
                                    [this](bool on) { view.setShowMinimap(on); });
      map->setCheckable(true);
      map->setChecked(minimapWanted);
      if (run.state() == RunController::State::running ||
          run.state() == RunController::State::paused) {
        if (!run.handFaults().empty()) {
          menu.addSeparator();
          menu.addAction(CanvasView::tr("Heal everything"), &view, [this] { run.heal({}); });
        }
      }
      break;
    }
  }
}

// ---- What a card is, in words.

QString CanvasView::describeNode(const QString& node) const {
  const int index = d_->scene.cardOf(node);
  if (index < 0) return {};
  const SceneCard& card = d_->scene.cards()[static_cast<std::size_t>(index)];
  QStringList words{card.node.name, card.typeTitle};
  if (!card.node.subtitle.isEmpty()) words << card.node.subtitle;
  if (card.node.replicas > 1) {
    words << tr("%1 replicas").arg(card.node.replicas);
  }
  if (!card.node.zones.isEmpty()) {
    words << tr("in zone %1").arg(card.node.zones.join(QStringLiteral(", ")));
  }
  if (const CardLive* live = d_->live.isEmpty() ? nullptr : d_->live.card(node)) {
    if (live->disturbed()) words << badgeOf(*live).text;
    const QString figure = figureOf(card, *live);
    if (!figure.isEmpty()) words << figure;
  }
  return words.join(QStringLiteral(", "));
}

QString CanvasView::Private::tooltipAt(QPointF point) const {
  const SceneHit hit = scene.hit(view.toScene(point), reach());
  const auto row = [](const QString& name, const QString& value) {
    return QStringLiteral(
               "<tr><td style='padding-right:12px'>%1</td><td align='right'>%2</td></tr>")
        .arg(name.toHtmlEscaped(), value.toHtmlEscaped());
  };
  if (hit.kind == Kind::zoneTitle) {
    const SceneZone& zone = scene.zones()[static_cast<std::size_t>(hit.index)];
    QString text = QStringLiteral("<b>%1</b>").arg(zone.zone.name.toHtmlEscaped());
    if (!zone.zone.region.isEmpty()) {
      text += QStringLiteral("<br>") +
              CanvasView::tr("Region %1").arg(zone.zone.region).toHtmlEscaped();
    }
    for (const SceneCard& card : scene.cards()) {
      if (card.zone == hit.index) {
        text += QStringLiteral("<br>") + card.node.name.toHtmlEscaped();
        if (card.node.replicas > 1) {
          text += QStringLiteral(" ×") + formatCount(static_cast<double>(card.node.replicas));
        }
      }
    }
    for (const QString& guest : zone.guests) {
      text += QStringLiteral("<br>") + guest.toHtmlEscaped();
    }
    return text;
  }
  if (hit.kind == Kind::card || hit.kind == Kind::port) {
    const SceneCard& card = scene.cards()[static_cast<std::size_t>(hit.index)];
    QString text =
        QStringLiteral("<b>%1</b><br>%2")
            .arg(card.node.name.toHtmlEscaped(),
                 (card.node.knownType ? card.typeTitle : card.node.type).toHtmlEscaped());
    if (!card.node.subtitle.isEmpty()) {
      text += QStringLiteral(" · ") + card.node.subtitle.toHtmlEscaped();
    }
    if (card.node.replicas > 1) {
      text += QStringLiteral(" · ×") + formatCount(static_cast<double>(card.node.replicas));
    }
    const CardLive* state = live.isEmpty() ? nullptr : live.card(card.node.name);
    if (state == nullptr) return text;
    if (state->disturbed()) {
      const CardBadge badge = badgeOf(*state);
      text += QStringLiteral("<br><b style='color:%1'>%2</b>")
                  .arg(badge.color.name(), badge.text.toHtmlEscaped());
    }
    text += QStringLiteral("<table>");
    const bool several = state->replicas > 1;
    if (!std::isnan(state->utilization)) {
      text += row(several ? CanvasView::tr("Utilisation, mean of the replicas")
                          : CanvasView::tr("Utilisation"),
                  formatPercent(state->utilization));
    }
    if (!std::isnan(state->queueLength)) {
      text += row(several ? CanvasView::tr("Waiting, all replicas") : CanvasView::tr("Waiting"),
                  formatNumber(state->queueLength));
    }
    if (!std::isnan(state->hitRatio)) {
      text += row(CanvasView::tr("Hit ratio"), formatPercent(state->hitRatio));
    }
    text += row(CanvasView::tr("Received"), formatRate(state->receivedPerSecond));
    text += row(CanvasView::tr("Answered ok"), formatRate(state->okPerSecond));
    if (state->failPerSecond > 0) {
      text += row(CanvasView::tr("Failed"), formatRate(state->failPerSecond));
    }
    if (!std::isnan(state->latencyP50)) {
      text += row(
          several ? CanvasView::tr("Latency p50, slowest replica") : CanvasView::tr("Latency p50"),
          formatSeconds(state->latencyP50));
    }
    if (!std::isnan(state->latencyP99)) {
      text += row(
          several ? CanvasView::tr("Latency p99, slowest replica") : CanvasView::tr("Latency p99"),
          formatSeconds(state->latencyP99));
    }
    text += QStringLiteral("</table>");
    text += CanvasView::tr("Figures of %1 to %2")
                .arg(formatClock(live.fromSeconds()), formatClock(live.toSeconds()))
                .toHtmlEscaped();
    if (oldDesign) {
      text += QStringLiteral("<br>") + CanvasView::tr("Of the old design").toHtmlEscaped();
    }
    return text;
  }
  if (hit.kind == Kind::wire || hit.kind == Kind::wireEnd) {
    const std::vector<DesignWire> parts = wiresOf(hit.index);
    QString text = QStringLiteral("<b>%1 → %2</b>")
                       .arg(parts.front().from.toHtmlEscaped(), parts.front().to.toHtmlEscaped());
    const auto rates = [&](const WireLive& of) {
      return row(CanvasView::tr("Requests sent"), formatRate(of.perSecond)) +
             row(CanvasView::tr("Failed"), formatRate(of.failPerSecond));
    };
    // References of one role are one wire, with a rate of its own.
    QStringList roles;
    for (const DesignWire& part : parts) {
      if (!roles.contains(part.role)) roles << part.role;
    }
    for (const QString& role : roles) {
      for (const DesignWire& part : parts) {
        if (part.role != role) continue;
        const auto start = QStringLiteral("nodes.").size() + part.from.size() + 1;
        text += QStringLiteral("<br>") + part.path.mid(start).toHtmlEscaped();
      }
      const WireLive* one =
          live.isEmpty() ? nullptr : live.wire(parts.front().from, parts.front().to, role);
      if (one != nullptr) text += QStringLiteral("<table>%1</table>").arg(rates(*one));
    }
    const WireLive* line =
        live.isEmpty() ? nullptr : live.wire(parts.front().from, parts.front().to);
    if (line != nullptr) {
      if (roles.size() > 1) {
        text += CanvasView::tr("All together").toHtmlEscaped() +
                QStringLiteral("<table>%1</table>").arg(rates(*line));
      }
      if (line->cut) text += CanvasView::tr("Cut: no message passes.").toHtmlEscaped();
    }
    return text;
  }
  return {};
}

}  // namespace faultline::gui
