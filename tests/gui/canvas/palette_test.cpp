#include "gui/canvas/palette_widget.hpp"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QMimeData>
#include <QTest>
#include <QTreeView>

#include "gui/canvas/component_types.hpp"

namespace faultline::gui {
namespace {

int entries(const QAbstractItemModel& model) {
  int count = 0;
  for (int row = 0; row < model.rowCount(); ++row) count += model.rowCount(model.index(row, 0));
  return count;
}

TEST(Palette, IsAModelWithEveryTypeAndTheTwoThingsToDraw) {
  PaletteModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  EXPECT_EQ(entries(model), static_cast<int>(componentTypes().size()) + 2);
  EXPECT_GT(model.rowCount(), 4);
}

TEST(Palette, ADragCarriesTheType) {
  PaletteModel model;
  const QModelIndex shelf = model.index(0, 0);
  const QModelIndex entry = model.index(0, 0, shelf);
  const std::unique_ptr<QMimeData> mime(model.mimeData({entry}));
  EXPECT_EQ(mime->data(palette_mime), entry.data(PaletteModel::typeRole).toString().toUtf8());
  EXPECT_FALSE(model.flags(shelf) & Qt::ItemIsDragEnabled);
}

TEST(Palette, TheSearchFindsByTitleNameAndShelf) {
  PaletteWidget palette;
  auto* search = palette.findChild<QLineEdit*>();
  auto* view = palette.findChild<QTreeView*>();
  ASSERT_NE(search, nullptr);
  search->setText("app_ser");
  EXPECT_EQ(entries(*view->model()), 1);
  search->setText("caching");
  EXPECT_GE(entries(*view->model()), 1);
  search->setText("nothing of the kind");
  EXPECT_EQ(entries(*view->model()), 0);
  search->clear();
  EXPECT_EQ(entries(*view->model()), static_cast<int>(componentTypes().size()) + 2);
}

TEST(Palette, EnterTakesTheFirstThatIsLeft) {
  PaletteWidget palette;
  QString taken;
  QObject::connect(&palette, &PaletteWidget::chosen, [&](const QString& type) { taken = type; });
  auto* search = palette.findChild<QLineEdit*>();
  QTest::keyClicks(search, "app server");
  QTest::keyClick(search, Qt::Key_Return);
  EXPECT_EQ(taken, "app_server");
}

TEST(Palette, OffersOnlyWhatItWasToldTo) {
  PaletteWidget palette(nullptr, {"cache", "database"});
  EXPECT_EQ(entries(*palette.findChild<QTreeView*>()->model()), 2);
}

}  // namespace
}  // namespace faultline::gui
