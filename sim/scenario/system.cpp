#include "sim/scenario/system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace faultline::sim {

Stream BuildContext::stream(std::string_view purpose) const {
  return Stream(system_.seed(), system_.replication(), node_.name(), purpose);
}

Port BuildContext::port(const NodeRef& ref) const {
  Port port;
  const std::uint16_t role = ref.role.empty() ? std::uint16_t{0} : system_.role_id(ref.role);
  for (Node* node : system_.find(ref.name)) {
    port.push_back(system_.network().target_of(node_, *node));
    port.back().role = role;
  }
  SIM_ASSERT(!port.empty());
  return port;
}

const std::string& BuildContext::type_of(const NodeRef& ref) const {
  const std::vector<Node*> nodes = system_.find(ref.name);
  SIM_ASSERT(!nodes.empty());
  return system_.type_of(*nodes.front());
}

NameId BuildContext::name(const std::string& text) const { return system_.names().id_of(text); }

Network& BuildContext::network() const { return system_.network(); }

RequestLog& BuildContext::requests() const { return system_.requests(); }

Findings& BuildContext::findings() const { return system_.findings(); }

std::vector<Node*> BuildContext::group() const { return system_.find(node_.group()); }

void BuildContext::problem(std::string_view key, std::string message, std::string hint) const {
  // A key may lead on to what is inside of the parameter: "endpoints.default[1]".
  const Path node = Path() / "nodes" / node_.group();
  const bool leads_on = key.find_first_of(".[") != std::string_view::npos;
  problems_.add(leads_on ? Path(node.text() + "." + std::string(key)) : node / key,
                std::move(message), std::move(hint));
}

const RateCurve* BuildContext::load_test_curve() const {
  const LoadTestMonitor* test = system_.load_test();
  return test && test->strikes(node_) ? &test->curve() : nullptr;
}

void BuildContext::add_load(double requests_per_second, double users) const {
  system_.load_test()->add_load(requests_per_second, users);
}

bool BuildContext::values_matter() const { return system_.values_matter(); }

TransactionObserver* BuildContext::transactions() const { return system_.transactions(); }

std::uint32_t BuildContext::first_session(std::uint32_t count) const {
  return system_.take_sessions(count);
}

std::uint64_t BuildContext::first_request_id() const { return std::uint64_t{node_.id()} << 40; }

System::System(const Spec& spec, std::uint64_t seed, std::uint64_t replication, Problems& problems)
    : spec_(spec),
      seed_(seed),
      replication_(replication),
      network_(kernel_, seed, replication, spec.network.default_latency) {
  build_zones();
  build_nodes(problems);
  build_network(problems);
  requests_.set_slos_from(Time(spec_.run.warmup));
  make_meters();
  build_load_test();
  build_recorders();
  for (const NodeSpec& node_spec : spec_.nodes) {
    for (Node* node : groups_.at(node_spec.name)) {
      const BuildContext context(*this, *node, problems);
      const auto* maker = static_cast<const Maker<Component>*>(node_spec.type);
      node->set_component(maker->make(node_spec.params.get(), context));
      node->component().describe_statistics(node->statistics());
    }
  }
  requests_.prepare(names_.size());
  build_slos(problems);
  faults_ = std::make_unique<FaultSchedule>(*this, spec_.faults, spec_.incidents, problems);
  check_references(problems);
  if (problems.empty()) check_cycles(problems);
  watch_stores(problems);
  if (spec_.cost) cost_ = std::make_unique<CostMeter>(*spec_.cost, *this);
}

System::~System() {
  faults_->stop();
  for (const auto& node : nodes_) {
    // Of what is held for a node that stands still, only the messages outlive its processes.
    if (kernel_.is_frozen(node->id())) kernel_.thaw_messages(node->id());
    node->end_processes();
  }
  // What is left are messages on their way; they belong to nobody else.
  discard_messages(kernel_);
}

Duration System::slo_step() const {
  // Over some more requests than a point of the charts has: over five of them.
  return 5 * SeriesClock::for_length(time_zero, spec_.run.duration).step;
}

void System::make_meters() {
  const SeriesClock clock{.start = time_zero, .step = slo_step()};
  for (const Slo& slo : spec_.slos) requests_.slos().emplace_back(SloMeter(slo, clock));
}

void System::build_slos(Problems& problems) {
  for (std::size_t i = 0; i < spec_.slos.size(); ++i) {
    const Slo& slo = spec_.slos[i];
    RequestLog::WatchedSlo& watched = requests_.slos()[i];
    if (!slo.request_class.empty()) {
      const std::optional<NameId> name = names_.find(slo.request_class);
      if (!name) {
        problems.add((Path() / "slos")[i] / "request_class",
                     fmt::format("no client sends requests of class \"{}\"", slo.request_class));
        continue;
      }
      watched.request_class = *name;
    }
    for (Node* node : find(slo.node.name)) {
      watched.at_nodes = true;
      node->watch({&watched.meter, watched.request_class, Time(spec_.run.warmup)});
    }
  }
}

void System::build_load_test() {
  if (!spec_.load_test) return;
  const std::string name = spec_.load_test.make({})->watch().slo;
  for (const RequestLog::WatchedSlo& watched : requests_.slos()) {
    if (!name.empty() && watched.meter.slo().name != name) continue;
    load_test_ = std::make_unique<LoadTestMonitor>(*this, spec_.load_test, watched.meter);
    return;
  }
}

void System::build_recorders() {
  if (!spec_.consistency) return;
  const ConsistencySpec& consistency = *spec_.consistency;
  const auto operations_max = static_cast<std::size_t>(consistency.operations_max);
  recorder_ = std::make_unique<ConsistencyRecorder>(
      kernel_, ConsistencyRecorder::Options{.keys = consistency.keys.value,
                                            .operations_max = operations_max,
                                            .at_callee = consistency.boundary == "nodes"});
  if (consistency.boundary == "clients") return requests_.observe(*recorder_);
  for (const NodeRef& ref : consistency.nodes) {
    for (const Node* node : find(ref.name)) recorder_->add_store(*node);
  }
  transactions_ = std::make_unique<TransactionRecorder>(*recorder_, operations_max);
}

void System::watch_stores(Problems& problems) {
  if (!spec_.consistency) return;
  const ConsistencySpec& consistency = *spec_.consistency;
  for (std::size_t i = 0; i < consistency.nodes.size(); ++i) {
    for (Node* node : find(consistency.nodes[i].name)) {
      if (!node->component().offers("store")) {
        problems.add((Path() / "consistency" / "nodes")[i],
                     fmt::format("\"{}\" is no store", node->name()),
                     "name the nodes that hold the data, such as a database");
        break;
      }
      if (consistency.boundary == "callers") {
        node->observe_callers(*recorder_);
      } else {
        node->observe_service(*recorder_);
      }
    }
  }
}

void System::build_zones() {
  std::set<std::string> regions;
  const auto region_of = [](const auto& entry) {
    return entry.second.region.empty() ? entry.first : entry.second.region;
  };
  for (const auto& entry : spec_.zones) regions.insert(region_of(entry));
  for (const auto& entry : spec_.zones) {
    const std::string region = region_of(entry);
    const auto place = std::distance(regions.begin(), regions.find(region));
    zones_.push_back({.index = static_cast<std::uint32_t>(zones_.size()),
                      .name = entry.first,
                      .region_index = static_cast<std::uint32_t>(place),
                      .region = region});
  }
}

void System::build_nodes(Problems&) {
  std::map<std::string_view, const Zone*> zones;
  for (const Zone& zone : zones_) zones[zone.name] = &zone;
  for (const NodeSpec& node_spec : spec_.nodes) {
    std::vector<Node*>& group = groups_[node_spec.name];
    for (std::int64_t index = 0; index < node_spec.replicas; ++index) {
      std::string name =
          node_spec.replicas == 1 ? node_spec.name : fmt::format("{}[{}]", node_spec.name, index);
      nodes_.push_back(std::make_unique<Node>(kernel_, static_cast<std::uint32_t>(nodes_.size()),
                                              std::move(name), node_spec.name, index));
      nodes_.back()->set_in_service_limit(static_cast<std::uint64_t>(spec_.run.in_service_limit));
      if (!node_spec.zones.empty()) {
        const auto turn = static_cast<std::size_t>(index) % node_spec.zones.size();
        nodes_.back()->set_zone(zones.at(node_spec.zones[turn]));
      }
      group.push_back(nodes_.back().get());
    }
  }
}

void System::build_network(Problems& problems) {
  const NetworkSpec& network = spec_.network;
  std::vector<const Node*> nodes;
  for (const auto& node : nodes_) nodes.push_back(node.get());
  Network::Plan plan{.places = Places(std::move(nodes), zones_)};
  if (network.latencies) {
    plan.latencies = network.latencies.make({});
    check_regions(*plan.latencies, problems);
    if (!problems.empty()) plan.latencies = nullptr;
  }
  for (const LinkSpec& link : network.links) {
    LinkLaw law;
    law.jitter = link.jitter;
    law.bandwidth = link.bandwidth;
    law.loss = link.loss.value;
    for (const PlaceId from : plan.places.named(link.from.name, find(link.from.name))) {
      for (const PlaceId to : plan.places.named(link.to.name, find(link.to.name))) {
        if (from == to && plan.places.is_node(from)) continue;
        law.latency = link.latency ? *link.latency : usual_latency(plan, from, to);
        plan.links.push_back({from, to, law});
      }
    }
  }
  plan.retransmission.first = network.retransmission_timeout;
  plan.retransmission.longest = network.retransmission_timeout_max;
  plan.impairable = std::any_of(spec_.faults.begin(), spec_.faults.end(), [](const auto& fault) {
    return fault.fault.make({})->impairs_network();
  });
  network_.lay_out(std::move(plan));
}

void System::check_regions(const Latencies& latencies, Problems& problems) const {
  const std::vector<std::string> known = latencies.regions();
  const bool several = std::any_of(zones_.begin(), zones_.end(), [this](const Zone& zone) {
    return zone.region_index != zones_.front().region_index;
  });
  if (known.empty() || !several) return;
  for (const Zone& zone : zones_) {
    if (std::find(known.begin(), known.end(), zone.region) != known.end()) continue;
    problems.add(Path() / "zones" / zone.name / "region",
                 fmt::format("the table of latencies \"{}\" has no region \"{}\"",
                             spec_.network.latencies.name(), zone.region),
                 suggestion(zone.region, known));
  }
}

RandomDuration System::usual_latency(const Network::Plan& plan, PlaceId a, PlaceId b) const {
  const Places& places = plan.places;
  const auto zone_of = [&](PlaceId place) -> const Zone* {
    if (places.is_node(place)) return places.node(place).zone();
    for (const Zone& zone : places.zones()) {
      if (places.of_zone(zone.index) == place || places.of_region(zone.region_index) == place)
        return &zone;
    }
    return nullptr;
  };
  if (plan.latencies) {
    if (const auto law = plan.latencies->between(zone_of(a), zone_of(b))) return law->latency;
  }
  return spec_.network.default_latency;
}

std::vector<Node*> System::find(std::string_view reference) const {
  if (const auto group = groups_.find(reference); group != groups_.end()) return group->second;
  if (!reference.empty() && reference.back() == ']') {
    const std::size_t open = reference.rfind('[');
    if (open == std::string_view::npos) return {};
    const auto group = groups_.find(reference.substr(0, open));
    if (group == groups_.end()) return {};
    const std::string_view digits = reference.substr(open + 1, reference.size() - open - 2);
    for (Node* node : group->second) {
      if (fmt::format("{}", node->index()) == digits) return {node};
    }
  }
  std::vector<Node*> found;
  if (reference.starts_with(zone_prefix)) {
    const std::string_view zone = reference.substr(zone_prefix.size());
    for (const auto& node : nodes_) {
      if (node->zone() && node->zone()->name == zone) found.push_back(node.get());
    }
  } else if (reference.starts_with(region_prefix)) {
    const std::string_view region = reference.substr(region_prefix.size());
    for (const auto& node : nodes_) {
      if (node->zone() && node->zone()->region == region) found.push_back(node.get());
    }
  }
  return found;
}

const std::string& System::type_of(const Node& node) const {
  // The specification lists them by name.
  const auto found = std::lower_bound(
      spec_.nodes.begin(), spec_.nodes.end(), node.group(),
      [](const NodeSpec& each, const std::string& group) { return each.name < group; });
  SIM_ASSERT(found != spec_.nodes.end() && found->name == node.group());
  return found->type->name();
}

void System::check_references(Problems& problems) {
  for (const NodeSpec& node_spec : spec_.nodes) {
    std::vector<FoundRef> refs;
    node_spec.type->params().collect_refs(node_spec.params.get(), Path() / "nodes" / node_spec.name,
                                          refs);
    for (const FoundRef& ref : refs) {
      const std::vector<Node*> nodes = find(ref.name);
      if (nodes.empty()) continue;  // The reader has said so.
      if (nodes.front()->component().offers(ref.role)) continue;
      problems.add(ref.path, ref.role == "any"
                                 ? fmt::format("\"{}\" takes no requests", ref.name)
                                 : fmt::format("\"{}\" is no {}", ref.name, ref.role));
    }
  }
}

void System::check_cycles(Problems& problems) {
  // Depth first over (node, endpoint), following the calls that are made in every case. All
  // replicas of a group are alike, so the first stands for all.
  using Place = std::pair<std::string, NameId>;
  std::map<Place, int> state;  // 1: on the way here, 2: done.
  struct Step {
    Place place;
    std::vector<CertainCall> calls;
    std::size_t next = 0;
  };
  const auto calls_of = [this](const Place& place) {
    std::vector<CertainCall> calls;
    groups_.at(place.first).front()->component().certain_calls(place.second, calls);
    return calls;
  };
  for (const auto& [group, nodes] : groups_) {
    for (std::size_t name = 0; name < names_.size(); ++name) {
      const Place start{group, static_cast<NameId>(name)};
      if (state[start] != 0) continue;
      std::vector<Step> way;
      way.push_back({start, calls_of(start)});
      state[start] = 1;
      while (!way.empty()) {
        Step& step = way.back();
        if (step.next == step.calls.size()) {
          state[step.place] = 2;
          way.pop_back();
          continue;
        }
        const CertainCall& call = step.calls[step.next++];
        const Place next{call.target->group(), call.endpoint};
        int& seen = state[next];
        if (seen == 2) continue;
        if (seen == 1) {
          std::string cycle;
          bool inside = false;
          for (const Step& passed : way) {
            inside = inside || passed.place == next;
            if (inside) cycle += passed.place.first + " -> ";
          }
          problems.add(Path() / "nodes" / step.place.first,
                       fmt::format("a cycle of calls without end: {}{}", cycle, next.first),
                       "make one of the calls depend on a choice, or call another endpoint");
          return;
        }
        seen = 1;
        way.push_back({next, calls_of(next)});
      }
    }
  }
}

void System::start() {
  for (const auto& node : nodes_) {
    if (!node->absent()) node->component().start();
  }
  faults_->start();
  if (load_test_) load_test_->start();
}

void System::reset_statistics(Time now) {
  requests_.reset_statistics(now);
  for (const auto& node : nodes_) node->reset_statistics(now);
  if (cost_) cost_->reset();
}

void System::assert_conservation() const {
  for (const auto& node : nodes_) node->assert_conservation();
  SIM_ASSERT(requests_.sent_total() == requests_.finished_total() + requests_.in_flight());
}

}  // namespace faultline::sim
