/// Finds what is wrong with a text, away from the window's thread.
#pragma once

#include <memory>
#include <QByteArray>
#include <QObject>
#include <QThreadPool>
#include <vector>

#include "gui/document/document.hpp"

namespace faultline::gui {

struct FoundProblems {
  quint64 generation = 0;
  std::vector<LocatedProblem> problems;  ///< Sorted by path.
  std::shared_ptr<const sim::Spec> spec;
};

/// What read_spec finds, and for small systems what building them finds.
FoundProblems findProblems(const QByteArray& text, const QString& baseDirectory);

class ProblemFinder : public QObject {
  Q_OBJECT
 public:
  explicit ProblemFinder(QObject* parent = nullptr);
  ~ProblemFinder() override;
  /// `found` follows, unless another search is started before.
  void start(const QByteArray& text, const QString& baseDirectory);
  /// The text has changed: what is still being found is of an old one.
  void forget() { ++generation_; }

 Q_SIGNALS:
  void found(const faultline::gui::FoundProblems& problems);

 private:
  QThreadPool pool_;
  quint64 generation_ = 0;
};

}  // namespace faultline::gui
