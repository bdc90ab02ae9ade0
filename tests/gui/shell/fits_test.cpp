/// Nothing is cut in a window as it opens, on the two usual small screens, in either language: the
/// names in the palette, the titles of panels and their tabs.
#include <QTabBar>
#include <QTreeView>

#include "gui/canvas/palette_widget.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"
#include "tests/gui/shell/window_fixture.hpp"

namespace faultline::gui {
namespace {

struct Screen {
  QSize size;
  const char* language;
};

void PrintTo(const Screen& screen, std::ostream* out) {
  *out << screen.size.width() << "x" << screen.size.height() << " " << screen.language;
}

class Fits : public WindowTest, public testing::WithParamInterface<Screen> {
 protected:
  void SetUp() override {
    QSettings().clear();
    LanguageChoice::instance().choose(GetParam().language);
    // The style sheet decides how much room a title has.
    Theme::instance().setMode(Theme::Mode::light);
    window = new MainWindow;
    window->resize(GetParam().size);
    window->show();
    open();
    QTest::qWait(100);
  }
  void TearDown() override {
    WindowTest::TearDown();
    LanguageChoice::instance().choose("en");
  }

  void paletteFits() const {
    const auto* view = window->findChild<QTreeView*>("paletteTypes");
    ASSERT_NE(view, nullptr);
    const QAbstractItemModel& model = *view->model();
    int entries = 0;
    for (int row = 0; row < model.rowCount(); ++row) {
      const QModelIndex shelf = model.index(row, 0);
      for (int entry = 0; entry < model.rowCount(shelf); ++entry) {
        const QModelIndex index = model.index(entry, 0, shelf);
        const QString name = index.data().toString();
        const QRect place = view->visualRect(index);
        // A chip has a square of colour before its name, and edges.
        const QRect room(0, 0, place.width() - 39, place.height() - 5);
        const QRect needed = view->fontMetrics().boundingRect(
            room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, name);
        EXPECT_TRUE(room.contains(needed))
            << name.toStdString() << " needs " << needed.width() << "x" << needed.height()
            << " and has " << room.width() << "x" << room.height();
        EXPECT_LE(place.right(), view->viewport()->width());
        ++entries;
      }
    }
    EXPECT_GE(entries, 20);
  }

  void titlesFit() const {
    int tabs = 0;
    for (QTabBar* bar : window->findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
      if (!bar->isVisible()) continue;
      int taken = 0;
      for (int tab = 0; tab < bar->count(); ++tab) {
        const Dock* dock = window->docks().ofTab(*bar, tab);
        ASSERT_NE(dock, nullptr);
        const std::string name = dock->fullTitle().toStdString();
        const QRect place = bar->tabRect(tab);
        taken += place.width();
        // The words are there in full, or a picture that tells them when asked.
        EXPECT_GE(place.width(),
                  bar->fontMetrics().horizontalAdvance(bar->tabText(tab)) + bar->iconSize().width())
            << name;
        EXPECT_EQ(bar->tabToolTip(tab), dock->fullTitle());
        EXPECT_EQ(bar->accessibleTabName(tab), dock->fullTitle());
        EXPECT_FALSE(bar->tabIcon(tab).isNull()) << name;
        if (tab == bar->currentIndex() || !dock->isBrief()) {
          EXPECT_EQ(bar->tabText(tab).toStdString(), name);
        }
        ++tabs;
      }
      EXPECT_LE(taken, bar->width()) << "the tabs from " << bar->tabToolTip(0).toStdString();
      EXPECT_EQ(bar->elideMode(), Qt::ElideNone);
    }
    EXPECT_GT(tabs, 10);
    for (const Dock* dock : window->docks().all()) {
      if (!dock->isVisible() || dock->titleBarWidget() != nullptr) continue;
      // Two buttons stand beside it.
      EXPECT_LE(dock->fontMetrics().horizontalAdvance(dock->windowTitle()) + 60, dock->width())
          << dock->windowTitle().toStdString();
    }
  }
};

TEST_P(Fits, EveryNameInThePalette) { paletteFits(); }

TEST_P(Fits, EveryTitleOfAPanel) {
  titlesFit();
  // Whichever of them is in front, also with a number behind its name.
  for (Dock* dock : window->docks().all()) {
    dock->bringUp();
    QTest::qWait(20);
    titlesFit();
    if (HasFailure()) FAIL() << "with " << dock->objectName().toStdString() << " in front";
  }
  window->docks()["problems"]->setBadge(12);
  window->docks()["latency"]->bringUp();
  QTest::qWait(50);
  titlesFit();
}

TEST_P(Fits, AfterTheLanguageWasChanged) {
  LanguageChoice::instance().choose(GetParam().language == std::string("en") ? "ru" : "en");
  QTest::qWait(100);
  paletteFits();
  titlesFit();
}

INSTANTIATE_TEST_SUITE_P(Screens, Fits,
                         testing::Values(Screen{{1440, 900}, "en"}, Screen{{1440, 900}, "ru"},
                                         Screen{{1280, 720}, "en"}, Screen{{1280, 720}, "ru"}));

}  // namespace
}  // namespace faultline::gui
