/// A scenario built and ready to run: nodes with their components, the network between them, and
/// the faults to come.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/network/network.hpp"
#include "sim/network/node.hpp"
#include "sim/scenario/build_context.hpp"
#include "sim/scenario/consistency_recorder.hpp"
#include "sim/scenario/cost_meter.hpp"
#include "sim/scenario/fault_schedule.hpp"
#include "sim/scenario/findings.hpp"
#include "sim/scenario/load_test.hpp"
#include "sim/scenario/request_log.hpp"
#include "sim/scenario/result.hpp"
#include "sim/scenario/spec.hpp"
#include "sim/scenario/transaction_recorder.hpp"

namespace faultline::sim {

class System {
 public:
  /// Builds `spec` for one replication. What only building can find (a reference to a node that
  /// cannot be what is asked of it, a cycle of calls without end) goes to `problems`; then the
  /// system must not be run.
  System(const Spec& spec, std::uint64_t seed, std::uint64_t replication, Problems& problems);
  ~System();
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  Kernel& kernel() { return kernel_; }
  RequestLog& requests() { return requests_; }
  const RequestLog& requests() const { return requests_; }
  Findings& findings() { return findings_; }
  const Findings& findings() const { return findings_; }
  Names& names() { return names_; }
  /// Target::role of the wires with this role.
  std::uint16_t role_id(const std::string& role) {
    return static_cast<std::uint16_t>(roles_.id_of(role) + 1);
  }
  const Names& names() const { return names_; }
  Network& network() { return network_; }
  /// The load test under way; null if there is none.
  LoadTestMonitor* load_test() const { return load_test_.get(); }
  /// Whether values are to be kept and told.
  bool values_matter() const { return spec_.consistency.has_value(); }
  /// The first of `count` session numbers that nobody has yet.
  std::uint32_t take_sessions(std::uint32_t count) {
    return std::exchange(sessions_, sessions_ + count);
  }
  std::uint64_t seed() const { return seed_; }
  std::uint64_t replication() const { return replication_; }

  /// All nodes, sorted by group and index.
  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }
  /// The nodes named by a reference: "app" the group, "app[0]" one of it, "zone:eu-a" and
  /// "region:eu" all that stand there. Empty if there is none.
  std::vector<Node*> find(std::string_view reference) const;
  /// Sorted by name.
  const std::vector<Zone>& zones() const { return zones_; }

  /// The name of the type of `node`.
  const std::string& type_of(const Node& node) const;

  /// Starts every component, in the order of nodes(), and the faults. Once.
  void start();
  /// Bands of faults that began so far; one that lasts ends now.
  std::vector<Band> fault_bands() const { return faults_->bands(); }
  const FaultSchedule& faults() const { return *faults_; }
  FaultSchedule& faults() { return *faults_; }
  /// Breaches of objectives are judged over steps of this length.
  Duration slo_step() const;
  /// The watched operations; null if the file does not ask for them.
  const ConsistencyRecorder* recorder() const { return recorder_.get(); }
  /// Their transactions; null if operations are watched at the clients, or not at all.
  TransactionRecorder* transactions() const { return transactions_.get(); }
  /// What the run costs; null if the file has no prices.
  const CostMeter* cost() const { return cost_.get(); }
  void reset_statistics(Time now);
  /// Stops the program if a request was lost or doubled anywhere.
  void assert_conservation() const;

 private:
  void build_zones();
  void build_nodes(Problems& problems);
  void build_network(Problems& problems);
  void check_regions(const Latencies& latencies, Problems& problems) const;
  /// Of a link that gives none.
  RandomDuration usual_latency(const Network::Plan& plan, PlaceId a, PlaceId b) const;
  void make_meters();
  void build_slos(Problems& problems);
  void build_load_test();
  void build_recorders();
  void watch_stores(Problems& problems);
  void check_references(Problems& problems);
  void check_cycles(Problems& problems);

  const Spec& spec_;
  std::uint64_t seed_;
  std::uint64_t replication_;
  Kernel kernel_;
  Names names_;
  Names roles_;
  std::uint32_t sessions_ = 1;  ///< The next one to be given away.
  RequestLog requests_;
  Findings findings_;
  Network network_;
  std::vector<Zone> zones_;
  std::unique_ptr<ConsistencyRecorder> recorder_;      ///< Outlives the nodes, which tell it.
  std::unique_ptr<TransactionRecorder> transactions_;  ///< Likewise.
  std::unique_ptr<CostMeter> cost_;                    ///< Likewise.
  std::map<std::string, std::vector<Node*>, std::less<>> groups_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::unique_ptr<FaultSchedule> faults_;
  std::unique_ptr<LoadTestMonitor> load_test_;
};

}  // namespace faultline::sim
