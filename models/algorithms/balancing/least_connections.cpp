/// Least connections (join the shortest queue): the backend with the fewest requests outstanding.
///
/// Rule: least outstanding; equals by `ties`: the one with the lowest index, the one that a request
/// was sent to longest ago, or any. The default, taking turns among equals, is what nginx
/// (least_conn: "tried in turn") and HAProxy (leastconn: "round-robin is performed within groups of
/// servers of the same load") do; LVS's lc takes the first. Source: HAProxy configuration manual,
/// balance leastconn; nginx, ngx_http_upstream_least_conn_module; Linux,
/// net/netfilter/ipvs/ip_vs_lc.c.
/// Does not model: weights (see weighted_least_connections), a queue in the balancer, knowledge
/// that arrives late.
#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/least_score.hpp"
#include "models/algorithms/balancing/load_tournament.hpp"
#include "models/algorithms/balancing/score_tree.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct LeastConnectionsParams {
  std::string ties = "round_robin";

  static void describe(sim::ParamList<LeastConnectionsParams>& list) {
    list.add("ties", &LeastConnectionsParams::ties,
             "Who is taken among backends with equally few requests: the first, each in turn, or "
             "any")
        .one_of(tie_words());
  }
};

class LeastConnections final : public BalancingPolicy {
 public:
  LeastConnections(const LeastConnectionsParams& params, const MakeArgs& args)
      : ties_(tie_rule(params.ties)), random_(args.random) {
    add_backends(args.weights);
  }

  std::size_t pick(const BalancingRequest&) override {
    if (ties_ != TieRule::random) return tournament_.winner();
    return counted_.ties() <= 1 ? counted_.first() : counted_.nth(random_.below(counted_.ties()));
  }

 private:
  void on_added(std::size_t index) override {
    tournament_.grow(index + 1);
    counted_.grow(index + 1);
    turns_.push_back(0);
    on_changed(index);
  }

  void on_changed(std::size_t index) override {
    const auto load = static_cast<std::uint32_t>(outstanding(index));
    if (ties_ == TieRule::random) {
      can_be_picked(index) ? counted_.set(index, load) : counted_.erase(index);
    } else {
      can_be_picked(index) ? tournament_.set(index, load, turns_[index]) : tournament_.erase(index);
    }
  }

  void on_started(std::size_t index) override {
    if (ties_ == TieRule::round_robin) turns_[index] = ++latest_turn_;
    on_changed(index);
  }

  void on_finished(std::size_t index, sim::Duration, bool, sim::Duration) override {
    on_changed(index);
  }

  TieRule ties_;  ///< Parameter.
  LoadTournament
      tournament_;  ///< Of the backends that can be picked, unless ties are random. State.
  ScoreTree<std::uint32_t> counted_;  ///< The same, if ties are random. State.
  std::vector<std::uint64_t> turns_;  ///< When each was last used; 0: never, or not needed. State.
  std::uint64_t latest_turn_ = 0;     ///< State.
  RandomSource& random_;
};

const sim::Registration<BalancingPolicy, LeastConnections, LeastConnectionsParams> registered{
    {.name = "least_connections",
     .title = "Least connections (join the shortest queue)",
     .summary = "The backend with the fewest requests outstanding; equals take turns unless told "
                "otherwise.",
     .source = "HAProxy configuration manual, balance leastconn; nginx, least_conn",
     .does_not_model = "weights; a queue in the balancer; knowledge that arrives late"}};

}  // namespace
}  // namespace faultline::models
