/// How latency is distributed: as a histogram, as the share of requests up to a latency, or above
/// it (on two logarithmic axes, where a heavy tail shows as a straight line).
#pragma once

#include "gui/charts/chart_data.hpp"
#include "gui/charts/source_chart.hpp"

class QComboBox;

namespace faultline::gui {

class DistributionChart : public SourceChart {
  Q_OBJECT
 public:
  explicit DistributionChart(ChartSource& source, QWidget* parent = nullptr);

  DistributionForm form() const { return form_; }
  void setForm(DistributionForm form);  ///< With the axes that suit it.
  /// Whose latency: empty for all requests, else the name of a group ("app") or "class:NAME".
  void setSubject(const QString& subject);
  QString subject() const { return subject_; }

  QJsonObject view() const override;  ///< Also its form and whose latency.
  void setView(const QJsonObject& view) override;

 protected:
  void fill() override;

 private:
  const sim::Histogram* histogramOf(const sim::Result* result, const sim::Snapshot* snapshot) const;
  void fillSubjects();

  DistributionForm form_ = DistributionForm::histogram;
  QString subject_;
  QComboBox* forms_;
  QComboBox* subjects_;
};

}  // namespace faultline::gui
