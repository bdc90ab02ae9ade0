/// Reading recorded traces: which key was asked for, in which order, how large its object is; and,
/// where a trace says so, when, by which class of requests, and whether to read or to write.
///
/// Three forms, each plain or gzipped (told apart by the file's first bytes, not by its name):
///   keys    one key a line
///   csv     time,key,size a line; a header line may name these columns and others, in any order
///   binary  records of 24 bytes, little-endian: u32 time, u64 key, u32 size, i64 next use
///
/// Names of columns: time (seconds; time_ms, time_us, time_ns), key, size, class, operation (get,
/// set, delete and the like), and what other tools call them.
///
/// A key is a whole number of up to 64 bits, or any text: texts become 64-bit hashes, so among ten
/// million of them two are taken for one with a chance of about 3 in a million. Next
/// uses are not used, and times, classes and operations only where they are asked for. Memory is
/// bounded whatever the file: one block of it and one line.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/algorithms/eviction/key_index.hpp"
#include "sim/param/problem.hpp"

namespace faultline::models {

/// How a trace is written. `detect` goes by the name's end (.csv, .bin, .oracleGeneral, each also
/// with .gz) and else by the first line.
enum class TraceFormat : std::uint8_t { detect, keys, csv, binary };

/// "auto", "keys", "csv", "binary".
std::string_view to_text(TraceFormat format);
/// The other way; false for another word.
bool parse_trace_format(std::string_view text, TraceFormat& format);

/// One line or record of a trace.
struct TraceRequest {
  CacheKey key = 0;
  std::int64_t size = 0;  ///< Bytes, as recorded; 0 where the trace has no sizes.
};

/// What a request wants, as far as the trace says so.
enum class TraceOperation : std::uint8_t { unsaid, read, write, erase };

/// What else a trace says of a request.
struct TraceDetails {
  std::int64_t time = 0;                   ///< Nanoseconds, from whatever the trace counts from.
  std::uint32_t request_class = no_class;  ///< Index into TraceReader::classes().
  TraceOperation operation = TraceOperation::unsaid;

  static constexpr std::uint32_t no_class = ~std::uint32_t{0};
};

/// How much of each request is read.
enum class TraceDepth : std::uint8_t {
  objects,   ///< Keys and sizes.
  requests,  ///< And classes and operations, where there are any.
  times,     ///< And times, which must be there and must not go back.
};

/// The key that stands for `text`: the number it writes (digits alone, no leading zero, below
/// 2^64), else a hash of its bytes.
CacheKey trace_key(std::string_view text);

/// A trace being read from front to back.
class TraceReader {
 public:
  virtual ~TraceReader() = default;

  /// Longest line of a text trace, in bytes. A longer one is a problem.
  static constexpr std::size_t line_max = 64 * 1024;

  /// Opens `file` ("-" is the standard input) and looks at its beginning. Null on a problem: no
  /// such file, not readable, empty, compressed in another way than gzip, columns not understood.
  static std::unique_ptr<TraceReader> open(const std::string& file, TraceFormat format,
                                           sim::Problems& problems,
                                           TraceDepth depth = TraceDepth::objects);

  /// Replaces `requests` by the next of the trace, at most `count`; none at its end. On a problem
  /// adds one, with the number of its line or record, and returns false.
  virtual bool read(std::size_t count, std::vector<TraceRequest>& requests,
                    sim::Problems& problems) = 0;

  /// Of the requests read last, in the same order; none for a depth of `objects`.
  virtual const std::vector<TraceDetails>& details() const = 0;
  /// The names of classes met so far.
  virtual const std::vector<std::string>& classes() const = 0;
  /// A trace of more classes is a problem.
  static constexpr std::size_t classes_max = 1000;

  virtual TraceFormat format() const = 0;
  virtual bool has_sizes() const = 0;
  /// Bytes taken from the file so far, and in all (0 if that is not known, as for a pipe).
  virtual std::uint64_t bytes_read() const = 0;
  virtual std::uint64_t bytes_total() const = 0;
};

}  // namespace faultline::models
