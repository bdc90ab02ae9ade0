/// A file named in a scenario, as a parameter value: it is read together with the scenario, so that
/// a missing or wrong one is a problem with a path like any other.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/param/param.hpp"

namespace faultline::sim {

/// A file's name, relative to the scenario's folder, and its contents.
struct DataFile {
  static constexpr std::size_t bytes_max = std::size_t{64} << 20;  ///< Larger files are refused.

  std::string name;
  std::shared_ptr<const std::string> contents;  ///< Null until read from a file.

  bool operator==(const DataFile& other) const { return name == other.name; }
};

/// Written as text: the file's name.
template <>
struct ValueType<DataFile> {
  static void read(const Json& json, DataFile& out, const ParamOptions& options, const Path& path,
                   ReadContext& context);
  static void write(const DataFile& value, Json& out);
  static void schema(const ParamOptions& options, SchemaContext& context, Json& out);
  static std::string type_text(const ParamOptions& options);  ///< "file"
  static void collect_refs(const DataFile&, const ParamOptions&, const Path&,
                           std::vector<FoundRef>&) {}
};

/// Walks over the rows of comma-separated text that matter: blank ones and those that begin with
/// `#` are left out, blanks round a cell are taken off. Quoting is not supported.
class CsvRows {
 public:
  explicit CsvRows(std::string_view text);

  /// Goes to the next row; false at the end.
  bool next();
  std::size_t line() const { return line_; }  ///< Number of the row's line, from 1.
  const std::vector<std::string_view>& cells() const { return cells_; }

 private:
  std::string_view rest_;
  std::size_t line_ = 0;
  std::vector<std::string_view> cells_;
};

}  // namespace faultline::sim
