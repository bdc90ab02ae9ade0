#include "gui/run/batch_controller.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <QElapsedTimer>
#include <QRegularExpression>
#include <string>
#include <thread>
#include <utility>

#include "gui/shell/language.hpp"
#include "sim/experiment/experiment.hpp"
#include "sim/kernel/run_error.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::gui {
namespace {

constexpr int valuesMax = 1000;

QString linesOf(const sim::Problems& problems) {
  QStringList lines;
  for (const sim::Problem& problem : problems.sorted()) lines << shownSentence(problem.to_text());
  return lines.join(QLatin1Char('\n'));
}

quint64 jobsFor(quint64 asked) {
  if (asked > 0) return std::min<quint64>(asked, sim::jobs_max);
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  return std::max(1U, processors - 1);
}

/// The parts between commas that stand in no bracket and no quotes.
QStringList partsOf(const QString& text) {
  QStringList parts;
  QString part;
  int depth = 0;
  bool quoted = false;
  for (const QChar c : text) {
    if (c == QLatin1Char('"')) quoted = !quoted;
    if (!quoted && QStringLiteral("([{").contains(c)) ++depth;
    if (!quoted && QStringLiteral(")]}").contains(c)) --depth;
    if (c == QLatin1Char(',') && depth == 0 && !quoted) {
      parts << part.trimmed();
      part.clear();
    } else {
      part += c;
    }
  }
  parts << part.trimmed();
  parts.removeAll(QString());
  return parts;
}

/// "4..32 step 4" as its values; nothing if it is no such thing.
std::optional<QStringList> rangeOf(const QString& part) {
  static const QRegularExpression form(
      QStringLiteral(R"(^(-?\d+)\s*\.\.\s*(-?\d+)(?:\s+step\s+(\d+))?$)"));
  const QRegularExpressionMatch match = form.match(part);
  if (!match.hasMatch()) return std::nullopt;
  const qint64 from = match.captured(1).toLongLong();
  const qint64 to = match.captured(2).toLongLong();
  const qint64 step = match.captured(3).isEmpty() ? 1 : match.captured(3).toLongLong();
  if (step <= 0) return std::nullopt;
  QStringList values;
  for (qint64 value = from; value <= to && values.size() < valuesMax; value += step)
    values << QString::number(value);
  return values;
}

}  // namespace

class BatchController::Private {
 public:
  explicit Private(BatchController& controller) : controller_(controller) {}
  ~Private() { end(); }

  void end() {
    stop_.store(true);
    if (thread_.joinable()) thread_.join();
    ++serial_;  // What is still on its way is of no interest any more.
  }
  void begin() {
    stop_.store(false);
    running = true;
    progress = {};
    progress.runs = request.replications * static_cast<quint64>(points.size());
    thread_ = std::thread([this, request = request, serial = serial_] { work(request, serial); });
  }
  void cancel() { stop_.store(true); }

  BatchRequest request;
  std::vector<BatchPoint> points;
  BatchProgress progress;
  bool running = false;

 private:
  /// Does something in the window's thread, unless another batch has begun.
  template <class Act>
  void say(quint64 serial, Act act) {
    QMetaObject::invokeMethod(
        &controller_,
        [this, serial, act = std::move(act)] {
          if (serial == serial_) act();
        },
        Qt::QueuedConnection);
  }
  void sayFailed(quint64 serial, const QString& message) {
    say(serial, [this, message] {
      running = false;
      Q_EMIT controller_.failed(message);
      Q_EMIT controller_.finished(false);
    });
  }

  void work(const BatchRequest& asked, quint64 serial) {
    std::vector<sim::Spec> specs;
    const QStringList values = asked.path.isEmpty() ? QStringList{QString()} : asked.values;
    // All are read first: a wrong one is told at once.
    for (const QString& value : values) {
      sim::Problems problems;
      std::vector<sim::Override> changes;
      if (!asked.path.isEmpty()) changes.push_back({asked.path.toStdString(), value.toStdString()});
      auto spec = sim::read_spec(asked.text.toStdString(), asked.baseDirectory.toStdString(),
                                 changes, problems);
      if (!spec) return sayFailed(serial, linesOf(problems));
      specs.push_back(std::move(*spec));
    }
    QElapsedTimer wall;
    wall.start();
    bool complete = true;
    for (std::size_t i = 0; i < specs.size() && !stop_.load(); ++i) {
      QString error;
      const std::optional<sim::Result> result = runPoint(asked, specs, i, wall, serial, error);
      if (!error.isEmpty()) return sayFailed(serial, error);
      if (!result || result->cut_short || result->replications < asked.replications)
        complete = false;
      if (!result) break;
      auto point = std::make_shared<const sim::Result>(std::move(*result));
      say(serial, [this, i, point] {
        points[i].result = point;
        Q_EMIT controller_.pointReady(static_cast<int>(i));
      });
    }
    complete = complete && !stop_.load();
    say(serial, [this, complete] {
      running = false;
      Q_EMIT controller_.finished(complete);
    });
  }

  std::optional<sim::Result> runPoint(const BatchRequest& asked,
                                      const std::vector<sim::Spec>& specs, std::size_t index,
                                      const QElapsedTimer& wall, quint64 serial, QString& error) {
    const sim::Spec& spec = specs[index];
    sim::ExperimentOptions options;
    options.seed = asked.seed != 0 ? asked.seed : static_cast<std::uint64_t>(spec.run.seed);
    options.replications = asked.replications;
    options.jobs = jobsFor(asked.jobs);
    options.stop = &stop_;
    const auto count = static_cast<double>(specs.size());
    options.progress = [&](const sim::Progress& now) {
      BatchProgress progress;
      const double planned = now.virtual_seconds_planned;
      const double share = planned > 0 ? std::min(1.0, now.virtual_seconds / planned) : 0;
      progress.share = (static_cast<double>(index) + share) / count;
      progress.runs = asked.replications * static_cast<quint64>(specs.size());
      progress.runsDone = asked.replications * static_cast<quint64>(index) + now.replications_done;
      const double passed = static_cast<double>(wall.elapsed()) / 1000;
      if (progress.share > 0.01)
        progress.secondsLeft = passed * (1 - progress.share) / progress.share;
      say(serial, [this, progress] { tell(progress); });
    };
    try {
      sim::Problems problems;
      auto result = sim::run_experiment(spec, options, problems);
      if (!problems.empty()) error = linesOf(problems);
      return result;
    } catch (const sim::RunError& failed) {
      error = shownSentence(std::string(failed.what()));
    } catch (const std::exception& failed) {
      error = QString::fromUtf8(failed.what());
    }
    return std::nullopt;
  }

  void tell(const BatchProgress& now) {
    progress = now;
    Q_EMIT controller_.progressed(now);
  }

  BatchController& controller_;
  std::atomic<bool> stop_{false};
  quint64 serial_ = 0;  ///< Of the batch; of the window's thread.
  std::thread thread_;
};

BatchController::BatchController(QObject* parent)
    : QObject(parent), d_(std::make_unique<Private>(*this)) {
  qRegisterMetaType<BatchProgress>();
}

BatchController::~BatchController() = default;

bool BatchController::isRunning() const { return d_->running; }
const BatchRequest& BatchController::request() const { return d_->request; }
const std::vector<BatchPoint>& BatchController::points() const { return d_->points; }
const BatchProgress& BatchController::progress() const { return d_->progress; }

void BatchController::start(const BatchRequest& request) {
  d_->end();
  d_->request = request;
  d_->request.replications = std::clamp<quint64>(request.replications, 1, sim::replications_max);
  d_->points.clear();
  if (request.path.isEmpty()) {
    d_->points.push_back({});
  } else {
    for (const QString& value : request.values) d_->points.push_back({value, nullptr});
  }
  d_->begin();
}

void BatchController::cancel() { d_->cancel(); }

QStringList BatchController::valuesOf(const QString& text) {
  QStringList values;
  for (const QString& part : partsOf(text)) {
    if (const auto range = rangeOf(part)) {
      values << *range;
    } else {
      values << part;
    }
  }
  return values.mid(0, valuesMax);
}

}  // namespace faultline::gui
