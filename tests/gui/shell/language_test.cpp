/// Switching the language leaves no text behind: every widget and action of the window is read in
/// English and in Russian.
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QGroupBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSet>
#include <QSpinBox>
#include <QTabBar>

#include "gui/shell/about_dialog.hpp"
#include "gui/shell/cheat_sheet.hpp"
#include "gui/shell/gallery.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/settings_dialog.hpp"
#include "gui/shell/until_dialog.hpp"
#include "tests/gui/shell/window_fixture.hpp"

namespace faultline::gui {
namespace {

/// Words that stay as they are in Russian: names, formats, keys, what is written in files.
const QSet<QString>& sameInRussian() {
  static const QSet<QString> words{
      "faultline", "gui",     "qt",     "qcustomplot", "gpl",   "lgpl",  "gnu",   "general",
      "public",    "license", "apache", "json",        "html",  "pdf",   "png",   "svg",
      "csv",       "slo",     "cdf",    "ccdf",        "dns",   "tls",   "tcp",   "http",
      "cap",       "raft",    "lru",    "ttl",         "cpu",   "ctrl",  "shift", "alt",
      "del",       "esc",     "home",   "end",         "enter", "tab",   "ins",   "pgup",
      "pgdown",    "english", "max",    "cdn",         "crdt",  "mvcc",  "gc",    "fifo",
      "lifo",      "gcra",    "aimd",   "gradient2",   "vegas", "codel", "true",  "false",
      "id",        "ok"};
  return words;
}

/// What a person can read of a widget, but not what comes from a scenario.
QStringList textsOf(const QWidget* widget) {
  QStringList texts{widget->toolTip(), widget->accessibleName(), widget->statusTip()};
  if (const auto* label = qobject_cast<const QLabel*>(widget)) texts << label->text();
  if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) texts << button->text();
  if (const auto* group = qobject_cast<const QGroupBox*>(widget)) texts << group->title();
  if (const auto* field = qobject_cast<const QLineEdit*>(widget)) texts << field->placeholderText();
  if (const auto* spin = qobject_cast<const QSpinBox*>(widget))
    texts << spin->suffix() << spin->prefix();
  if (const auto* box = qobject_cast<const QComboBox*>(widget)) {
    for (int i = 0; i < box->count(); ++i) texts << box->itemText(i);
  }
  if (const auto* tabs = qobject_cast<const QTabBar*>(widget)) {
    for (int i = 0; i < tabs->count(); ++i) texts << tabs->tabText(i);
  }
  if (const auto* view = qobject_cast<const QAbstractItemView*>(widget)) {
    if (const QAbstractItemModel* model = view->model()) {
      for (int i = 0; i < model->columnCount(); ++i) {
        const QVariant text = model->headerData(i, Qt::Horizontal);
        if (text.userType() == QMetaType::QString) texts << text.toString();
      }
    }
  }
  if (widget->isWindow()) texts << widget->windowTitle();
  for (const QAction* action : widget->actions()) {
    texts << action->text() << action->toolTip();
    if (action->menu()) texts << action->menu()->title();
  }
  return texts;
}

/// Words of Latin letters, without markup, file names, code and what is known to stay.
QStringList englishWords(QString text, const QSet<QString>& names) {
  text.remove(QRegularExpression("<[^>]*>"));
  text.replace(QRegularExpression("&[a-z]+;"), " ");
  text.remove(QLatin1Char('&'));
  // Quoted pieces and code come from files: "latency < 50ms", nodes.app.workers, app_server.
  text.remove(QRegularExpression("«[^»]*»"));
  text.remove(QRegularExpression("`[^`]*`"));
  // The words of a file that a parameter takes, and its value if it is not written.
  text.remove(QRegularExpression(QString::fromUtf8("(одно из|обычно)[^.]*")));
  text.remove(QRegularExpression("[A-Za-z0-9\\[\\]*]+([._/:-][A-Za-z0-9\\[\\]_*]+)+"));
  text.remove(QRegularExpression("[a-z]+\\[[0-9]+\\]"));
  QStringList found;
  static const QRegularExpression word("[A-Za-z]{2,}[0-9]*");
  for (auto match = word.globalMatch(text); match.hasNext();) {
    const QString each = match.next().captured().toLower();
    if (sameInRussian().contains(each) || names.contains(each)) continue;
    if (QRegularExpression("^(p|f|l)[0-9]+$").match(each).hasMatch()) continue;
    found << each;
  }
  return found;
}

class LanguageTest : public WindowTest {
 protected:
  void TearDown() override {
    WindowTest::TearDown();
    LanguageChoice::instance().choose("en");
  }

  static QStringList untranslated(const QWidget* top, const QSet<QString>& names) {
    QStringList found;
    QList<const QWidget*> widgets{top};
    for (const QWidget* child : top->findChildren<QWidget*>()) widgets << child;
    for (const QWidget* widget : widgets) {
      for (const QString& text : textsOf(widget)) {
        const QStringList words = englishWords(text, names);
        if (!words.isEmpty()) {
          found << QStringLiteral("%1 %2: “%3” (%4)")
                       .arg(widget->metaObject()->className(), widget->objectName(), text,
                            words.join(' '));
        }
      }
    }
    found.removeDuplicates();
    return found;
  }
};

TEST_F(LanguageTest, InRussianNoEnglishIsLeft) {
  LanguageChoice::instance().choose("en");
  open();
  window->canvas().setSelection({{"app"}, {}, {}, {}});
  LanguageChoice::instance().choose("ru");
  QCoreApplication::processEvents();
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  // Names of the scenario.
  const QSet<QString> names{"app",   "users",  "edge",    "cache", "db",   "eu",
                            "three", "tier",   "fast",    "crash", "shop", "default",
                            "step",  "expect", "between", "and",   "ms"};
  QStringList left = untranslated(window, names);
  CheatSheet sheet(window->actions());
  SettingsDialog settings;
  AboutDialog about;
  Gallery gallery;
  UntilTimeDialog time(1, 60);
  UntilConditionDialog condition({}, [](const QString&) { return QString(); });
  for (const QWidget* dialog : std::initializer_list<const QWidget*>{&sheet, &settings, &about,
                                                                     &gallery, &time, &condition}) {
    left += untranslated(dialog, names);
  }
  EXPECT_TRUE(left.isEmpty()) << left.join('\n').toStdString();
}

TEST_F(LanguageTest, ThereAndBackEverythingReadsAsBefore) {
  LanguageChoice::instance().choose("en");
  open();
  QTest::qWait(50);
  const auto read = [this] {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QStringList texts;
    for (const QWidget* widget : window->findChildren<QWidget*>()) texts += textsOf(widget);
    return texts;
  };
  const QStringList before = read();
  LanguageChoice::instance().choose("ru");
  QCoreApplication::processEvents();
  EXPECT_NE(read(), before);
  LanguageChoice::instance().choose("en");
  QCoreApplication::processEvents();
  const QStringList after = read();
  for (const QString& text : after) EXPECT_TRUE(before.contains(text)) << text.toStdString();
  for (const QString& text : before) EXPECT_TRUE(after.contains(text)) << text.toStdString();
}

TEST_F(LanguageTest, NumbersFollowToo) {
  LanguageChoice::instance().choose("ru");
  EXPECT_EQ(QLocale().toString(1.5), "1,5");
  EXPECT_EQ(modelLanguage(), sim::Language::russian);
  LanguageChoice::instance().choose("en");
  EXPECT_EQ(QLocale().toString(1.5), "1.5");
}

/// Nothing in the list of translations is empty or waits for somebody to look at it.
TEST(Translations, AreComplete) {
  QFile file(QStringLiteral(FAULTLINE_SOURCE_DIR "/gui/translations/faultline_ru.ts"));
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  const QString text = QString::fromUtf8(file.readAll());
  EXPECT_FALSE(text.contains("type=\"unfinished\""));
  EXPECT_FALSE(text.contains("<translation></translation>"));
  EXPECT_FALSE(text.contains("<translation/>"));
  EXPECT_GT(text.count("<message"), 300);
  // Placeholders survive: %1 in the source is %1 in the translation.
  static const QRegularExpression message(
      "<source>(.*?)</source>.*?<translation>(.*?)</translation>",
      QRegularExpression::DotMatchesEverythingOption);
  for (auto match = message.globalMatch(text); match.hasNext();) {
    const auto found = match.next();
    for (const QString& place : {QString("%1"), QString("%2"), QString("%3")}) {
      EXPECT_EQ(found.captured(1).contains(place), found.captured(2).contains(place))
          << found.captured(1).toStdString();
    }
  }
}

}  // namespace
}  // namespace faultline::gui
