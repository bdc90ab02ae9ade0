/// A recorded trace as the source of requests: streamed, so that memory does not grow with it.
///
/// The whole file is read once when the scenario is: what is wrong with it is a problem with the
/// number of its line, and its classes are known before the run. The run reads it again, once for
/// each pass.
/// Rule: the first request is sent when the run begins, each other one as much later as its time
/// says, divided by `speed`; a further pass begins after the trace's mean time between requests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/algorithms/traces/trace_reader.hpp"
#include "sim/param/described.hpp"
#include "sim/random/arrival_process.hpp"

namespace faultline::models {

/// What the first reading of a trace found.
struct TraceFindings {
  std::uint64_t requests = 0;
  std::int64_t first_time = 0;  ///< Nanoseconds.
  std::int64_t last_time = 0;
  bool has_sizes = false;
  std::vector<std::string> classes;
};

/// The name of a trace, relative to the scenario's folder.
struct TraceFile {
  std::string name;
  std::filesystem::path path;
  /// Filled by the check of the parameters.
  std::shared_ptr<TraceFindings> findings = std::make_shared<TraceFindings>();
};

struct TraceParams {
  TraceFile file;
  std::string format = "auto";
  sim::Choice<sim::ArrivalProcess> arrivals;
  double speed = 1;
  std::int64_t repeat = 1;

  static void describe(sim::ParamList<TraceParams>& list);
  static void check(const TraceParams& params, const sim::Path& path, sim::Problems& problems);
  TraceFormat trace_format() const;
  TraceDepth depth() const { return arrivals ? TraceDepth::requests : TraceDepth::times; }
};

class TraceReplay {
 public:
  /// Requires: checked parameters.
  explicit TraceReplay(const TraceParams& params);

  struct Item {
    TraceRequest request;
    TraceDetails details;
    bool has_size = false;
    sim::Duration due{};  ///< From the start of the run, if the trace goes by its own times.
  };
  /// The next request, which is good until the next call; null at the end of the last pass, and on
  /// a problem.
  const Item* next(sim::Problems& problems);

 private:
  bool open(sim::Problems& problems);
  sim::Duration due(std::int64_t time) const;

  TraceParams params_;
  std::unique_ptr<TraceReader> reader_;
  std::vector<TraceRequest> block_;
  std::size_t next_ = 0;     ///< In the block. State.
  std::int64_t passes_ = 0;  ///< Begun. State.
  Item item_;
};

}  // namespace faultline::models

namespace faultline::sim {

/// Written as text: the file's name.
template <>
struct ValueType<models::TraceFile> {
  static void read(const Json& json, models::TraceFile& out, const ParamOptions& options,
                   const Path& path, ReadContext& context);
  static void write(const models::TraceFile& value, Json& out);
  static void schema(const ParamOptions& options, SchemaContext& context, Json& out);
  static std::string type_text(const ParamOptions&) { return "file"; }
  static void collect_refs(const models::TraceFile&, const ParamOptions&, const Path&,
                           std::vector<FoundRef>&) {}
};

}  // namespace faultline::sim
