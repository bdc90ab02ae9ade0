#include "sim/scenario/sections.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/param/described.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::sim {
namespace {

struct Sections {
  std::string title;
  std::string description;
  std::map<std::string, ZoneSpec> zones;
  NetworkSpec network;
  std::vector<FaultSpec> faults;
  std::vector<IncidentSpec> incidents;
  std::vector<Slo> slos;
  Choice<LoadTest> load_test;
  ConsistencySpec consistency;
  CostSpec cost;
  std::vector<std::string> expect;
  RunSpec run;
  std::map<std::string, std::vector<double>> layout;
  std::vector<NoteSpec> notes;

  static void describe(ParamList<Sections>& list) {
    list.add("title", &Sections::title, "What the system is, in a few words");
    list.add("description", &Sections::description, "What it shows");
    list.add("zones", &Sections::zones, "Where nodes stand");
    list.add("network", &Sections::network, "The ways between nodes");
    list.add("faults", &Sections::faults, "What goes wrong, and when");
    list.add("incidents", &Sections::incidents, "What goes wrong in named phases");
    list.add("slos", &Sections::slos, "Service level objectives");
    list.add("load_test", &Sections::load_test,
             "More load than usual, and which objective is watched under it");
    list.add("consistency", &Sections::consistency,
             "Which operations are recorded, and which consistency models they are held against");
    list.add("cost", &Sections::cost, "What running the system costs, by prices that are given");
    list.add("expect", &Sections::expect,
             "Claims over the result; a failed one gives exit status 1");
    list.add("run", &Sections::run, "How long, and with which luck");
    list.add("layout", &Sections::layout, "Where the boxes are drawn: [x, y]");
    list.add("notes", &Sections::notes, "Texts beside the drawing");
  }
};

struct NodeSections {
  std::int64_t replicas = 1;
  std::string zone;
  std::vector<std::string> zones;

  static void describe(ParamList<NodeSections>& list) {
    list.add("replicas", &NodeSections::replicas,
             "How many equal nodes; they are called name[0], name[1], ...")
        .between(1, replicas_max);
    list.add("zone", &NodeSections::zone, "The zone it stands in");
    list.add("zones", &NodeSections::zones,
             "Instead of `zone`: zones that the replicas take in turns, name[0] the first, name[1] "
             "the second")
        .not_empty();
  }
};

}  // namespace

const ParamSet& scenario_sections() { return params_of<Sections>(); }
const ParamSet& node_sections() { return params_of<NodeSections>(); }

}  // namespace faultline::sim
