#include "gui/canvas/fault_offers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <QCoreApplication>
#include <QRegularExpression>

#include "gui/canvas/component_types.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/language.hpp"
#include "sim/scenario/fault.hpp"
#include "sim/scenario/spec.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::gui {
namespace {

/// Up to this many nodes a system is built only to ask it what can befall it.
constexpr std::int64_t nodes_asked = 3000;

/// How a fault is offered, beside the plain one: with these arguments, under these words.
struct Variant {
  const char* type;
  const char* arguments;
  const char* title;
};
constexpr Variant variants[] = {
    {"slow", ", factor=2", QT_TRANSLATE_NOOP("FaultAdvisor", "Slow, 2 times")},
    {"slow", ", factor=10", QT_TRANSLATE_NOOP("FaultAdvisor", "Slow, 10 times")},
    {"error_rate", ", rate=10%", QT_TRANSLATE_NOOP("FaultAdvisor", "Errors, 10 %")},
    {"error_rate", ", rate=100%", QT_TRANSLATE_NOOP("FaultAdvisor", "Errors, all")},
    {"link_slow", ", extra=50ms", QT_TRANSLATE_NOOP("FaultAdvisor", "Slow link, +50 ms")},
    {"link_slow", ", extra=500ms", QT_TRANSLATE_NOOP("FaultAdvisor", "Slow link, +500 ms")},
    {"link_loss", ", loss=1%", QT_TRANSLATE_NOOP("FaultAdvisor", "Lossy link, 1 %")},
    {"link_loss", ", loss=20%", QT_TRANSLATE_NOOP("FaultAdvisor", "Lossy link, 20 %")},
    {"bad_deploy", ", factor=3",
     QT_TRANSLATE_NOOP("FaultAdvisor", "Bad deployment, 3 times slower")},
    {"bad_deploy", ", errors=20%",
     QT_TRANSLATE_NOOP("FaultAdvisor", "Bad deployment, 20 % errors")},
};

constexpr const char* usual_faults[] = {"crash",       "slow",        "pause",
                                        "drain",       "link_down",   "link_slow",
                                        "zone_outage", "cache_flush", "partition"};

/// What a fault is aimed at, by the parameters it needs.
enum class Aim { node, way, zone, groups, other };

Aim aimOf(const sim::TypeRecord& fault) {
  bool node = false, from = false, to = false, zone = false, groups = false;
  for (const auto& parameter : fault.params().records()) {
    if (parameter->name() == "node") node = true;
    if (parameter->name() == "from") from = true;
    if (parameter->name() == "to") to = true;
    if (parameter->name() == "zone") zone = true;
    if (parameter->name() == "groups") groups = true;
  }
  if (from && to) return Aim::way;
  if (node) return Aim::node;
  if (zone) return Aim::zone;
  if (groups) return Aim::groups;
  return Aim::other;
}

}  // namespace

FaultAdvisor::FaultAdvisor(std::shared_ptr<const sim::Spec> spec) : spec_(std::move(spec)) {
  if (!spec_) return;
  std::int64_t nodes = 0;
  for (const sim::NodeSpec& node : spec_->nodes) nodes += node.replicas;
  if (nodes > nodes_asked) return;
  sim::Problems problems;
  auto system = std::make_unique<sim::System>(*spec_, static_cast<std::uint64_t>(spec_->run.seed),
                                              0, problems);
  if (problems.empty()) system_ = std::move(system);
}

FaultAdvisor::~FaultAdvisor() = default;

bool FaultAdvisor::suits(const QString& fault) const {
  if (!system_) return true;
  sim::Problems problems;
  sim::ReadContext context{problems};
  const nlohmann::json json = fault.toStdString();
  const sim::AnyChoice choice = sim::read_choice(sim::Fault::kind, json, sim::Path(), context);
  if (choice.type == nullptr || !problems.empty()) return false;
  const auto made = static_cast<const sim::Maker<sim::Fault>*>(choice.type)
                        ->make(choice.params.get(), sim::Fault::MakeArgs{});
  sim::FaultContext prepared(*system_, "menu", sim::Path(), problems);
  const std::size_t units = made->prepare(prepared);
  return units > 0 && problems.empty();
}

namespace {

/// `fault` in all its variants, as far as `suits` says so.
template <class Suits>
void offer(const sim::TypeRecord& fault, const QString& arguments, const Suits& suits,
           std::vector<FaultOffer>& offers) {
  const QString type = QString::fromStdString(fault.name());
  const QString help = QString::fromStdString(sim::type_summary(fault, windowLanguage()));
  const bool usual = std::any_of(std::begin(usual_faults), std::end(usual_faults),
                                 [&](const char* name) { return fault.name() == name; });
  bool varied = false;
  const auto add = [&](const QString& title, const QString& more) {
    const QString text = QStringLiteral("%1(%2%3)").arg(type, arguments, more);
    if (suits(text)) offers.push_back({title, text, help, type, usual});
  };
  for (const Variant& variant : variants) {
    if (fault.name() != variant.type) continue;
    varied = true;
    add(QCoreApplication::translate("FaultAdvisor", variant.title),
        QString::fromLatin1(variant.arguments));
  }
  if (!varied) add(QString::fromStdString(sim::type_title(fault, windowLanguage())), {});
}

/// The usual ones first, in their order, then the rest by title.
void arrange(std::vector<FaultOffer>& offers) {
  const auto rank = [](const FaultOffer& offer) {
    const auto* found =
        std::find_if(std::begin(usual_faults), std::end(usual_faults),
                     [&](const char* name) { return offer.type == QLatin1String(name); });
    return found - std::begin(usual_faults);
  };
  std::stable_sort(offers.begin(), offers.end(), [&](const FaultOffer& a, const FaultOffer& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    if (a.usual || b.usual) return false;
    return a.type == b.type ? false : a.title.localeAwareCompare(b.title) < 0;
  });
}

}  // namespace

std::vector<FaultOffer> FaultAdvisor::forNode(const QString& node) const {
  std::vector<FaultOffer> offers;
  if (system_ && system_->find(node.toStdString()).empty()) return offers;
  for (const sim::TypeRecord* fault : sim::TypeCatalogue::instance().types(sim::Fault::kind)) {
    if (aimOf(*fault) != Aim::node) continue;
    offer(
        *fault, node, [this](const QString& text) { return suits(text); }, offers);
  }
  arrange(offers);
  return offers;
}

std::vector<FaultOffer> FaultAdvisor::forWay(const QString& from, const QString& to) const {
  std::vector<FaultOffer> offers;
  const QString ends = from + QStringLiteral(", ") + to;
  for (const sim::TypeRecord* fault : sim::TypeCatalogue::instance().types(sim::Fault::kind)) {
    if (aimOf(*fault) != Aim::way) continue;
    offer(
        *fault, ends, [this](const QString& text) { return suits(text); }, offers);
    if (fault->name() == "link_down") {
      const QString text = QStringLiteral("link_down(%1, one_way=true)").arg(ends);
      if (suits(text)) {
        offers.push_back({QCoreApplication::translate("FaultAdvisor", "Link down, this way only"),
                          text, QString::fromStdString(sim::type_summary(*fault, windowLanguage())),
                          QStringLiteral("link_down"), true});
      }
    }
  }
  arrange(offers);
  return offers;
}

namespace {

/// A name as it stands in a call: in quotes where it would be read otherwise.
QString written(const QString& name) {
  static const QRegularExpression plain(QStringLiteral("^[A-Za-z_][A-Za-z0-9_-]*$"));
  if (plain.match(name).hasMatch()) return name;
  return QString::fromStdString(nlohmann::json(name.toStdString()).dump());
}

QString groupText(const QStringList& names) {
  QStringList words;
  for (const QString& name : names) words << written(name);
  return QStringLiteral("[%1]").arg(words.join(QStringLiteral(", ")));
}

}  // namespace

std::vector<FaultOffer> FaultAdvisor::forGroups(const QStringList& groups,
                                                const QStringList& others) const {
  std::vector<FaultOffer> offers;
  for (const QString& each : groups + others) {
    if (system_ && system_->find(each.toStdString()).empty()) return offers;
  }
  for (const sim::TypeRecord* fault : sim::TypeCatalogue::instance().types(sim::Fault::kind)) {
    if (aimOf(*fault) != Aim::groups) continue;
    const auto add = [&](const QString& title, const QStringList& sides, const QString& more = {}) {
      const QString type = QString::fromStdString(fault->name());
      const QString text =
          QStringLiteral("%1(groups=[%2]%3)").arg(type, sides.join(QStringLiteral(", ")), more);
      if (!suits(text)) return;
      offers.push_back({title, text,
                        QString::fromStdString(sim::type_summary(*fault, windowLanguage())), type,
                        true});
    };
    const auto title = [](const char* text) {
      return QCoreApplication::translate("FaultAdvisor", text);
    };
    if (!others.isEmpty()) {
      add(title(QT_TRANSLATE_NOOP("FaultAdvisor", "Cut from the rest")),
          {groupText(groups), groupText(others)});
    }
    if (groups.size() < 2) continue;
    QStringList each;
    for (const QString& group : groups) each << groupText({group});
    add(groups.size() == 2
            ? title(QT_TRANSLATE_NOOP("FaultAdvisor", "Cut between the two"))
            : title(QT_TRANSLATE_NOOP("FaultAdvisor", "Cut each from the others chosen")),
        each);
    if (groups.size() > 2) continue;
    for (const bool back : {false, true}) {
      const QStringList sides{each[back ? 1 : 0], each[back ? 0 : 1]};
      add(title(QT_TRANSLATE_NOOP("FaultAdvisor", "Cut from %1 to %2 only"))
              .arg(groups[back ? 1 : 0], groups[back ? 0 : 1]),
          sides, QStringLiteral(", one_way=true"));
    }
  }
  return offers;
}

std::vector<FaultOffer> FaultAdvisor::forZone(const QString& zone) const {
  std::vector<FaultOffer> offers;
  const QString place = QStringLiteral("zone:") + zone;
  for (const sim::TypeRecord* fault : sim::TypeCatalogue::instance().types(sim::Fault::kind)) {
    const Aim aim = aimOf(*fault);
    const auto fits = [this](const QString& text) { return suits(text); };
    if (aim == Aim::zone || aim == Aim::node) offer(*fault, place, fits, offers);
    if (aim == Aim::groups) {
      // From each of the others, and from all that is not in it.
      QStringList others;
      if (spec_) {
        for (const auto& [name, other] : spec_->zones) {
          if (name != zone.toStdString()) {
            others.push_back(QStringLiteral("zone:") + QString::fromStdString(name));
          }
        }
      }
      for (const QString& other : others) {
        const QString text = QStringLiteral("%1(groups=[[%2], [%3]])")
                                 .arg(QString::fromStdString(fault->name()), place, other);
        if (suits(text)) {
          offers.push_back({QCoreApplication::translate("FaultAdvisor", "Partition from %1")
                                .arg(other.mid(QStringLiteral("zone:").size())),
                            text,
                            QString::fromStdString(sim::type_summary(*fault, windowLanguage())),
                            QString::fromStdString(fault->name()), true});
        }
      }
    }
  }
  arrange(offers);
  return offers;
}

}  // namespace faultline::gui
