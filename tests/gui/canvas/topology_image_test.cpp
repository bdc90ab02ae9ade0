#include "gui/canvas/topology_image.hpp"

#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QSvgRenderer>

#include "gui/document/document.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

/// How many pixels differ from the ground.
int inked(const QImage& image) {
  const QColor ground = image.pixelColor(0, 0);
  int count = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) count += image.pixelColor(x, y) != ground;
  }
  return count;
}

class TopologyImage : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    QString error;
    ASSERT_TRUE(document.open(
        QStringLiteral(FAULTLINE_SOURCE_DIR "/scenarios/library/") + GetParam(), &error));
  }
  void TearDown() override { Theme::instance().setMode(Theme::Mode::light); }
  Document document;
};

TEST_P(TopologyImage, ShowsTheDesignInBothThemes) {
  for (const auto mode : {Theme::Mode::light, Theme::Mode::dark}) {
    Theme::instance().setMode(mode);
    const QImage image = renderTopology(document.design(), {960, 540});
    ASSERT_EQ(image.size(), QSize(960, 540));
    EXPECT_GT(inked(image), 4000);
    // For the eye: FAULTLINE_PICTURES names a folder.
    const QString folder = qEnvironmentVariable("FAULTLINE_PICTURES");
    if (!folder.isEmpty()) {
      image.save(QStringLiteral("%1/idle-%2-%3.png")
                     .arg(folder, QString(GetParam()).section('/', -1),
                          mode == Theme::Mode::dark ? "dark" : "light"));
    }
  }
}

TEST_P(TopologyImage, IsSharpOnScreensOfManyPixels) {
  TopologyImageOptions options;
  options.devicePixelRatio = 2;
  const QImage image = renderTopology(document.design(), {480, 300}, options);
  EXPECT_EQ(image.size(), QSize(960, 600));
  EXPECT_GT(inked(image), 4000);
}

TEST_P(TopologyImage, IsSvgThatCanBeReadAgain) {
  const QByteArray svg = renderTopologySvg(document.design());
  QSvgRenderer renderer(svg);
  ASSERT_TRUE(renderer.isValid());
  EXPECT_GT(renderer.defaultSize().width(), 100);
  for (const DesignNode& node : document.design().nodes) {
    EXPECT_TRUE(svg.contains(node.name.toUtf8())) << node.name.toStdString();
  }
}

INSTANTIATE_TEST_SUITE_P(Library, TopologyImage,
                         testing::Values("three_tier.json", "multi_layer.json", "chat_1m.json"));

TEST(TopologyImageOfNothing, IsAnEmptyPicture) {
  const QImage image = renderTopology({}, {200, 100});
  EXPECT_EQ(inked(image), 0);
  EXPECT_TRUE(QSvgRenderer(renderTopologySvg({})).isValid());
}

}  // namespace
}  // namespace faultline::gui
