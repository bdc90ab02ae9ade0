#include "sim/random/data_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

namespace faultline::sim {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The file's contents, or nothing and why not in `error`.
std::shared_ptr<const std::string> contents_of(const std::filesystem::path& file,
                                               std::string& error) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(file, failure);
  if (!std::filesystem::exists(status)) {
    error = "no such file";
    return nullptr;
  }
  // A pipe or device could keep a reader waiting for ever.
  if (!std::filesystem::is_regular_file(status)) {
    error = "not a regular file";
    return nullptr;
  }
  const std::uintmax_t size = std::filesystem::file_size(file, failure);
  const std::string too_large = fmt::format("larger than {} MiB", DataFile::bytes_max >> 20);
  if (!failure && size > DataFile::bytes_max) {
    error = too_large;
    return nullptr;
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> input(std::fopen(file.c_str(), "rb"),
                                                              &std::fclose);
  if (!input) {
    error = std::strerror(errno);
    return nullptr;
  }
  auto contents = std::make_shared<std::string>();
  constexpr std::size_t chunk = std::size_t{1} << 16;
  for (;;) {
    const std::size_t before = contents->size();
    contents->resize(before + chunk);
    const std::size_t count = std::fread(contents->data() + before, 1, chunk, input.get());
    contents->resize(before + count);
    if (contents->size() > DataFile::bytes_max) {
      error = too_large;  // It grew meanwhile.
      return nullptr;
    }
    if (count < chunk) break;
  }
  if (std::ferror(input.get()) != 0) {
    error = "cannot be read";
    return nullptr;
  }
  return contents;
}

}  // namespace

void ValueType<DataFile>::read(const Json& json, DataFile& out, const ParamOptions&,
                               const Path& path, ReadContext& context) {
  // Reading the name as text gives its messages.
  std::string name;
  ParamOptions not_empty;
  not_empty.items_min = 1;
  const std::size_t problems_before = context.problems.size();
  ValueType<std::string>::read(json, name, not_empty, path, context);
  if (context.problems.size() != problems_before) return;
  std::string error;
  std::shared_ptr<const std::string> contents;
  if (name.find('\0') == std::string::npos) {
    contents = contents_of(context.base_directory / name, error);
  } else {
    error = "no such file";
  }
  if (!contents) {
    context.problems.add(path, fmt::format("file {}: {}", in_quotes(name), error),
                         "a relative name is looked for in the scenario's folder");
    return;
  }
  out = {std::move(name), std::move(contents)};
}

void ValueType<DataFile>::write(const DataFile& value, Json& out) { out = value.name; }

void ValueType<DataFile>::schema(const ParamOptions&, SchemaContext&, Json& out) {
  out = Json{{"type", "string"}, {"minLength", 1}};
}

std::string ValueType<DataFile>::type_text(const ParamOptions&) { return "file"; }

CsvRows::CsvRows(std::string_view text) : rest_(text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

bool CsvRows::next() {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    std::string_view row = trimmed(rest_.substr(0, end));
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
    if (row.empty() || row.front() == '#') continue;
    cells_.clear();
    for (;;) {
      const std::size_t comma = row.find(',');
      cells_.push_back(trimmed(row.substr(0, comma)));
      if (comma == std::string_view::npos) return true;
      row.remove_prefix(comma + 1);
    }
  }
  return false;
}

}  // namespace faultline::sim
