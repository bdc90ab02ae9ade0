/// The icons are one set: all can be drawn, have the same size, and use one pen.
#include <gtest/gtest.h>

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QPushButton>
#include <QSvgRenderer>

#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

TEST(Icons, AllAreDrawnInOneStyle) {
  const QDir icons(":/icons");
  const QStringList names = icons.entryList({"*.svg"});
  ASSERT_GT(names.size(), 80);
  for (const QString& name : names) {
    QFile file(icons.filePath(name));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QSvgRenderer drawing(text);
    ASSERT_TRUE(drawing.isValid()) << name.toStdString();
    if (name == "faultline.svg") continue;  // The program's own, in colour.
    if (name.startsWith("arrow-") || name.startsWith("check-"))
      continue;  // The style sheet's, one for each look.
    EXPECT_EQ(drawing.defaultSize(), QSize(24, 24)) << name.toStdString();
    EXPECT_TRUE(text.contains("stroke-width=\"1.75\"")) << name.toStdString();
    QImage image(48, 48, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    drawing.render(&painter);
    painter.end();
    int inked = 0;
    for (int y = 0; y < 48; ++y) {
      for (int x = 0; x < 48; ++x) inked += qAlpha(image.pixel(x, y)) > 128;
    }
    EXPECT_GT(inked, 60) << name.toStdString() << " shows nothing";
  }
}

TEST(Icons, WithoutRoomNothingIsDrawnAndNobodyComplains) {
  static int complaints;
  complaints = 0;
  const auto before = qInstallMessageHandler(
      [](QtMsgType, const QMessageLogContext&, const QString&) { ++complaints; });
  EXPECT_TRUE(themedIcon("stop").pixmap(QSize(0, 12)).isNull());
  qInstallMessageHandler(before);
  EXPECT_EQ(complaints, 0);
}

TEST(Looks, HaveAStyleSheetThatCanBeRead) {
  static QStringList complaints;
  complaints.clear();
  const auto before = qInstallMessageHandler(
      [](QtMsgType, const QMessageLogContext&, const QString& text) { complaints << text; });
  QPushButton button;
  for (const Theme::Mode mode : {Theme::Mode::dark, Theme::Mode::light}) {
    Theme::instance().setMode(mode);
    button.ensurePolished();
    EXPECT_FALSE(qApp->styleSheet().contains('%')) << "a colour that nobody knows";
  }
  qInstallMessageHandler(before);
  EXPECT_TRUE(complaints.isEmpty()) << complaints.join('\n').toStdString();
}

TEST(Icons, TheyTakeTheColourOfTheText) {
  Theme::instance().setMode(Theme::Mode::dark);
  const QImage dark = themedIcon("stop").pixmap(24, 24).toImage();
  Theme::instance().setMode(Theme::Mode::light);
  const QImage light = themedIcon("stop").pixmap(24, 24).toImage();
  EXPECT_GT(qGray(dark.pixel(12, 12)), 180);
  EXPECT_LT(qGray(light.pixel(12, 12)), 80);
}

}  // namespace
}  // namespace faultline::gui
