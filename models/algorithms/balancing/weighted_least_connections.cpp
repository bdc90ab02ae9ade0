/// Weighted least connections: the backend with the fewest requests outstanding for its weight.
///
/// Rule, by `rule`:
/// - ratio: least outstanding / weight. What nginx (least_conn), HAProxy (leastconn) and LVS (wlc)
/// compare; LVS counts
///   connections, an active one as 256 inactive ones, where this counts requests.
/// - expected_delay: least (outstanding + 1) / weight, the load after the pick. LVS's sed. Unlike
/// ratio it prefers the
///   strong among idle backends, and so leaves weak ones idle under little load.
/// Envoy's rule, weight / (outstanding + 1)^bias as a share of turns instead of a least score, is
/// least_request.
///
/// Equals by `ties`. With `weighted`, the default, equals take turns in proportion to their
/// weights, as nginx has it: the tied backend whose next turn is due first, a backend's turns being
/// 1/weight apart. Source: Linux, net/netfilter/ipvs/ip_vs_wlc.c and ip_vs_sed.c; nginx,
/// ngx_http_upstream_least_conn_module; HAProxy configuration manual, balance leastconn. Does not
/// model: inactive connections, a queue in the balancer.
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/least_score.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct WeightedLeastConnectionsParams {
  std::string rule = "ratio";
  std::string ties = "weighted";

  static void describe(sim::ParamList<WeightedLeastConnectionsParams>& list) {
    std::vector<std::string> words = tie_words();
    words.insert(words.begin(), "weighted");
    list.add("rule", &WeightedLeastConnectionsParams::rule,
             "What is least: outstanding / weight, or (outstanding + 1) / weight")
        .one_of({"ratio", "expected_delay"});
    list.add("ties", &WeightedLeastConnectionsParams::ties,
             "Who is taken among equals: turns by weight, the first, each in turn, or any")
        .one_of(std::move(words));
  }
};

class WeightedLeastConnections final : public BalancingPolicy {
 public:
  WeightedLeastConnections(const WeightedLeastConnectionsParams& params, const MakeArgs& args)
      : ahead_(params.rule == "expected_delay" ? 1 : 0),
        scores_(tie_rule(params.ties), args.random) {
    add_backends(args.weights);
  }

  std::size_t pick(const BalancingRequest&) override { return scores_.choose(); }

  bool heeds_weights() const override { return true; }

 private:
  void on_added(std::size_t index) override {
    scores_.add();
    on_changed(index);
  }

  void on_changed(std::size_t index) override {
    if (can_be_picked(index)) {
      scores_.enter(index, weight(index));
      update_score(index);
    } else {
      scores_.erase(index);
    }
  }

  void on_started(std::size_t index) override {
    if (!can_be_picked(index)) return;
    scores_.take_turn(index, weight(index));
    update_score(index);
  }

  void on_finished(std::size_t index, sim::Duration, bool, sim::Duration) override {
    if (can_be_picked(index)) update_score(index);
  }

  void update_score(std::size_t index) {
    scores_.set(index, static_cast<double>(outstanding(index) + ahead_) / weight(index));
  }

  std::size_t ahead_;  ///< Requests added to those outstanding. Parameter.
  LeastScore scores_;  ///< Of the backends that can be picked. State.
};

const sim::Registration<BalancingPolicy, WeightedLeastConnections, WeightedLeastConnectionsParams>
    registered{
        {.name = "weighted_least_connections",
         .title = "Weighted least connections",
         .summary = "The backend with the fewest requests outstanding for its weight.",
         .source =
             "Linux, ip_vs_wlc.c and ip_vs_sed.c; nginx, least_conn; HAProxy, balance leastconn",
         .does_not_model = "inactive connections; a queue in the balancer"}};

}  // namespace
}  // namespace faultline::models
