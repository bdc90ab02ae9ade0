/// How long it takes to open a large file in the window. Times are those of the processor, so that
/// a busy machine does not disturb them; both are printed.
#include <ctime>
#include <QElapsedTimer>

#include "tests/gui/shell/window_fixture.hpp"

namespace faultline::gui {
namespace {

/// Clients, balancers and servers in shops of ten nodes each, all placed.
QByteArray largeScenario(int nodes) {
  QByteArray text = "{\n  \"faultline\": 1,\n  \"title\": \"Large\",\n  \"nodes\": {\n";
  QByteArray layout;
  const int shops = nodes / 10;
  for (int i = 0; i < shops; ++i) {
    const QByteArray n = QByteArray::number(i);
    text += "    \"users" + n +
            "\": {\"type\": \"clients\", \"arrivals\": \"poisson(10/s)\", \"target\": \"edge" + n +
            "\", \"timeout\": \"1s\"},\n    \"edge" + n +
            "\": {\"type\": \"l7_balancer\", \"backends\": [";
    for (int k = 0; k < 6; ++k)
      text += (k ? ", " : "") + QByteArray("\"app") + n + "_" + QByteArray::number(k) + "\"";
    text += "]},\n";
    for (int k = 0; k < 6; ++k) {
      text += "    \"app" + n + "_" + QByteArray::number(k) +
              "\": {\"type\": \"app_server\", \"workers\": 4, \"endpoints\": {\"default\": "
              "[\"cpu(exponential(4ms))\", "
              "{\"type\": \"cache_aside\", \"cache\": \"cache" +
              n + "\", \"store\": \"db" + n + "\", \"ttl\": \"60s\"}]}},\n";
    }
    text += "    \"cache" + n + "\": {\"type\": \"cache\", \"capacity\": 1000},\n    \"db" + n +
            "\": {\"type\": \"database\", \"service_time\": \"1ms\"}" +
            (i + 1 < shops ? ",\n" : "\n");
    const int x = (i % 40) * 900;
    const int y = (i / 40) * 700;
    const auto place = [&](const QByteArray& name, int dx, int dy) {
      layout += (layout.isEmpty() ? "" : ",\n    ") + QByteArray("\"") + name + n + "\": [" +
                QByteArray::number(x + dx) + ", " + QByteArray::number(y + dy) + "]";
    };
    place("users", 0, 250);
    place("edge", 200, 250);
    place("cache", 600, 150);
    place("db", 600, 350);
    for (int k = 0; k < 6; ++k) {
      layout += ",\n    \"app" + n + "_" + QByteArray::number(k) + "\": [" +
                QByteArray::number(x + 400) + ", " + QByteArray::number(y + 100 * k) + "]";
    }
  }
  return text + "  },\n  \"run\": {\"duration\": \"10s\"},\n  \"layout\": {" + layout + "}\n}\n";
}

using SlowWindow = WindowTest;

TEST_F(SlowWindow, OpensTenThousandNodesWithinTwoSeconds) {
  const QString path = folder.filePath("large.json");
  QFile file(path);
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write(largeScenario(10'000));
  file.close();
  QElapsedTimer wall;
  wall.start();
  const std::clock_t before = std::clock();
  window->openFile(path);
  window->canvas().grab();
  const double shown = double(std::clock() - before) / CLOCKS_PER_SEC;
  const double shown_wall = double(wall.elapsed()) / 1000;
  settle();
  QCoreApplication::processEvents();
  window->grab();
  const double checked = double(std::clock() - before) / CLOCKS_PER_SEC;
  std::printf(
      "10,000 nodes: shown after %.2f s of the processor (%.2f s of time), checked and all panels "
      "drawn after %.2f s\n",
      shown, shown_wall, checked);
  EXPECT_EQ(window->document().design().nodes.size(), 10'000U);
  EXPECT_TRUE(window->document().problems().empty());
  EXPECT_LT(shown, 2.0);
}

}  // namespace
}  // namespace faultline::gui
