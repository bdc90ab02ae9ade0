#include <gtest/gtest.h>

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTreeWidget>
#include <QXmlStreamReader>

#include "../charts/sample_run.hpp"
#include "gui/charts/time_charts.hpp"
#include "gui/report/report_dialog.hpp"
#include "gui/report/report_export.hpp"
#include "gui/report/report_page.hpp"
#include "reports/html.hpp"

namespace faultline::gui {
namespace {

class Reports : public testing::Test {
 protected:
  QString file(const QString& name) const { return folder.filePath(name); }
  static QByteArray read(const QString& name) {
    QFile file(name);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << name.toStdString();
    return file.readAll();
  }
  /// The words of a PDF, or nothing where there is no tool to read them.
  static QString wordsOf(const QString& name) {
    QProcess process;
    process.start("pdftotext", {"-layout", name, "-"});
    process.waitForFinished();
    return QString::fromUtf8(process.readAllStandardOutput());
  }
  static bool hasTool() { return !QStandardPaths::findExecutable("pdftotext").isEmpty(); }
  QTemporaryDir folder;
};

QString idOf(const ReportPage& page, const QString& title) {
  for (const ReportPart& part : page.parts()) {
    if (part.title == title) return part.id;
  }
  ADD_FAILURE() << "no part " << title.toStdString();
  return {};
}

TEST_F(Reports, TheWholePageIsThatOfTheHeadlessProgram) {
  for (const char* language : {"en", "ru"}) {
    QString error;
    ReportOptions options;
    options.language = language;
    ASSERT_TRUE(exportReport(*shopResult(), options, file("a.html"), &error))
        << error.toStdString();
    EXPECT_EQ(read(file("a.html")).toStdString(),
              reports::html_report(*shopResult(), {.language = language}));
  }
}

TEST_F(Reports, PartsAreTheSameInBothLanguages) {
  const ReportPage english(*shopResult(), "en");
  const ReportPage russian(*shopResult(), "ru");
  ASSERT_EQ(english.parts().size(), russian.parts().size());
  for (std::size_t i = 0; i < english.parts().size(); ++i) {
    EXPECT_EQ(english.parts()[i].id, russian.parts()[i].id);
  }
  idOf(english, "Topology");
  idOf(english, "Latency over time");
  idOf(russian, "Задержка во времени");
  EXPECT_EQ(english.title(), "Three-tier shop");
}

TEST_F(Reports, WhatIsLeftOutIsGoneAndNothingElse) {
  const ReportPage page(*shopResult(), "en");
  const QString latency = idOf(page, "Latency over time");
  const QString slos = idOf(page, "Service level objectives");
  const QString html = page.html({latency, slos});
  EXPECT_FALSE(html.contains(">Latency over time</h3>"));
  EXPECT_FALSE(html.contains("<h2>Service level objectives</h2>"));
  for (const char* kept : {">Throughput over time</h3>", "<h2>Nodes</h2>", "<h2>Latency</h2>",
                           ">Topology</h3>", "</html>"}) {
    EXPECT_TRUE(html.contains(kept)) << kept;
  }
  QXmlStreamReader xml(html);
  while (!xml.atEnd()) xml.readNext();
  EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
  // A whole section takes its figures along.
  const QString without = page.html({idOf(page, "Over time")});
  EXPECT_FALSE(without.contains(">Throughput over time</h3>"));
  EXPECT_TRUE(without.contains(">Topology</h3>"));
}

TEST_F(Reports, APictureNeedsNoStyleSheet) {
  const ReportPage page(*shopResult(), "en");
  const PageElement body = page.body({});
  const PageElement* figure = body.child("figure");
  ASSERT_NE(figure, nullptr);
  const PageElement* svg = figure->child("svg");
  ASSERT_NE(svg, nullptr);
  const QByteArray picture = standaloneSvg(*svg);
  EXPECT_FALSE(picture.contains("class="));
  EXPECT_FALSE(picture.contains("var("));
  EXPECT_TRUE(picture.contains("stroke=\"#dbe0e8\"")) << picture.toStdString();  // Of a box.
  QXmlStreamReader xml(picture);
  while (!xml.atEnd()) xml.readNext();
  EXPECT_FALSE(xml.hasError());
}

TEST_F(Reports, ThePdfHasTheNumbersOfThePage) {
  QString error;
  ReportOptions options;
  ASSERT_TRUE(exportReport(*shopResult(), options, file("a.pdf"), &error)) << error.toStdString();
  EXPECT_TRUE(read(file("a.pdf")).startsWith("%PDF-"));
  if (!hasTool()) GTEST_SKIP() << "no pdftotext";
  const QString words = wordsOf(file("a.pdf")).simplified();
  const ReportPage page(*shopResult(), "en");
  // Every large number of the page stands in it, and every cell of the table of nodes.
  const PageElement body = page.body({});
  int tiles = 0;
  const std::function<void(const PageElement&)> check = [&](const PageElement& element) {
    const bool tile = element.tag == "dd" && !element.hasClass("sub");
    if (tile || element.tag == "td") {
      const QString text = element.allText();
      if (tile) ++tiles;
      if (text.size() < 14) {
        EXPECT_TRUE(words.contains(text)) << text.toStdString();
      }
    }
    for (const PageElement& child : element.children) check(child);
  };
  check(body);
  EXPECT_GE(tiles, 6);
  for (const char* expected : {"Three-tier shop", "Topology", "Latency over time", "crash(app[0])",
                               "app[7]", "BREACHED"}) {
    EXPECT_TRUE(words.contains(expected)) << expected;
  }
}

TEST_F(Reports, ThePdfSpeaksRussian) {
  QString error;
  ReportOptions options;
  options.language = "ru";
  ASSERT_TRUE(exportReport(*shopResult(), options, file("a.pdf"), &error)) << error.toStdString();
  if (!hasTool()) GTEST_SKIP() << "no pdftotext";
  const QString words = wordsOf(file("a.pdf")).simplified();
  EXPECT_TRUE(words.contains("Задержка во времени"));
  EXPECT_TRUE(words.contains("НАРУШЕН"));
  EXPECT_FALSE(words.contains("Latency over time"));
}

TEST_F(Reports, ChartsOfTheWindowGoBehind) {
  TimeCursor cursor;
  ChartSource source(cursor);
  source.setSnapshot(shopSnapshot());
  source.setResult(shopResult());
  LatencyChart chart(source);
  chart.refresh();
  ReportOptions options;
  options.charts = {&chart};
  QString error;
  ASSERT_TRUE(exportReport(*shopResult(), options, file("a.html"), &error)) << error.toStdString();
  const QString html = QString::fromUtf8(read(file("a.html")));
  EXPECT_TRUE(html.contains("<h2>Charts of the window</h2>"));
  QXmlStreamReader xml(html);
  while (!xml.atEnd()) xml.readNext();
  EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
  ASSERT_TRUE(exportReport(*shopResult(), options, file("a.pdf"), &error)) << error.toStdString();
  if (hasTool()) {
    EXPECT_TRUE(wordsOf(file("a.pdf")).contains("Charts of the window"));
  }
}

TEST_F(Reports, TheDialogSaysWhatWentWrong) {
  ReportDialog dialog(shopResult(), {}, nullptr, file("a.txt"));
  EXPECT_FALSE(dialog.save());
  dialog.setFileName(file("no/such/folder/a.html"));
  EXPECT_FALSE(dialog.save());
  dialog.setLanguage("ru");
  dialog.setFileName(file("b.html"));
  // The last part of the page is left out.
  QTreeWidgetItem* last = dialog.parts().topLevelItem(dialog.parts().topLevelItemCount() - 1);
  const QString title = last->text(0);
  last->setCheckState(0, Qt::Unchecked);
  EXPECT_TRUE(dialog.save());
  const QString html = QString::fromUtf8(read(file("b.html")));
  EXPECT_FALSE(html.contains("<h2>" + title + "</h2>")) << title.toStdString();
  EXPECT_TRUE(html.contains("Задержка во времени"));
  EXPECT_FALSE(QFile::exists(file("a.txt")));
}

}  // namespace
}  // namespace faultline::gui
