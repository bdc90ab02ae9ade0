#include "gui/shell/application.hpp"

#include <cstdio>
#include <exception>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QIcon>
#include <QMessageBox>
#include <QTimer>

#include "gui/document/recovery.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/main_window.hpp"
#include "gui/shell/script_state.hpp"
#include "gui/shell/settings.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

Application::Application(int& count, char** arguments) : QApplication(count, arguments) {
  setOrganizationName(QStringLiteral("faultline"));
  setApplicationName(QStringLiteral("faultline-gui"));
  setApplicationDisplayName(QStringLiteral("Faultline"));
  setApplicationVersion(QStringLiteral(FAULTLINE_VERSION));
  setDesktopFileName(QStringLiteral("org.faultline.Faultline"));
}

bool Application::notify(QObject* receiver, QEvent* event) {
  try {
    return QApplication::notify(receiver, event);
  } catch (const std::exception& error) {
    tell(QString::fromUtf8(error.what()));
  } catch (...) {
    tell(tr("An unknown error."));
  }
  return false;
}

void Application::tell(const QString& what) {
  last_error_ = what;
  std::fprintf(stderr, "faultline-gui: %s\n", qPrintable(what));
  if (telling_) return;
  telling_ = true;
  // Not from within the event that went wrong.
  QTimer::singleShot(0, this, [this, what] {
    auto* box = new QMessageBox(QMessageBox::Critical, tr("Something went wrong"),
                                tr("The program has a mistake. Your scenario is as it was; saving "
                                   "it now would be wise."),
                                QMessageBox::Ok, activeWindow());
    box->setDetailedText(what);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QDialog::finished, this, [this] { telling_ = false; });
    box->open();
  });
}

namespace {

void addOptions(QCommandLineParser& parser) {
  const auto words = [](const char* text) {
    return QCoreApplication::translate("Application", text);
  };
  parser.setApplicationDescription(words(
      QT_TRANSLATE_NOOP("Application", "Designs, runs and breaks models of distributed systems.")));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(
      "file", words(QT_TRANSLATE_NOOP("Application", "Scenario files to open.")), "[FILE...]");
  parser.addOption(
      {"lang", words(QT_TRANSLATE_NOOP("Application", "Language: ru, en or system.")), "language"});
  parser.addOption(
      {"theme", words(QT_TRANSLATE_NOOP("Application", "Look: light, dark or system.")), "theme"});
  parser.addOption({"run", words(QT_TRANSLATE_NOOP("Application", "Run the first file at once."))});
  parser.addOption(
      {"screenshot",
       words(QT_TRANSLATE_NOOP("Application", "Write a picture of the window to a file and end.")),
       "picture"});
  parser.addOption(
      {"after",
       words(QT_TRANSLATE_NOOP("Application", "How many seconds before the picture is taken.")),
       "seconds", "3"});
  parser.addOption({"state",
                    words(QT_TRANSLATE_NOOP(
                        "Application", "Keep a file with what the window shows, for scripts.")),
                    "file"});
  parser.addOption({"no-welcome", words(QT_TRANSLATE_NOOP(
                                      "Application", "Neither tour nor gallery at the start."))});
  parser.addOption({"size",
                    words(QT_TRANSLATE_NOOP("Application", "Size of the window in pixels.")),
                    "WIDTHxHEIGHT"});
}

}  // namespace

int runApplication(int count, char** arguments) {
  Application application(count, arguments);
  QCommandLineParser parser;
  addOptions(parser);
  parser.process(application);

  Recovery::delayMilliseconds = 1000 * settings::autosaveSeconds();
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/faultline.svg")));
  LanguageChoice::instance().choose(parser.isSet("lang") ? parser.value("lang")
                                                         : settings::language());
  Theme::Mode mode = settings::theme();
  if (parser.value("theme") == QLatin1String("light")) mode = Theme::Mode::light;
  if (parser.value("theme") == QLatin1String("dark")) mode = Theme::Mode::dark;
  Theme::instance().setMode(mode);

  auto* window = new MainWindow;
  const QStringList size = parser.value("size").split('x');
  if (size.size() == 2) window->resize(size[0].toInt(), size[1].toInt());
  window->show();
  MainWindow* first = nullptr;
  MainWindow* latest = window;
  for (const QString& file : parser.positionalArguments()) {
    if (MainWindow* opened = latest->openFile(file)) {
      latest = opened;
      if (!first) first = opened;
    }
  }
  if (!first) first = window;
  // Scripts and pictures want the window as it is, people a welcome.
  if (!parser.isSet("screenshot") && !parser.isSet("no-welcome")) {
    QTimer::singleShot(0, first, &MainWindow::welcome);
  }
  if (parser.isSet("state")) writeScriptState(*first, parser.value("state"));
  if (parser.isSet("run")) QTimer::singleShot(0, first, &MainWindow::startRun);
  if (parser.isSet("screenshot")) {
    const QString picture = parser.value("screenshot");
    QTimer::singleShot(int(parser.value("after").toDouble() * 1000), first, [first, picture] {
      const bool written = first->grab().save(picture);
      if (!written) std::fprintf(stderr, "faultline-gui: cannot write %s\n", qPrintable(picture));
      QCoreApplication::exit(written ? 0 : 1);
    });
  }
  return QApplication::exec();
}

}  // namespace faultline::gui
