#include "sim/measure/hdr_log.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <istream>
#include <map>
#include <string_view>

#include "sim/param/assert.hpp"
#include "sim/param/problem.hpp"

namespace faultline::sim {
namespace {

constexpr std::size_t line_length_max = std::size_t{16} << 20;
constexpr std::size_t histogram_bytes_max = std::size_t{16} << 20;
constexpr std::size_t intervals_max = 1'000'000;

constexpr std::int64_t digits_max = 5;

constexpr std::uint32_t cookie_mask = 0xffffff0f;  // The third nibble tells the size of a word.
constexpr std::uint32_t cookie_v2 = 0x1c849303;
constexpr std::uint32_t cookie_v2_compressed = 0x1c849304;

/// What is wrong with a log; caught in read_hdr_log, where the line is known.
struct Damage {
  std::string text;
};

/// Big-endian numbers, read from front to back.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | byte();
    return value;
  }
  std::uint32_t number32() { return static_cast<std::uint32_t>(number(4)); }
  std::int64_t number64() { return static_cast<std::int64_t>(number(8)); }

  /// HdrHistogram's variable-length number: seven bits a byte, lowest first, a ninth byte all
  /// eight; the lowest bit is the sign (zigzag).
  std::int64_t zigzag() {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 9; ++i) {
      const std::uint64_t next = byte();
      if (i == 8) {
        value |= next << 56;
        break;
      }
      value |= (next & 0x7f) << (7 * i);
      if ((next & 0x80) == 0) break;
    }
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }
  bool at_end() const { return position_ == bytes_.size(); }
  std::string_view rest() const { return bytes_.substr(position_); }

 private:
  unsigned char byte() {
    if (at_end()) throw Damage{"the histogram ends too early"};
    return static_cast<unsigned char>(bytes_[position_++]);
  }
  std::string_view bytes_;
  std::size_t position_ = 0;
};

std::string decode_base64(std::string_view text) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  if ((text.size() + padding) % 4 != 0) {
    throw Damage{"expected base64 text of a multiple of four characters"};
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char character : text) {
    const std::size_t digit = alphabet.find(character);
    if (digit == std::string_view::npos) {
      throw Damage{
          fmt::format("expected base64 text, got {}", in_quotes(std::string_view(&character, 1)))};
    }
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<char>(bits >> held & 0xff));
    }
  }
  return bytes;
}

std::string inflate_all(std::string_view compressed) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw Damage{"not enough memory to decompress"};
  struct End {
    z_stream* stream;
    ~End() { inflateEnd(stream); }
  } const end{&stream};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string bytes;
  int state = Z_OK;
  while (state == Z_OK) {
    const std::size_t filled = bytes.size();
    if (filled == histogram_bytes_max) {
      throw Damage{fmt::format("the histogram is larger than {} bytes", histogram_bytes_max)};
    }
    bytes.resize(std::min(histogram_bytes_max, std::max<std::size_t>(4096, 2 * filled)));
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data() + filled);
    stream.avail_out = static_cast<uInt>(bytes.size() - filled);
    state = inflate(&stream, Z_NO_FLUSH);
    bytes.resize(bytes.size() - stream.avail_out);
  }
  if (state != Z_STREAM_END) throw Damage{"the compressed histogram is damaged"};
  return bytes;
}

void expect_cookie(std::uint32_t found, std::uint32_t expected) {
  if ((found & cookie_mask) != expected) {
    throw Damage{fmt::format("expected an HdrHistogram in V2 encoding (0x{:08x}), got 0x{:08x}",
                             expected, found & cookie_mask)};
  }
}

/// Which values the counts of an HdrHistogram stand for: log-linear buckets whose number of parts
/// follows from the significant digits and whose finest width is the power of two at or below the
/// lowest trackable value.
class HdrLayout {
 public:
  HdrLayout(std::int64_t significant_digits, std::int64_t lowest) {
    std::uint64_t parts_needed = 2;
    for (std::int64_t i = 0; i < significant_digits; ++i) parts_needed *= 10;
    half_bits_ = static_cast<int>(std::bit_width(parts_needed - 1)) - 1;
    unit_bits_ = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(lowest))) - 1;
  }
  /// Counts of all values of 63 bits.
  std::uint64_t size() const {
    return (static_cast<std::uint64_t>(63 - unit_bits_ - half_bits_) + 1) << half_bits_;
  }
  HdrBucket bucket(std::uint64_t index, std::uint64_t count) const {
    const std::uint64_t half = std::uint64_t{1} << half_bits_;
    std::uint64_t octave = index >> half_bits_;
    std::uint64_t part = index;
    if (octave > 0) {
      --octave;
      part = (index & (half - 1)) + half;
    }
    const auto shift = static_cast<int>(octave) + unit_bits_;
    const std::uint64_t low = part << shift;
    const std::uint64_t high = low + ((std::uint64_t{1} << shift) - 1);
    return {.low = static_cast<std::int64_t>(low),
            .high = static_cast<std::int64_t>(high),
            .count = count};
  }

  /// The bucket that holds `value`, without a count.
  HdrBucket bucket_of(std::int64_t value) const {
    const auto magnitude = static_cast<std::uint64_t>(value);
    const int width = static_cast<int>(std::bit_width(magnitude));
    const int shift = std::max(unit_bits_, width - half_bits_ - 1);
    const std::uint64_t low = magnitude >> shift << shift;
    return {.low = static_cast<std::int64_t>(low),
            .high = static_cast<std::int64_t>(low + ((std::uint64_t{1} << shift) - 1))};
  }

 private:
  int half_bits_;  ///< An octave above the first has 2^half_bits parts.
  int unit_bits_;
};

/// Fills what the payload of a line says.
void decode_histogram(std::string_view payload, HdrInterval& interval) {
  const std::string outer_bytes = decode_base64(payload);
  ByteReader outer(outer_bytes);
  expect_cookie(outer.number32(), cookie_v2_compressed);
  if (outer.number32() != outer.rest().size()) {
    throw Damage{"the compressed histogram is not as long as it says"};
  }
  const std::string bytes = inflate_all(outer.rest());

  ByteReader reader(bytes);
  expect_cookie(reader.number32(), cookie_v2);
  const std::uint32_t payload_length = reader.number32();
  const std::uint32_t index_offset = reader.number32();
  interval.significant_digits = reader.number32();
  const std::int64_t lowest = reader.number64();
  reader.number64();  // The highest trackable value: the counts below show how far they reach.
  reader.number64();  // The factor to doubles.
  if (payload_length != reader.rest().size()) {
    throw Damage{"the histogram's counts are not as long as it says"};
  }
  if (index_offset != 0) throw Damage{"histograms with a shifted index are not read"};
  if (interval.significant_digits > digits_max) {
    throw Damage{fmt::format("expected 0 to {} significant digits, got {}", digits_max,
                             interval.significant_digits)};
  }
  if (lowest < 1 || lowest > std::int64_t{1} << 40) {
    throw Damage{fmt::format("expected a lowest trackable value of 1 to 2^40, got {}", lowest)};
  }

  const HdrLayout layout(interval.significant_digits, lowest);
  std::uint64_t index = 0;
  std::uint64_t total = 0;
  while (!reader.at_end()) {
    const std::int64_t count = reader.zigzag();
    const std::uint64_t zeros = count < 0 ? ~static_cast<std::uint64_t>(count) + 1 : 0;
    if (zeros > layout.size() - index || (zeros == 0 && index == layout.size())) {
      throw Damage{"the histogram has more counts than values of 63 bits need"};
    }
    if (count < 0) {
      index += zeros;
      continue;
    }
    if (count > 0) {
      const auto amount = static_cast<std::uint64_t>(count);
      if (amount > (std::uint64_t{1} << 62) - total) throw Damage{"the counts are too large"};
      total += amount;
      interval.buckets.push_back(layout.bucket(index, amount));
    }
    ++index;
  }
}

double parse_seconds(std::string_view text, std::string_view what) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || !(value >= -1e300) ||
      !(value <= 1e300)) {
    throw Damage{fmt::format("expected a number as {}, got {}", what, in_quotes(text))};
  }
  return value;
}

/// The text up to the next comma, which is taken off `line` with it.
std::string_view next_field(std::string_view& line) {
  const std::size_t comma = line.find(',');
  if (comma == std::string_view::npos) {
    throw Damage{"expected start, length, maximum and histogram, separated by commas"};
  }
  const std::string_view field = line.substr(0, comma);
  line.remove_prefix(comma + 1);
  return field;
}

HdrInterval parse_interval(std::string_view line) {
  HdrInterval interval;
  constexpr std::string_view tag = "Tag=";
  if (line.starts_with(tag)) interval.tag = next_field(line).substr(tag.size());
  interval.start_seconds = parse_seconds(next_field(line), "the start");
  interval.length_seconds = parse_seconds(next_field(line), "the length");
  interval.maximum = parse_seconds(next_field(line), "the maximum");
  decode_histogram(line, interval);
  return interval;
}

void parse_comment(std::string_view line, HdrLog& log) {
  constexpr std::string_view start_time = "#[StartTime: ";
  if (!line.starts_with(start_time)) return;
  line.remove_prefix(start_time.size());
  log.start_time_seconds = parse_seconds(line.substr(0, line.find(' ')), "the start time");
}

/// The next line without its end, or false at the end of the input.
bool read_line(std::istream& input, std::string& line) {
  line.clear();
  std::streambuf& buffer = *input.rdbuf();
  constexpr int end_of_input = std::char_traits<char>::eof();
  int character = buffer.sbumpc();
  if (character == end_of_input) return false;
  for (; character != end_of_input && character != '\n'; character = buffer.sbumpc()) {
    if (line.size() == line_length_max) {
      throw Damage{fmt::format("the line is longer than {} bytes", line_length_max)};
    }
    line.push_back(static_cast<char>(character));
  }
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

}  // namespace

std::optional<HdrLog> read_hdr_log(std::istream& input, std::string& error) {
  HdrLog log;
  std::string line;
  std::uint64_t line_number = 0;
  try {
    for (++line_number; read_line(input, line); ++line_number) {
      if (line.empty()) continue;
      if (line.front() == '#') {
        parse_comment(line, log);
      } else if (line.front() != '"') {  // Otherwise the names of the columns.
        if (log.intervals.size() == intervals_max) {
          throw Damage{fmt::format("the log has more than {} intervals", intervals_max)};
        }
        log.intervals.push_back(parse_interval(line));
      }
    }
  } catch (const Damage& damage) {
    error = fmt::format("line {}: {}", line_number, damage.text);
    return std::nullopt;
  }
  return log;
}

std::vector<HdrBucket> merged_buckets(const HdrLog& log, std::int64_t significant_digits) {
  SIM_ASSERT(significant_digits >= 0);
  SIM_ASSERT(significant_digits <= digits_max);
  const HdrLayout layout(significant_digits, 1);
  std::map<std::int64_t, HdrBucket> merged;  // By lowest value.
  for (const HdrInterval& interval : log.intervals) {
    for (const HdrBucket& bucket : interval.buckets) {
      const HdrBucket place = layout.bucket_of(bucket.low);
      merged.try_emplace(place.low, place).first->second.count += bucket.count;
    }
  }
  std::vector<HdrBucket> buckets;
  buckets.reserve(merged.size());
  for (const auto& [low, bucket] : merged) buckets.push_back(bucket);
  return buckets;
}

std::int64_t hdr_quantile(std::span<const HdrBucket> buckets, double q) {
  std::uint64_t total = 0;
  for (const HdrBucket& bucket : buckets) total += bucket.count;
  if (total == 0) return 0;
  const std::uint64_t rank = quantile_rank(q, total);
  std::uint64_t seen = 0;
  for (const HdrBucket& bucket : buckets) {
    seen += bucket.count;
    if (seen >= rank) return bucket.high;
  }
  return buckets.back().high;
}

Histogram to_histogram(const HdrLog& log) {
  Histogram histogram;
  for (const HdrInterval& interval : log.intervals) {
    for (const HdrBucket& bucket : interval.buckets) histogram.record_n(bucket.low, bucket.count);
  }
  return histogram;
}

}  // namespace faultline::sim
