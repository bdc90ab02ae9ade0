#include "sim/scenario/spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/network/component.hpp"
#include "sim/network/zone.hpp"
#include "sim/param/described.hpp"
#include "sim/param/json_path.hpp"
#include "sim/param/json_reader.hpp"
#include "sim/scenario/sections.hpp"
#include "sim/scenario/sha256.hpp"

namespace faultline::sim {

void RunSpec::describe(ParamList<RunSpec>& list) {
  list.add("duration", &RunSpec::duration, "Virtual time the run lasts, warm-up included")
      .above(Duration(0));
  list.add("warmup", &RunSpec::warmup, "Virtual time before statistics begin")
      .at_least(Duration(0));
  list.add("seed", &RunSpec::seed, "Names the random streams; the same seed gives the same run")
      .at_least(0);
  list.add("in_service_limit", &RunSpec::in_service_limit,
           "Requests at one node, waiting or in work, at which the run stops: it would not catch "
           "up any more")
      .between(1, 100'000'000);
}

void RunSpec::check(const RunSpec& run, const Path& path, Problems& problems) {
  if (run.warmup >= run.duration) {
    problems.add(path / "warmup", fmt::format("expected less than the duration {}, got {}",
                                              to_text(run.duration), to_text(run.warmup)));
  }
}

void NoteSpec::describe(ParamList<NoteSpec>& list) {
  list.add("text", &NoteSpec::text, "What it says").required();
  list.add("at", &NoteSpec::at, "Where its upper left corner is drawn: [x, y], as in `layout`")
      .required();
  list.add("size", &NoteSpec::size, "Its width and height; without it, as the text needs");
}

void NoteSpec::check(const NoteSpec& note, const Path& path, Problems& problems) {
  if (note.at.size() != 2) {
    problems.add(path / "at", fmt::format("expected [x, y], got {} numbers", note.at.size()));
  }
  if (note.size.empty()) return;
  if (note.size.size() != 2) {
    problems.add(path / "size",
                 fmt::format("expected [width, height], got {} numbers", note.size.size()));
  } else if (note.size[0] <= 0 || note.size[1] <= 0) {
    problems.add(path / "size", "expected a width and a height above 0");
  }
}

const NodeSpec* Spec::find_node(std::string_view name) const {
  for (const NodeSpec& node : nodes) {
    if (node.name == name) return &node;
  }
  return nullptr;
}

namespace {

constexpr std::int64_t name_length_max = 100;

/// What is wrong with a name, or empty. Names stand in paths, references and reports.
std::string name_problem(std::string_view name) {
  if (name.empty()) return "a name may not be empty";
  if (name.size() > name_length_max)
    return fmt::format("a name has at most {} bytes", name_length_max);
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return "a name may not hold control characters";
    if (std::string_view("[]().,:\"'\\").find(c) != std::string_view::npos) {
      return fmt::format("a name may not hold '{}'", c);
    }
  }
  return {};
}

/// Reads the parts of a file that are described structs, and says what is unknown at the top.
class SpecReader {
 public:
  SpecReader(const Json& json, Spec& spec, ReadContext& context)
      : json_(json), spec_(spec), context_(context) {}

  void read() {
    if (!json_.is_object()) {
      context_.problems.add(Path(), fmt::format("expected an object, got {}", json_.type_name()));
      return;
    }
    if (!read_version()) return;
    static const std::vector<std::string> known{
        "faultline", "title",     "description", "zones", "nodes",  "network",
        "faults",    "slos",      "expect",      "run",   "layout", "load_test",
        "$schema",   "incidents", "consistency", "notes", "cost"};
    for (const auto& [key, value] : json_.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        context_.problems.add(Path() / key, "unknown key", suggestion(key, known));
      }
    }
    read_part("title", spec_.title);
    read_part("description", spec_.description);
    read_part("zones", spec_.zones);
    check_zone_names();
    read_nodes();
    read_part("network", spec_.network);
    read_part("faults", spec_.faults);
    read_part("incidents", spec_.incidents);
    read_part("slos", spec_.slos);
    read_part("load_test", spec_.load_test);
    check_load_test();
    read_part("consistency", spec_.consistency);
    read_part("cost", spec_.cost);
    check_cost();
    read_expectations();
    read_part("run", spec_.run);
    read_layout();
    read_part("notes", spec_.notes);
    check_references();
    check_layout();
  }

  /// Those of something that may name places as well as nodes.
  void check_places_and_references(const std::vector<FoundRef>& refs) {
    std::vector<std::string> names;
    for (const NodeSpec& node : spec_.nodes) names.push_back(node.name);
    for (const FoundRef& ref : refs) {
      if (!check_place(ref)) check_reference(ref, names);
    }
  }

 private:
  template <class T>
  void read_part(const char* key, T& out) {
    if (const auto found = json_.find(key); found != json_.end()) {
      ValueType<T>::read(*found, out, ParamOptions{}, Path() / key, context_);
    }
  }

  bool read_version() {
    const auto found = json_.find("faultline");
    const Path path = Path() / "faultline";
    if (found == json_.end()) {
      context_.problems.add(path, "the format version is missing",
                            fmt::format("write \"faultline\": {}", format_version));
      return false;
    }
    if (!found->is_number_integer() || *found != format_version) {
      context_.problems.add(
          path,
          fmt::format("expected format version {}, got {}", format_version,
                      found->dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 40)),
          found->is_number_integer() && *found > format_version
              ? "the file is for a newer faultline"
              : "this program reads version 1 only");
      return false;
    }
    return true;
  }

  void read_nodes() {
    const Path path = Path() / "nodes";
    const auto found = json_.find("nodes");
    if (found == json_.end() || !found->is_object() || found->empty()) {
      context_.problems.add(path, "expected an object with at least one node",
                            R"(for example "nodes": {"users": {"type": "clients", ...}})");
      return;
    }
    std::int64_t total = 0;
    for (const auto& [name, value] : found->items()) {
      read_node(name, value, path / name);
      if (!spec_.nodes.empty())
        total += spec_.nodes.back().name == name ? spec_.nodes.back().replicas : 0;
    }
    if (total > nodes_max) {
      context_.problems.add(
          path, fmt::format("expected at most {} nodes in all, got {}", nodes_max, total));
    }
  }

  void read_node(const std::string& name, const Json& value, const Path& path) {
    if (std::string problem = name_problem(name); !problem.empty()) {
      context_.problems.add(path, problem);
      return;
    }
    if (!value.is_object()) {
      context_.problems.add(path, fmt::format("expected an object, got {}", value.type_name()));
      return;
    }
    NodeSpec node;
    node.name = name;
    const std::vector<std::string> types = TypeCatalogue::instance().names(Component::kind);
    const auto type = value.find("type");
    if (type == value.end() || !type->is_string()) {
      context_.problems.add(path / "type", "the node's type is missing", suggestion("", types));
      return;
    }
    node.type =
        TypeCatalogue::instance().find(Component::kind, type->get_ref<const std::string&>());
    if (!node.type) {
      const std::string& word = type->get_ref<const std::string&>();
      context_.problems.add(path / "type", fmt::format("unknown node type \"{}\"", word),
                            suggestion(word, types));
      return;
    }
    if (const auto replicas = value.find("replicas"); replicas != value.end()) {
      ParamOptions options;
      options.minimum = 1;
      options.maximum = static_cast<double>(replicas_max);
      ValueType<std::int64_t>::read(*replicas, node.replicas, options, path / "replicas", context_);
    }
    read_zones(value, path, node);
    node.params = node.type->make_params();
    const std::size_t problems_before = context_.problems.size();
    node.type->params().read(value, node.params.get(), path, context_,
                             {"type", "replicas", "zone", "zones"});
    if (context_.problems.size() == problems_before)
      node.type->check(node.params.get(), path, context_.problems);
    spec_.nodes.push_back(std::move(node));
  }

  void check_zone_names() {
    for (const auto& [name, zone] : spec_.zones) {
      const Path path = Path() / "zones" / name;
      if (const std::string problem = name_problem(name); !problem.empty()) {
        context_.problems.add(path, problem);
      }
      if (zone.region.empty()) continue;
      if (const std::string problem = name_problem(zone.region); !problem.empty()) {
        context_.problems.add(path / "region", problem);
      }
    }
  }

  /// One zone, or several that the replicas take in turns.
  void read_zones(const Json& value, const Path& path, NodeSpec& node) {
    const auto zone = value.find("zone");
    const auto zones = value.find("zones");
    if (zone != value.end() && zones != value.end()) {
      context_.problems.add(path / "zone", "both `zone` and `zones` are given",
                            "give `zones` alone to spread the replicas");
      return;
    }
    if (zone != value.end()) {
      std::string name;
      ValueType<std::string>::read(*zone, name, ParamOptions{}, path / "zone", context_);
      if (zone->is_string() && check_zone(name, path / "zone")) node.zones = {name};
    }
    if (zones != value.end()) {
      ParamOptions options;
      options.items_min = 1;
      ValueType<std::vector<std::string>>::read(*zones, node.zones, options, path / "zones",
                                                context_);
      for (std::size_t i = 0; i < node.zones.size(); ++i) {
        check_zone(node.zones[i], (path / "zones")[i]);
      }
    }
  }

  bool check_zone(const std::string& name, const Path& path) {
    if (spec_.zones.contains(name)) return true;
    std::vector<std::string> zones;
    for (const auto& entry : spec_.zones) zones.push_back(entry.first);
    context_.problems.add(path, fmt::format("there is no zone \"{}\"", name),
                          suggestion(name, zones));
    return false;
  }

  void read_expectations() {
    std::vector<std::string> claims;
    read_part("expect", claims);
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (auto claim = parse_expectation(claims[i], (Path() / "expect")[i], context_.problems)) {
        spec_.expectations.push_back(std::move(*claim));
      }
    }
  }

  void read_layout() {
    std::map<std::string, std::vector<double>> places;
    read_part("layout", places);
    for (const auto& [name, place] : places) {
      if (place.size() != 2) {
        context_.problems.add(Path() / "layout" / name,
                              fmt::format("expected [x, y], got {} numbers", place.size()));
        continue;
      }
      spec_.layout[name] = {place[0], place[1]};
    }
  }

  /// The objective that a load test watches must be there.
  void check_load_test() {
    if (!spec_.load_test || !context_.problems.empty()) return;
    const std::string slo = spec_.load_test.make({})->watch().slo;
    std::vector<std::string> names;
    for (const Slo& each : spec_.slos) names.push_back(each.name);
    const Path path = Path() / "load_test";
    if (names.empty()) {
      context_.problems.add(path, "there is no objective to watch",
                            R"(give "slos", for example {"name": "fast", "good": "latency < )"
                            R"(50ms", "target": "99%"})");
    } else if (!slo.empty() && std::find(names.begin(), names.end(), slo) == names.end()) {
      context_.problems.add(path / "slo", fmt::format("there is no objective \"{}\"", slo),
                            suggestion(slo, names));
    }
  }

  /// What is priced must be there.
  void check_cost() {
    if (!spec_.cost || !context_.problems.empty()) return;
    std::vector<std::string> names;
    for (const NodeSpec& node : spec_.nodes) names.push_back(node.name);
    spec_.cost->for_each_name([&](const Path& path, const std::string& name) {
      if (spec_.find_node(name)) return;
      context_.problems.add(path, fmt::format("there is no node \"{}\"", name),
                            suggestion(name, names));
    });
  }

  /// A place for a node that is not there is a slip of the pen.
  void check_layout() {
    std::vector<std::string> names;
    for (const NodeSpec& node : spec_.nodes) names.push_back(node.name);
    const auto nodes = json_.find("nodes");
    for (const auto& entry : spec_.layout) {
      if (nodes != json_.end() && nodes->is_object() && nodes->contains(entry.first)) continue;
      context_.problems.add(Path() / "layout" / entry.first,
                            fmt::format("there is no node \"{}\"", entry.first),
                            suggestion(entry.first, names));
    }
  }

  void check_references() {
    std::vector<FoundRef> refs;
    for (const NodeSpec& node : spec_.nodes) {
      node.type->params().collect_refs(node.params.get(), Path() / "nodes" / node.name, refs);
    }
    std::vector<std::string> names;
    for (const NodeSpec& node : spec_.nodes) names.push_back(node.name);
    for (const FoundRef& ref : refs) check_reference(ref, names);
    // Whom a node calls is a node or a group; these may name a place as well.
    refs.clear();
    ValueType<NetworkSpec>::collect_refs(spec_.network, {}, Path() / "network", refs);
    ValueType<std::vector<FaultSpec>>::collect_refs(spec_.faults, {}, Path() / "faults", refs);
    ValueType<Choice<LoadTest>>::collect_refs(spec_.load_test, {}, Path() / "load_test", refs);
    ValueType<std::vector<IncidentSpec>>::collect_refs(spec_.incidents, {}, Path() / "incidents",
                                                       refs);
    ValueType<std::vector<Slo>>::collect_refs(spec_.slos, {}, Path() / "slos", refs);
    ValueType<std::optional<CostSpec>>::collect_refs(spec_.cost, {}, Path() / "cost", refs);
    ValueType<std::optional<ConsistencySpec>>::collect_refs(spec_.consistency, {},
                                                            Path() / "consistency", refs);
    check_places_and_references(refs);
  }

  /// Whether `ref` names a zone or a region; one that is not there is a problem.
  bool check_place(const FoundRef& ref) {
    const std::string_view name = ref.name;
    const bool zone = name.starts_with(zone_prefix);
    if (!zone && !name.starts_with(region_prefix)) return false;
    const std::string_view prefix = zone ? zone_prefix : region_prefix;
    const std::string_view place = name.substr(prefix.size());
    std::set<std::string> known;
    for (const auto& [zone_name, zone_spec] : spec_.zones) {
      known.insert(zone || zone_spec.region.empty() ? zone_name : zone_spec.region);
    }
    if (!known.contains(std::string(place))) {
      context_.problems.add(ref.path,
                            fmt::format("there is no {} \"{}\"", zone ? "zone" : "region", place),
                            suggestion(place, {known.begin(), known.end()}));
    }
    return true;
  }

  void check_reference(const FoundRef& ref, const std::vector<std::string>& names) {
    std::string_view group = ref.name;
    std::string_view index;
    if (const std::size_t open = group.find('[');
        open != std::string_view::npos && group.back() == ']') {
      index = group.substr(open + 1, group.size() - open - 2);
      group = group.substr(0, open);
    }
    const NodeSpec* node = spec_.find_node(group);
    // A node that could not be read has its own problem; one that is not there at all is this
    // one's.
    const auto nodes = json_.find("nodes");
    if (!node && nodes != json_.end() && nodes->is_object() && nodes->contains(std::string(group)))
      return;
    if (!node) {
      context_.problems.add(ref.path, fmt::format("there is no node \"{}\"", ref.name),
                            suggestion(group, names));
      return;
    }
    if (index.empty() && group.size() == ref.name.size()) return;
    std::int64_t number = -1;
    const bool digits =
        !index.empty() && index.size() <= 9 &&
        std::all_of(index.begin(), index.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits) number = std::stoll(std::string(index));
    if (number < 0 || number >= node->replicas || fmt::format("{}", number) != index) {
      context_.problems.add(ref.path, fmt::format("there is no node \"{}\"", ref.name),
                            node->replicas == 1
                                ? fmt::format("\"{}\" has one replica: write \"{}\" or \"{}[0]\"",
                                              group, group, group)
                                : fmt::format("\"{}\" has {} replicas, [0] to [{}]", group,
                                              node->replicas, node->replicas - 1));
    }
  }

  const Json& json_;
  Spec& spec_;
  ReadContext& context_;
};

}  // namespace

std::optional<Spec> read_spec(std::string_view text, const std::filesystem::path& base_directory,
                              const std::vector<Override>& overrides, Problems& problems) {
  std::optional<Json> json = read_json(text, problems);
  if (!json) return std::nullopt;
  static const std::vector<std::string> sections{"incidents",   "network", "run",   "faults",
                                                 "slos",        "expect",  "title", "load_test",
                                                 "consistency", "notes",   "cost"};
  for (const Override& change : overrides) {
    set_by_path(*json, change.path, change.value, problems, sections);
  }
  if (!problems.empty()) return std::nullopt;
  Spec spec;
  ReadContext context{problems, base_directory};
  SpecReader(*json, spec, context).read();
  if (!problems.empty()) return std::nullopt;
  spec.text = overrides.empty() ? std::string(text) : json->dump(2) + "\n";
  spec.sha256 = sha256_hex(text);
  return spec;
}

std::optional<Spec> read_spec_file(const std::filesystem::path& file,
                                   const std::vector<Override>& overrides, Problems& problems) {
  const std::optional<std::string> text = read_text_file(file, problems);
  if (!text) return std::nullopt;
  return read_spec(*text, file.parent_path().empty() ? "." : file.parent_path(), overrides,
                   problems);
}

std::optional<Choice<Fault>> read_fault(std::string_view text, const Spec& spec,
                                        Problems& problems) {
  Json json = std::string(text);
  if (const std::size_t first = text.find_first_not_of(" \t\r\n");
      first != std::string_view::npos && text[first] == '{') {
    const std::optional<Json> object = read_json(text, problems);
    if (!object) return std::nullopt;
    json = *object;
  }
  const std::size_t problems_before = problems.size();
  ReadContext context{problems};
  const Path path = Path() / "fault";
  Choice<Fault> fault;
  ValueType<Choice<Fault>>::read(json, fault, {}, path, context);
  if (fault) {
    std::vector<FoundRef> refs;
    ValueType<Choice<Fault>>::collect_refs(fault, {}, path, refs);
    Spec known;
    known.nodes = spec.nodes;
    known.zones = spec.zones;
    const Json no_file = Json::object();
    SpecReader(no_file, known, context).check_places_and_references(refs);
  }
  if (!fault || problems.size() > problems_before) return std::nullopt;
  return fault;
}

Json scenario_schema() {
  SchemaContext context;
  std::vector<std::string> required_sections;
  Json properties = scenario_sections().schema_properties(context, required_sections);
  properties["$schema"] = {{"type", "string"}};
  properties["faultline"] = {{"const", format_version},
                             {"description", "The version of the format"}};
  Json& place = properties["layout"]["additionalProperties"];
  place["minItems"] = place["maxItems"] = 2;

  Json node_types = Json::array();
  for (const TypeRecord* type : TypeCatalogue::instance().types(Component::kind)) {
    std::vector<std::string> required{"type"};
    const std::shared_ptr<void> defaults = type->make_params();
    Json members = type->params().schema_properties(context, required, defaults.get());
    members["type"] = {{"const", type->name()}, {"description", type->doc().title}};
    members.update(node_sections().schema_properties(context, required));
    members["replicas"]["default"] = 1;
    node_types.push_back({{"type", "object"},
                          {"title", type->doc().title},
                          {"description", type->doc().summary},
                          {"properties", std::move(members)},
                          {"required", required},
                          {"additionalProperties", false}});
  }
  properties["nodes"] = {
      {"type", "object"},
      {"description", "The parts of the system, by name"},
      {"minProperties", 1},
      {"propertyNames",
       {{"pattern", R"(^[^\u0000-\u001f\u007f\[\]().,:"'\\]+$)"}, {"maxLength", 100}}},
      {"additionalProperties", {{"oneOf", std::move(node_types)}}}};
  Json definitions = Json::object();
  for (const auto& [name, definition] : context.definitions()) definitions[name] = *definition;
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "Faultline scenario"},
          {"type", "object"},
          {"properties", std::move(properties)},
          {"required", {"faultline", "nodes"}},
          {"additionalProperties", false},
          {"$defs", std::move(definitions)}};
}

}  // namespace faultline::sim
