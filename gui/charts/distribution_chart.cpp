#include "gui/charts/distribution_chart.hpp"

#include <algorithm>
#include <QComboBox>
#include <QSignalBlocker>

#include "gui/charts/flow_layout.hpp"
#include "gui/shell/format.hpp"

namespace faultline::gui {

DistributionChart::DistributionChart(ChartSource& source, QWidget* parent)
    : SourceChart(source, false, parent) {
  setObjectName("DistributionChart");
  subjects_ = new QComboBox(this);
  forms_ = new QComboBox(this);
  for (QComboBox* box : {subjects_, forms_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMinimumContentsLength(4);
    QSizePolicy policy = box->sizePolicy();
    policy.setHorizontalPolicy(QSizePolicy::Maximum);
    box->setSizePolicy(policy);
    headLayout()->addWidget(box);
  }
  connect(forms_, &QComboBox::activated, this,
          [this](int index) { setForm(static_cast<DistributionForm>(index)); });
  connect(subjects_, &QComboBox::activated, this,
          [this](int index) { setSubject(subjects_->itemData(index).toString()); });
  setLogChoices(true, true);
  setCsvName(QStringLiteral("latency_seconds"));
  setLogX(true);
  connect(this, &ChartPanel::logChanged, this, [this] { fill(); });
  refresh();
}

void DistributionChart::setForm(DistributionForm form) {
  form_ = form;
  forms_->setCurrentIndex(static_cast<int>(form));
  const QSignalBlocker quiet(this);
  zoomValues(0, 0);
  setLogX(true);
  setLogY(form == DistributionForm::complementary);
  fill();
}

void DistributionChart::setSubject(const QString& subject) {
  subject_ = subject;
  fill();
}

QJsonObject DistributionChart::view() const {
  QJsonObject view = SourceChart::view();
  view["form"] = static_cast<int>(form_);
  if (!subject_.isEmpty()) view["subject"] = subject_;
  return view;
}

void DistributionChart::setView(const QJsonObject& view) {
  subject_ = view["subject"].toString();
  const int form = std::clamp(view["form"].toInt(), 0, forms_->count() - 1);
  setForm(static_cast<DistributionForm>(form));
  // Without a word the axes are those that suit the form.
  if (view.contains("form")) SourceChart::setView(view);
}

const sim::Histogram* DistributionChart::histogramOf(const sim::Result* result,
                                                     const sim::Snapshot* snapshot) const {
  if (subject_.isEmpty()) {
    if (result != nullptr) return &result->requests.latency;
    return snapshot != nullptr ? &snapshot->latency : nullptr;
  }
  if (result == nullptr) return nullptr;
  if (subject_.startsWith("class:")) {
    const auto found = result->by_class.find(subject_.mid(6).toStdString());
    return found == result->by_class.end() ? nullptr : &found->second.latency;
  }
  const auto group = result->groups.find(subject_.toStdString());
  if (group == result->groups.end()) return nullptr;
  const auto found = group->second.histograms.find("latency_seconds");
  return found == group->second.histograms.end() ? nullptr : &found->second;
}

void DistributionChart::fillSubjects() {
  const QSignalBlocker quiet(subjects_);
  QList<std::pair<QString, QString>> entries = {{tr("All requests"), QString()}};
  if (const ResultPtr& result = source().result()) {
    if (result->by_class.size() > 1) {
      for (const auto& [name, requests] : result->by_class) {
        if (requests.latency.empty()) continue;
        const QString text = QString::fromStdString(name);
        entries << std::pair(tr("Requests \"%1\"").arg(text), "class:" + text);
      }
    }
    for (const auto& [name, group] : result->groups) {
      const auto found = group.histograms.find("latency_seconds");
      if (found == group.histograms.end() || found->second.empty()) continue;
      entries << std::pair(tr("At %1").arg(QString::fromStdString(name)),
                           QString::fromStdString(name));
    }
  }
  // What was chosen is no longer there: back to all.
  const bool known = std::any_of(entries.begin(), entries.end(),
                                 [this](const auto& entry) { return entry.second == subject_; });
  if (!known && source().result() != nullptr) subject_.clear();
  subjects_->clear();
  for (const auto& [text, data] : entries) subjects_->addItem(text, data);
  subjects_->setCurrentIndex(std::max(0, subjects_->findData(subject_)));
  subjects_->setVisible(entries.size() > 1);
  subjects_->setAccessibleName(tr("Whose latency"));
}

void DistributionChart::fill() {
  setTitle(tr("Latency distribution"));
  setEmpty(tr("Run the scenario to see how its latency is distributed."),
           tr("No request has ended ok yet."));
  {
    const QSignalBlocker quiet(forms_);
    forms_->clear();
    forms_->addItems({tr("Histogram"), tr("Share up to (CDF)"), tr("Share above (CCDF)")});
    forms_->setCurrentIndex(static_cast<int>(form_));
    forms_->setAccessibleName(tr("Form of the distribution"));
  }
  fillSubjects();
  setQuantities(Quantity::seconds, Quantity::ratio);
  setAxisNames({}, {});
  setValueRange(0, form_ == DistributionForm::cumulative ? 1.04 : 0);

  std::vector<ChartSeries> all;
  std::vector<ChartMark> marks;
  QString covers;
  const sim::Histogram* present = histogramOf(source().result().get(), source().snapshot().get());
  if (present != nullptr && !present->empty()) {
    ChartSeries series = distributionSeries(*present, form_, isLogX());
    series.name = form_ == DistributionForm::histogram    ? tr("share in each bar")
                  : form_ == DistributionForm::cumulative ? tr("share at most this slow")
                                                          : tr("share slower than this");
    series.tone = {Tone::Kind::series, 0};
    all.push_back(std::move(series));
    const std::pair<double, const char*> quantiles[] = {{0.5, "p50"}, {0.9, "p90"}, {0.99, "p99"}};
    int index = 0;
    for (const auto& [q, name] : quantiles) {
      const double seconds = static_cast<double>(present->quantile(q)) / 1e9;
      marks.push_back({seconds,
                       QStringLiteral("%1 %2").arg(QLatin1String(name), formatSeconds(seconds)),
                       {Tone::Kind::series, index == 0   ? 5
                                            : index == 1 ? 0
                                                         : 1}});
      ++index;
    }
    const QString count = formatCount(static_cast<double>(present->count()));
    covers = subject_.isEmpty() || subject_.startsWith("class:")
                 ? tr("%1 · %2 requests that ended ok").arg(statisticsCovers(source()), count)
                 : tr("%1 · %2 requests at %3, queue wait included")
                       .arg(statisticsCovers(source()), count, subject_);
  }
  if (pinnedSeries(source())) {
    const sim::Histogram* pinned = histogramOf(source().pinned().result.get(), nullptr);
    if (pinned != nullptr && !pinned->empty()) {
      ChartSeries series = distributionSeries(*pinned, form_, isLogX());
      series.id = "pinned." + series.id;
      series.name = tr("pinned");
      series.tone = {Tone::Kind::series, 1};
      series.dashed = true;
      all.push_back(std::move(series));
      covers += " · " + pinnedCovers(source());
    }
  }
  setCovers(covers);
  setMarks(std::move(marks));
  setSeries(std::move(all));
}

}  // namespace faultline::gui
