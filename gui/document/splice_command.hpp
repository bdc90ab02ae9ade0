/// One undo step: splices and their inverse.
#pragma once

#include <QElapsedTimer>
#include <QUndoCommand>

#include "gui/document/document_private.hpp"

namespace faultline::gui {

class SpliceCommand final : public QUndoCommand {
 public:
  SpliceCommand(Document::Private& document, std::vector<Splice> splices, const QString& name,
                QString mergeKey);
  void redo() override;
  void undo() override;
  int id() const override { return mergeKey_.isEmpty() ? -1 : 1; }
  bool mergeWith(const QUndoCommand* other) override;

 private:
  Document::Private& document_;
  std::vector<Splice> splices_;
  QString mergeKey_;
  qint64 time_ = 0;
};

}  // namespace faultline::gui
