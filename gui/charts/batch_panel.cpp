#include "gui/charts/batch_panel.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <QComboBox>
#include <QCompleter>
#include <QEvent>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QSaveFile>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include "gui/charts/chart_source.hpp"
#include "gui/charts/path_value.hpp"
#include "gui/document/document.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/run_error_text.hpp"
#include "gui/shell/theme.hpp"
#include "sim/param/units.hpp"

namespace faultline::gui {
namespace {

constexpr qsizetype paths_max = 5000;

void collectPaths(const nlohmann::json& value, const QString& path, QStringList& out) {
  if (out.size() >= paths_max) return;
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) {
      const QString name = QString::fromStdString(key);
      // What names, draws or judges is nothing to be varied.
      static const QStringList left_out = {"faultline", "title",  "description", "layout",
                                           "notes",     "expect", "type",        "name"};
      if (left_out.contains(name)) continue;
      collectPaths(child, path.isEmpty() ? name : path + "." + name, out);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      collectPaths(value[i], QStringLiteral("%1[%2]").arg(path).arg(i), out);
    }
  } else if (!value.is_null() && !path.isEmpty()) {
    out << path;
  }
}

/// A swept value as a number, if it is one or has a unit: "8", "5ms", "200/s", "95%".
std::optional<double> numberOf(const QString& text) {
  bool ok = false;
  const double plain = text.toDouble(&ok);
  if (ok) return plain;
  std::string error;
  const std::string value = text.toStdString();
  if (const auto duration = sim::parse_duration(value, error)) return sim::to_seconds(*duration);
  if (const auto rate = sim::parse_rate(value, error)) return rate->per_second;
  if (const auto share = sim::parse_probability(value, error)) return share->value;
  if (const auto bytes = sim::parse_bytes(value, error)) return static_cast<double>(bytes->count);
  return std::nullopt;
}

Quantity quantityOf(const QString& path) {
  if (path.endsWith(".count")) return Quantity::count;
  if (path.contains("_seconds")) return Quantity::seconds;
  if (path.contains("per_second")) return Quantity::rate;
  if (path.contains("ratio") || path.endsWith("utilization") || path.endsWith("budget_used")) {
    return Quantity::ratio;
  }
  return Quantity::number;
}

}  // namespace

QStringList sweepPathsOf(const nlohmann::json& scenario) {
  QStringList paths;
  collectPaths(scenario, {}, paths);
  return paths;
}

BatchModel::BatchModel(QObject* parent) : QAbstractTableModel(parent) {}

void BatchModel::setPoints(const QString& parameter, const std::vector<BatchPoint>& points) {
  beginResetModel();
  parameter_ = parameter;
  points_ = points;
  values_.assign(points.size(), {});
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].result == nullptr) continue;
    values_[i] = {scalarsOf(*points[i].result), points[i].result->intervals};
  }
  chooseMetrics();
  endResetModel();
}

void BatchModel::setPoint(int index, const BatchPoint& point) {
  if (index < 0 || index >= rowCount()) return;
  const auto at = static_cast<std::size_t>(index);
  points_[at] = point;
  values_[at] = point.result == nullptr
                    ? BatchValues()
                    : BatchValues{scalarsOf(*point.result), point.result->intervals};
  const QStringList before = metrics_;
  chooseMetrics();
  if (metrics_ != before) {
    const QStringList after = metrics_;
    metrics_ = before;
    beginResetModel();
    metrics_ = after;
    endResetModel();
  } else {
    Q_EMIT dataChanged(this->index(index, 0), this->index(index, columnCount() - 1));
  }
}

void BatchModel::chooseMetrics() {
  metrics_ = {"requests.throughput_per_second", "requests.latency_seconds.p50",
              "requests.latency_seconds.p99", "requests.fail", "requests.unknown"};
  for (const BatchPoint& point : points_) {
    if (point.result == nullptr) continue;
    for (const sim::SloResult& slo : point.result->slos) {
      metrics_ << "slos." + QString::fromStdString(slo.name) + ".ratio";
    }
    break;
  }
}

QStringList BatchModel::allMetrics() const {
  std::map<std::string, double> all;
  for (const BatchValues& values : values_)
    all.insert(values.scalars.begin(), values.scalars.end());
  QStringList names;
  for (const auto& [name, value] : all) {
    if (name.starts_with("requests.") || name.starts_with("groups.") || name.starts_with("slos.") ||
        name.starts_with("consistency.") || name.starts_with("load_test.") ||
        name.starts_with("cost.")) {
      names << QString::fromStdString(name);
    }
  }
  return names;
}

const BatchValues* BatchModel::values(int row) const {
  if (row < 0 || row >= rowCount() || points_[static_cast<std::size_t>(row)].result == nullptr) {
    return nullptr;
  }
  return &values_[static_cast<std::size_t>(row)];
}

int BatchModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(points_.size());
}

int BatchModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(metrics_.size()) + 1;
}

QVariant BatchModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const BatchPoint& point = points_[static_cast<std::size_t>(index.row())];
  if (index.column() == 0) {
    if (role != Qt::DisplayRole) return {};
    return point.value.isEmpty() ? tr("as in the scenario") : point.value;
  }
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  const BatchValues* values = this->values(index.row());
  if (values == nullptr) return QStringLiteral("…");
  const QString& path = metrics_[index.column() - 1];
  const auto found = values->scalars.find(path.toStdString());
  if (found == values->scalars.end()) return QStringLiteral("–");
  const auto interval = values->intervals.find(path.toStdString());
  const QString text = formatPathValue(path, found->second);
  if (interval == values->intervals.end() || !std::isfinite(interval->second.half_width)) {
    return text;
  }
  return QStringLiteral("%1 ± %2").arg(text, formatPathValue(path, interval->second.half_width));
}

QVariant BatchModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (section == 0) {
    if (role != Qt::DisplayRole) return {};
    return parameter_.isEmpty() ? tr("Scenario") : parameter_;
  }
  if (section > metrics_.size()) return {};
  const QString& path = metrics_[section - 1];
  if (role == Qt::ToolTipRole) return path;
  if (role != Qt::DisplayRole) return {};
  if (path == "requests.throughput_per_second") return tr("Throughput");
  if (path == "requests.latency_seconds.p50") return tr("p50");
  if (path == "requests.latency_seconds.p99") return tr("p99");
  if (path == "requests.fail") return tr("Failed");
  if (path == "requests.unknown") return tr("Unknown");
  if (path.startsWith("slos.")) return tr("SLO %1").arg(path.section('.', 1, -2));
  return path;
}

QByteArray BatchModel::csv() const {
  QStringList head{parameter_.isEmpty() ? "scenario" : parameter_, "replications"};
  const QStringList all = allMetrics();
  for (const QString& path : all) head << path << path + ".half_width";
  std::vector<QStringList> table{head};
  for (int row = 0; row < rowCount(); ++row) {
    const BatchValues* values = this->values(row);
    if (values == nullptr) continue;
    const BatchPoint& point = points_[static_cast<std::size_t>(row)];
    QStringList line{point.value, QString::number(point.result->replications)};
    for (const QString& path : all) {
      const auto found = values->scalars.find(path.toStdString());
      line << (found == values->scalars.end() ? QString() : exactNumber(found->second));
      const auto interval = values->intervals.find(path.toStdString());
      line << (interval == values->intervals.end() ? QString()
                                                   : exactNumber(interval->second.half_width));
    }
    table.push_back(line);
  }
  return toCsv(table);
}

BatchPanel::BatchPanel(Document& document, ChartSource& source, QWidget* parent)
    : QWidget(parent), document_(document), source_(source) {
  setObjectName("BatchPanel");
  controller_ = new BatchController(this);
  model_ = new BatchModel(this);
  path_label_ = new QLabel(this);
  values_label_ = new QLabel(this);
  replications_label_ = new QLabel(this);
  path_ = new QComboBox(this);
  path_->setEditable(true);
  path_->setInsertPolicy(QComboBox::NoInsert);
  path_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  path_->setMinimumContentsLength(16);
  path_->completer()->setFilterMode(Qt::MatchContains);
  path_->completer()->setCompletionMode(QCompleter::PopupCompletion);
  values_ = new QLineEdit(this);
  replications_ = new QSpinBox(this);
  replications_->setRange(1, 100'000);
  replications_->setValue(10);
  plan_ = new QLabel(this);
  plan_->setWordWrap(true);
  plan_->setMinimumWidth(40);
  start_ = new QPushButton(this);
  start_->setDefault(true);
  cancel_ = new QPushButton(this);
  export_ = new QPushButton(this);
  show_ = new QPushButton(this);
  pin_ = new QPushButton(this);
  progress_ = new QProgressBar(this);
  progress_->setRange(0, 1000);
  progress_->setTextVisible(false);
  state_ = new QLabel(this);
  state_->setWordWrap(true);
  state_->setMinimumWidth(40);
  view_ = new QTableView(this);
  view_->setModel(model_);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::SingleSelection);
  view_->setShowGrid(false);
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setDefaultSectionSize(view_->fontMetrics().height() + 6);
  view_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  view_->setTabKeyNavigation(false);
  metric_ = new QComboBox(this);
  metric_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  metric_->setMinimumContentsLength(18);
  chart_ = new ChartPanel(nullptr, this);
  chart_->setCsvName("value");

  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  form->addRow(path_label_, path_);
  form->addRow(values_label_, values_);
  form->addRow(replications_label_, replications_);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(start_);
  buttons->addWidget(cancel_);
  buttons->addStretch(1);
  auto* left = new QWidget(this);
  auto* left_layout = new QVBoxLayout(left);
  left_layout->setContentsMargins(0, 0, 6, 0);
  left_layout->addLayout(form);
  left_layout->addWidget(plan_);
  left_layout->addLayout(buttons);
  left_layout->addWidget(progress_);
  left_layout->addWidget(state_);
  left_layout->addStretch(1);
  auto* table_buttons = new QHBoxLayout;
  table_buttons->addWidget(show_);
  table_buttons->addWidget(pin_);
  table_buttons->addWidget(export_);
  table_buttons->addStretch(1);
  auto* right = new QWidget(this);
  results_ = right;
  auto* right_layout = new QVBoxLayout(right);
  right_layout->setContentsMargins(0, 0, 0, 0);
  right_layout->addWidget(view_, 1);
  right_layout->addLayout(table_buttons);
  auto* chart_box = new QWidget(this);
  auto* chart_layout = new QVBoxLayout(chart_box);
  chart_layout->setContentsMargins(0, 0, 0, 0);
  chart_layout->addWidget(metric_);
  chart_layout->addWidget(chart_, 1);
  auto* splitter = new QSplitter(this);
  splitter->addWidget(left);
  splitter->addWidget(right);
  splitter->addWidget(chart_box);
  splitter->setStretchFactor(0, 2);
  splitter->setStretchFactor(1, 4);
  splitter->setStretchFactor(2, 4);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 6);
  layout->addWidget(splitter);

  connect(path_, &QComboBox::currentTextChanged, this, &BatchPanel::refreshForm);
  connect(values_, &QLineEdit::textChanged, this, &BatchPanel::refreshForm);
  connect(replications_, &QSpinBox::valueChanged, this, &BatchPanel::refreshForm);
  connect(values_, &QLineEdit::returnPressed, this, [this] {
    if (start_->isEnabled()) start();
  });
  connect(start_, &QPushButton::clicked, this, &BatchPanel::start);
  connect(cancel_, &QPushButton::clicked, controller_, &BatchController::cancel);
  connect(export_, &QPushButton::clicked, this, &BatchPanel::exportDialog);
  connect(metric_, &QComboBox::currentIndexChanged, this, &BatchPanel::refreshChart);
  connect(&document_, &Document::textChanged, this, &BatchPanel::refreshPaths);
  connect(&document_, &Document::problemsChanged, this, &BatchPanel::refreshForm);
  connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &BatchPanel::refreshForm);
  const auto selected = [this]() -> ResultPtr {
    const int row = view_->currentIndex().row();
    return model_->values(row) != nullptr ? model_->points()[static_cast<std::size_t>(row)].result
                                          : nullptr;
  };
  connect(show_, &QPushButton::clicked, this, [this, selected] {
    if (const ResultPtr result = selected()) {
      source_.clear();
      source_.setResult(result);
    }
  });
  connect(pin_, &QPushButton::clicked, this, [this, selected] {
    if (const ResultPtr result = selected()) {
      const QString value = view_->currentIndex().siblingAtColumn(0).data().toString();
      source_.pinRun({result, nullptr,
                      tr("%1, %2").arg(QString::fromStdString(result->title),
                                       controller_->request().path.isEmpty()
                                           ? value
                                           : controller_->request().path + " = " + value)});
    }
  });
  connect(controller_, &BatchController::progressed, this, &BatchPanel::showProgress);
  connect(controller_, &BatchController::pointReady, this, [this](int index) {
    if (index < 0 || index >= static_cast<int>(controller_->points().size())) return;
    model_->setPoint(index, controller_->points()[static_cast<std::size_t>(index)]);
    view_->resizeColumnsToContents();
    refreshMetrics();
    refreshChart();
  });
  connect(controller_, &BatchController::finished, this, [this](bool complete) {
    if (!failed_) {
      progress_->setValue(complete ? 1000 : progress_->value());
      state_->setText(complete ? tr("Done.") : tr("Cancelled: what is complete stays."));
    }
    refreshForm();
    refreshChart();
  });
  connect(controller_, &BatchController::failed, this, [this](const QString& message) {
    failed_ = true;
    state_->setText(tr("It could not go on: %1").arg(shownRunError(message)));
    refreshForm();
  });
  refreshPaths();
  retranslate();
}

void BatchPanel::retranslate() {
  path_label_->setText(tr("Vary"));
  values_label_->setText(tr("Values"));
  replications_label_->setText(tr("Replications"));
  path_->lineEdit()->setPlaceholderText(tr("nothing: replications only"));
  path_->setAccessibleName(tr("Parameter to vary"));
  values_->setPlaceholderText(tr("1, 2, 4  or  4..32 step 4"));
  values_->setAccessibleName(tr("Values"));
  replications_->setAccessibleName(tr("Replications"));
  start_->setText(tr("Start"));
  cancel_->setText(tr("Cancel"));
  export_->setText(tr("Export…"));
  show_->setText(tr("Show"));
  show_->setToolTip(tr("Show this result in the charts"));
  pin_->setText(tr("Pin"));
  pin_->setToolTip(tr("Pin this result to compare with"));
  metric_->setAccessibleName(tr("Number that is drawn"));
  view_->setAccessibleName(tr("Results of the sweep"));
  setAccessibleName(tr("Replications and sweeps"));
  chart_->setTitle(tr("Over the values"));
  chart_->setEmptyText(tr("Start replications or a sweep to see its numbers here."));
  refreshForm();
  refreshChart();
}

QString BatchPanel::currentValue(const QString& path) const {
  const auto range = document_.rangeOf(path);
  if (!range) return {};
  return QString::fromUtf8(document_.text().mid(range->begin, range->end - range->begin)).trimmed();
}

void BatchPanel::refreshPaths() {
  const QStringList paths = sweepPathsOf(document_.json());
  if (path_->count() == paths.size() + 1) {
    bool same = true;
    for (int i = 0; same && i < paths.size(); ++i) same = path_->itemText(i + 1) == paths[i];
    if (same) {
      refreshForm();
      return;
    }
  }
  const QSignalBlocker quiet(path_);
  const QString before = path_->currentText();
  path_->clear();
  path_->addItem(QString());
  path_->addItems(paths);
  path_->setCurrentText(before);
  refreshForm();
}

void BatchPanel::setSweep(const QString& path, const QString& values, int replications) {
  path_->setCurrentText(path);
  values_->setText(values);
  replications_->setValue(replications);
}

void BatchPanel::refreshForm() {
  const bool running = controller_->isRunning();
  const QString path = path_->currentText().trimmed();
  values_->setEnabled(!path.isEmpty() && !running);
  path_->setEnabled(!running);
  replications_->setEnabled(!running);
  QString plan;
  bool ready = true;
  int points = 1;
  if (document_.spec() == nullptr) {
    plan = tr("The scenario has problems: mend them first.");
    ready = false;
  } else if (!path.isEmpty()) {
    points = static_cast<int>(BatchController::valuesOf(values_->text()).size());
    const QString now = currentValue(path);
    if (points == 0) {
      plan = now.isEmpty() ? tr("Give the values to try.")
                           : tr("Now %1. Give the values to try.").arg(now);
      ready = false;
    }
  }
  if (ready) {
    const int runs = points * replications_->value();
    plan = tr("Runs: %1").arg(formatCount(runs));
    if (replications_->value() == 1) plan += tr("; at least 2 replications give intervals");
  }
  plan_->setText(plan);
  start_->setEnabled(ready && !running);
  cancel_->setEnabled(running);
  progress_->setVisible(running || model_->rowCount() > 0);
  results_->setVisible(running || model_->rowCount() > 0);
  const bool selected = model_->values(view_->currentIndex().row()) != nullptr;
  show_->setEnabled(selected);
  pin_->setEnabled(selected);
  export_->setEnabled(!model_->allMetrics().isEmpty());
}

void BatchPanel::start() {
  BatchRequest request;
  request.text = document_.text();
  request.baseDirectory = document_.baseDirectory();
  request.replications = static_cast<quint64>(replications_->value());
  request.path = path_->currentText().trimmed();
  if (!request.path.isEmpty()) request.values = BatchController::valuesOf(values_->text());
  failed_ = false;
  state_->setText(tr("Begins…"));
  progress_->setValue(0);
  controller_->start(request);
  model_->setPoints(request.path, controller_->points());
  refreshMetrics();
  refreshChart();
  refreshForm();
}

void BatchPanel::showProgress(const BatchProgress& progress) {
  progress_->setValue(static_cast<int>(progress.share * 1000));
  QString text = tr("%1 of %2 runs")
                     .arg(formatCount(static_cast<double>(progress.runsDone)),
                          formatCount(static_cast<double>(progress.runs)));
  if (progress.secondsLeft >= 0)
    text += tr(", %1 left").arg(formatSeconds(progress.secondsLeft, 2));
  state_->setText(text);
}

void BatchPanel::refreshMetrics() {
  const QSignalBlocker quiet(metric_);
  QString before = metric_->currentText();
  if (before.isEmpty()) before = "requests.latency_seconds.p99";
  const QStringList all = model_->allMetrics();
  metric_->clear();
  metric_->addItems(all);
  metric_->setCurrentIndex(std::max(0, static_cast<int>(all.indexOf(before))));
  metric_->setEnabled(!all.isEmpty());
}

void BatchPanel::refreshChart() {
  const QString path = metric_->currentText();
  chart_->setQuantities(Quantity::number, quantityOf(path));
  ChartSeries mean;
  mean.id = path.isEmpty() ? "value" : path;
  mean.name = path.isEmpty() ? tr("value") : path;
  mean.tone = {Tone::Kind::series, 0};
  mean.dots = true;
  ChartSeries low = mean;
  low.dots = false;
  low.id += ".low";
  low.name = tr("95 % interval, low end");
  low.dashed = true;
  low.tone = {Tone::Kind::muted, 0};
  ChartSeries high = low;
  high.id = mean.id + ".high";
  high.name = tr("95 % interval, high end");
  // Words have no place on an axis of numbers: they stand in their order.
  bool numbers = true;
  for (const BatchPoint& point : model_->points()) numbers = numbers && numberOf(point.value);
  std::vector<std::pair<double, int>> order;
  for (int row = 0; row < model_->rowCount(); ++row) {
    const auto value = numberOf(model_->points()[static_cast<std::size_t>(row)].value);
    order.emplace_back(numbers && value ? *value : row + 1, row);
  }
  std::sort(order.begin(), order.end());
  bool intervals = false;
  for (const auto& [x, row] : order) {
    const BatchValues* values = model_->values(row);
    if (values == nullptr) continue;
    const auto found = values->scalars.find(path.toStdString());
    if (found == values->scalars.end()) continue;
    const auto interval = values->intervals.find(path.toStdString());
    const bool has =
        interval != values->intervals.end() && std::isfinite(interval->second.half_width);
    intervals = intervals || has;
    for (ChartSeries* series : {&mean, &low, &high}) series->from.push_back(x);
    mean.y.push_back(found->second);
    low.y.push_back(has ? interval->second.mean - interval->second.half_width : std::nan(""));
    high.y.push_back(has ? interval->second.mean + interval->second.half_width : std::nan(""));
  }
  std::vector<ChartSeries> all{mean};
  if (intervals) {
    all.push_back(low);
    all.push_back(high);
  }
  const BatchRequest& request = controller_->request();
  QString covers;
  if (!model_->points().empty()) {
    covers =
        request.path.isEmpty()
            ? tr("%1 replications of the scenario").arg(request.replications)
            : tr("over %1, %2 replications of each").arg(request.path).arg(request.replications);
    if (!numbers && !request.path.isEmpty()) covers += tr("; values in their order");
  }
  chart_->setCovers(covers);
  chart_->setSeries(std::move(all));
}

bool BatchPanel::exportTo(const QString& fileName, QString* error) {
  QSaveFile file(fileName);
  if (file.open(QIODevice::WriteOnly) && file.write(model_->csv()) >= 0 && file.commit()) {
    return true;
  }
  if (error != nullptr) *error = tr("Cannot write %1: %2").arg(fileName, file.errorString());
  return false;
}

void BatchPanel::exportDialog() {
  const QString name =
      QFileDialog::getSaveFileName(this, tr("Export results"), "sweep.csv", tr("Numbers (*.csv)"));
  QString error;
  if (!name.isEmpty() && !exportTo(name, &error)) {
    QMessageBox::warning(this, tr("Export results"), error);
  }
}

void BatchPanel::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QWidget::changeEvent(event);
}

}  // namespace faultline::gui
