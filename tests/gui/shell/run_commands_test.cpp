// What the commands of the menu Run do, whatever the state of the run.
#include <nlohmann/json.hpp>
#include <QDoubleSpinBox>
#include <QToolButton>

#include "gui/charts/chart_source.hpp"
#include "gui/timeline/time_cursor.hpp"
#include "tests/gui/shell/window_fixture.hpp"

namespace faultline::gui {
namespace {

using State = RunController::State;

class RunCommands : public WindowTest {
 protected:
  void SetUp() override {
    WindowTest::SetUp();
    open();
    window->run().setSpeed(0);
  }
  void trigger(const char* action) {
    QAction* found = window->actions()[action];
    ASSERT_TRUE(found->isEnabled()) << action;
    found->trigger();
  }
  double now() const {
    return window->run().snapshot() ? window->run().snapshot()->now_seconds : -1;
  }
  /// Until it stands at `seconds`, give or take `off`.
  bool standsAt(double seconds, double off = 1e-6) {
    const bool stands = QTest::qWaitFor(
        [&] { return window->run().state() == State::paused && std::abs(now() - seconds) <= off; },
        60000);
    if (!stands) ADD_FAILURE() << "it is at " << now();
    return stands;
  }
  bool runToTheEnd() {
    if (window->run().state() == State::paused) window->run().resume();
    return QTest::qWaitFor([&] { return window->run().result() != nullptr; }, 60000);
  }
  /// A run with dice, up to a moment.
  void runWithANewSeedTo(double seconds) {
    trigger("run.restartNewSeed");
    ASSERT_TRUE(QTest::qWaitFor([&] { return window->run().hasRun(); }, 20000));
    window->run().pause();
    ASSERT_TRUE(QTest::qWaitFor([&] { return window->run().state() != State::running; }, 20000));
    window->run().replayTo(seconds);
    ASSERT_TRUE(standsAt(seconds));
  }
  void inject(const QString& fault) {
    QString error;
    ASSERT_TRUE(window->run().inject(fault, 0, &error)) << error.toStdString();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !window->run().handFaults().empty(); }, 10000));
  }
  QPushButton* bannerButton(const QString& text) {
    for (QPushButton* button : window->banner().findChildren<QPushButton*>()) {
      if (button->isVisible() && button->text() == text) return button;
    }
    return nullptr;
  }
  /// Does something with the next dialog that opens.
  static void withDialog(const char* name, std::function<void(QDialog&)> act) {
    auto* timer = new QTimer;
    QObject::connect(timer, &QTimer::timeout, timer, [timer, name, act = std::move(act)] {
      auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
      if (!dialog || dialog->objectName() != name) return;
      timer->stop();
      timer->deleteLater();
      act(*dialog);
    });
    timer->start(20);
  }
};

// The crash of the shop is at 20 s.
TEST_F(RunCommands, TheNextFaultIsReachedFromWhereverOneIs) {
  trigger("run.untilFault");
  EXPECT_TRUE(standsAt(20));
  ASSERT_TRUE(runToTheEnd());
  // It is over: there is no next one but in another run.
  trigger("run.untilFault");
  EXPECT_TRUE(standsAt(20));
}

TEST_F(RunCommands, ABreachIsReachedFromAStandingStart) {
  window->document().setValue("slos[0].good", "latency < 5ms", "tighter");
  settle();
  trigger("run.untilBreach");
  ASSERT_TRUE(waitFor(State::paused));
  ASSERT_TRUE(QTest::qWaitFor([&] { return now() > 0; }, 20000));
  EXPECT_LT(now(), 60);
  EXPECT_FALSE(window->run().snapshot()->slos.front().breaches.empty());
}

TEST_F(RunCommands, AConditionIsReachedFromAStandingStart) {
  withDialog("untilConditionDialog", [this](QDialog& dialog) {
    EXPECT_TRUE(QTest::qWaitFor([&] { return window->run().state() == State::paused; }, 20000));
    dialog.findChild<QLineEdit*>("claim")->setText("window.nodes.app[0].down == true");
    dialog.accept();
  });
  trigger("run.untilCondition");
  EXPECT_TRUE(standsAt(20, 0.5));
}

TEST_F(RunCommands, TheRunStandsWhileItIsAskedWhereTo) {
  window->run().setSpeed(0.5);
  window->startRun();
  ASSERT_TRUE(waitFor(State::running));
  bool stood = false;
  withDialog("untilTimeDialog", [&](QDialog& dialog) {
    stood = QTest::qWaitFor([&] { return window->run().state() == State::paused; }, 20000);
    dialog.reject();
  });
  trigger("run.untilTime");
  EXPECT_TRUE(stood);
  EXPECT_TRUE(waitFor(State::running));
}

TEST_F(RunCommands, ATimeThatHasPassedIsPlayedAgainWithWhatWasDoneByHand) {
  trigger("run.untilFault");
  ASSERT_TRUE(standsAt(20));
  inject("crash(app[3])");
  ASSERT_TRUE(runToTheEnd());
  withDialog("untilTimeDialog", [](QDialog& dialog) {
    dialog.findChild<QDoubleSpinBox*>()->setValue(25);
    dialog.accept();
  });
  trigger("run.untilTime");
  EXPECT_TRUE(standsAt(25));
  EXPECT_EQ(window->run().handFaults().size(), 1U);
}

TEST_F(RunCommands, WhatIsRunAgainToAMomentHasItAsItsNewest) {
  window->startRun();
  ASSERT_TRUE(runToTheEnd());
  window->cursor().setPosition(12.3);
  trigger("run.replayHere");
  EXPECT_TRUE(standsAt(12.3));
  // At the cursor of before, the step of the series is not over: it would have no figures.
  EXPECT_TRUE(window->cursor().isLive());
  // What comes now may be another thing: the charts have nothing of the run before.
  EXPECT_FALSE(window->chartSource().result());
  ASSERT_TRUE(window->chartSource().snapshot());
  EXPECT_NEAR(window->chartSource().snapshot()->now_seconds, 12.3, 1e-6);
  inject("crash(app)");
  ASSERT_TRUE(runToTheEnd());
  EXPECT_GT(window->chartSource().result()->requests.counts.fail, 1000U);
}

TEST_F(RunCommands, RestartKeepsTheSeedThatWasDrawn) {
  shorten(2);
  trigger("run.restartNewSeed");
  ASSERT_TRUE(runToTheEnd());
  const quint64 drawn = window->run().request().seed;
  const auto* button = window->findChild<QToolButton*>("seedButton");
  ASSERT_NE(button, nullptr);
  EXPECT_NE(drawn, 0U);
  EXPECT_TRUE(button->isVisible());
  EXPECT_TRUE(button->text().contains(QString::number(drawn)));
  const auto digest = window->run().result()->order_digest;
  trigger("run.restart");
  ASSERT_TRUE(runToTheEnd());
  EXPECT_EQ(window->run().result()->order_digest, digest);
  // A seed that is written into the file holds from then on.
  window->document().setValue("run.seed", 9, "seed");
  settle();
  trigger("run.restart");
  ASSERT_TRUE(runToTheEnd());
  EXPECT_EQ(window->run().result()->seed, 9U);
  EXPECT_FALSE(button->isVisible());
}

TEST_F(RunCommands, KeptFaultsAreKeptOnceAndWithTheSeed) {
  runWithANewSeedTo(7);
  const quint64 drawn = window->run().request().seed;
  inject("crash(app[5])");
  trigger("run.keepFaults");
  EXPECT_FALSE(window->actions()["run.keepFaults"]->isEnabled());
  EXPECT_EQ(window->document().json().at("run").at("seed"), drawn);
  EXPECT_EQ(window->document().json().at("faults").size(), 2U);
  // Healed meanwhile: only its length is another one.
  window->run().runUntil(9);
  ASSERT_TRUE(standsAt(9));
  window->run().heal("app[5]");
  ASSERT_TRUE(
      QTest::qWaitFor([&] { return window->run().handFaults().front().forSeconds > 0; }, 20000));
  trigger("run.keepFaults");
  EXPECT_EQ(window->document().json().at("faults").size(), 2U);
  EXPECT_TRUE(window->document().json().at("faults")[1].contains("for"));
  settle();
  ASSERT_TRUE(runToTheEnd());
  const auto digest = window->run().result()->order_digest;
  trigger("run.restart");
  ASSERT_TRUE(runToTheEnd());
  EXPECT_EQ(window->run().result()->order_digest, digest);
  EXPECT_TRUE(window->banner().text().isEmpty()) << window->banner().text().toStdString();
}

TEST_F(RunCommands, KeepingFaultsDoesNotHideThatTheDesignHasChanged) {
  trigger("run.untilFault");
  ASSERT_TRUE(standsAt(20));
  inject("crash(app[3])");
  window->document().setValue("nodes.app.workers", 2, "workers");
  trigger("run.keepFaults");
  EXPECT_TRUE(window->banner().text().contains("old design"))
      << window->banner().text().toStdString();
}

TEST_F(RunCommands, FaultsDoneByHandAreNotLostByARestart) {
  trigger("run.untilFault");
  ASSERT_TRUE(standsAt(20));
  inject("crash(app[3])");
  ASSERT_TRUE(runToTheEnd());
  const auto digest = window->run().result()->order_digest;
  trigger("run.restart");
  QPushButton* put = bannerButton("Put them into the scenario and run");
  ASSERT_NE(put, nullptr) << window->banner().text().toStdString();
  put->click();
  EXPECT_TRUE(window->document().text().contains("crash(app[3])"));
  ASSERT_TRUE(runToTheEnd());
  EXPECT_EQ(window->run().result()->order_digest, digest);
}

}  // namespace
}  // namespace faultline::gui
