#include "cli/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace faultline::cli {

namespace {

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string failure(const std::filesystem::path& file, int code) {
  return fmt::format("cannot write {}: {}", file.string(), std::generic_category().message(code));
}

}  // namespace

bool write_file(const std::filesystem::path& file, std::string_view content, std::string& error) {
  if (file == "-") {
    if (write_stdout(content)) return true;
    error = failure("standard output", errno);
    return false;
  }
  // What is there and is no regular file (a pipe, /dev/null) is written to as it is.
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(file, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    const int direct = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    const bool written = direct >= 0 && write_all(direct, content);
    if (!written) error = failure(file, errno);
    if (direct >= 0) ::close(direct);
    return written;
  }
  std::string temporary = file.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) {
    error = failure(file, errno);
    return false;
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  bool good = ::fchmod(descriptor, 0666 & ~mask) == 0 && write_all(descriptor, content) &&
              ::fsync(descriptor) == 0;
  int code = errno;
  if (::close(descriptor) != 0 && good) {
    good = false;
    code = errno;
  }
  if (good && ::rename(temporary.c_str(), file.c_str()) != 0) {
    good = false;
    code = errno;
  }
  if (!good) {
    ::unlink(temporary.c_str());
    error = failure(file, code);
  }
  return good;
}

bool write_stdout(std::string_view content) { return write_all(STDOUT_FILENO, content); }

bool is_terminal(int descriptor) {
  const char* term = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && term && std::strcmp(term, "dumb") != 0;
}

}  // namespace faultline::cli
