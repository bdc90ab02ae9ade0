#include <gtest/gtest.h>

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
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
  static QString wordsOf(const QString& name, const QString& order = "-layout") {
    QProcess process;
    process.start("pdftotext", {order, "-nopgbrk", name, "-"});
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

/// The texts of the page in their order, without those of pictures.
void textsOf(const PageElement& element, QStringList& texts) {
  static const QSet<QString> whole{"h1", "h2", "h3", "p",       "li",     "dt",
                                   "dd", "th", "td", "caption", "summary"};
  if (element.tag == "svg") return;
  if (whole.contains(element.tag)) {
    texts << element.allText();
    return;
  }
  for (const PageElement& child : element.children) textsOf(child, texts);
}

/// Without blanks, which lines that were broken have elsewhere, and with ligatures spelled out.
QString dense(const QString& text) {
  return text.normalized(QString::NormalizationForm_KC).remove(QRegularExpression("\\s"));
}

struct OnPaper {
  const char* file;
  /// What the page must speak of, so that the test goes through it.
  QStringList english;
  QStringList russian;
};

class SlowReports : public Reports, public testing::WithParamInterface<OnPaper> {};

TEST_P(SlowReports, EveryWordAndNumberOfThePageIsOnPaperInItsOrder) {
  if (!hasTool()) GTEST_SKIP() << "no pdftotext";
  const ResultPtr result =
      resultOf(scenarioText(GetParam().file), {}, QFileInfo(GetParam().file).path().toStdString());
  ASSERT_NE(result, nullptr);
  for (const char* language : {"en", "ru"}) {
    ReportOptions options;
    options.language = language;
    QString error;
    ASSERT_TRUE(exportReport(*result, options, file("a.pdf"), &error)) << error.toStdString();
    // To look at: FAULTLINE_KEEP=FOLDER.
    if (const QString keep = qEnvironmentVariable("FAULTLINE_KEEP"); !keep.isEmpty()) {
      QFile::copy(file("a.pdf"), QStringLiteral("%1/%2-%3.pdf")
                                     .arg(keep, QFileInfo(GetParam().file).baseName(), language));
    }
    QStringList texts;
    textsOf(ReportPage(*result, language).body({}), texts);
    EXPECT_GT(texts.size(), 40);
    const QStringList& spoken =
        language == QLatin1String("en") ? GetParam().english : GetParam().russian;
    for (const QString& part : spoken) {
      EXPECT_TRUE(texts.join(' ').contains(part)) << part.toStdString();
    }
    const QString words = dense(wordsOf(file("a.pdf"), "-raw"));
    qsizetype at = 0;
    for (const QString& text : texts) {
      const QString wanted = dense(text);
      const qsizetype found = words.indexOf(wanted, at);
      EXPECT_GE(found, 0) << language << ": \"" << text.toStdString() << "\" is not behind \""
                          << words.mid(std::max<qsizetype>(0, at - 60), 60).toStdString() << "\"";
      if (found >= 0) at = found + wanted.size();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, SlowReports,
    testing::Values(OnPaper{"basics/deadlock.json", {"eadlock"}, {"заимн"}},
                    OnPaper{"basics/isolation_levels.json", {"erializable"}, {"ериализ"}},
                    OnPaper{"basics/cost_of_zones.json", {"USD"}, {"USD"}},
                    OnPaper{"basics/app_crash.json", {"BREACHED"}, {"НАРУШЕН"}},
                    OnPaper{"basics/raft_joint_consensus.json",
                            {"inearizable", "db[0], db[3], db[4], near"},
                            {"инеаризуем", "db[1], db[2], far"}}),
    [](const auto& each) { return QFileInfo(each.param.file).baseName().toStdString(); });

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
