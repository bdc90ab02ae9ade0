#include "gui/document/recovery.hpp"

#include <algorithm>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>
#include <QUuid>

namespace faultline::gui {
namespace {

const QString suffix = QStringLiteral(".recovery");

QString pathOf(const QString& id) { return recoveryDirectory() + '/' + id + suffix; }
QString lockOf(const QString& id) { return recoveryDirectory() + '/' + id + ".lock"; }

}  // namespace

QString recoveryDirectory() {
  return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) +
         QStringLiteral("/recovery");
}

std::vector<RecoveredWork> recoverableWork() {
  std::vector<RecoveredWork> found;
  const QDir directory(recoveryDirectory());
  for (const QFileInfo& info : directory.entryInfoList({"*" + suffix}, QDir::Files)) {
    const QString id = info.completeBaseName();
    // Who still lives holds the lock.
    QLockFile lock(lockOf(id));
    lock.setStaleLockTime(0);
    if (!lock.tryLock(0)) continue;
    lock.unlock();
    QFile file(info.filePath());
    if (!file.open(QIODevice::ReadOnly)) continue;
    const QJsonObject head = QJsonDocument::fromJson(file.readLine(1 << 16)).object();
    RecoveredWork work;
    work.id = id;
    work.fileName = head["file"].toString();
    work.title = head["title"].toString();
    work.time = QDateTime::fromString(head["time"].toString(), Qt::ISODateWithMs);
    work.text = file.readAll();
    if (head["size"].toInteger(-1) != work.text.size()) continue;  // Cut short: worth nothing.
    found.push_back(std::move(work));
  }
  std::sort(found.begin(), found.end(),
            [](const RecoveredWork& a, const RecoveredWork& b) { return a.time > b.time; });
  return found;
}

void discardRecovery(const QString& id) {
  QFile::remove(pathOf(id));
  QFile::remove(lockOf(id));
}

Recovery::Recovery(QObject* parent)
    : QObject(parent), id_(QUuid::createUuid().toString(QUuid::WithoutBraces)) {
  timer_.setSingleShot(true);
  connect(&timer_, &QTimer::timeout, this, &Recovery::writeNow);
}

Recovery::~Recovery() { remove(); }

void Recovery::setEnabled(bool enabled) {
  enabled_ = enabled;
  if (!enabled) {
    timer_.stop();
    remove();
  }
}

void Recovery::changed(bool unsaved) {
  if (!enabled_) return;
  if (!unsaved) {
    timer_.stop();
    remove();
  } else if (!timer_.isActive()) {
    timer_.start(delayMilliseconds);  // Later changes do not put it off.
  }
}

void Recovery::writeNow() {
  timer_.stop();
  if (enabled_) Q_EMIT wanted();
}

void Recovery::keep(const QString& fileName, const QString& title, const QByteArray& text) {
  QDir().mkpath(recoveryDirectory());
  if (!lock_) {
    lock_ = std::make_unique<QLockFile>(lockOf(id_));
    lock_->setStaleLockTime(0);
    lock_->tryLock(0);
  }
  QJsonObject head;
  head["file"] = fileName;
  head["title"] = title.left(200);
  head["time"] = QDateTime::currentDateTime().toString(Qt::ISODateWithMs);
  head["size"] = static_cast<qint64>(text.size());
  QSaveFile file(pathOf(id_));
  if (!file.open(QIODevice::WriteOnly)) return;
  file.write(QJsonDocument(head).toJson(QJsonDocument::Compact) + '\n');
  file.write(text);
  file.commit();
}

void Recovery::remove() {
  if (!lock_) return;  // Nothing was written.
  QFile::remove(pathOf(id_));
  lock_.reset();  // Unlocks and removes the lock's file.
}

}  // namespace faultline::gui
