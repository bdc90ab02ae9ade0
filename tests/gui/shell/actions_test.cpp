#include "gui/shell/actions.hpp"

#include <gtest/gtest.h>

#include <QFile>
#include <QRegularExpression>
#include <QSet>

namespace faultline::gui {
namespace {

TEST(Actions, EachHasWordsAndNoTwoShareAKey) {
  Actions actions;
  QSet<QString> keys;
  for (const QString& id : actions.ids()) {
    QAction* action = actions[id];
    EXPECT_FALSE(action->text().isEmpty()) << id.toStdString();
    EXPECT_FALSE(action->toolTip().isEmpty()) << id.toStdString();
    for (const QKeySequence& key : action->shortcuts()) {
      EXPECT_FALSE(key.isEmpty()) << id.toStdString();
      EXPECT_FALSE(keys.contains(key.toString()))
          << id.toStdString() << " " << key.toString().toStdString();
      keys.insert(key.toString());
    }
  }
  EXPECT_TRUE(keys.contains("Space"));
  EXPECT_TRUE(keys.contains("Ctrl+Z"));
  EXPECT_TRUE(keys.contains("F"));
  EXPECT_TRUE(keys.contains("Del"));
  EXPECT_TRUE(keys.contains("?"));
}

TEST(Actions, TheKeyStandsInTheTooltip) {
  Actions actions;
  EXPECT_EQ(actions["run.restart"]->toolTip().section('\n', 0, 0), "Restart (Ctrl+R)");
}

TEST(Actions, RulesSayWhatCanBeDone) {
  Actions actions;
  bool possible = false;
  int done = 0;
  actions.on(
      "run.stop", [&] { ++done; }, [&] { return possible; });
  actions.refresh();
  EXPECT_FALSE(actions["run.stop"]->isEnabled());
  actions["run.stop"]->trigger();
  EXPECT_EQ(done, 0);
  possible = true;
  actions.refresh();
  actions["run.stop"]->trigger();
  EXPECT_EQ(done, 1);
}

TEST(Actions, OneCanLookLikeAnotherAndBack) {
  Actions actions;
  const QString run = actions["run.toggle"]->text();
  actions.setAppearance("run.toggle", "run.pause");
  EXPECT_EQ(actions["run.toggle"]->text(), actions["run.pause"]->text());
  // The key stays its own.
  EXPECT_TRUE(actions["run.toggle"]->toolTip().contains("(Space)"));
  actions.setAppearance("run.toggle", "run.toggle");
  EXPECT_EQ(actions["run.toggle"]->text(), run);
}

TEST(Actions, TheCheatSheetHasEveryShortcut) {
  Actions actions;
  int with_keys = 0;
  for (const QString& id : actions.ids()) with_keys += !actions[id]->shortcuts().isEmpty();
  const auto lines = actions.cheatSheet();
  EXPECT_EQ(int(lines.size()), with_keys);
  for (const auto& line : lines) {
    EXPECT_FALSE(line.text.contains('&')) << line.text.toStdString();
    EXPECT_FALSE(line.keys.isEmpty());
  }
}

}  // namespace
}  // namespace faultline::gui
