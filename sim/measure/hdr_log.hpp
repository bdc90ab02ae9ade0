/// Reader of HdrHistogram's interval logs (format 1.2 and later, "V2" compressed encoding), as
/// jHiccup, wrk2 and many servers write them: real latencies to set beside simulated ones.
///
/// A line is [Tag=NAME,]START,LENGTH,MAX,PAYLOAD: seconds, seconds, the interval's maximum in the
/// log's unit, and a histogram in base64 of a zlib stream of run-length encoded counts. Source:
/// HdrHistogram, HistogramLogReader and AbstractHistogram (bucket layout),
/// https://hdrhistogram.org. Does not read: the older V0 and V1 encodings, logs of doubles,
/// histograms with a shifted index.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/measure/histogram.hpp"

namespace faultline::sim {

/// `count` values that the log does not tell apart: they lay between `low` and `high`, both
/// included.
struct HdrBucket {
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::uint64_t count = 0;
  bool operator==(const HdrBucket&) const = default;
};

/// One line of a log.
struct HdrInterval {
  std::string tag;           ///< Empty if the line has none.
  double start_seconds = 0;  ///< As written: since the log's start, or since 1970.
  double length_seconds = 0;
  double maximum = 0;  ///< As written, in the log's own unit (milliseconds for jHiccup).
  std::int64_t significant_digits = 0;  ///< 0 to 5.
  std::vector<HdrBucket> buckets;       ///< Those that are not empty, ascending.
};

struct HdrLog {
  double start_time_seconds = 0;  ///< Of the comment "#[StartTime: ...", since 1970; 0 without one.
  std::vector<HdrInterval> intervals;
};

/// Reads a whole log. Nothing, and one sentence with the line in `error`, if it is damaged or too
/// large (a line of 16 MiB, a histogram of 16 MiB, a million intervals).
std::optional<HdrLog> read_hdr_log(std::istream& input, std::string& error);

/// All intervals added up as HdrHistogram does it: the lowest value of each bucket goes into a
/// histogram with that many significant digits (0 to 5) and a lowest trackable value of 1.
/// Ascending.
std::vector<HdrBucket> merged_buckets(const HdrLog& log, std::int64_t significant_digits = 3);

/// The quantile as HdrHistogram reports it: the highest value of the bucket that holds rank ceil(q
/// * count). 0 if empty. Requires: ascending buckets, 0 <= q <= 1.
std::int64_t hdr_quantile(std::span<const HdrBucket> buckets, double q);

/// All intervals in a histogram of ours; here too every value counts as the lowest of its bucket in
/// the log.
Histogram to_histogram(const HdrLog& log);

}  // namespace faultline::sim
