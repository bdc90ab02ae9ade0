#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTimer>

#include "gui/canvas/canvas_view.hpp"
#include "gui/charts/chart_state.hpp"
#include "gui/document/document.hpp"
#include "gui/document/recent_files.hpp"
#include "gui/document/recovery.hpp"
#include "gui/shell/actions.hpp"
#include "gui/shell/banner.hpp"
#include "gui/shell/main_window.hpp"

namespace faultline::gui {

bool MainWindow::isUntouched() const {
  return document_->fileName().isEmpty() && !document_->isModified() &&
         document_->undoStack().count() == 0 && !run_->hasRun() &&
         document_->design().nodes.empty();
}

MainWindow* MainWindow::windowForNewDocument() {
  if (isUntouched()) return this;
  auto* window = new MainWindow;
  window->resize(size());
  window->move(pos() + QPoint(30, 30));
  window->show();
  return window;
}

void MainWindow::newFile() {
  MainWindow* window = windowForNewDocument();
  window->raise();
  window->activateWindow();
}

MainWindow* MainWindow::openFile(const QString& fileName) {
  const QString path = QFileInfo(fileName).absoluteFilePath();
  for (MainWindow* window : windows()) {
    if (window->document_->fileName() == path) {
      window->raise();
      window->activateWindow();
      return window;
    }
  }
  // A file that cannot be read opens no window.
  if (!QFileInfo(path).isReadable() || QFileInfo(path).isDir()) {
    QMessageBox::warning(this, tr("Open"),
                         tr("“%1” cannot be read.").arg(QDir::toNativeSeparators(path)));
    return nullptr;
  }
  MainWindow* window = windowForNewDocument();
  QString error;
  if (!window->document_->open(path, &error)) {
    QMessageBox::warning(this, tr("Open"), error);
    if (window != this) window->close();
    return nullptr;
  }
  addRecentFile(path);
  window->opened_ = true;
  window->fileChanged();
  setChartState(*window, *window->cursor_, keptChartState(path));
  QTimer::singleShot(0, window->canvas_, &CanvasView::fit);
  window->raise();
  window->activateWindow();
  return window;
}

MainWindow* MainWindow::openTemplate(const QByteArray& text, const QString& title) {
  MainWindow* window = windowForNewDocument();
  window->document_->createFrom(text, title);
  window->fileChanged();
  QTimer::singleShot(0, window->canvas_, &CanvasView::fit);
  window->raise();
  window->activateWindow();
  return window;
}

QString MainWindow::folderForDialogs() const {
  if (!document_->fileName().isEmpty()) return QFileInfo(document_->fileName()).path();
  const QStringList recent = recentFiles();
  if (!recent.isEmpty()) return QFileInfo(recent.front()).path();
  return QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
}

void MainWindow::openDialog() {
  const QStringList files =
      QFileDialog::getOpenFileNames(this, tr("Open a scenario"), folderForDialogs(),
                                    tr("Scenarios (*.json *.jsonc);;All files (*)"));
  MainWindow* window = this;
  for (const QString& file : files) {
    if (MainWindow* opened = window->openFile(file)) window = opened;
  }
}

void MainWindow::openRecentMenu() {
  recent_menu_->clear();
  const QStringList files = recentFiles();
  for (const QString& file : files) {
    const QFileInfo info(file);
    // "&" in a name is no letter for the keyboard.
    QString text = QStringLiteral("%1  —  %2").arg(info.fileName(), info.path());
    QAction* action =
        recent_menu_->addAction(text.replace('&', "&&"), this, [this, file] { openFile(file); });
    action->setEnabled(info.exists());
  }
  if (files.isEmpty()) {
    recent_menu_->addAction(tr("No files yet"))->setEnabled(false);
  } else {
    recent_menu_->addSeparator();
    recent_menu_->addAction(tr("Forget these files"), this, [] { clearRecentFiles(); });
  }
}

bool MainWindow::saveFile() {
  const QString path = document_->fileName();
  if (path.isEmpty()) return saveFileAs();
  // Saved only when changed: a file nobody edited keeps its bytes and its time.
  if (!document_->isModified() && QFileInfo::exists(path)) return true;
  if (document_->isChangedOnDisk()) {
    QMessageBox box(QMessageBox::Warning, tr("Save"),
                    tr("“%1” was changed by another program since it was opened here.")
                        .arg(QFileInfo(path).fileName()),
                    QMessageBox::Cancel, this);
    box.setInformativeText(tr("Saving replaces what the other program wrote."));
    QPushButton* replace = box.addButton(tr("Replace it"), QMessageBox::DestructiveRole);
    QPushButton* other = box.addButton(tr("Save under another name…"), QMessageBox::AcceptRole);
    box.setDefaultButton(other);
    box.exec();
    if (box.clickedButton() == other) return saveFileAs();
    if (box.clickedButton() != replace) return false;
  }
  QString error;
  if (!document_->save(&error)) {
    QMessageBox::critical(this, tr("Save"), error);
    return false;
  }
  addRecentFile(path);
  fileChanged();
  return true;
}

bool MainWindow::saveFileAs() {
  QString name = document_->fileName();
  if (name.isEmpty()) {
    QString base;
    for (const QChar c : document_->displayName().toLower()) {
      base += c.isLetterOrNumber() ? c : QLatin1Char('_');
    }
    name = QDir(folderForDialogs()).filePath((base.isEmpty() ? "scenario" : base) + ".json");
  }
  QFileDialog dialog(this, tr("Save the scenario as"), QFileInfo(name).path(),
                     tr("Scenarios (*.json *.jsonc);;All files (*)"));
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setDefaultSuffix(QStringLiteral("json"));
  dialog.selectFile(QFileInfo(name).fileName());
  if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty()) return false;
  const QString path = dialog.selectedFiles().front();
  QString error;
  if (!document_->saveAs(path, &error)) {
    QMessageBox::critical(this, tr("Save"), error);
    return false;
  }
  addRecentFile(path);
  fileChanged();
  return true;
}

bool MainWindow::mayDiscard() {
  if (!document_->isModified()) return true;
  raise();
  activateWindow();
  QMessageBox box(QMessageBox::Question, tr("Unsaved edits"),
                  tr("Save the edits of “%1”?").arg(document_->displayName()),
                  QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
  box.setInformativeText(tr("They are lost if you do not save them."));
  box.setDefaultButton(QMessageBox::Save);
  switch (box.exec()) {
    case QMessageBox::Save:
      return saveFile();
    case QMessageBox::Discard:
      return true;
    default:
      return false;
  }
}

void MainWindow::fileChanged() {
  QString name = document_->displayName();
  if (name.isEmpty()) name = tr("New scenario");
  setWindowTitle(QStringLiteral("%1[*] – Faultline").arg(name.replace("[*]", "[ * ]")));
  setWindowModified(document_->isModified());
  setWindowFilePath(document_->fileName());
  refreshActions();
}

void MainWindow::showDiskChange() {
  if (!document_->isChangedOnDisk()) {
    disk_banner_->dismiss();
    return;
  }
  const QString name = QFileInfo(document_->fileName()).fileName();
  disk_banner_->say(Banner::Tone::warning,
                    document_->isModified() ? tr("Another program has changed “%1”. Your unsaved "
                                                 "edits are not in it; reloading can be "
                                                 "undone.")
                                                  .arg(name)
                                            : tr("Another program has changed “%1”.").arg(name),
                    tr("Reload"), tr("Keep mine"));
}

void MainWindow::offerRecovery() {
  const std::vector<RecoveredWork> found = recoverableWork();
  if (found.empty()) return;
  QMessageBox box(QMessageBox::Question, tr("Unsaved edits were found"),
                  tr("The program ended before these edits were saved. Open them again?"),
                  QMessageBox::NoButton, this);
  QStringList lines;
  for (const RecoveredWork& work : found) {
    const QString name = !work.fileName.isEmpty() ? QDir::toNativeSeparators(work.fileName)
                         : !work.title.isEmpty()  ? work.title
                                                  : tr("New scenario");
    lines << QStringLiteral("•  %1, %2")
                 .arg(name, QLocale().toString(work.time.toLocalTime(), QLocale::ShortFormat));
  }
  box.setInformativeText(lines.join('\n') + QStringLiteral("\n\n") +
                         tr("The files themselves stay as they are until you save."));
  QPushButton* open = box.addButton(tr("Open them"), QMessageBox::AcceptRole);
  QPushButton* discard = box.addButton(tr("Throw them away"), QMessageBox::DestructiveRole);
  QPushButton* later = box.addButton(tr("Ask again later"), QMessageBox::RejectRole);
  box.setDefaultButton(open);
  box.setEscapeButton(later);
  box.exec();
  MainWindow* window = this;
  for (const RecoveredWork& work : found) {
    if (box.clickedButton() == open) {
      window = window->windowForNewDocument();
      window->document_->restore(work);
      window->fileChanged();
    } else if (box.clickedButton() == discard) {
      discardRecovery(work.id);
    }
  }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile()) {
      event->acceptProposedAction();
      return;
    }
  }
}

void MainWindow::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  MainWindow* window = this;
  for (const QUrl& url : event->mimeData()->urls()) {
    if (!url.isLocalFile()) continue;
    if (MainWindow* opened = window->openFile(url.toLocalFile())) window = opened;
  }
}

}  // namespace faultline::gui
