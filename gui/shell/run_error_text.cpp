#include "gui/shell/run_error_text.hpp"

#include <QRegularExpression>

#include "gui/shell/format.hpp"
#include "gui/shell/language.hpp"

namespace faultline::gui {

QString shownRunError(const QString& english) {
  static const QRegularExpression form(QStringLiteral("^at ([0-9.e+-]+) s(?:, (.*?))?: (.*)$"),
                                       QRegularExpression::DotMatchesEverythingOption);
  const QRegularExpressionMatch match = form.match(english);
  if (!match.hasMatch()) return shownSentence(english);
  QString shown = formatClock(match.captured(1).toDouble());
  if (!match.captured(2).isEmpty()) shown += QStringLiteral(", ") + match.captured(2);
  return shown + QStringLiteral(": ") + shownSentence(match.captured(3));
}

}  // namespace faultline::gui
