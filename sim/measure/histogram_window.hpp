/// What was recorded in a histogram during a window of time: all samples of the window, found as
/// the difference between its counts at the two ends.
///
///   histogram   ----x--x---|--x-xx--x--|--x---
///   window                 '--close()--'        4 samples
///
/// Quantiles have the error of the histogram, 1/256, however few or many the samples. The histogram
/// may be reset inside a window, if before_reset() is called first: nothing is lost then.
///
/// Rule: all counts as they were are kept, in the layout of the histogram, so that whole runs of
/// counts that did not change are passed over in one comparison, and the rest once all new samples
/// are found. A histogram without a new sample costs one comparison. Memory: as much as the
/// histogram.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/measure/histogram.hpp"

namespace faultline::sim {

/// The samples of one window, as buckets. Used again and again, it allocates nothing.
class WindowSamples {
 public:
  std::uint64_t count() const { return count_; }
  /// The middle of the bucket that holds rank ceil(q * count); 0 without a sample. Requires: 0 <= q
  /// <= 1.
  std::int64_t quantile(double q) const;

 private:
  friend class HistogramWindow;
  struct Bucket {
    std::int64_t low;
    std::int64_t high;
    std::uint64_t count;
  };
  std::vector<Bucket> buckets_;  ///< Ascending.
  std::uint64_t count_ = 0;
};

class HistogramWindow {
 public:
  /// Ends the window, puts what came in it into `samples`, and begins the next. Requires: always
  /// the same histogram, or one that holds its samples and more.
  void close(const Histogram& now, WindowSamples& samples);
  /// The histogram is about to forget its samples.
  void before_reset(const Histogram& now);

 private:
  /// What `now` has more than `before_`, which becomes `now`.
  void take_difference(const Histogram& now, WindowSamples& samples);
  /// The same of one octave; gives how many samples came.
  static std::uint64_t take_octave(std::size_t octave, const Histogram::Octave& now,
                                   Histogram::Octave& before,
                                   std::vector<WindowSamples::Bucket>& grown);

  std::uint64_t count_before_ = 0;
  /// All samples when the window began, by octave; null: none.
  std::vector<std::unique_ptr<Histogram::Octave>> before_;
  std::vector<WindowSamples::Bucket> carried_;  ///< Of this window, from before a reset.
};

}  // namespace faultline::sim
