/// A scenario file as plain values: read, checked, and not yet built.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/measure/slo.hpp"
#include "sim/param/param.hpp"
#include "sim/random/distribution.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/consistency_spec.hpp"
#include "sim/scenario/cost_spec.hpp"
#include "sim/scenario/expectation.hpp"
#include "sim/scenario/fault_spec.hpp"
#include "sim/scenario/incident_spec.hpp"
#include "sim/scenario/load_test.hpp"
#include "sim/scenario/network_spec.hpp"

namespace faultline::sim {

/// The format this program reads: the value of "faultline" in a file.
inline constexpr std::int64_t format_version = 1;
/// Bounds on sizes that come from a file.
inline constexpr std::int64_t replicas_max = 100'000;
inline constexpr std::int64_t nodes_max = 200'000;

/// One entry of `nodes`: a component, once or as a group of equal replicas.
struct NodeSpec {
  std::string name;
  const TypeRecord* type = nullptr;
  std::int64_t replicas = 1;
  std::vector<std::string> zones;  ///< Replica i stands in the one at i modulo their number.
  std::shared_ptr<void> params;
};

struct RunSpec {
  Duration duration = std::chrono::seconds(60);
  Duration warmup{};
  std::int64_t seed = 1;
  std::int64_t in_service_limit = 500'000;
  static void describe(ParamList<RunSpec>& list);
  static void check(const RunSpec& run, const Path& path, Problems& problems);
};

struct Position {
  double x = 0;
  double y = 0;
};

/// A text beside the drawing. It is drawn and nothing else.
struct NoteSpec {
  std::string text;
  std::vector<double> at;    ///< Of its upper left corner, x and y, as in `layout`.
  std::vector<double> size;  ///< Width and height; none: as the text needs.
  static void describe(ParamList<NoteSpec>& list);
  static void check(const NoteSpec& note, const Path& path, Problems& problems);
};

struct Spec {
  std::string title;
  std::string description;
  std::map<std::string, ZoneSpec> zones;
  std::vector<NodeSpec> nodes;  ///< Sorted by name.
  NetworkSpec network;
  std::vector<FaultSpec> faults;
  std::vector<IncidentSpec> incidents;
  std::vector<Slo> slos;
  Choice<LoadTest> load_test;                  ///< No choice: none.
  std::optional<ConsistencySpec> consistency;  ///< None: nothing is recorded.
  std::optional<CostSpec> cost;                ///< None: nothing is priced.
  std::vector<Expectation> expectations;
  RunSpec run;
  std::map<std::string, Position> layout;
  std::vector<NoteSpec> notes;
  std::string text;    ///< The file as read, with overrides applied.
  std::string sha256;  ///< Of the file as read.

  const NodeSpec* find_node(std::string_view name) const;
};

/// One `--set PATH=VALUE`.
struct Override {
  std::string path;
  std::string value;
};

/// Reads a scenario. Every problem of the file goes to `problems`; nothing is returned if there is
/// any.
std::optional<Spec> read_spec(std::string_view text, const std::filesystem::path& base_directory,
                              const std::vector<Override>& overrides, Problems& problems);
std::optional<Spec> read_spec_file(const std::filesystem::path& file,
                                   const std::vector<Override>& overrides, Problems& problems);

/// Reads a fault that is to strike the system of `spec`, as the file would have it: a name, a call
/// or an object: `crash(app[0])`. Nothing, and problems with paths from "fault" on, if it is wrong.
std::optional<Choice<Fault>> read_fault(std::string_view text, const Spec& spec,
                                        Problems& problems);

/// The JSON Schema (draft 2020-12) of a scenario file.
Json scenario_schema();

}  // namespace faultline::sim
