#include "gui/charts/chart_data.hpp"

#include <algorithm>
#include <cmath>
#include <QCoreApplication>

#include "gui/shell/format.hpp"

namespace faultline::gui {
namespace {

constexpr std::size_t bars = 60;
constexpr double nanoseconds_in_second = 1e9;

QString tr(const char* text) { return QCoreApplication::translate("faultline::gui", text); }

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

/// Spreads buckets over bars. A bucket is at most 1/128 of its value wide; what lies in two bars is
/// split between them by its part in each.
class Bars {
 public:
  Bars(const sim::Histogram& histogram, bool logarithmic) : logarithmic_(logarithmic) {
    const double low = std::max<double>(static_cast<double>(histogram.min()), logarithmic ? 1 : 0);
    const double high = static_cast<double>(histogram.max()) + 1;
    low_ = scaled(low);
    width_ = (scaled(std::max(high, low + 1)) - low_) / static_cast<double>(bars);
    counts_.resize(bars, 0);
    histogram.for_each_bucket([&](std::int64_t from, std::int64_t to, std::uint64_t count) {
      // The ends of the range are exact, so the outer buckets are narrower than they say.
      const double begin = std::max(static_cast<double>(from), low);
      const double end = std::min(static_cast<double>(to) + 1, high);
      add(begin, std::max(end, begin), static_cast<double>(count));
    });
  }

  double edge(std::size_t index) const {
    const double at = low_ + width_ * static_cast<double>(index);
    return (logarithmic_ ? std::exp(at) : at) / nanoseconds_in_second;
  }
  double count(std::size_t index) const { return counts_[index]; }

 private:
  double scaled(double value) const {
    return logarithmic_ ? std::log(std::max(value, 1.0)) : value;
  }
  void add(double begin, double end, double count) {
    const double from = (scaled(begin) - low_) / width_;
    const double to = (scaled(end) - low_) / width_;
    const auto last = static_cast<double>(bars - 1);
    const double first_bar = std::clamp(std::floor(from), 0.0, last);
    const double last_bar = std::clamp(std::floor(to), 0.0, last);
    if (first_bar == last_bar || !(to > from)) {
      counts_[static_cast<std::size_t>(first_bar)] += count;
      return;
    }
    for (double bar = first_bar; bar <= last_bar; ++bar) {
      const double part = std::min(to, bar + 1) - std::max(from, bar);
      counts_[static_cast<std::size_t>(bar)] += count * std::max(part, 0.0) / (to - from);
    }
  }

  bool logarithmic_;
  double low_ = 0;
  double width_ = 1;
  std::vector<double> counts_;
};

}  // namespace

std::optional<RunSeries> presentSeries(const ChartSource& source) {
  if (const ResultPtr& result = source.result()) {
    return RunSeries{&result->series, result->series_start_seconds, result->series_step_seconds,
                     result->virtual_seconds};
  }
  if (const SnapshotPtr& snapshot = source.snapshot()) {
    return RunSeries{&snapshot->series, snapshot->series_start_seconds,
                     snapshot->series_step_seconds, snapshot->now_seconds};
  }
  return std::nullopt;
}

std::optional<RunSeries> pinnedSeries(const ChartSource& source) {
  const ResultPtr& result = source.pinned().result;
  if (result == nullptr || result == source.result()) return std::nullopt;
  return RunSeries{&result->series, result->series_start_seconds, result->series_step_seconds,
                   result->virtual_seconds};
}

ChartSeries steppedSeries(double start, double step, double end, const std::vector<double>& y) {
  ChartSeries series;
  series.y = y;
  series.from.reserve(y.size());
  series.to.reserve(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double from = start + static_cast<double>(i) * step;
    const double to = start + static_cast<double>(i + 1) * step;
    series.from.push_back(from);
    series.to.push_back(end > from ? std::min(to, end) : to);
  }
  return series;
}

std::vector<ChartSeries> timeSeries(const ChartSource& source, const std::vector<TimeLine>& lines) {
  std::vector<ChartSeries> all;
  const auto add = [&](const std::optional<RunSeries>& run, bool pinned) {
    if (!run) return;
    for (const TimeLine& line : lines) {
      const auto found = run->values->find(line.key);
      if (found == run->values->end()) continue;
      ChartSeries series = steppedSeries(run->start, run->step, run->end, found->second);
      series.id = (pinned ? "pinned." : "") + text(line.key);
      series.name = pinned ? tr("%1 (pinned)").arg(line.name) : line.name;
      series.tone = line.tone;
      series.dashed = pinned;
      all.push_back(std::move(series));
    }
  };
  add(presentSeries(source), false);
  add(pinnedSeries(source), true);
  return all;
}

std::vector<ChartSeries> frameSeries(const ChartSource& source, float sim::NodeSample::*quantity,
                                     const QString& id) {
  std::vector<ChartSeries> all;
  const auto add = [&](const SnapshotPtr& snapshot, bool pinned) {
    if (snapshot == nullptr || snapshot->history == nullptr || snapshot->legend == nullptr) return;
    const auto& frames = *snapshot->history;
    for (std::size_t node = 0; node < snapshot->legend->nodes.size(); ++node) {
      ChartSeries series;
      for (const auto& frame : frames) {
        if (frame == nullptr || node >= frame->nodes.size()) continue;
        series.from.push_back(frame->from_seconds);
        series.to.push_back(frame->to_seconds);
        series.y.push_back(static_cast<double>(frame->nodes[node].*quantity));
      }
      if (!series.hasNumbers()) continue;
      const QString name = text(snapshot->legend->nodes[node].name);
      series.id = (pinned ? "pinned." : "") + id + "." + name;
      series.name = pinned ? tr("%1 (pinned)").arg(name) : name;
      series.tone = {Tone::Kind::series, static_cast<int>(all.size())};
      series.dashed = pinned;
      all.push_back(std::move(series));
    }
  };
  add(source.snapshot(), false);
  const auto present = all.size();
  if (source.pinned().result != nullptr && source.pinned().result != source.result()) {
    add(source.pinned().snapshot, true);
    // The same node has the same colour.
    for (std::size_t i = present; i < all.size(); ++i) {
      for (std::size_t j = 0; j < present; ++j) {
        if (all[i].id == "pinned." + all[j].id) all[i].tone = all[j].tone;
      }
    }
  }
  return all;
}

std::vector<sim::Band> bandsOf(const ChartSource& source) {
  std::vector<sim::Band> bands;
  const std::vector<sim::SloResult>* slos = nullptr;
  if (source.result() != nullptr) {
    bands = source.result()->faults;
    slos = &source.result()->slos;
  } else if (source.snapshot() != nullptr) {
    bands = source.snapshot()->bands;
    slos = &source.snapshot()->slos;
  }
  if (slos == nullptr) return bands;
  for (const sim::SloResult& slo : *slos) {
    for (sim::Band band : slo.breaches) {
      band.kind = "breach";
      band.name = tr("SLO \"%1\" breached").arg(text(slo.name)).toStdString();
      bands.push_back(std::move(band));
    }
  }
  return bands;
}

QString pinnedCovers(const ChartSource& source) {
  if (!pinnedSeries(source)) return {};
  return tr("dashed: %1").arg(source.pinned().name);
}

QString seriesCovers(const ChartSource& source) {
  QStringList parts;
  if (const auto run = presentSeries(source)) {
    parts << tr("%1 to %2, one point each %3")
                 .arg(formatSeconds(run->start), formatSeconds(run->end), formatSeconds(run->step));
  }
  const QString pinned = pinnedCovers(source);
  if (!pinned.isEmpty()) parts << pinned;
  return parts.join(" · ");
}

namespace {

QString windowText(double from, double to, double warmup) {
  if (warmup > 0 && from > 0) {
    return tr("%1 to %2, after a warm-up of %3")
        .arg(formatSeconds(from), formatSeconds(to), formatSeconds(warmup));
  }
  return tr("%1 to %2").arg(formatSeconds(from), formatSeconds(to));
}

}  // namespace

QString statisticsCovers(const sim::Result& result) {
  const QString window = windowText(result.virtual_seconds - result.measured_seconds,
                                    result.virtual_seconds, result.warmup_seconds);
  if (result.replications < 2) return window;
  return tr("%1; %2 replications pooled").arg(window).arg(result.replications);
}

QString statisticsCovers(const ChartSource& source) {
  if (source.result() != nullptr) return statisticsCovers(*source.result());
  const SnapshotPtr& snapshot = source.snapshot();
  if (snapshot == nullptr) return {};
  return windowText(snapshot->overall.from_seconds, snapshot->overall.to_seconds,
                    snapshot->warmup_seconds);
}

ChartSeries distributionSeries(const sim::Histogram& histogram, DistributionForm form, bool logX) {
  ChartSeries series;
  series.id = form == DistributionForm::histogram    ? QStringLiteral("share")
              : form == DistributionForm::cumulative ? QStringLiteral("share_at_or_below")
                                                     : QStringLiteral("share_above");
  if (histogram.empty()) return series;
  const auto total = static_cast<double>(histogram.count());
  if (form == DistributionForm::histogram) {
    series.shape = ChartSeries::Shape::bars;
    const Bars counted(histogram, logX);
    for (std::size_t i = 0; i < bars; ++i) {
      series.from.push_back(counted.edge(i));
      series.to.push_back(counted.edge(i + 1));
      series.y.push_back(counted.count(i) / total);
    }
    return series;
  }
  std::uint64_t below = 0;
  const auto add = [&](double at, std::uint64_t count) {
    series.from.push_back(at / nanoseconds_in_second);
    series.y.push_back(static_cast<double>(form == DistributionForm::cumulative
                                               ? count
                                               : histogram.count() - count) /
                       total);
  };
  add(static_cast<double>(histogram.min()), 0);
  histogram.for_each_bucket([&](std::int64_t, std::int64_t high, std::uint64_t count) {
    below += count;
    add(static_cast<double>(std::min(high, histogram.max())), below);
  });
  return series;
}

}  // namespace faultline::gui
