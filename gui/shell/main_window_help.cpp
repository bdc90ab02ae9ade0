#include <QDesktopServices>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMessageBox>
#include <QUrl>

#include "gui/document/document.hpp"
#include "gui/shell/actions.hpp"
#include "gui/shell/docks.hpp"
#include "gui/shell/gallery.hpp"
#include "gui/shell/headline_bar.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/main_window.hpp"
#include "gui/shell/run_bar.hpp"
#include "gui/shell/settings.hpp"
#include "gui/shell/tour.hpp"

namespace faultline::gui {

void MainWindow::welcome() {
  offerRecovery();
  if (!settings::tourSeen()) {
    showTour();
  } else if (isUntouched() && settings::galleryAtStart()) {
    showGallery();
  }
}

void MainWindow::showGallery() {
  Gallery gallery(this);
  bool other = false;
  connect(&gallery, &Gallery::openOther, this, [&other] { other = true; });
  const bool accepted = gallery.exec() == QDialog::Accepted;
  if (other) {
    openDialog();
    return;
  }
  if (!accepted) return;
  if (gallery.chosenPath().isEmpty()) {
    if (!isUntouched()) newFile();
    return;
  }
  QFile file(gallery.chosenPath());
  if (!file.open(QIODevice::ReadOnly)) {
    QMessageBox::warning(this, tr("New from template"), file.errorString());
    return;
  }
  openTemplate(file.readAll(), {});
}

void MainWindow::showTour() {
  if (tour_) return;
  const auto dock = [this](const char* id) -> QWidget* {
    return (*docks_)[QString::fromLatin1(id)];
  };
  std::vector<Tour::Step> steps{
      {nullptr, tr("Welcome to Faultline"),
       tr("Here you design a distributed system, run it in virtual time, break it, and see what "
          "its "
          "users would have seen. Six steps show where things are.")},
      {dock("palette"), tr("Components"),
       tr("Drag one onto the canvas. Begin to type to search; Enter puts it in the middle.")},
      {centralWidget(), tr("The canvas"),
       tr("Draw a wire from the edge of a card to another. The right mouse button on a node, a "
          "wire "
          "or a zone crashes it, slows it down or cuts it off. F shows everything.")},
      {dock("inspector"), tr("The inspector"),
       tr("Every parameter of what is selected, with its unit, its range and help. The JSON source "
          "beside it is the same scenario; edit either.")},
      {run_bar_, tr("The run"),
       tr("The space bar runs and pauses. The slider goes from slow motion to as fast as possible. "
          "The design can be changed at any time; the window says when the figures are of the old "
          "one.")},
      {dock("latency"), tr("Charts"),
       tr("All share one time axis. Click into a chart to go back to that moment: the canvas and "
          "the figures show it too. Esc brings back the newest.")},
  };
  auto* tour = new Tour(std::move(steps), this);
  tour_ = tour;
  connect(tour, &Tour::finished, this, [this] {
    const bool first = !settings::tourSeen();
    settings::setTourSeen(true);
    if (first && isUntouched() && settings::galleryAtStart()) showGallery();
  });
  tour->start();
}

void MainWindow::showGuide() {
  const QString page = LanguageChoice::instance().isRussian() ? "window.ru.md" : "window.md";
  const QString folder = scenarioFolder();
  for (const QString& place : {folder + "/../docs/guide/" + page, folder + "/../guide/" + page}) {
    if (QFileInfo::exists(place)) {
      QDesktopServices::openUrl(QUrl::fromLocalFile(QDir::cleanPath(place)));
      return;
    }
  }
  QMessageBox::information(
      this, tr("Guide to the window"),
      tr("The guide is not installed. It is in docs/guide/%1 of the sources.").arg(page));
}

}  // namespace faultline::gui
