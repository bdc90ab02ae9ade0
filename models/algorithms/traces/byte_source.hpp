/// The bytes of a file, unpacked if it is gzipped, one block at a time.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/param/problem.hpp"

namespace faultline::models {

class ByteSource {
 public:
  /// `file`, or the standard input if it is "-". Null on a problem.
  static std::unique_ptr<ByteSource> open(const std::string& file, sim::Problems& problems);

  ByteSource(std::string name, std::FILE* file, std::uint64_t total);
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  ~ByteSource();

  const std::string& name() const { return name_; }
  std::uint64_t taken() const { return taken_; }  ///< Of the file, so far.
  std::uint64_t total() const { return total_; }  ///< 0 if not known, as for a pipe.

  /// Looks at the first bytes and gets ready. False on a problem.
  bool start(sim::Problems& problems);
  /// Fills `out` with up to `size` bytes and sets `got`, 0 at the end. False on a problem.
  bool read(unsigned char* out, std::size_t size, std::size_t& got, sim::Problems& problems) {
    got = 0;
    return inflating_ ? unpack(out, size, got, problems) : copy(out, size, got, problems);
  }

  static constexpr std::size_t block_size = 256 * 1024;

 private:
  std::size_t available() const { return static_cast<std::size_t>(end_ - at_); }
  bool fail(std::string message, sim::Problems& problems, std::string hint = {}) const;
  bool refuse_compression(std::string_view method, sim::Problems& problems) const;
  /// The next block of the file, if the last one is used up; an empty one at the end.
  bool refill(sim::Problems& problems);
  bool copy(unsigned char* out, std::size_t size, std::size_t& got, sim::Problems& problems);
  bool unpack(unsigned char* out, std::size_t size, std::size_t& got, sim::Problems& problems);
  /// After a gzip member: another one may follow, or zeros that pad the file.
  bool next_member(sim::Problems& problems);

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
class ByteWindow {
 public:
  /// Longest line of a text, in bytes.
  static constexpr std::size_t line_max = 64 * 1024;

  explicit ByteWindow(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)), bytes_(ByteSource::block_size + line_max) {}

  ByteSource& source() { return *source_; }
  const ByteSource& source() const { return *source_; }
  std::string_view held() const { return {bytes_.data() + begin_, end_ - begin_}; }
  bool at_end() const { return at_end_; }
  void drop(std::size_t count) { begin_ += count; }

  /// More bytes behind those held, or `at_end`. False on a problem.
  /// Requires: at most `line_max` are held.
  bool fill(sim::Problems& problems) {
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

}  // namespace faultline::models
