#include "gui/document/splice_command.hpp"

#include <QDeadlineTimer>

namespace faultline::gui {
namespace {

constexpr qint64 mergeMilliseconds = 1000;
constexpr std::size_t splicesMax = 20'000;

qint64 now() { return QDeadlineTimer::current().deadline(); }

/// `next` on top of `last` as one splice, if they touch.
bool join(Splice& last, const Splice& next) {
  const qsizetype lastEnd = last.offset + last.inserted.size();
  const qsizetype nextEnd = next.offset + next.removed.size();
  // Within what was inserted, or the same again.
  if (next.offset >= last.offset && nextEnd <= lastEnd) {
    last.inserted.replace(next.offset - last.offset, next.removed.size(), next.inserted);
    return true;
  }
  // Erasing backwards from an insertion or an erasure.
  if (nextEnd == last.offset && last.inserted.isEmpty() && next.inserted.isEmpty()) {
    last.removed.prepend(next.removed);
    last.offset = next.offset;
    return true;
  }
  // Erasing forwards.
  if (next.offset == lastEnd && last.inserted.isEmpty() && next.inserted.isEmpty()) {
    last.removed.append(next.removed);
    return true;
  }
  return false;
}

}  // namespace

SpliceCommand::SpliceCommand(Document::Private& document, std::vector<Splice> splices,
                             const QString& name, QString mergeKey)
    : QUndoCommand(name),
      document_(document),
      splices_(std::move(splices)),
      mergeKey_(std::move(mergeKey)),
      time_(now()) {}

void SpliceCommand::redo() { document_.apply(splices_, false); }
void SpliceCommand::undo() { document_.apply(splices_, true); }

bool SpliceCommand::mergeWith(const QUndoCommand* other) {
  const auto* next = static_cast<const SpliceCommand*>(other);
  if (next->mergeKey_ != mergeKey_ || next->time_ - time_ > mergeMilliseconds) return false;
  if (splices_.size() + next->splices_.size() > splicesMax) return false;
  for (const Splice& splice : next->splices_) {
    if (splices_.size() == 1 && join(splices_.back(), splice)) continue;
    splices_.push_back(splice);
  }
  time_ = next->time_;
  return true;
}

}  // namespace faultline::gui
