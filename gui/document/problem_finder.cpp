#include "gui/document/problem_finder.hpp"

#include <algorithm>
#include <QRegularExpression>

#include "gui/document/json_text.hpp"
#include "sim/scenario/spec.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::gui {
namespace {

/// Building a system of more nodes takes longer than a person waits for a list.
constexpr std::int64_t builtNodesMax = 2000;

/// Where problems stand in the text. Offsets are asked for in any order.
class Places {
 public:
  explicit Places(const QByteArray& text) : text_(text), syntax_(JsonText::scan(text)) {
    lines_.push_back(0);
    for (qsizetype at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      lines_.push_back(at + 1);
    }
  }

  void locate(LocatedProblem& problem) const {
    static const QRegularExpression place(QStringLiteral("line (\\d+), column (\\d+)"));
    if (problem.path.isEmpty() || !syntax_) {
      if (const auto match = place.match(problem.message); match.hasMatch()) {
        problem.line = match.captured(1).toInt();
        problem.column = match.captured(2).toInt();
      }
      return;
    }
    const auto steps = pathSteps(problem.path);
    if (!steps) return;
    std::size_t depth = 0;
    const std::int32_t node = syntax_->findDeepest(*steps, depth);
    if (depth == 0) return;
    const qsizetype offset = syntax_->at(node).start();
    const auto line = std::upper_bound(lines_.begin(), lines_.end(), offset) - 1;
    problem.line = static_cast<int>(line - lines_.begin()) + 1;
    problem.column =
        static_cast<int>(QString::fromUtf8(text_.mid(*line, offset - *line)).size()) + 1;
  }

 private:
  const QByteArray& text_;
  std::optional<JsonText> syntax_;
  std::vector<qsizetype> lines_;
};

}  // namespace

FoundProblems findProblems(const QByteArray& text, const QString& baseDirectory) {
  FoundProblems found;
  sim::Problems problems;
  std::optional<sim::Spec> spec;
  try {
    spec = sim::read_spec({text.constData(), static_cast<std::size_t>(text.size())},
                          std::filesystem::path(baseDirectory.toStdString()), {}, problems);
    std::int64_t nodes = 0;
    if (spec) {
      for (const sim::NodeSpec& node : spec->nodes) nodes += node.replicas;
    }
    // What only building can find: a wire to what cannot be asked, a cycle of calls.
    if (spec && nodes <= builtNodesMax) {
      const sim::System system(*spec, static_cast<std::uint64_t>(spec->run.seed), 0, problems);
    }
  } catch (const std::exception& error) {
    problems.add(sim::Path(), error.what());
  }
  const Places places(text);
  for (const sim::Problem& problem : problems.sorted()) {
    LocatedProblem located;
    located.path = QString::fromStdString(problem.path);
    located.message = QString::fromStdString(problem.message);
    located.hint = QString::fromStdString(problem.hint);
    places.locate(located);
    if (const auto steps = sim::parse_path(problem.path);
        steps && steps->size() > 1 && (*steps)[0].key == "nodes" && !(*steps)[1].index) {
      located.node = QString::fromStdString((*steps)[1].key);
    }
    found.problems.push_back(std::move(located));
  }
  if (spec && found.problems.empty())
    found.spec = std::make_shared<const sim::Spec>(std::move(*spec));
  return found;
}

ProblemFinder::ProblemFinder(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

ProblemFinder::~ProblemFinder() {
  pool_.clear();
  pool_.waitForDone();
}

void ProblemFinder::start(const QByteArray& text, const QString& baseDirectory) {
  const quint64 generation = ++generation_;
  pool_.clear();
  pool_.start([this, text, baseDirectory, generation] {
    FoundProblems result = findProblems(text, baseDirectory);
    result.generation = generation;
    // The pool is waited for before this object goes.
    QMetaObject::invokeMethod(
        this,
        [this, result = std::move(result)] {
          if (result.generation == generation_) Q_EMIT found(result);
        },
        Qt::QueuedConnection);
  });
}

}  // namespace faultline::gui
