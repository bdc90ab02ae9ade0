#include "models/algorithms/traces/byte_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <initializer_list>
#include <system_error>

namespace faultline::models {

using sim::Path;
using sim::Problems;

namespace {

std::string error_text(int number) { return std::generic_category().message(number); }

}  // namespace

std::unique_ptr<ByteSource> ByteSource::open(const std::string& file, Problems& problems) {
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

ByteSource::ByteSource(std::string name, std::FILE* file, std::uint64_t total)
    : name_(std::move(name)), file_(file), total_(total), packed_(block_size) {}

ByteSource::~ByteSource() {
  if (inflating_) inflateEnd(&stream_);
  if (file_ != stdin) std::fclose(file_);
}

bool ByteSource::start(Problems& problems) {
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

bool ByteSource::fail(std::string message, Problems& problems, std::string hint) const {
  problems.add(Path(name_), std::move(message), std::move(hint));
  return false;
}

bool ByteSource::refuse_compression(std::string_view method, Problems& problems) const {
  return fail(fmt::format("expected plain or gzipped data, got {} data", method), problems,
              "unpack it first");
}

bool ByteSource::refill(Problems& problems) {
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

bool ByteSource::copy(unsigned char* out, std::size_t size, std::size_t& got, Problems& problems) {
  if (!refill(problems)) return false;
  got = std::min(size, available());
  std::memcpy(out, at_, got);
  at_ += got;
  return true;
}

bool ByteSource::unpack(unsigned char* out, std::size_t size, std::size_t& got,
                        Problems& problems) {
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

bool ByteSource::next_member(Problems& problems) {
  if (*at_ == 0) {
    at_ = std::find_if(at_, end_, [](unsigned char byte) { return byte != 0; });
    return true;
  }
  if (*at_ != 0x1f || inflateReset(&stream_) != Z_OK) {
    return fail(
        fmt::format("something that is not gzip data follows it at byte {}", taken_ - available()),
        problems);
  }
  in_member_ = true;
  return true;
}

}  // namespace faultline::models
