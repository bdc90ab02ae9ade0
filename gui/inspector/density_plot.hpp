/// A small picture of a random quantity: its density, with mean and p99 as text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <QWidget>
#include <string>
#include <vector>

namespace faultline::gui {

/// What a law looks like, from its own distribution function.
struct DensityCurve {
  bool valid = false;
  std::string kind;  ///< "duration distribution", ...
  double mean = 0;   ///< In base units; may be infinite.
  double p99 = 0;
  double from = 0;  ///< The range drawn.
  double to = 0;
  std::vector<double> density;  ///< At equal distances over the range, per base unit.
  double spike = 0;             ///< Share that lies at single points.
};

/// Of a choice of a kind of random quantity ("exponential(4ms)"); not valid if it cannot be read.
DensityCurve densityOf(const std::string& kind, const nlohmann::json& choice);

/// "mean 4 ms · p99 18.4 ms".
QString densityText(const DensityCurve& curve);

class DensityPlot : public QWidget {
  Q_OBJECT
 public:
  explicit DensityPlot(QWidget* parent = nullptr);
  void setLaw(const std::string& kind, const nlohmann::json& choice);
  const DensityCurve& curve() const { return curve_; }
  QSize sizeHint() const override { return {200, 62}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  DensityCurve curve_;
};

}  // namespace faultline::gui
