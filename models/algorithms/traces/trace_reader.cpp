#include "models/algorithms/traces/trace_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>

#include "models/algorithms/traces/byte_source.hpp"
#include "models/algorithms/traces/csv_fields.hpp"

namespace faultline::models {
namespace {

static_assert(TraceReader::line_max == ByteWindow::line_max);

using sim::Path;
using sim::Problems;

/// What the three forms share.
class BufferedReader : public TraceReader {
 public:
  std::uint64_t bytes_read() const override { return buffer_.source().taken(); }
  std::uint64_t bytes_total() const override { return buffer_.source().total(); }
  const std::vector<TraceDetails>& details() const override { return details_; }
  const std::vector<std::string>& classes() const override { return classes_; }

 protected:
  BufferedReader(ByteWindow buffer, TraceDepth depth) : buffer_(std::move(buffer)), depth_(depth) {}
  const std::string& name() const { return buffer_.source().name(); }
  void add_details(const TraceDetails& details) {
    if (depth_ != TraceDepth::objects) details_.push_back(details);
  }

  ByteWindow buffer_;
  TraceDepth depth_;
  std::vector<TraceDetails> details_;
  std::vector<std::string> classes_;
};

/// Line by line; blank lines are passed over.
class TextReader : public BufferedReader {
 public:
  bool read(std::size_t count, std::vector<TraceRequest>& requests, Problems& problems) override {
    requests.clear();
    details_.clear();
    std::string_view line;
    while (requests.size() < count) {
      if (!next_line(line, problems)) return false;
      if (line.data() == nullptr) return true;
      if (trimmed(line).empty()) continue;
      TraceRequest request;
      TraceDetails details;
      if (!parse(line, request, details, problems)) return false;
      requests.push_back(request);
      add_details(details);
    }
    return true;
  }

 protected:
  using BufferedReader::BufferedReader;
  virtual bool parse(std::string_view line, TraceRequest& request, TraceDetails& details,
                     Problems& problems) = 0;

  Path here() const { return Path(fmt::format("{}:{}", name(), line_number_)); }

  /// The next line without its end; a null view at the end of the file. Good until the next call.
  bool next_line(std::string_view& line, Problems& problems) {
    buffer_.drop(std::exchange(used_, 0));
    std::size_t searched = 0;
    while (true) {
      const std::string_view held = buffer_.held();
      const std::size_t end = held.find('\n', searched);
      if (end == std::string_view::npos && held.size() <= line_max && !buffer_.at_end()) {
        searched = held.size();
        if (!buffer_.fill(problems)) return false;
        continue;
      }
      if (end == std::string_view::npos && held.empty()) {
        line = {};
        return true;
      }
      ++line_number_;
      line = held.substr(0, end);
      if (line.size() > line_max) {
        problems.add(here(),
                     fmt::format("expected lines of at most {} bytes, got a longer one", line_max),
                     "is this a text file?");
        return false;
      }
      used_ = std::min(held.size(), line.size() + 1);
      return true;
    }
  }

 private:
  std::uint64_t line_number_ = 0;
  std::size_t used_ = 0;  ///< Of the bytes held: the line given out last.
};

class KeysReader final : public TextReader {
 public:
  KeysReader(ByteWindow buffer, TraceDepth depth) : TextReader(std::move(buffer), depth) {}
  TraceFormat format() const override { return TraceFormat::keys; }
  bool has_sizes() const override { return false; }

 private:
  bool parse(std::string_view line, TraceRequest& request, TraceDetails&, Problems&) override {
    request.key = trace_key(trimmed(line));
    return true;
  }
};

constexpr std::string_view times_hint = "replay it with `arrivals`, or use a trace with times";

class CsvReader final : public TextReader {
 public:
  CsvReader(ByteWindow buffer, TraceDepth depth) : TextReader(std::move(buffer), depth) {}
  TraceFormat format() const override { return TraceFormat::csv; }
  bool has_sizes() const override { return size_column_.has_value(); }

  /// Learns the columns from the first line, which may be a header or the first request.
  bool start(Problems& problems) {
    std::string_view line;
    do {
      if (!next_line(line, problems)) return false;
      if (line.data() == nullptr) return true;
    } while (trimmed(line).empty());
    if (!split(line, problems)) return false;
    const auto key =
        column_named({"key", "id", "obj_id", "object_id", "object", "obj", "lba", "block", "url"});
    if (key) {
      key_column_ = *key;
      find_other_columns();
      if (depth_ == TraceDepth::times && !time_column_) {
        problems.add(here(), "expected a column time among those named", std::string(times_hint));
        return false;
      }
      size_column_ = column_named({"size", "bytes", "obj_size", "object_size", "length", "len"});
      return true;
    }
    if (fields_.count() < 3) {
      problems.add(
          here(),
          fmt::format("expected time,key,size, got {} field{}", fields_.count(),
                      fields_.count() == 1 ? "" : "s"),
          "name the columns in a header line, or read whole lines as keys with --format keys");
      return false;
    }
    if (!whole_number(fields_[2]) && !whole_number(fields_[0])) {
      problems.add(
          here(), "expected time,key,size or a header that names a column key, got " + shown(line));
      return false;
    }
    if (depth_ == TraceDepth::times) time_column_ = 0;
    return take(first_, first_details_, problems) && (has_first_ = true);
  }

  bool read(std::size_t count, std::vector<TraceRequest>& requests, Problems& problems) override {
    if (!has_first_ || count == 0) return TextReader::read(count, requests, problems);
    has_first_ = false;
    if (!TextReader::read(count - 1, requests, problems)) return false;
    requests.insert(requests.begin(), first_);
    if (depth_ != TraceDepth::objects) details_.insert(details_.begin(), first_details_);
    return true;
  }

 private:
  bool parse(std::string_view line, TraceRequest& request, TraceDetails& details,
             Problems& problems) override {
    return split(line, problems) && take(request, details, problems);
  }
  bool split(std::string_view line, Problems& problems) {
    if (fields_.split(line)) return true;
    problems.add(here(), "expected a closing quote");
    return false;
  }
  /// The request in `fields_`.
  bool take(TraceRequest& request, TraceDetails& details, Problems& problems) {
    const std::size_t needed = std::max({key_column_, size_column_.value_or(0), last_other_}) + 1;
    if (fields_.count() < needed) {
      problems.add(here(),
                   fmt::format("expected at least {} fields, got {}", needed, fields_.count()));
      return false;
    }
    request.key = trace_key(fields_[key_column_]);
    if (depth_ != TraceDepth::objects && !take_details(details, problems)) return false;
    if (!size_column_) return true;
    const std::string& text = fields_[*size_column_];
    const auto size = whole_number(text);
    if (!size || *size < 0 || *size > size_max) {
      problems.add(here(),
                   "expected a size in bytes, a whole number from 0 to 2^40, got " + shown(text));
      return false;
    }
    request.size = *size;
    return true;
  }
  void find_other_columns() {
    if (depth_ == TraceDepth::objects) return;
    class_column_ = column_named({"class", "request_class", "endpoint"});
    operation_column_ = column_named({"operation", "op", "command", "cmd"});
    if (depth_ == TraceDepth::times) {
      const std::pair<std::string_view, int> units[] = {
          {"time_ns", 0},   {"time_us", 3}, {"time_ms", 6},    {"time_s", 9},   {"time", 9},
          {"timestamp", 9}, {"ts", 9},      {"clock_time", 9}, {"real_time", 9}};
      for (const auto& [title, digits] : units) {
        if (time_column_) break;
        time_column_ = column_named({title});
        time_digits_ = digits;
      }
    }
    last_other_ = std::max(
        {class_column_.value_or(0), operation_column_.value_or(0), time_column_.value_or(0)});
  }
  bool take_details(TraceDetails& details, Problems& problems) {
    if (time_column_) {
      const auto time = decimal(fields_[*time_column_], time_digits_);
      if (!time) {
        problems.add(here(),
                     "expected a time, a number from 0 on, got " + shown(fields_[*time_column_]));
        return false;
      }
      if (*time < last_time_) {
        problems.add(here(),
                     "expected a time not before that of the request before, got " +
                         shown(fields_[*time_column_]),
                     "sort the trace by time, or replay it with `arrivals`");
        return false;
      }
      details.time = last_time_ = *time;
    }
    if (operation_column_) {
      details.operation = operation_of(fields_[*operation_column_]);
      if (details.operation == TraceOperation::unsaid) {
        problems.add(here(), "expected an operation (get, set, delete or the like), got " +
                                 shown(fields_[*operation_column_]));
        return false;
      }
    }
    return !class_column_ || take_class(fields_[*class_column_], details, problems);
  }
  bool take_class(const std::string& text, TraceDetails& details, Problems& problems) {
    // Most requests are of the class of the one before, or of one of few.
    const auto found = std::find(classes_.begin(), classes_.end(), text);
    details.request_class = static_cast<std::uint32_t>(found - classes_.begin());
    if (found != classes_.end()) return true;
    const bool plain =
        !text.empty() && text.size() <= 100 && std::none_of(text.begin(), text.end(), [](char c) {
          return c < ' ' || c > '~' ||
                 std::string_view("[]().,:\"'\\").find(c) != std::string_view::npos;
        });
    if (!plain) {
      problems.add(here(),
                   "expected the name of a class, of letters and digits, got " + shown(text));
      return false;
    }
    if (classes_.size() == classes_max) {
      problems.add(here(), fmt::format("expected at most {} classes, got another one, {}",
                                       classes_max, shown(text)));
      return false;
    }
    classes_.push_back(text);
    return true;
  }
  static TraceOperation operation_of(std::string_view text) {
    const auto is_one_of = [text](std::initializer_list<std::string_view> words) {
      return std::any_of(words.begin(), words.end(),
                         [text](std::string_view word) { return equal_ignoring_case(text, word); });
    };
    if (is_one_of({"get", "gets", "read", "r", "head", "lookup"})) return TraceOperation::read;
    if (is_one_of({"set", "put", "post", "write", "w", "add", "replace", "append", "prepend", "cas",
                   "incr", "decr", "update", "insert"}))
      return TraceOperation::write;
    if (is_one_of({"delete", "del", "d", "erase", "remove", "invalidate"}))
      return TraceOperation::erase;
    return TraceOperation::unsaid;
  }
  std::optional<std::size_t> column_named(std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names) {
      for (std::size_t column = 0; column < fields_.count(); ++column) {
        if (equal_ignoring_case(fields_[column], name)) return column;
      }
    }
    return std::nullopt;
  }

  static constexpr std::int64_t size_max = std::int64_t{1} << 40;

  CsvFields fields_;
  std::size_t key_column_ = 1;
  std::optional<std::size_t> size_column_ = 2;
  std::optional<std::size_t> time_column_;
  int time_digits_ = 9;  ///< A 1 in it is 10 to this of nanoseconds.
  std::optional<std::size_t> class_column_;
  std::optional<std::size_t> operation_column_;
  std::size_t last_other_ = 0;  ///< The last of these three.
  std::int64_t last_time_ = 0;
  TraceRequest first_;  ///< Of the first line, if that was not a header.
  TraceDetails first_details_;
  bool has_first_ = false;  ///< And not given out yet.
};

class BinaryReader final : public BufferedReader {
 public:
  BinaryReader(ByteWindow buffer, TraceDepth depth) : BufferedReader(std::move(buffer), depth) {}
  TraceFormat format() const override { return TraceFormat::binary; }
  bool has_sizes() const override { return true; }

  bool read(std::size_t count, std::vector<TraceRequest>& requests, Problems& problems) override {
    requests.clear();
    details_.clear();
    while (requests.size() < count) {
      const std::string_view held = buffer_.held();
      if (held.size() >= record_size) {
        requests.push_back({number(held, 4, 8), static_cast<std::int64_t>(number(held, 12, 4))});
        if (!take_time(static_cast<std::int64_t>(number(held, 0, 4)), problems)) return false;
        buffer_.drop(record_size);
        ++records_;
      } else if (!buffer_.at_end()) {
        if (!buffer_.fill(problems)) return false;
      } else if (held.empty()) {
        return true;
      } else {
        problems.add(Path(name()),
                     fmt::format("expected records of {} bytes, got {} bytes after record {}",
                                 record_size, held.size(), records_),
                     "the file is cut, or not of this form");
        return false;
      }
    }
    return true;
  }

 private:
  static constexpr std::size_t record_size = 24;

  bool take_time(std::int64_t seconds, Problems& problems) {
    if (depth_ == TraceDepth::times && seconds < last_seconds_) {
      problems.add(
          Path(name()),
          fmt::format("expected a time not before that of record {}, got {} s", records_, seconds),
          "sort the trace by time, or replay it with `arrivals`");
      return false;
    }
    last_seconds_ = seconds;
    TraceDetails details;
    details.time = seconds * 1'000'000'000;
    add_details(details);
    return true;
  }
  static std::uint64_t number(std::string_view bytes, std::size_t from, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t byte = size; byte > 0; --byte) {
      value = value << 8 | static_cast<unsigned char>(bytes[from + byte - 1]);
    }
    return value;
  }

  std::uint64_t records_ = 0;
  std::int64_t last_seconds_ = 0;
};

TraceFormat format_of_name(std::string_view name) {
  if (ends_with_ignoring_case(name, ".gz")) name.remove_suffix(3);
  if (ends_with_ignoring_case(name, ".csv")) return TraceFormat::csv;
  if (ends_with_ignoring_case(name, ".bin") || ends_with_ignoring_case(name, ".oracleGeneral")) {
    return TraceFormat::binary;
  }
  return TraceFormat::detect;
}

TraceFormat format_of_content(std::string_view beginning) {
  if (beginning.substr(0, 4096).find('\0') != std::string_view::npos) return TraceFormat::binary;
  const auto first = beginning.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return TraceFormat::keys;
  const std::string_view line = beginning.substr(first, beginning.find('\n', first) - first);
  return line.find(',') == std::string_view::npos ? TraceFormat::keys : TraceFormat::csv;
}

}  // namespace

std::string_view to_text(TraceFormat format) {
  switch (format) {
    case TraceFormat::keys:
      return "keys";
    case TraceFormat::csv:
      return "csv";
    case TraceFormat::binary:
      return "binary";
    case TraceFormat::detect:
      break;
  }
  return "auto";
}

bool parse_trace_format(std::string_view text, TraceFormat& format) {
  for (const TraceFormat each :
       {TraceFormat::detect, TraceFormat::keys, TraceFormat::csv, TraceFormat::binary}) {
    if (text == to_text(each)) {
      format = each;
      return true;
    }
  }
  return false;
}

CacheKey trace_key(std::string_view text) {
  CacheKey number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool plain = !text.empty() && (text.size() == 1 || text.front() != '0');
  if (plain && error == std::errc() && end == text.data() + text.size()) return number;
  // FNV-1a.
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  }
  return mix_key(hash);
}

std::unique_ptr<TraceReader> TraceReader::open(const std::string& file, TraceFormat format,
                                               Problems& problems, TraceDepth depth) {
  std::unique_ptr<ByteSource> source = ByteSource::open(file, problems);
  if (!source || !source->start(problems)) return nullptr;
  const std::string name = source->name();
  ByteWindow buffer(std::move(source));
  if (!buffer.fill(problems)) return nullptr;
  if (buffer.held().empty()) {
    problems.add(Path(name), "the trace is empty");
    return nullptr;
  }
  if (format == TraceFormat::detect) format = format_of_name(name);
  if (format == TraceFormat::detect) format = format_of_content(buffer.held());
  if (format == TraceFormat::binary)
    return std::make_unique<BinaryReader>(std::move(buffer), depth);
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (buffer.held().starts_with(byte_order_mark)) buffer.drop(byte_order_mark.size());
  if (format == TraceFormat::keys) {
    if (depth == TraceDepth::times) {
      problems.add(Path(name), "the trace has no times, only keys", std::string(times_hint));
      return nullptr;
    }
    return std::make_unique<KeysReader>(std::move(buffer), depth);
  }
  auto reader = std::make_unique<CsvReader>(std::move(buffer), depth);
  if (!reader->start(problems)) return nullptr;
  return reader;
}

}  // namespace faultline::models
