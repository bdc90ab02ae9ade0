/// The objectives of the scenario: what was promised, whether it is kept, and how much of the error
/// budget is spent, in words and as a bar; below them the budgets over time.
#pragma once

#include <QWidget>
#include <vector>

#include "gui/charts/source_panel.hpp"

class QLabel;
class QVBoxLayout;

namespace faultline::gui {

class BudgetChart;

/// One objective.
class SloCard : public QWidget {
  Q_OBJECT
 public:
  explicit SloCard(QWidget* parent = nullptr);
  void setObjective(const sim::SloResult& slo, const QString& covers);
  QString stateText() const;   ///< "met", "breached"
  QString budgetText() const;  ///< "19.8 % of the error budget spent"
  QString detailText() const;
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override { return {260, heightForWidth(260)}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  int draw(QPainter* painter, int width) const;

  sim::SloResult slo_;
  QString covers_;
};

class SloPanel : public SourcePanel {
  Q_OBJECT
 public:
  explicit SloPanel(ChartSource& source, QWidget* parent = nullptr);
  void refresh() override;
  const std::vector<SloCard*>& cards() const { return cards_; }
  BudgetChart& chart() { return *chart_; }

 private:
  void applyTheme() override;

  QWidget* list_;
  QVBoxLayout* list_layout_;
  std::vector<SloCard*> cards_;
  BudgetChart* chart_;
};

}  // namespace faultline::gui
