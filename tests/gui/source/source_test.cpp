#include "gui/source/source_view.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>
#include <random>

#include "gui/document/document.hpp"
#include "gui/source/completions.hpp"
#include "gui/source/json_editor.hpp"
#include "gui/source/json_highlighter.hpp"

namespace faultline::gui {
namespace {

const char* const text =
    "// Привет 🙂\n{\n  \"faultline\": 1,\n  \"nodes\": {\n"
    "    \"c\": {\"type\": \"cache\", \"capacity\": 5},\n"
    "    \"u\": {\"type\": \"clients\", \"target\": \"c\", \"arrivals\": \"poisson(5/s)\"}\n  "
    "}\n}\n";

class Source : public ::testing::Test {
 protected:
  Source() : view(document) {
    document.createFrom(text);
    view.resize(600, 400);
    view.show();
    view.editor()->setFocus();
    QCoreApplication::processEvents();
  }
  QString shown() const { return view.editor()->toPlainText(); }
  void placeAt(const QString& part) {
    QTextCursor cursor = view.editor()->textCursor();
    cursor.setPosition(static_cast<int>(shown().indexOf(part)));
    view.editor()->setTextCursor(cursor);
  }
  Document document;
  SourceView view;
};

TEST_F(Source, TypingEditsTheDocumentAndIsOneStep) {
  EXPECT_EQ(shown(), QString::fromUtf8(text));
  placeAt("5},");
  for (const char key : {'1', '2', '3'}) QTest::keyClick(view.editor(), key);
  EXPECT_EQ(shown().toUtf8(), document.text());
  EXPECT_TRUE(document.text().contains("\"capacity\": 1235}"));
  EXPECT_EQ(document.json()["nodes"]["c"]["capacity"], 1235);
  EXPECT_EQ(document.undoStack().count(), 1);
  QTest::keyClick(view.editor(), Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(document.text(), text);
  EXPECT_EQ(shown(), QString::fromUtf8(text));
  QTest::keySequence(view.editor(), QKeySequence::Redo);
  EXPECT_TRUE(document.text().contains("1235"));
}

TEST_F(Source, EditsElsewhereKeepTheCursor) {
  placeAt("\"target\"");
  view.editor()->clearFocus();
  document.setValue("nodes.c.capacity", 500000, "Set");
  EXPECT_EQ(shown().toUtf8(), document.text());
  EXPECT_EQ(shown().mid(view.editor()->textCursor().position(), 8), "\"target\"");
}

TEST_F(Source, RandomTypingStaysInStep) {
  std::mt19937 chance(7);
  for (int i = 0; i < 300; ++i) {
    QTextCursor cursor = view.editor()->textCursor();
    const int size = static_cast<int>(shown().size());
    cursor.setPosition(static_cast<int>(chance() % static_cast<unsigned>(size + 1)));
    if (chance() % 3 == 0) {
      cursor.setPosition(static_cast<int>(chance() % static_cast<unsigned>(size + 1)),
                         QTextCursor::KeepAnchor);
    }
    const QString words[] = {"x", "ы", "🙂", "\n", "", "{\"a\": 1}", "  "};
    if (chance() % 5 == 0)
      document.undoStack().undo();
    else
      cursor.insertText(words[chance() % 7]);
    ASSERT_EQ(shown().toUtf8(), document.text()) << i;
  }
  while (document.undoStack().canUndo()) document.undoStack().undo();
  EXPECT_EQ(document.text(), text);
  EXPECT_EQ(shown(), QString::fromUtf8(text));
}

TEST_F(Source, WindowsLineEndsStayInTheFile) {
  document.createFrom("{\r\n  \"faultline\": 1\r\n}\r\n");
  EXPECT_EQ(shown(), "{\n  \"faultline\": 1\n}\n");
  placeAt("1\n");
  QTest::keyClick(view.editor(), Qt::Key_End);
  view.editor()->insertPlainText(",\n  \"title\": \"x\"");
  EXPECT_EQ(document.text(), "{\r\n  \"faultline\": 1,\r\n  \"title\": \"x\"\r\n}\r\n");
}

TEST_F(Source, GoesToPlacesAndTellsTheNode) {
  QSignalSpy node(&view, &SourceView::currentNodeChanged);
  EXPECT_TRUE(view.goToPath("nodes.u.target"));
  EXPECT_EQ(view.editor()->textCursor().block().text().trimmed().left(3), "\"u\"");
  ASSERT_FALSE(node.isEmpty());
  EXPECT_EQ(node.back()[0].toString(), "u");
  // As far as it is there.
  EXPECT_TRUE(view.goToPath("nodes.c.no_such"));
  EXPECT_EQ(node.back()[0].toString(), "c");
  EXPECT_FALSE(view.goToPath("no_such"));
  view.goToLine(3, 3);
  EXPECT_EQ(view.editor()->textCursor().blockNumber(), 2);
  EXPECT_EQ(node.back()[0].toString(), "");
}

TEST_F(Source, MarksProblems) {
  document.setValue("nodes.c.capacity", "much", "Set");
  QElapsedTimer clock;
  clock.start();
  while (document.problemsPending() && clock.elapsed() < 20'000) {
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
  }
  bool marked = false;
  for (const QTextEdit::ExtraSelection& each : view.editor()->extraSelections()) {
    marked = marked || each.cursor.selectedText() == "\"capacity\"";
  }
  EXPECT_TRUE(marked);
}

TEST_F(Source, BracketsFindTheirPartners) {
  QTextDocument& shownDocument = *view.editor()->document();
  const int open = static_cast<int>(shown().indexOf("{\n  \"faultline"));
  EXPECT_EQ(matchingBracket(shownDocument, open), shown().lastIndexOf('}'));
  EXPECT_EQ(matchingBracket(shownDocument, static_cast<int>(shown().lastIndexOf('}'))), open);
  EXPECT_EQ(matchingBracket(shownDocument, 0), -1);
}

TEST(Completions, KnowWhereTheyAre) {
  const nlohmann::json scenario = {
      {"nodes", {{"app", {{"type", "app_server"}}}, {"db", {{"type", "database"}}}}}};
  const auto words = [&](const char* before) { return completionsAt(before, scenario).words; };
  EXPECT_TRUE(words("{\"").contains("nodes"));
  EXPECT_TRUE(words("{\"").contains("faults"));
  EXPECT_TRUE(words("{\"run\": {\"").contains("seed"));
  EXPECT_FALSE(words("{\"run\": {\"seed\": 1, \"").contains("seed"));
  EXPECT_TRUE(words("{\"nodes\": {\"app\": {\"type\": \"").contains("database"));
  EXPECT_TRUE(words("{\"nodes\": {\"app\": {\"type\": \"app_server\", \"").contains("workers"));
  EXPECT_TRUE(words("{\"nodes\": {\"app\": {\"").contains("replicas"));
  EXPECT_TRUE(words("{\"nodes\": {\"x\": {\"type\": \"clients\", \"target\": \"").contains("app"));
  EXPECT_TRUE(words("{\"nodes\": {\"x\": {\"type\": \"cache\", \"eviction\": \"").contains("lru"));
  EXPECT_TRUE(
      words("{\"nodes\": {\"x\": {\"type\": \"app_server\", \"queue_order\": \"").contains("lifo"));
  EXPECT_TRUE(words("{\"nodes\": {\"x\": {\"type\": \"app_server\", \"endpoints\": {\"default\": "
                    "[{\"type\": \"")
                  .contains("cache_aside"));
  EXPECT_TRUE(
      words(
          "{\"nodes\": {\"x\": {\"type\": \"app_server\", \"endpoints\": {\"default\": [{\"type\": "
          "\"cache_aside\", \"")
          .contains("store"));
  EXPECT_TRUE(words("{\"faults\": [{\"").contains("at"));
  EXPECT_TRUE(words("// {\"").isEmpty());
  EXPECT_TRUE(words("").isEmpty());
}

}  // namespace
}  // namespace faultline::gui
