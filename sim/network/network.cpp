#include "sim/network/network.hpp"

#include <algorithm>

#include "sim/network/journey.hpp"
#include "sim/network/message.hpp"

namespace faultline::sim {

Duration Route::sample() const {
  Duration sum{};
  for (LinkDirection* link : links_) sum = saturating_sum(sum, link->sample());
  return sum;
}

void Route::send_over_way(Event& event, const Parcel& parcel) const {
  Journey::begin(*way_, event, parcel);
}

Network::Network(Kernel& kernel, std::uint64_t seed, std::uint64_t replication,
                 RandomDuration default_latency)
    : kernel_(kernel),
      seed_(seed),
      replication_(replication),
      default_latency_(std::move(default_latency)) {}

Network::~Network() = default;

void Network::lay_out(Plan plan) {
  SIM_ASSERT(known_.empty());
  plan_ = std::move(plan);
  if (plan_.links.empty()) return;
  graph_ = std::make_unique<RouteGraph>(
      plan_.places, plan_.links,
      [this](const LinkLaw& law, const std::string& name) { return direction(law, name); });
}

Target Network::target_of(Node& from, Node& to) {
  return Target{&to, route(from, to), route(to, from)};
}

Target Network::target_of(Node& from, std::uint32_t to) {
  SIM_ASSERT(to < places().node_count());
  // Places only look at nodes; that those can be called is the network's affair.
  return target_of(from, const_cast<Node&>(places().node(to)));
}

const Route* Network::route(Node& from, Node& to) {
  if (!graph_ && !plan_.latencies && !plan_.impairable && default_latency_.is_constant()) {
    return constant_route(default_latency_.constant_value());
  }
  const Pair key{from.id(), to.id()};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const Route* made = nullptr;
  if (!graph_ && !plan_.impairable) {
    made = route_by_default(from, to);
  } else {
    const Ways& ways = ways_between(from, to);
    const auto plain = [](const Hop& hop) { return hop.link->law().is_plain(); };
    const auto constant = [](const Hop& hop) { return hop.link->law().is_constant(); };
    if (plan_.impairable || !std::all_of(ways.usual.begin(), ways.usual.end(), plain)) {
      Way& way = ways_.emplace_back(Way{*this, from, to, ways.usual, ways.direct, ways.in_graph});
      made = &routes_.emplace_back(way);
    } else if (std::all_of(ways.usual.begin(), ways.usual.end(), constant)) {
      Duration sum{};
      for (const Hop& hop : ways.usual) sum = saturating_sum(sum, hop.link->law().constant_value());
      made = constant_route(sum);
    } else {
      std::vector<LinkDirection*> links;
      for (const Hop& hop : ways.usual) links.push_back(hop.link);
      made = &routes_.emplace_back(std::move(links));
    }
  }
  known_.emplace(key, made);
  return made;
}

const Route* Network::constant_route(Duration constant) {
  const Route*& route = constant_routes_[constant];
  if (!route) route = &routes_.emplace_back(kernel_, constant);
  return route;
}

const Route* Network::route_by_default(Node& from, Node& to) {
  bool by_table = false;
  const LinkLaw law = direct_law(from, to, by_table);
  if (law.is_constant()) return constant_route(law.constant_value());
  return &routes_.emplace_back(
      std::vector<LinkDirection*>{direction(law, from.name() + "->" + to.name())});
}

LinkLaw Network::direct_law(const Node& from, const Node& to, bool& by_table) const {
  by_table = false;
  if (plan_.latencies) {
    if (auto law = plan_.latencies->between(from.zone(), to.zone())) {
      by_table = true;
      return *law;
    }
  }
  LinkLaw law;
  law.latency = default_latency_;
  return law;
}

namespace {

double mean_of(const Hops& path) {
  double sum = 0;
  for (const Hop& hop : path) sum += hop.link->law().mean_seconds();
  return sum;
}

}  // namespace

const Network::Ways& Network::ways_between(Node& from, Node& to) {
  auto [place, fresh] = ways_known_.try_emplace({from.id(), to.id()});
  if (fresh) place->second = find_ways(from, to);
  return place->second;
}

Network::Ways Network::find_ways(Node& from, Node& to) {
  Ways ways;
  Hops through = graph_ ? graph_->cheapest(from, to) : Hops();
  ways.in_graph = !through.empty();
  Hops direct = graph_ && &from != &to ? graph_->inside(from, to) : Hops();
  bool is_way = !direct.empty();
  // The default latency stands for what the file does not say; where it says something, only that
  // counts.
  const bool settled = ways.in_graph && (graph_->joined(from, to) || graph_->among_nodes(through));
  if (direct.empty() && !settled) {
    const LinkLaw law = direct_law(from, to, is_way);
    if (!ways.in_graph || is_way) {
      direct = {{direction(law, from.name() + "->" + to.name()), from.id(), to.id()}};
    }
  }
  if (!ways.in_graph) {
    ways.usual = std::move(direct);
  } else if (settled || direct.empty()) {
    ways.usual = std::move(through);
  } else if (mean_of(direct) <= mean_of(through)) {
    ways.usual = direct;
    ways.direct = std::move(direct);
  } else {
    ways.usual = std::move(through);
    ways.direct = std::move(direct);
  }
  return ways;
}

const Hops* Network::open_path(Way& way) {
  if (way.version == version_) return way.now;
  way.version = version_;
  const auto open = [this](const Hops& path) {
    return std::none_of(path.begin(), path.end(), [this](const Hop& hop) { return is_cut(hop); });
  };
  way.now = nullptr;
  if (open(way.usual)) return way.now = &way.usual;
  if (way.in_graph) {
    Hops path = graph_->cheapest_open(
        way.from, way.to, [this](PlaceId left, PlaceId right) { return is_cut(left, right); });
    if (!path.empty()) {
      const auto known = std::find(way.detours.begin(), way.detours.end(), path);
      way.now = known != way.detours.end() ? &*known : &way.detours.emplace_back(std::move(path));
    }
  }
  if (!way.direct.empty() && open(way.direct) &&
      (!way.now || mean_of(way.direct) <= mean_of(*way.now))) {
    way.now = &way.direct;
  }
  return way.now;
}

void Network::begin(const Impairment& impairment) {
  SIM_ASSERT(plan_.impairable);
  impairments_.push_back(&impairment);
  ++version_;
}

void Network::end(const Impairment& impairment) {
  const auto found = std::find(impairments_.begin(), impairments_.end(), &impairment);
  SIM_ASSERT(found != impairments_.end());
  impairments_.erase(found);
  ++version_;
}

bool Network::anything_cut() const {
  return std::any_of(impairments_.begin(), impairments_.end(),
                     [](const Impairment* each) { return each->cut; });
}

bool Network::is_cut(PlaceId left, PlaceId right) const {
  return std::any_of(impairments_.begin(), impairments_.end(), [&](const Impairment* each) {
    return each->cut && each->concerns(left, right);
  });
}

Network::LinkState Network::state_of(const Hop& hop) const {
  LinkState state;
  state.loss = hop.link->law().loss;
  for (const Impairment* each : impairments_) {
    if (!each->concerns(hop.left, hop.right)) continue;
    state.cut = state.cut || each->cut;
    if (each->loss > 0) state.loss = 1 - (1 - state.loss) * (1 - each->loss);
    if (each->duplication > 0)
      state.duplication = 1 - (1 - state.duplication) * (1 - each->duplication);
    state.bandwidth_left *= each->bandwidth_left;
  }
  return state;
}

Duration Network::extra_delay(const Hop& hop) const {
  Duration sum{};
  for (const Impairment* each : impairments_) {
    if (each->concerns(hop.left, hop.right))
      sum = saturating_sum(sum, hop.link->extra(each->extra));
  }
  return sum;
}

double Network::mean_latency_seconds(Node& from, Node& to) {
  if (graph_) return mean_of(ways_between(from, to).usual);
  bool by_table = false;
  return direct_law(from, to, by_table).mean_seconds();
}

LinkDirection* Network::direction(const LinkLaw& law, const std::string& name) {
  return &directions_.emplace_back(law, name, seed_, replication_);
}

void discard_messages(Kernel& kernel) {
  kernel.visit_pending([](Event& event) {
    if (event.kind() == EventKind::request || event.kind() == EventKind::reply) {
      Call::discard(event);
    } else if (event.kind() == EventKind::notice) {
      discard_posted(event);
    } else if (event.kind() == EventKind::message) {
      Journey::discard(event);
    }
  });
}

}  // namespace faultline::sim
