#include "gui/timeline/fault_bars.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <QCoreApplication>
#include <QRegularExpression>
#include <utility>

#include "gui/document/document.hpp"
#include "gui/shell/format.hpp"
#include "sim/param/units.hpp"

namespace faultline::gui {
namespace {

using nlohmann::json;

constexpr int occurrences_max = 500;  ///< Of an entry with `every`: more cannot be seen.

QString tr(const char* text) { return QCoreApplication::translate("faultline::gui", text); }

std::optional<double> secondsOf(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  std::string error;
  const auto duration = sim::parse_duration(found->get_ref<const std::string&>(), error);
  if (!duration) return std::nullopt;
  return sim::to_seconds(*duration);
}

const json& listOf(const json& scenario, const char* key) {
  static const json empty = json::array();
  if (!scenario.is_object()) return empty;
  const auto found = scenario.find(key);
  return found != scenario.end() && found->is_array() ? *found : empty;
}

QString stringOf(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string()
             ? QString::fromStdString(found->get_ref<const std::string&>())
             : QString();
}

void addFault(const json& entry, std::size_t index, double end, std::vector<FaultBar>& bars) {
  FaultBar bar;
  bar.path = QStringLiteral("faults[%1]").arg(index);
  const auto fault = entry.is_object() ? entry.find("fault") : entry.end();
  bar.text = entry.is_object() && fault != entry.end() ? choiceText(*fault) : tr("(no fault)");
  if (!entry.is_object()) return;
  const auto at = secondsOf(entry, "at");
  const auto length = secondsOf(entry, "for");
  if (!at) {
    bar.kind = FaultBar::Kind::random;
    bar.to = end;
    const auto between = secondsOf(entry, "mtbf");
    const auto repair = secondsOf(entry, "mttr");
    bar.note = between ? tr("at random, every %1 on average").arg(formatSeconds(*between))
                       : tr("without a time");
    if (repair) bar.note += tr(", for %1 on average").arg(formatSeconds(*repair));
    bars.push_back(bar);
    return;
  }
  bar.from = *at;
  bar.openEnd = !length;
  bar.to = length ? *at + *length : std::max(end, *at);
  const auto every = secondsOf(entry, "every");
  if (every) bar.note = tr("every %1").arg(formatSeconds(*every));
  bars.push_back(bar);
  if (!every || !length || !(*every > 0)) return;
  for (int i = 1; i < occurrences_max; ++i) {
    bar.repeats = true;
    bar.from = *at + i * *every;
    bar.to = bar.from + *length;
    if (bar.from >= end) break;
    bars.push_back(bar);
  }
}

void addIncident(const json& entry, std::size_t index, double end, std::vector<FaultBar>& bars) {
  if (!entry.is_object()) return;
  FaultBar whole;
  whole.kind = FaultBar::Kind::incident;
  whole.path = QStringLiteral("incidents[%1]").arg(index);
  whole.text = stringOf(entry, "name");
  whole.from = secondsOf(entry, "at").value_or(0);
  whole.to = whole.from;
  const json& phases = listOf(entry, "phases");
  std::vector<FaultBar> parts;
  double free = whole.from;  // Where a phase without a time of its own begins.
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const json& phase = phases[i];
    if (!phase.is_object()) continue;
    FaultBar bar;
    bar.kind = FaultBar::Kind::phase;
    bar.path = QStringLiteral("%1.phases[%2]").arg(whole.path).arg(i);
    bar.text = stringOf(phase, "name");
    QStringList faults;
    for (const json& fault : listOf(phase, "faults")) faults << choiceText(fault);
    bar.note = faults.isEmpty() ? tr("calm") : faults.join(", ");
    if (const auto at = secondsOf(phase, "at")) {
      bar.from = whole.from + *at;
    } else {
      bar.from = free + secondsOf(phase, "after").value_or(0);
    }
    const auto length = secondsOf(phase, "for");
    bar.openEnd = !length;
    bar.to = length ? bar.from + *length : std::max(end, bar.from);
    free = bar.to;
    whole.to = std::max(whole.to, bar.to);
    parts.push_back(bar);
  }
  bars.push_back(whole);
  bars.insert(bars.end(), parts.begin(), parts.end());
}

/// Gives each bar the first lane in which it lies on nothing. An incident takes a lane of its own,
/// and its phases the ones below it.
void giveLanes(std::vector<FaultBar>& bars) {
  struct Lane {
    std::vector<std::pair<double, double>> taken;
    QString owner;  ///< Only bars of this incident; empty: anybody.
  };
  std::vector<Lane> lanes;
  // With all its later occurrences.
  const auto fits = [&bars](const Lane& lane, const FaultBar& bar) {
    for (const FaultBar* each = &bar; each != bars.data() + bars.size(); ++each) {
      if (each != &bar && !(each->repeats && each->path == bar.path)) break;
      for (const auto& [from, to] : lane.taken) {
        if (each->from < to && from < each->to) return false;
      }
    }
    return true;
  };
  QString previous;
  int previous_lane = 0;
  for (FaultBar& bar : bars) {
    const bool incident = bar.kind == FaultBar::Kind::incident;
    const QString owner = incident                            ? bar.path
                          : bar.kind == FaultBar::Kind::phase ? bar.path.section(".phases", 0, 0)
                                                              : QString();
    int found = -1;
    // Occurrences of one entry stand in its lane.
    if (bar.repeats && bar.path == previous) found = previous_lane;
    const bool alone = incident || bar.kind == FaultBar::Kind::random;
    for (int i = 0; found < 0 && !alone && i < static_cast<int>(lanes.size()); ++i) {
      const Lane& lane = lanes[static_cast<std::size_t>(i)];
      if (lane.owner != (owner.isEmpty() ? QString() : owner + ".phases")) continue;
      if (fits(lane, bar)) found = i;
    }
    if (found < 0) {
      found = static_cast<int>(lanes.size());
      lanes.push_back({{}, incident ? owner : owner.isEmpty() ? QString() : owner + ".phases"});
      if (alone) lanes.back().owner = bar.path;
    }
    lanes[static_cast<std::size_t>(found)].taken.emplace_back(bar.from, bar.to);
    bar.lane = found;
    previous = bar.path;
    previous_lane = found;
  }
}

}  // namespace

double durationOf(const json& scenario) {
  constexpr double usual = 60;
  if (!scenario.is_object()) return usual;
  const auto run = scenario.find("run");
  if (run == scenario.end() || !run->is_object()) return usual;
  const double duration = secondsOf(*run, "duration").value_or(usual);
  return duration > 0 ? duration : usual;
}

QString choiceText(const json& choice) {
  if (choice.is_string()) return QString::fromStdString(choice.get_ref<const std::string&>());
  const auto plain = [](const json& value) {
    return value.is_string()
               ? QString::fromStdString(value.get_ref<const std::string&>())
               : QString::fromStdString(value.dump(-1, ' ', false, json::error_handler_t::replace));
  };
  if (!choice.is_object() || !choice.contains("type")) return plain(choice);
  QStringList arguments;
  for (const auto& [key, value] : choice.items()) {
    if (key != "type") arguments << QString::fromStdString(key) + "=" + plain(value);
  }
  const QString type = plain(choice.at("type"));
  return arguments.isEmpty() ? type : QStringLiteral("%1(%2)").arg(type, arguments.join(", "));
}

namespace {

/// Of "crash(app[0])" or "crash(node=app[0], ...)": "crash" and "app[0]".
std::pair<QString, QString> faultAndTarget(const QString& text) {
  static const QRegularExpression named(QStringLiteral("[(,] *(?:node|zone)=\"?([^,)\"]*)"));
  static const QRegularExpression first(QStringLiteral("\\(\"?([^=,)\"]*)\"?[,)]"));
  const QString fault = text.section('(', 0, 0);
  if (const auto match = named.match(text); match.hasMatch()) return {fault, match.captured(1)};
  const auto match = first.match(text);
  return {fault, match.hasMatch() ? match.captured(1) : QString()};
}

/// Whether a fault on `struck` may be one of an entry aimed at `target`.
bool isAimedAt(const QString& target, const QString& struck) {
  const bool many = target.isEmpty() || target.contains(':') || target.startsWith('[');
  return many || struck == target || struck.startsWith(target + '[');
}

/// Puts each time that a random fault came behind the bar of its entry.
void addOccurrences(std::vector<FaultBar>& bars, const std::vector<sim::Band>& happened) {
  const auto isScheduled = [&bars](const sim::Band& band) {
    const QString fault = faultAndTarget(QString::fromStdString(band.name)).first;
    return std::any_of(bars.begin(), bars.end(), [&](const FaultBar& bar) {
      return bar.kind != FaultBar::Kind::random && std::abs(bar.from - band.from_seconds) < 1e-6 &&
             (bar.kind == FaultBar::Kind::phase || faultAndTarget(bar.text).first == fault);
    });
  };
  std::vector<const sim::Band*> open;
  for (const sim::Band& band : happened) {
    if (band.kind == "fault" && !isScheduled(band)) open.push_back(&band);
  }
  std::vector<FaultBar> all;
  for (const FaultBar& bar : bars) {
    all.push_back(bar);
    if (bar.kind != FaultBar::Kind::random) continue;
    const auto [fault, target] = faultAndTarget(bar.text);
    std::size_t drawn = 0;
    for (const sim::Band*& band : open) {
      if (!band || drawn == occurrences_max) continue;
      const QString name = QString::fromStdString(band->name);
      const auto [struck_by, struck] = faultAndTarget(name);
      if (struck_by != fault || !isAimedAt(target, struck)) continue;
      FaultBar one = bar;
      one.repeats = true;
      one.text = name;
      one.from = band->from_seconds;
      one.to = band->to_seconds;
      all.push_back(one);
      ++drawn;
      band = nullptr;
    }
  }
  bars = std::move(all);
}

}  // namespace

std::vector<FaultBar> faultBarsOf(const json& scenario, const std::vector<HandFault>& hand,
                                  double end, const std::vector<sim::Band>& happened) {
  std::vector<FaultBar> bars;
  const json& faults = listOf(scenario, "faults");
  for (std::size_t i = 0; i < faults.size(); ++i) addFault(faults[i], i, end, bars);
  const json& incidents = listOf(scenario, "incidents");
  for (std::size_t i = 0; i < incidents.size(); ++i) addIncident(incidents[i], i, end, bars);
  for (const HandFault& fault : hand) {
    FaultBar bar;
    bar.kind = FaultBar::Kind::hand;
    bar.text = fault.text;
    bar.note = tr("by hand");
    bar.from = fault.atSeconds;
    bar.openEnd = !(fault.forSeconds > 0);
    bar.to = bar.openEnd ? std::max(end, fault.atSeconds) : fault.atSeconds + fault.forSeconds;
    bars.push_back(bar);
  }
  addOccurrences(bars, happened);
  giveLanes(bars);
  return bars;
}

bool sameBar(const FaultBar& a, const FaultBar& b) {
  return a.kind == b.kind && a.path == b.path && a.repeats == b.repeats &&
         ((!a.path.isEmpty() && !a.repeats) || (a.text == b.text && a.from == b.from));
}

int lanesOf(const std::vector<FaultBar>& bars) {
  int lanes = 0;
  for (const FaultBar& bar : bars) lanes = std::max(lanes, bar.lane + 1);
  return lanes;
}

QString durationText(double seconds) {
  return QString::fromStdString(sim::to_text(sim::from_seconds(seconds)));
}

double snapped(double seconds, double step) {
  if (!(step > 0)) return seconds;
  // In whole nanoseconds, so that 0.1 s times 3 is 0.3 s.
  const double nanoseconds = std::round(seconds / step) * std::round(step * 1e9);
  return std::round(nanoseconds) / 1e9;
}

void moveBar(Document& document, const FaultBar& bar, double from, double to,
             const QString& mergeKey) {
  from = std::max(from, 0.0);
  const bool moves = durationText(from) != durationText(bar.from);
  const bool stretches = durationText(to - from) != durationText(bar.to - bar.from);
  const auto set = [&](const QString& path, double seconds, const QString& name) {
    document.setValue(path, durationText(seconds).toStdString(), name, mergeKey);
  };
  if (bar.kind == FaultBar::Kind::incident) {
    if (moves) set(bar.path + ".at", from, tr("Move incident"));
    return;
  }
  const bool phase = bar.kind == FaultBar::Kind::phase;
  // What lasts to the end goes on doing so when it is only moved.
  const bool length = stretches && !(bar.openEnd && moves && to == bar.to) && to > from;
  if (!moves && !length) return;
  const QString name = !length ? (phase ? tr("Move phase") : tr("Move fault"))
                               : (phase ? tr("Stretch phase") : tr("Stretch fault"));
  const bool both = moves && length;
  if (both) document.beginMacro(name);
  if (moves && !phase) set(bar.path + ".at", from, name);
  if (moves && phase) {
    const json& scenario = document.json();
    const QString incident = bar.path.section(".phases", 0, 0);
    // Counted from the beginning of the incident, or from the end of the phase before.
    const auto bars = faultBarsOf(scenario, {}, durationOf(scenario));
    double begin = 0;
    double free = 0;
    for (const FaultBar& other : bars) {
      if (other.path == incident) begin = free = other.from;
      if (other.path == bar.path) break;
      if (other.kind == FaultBar::Kind::phase && other.path.startsWith(incident + ".")) {
        free = other.to;
      }
    }
    if (document.rangeOf(bar.path + ".at")) {
      set(bar.path + ".at", std::max(from - begin, 0.0), name);
    } else {
      set(bar.path + ".after", std::max(from - free, 0.0), name);
    }
  }
  if (length) set(bar.path + ".for", to - from, name);
  if (both) document.endMacro();
}

void renameBar(Document& document, const FaultBar& bar, const QString& text) {
  const QString trimmed = text.trimmed();
  if (trimmed.isEmpty() || trimmed == bar.text) return;
  if (bar.kind == FaultBar::Kind::incident || bar.kind == FaultBar::Kind::phase) {
    document.setValue(bar.path + ".name", trimmed.toStdString(), tr("Rename"));
    return;
  }
  if (bar.kind == FaultBar::Kind::hand) return;
  // An object may be written as well as a call.
  json value = trimmed.toStdString();
  if (trimmed.startsWith('{')) {
    json parsed = json::parse(trimmed.toStdString(), nullptr, false, true);
    if (!parsed.is_discarded()) value = std::move(parsed);
  }
  document.setValue(bar.path + ".fault", value, tr("Change fault"));
}

void removeBar(Document& document, const FaultBar& bar) {
  if (bar.path.isEmpty()) return;
  document.removeValue(bar.path, bar.kind == FaultBar::Kind::incident ? tr("Delete incident")
                                 : bar.kind == FaultBar::Kind::phase  ? tr("Delete phase")
                                                                      : tr("Delete fault"));
}

}  // namespace faultline::gui
