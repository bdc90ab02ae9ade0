#include "gui/inspector/inspector.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QTabWidget>
#include <QTest>
#include <set>

#include "gui/document/document.hpp"
#include "gui/inspector/choice_editor.hpp"
#include "gui/inspector/density_plot.hpp"
#include "gui/inspector/list_editor.hpp"
#include "gui/inspector/now_model.hpp"
#include "gui/inspector/object_editor.hpp"
#include "gui/inspector/param_form.hpp"
#include "gui/run/run_controller.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/reference.hpp"

namespace faultline::gui {
namespace {

const char* const shop = R"json({
  "faultline": 1,
  "zones": {"a": {}, "b": {"region": "eu"}},
  "nodes": {
    "users": {"type": "clients", "arrivals": "poisson(500/s)", "target": "app"},
    "app":   {"type": "app_server", "workers": 4, "endpoints": {"default": ["cpu(exponential(4ms))", "call(db)"]}},
    "app2":  {"type": "app_server", "workers": 9, "endpoints": {"default": ["cpu(exponential(4ms))"]}},
    "db":    {"type": "database", "connections": 16, "service_time": "exponential(8ms)"}
  },
  "faults": [{"at": "20s", "for": "10s", "fault": "crash(app)"}],
  "run": {"duration": "60s", "seed": 1}
}
)json";

/// Numbers and units are kept together by a blank of their own.
std::string plain(QString text) { return text.replace(QChar(0xa0), ' ').toStdString(); }

class Inspected : public ::testing::Test {
 protected:
  Inspected() : inspector(document, run) {
    document.createFrom(shop);
    inspector.resize(340, 800);
    inspector.show();
  }
  /// The editor of a parameter among the forms that are shown.
  ValueEditor* editor(const char* parameter) {
    for (ParamForm* form : inspector.findChildren<ParamForm*>()) {
      if (ValueEditor* found = form->editorOf(parameter)) return found;
    }
    return nullptr;
  }
  QLineEdit* field(const char* parameter) {
    ValueEditor* found = editor(parameter);
    return found ? found->findChild<QLineEdit*>() : nullptr;
  }
  static void type(QLineEdit* field, const QString& text) {
    ASSERT_TRUE(field);
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, text);
  }
  std::string at(const char* path) {
    const auto range = document.rangeOf(path);
    return range ? document.text().mid(range->begin, range->end - range->begin).toStdString() : "";
  }
  bool marked(const char* parameter) {
    for (ParamForm* form : inspector.findChildren<ParamForm*>()) {
      if (form->editorOf(parameter)) return form->isMarked(parameter);
    }
    return false;
  }
  Document document;
  RunController run;
  Inspector inspector;
};

TEST_F(Inspected, FieldsShowAndEditTheFile) {
  inspector.showNodes({"app"});
  EXPECT_EQ(field("workers")->text(), "4");
  EXPECT_TRUE(marked("workers"));
  EXPECT_FALSE(marked("queue_limit"));
  type(field("workers"), "12");
  EXPECT_EQ(at("nodes.app.workers"), "12");
  EXPECT_EQ(document.undoStack().count(), 1);
  document.undoStack().undo();
  EXPECT_EQ(field("workers")->text(), "4");
  // Back to what holds without a word.
  for (ParamForm* form : inspector.findChildren<ParamForm*>()) {
    if (form->editorOf("workers")) form->resetRow("workers");
  }
  EXPECT_EQ(at("nodes.app.workers"), "");
  EXPECT_EQ(field("workers")->text(), "");
  type(field("queue_limit"), "1 000");
  EXPECT_EQ(at("nodes.app.queue_limit"), "1000");
  type(field("replicas"), "3");
  EXPECT_EQ(at("nodes.app.replicas"), "3");
}

TEST_F(Inspected, WhatIsWrongStaysInTheFieldAndOutOfTheFile) {
  inspector.showNodes({"db"});
  const QByteArray before = document.text();
  type(field("connections"), "0");
  EXPECT_EQ(document.text(), before);
  EXPECT_EQ(field("connections")->text(), "0");
  QLabel* error = nullptr;
  for (QLabel* label : editor("connections")->findChildren<QLabel*>()) {
    if (label->text().contains("at least 1") || label->text().contains("1 to")) error = label;
  }
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->isVisible());
  QTest::keyClick(field("connections"), Qt::Key_Escape);
  EXPECT_EQ(field("connections")->text(), "16");
  EXPECT_FALSE(error->isVisible());
  type(field("connections"), "5");
  EXPECT_EQ(at("nodes.db.connections"), "5");
  type(field("idle_timeout"), "1,5s");
  EXPECT_EQ(at("nodes.db.idle_timeout"), "\"1.5s\"");
  type(field("replicas"), "0");
  EXPECT_EQ(at("nodes.db.replicas"), "");
}

TEST_F(Inspected, AChoiceUnfoldsItsParameters) {
  inspector.showNodes({"db"});
  auto* law = qobject_cast<ChoiceEditor*>(editor("service_time"));
  ASSERT_TRUE(law);
  ASSERT_TRUE(law->type());
  EXPECT_EQ(law->type()->name(), "exponential");
  ASSERT_TRUE(law->form());
  QLineEdit* mean = law->form()->editorOf("mean")->findChild<QLineEdit*>();
  EXPECT_EQ(mean->text(), "8ms");
  type(mean, "3ms");
  EXPECT_EQ(at("nodes.db.service_time"), "\"exponential(3ms)\"");
  // Another law of the same mean.
  law->choose("erlang");
  EXPECT_NE(at("nodes.db.service_time").find("3ms"), std::string::npos)
      << at("nodes.db.service_time");
  law->choose("constant");
  EXPECT_NE(at("nodes.db.service_time"), "");
  // Of any depth: a policy within a policy's parameters is what the reader accepts.
  auto* storage = qobject_cast<ChoiceEditor*>(editor("storage"));
  ASSERT_TRUE(storage);
  for (const sim::TypeRecord* type : sim::TypeCatalogue::instance().types("storage engine")) {
    storage->choose(QString::fromStdString(type->name()));
    ASSERT_TRUE(storage->type()) << type->name();
    EXPECT_EQ(storage->type()->name(), type->name());
  }
}

TEST_F(Inspected, TabGoesDownThePageAlsoAfterAChoice) {
  inspector.activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(&inspector));
  const auto walk = [&] {
    QTest::qWait(50);
    auto* page = inspector.findChild<QScrollArea*>()->widget();
    QWidget* first = editor("replicas")->findChild<QLineEdit*>();
    first->setFocus(Qt::TabFocusReason);
    int steps = 0;
    int above = 0;
    std::set<QWidget*> met;
    for (QWidget* now = first; page->isAncestorOf(now) && met.insert(now).second; ++steps) {
      const int y = now->mapTo(page, now->rect().center()).y();
      EXPECT_GE(y, above - 12) << now->metaObject()->className() << ' '
                               << now->accessibleName().toStdString();
      above = y;
      QTest::keyClick(now, Qt::Key_Tab);
      now = QApplication::focusWidget();
      if (!now) break;
    }
    return steps;
  };
  inspector.showNodes({"users"});
  EXPECT_GT(walk(), 12);
  inspector.showNodes({"db"});
  auto* law = qobject_cast<ChoiceEditor*>(editor("service_time"));
  ASSERT_TRUE(law);
  const int before = walk();
  law->choose("erlang");
  QTest::qWait(50);
  ASSERT_TRUE(law->form());
  EXPECT_GT(walk(), before) << "the rows of the choice are on the way too";
}

TEST_F(Inspected, StepsAreAddedMovedEditedAndRemoved) {
  inspector.showNodes({"app"});
  auto* endpoints = qobject_cast<ListEditor*>(editor("endpoints"));
  ASSERT_TRUE(endpoints);
  auto* steps = qobject_cast<ListEditor*>(endpoints->element(0));
  ASSERT_TRUE(steps);
  steps->moveElement(0, 1);
  EXPECT_EQ(at("nodes.app.endpoints"), "{\"default\": [\"call(db)\", \"cpu(exponential(4ms))\"]}");
  steps->removeElement(0);
  EXPECT_EQ(at("nodes.app.endpoints"), "{\"default\": [\"cpu(exponential(4ms))\"]}");
  steps->addElement();
  EXPECT_EQ(document.json()["nodes"]["app"]["endpoints"]["default"].size(), 2U);
  auto* step = qobject_cast<ChoiceEditor*>(steps->element(1));
  ASSERT_TRUE(step);
  step->choose("call");
  ASSERT_TRUE(step->form());
  auto* box = step->form()->editorOf("target")->findChild<QComboBox*>();
  box->setEditText("db");
  QTest::keyClick(box->lineEdit(), Qt::Key_Return);
  EXPECT_EQ(at("nodes.app.endpoints.default[1]"), "\"call(db)\"");
  endpoints->renameKey(0, "search");
  EXPECT_NE(at("nodes.app.endpoints.search"), "");
  endpoints->addElement();
  EXPECT_EQ(document.json()["nodes"]["app"]["endpoints"].size(), 2U);
  while (document.undoStack().canUndo()) document.undoStack().undo();
  EXPECT_EQ(document.text(), shop);
}

TEST_F(Inspected, ACountSaysWhatItCounts) {
  const auto unit = [this](const char* parameter) {
    const QLineEdit* line = field(parameter);
    const QLabel* label = line ? line->findChild<QLabel*>() : nullptr;
    return label ? label->text().toStdString() : std::string("no field");
  };
  inspector.showNodes({"app"});
  EXPECT_EQ(unit("workers"), "threads");
  EXPECT_EQ(unit("cores"), "cores");
  EXPECT_EQ(unit("queue_limit"), "requests");
  // Nothing stands for it if it is not set, and the field says so.
  EXPECT_EQ(field("cores")->placeholderText(), "not set");
  inspector.showNodes({"db"});
  EXPECT_EQ(unit("connections"), "queries");
}

TEST_F(Inspected, AnEntryOfAMapIsToldByItsKeyAlone) {
  inspector.showScenario();
  auto* zones = qobject_cast<ListEditor*>(editor("zones"));
  ASSERT_TRUE(zones);
  auto* entry = qobject_cast<ObjectEditor*>(zones->element(1));
  ASSERT_TRUE(entry);
  ASSERT_TRUE(entry->form());
  EXPECT_EQ(entry->form()->editorOf("region")->findChild<QLineEdit*>()->text(), "eu");
  // No line of its own between the key "b" and the field "region", which would say "eu" again.
  for (const QLabel* label : entry->findChildren<QLabel*>()) {
    EXPECT_TRUE(label->isHidden()) << label->text().toStdString();
  }
  // Who goes to the entry comes to its key.
  EXPECT_TRUE(inspector.goToPath("zones.b"));
  auto* key = qobject_cast<QLineEdit*>(entry->focusProxy());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->text(), "b");
}

TEST_F(Inspected, SeveralNodesAreEditedAsOne) {
  inspector.showNodes({"app", "app2"});
  EXPECT_EQ(field("workers")->text(), "");
  EXPECT_EQ(field("workers")->placeholderText(), "several values");
  type(field("workers"), "7");
  EXPECT_EQ(at("nodes.app.workers"), "7");
  EXPECT_EQ(at("nodes.app2.workers"), "7");
  EXPECT_EQ(document.undoStack().count(), 1);
  document.undoStack().undo();
  EXPECT_EQ(document.text(), shop);
  // Of several types: what both have.
  inspector.showNodes({"app", "db"});
  EXPECT_TRUE(editor("queue_limit"));
  EXPECT_FALSE(editor("workers"));
}

TEST_F(Inspected, NamesAreChangedInTheHeading) {
  inspector.showNodes({"app"});
  auto* name = inspector.findChild<QLineEdit*>();
  ASSERT_EQ(name->text(), "app");
  name->setFocus();
  name->setText("front");
  QTest::keyClick(name, Qt::Key_Return);
  EXPECT_EQ(inspector.nodes(), QStringList{"front"});
  EXPECT_EQ(at("nodes.users.target"), "\"front\"");
  EXPECT_EQ(at("faults[0].fault"), "\"crash(front)\"");
  name->setText("db");
  QTest::keyClick(name, Qt::Key_Return);
  EXPECT_EQ(inspector.nodes(), QStringList{"front"});
}

TEST_F(Inspected, TheScenarioItsZonesAndPlacesOfProblems) {
  inspector.showScenario();
  EXPECT_TRUE(editor("run"));
  EXPECT_TRUE(editor("faults"));
  EXPECT_TRUE(inspector.goToPath("run.seed"));
  type(field("seed"), "42");
  EXPECT_EQ(at("run.seed"), "42");
  EXPECT_TRUE(inspector.goToPath("nodes.db.connections"));
  EXPECT_EQ(inspector.nodes(), QStringList{"db"});
  EXPECT_TRUE(inspector.goToPath("nodes.app.endpoints.default[1].target"));
  EXPECT_FALSE(inspector.goToPath("nodes.nobody.x"));
  EXPECT_TRUE(inspector.goToPath("faults[0].at"));
  inspector.showZone("b");
  EXPECT_EQ(field("region")->text(), "eu");
  type(field("region"), "us");
  EXPECT_EQ(at("zones.b.region"), "\"us\"");
  document.setNotes({{"Look", QRectF(1, 2, 30, 40)}}, "Note");
  inspector.showNote(0);
  type(field("text"), "Here");
  EXPECT_EQ(at("notes[0].text"), "\"Here\"");
}

TEST_F(Inspected, TheTextOfANodeIsEditedInPlace) {
  inspector.showNodes({"db"});
  inspector.findChild<QTabWidget*>()->setCurrentIndex(2);
  auto* text = inspector.findChild<QPlainTextEdit*>();
  ASSERT_TRUE(text);
  EXPECT_EQ(text->toPlainText().toStdString(), at("nodes.db"));
  const QByteArray before = document.text();
  text->setPlainText("{\"type\": \"database\", ");
  EXPECT_EQ(document.text(), before);
  text->setPlainText("{\"type\": \"database\", \"service_time\": \"1ms\"}");
  EXPECT_EQ(at("nodes.db"), "{\"type\": \"database\", \"service_time\": \"1ms\"}");
}

TEST_F(Inspected, ANodeThatGoesIsNotShown) {
  inspector.showNodes({"db"});
  document.removeNodes({"db"});
  EXPECT_TRUE(inspector.nodes().isEmpty());
}

TEST_F(Inspected, EveryTypeHasAFormWithoutASurprise) {
  for (const sim::TypeRecord* type : sim::TypeCatalogue::instance().types(sim::Component::kind)) {
    SCOPED_TRACE(type->name());
    const QString name = document.addNode(QString::fromStdString(type->name()), {});
    inspector.showNodes({name});
    const QByteArray before = document.text();
    for (const auto& param : type->params().records()) {
      ValueEditor* made = editor(param->name().c_str());
      ASSERT_TRUE(made) << param->name();
      // Showing is no edit, and a value with a unit has a field.
      EXPECT_NE(made->shape().kind, ValueShape::Kind::json) << param->name();
    }
    QCoreApplication::processEvents();
    EXPECT_EQ(document.text(), before);
    // Every choice can be taken and taken back.
    for (const auto& param : type->params().records()) {
      auto* choice = qobject_cast<ChoiceEditor*>(editor(param->name().c_str()));
      if (!choice) continue;
      const std::string kind(param->choice_kind());
      for (const sim::TypeRecord* option : sim::TypeCatalogue::instance().types(kind)) {
        choice->choose(QString::fromStdString(option->name()));
        const Json& now = document.json()["nodes"][name.toStdString()][param->name()];
        const Json object = choiceObject(kind, now);
        ASSERT_TRUE(object.is_object()) << kind << " " << option->name() << " " << now.dump();
        EXPECT_EQ(object["type"], option->name());
      }
    }
  }
}

TEST(Density, MeanAndP99AreThoseOfTheLaw) {
  const DensityCurve curve = densityOf("duration distribution", "exponential(4ms)");
  ASSERT_TRUE(curve.valid);
  EXPECT_NEAR(curve.mean, 4e6, 1);
  EXPECT_NEAR(curve.p99, 4e6 * std::log(100), 4e6 * 1e-3);
  EXPECT_EQ(plain(densityText(curve)), "mean 4 ms · p99 18.4 ms");
  // The area below the curve is what lies in the range drawn.
  double area = 0;
  for (const double height : curve.density)
    area += height * (curve.to - curve.from) / static_cast<double>(curve.density.size());
  EXPECT_NEAR(area, 1 - std::exp(-curve.to / 4e6), 0.01);
  EXPECT_FALSE(densityOf("duration distribution", "no_such(1ms)").valid);
  // Every law of every dimension can be drawn from its own example.
  for (const char* kind : {"duration distribution", "size distribution", "number distribution"}) {
    for (const sim::TypeRecord* type : sim::TypeCatalogue::instance().types(kind)) {
      const Json example = sim::example_of(*type);
      const DensityCurve drawn = densityOf(kind, example);
      if (type->name() == "empirical") continue;  // Its example names a file.
      EXPECT_TRUE(drawn.valid) << kind << " " << example.dump();
      for (const double height : drawn.density) EXPECT_GE(height, -1e-12);
    }
  }
}

TEST(NowModel, ShowsEveryFigureOfItsWindow) {
  NowModel model;
  const QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.show("app", nullptr);
  EXPECT_TRUE(model.isEmpty());
  auto legend = std::make_shared<sim::SnapshotLegend>();
  legend->nodes = {{"app[0]", "app", "app_server", ""},
                   {"app[1]", "app", "app_server", ""},
                   {"db", "db", "database", ""}};
  legend->wires = {{"app", "db", "any"}, {"app", "cache", "any"}, {"app", "cache", "cache"}};
  auto frame = std::make_shared<sim::Frame>();
  frame->from_seconds = 12;
  frame->to_seconds = 13;
  frame->nodes.resize(3);
  frame->nodes[0].utilization = 0.93F;
  frame->nodes[0].latency_p99_seconds = 0.312F;
  frame->nodes[1].condition.down = true;
  frame->wires.resize(3);
  frame->wires[1].per_second = 10;
  frame->wires[2].per_second = 90;
  frame->wires[0].per_second = 251;
  frame->wires[0].cut = true;
  auto snapshot = std::make_shared<sim::Snapshot>();
  snapshot->legend = legend;
  snapshot->frame = frame;
  model.show("app", snapshot);
  EXPECT_EQ(model.columnCount(), 2);
  EXPECT_EQ(plain(model.windowText()), "12.00 s to 13.00 s");
  std::map<QString, QString> first;
  for (int row = 0; row < model.rowCount(); ++row) {
    first[model.headerData(row, Qt::Vertical, Qt::DisplayRole).toString()] =
        model.index(row, 0).data().toString();
  }
  EXPECT_EQ(first["State"], "in order");
  EXPECT_EQ(plain(first["Latency p99"]), "312 ms");
  EXPECT_EQ(first["to db, all"], "251/s, cut");
  EXPECT_EQ(first["to cache otherwise, all"], "10/s");
  EXPECT_EQ(first["to cache as cache, all"], "90/s");
  EXPECT_EQ(model.index(0, 1).data().toString(), "down");
  model.show("db", snapshot);
  EXPECT_EQ(model.columnCount(), 1);
}

}  // namespace
}  // namespace faultline::gui
