#include "models/clients/trace_replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "sim/param/assert.hpp"

namespace faultline::models {

using sim::Duration;

namespace {

constexpr std::size_t block_size = 4096;

/// Reads all of a trace once. Problems carry the number of their line.
void survey(const TraceParams& params, const std::string& name, TraceFindings& findings,
            sim::Problems& problems) {
  const auto reader = TraceReader::open(name, params.trace_format(), problems, params.depth());
  if (!reader) return;
  findings.has_sizes = reader->has_sizes();
  std::vector<TraceRequest> block;
  for (;;) {
    if (!reader->read(block_size, block, problems)) return;
    if (block.empty()) break;
    if (findings.requests == 0) findings.first_time = reader->details().front().time;
    findings.last_time = reader->details().back().time;
    findings.requests += block.size();
  }
  findings.classes = reader->classes();
  if (findings.requests == 0) problems.add(sim::Path(name), "the trace holds no request");
}

}  // namespace

void TraceParams::describe(sim::ParamList<TraceParams>& list) {
  list.add("file", &TraceParams::file,
           "The trace, plain or gzipped: CSV whose header names the columns (time, key, size, "
           "class, "
           "operation), one key a line, or binary records of 24 bytes")
      .required();
  list.add("format", &TraceParams::format, "How it is written; auto: by its name and first line")
      .one_of({"auto", "keys", "csv", "binary"});
  list.add("arrivals", &TraceParams::arrivals,
           "When its requests are sent; without it, at the trace's own times");
  list.add("speed", &TraceParams::speed, "How many times as fast as its own times")
      .above(0)
      .at_most(1e9);
  list.add("repeat", &TraceParams::repeat, "How often it is played").between(1, 1'000'000'000);
}

TraceFormat TraceParams::trace_format() const {
  TraceFormat parsed = TraceFormat::detect;
  const bool known = parse_trace_format(format, parsed);
  SIM_ASSERT(known);
  return parsed;
}

void TraceParams::check(const TraceParams& params, const sim::Path& path, sim::Problems& problems) {
  if (params.arrivals && params.speed != 1) {
    problems.add(path / "speed", "has no effect beside `arrivals`");
  }
  sim::Problems found;
  TraceFindings findings;
  survey(params, params.file.path.string(), findings, found);
  // A path of this machine means nothing to a reader of the message; the name in the scenario does.
  const std::string full = params.file.path.string();
  for (const sim::Problem& problem : found.sorted()) {
    std::string place = problem.path;
    if (const std::size_t at = place.find(full); at != std::string::npos) {
      place.replace(at, full.size(), params.file.name);
    }
    problems.add(path / "file", fmt::format("{}: {}", place, problem.message), problem.hint);
  }
  *params.file.findings = std::move(findings);
}

TraceReplay::TraceReplay(const TraceParams& params) : params_(params) {}

bool TraceReplay::open(sim::Problems& problems) {
  reader_ = TraceReader::open(params_.file.path.string(), params_.trace_format(), problems,
                              params_.depth());
  return reader_ != nullptr;
}

const TraceReplay::Item* TraceReplay::next(sim::Problems& problems) {
  while (next_ == block_.size()) {
    if (!reader_) {
      if (passes_ == params_.repeat || !open(problems)) return nullptr;
      ++passes_;
    }
    next_ = 0;
    if (!reader_->read(block_size, block_, problems)) return nullptr;
    if (block_.empty()) reader_.reset();
  }
  item_.request = block_[next_];
  item_.details = reader_->details()[next_];
  item_.has_size = reader_->has_sizes();
  item_.due = due(item_.details.time);
  ++next_;
  return &item_;
}

Duration TraceReplay::due(std::int64_t time) const {
  const TraceFindings& findings = *params_.file.findings;
  const auto length = static_cast<double>(findings.last_time - findings.first_time);
  const auto gaps = static_cast<double>(std::max<std::uint64_t>(findings.requests, 2) - 1);
  const double pass = length + length / gaps;
  // The first pass at speed 1 is exact.
  const std::int64_t within = time - findings.first_time;
  if (passes_ == 1 && params_.speed == 1) return Duration(within);
  const double all = pass * static_cast<double>(passes_ - 1) + static_cast<double>(within);
  constexpr double longest = 9e18;
  return Duration(static_cast<std::int64_t>(std::min(all / params_.speed, longest)));
}

}  // namespace faultline::models

namespace faultline::sim {

void ValueType<models::TraceFile>::read(const Json& json, models::TraceFile& out,
                                        const ParamOptions&, const Path& path,
                                        ReadContext& context) {
  models::TraceFile file;
  ParamOptions not_empty;
  not_empty.items_min = 1;
  const std::size_t problems_before = context.problems.size();
  ValueType<std::string>::read(json, file.name, not_empty, path, context);
  if (context.problems.size() != problems_before) return;
  file.path = context.base_directory / file.name;
  std::error_code error;
  // A pipe or device could keep a reader waiting for ever, and cannot be read twice.
  if (file.name.find('\0') != std::string::npos ||
      !std::filesystem::is_regular_file(file.path, error)) {
    const bool there =
        file.name.find('\0') == std::string::npos && std::filesystem::exists(file.path, error);
    context.problems.add(path,
                         fmt::format("file {}: {}", in_quotes(file.name),
                                     there ? "not a regular file" : "no such file"),
                         "a relative name is looked for in the scenario's folder");
    return;
  }
  out = std::move(file);
}

void ValueType<models::TraceFile>::write(const models::TraceFile& value, Json& out) {
  out = value.name;
}

void ValueType<models::TraceFile>::schema(const ParamOptions&, SchemaContext&, Json& out) {
  out = Json{{"type", "string"}, {"minLength", 1}};
}

}  // namespace faultline::sim
