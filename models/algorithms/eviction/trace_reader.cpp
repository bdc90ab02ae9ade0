#include "models/algorithms/eviction/trace_reader.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

namespace faultline::models {
namespace {

using sim::Path;
using sim::Problems;

constexpr std::size_t block_size = 256 * 1024;

std::string error_text(int number) { return std::generic_category().message(number); }

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  if (text.size() < end.size()) return false;
  const std::string_view tail = text.substr(text.size() - end.size());
  return std::equal(tail.begin(), tail.end(), end.begin(), [](char a, char b) {
    const char lower_a = a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a;
    const char lower_b = b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b;
    return lower_a == lower_b;
  });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ends_with_ignoring_case(a, b);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// A piece of somebody's file as it stands in a message: short, printable, in quotes.
std::string shown(std::string_view text) {
  constexpr std::size_t shown_max = 40;
  std::string out = "\"";
  for (const char letter : text.substr(0, shown_max)) {
    out += letter >= ' ' && letter <= '~' ? letter : '?';
  }
  return out + (text.size() > shown_max ? "...\"" : "\"");
}

/// The bytes of a file, unpacked if it is gzipped.
class ByteSource {
 public:
  ByteSource(std::string name, std::FILE* file, std::uint64_t total)
      : name_(std::move(name)), file_(file), total_(total), packed_(block_size) {}
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  ~ByteSource() {
    if (inflating_) inflateEnd(&stream_);
    if (file_ != stdin) std::fclose(file_);
  }

  const std::string& name() const { return name_; }
  std::uint64_t taken() const { return taken_; }
  std::uint64_t total() const { return total_; }

  /// Looks at the first bytes and gets ready. False on a problem.
  bool start(Problems& problems) {
    if (!refill(problems)) return false;
    const auto starts_with = [this](std::initializer_list<unsigned char> magic) {
      return available() >= magic.size() && std::equal(magic.begin(), magic.end(), at_);
    };
    if (starts_with({0x28, 0xb5, 0x2f, 0xfd})) return refuse_compression("zstd", problems);
    if (starts_with({0xfd, '7', 'z', 'X', 'Z'})) return refuse_compression("xz", problems);
    if (starts_with({'B', 'Z', 'h'})) return refuse_compression("bzip2", problems);
    if (starts_with({0x1f, 0x8b})) {
      constexpr int gzip_only = 16 + MAX_WBITS;
      inflating_ = inflateInit2(&stream_, gzip_only) == Z_OK;
      if (!inflating_) return fail("no memory to unpack gzip data", problems);
      in_member_ = true;
    }
    return true;
  }

  /// Fills `out` with up to `size` bytes and sets `got`, 0 at the end. False on a problem.
  bool read(unsigned char* out, std::size_t size, std::size_t& got, Problems& problems) {
    got = 0;
    return inflating_ ? unpack(out, size, got, problems) : copy(out, size, got, problems);
  }

 private:
  std::size_t available() const { return static_cast<std::size_t>(end_ - at_); }

  bool fail(std::string message, Problems& problems, std::string hint = {}) const {
    problems.add(Path(name_), std::move(message), std::move(hint));
    return false;
  }
  bool refuse_compression(std::string_view method, Problems& problems) const {
    return fail(fmt::format("expected plain or gzipped data, got {} data", method), problems,
                "unpack it first");
  }

  /// The next block of the file, if the last one is used up; an empty one at the end.
  bool refill(Problems& problems) {
    if (at_ != end_ || at_end_) return true;
    const std::size_t got = std::fread(packed_.data(), 1, packed_.size(), file_);
    if (got == 0 && std::ferror(file_)) {
      return fail("cannot read it: " + error_text(errno), problems);
    }
    at_end_ = got == 0;
    at_ = packed_.data();
    end_ = at_ + got;
    taken_ += got;
    return true;
  }

  bool copy(unsigned char* out, std::size_t size, std::size_t& got, Problems& problems) {
    if (!refill(problems)) return false;
    got = std::min(size, available());
    std::memcpy(out, at_, got);
    at_ += got;
    return true;
  }

  bool unpack(unsigned char* out, std::size_t size, std::size_t& got, Problems& problems) {
    while (got == 0) {
      if (!refill(problems)) return false;
      if (available() == 0) {
        if (!in_member_) return true;
        return fail("the gzip data ends too early: the file is cut", problems);
      }
      if (!in_member_ && !next_member(problems)) return false;
      if (!in_member_) continue;
      stream_.next_in = const_cast<unsigned char*>(at_);
      stream_.avail_in = static_cast<uInt>(available());
      stream_.next_out = out;
      stream_.avail_out = static_cast<uInt>(size);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      at_ = stream_.next_in;
      got = size - stream_.avail_out;
      if (status == Z_STREAM_END) {
        in_member_ = false;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return fail(fmt::format("bad gzip data before byte {}: {}", taken_ - available(),
                                stream_.msg ? stream_.msg : "damaged"),
                    problems);
      }
    }
    return true;
  }
  /// After a gzip member: another one may follow, or zeros that pad the file.
  bool next_member(Problems& problems) {
    if (*at_ == 0) {
      at_ = std::find_if(at_, end_, [](unsigned char byte) { return byte != 0; });
      return true;
    }
    if (*at_ != 0x1f || inflateReset(&stream_) != Z_OK) {
      return fail(fmt::format("something that is not gzip data follows it at byte {}",
                              taken_ - available()),
                  problems);
    }
    in_member_ = true;
    return true;
  }

  std::string name_;
  std::FILE* file_;
  std::uint64_t total_;
  std::uint64_t taken_ = 0;
  std::vector<unsigned char> packed_;  ///< A block as it stands in the file.
  const unsigned char* at_ = nullptr;  ///< The part of it not used yet: at_ to end_.
  const unsigned char* end_ = nullptr;
  bool at_end_ = false;
  bool inflating_ = false;
  bool in_member_ = false;
  z_stream stream_{};
};

/// A window over the unpacked bytes that grows only to the longest line.
class Buffer {
 public:
  explicit Buffer(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)), bytes_(block_size + TraceReader::line_max) {}

  ByteSource& source() { return *source_; }
  const ByteSource& source() const { return *source_; }
  std::string_view held() const { return {bytes_.data() + begin_, end_ - begin_}; }
  bool at_end() const { return at_end_; }
  void drop(std::size_t count) { begin_ += count; }

  /// More bytes behind those held, or `at_end`. False on a problem.
  /// Requires: at most `TraceReader::line_max` are held.
  bool fill(Problems& problems) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    std::size_t got = 0;
    auto* out = reinterpret_cast<unsigned char*>(bytes_.data() + end_);
    if (!source_->read(out, bytes_.size() - end_, got, problems)) return false;
    end_ += got;
    at_end_ = got == 0;
    return true;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
};

/// What the three forms share.
class BufferedReader : public TraceReader {
 public:
  std::uint64_t bytes_read() const override { return buffer_.source().taken(); }
  std::uint64_t bytes_total() const override { return buffer_.source().total(); }

 protected:
  explicit BufferedReader(Buffer buffer) : buffer_(std::move(buffer)) {}
  const std::string& name() const { return buffer_.source().name(); }
  Buffer buffer_;
};

/// Line by line; blank lines are passed over.
class TextReader : public BufferedReader {
 public:
  bool read(std::size_t count, std::vector<TraceRequest>& requests, Problems& problems) override {
    requests.clear();
    std::string_view line;
    while (requests.size() < count) {
      if (!next_line(line, problems)) return false;
      if (line.data() == nullptr) return true;
      if (trimmed(line).empty()) continue;
      TraceRequest request;
      if (!parse(line, request, problems)) return false;
      requests.push_back(request);
    }
    return true;
  }

 protected:
  using BufferedReader::BufferedReader;
  virtual bool parse(std::string_view line, TraceRequest& request, Problems& problems) = 0;

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
  explicit KeysReader(Buffer buffer) : TextReader(std::move(buffer)) {}
  TraceFormat format() const override { return TraceFormat::keys; }
  bool has_sizes() const override { return false; }

 private:
  bool parse(std::string_view line, TraceRequest& request, Problems&) override {
    request.key = trace_key(trimmed(line));
    return true;
  }
};

/// The fields of one line of CSV. A field may stand in double quotes, doubled inside it.
class CsvFields {
 public:
  /// False if a quote does not close.
  bool split(std::string_view line) {
    count_ = 0;
    while (true) {
      if (count_ == fields_.size()) fields_.emplace_back();
      std::string& field = fields_[count_++];
      field.clear();
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      if (!line.empty() && line.front() == '"') {
        if (!take_quoted(line, field)) return false;
      }
      const std::size_t comma = line.find(',');
      field += trimmed(line.substr(0, comma));
      if (comma == std::string_view::npos) return true;
      line.remove_prefix(comma + 1);
    }
  }
  std::size_t count() const { return count_; }
  const std::string& operator[](std::size_t field) const { return fields_[field]; }

 private:
  static bool take_quoted(std::string_view& line, std::string& field) {
    line.remove_prefix(1);
    while (true) {
      const std::size_t quote = line.find('"');
      if (quote == std::string_view::npos) return false;
      field += line.substr(0, quote);
      line.remove_prefix(quote + 1);
      if (line.empty() || line.front() != '"') return true;
      field += '"';
      line.remove_prefix(1);
    }
  }

  std::vector<std::string> fields_;  ///< Kept from line to line, so that they allocate rarely.
  std::size_t count_ = 0;
};

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

class CsvReader final : public TextReader {
 public:
  explicit CsvReader(Buffer buffer) : TextReader(std::move(buffer)) {}
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
    return take(first_, problems) && (has_first_ = true);
  }

  bool read(std::size_t count, std::vector<TraceRequest>& requests, Problems& problems) override {
    if (!has_first_ || count == 0) return TextReader::read(count, requests, problems);
    has_first_ = false;
    if (!TextReader::read(count - 1, requests, problems)) return false;
    requests.insert(requests.begin(), first_);
    return true;
  }

 private:
  bool parse(std::string_view line, TraceRequest& request, Problems& problems) override {
    return split(line, problems) && take(request, problems);
  }
  bool split(std::string_view line, Problems& problems) {
    if (fields_.split(line)) return true;
    problems.add(here(), "expected a closing quote");
    return false;
  }
  /// The request in `fields_`.
  bool take(TraceRequest& request, Problems& problems) {
    const std::size_t needed = std::max(key_column_, size_column_.value_or(0)) + 1;
    if (fields_.count() < needed) {
      problems.add(here(),
                   fmt::format("expected at least {} fields, got {}", needed, fields_.count()));
      return false;
    }
    request.key = trace_key(fields_[key_column_]);
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
  TraceRequest first_;      ///< Of the first line, if that was not a header.
  bool has_first_ = false;  ///< And not given out yet.
};

class BinaryReader final : public BufferedReader {
 public:
  explicit BinaryReader(Buffer buffer) : BufferedReader(std::move(buffer)) {}
  TraceFormat format() const override { return TraceFormat::binary; }
  bool has_sizes() const override { return true; }

  bool read(std::size_t count, std::vector<TraceRequest>& requests, Problems& problems) override {
    requests.clear();
    while (requests.size() < count) {
      const std::string_view held = buffer_.held();
      if (held.size() >= record_size) {
        requests.push_back({number(held, 4, 8), static_cast<std::int64_t>(number(held, 12, 4))});
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

  static std::uint64_t number(std::string_view bytes, std::size_t from, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t byte = size; byte > 0; --byte) {
      value = value << 8 | static_cast<unsigned char>(bytes[from + byte - 1]);
    }
    return value;
  }

  std::uint64_t records_ = 0;
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

std::unique_ptr<ByteSource> open_bytes(const std::string& file, Problems& problems) {
  if (file == "-") return std::make_unique<ByteSource>("standard input", stdin, 0);
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    problems.add(Path(file), "expected a file, got a directory");
    return nullptr;
  }
  std::FILE* opened = std::fopen(file.c_str(), "rb");
  if (!opened) {
    problems.add(Path(file), "cannot open it: " + error_text(errno));
    return nullptr;
  }
  const auto size = std::filesystem::file_size(file, error);
  return std::make_unique<ByteSource>(file, opened, error ? 0 : size);
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
                                               Problems& problems) {
  std::unique_ptr<ByteSource> source = open_bytes(file, problems);
  if (!source || !source->start(problems)) return nullptr;
  const std::string name = source->name();
  Buffer buffer(std::move(source));
  if (!buffer.fill(problems)) return nullptr;
  if (buffer.held().empty()) {
    problems.add(Path(name), "the trace is empty");
    return nullptr;
  }
  if (format == TraceFormat::detect) format = format_of_name(name);
  if (format == TraceFormat::detect) format = format_of_content(buffer.held());
  if (format == TraceFormat::binary) return std::make_unique<BinaryReader>(std::move(buffer));
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (buffer.held().starts_with(byte_order_mark)) buffer.drop(byte_order_mark.size());
  if (format == TraceFormat::keys) return std::make_unique<KeysReader>(std::move(buffer));
  auto reader = std::make_unique<CsvReader>(std::move(buffer));
  if (!reader->start(problems)) return nullptr;
  return reader;
}

}  // namespace faultline::models
