#include "sim/scenario/consistency_spec.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/param/described.hpp"

namespace faultline::sim {

namespace {

std::vector<std::string> model_names() {
  return {consistency_models.begin(), consistency_models.end()};
}

std::vector<std::string> level_names() {
  return {isolation_levels.begin(), isolation_levels.end()};
}

bool is_wanted(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

int strength_of(std::string_view word) {
  if (word == "none") return 0;
  if (word == "session") return 1;
  for (std::size_t i = 0; i < chain_length; ++i) {
    if (word == consistency_models[i]) return static_cast<int>(chain_length + 1 - i);
  }
  return -1;
}

void ConsistencySpec::describe(ParamList<ConsistencySpec>& list) {
  list.add("boundary", &ConsistencySpec::boundary,
           "Where operations are watched: at the end users (clients), at those who call `nodes` "
           "(callers: what the application sees of a store), or at `nodes` themselves")
      .one_of({"clients", "callers", "nodes"});
  list.add("nodes", &ConsistencySpec::nodes,
           "The store, for the boundaries `callers` and `nodes`; calls that its nodes make to each "
           "other are not operations");
  list.add("keys", &ConsistencySpec::keys,
           "Share of the keys that are watched, with all their operations; chosen by a hash, the "
           "same ones in every run")
      .above({0});
  list.add("operations_max", &ConsistencySpec::operations_max,
           "Operations kept, at 48 bytes each, and as many reads and writes of transactions. When "
           "there are more, half of the keys are given up, with all their operations; of a last "
           "key the recording ends, and what is not violated by then is unknown")
      .between(1000, 100'000'000);
  list.add("models", &ConsistencySpec::models,
           "What is checked; without it, every model: linearizable, sequential, causal, pram, "
           "read_your_writes, monotonic_reads, monotonic_writes, writes_follow_reads, regular")
      .one_of(model_names());
  list.add("levels", &ConsistencySpec::levels,
           "To which levels of isolation transactions are held; without it, to all: "
           "strict_serializable, serializable, snapshot_isolation, prefix, causal, read_atomic, "
           "read_committed")
      .one_of(level_names());
  list.add(
          "lost_after", &ConsistencySpec::lost_after,
          "An acknowledged write is lost if the last read of its key, begun at least so long after "
          "the acknowledgement, still finds an older value")
      .at_least(Duration(0));
  list.add("budget", &ConsistencySpec::budget,
           "Steps of search that the check of one model or level may take (of linearizability: for "
           "each key); after them its verdict is unknown. A million takes about a second")
      .between(1, 1'000'000'000'000);
}

void ConsistencySpec::check(const ConsistencySpec& consistency, const Path& path,
                            Problems& problems) {
  const bool at_clients = consistency.boundary == "clients";
  if (at_clients && !consistency.nodes.empty()) {
    problems.add(path / "nodes", "has no effect at the boundary \"clients\"",
                 "write \"boundary\": \"callers\" for what their callers see, or \"nodes\" for "
                 "what they see themselves");
  }
  if (!at_clients && consistency.nodes.empty()) {
    problems.add(path / "nodes",
                 fmt::format("the boundary \"{}\" needs nodes", consistency.boundary),
                 R"(name the store, for example "nodes": ["db"])");
  }
}

bool ConsistencySpec::wants(std::string_view model) const { return is_wanted(models, model); }

bool ConsistencySpec::wants_level(std::string_view level) const { return is_wanted(levels, level); }

}  // namespace faultline::sim
