/// Which faults can strike a node, a wire or a zone: what the menus of the canvas offer.
#pragma once

#include <memory>
#include <QString>
#include <QStringList>
#include <vector>

namespace faultline::sim {
struct Spec;
class System;
}  // namespace faultline::sim

namespace faultline::gui {

/// One fault ready to strike.
struct FaultOffer {
  QString title;       ///< "Slow, 4 times"
  QString fault;       ///< As in a file: "slow(app[0], factor=4)".
  QString help;        ///< What it does.
  QString type;        ///< "slow"
  bool usual = false;  ///< Of the few that belong at the top of a menu.
};

/// Asks the engine itself which faults a system can suffer: it is built once from the scenario, and
/// each fault that is offered has been prepared for it without a problem.
class FaultAdvisor {
 public:
  /// Without a scenario, or with one too large to be built on the side, everything is offered whose
  /// parameters fit.
  explicit FaultAdvisor(std::shared_ptr<const sim::Spec> spec);
  ~FaultAdvisor();

  /// `node`: a group, a replica ("app[0]").
  std::vector<FaultOffer> forNode(const QString& node) const;
  std::vector<FaultOffer> forWay(const QString& from, const QString& to) const;
  std::vector<FaultOffer> forZone(const QString& zone) const;
  /// Of several groups together: cut off from `others`, and from each other.
  std::vector<FaultOffer> forGroups(const QStringList& groups, const QStringList& others) const;
  /// Whether it knows the system, rather than guesses.
  bool knows() const { return system_ != nullptr; }

 private:
  bool suits(const QString& fault) const;

  std::shared_ptr<const sim::Spec> spec_;
  std::unique_ptr<sim::System> system_;
};

}  // namespace faultline::gui
