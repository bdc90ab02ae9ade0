/// The name server of one name: which addresses it stands for, and for how long an answer is good.
///
///   query --> { records as of now, those that are healthy } --policy--> one address, ttl
///        [ health checks ] --connect--> each address, every interval
///
/// Rule: an answer is one address, of a node that is in service (models/scaling). A change of the
/// records is known to those who ask from then on; everyone else learns of it when his own answer
/// has run out. An address whose health checks failed `fall` times in a row is not given out until
/// they succeed `rise` times in a row; if none is healthy all are taken to be. A name without
/// addresses is answered with "no such thing", which is good for `negative_ttl`.
///
/// Source: RFC 1034 and 1035; RFC 2308; Amazon Route 53 developer guide, "Routing policies" and
/// "How Route 53 determines whether a health check is healthy". Does not model: zones of names,
/// delegation, several addresses in one answer, DNSSEC.
#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/algorithms/naming/dns_policy.hpp"
#include "models/naming/name_server.hpp"
#include "models/random_adapter.hpp"
#include "models/service_time.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/network/component.hpp"
#include "sim/param/described.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct DnsHealthCheck {
  Duration interval = std::chrono::seconds(30);
  Duration timeout = std::chrono::seconds(4);
  std::int64_t fall = 3;
  std::int64_t rise = 3;

  static void describe(sim::ParamList<DnsHealthCheck>& list) {
    list.add("interval", &DnsHealthCheck::interval, "Time from one check of an address to the next")
        .above(Duration(0));
    list.add("timeout", &DnsHealthCheck::timeout,
             "Within which the address must accept a connection")
        .above(Duration(0));
    list.add("fall", &DnsHealthCheck::fall, "Failures in a row after which it is not given out")
        .unit("checks")
        .at_least(1);
    list.add("rise", &DnsHealthCheck::rise, "Successes in a row after which it is again")
        .unit("checks")
        .at_least(1);
  }
};

struct RecordChange {
  Duration at{0};
  std::vector<sim::NodeRef> records;

  static void describe(sim::ParamList<RecordChange>& list) {
    list.add("at", &RecordChange::at, "When the records are changed").required();
    list.add("records", &RecordChange::records, "What the name stands for from then on").required();
  }
};

struct DnsParams {
  std::vector<sim::NodeRef> records;
  Duration ttl = std::chrono::seconds(60);
  sim::Choice<DnsPolicy> policy{"round_robin"};
  std::map<std::string, double> weights;
  Duration negative_ttl = std::chrono::seconds(60);
  std::optional<DnsHealthCheck> health_check;
  std::vector<RecordChange> changes;
  sim::RandomDuration service_time{Duration(0)};

  static void describe(sim::ParamList<DnsParams>& list) {
    list.add("records", &DnsParams::records, "Nodes or groups that the name stands for").required();
    list.add("ttl", &DnsParams::ttl, "How long an answer is good for").at_least(Duration(0));
    list.add("policy", &DnsParams::policy, "Which address an answer gives");
    list.add("weights", &DnsParams::weights,
             "Weight of an address, by the name of its node or group; 1 for those not named; 0: "
             "not given out");
    list.add("negative_ttl", &DnsParams::negative_ttl,
             "How long the answer is good for that there is no address")
        .at_least(Duration(0));
    list.add("health_check", &DnsParams::health_check,
             "How it finds out which addresses are dead; without it, it does not");
    list.add("changes", &DnsParams::changes, "What the records become, and when");
    list.add("service_time", &DnsParams::service_time, "Time it works on a query");
  }
  static void check(const DnsParams& params, const sim::Path& path, sim::Problems& problems) {
    for (const auto& [name, weight] : params.weights) {
      if (!(weight >= 0 && weight <= 1e6))
        problems.add(path / "weights" / name, "expected 0 to 1e6");
    }
  }
};

class Dns final : public sim::Component, public NameServer {
 public:
  Dns(const DnsParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        network_(context.network()),
        params_(params),
        random_(context.stream("policy")),
        service_time_(params.service_time, context, "service_time"),
        policy_(params.policy.make({random_})) {
    add_set(Duration(0), params.records, context);
    for (const RecordChange& change : params.changes) add_set(change.at, change.records, context);
    std::stable_sort(sets_.begin(), sets_.end(),
                     [](const RecordSet& a, const RecordSet& b) { return a.from < b.from; });
  }

  void start() override {
    for (Address& each : addresses_) {
      each.healthy = true;
      each.in_a_row = 0;
      if (params_.health_check) node_.spawn(check_health(each, *params_.health_check));
    }
  }

  Task<Reply> handle(const Request& request) override {
    if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    Slot* slot = find(request.key);
    if (!slot) co_return Reply::fail(sim::Reason::unresolved);
    slot->answer = answer_for(*slot->asker);
    ++(slot->answer->address ? answers_ : negative_answers_);
    co_return Reply::ok();
  }

  bool offers(std::string_view role) const override { return role == "any" || role == "name"; }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    statistics.scalar("answers", [this](Time) { return static_cast<double>(answers_); });
    statistics.scalar("negative_answers",
                      [this](Time) { return static_cast<double>(negative_answers_); });
    statistics.on_reset([this](Time) { answers_ = negative_answers_ = 0; });
  }

 private:
  struct Address {
    sim::Target target;
    double weight = 1;
    bool healthy = true;
    std::int64_t in_a_row = 0;  ///< Checks that say the opposite.
  };
  /// What the name stands for from some time on.
  struct RecordSet {
    Time from{};
    std::vector<std::size_t> addresses;
  };

  void add_set(Duration from, const std::vector<sim::NodeRef>& records,
               const sim::BuildContext& context) {
    RecordSet& set = sets_.emplace_back(RecordSet{Time(from), {}});
    for (const sim::NodeRef& ref : records) {
      for (const sim::Target& target : context.port(ref)) set.addresses.push_back(index_of(target));
    }
  }
  std::size_t index_of(const sim::Target& target) {
    for (std::size_t i = 0; i < addresses_.size(); ++i) {
      if (addresses_[i].target.node == target.node) return i;
    }
    addresses_.push_back({target, weight_of(*target.node)});
    return addresses_.size() - 1;
  }
  double weight_of(const sim::Node& node) const {
    for (const std::string& name : {node.name(), node.group()}) {
      if (const auto found = params_.weights.find(name); found != params_.weights.end())
        return found->second;
    }
    return 1;
  }

  NameAnswer answer_for(sim::Node& asker) {
    const Time now = node_.kernel().now();
    const RecordSet* set = &sets_.front();
    for (const RecordSet& each : sets_) {
      if (each.from <= now) set = &each;
    }
    in_service_.clear();
    for (const std::size_t index : set->addresses) {
      if (addresses_[index].target.node->listed()) in_service_.push_back(index);
    }
    const bool any_healthy =
        std::any_of(in_service_.begin(), in_service_.end(),
                    [this](std::size_t index) { return addresses_[index].healthy; });
    candidates_.clear();
    for (const std::size_t index : in_service_) {
      candidates_.push_back(seen_from(asker, addresses_[index]));
      if (!any_healthy) candidates_.back().healthy = true;
    }
    const std::size_t picked = policy_->pick(candidates_);
    if (picked == DnsPolicy::none) return {nullptr, params_.negative_ttl};
    return {addresses_[in_service_[picked]].target.node, params_.ttl};
  }

  DnsCandidate seen_from(sim::Node& asker, const Address& address) {
    sim::Node& node = *address.target.node;
    const sim::Zone* here = asker.zone();
    const sim::Zone* there = node.zone();
    DnsCandidate candidate;
    candidate.weight = address.weight;
    candidate.healthy = address.healthy;
    candidate.same_zone = here && there && here->index == there->index;
    candidate.same_region = here && there && here->region_index == there->region_index;
    candidate.latency = sim::from_seconds(network_.mean_latency_seconds(asker, node));
    return candidate;
  }

  Task<void> check_health(Address& address, DnsHealthCheck check) {
    sim::Patience patience;
    patience.limit = check.timeout;
    Request probe;
    probe.operation = sim::Operation::connect;
    for (;;) {
      co_await sim::delay(check.interval);
      probe.connection = node_.next_connection();
      const Reply reply = co_await sim::connect(node_, address.target, probe, patience);
      if (reply.is_ok()) {
        Request end = probe;
        end.operation = sim::Operation::close;
        if (address.target.node->component().passes_connections())
          sim::close(node_, address.target, end);
      }
      if (reply.is_ok() == address.healthy) {
        address.in_a_row = 0;
      } else if (++address.in_a_row >= (address.healthy ? check.fall : check.rise)) {
        address.healthy = !address.healthy;
        address.in_a_row = 0;
      }
    }
  }

  sim::Node& node_;
  sim::Network& network_;
  DnsParams params_;
  StreamSource random_;
  ServiceTime service_time_;
  std::unique_ptr<DnsPolicy> policy_;     ///< The algorithm under study.
  std::deque<Address> addresses_;         ///< All that were ever named. State.
  std::vector<RecordSet> sets_;           ///< By the time from which they hold.
  std::vector<std::size_t> in_service_;   ///< Addresses of the answer that is being made.
  std::vector<DnsCandidate> candidates_;  ///< Of the answer that is being made.
  std::uint64_t answers_ = 0;             ///< Statistic.
  std::uint64_t negative_answers_ = 0;    ///< Statistic.
};

const sim::Registration<sim::Component, Dns, DnsParams> registered{
    {.name = "dns",
     .title = "DNS server",
     .summary = "Says which address a name stands for, and for how long that is good; a caller "
                "whose target it is calls the address.",
     .source = "RFC 1034, 1035 and 2308; Amazon Route 53 developer guide",
     .does_not_model = "zones of names, delegation, several addresses in one answer, DNSSEC",
     .example = R"json({"type": "dns", "records": ["edge"], "ttl": "60s"})json",
     .category = sim::Category::balancing}};

}  // namespace
}  // namespace faultline::models
