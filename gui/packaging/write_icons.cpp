/// Draws the program's icon in the sizes that desktops ask for: write_icons SVG FOLDER SIZE...
#include <cstdio>
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <QSvgRenderer>

int main(int count, char** arguments) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QGuiApplication application(count, arguments);
  const QStringList words = QGuiApplication::arguments();
  if (words.size() < 4) return 2;
  QSvgRenderer drawing(words[1]);
  if (!drawing.isValid()) return 1;
  for (const QString& size : words.mid(3)) {
    QImage image(size.toInt(), size.toInt(), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    drawing.render(&painter);
    painter.end();
    const QString file = QStringLiteral("%1/%2.png").arg(words[2], size);
    if (!image.save(file)) {
      std::fprintf(stderr, "cannot write %s\n", qPrintable(file));
      return 1;
    }
  }
  return 0;
}
