/// The faults of a scenario as bars in lanes, read tolerantly from its JSON, and the edits that
/// moving, stretching and renaming a bar mean for the document.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <QString>
#include <vector>

#include "gui/run/run_controller.hpp"

namespace faultline::gui {

class Document;

/// One bar of the timeline.
struct FaultBar {
  enum class Kind {
    fault,     ///< An entry of `faults`.
    random,    ///< One that comes at random times: over the whole run, and each time it came.
    incident,  ///< An entry of `incidents`: over all of its phases.
    phase,     ///< One phase of it.
    hand       ///< Done by hand in the present run.
  };
  Kind kind = Kind::fault;
  QString path;  ///< "faults[2]", "incidents[0].phases[1]"; of a hand fault empty.
  QString text;  ///< "crash(app[0])", or the name of an incident or phase.
  QString note;  ///< What else is to be said of it: "every 60 s".
  double from = 0;
  double to = 0;
  bool openEnd = false;  ///< To the end of the run, whatever that is.
  bool repeats = false;  ///< A later occurrence of an entry with `every`, or one that came by
                         ///< chance: not to be moved.
  int lane = 0;

  bool movable() const {
    return (kind == Kind::fault && !repeats) || kind == Kind::incident || kind == Kind::phase;
  }
  bool stretchable() const { return (kind == Kind::fault && !repeats) || kind == Kind::phase; }
  bool editable() const { return kind != Kind::hand; }
  bool operator==(const FaultBar&) const = default;
};

/// All bars, lanes given: bars of one lane do not overlap, but for random ones, which lie on that
/// of their entry. `end` is the length of the run, seconds; `happened` what a run has done so far.
std::vector<FaultBar> faultBarsOf(const nlohmann::json& scenario,
                                  const std::vector<HandFault>& hand, double end,
                                  const std::vector<sim::Band>& happened = {});
int lanesOf(const std::vector<FaultBar>& bars);
/// Whether they are the same fault, wherever it stands now.
bool sameBar(const FaultBar& a, const FaultBar& b);

/// The planned length of the run that a scenario states, seconds; 60 without.
double durationOf(const nlohmann::json& scenario);

/// A choice as people write it: "crash(app[0])", whether the file has it as text or as an object.
QString choiceText(const nlohmann::json& choice);

/// `seconds` as a file writes it, to the nanosecond: "12.5s".
QString durationText(double seconds);
/// The multiple of `step` nearest to `seconds`, without the rest that a product of doubles has.
double snapped(double seconds, double step);

/// Moves and stretches `bar` to begin at `from` and end at `to` (seconds), as one undo step. What
/// does not change is not written. Requires: bar.movable().
void moveBar(Document& document, const FaultBar& bar, double from, double to,
             const QString& mergeKey = {});
void renameBar(Document& document, const FaultBar& bar, const QString& text);
void removeBar(Document& document, const FaultBar& bar);

}  // namespace faultline::gui
