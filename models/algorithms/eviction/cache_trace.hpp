/// Cache policies on a recorded trace: what `faultline cache-trace FILE --policy P --capacity N`
/// does.
///
/// Each policy serves the whole trace from an empty cache; every request counts, and each miss puts
/// the object in. A request whose object has another size than the entry held is a hit, and the
/// entry takes the new size. Objects of size 0 take 1 byte of the capacity.
///
/// Memory: the caches, about 22 bytes for each distinct key, and one block of the trace at a time;
/// a policy that must know the future (belady) needs the whole trace, 24 bytes a request.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/traces/trace_reader.hpp"

namespace faultline::models {

/// How far a run is.
struct CacheTraceProgress {
  std::uint64_t requests = 0;
  std::uint64_t bytes_read = 0;   ///< Of the file.
  std::uint64_t bytes_total = 0;  ///< 0 if not known.
};

struct CacheTraceOptions {
  std::string file;         ///< "-" is the standard input.
  std::string policies;     ///< "lru", "clock(counter_bits=2)", "lru, arc, belady", "all".
  std::string capacity;     ///< "20000" entries, "64MiB".
  std::string admission{};  ///< "tiny_lfu", in front of each policy; empty: everything comes in.
  TraceFormat format = TraceFormat::detect;
  std::uint64_t seed = 1;  ///< Of the policies that need chance; each has a source of its own.
  /// Called now and then; false ends the run with what has been counted.
  std::function<bool(const CacheTraceProgress&)> progress;
};

/// What one policy made of a trace. hits + misses = requests.
struct CacheTraceResult {
  std::string trace;
  TraceFormat format = TraceFormat::keys;
  std::string policy;  ///< As written in the options.
  CacheCapacity capacity;
  std::uint64_t requests = 0;
  std::uint64_t distinct_keys = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  bool has_sizes = false;  ///< False: the trace has no sizes, and the bytes below are 0.
  std::uint64_t bytes_requested = 0;
  std::uint64_t byte_misses = 0;
  bool cut_short = false;  ///< `progress` ended the run.

  double miss_ratio() const;       ///< 0 to 1.
  double byte_miss_ratio() const;  ///< 0 to 1; 0 where no bytes were asked for.
};

/// Runs each policy over the trace, which is read once. One result a policy, in the order of the
/// options, or none and at least one problem: about an option ("--policy", "--capacity",
/// "--admission"), or about the trace, with the number of its line.
std::vector<CacheTraceResult> run_cache_trace(const CacheTraceOptions& options,
                                              sim::Problems& problems);

/// "20000" as entries, "64MiB" as bytes; a problem at "--capacity" for anything else, and for less
/// than 1.
bool parse_cache_capacity(std::string_view text, CacheCapacity& capacity, sim::Problems& problems);
/// The text that reads back the same.
std::string to_text(const CacheCapacity& capacity);

/// For people, at most 80 columns: one policy as a list of values, several as a table.
std::string cache_trace_table(const std::vector<CacheTraceResult>& results);

/// {"trace", "format", "policy", "capacity", "capacity_unit", "requests", "distinct_keys", "hits",
/// "misses", "miss_ratio", "bytes_requested", "byte_misses", "byte_miss_ratio"}; the last three are
/// null where the trace has no sizes.
nlohmann::json to_json(const CacheTraceResult& result);
/// The object above for one result, {"results": [...]} for several.
nlohmann::json to_json(const std::vector<CacheTraceResult>& results);

}  // namespace faultline::models
