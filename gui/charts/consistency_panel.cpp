#include "gui/charts/consistency_panel.hpp"

#include <array>
#include <cmath>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableView>
#include <QTreeView>
#include <QVBoxLayout>

#include "gui/charts/chart_data.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"
#include "reports/witness_text.hpp"
#include "sim/scenario/consistency_spec.hpp"

namespace faultline::gui {
namespace {

using sim::consistency::Verdict;

/// The chain of models from strong to weak, then the guarantees of sessions.
constexpr std::array<const char*, 10> model_order = {"linearizable",
                                                     "sequential",
                                                     "regular",
                                                     "causal",
                                                     "causal_convergence",
                                                     "pram",
                                                     "read_your_writes",
                                                     "monotonic_reads",
                                                     "monotonic_writes",
                                                     "writes_follow_reads"};

QString secondsOrNever(double seconds) {
  return std::isinf(seconds) ? VerdictModel::tr("never") : formatSeconds(seconds);
}

}  // namespace

VerdictModel::VerdictModel(QObject* parent) : QAbstractItemModel(parent) {}

QString VerdictModel::modelText(const std::string& name) {
  if (name == "linearizable") return tr("linearizable");
  if (name == "sequential") return tr("sequential");
  if (name == "regular") return tr("regular");
  if (name == "causal") return tr("causal");
  if (name == "causal_convergence") return tr("causal convergence");
  if (name == "pram") return tr("PRAM");
  if (name == "read_your_writes") return tr("read your writes");
  if (name == "monotonic_reads") return tr("monotonic reads");
  if (name == "monotonic_writes") return tr("monotonic writes");
  if (name == "writes_follow_reads") return tr("writes follow reads");
  if (name == "strict_serializable") return tr("strict serializable");
  if (name == "serializable") return tr("serializable");
  if (name == "snapshot_isolation") return tr("snapshot isolation");
  if (name == "prefix") return tr("prefix");
  if (name == "read_atomic") return tr("read atomic");
  if (name == "read_committed") return tr("read committed");
  if (name == "session") return tr("session guarantees");
  if (name == "none") return tr("none");
  if (name.empty()) return tr("not decided");
  return QString::fromStdString(name);
}

namespace {

/// What a checker says, in the window's language where its form is known.
QString sentence(const std::string& english) {
  const auto said = reports::checker_sentence(english, modelLanguage());
  return QString::fromStdString(said.value_or(english));
}

}  // namespace

QStringList VerdictModel::detailsOf(const sim::ModelVerdicts& verdicts) {
  QStringList details;
  if (verdicts.violated > 0) {
    const auto& witness = verdicts.witness;
    if (!witness.why.empty()) details << sentence(witness.why);
    for (const auto& operation : witness.operations) {
      const QString at =
          operation.completed == sim::time_max
              ? tr("from %1, no answer").arg(formatClock(sim::to_seconds(operation.invoked)))
              : tr("%1 to %2")
                    .arg(formatClock(sim::to_seconds(operation.invoked)),
                         formatClock(sim::to_seconds(operation.completed)));
      details << tr("session %1: %2 (%3)")
                     .arg(QString::fromStdString(operation.session),
                          QString::fromStdString(
                              reports::checker_operation(operation.text, modelLanguage())),
                          at);
    }
  } else if (verdicts.unknown > 0 && !verdicts.reason.empty()) {
    details << sentence(verdicts.reason);
  }
  return details;
}

void VerdictModel::setResult(ResultPtr result) {
  beginResetModel();
  result_ = std::move(result);
  rows_.clear();
  if (result_ != nullptr) {
    const auto add = [this](const QString& title, const sim::ModelVerdicts& verdicts) {
      rows_.push_back({title, &verdicts, detailsOf(verdicts)});
    };
    const auto& models = result_->consistency.models;
    for (const char* name : model_order) {
      const auto found = models.find(name);
      if (found != models.end()) add(modelText(name), found->second);
    }
    for (const auto& [stores, seen] : result_->consistency.transactions) {
      for (const std::string_view level : sim::isolation_levels) {
        const auto found = seen.levels.find(std::string(level));
        if (found == seen.levels.end()) continue;
        add(tr("%1: %2").arg(QString::fromStdString(stores), modelText(found->first)),
            found->second);
      }
    }
  }
  endResetModel();
}

// A row's own index carries 0, that of a detail the number of its parent's row plus 1.
QModelIndex VerdictModel::index(int row, int column, const QModelIndex& parent) const {
  if (!hasIndex(row, column, parent)) return {};
  return createIndex(row, column,
                     parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : quintptr{0});
}

QModelIndex VerdictModel::parent(const QModelIndex& index) const {
  if (!index.isValid() || index.internalId() == 0) return {};
  return createIndex(static_cast<int>(index.internalId()) - 1, 0, quintptr{0});
}

int VerdictModel::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) return static_cast<int>(rows_.size());
  if (parent.internalId() != 0 || parent.column() != 0) return 0;
  return static_cast<int>(rows_[static_cast<std::size_t>(parent.row())].details.size());
}

int VerdictModel::columnCount(const QModelIndex&) const { return column_count; }

QVariant VerdictModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  if (index.internalId() != 0) {
    const Row& row = rows_[static_cast<std::size_t>(index.internalId()) - 1];
    if (index.column() != name) return {};
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return row.details[index.row()];
    if (role == Qt::ForegroundRole) return Theme::instance().mutedText();
    return {};
  }
  const Row& row = rows_[static_cast<std::size_t>(index.row())];
  const Verdict found = row.verdicts->verdict();
  if (role == Qt::ForegroundRole && index.column() == verdict) {
    const Theme& theme = Theme::instance();
    return found == Verdict::holds      ? theme.good()
           : found == Verdict::violated ? theme.bad()
                                        : theme.mutedText();
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case name:
      return row.title;
    case verdict:
      return found == Verdict::holds      ? tr("✓ holds")
             : found == Verdict::violated ? tr("✕ violated")
                                          : tr("? unknown");
    case histories: {
      QStringList parts;
      if (row.verdicts->held > 0) parts << tr("held in %1").arg(row.verdicts->held);
      if (row.verdicts->violated > 0) parts << tr("violated in %1").arg(row.verdicts->violated);
      if (row.verdicts->unknown > 0) parts << tr("unknown in %1").arg(row.verdicts->unknown);
      return parts.join(", ");
    }
    default:
      return {};
  }
}

QVariant VerdictModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case name:
      return tr("Model");
    case verdict:
      return tr("Verdict");
    case histories:
      return tr("Histories");
    default:
      return {};
  }
}

AvailabilityModel::AvailabilityModel(QObject* parent) : QAbstractTableModel(parent) {}

void AvailabilityModel::setResult(ResultPtr result) {
  beginResetModel();
  result_ = std::move(result);
  rows_.clear();
  if (result_ != nullptr) {
    for (const sim::SideAvailability& side : result_->consistency.sides) {
      if (side.is_empty()) continue;
      rows_.push_back({&side, &side.reads, false});
      rows_.push_back({&side, &side.writes, true});
    }
  }
  endResetModel();
}

int AvailabilityModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int AvailabilityModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : column_count;
}

QVariant AvailabilityModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Row& row = rows_[static_cast<std::size_t>(index.row())];
  const bool phase = index.column() >= before && index.column() <= after;
  if (phase) {
    const auto& counts = row.kind->phases[static_cast<std::size_t>(index.column() - before)];
    if (role == Qt::DisplayRole) return formatPercent(counts.ratio());
    if (role == Qt::ToolTipRole) {
      return tr("ok %1, failed %2, timed out %3")
          .arg(formatCount(static_cast<double>(counts.ok)),
               formatCount(static_cast<double>(counts.failed)),
               formatCount(static_cast<double>(counts.timed_out)));
    }
    if (role == Qt::ForegroundRole && counts.all() > 0) {
      if (counts.ratio() < 0.5) return Theme::instance().bad();
      if (counts.ratio() < 0.99) return Theme::instance().warning();
    }
    return {};
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case side:
      return row.side->name == "all" ? tr("all together") : QString::fromStdString(row.side->name);
    case operations:
      return row.writes ? tr("writes") : tr("reads");
    case outage:
      return secondsOrNever(row.kind->outage_seconds);
    default:
      return {};
  }
}

QVariant AvailabilityModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case side:
      return tr("Side");
    case operations:
      return tr("Operations");
    case before:
      return tr("Before");
    case during:
      return tr("During");
    case after:
      return tr("After");
    case outage:
      return tr("Longest outage");
    default:
      return {};
  }
}

FreshnessChart::FreshnessChart(ChartSource& source, QWidget* parent)
    : SourceChart(source, false, parent) {
  setObjectName("FreshnessChart");
  setQuantities(Quantity::seconds, Quantity::ratio);
  setValueRange(0, 1.04);
  setLogX(true);
  setLogChoices(true, false);
  setCsvName("age_seconds");
  refresh();
}

void FreshnessChart::fill() {
  setTitle(tr("Fresh reads by age of the last write"));
  setEmpty(tr("Run the scenario to its end to see how fresh reads are."),
           tr("No read of this run says how old its value is."));
  setCovers(
      tr("share of reads that found the newest acknowledged write, by the time since that "
         "write"));
  std::vector<ChartSeries> all;
  const auto add = [&](const sim::Result& result, bool pinned) {
    const auto& buckets = result.consistency.freshness;
    ChartSeries series;
    series.id = pinned ? "pinned.fresh_ratio" : "fresh_ratio";
    series.name = pinned ? tr("pinned") : tr("fresh reads");
    series.tone = {Tone::Kind::series, pinned ? 1 : 0};
    series.dashed = pinned;
    series.shape = ChartSeries::Shape::line;
    for (std::size_t i = 1; i + 1 < buckets.size(); ++i) {
      if (buckets[i].reads == 0) continue;
      series.from.push_back(sim::freshness_from_seconds(i));
      series.to.push_back(sim::freshness_from_seconds(i + 1));
      series.y.push_back(static_cast<double>(buckets[i].fresh) /
                         static_cast<double>(buckets[i].reads));
    }
    if (!series.y.empty()) all.push_back(std::move(series));
  };
  if (source().result() != nullptr) add(*source().result(), false);
  if (pinnedSeries(source())) add(*source().pinned().result, true);
  setSeries(std::move(all));
}

ConsistencyPanel::ConsistencyPanel(ChartSource& source, QWidget* parent)
    : SourcePanel(source, parent) {
  setObjectName("ConsistencyPanel");
  verdicts_ = new VerdictModel(this);
  availability_ = new AvailabilityModel(this);
  auto* content = new QWidget;
  content->setObjectName("content");
  summary_ = new QLabel(content);
  summary_->setWordWrap(true);
  summary_->setTextFormat(Qt::PlainText);
  summary_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  verdict_title_ = new QLabel(content);
  availability_title_ = new QLabel(content);
  availability_title_->setWordWrap(true);
  verdict_view_ = new QTreeView(content);
  verdict_view_->setModel(verdicts_);
  verdict_view_->setWordWrap(true);
  verdict_view_->setUniformRowHeights(false);
  verdict_view_->setMinimumHeight(170);
  verdict_view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  verdict_view_->header()->setStretchLastSection(true);
  verdict_view_->setColumnWidth(VerdictModel::name, 220);
  verdict_view_->setColumnWidth(VerdictModel::verdict, 110);
  availability_view_ = new QTableView(content);
  availability_view_->setModel(availability_);
  availability_view_->setShowGrid(false);
  availability_view_->verticalHeader()->hide();
  availability_view_->verticalHeader()->setDefaultSectionSize(
      availability_view_->fontMetrics().height() + 6);
  availability_view_->horizontalHeader()->setStretchLastSection(true);
  availability_view_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  availability_view_->setMinimumHeight(150);
  availability_view_->setTabKeyNavigation(false);
  freshness_ = new FreshnessChart(source, content);
  freshness_->setMinimumHeight(220);
  auto* inner = new QVBoxLayout(content);
  inner->setContentsMargins(10, 8, 10, 8);
  inner->addWidget(summary_);
  inner->addWidget(verdict_title_);
  inner->addWidget(verdict_view_, 2);
  inner->addWidget(availability_title_);
  inner->addWidget(availability_view_, 1);
  inner->addWidget(freshness_, 2);
  auto* scroll = new QScrollArea(this);
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(emptyLine());
  stack_->addWidget(scroll);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(stack_);
  // The text of a witness takes the whole line.
  connect(verdicts_, &QAbstractItemModel::modelReset, this, [this] {
    for (int row = 0; row < verdicts_->rowCount(); ++row) {
      const QModelIndex parent = verdicts_->index(row, 0);
      for (int detail = 0; detail < verdicts_->rowCount(parent); ++detail) {
        verdict_view_->setFirstColumnSpanned(detail, parent, true);
      }
      verdict_view_->setExpanded(parent, verdicts_->rowCount(parent) > 0 && row < 2);
    }
  });
  open();
}

void ConsistencyPanel::applyTheme() {
  SourcePanel::applyTheme();
  const Theme& theme = Theme::instance();
  if (auto* content = findChild<QWidget*>("content")) {
    content->setPalette(palette());
    content->setAutoFillBackground(true);
  }
  verdict_title_->setFont(theme.boldFont());
  availability_title_->setFont(theme.boldFont());
}

QString ConsistencyPanel::summary() const { return summary_->text(); }

QString ConsistencyPanel::summaryOf(const sim::Result& result) const {
  const sim::ConsistencyResult& seen = result.consistency;
  const auto number = [](std::uint64_t count) { return formatCount(static_cast<double>(count)); };
  QStringList lines;
  const bool only_transactions = seen.operations == 0 && !seen.transactions.empty();
  for (const auto& [stores, transactions] : seen.transactions) {
    QStringList names;
    for (const auto& [name, runs] : transactions.anomalies) names << QString::fromStdString(name);
    lines << tr("Transactions at %1: %2 committed, %3 aborted; strongest level that held: %4")
                 .arg(QString::fromStdString(stores), number(transactions.committed),
                      number(transactions.aborted),
                      VerdictModel::modelText(transactions.strongest()));
    if (!names.isEmpty()) lines.back() += tr("; anomalies: %1").arg(names.join(", "));
  }
  if (only_transactions) return lines.join('\n');
  lines << tr("Strongest model that held: %1").arg(VerdictModel::modelText(seen.strongest()));
  lines << tr("Watched: %1 operations (%2 reads and %3 writes ended ok), %4 keys, %5 sessions, "
              "warm-up included")
               .arg(number(seen.operations), number(seen.reads), number(seen.writes),
                    number(seen.keys), number(seen.sessions));
  if (seen.reads_judged > 0) {
    QString stale = tr("Stale reads: %1 of %2 (%3)")
                        .arg(number(seen.reads_stale), number(seen.reads_judged),
                             formatPercent(static_cast<double>(seen.reads_stale) /
                                           static_cast<double>(seen.reads_judged)));
    if (!seen.stale_for.empty()) {
      stale += tr(", behind by p50 %1, p99 %2, at most %3")
                   .arg(formatSeconds(static_cast<double>(seen.stale_for.quantile(0.5)) / 1e9),
                        formatSeconds(static_cast<double>(seen.stale_for.quantile(0.99)) / 1e9),
                        formatSeconds(static_cast<double>(seen.stale_for.max()) / 1e9));
    }
    lines << stale;
  }
  if (seen.writes_judged > 0) {
    lines << tr("Lost acknowledged writes: %1 of %2")
                 .arg(number(seen.writes_lost), number(seen.writes_judged));
  }
  const std::pair<double, QString> times[] = {
      {seen.convergence_seconds, tr("convergence after the fault %1")},
      {seen.rpo_seconds, tr("lost time of writes (RPO) %1")},
      {seen.rto_seconds, tr("time without writes (RTO) %1")},
      {seen.leaderless_seconds, tr("without a leader %1")}};
  QStringList parts;
  for (const auto& [seconds, text] : times) {
    if (!std::isnan(seconds)) parts << text.arg(secondsOrNever(seconds));
  }
  if (!parts.isEmpty()) lines << tr("Times: %1").arg(parts.join(", "));
  lines << tr("Staleness and availability: %1").arg(statisticsCovers(result));
  return lines.join('\n');
}

void ConsistencyPanel::refresh() {
  const ResultPtr& result = source().result();
  const bool any = result != nullptr && result->consistency.histories > 0;
  shown_ = any ? result : nullptr;
  verdicts_->setResult(shown_);
  availability_->setResult(shown_);
  summary_->setText(any ? summaryOf(*result) : QString());
  verdict_title_->setText(tr("Verdicts"));
  availability_title_->setText(tr("Availability on each side, by when operations began"));
  const bool sides = availability_->rowCount() > 0;
  availability_title_->setVisible(sides);
  availability_view_->setVisible(sides);
  availability_view_->resizeColumnsToContents();
  emptyLine()->setText(
      result == nullptr
          ? tr("Run the scenario to its end to see what its clients may rely on.")
          : tr("This scenario does not watch consistency. Add a section \"consistency\" to record "
               "and check what clients see."));
  stack_->setCurrentIndex(any ? 1 : 0);
  freshness_->refresh();
  setAccessibleName(tr("Consistency"));
}

}  // namespace faultline::gui
