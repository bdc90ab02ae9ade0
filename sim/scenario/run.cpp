#include "sim/scenario/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_set>

#include "sim/kernel/run_error.hpp"
#include "sim/scenario/consistency_measures.hpp"
#include "sim/scenario/consistency_verdicts.hpp"
#include "sim/scenario/transaction_verdicts.hpp"
#include "sim/scenario/watch.hpp"

namespace faultline::sim {

/// Calls a function of the run at one time, or again and again.
class Run::StepTimer final : public Event {
 public:
  StepTimer(Run& run, void (Run::*action)()) : Event(&fire), run_(run), action_(action) {
    set_tag(static_cast<std::uint32_t>(run.system_.nodes().size()), EventKind::statistics);
  }
  ~StepTimer() { run_.system_.kernel().cancel_if_scheduled(*this); }

 private:
  static void fire(Event& event) {
    StepTimer& self = static_cast<StepTimer&>(event);
    (self.run_.*self.action_)();
  }
  Run& run_;
  void (Run::*action_)();
};

Run::Run(const Spec& spec, std::uint64_t seed, std::uint64_t replication, Problems& problems)
    : spec_(spec),
      system_(spec, seed, replication, problems),
      end_(Time(spec.run.duration)),
      warmup_end_(Time(spec.run.warmup)),
      step_(SeriesClock::for_length(time_zero, spec.run.duration).step) {
  for (std::size_t i = 0; i < system_.nodes().size(); ++i) {
    const auto& sampled = system_.nodes()[i]->statistics().sampled();
    for (std::size_t j = 0; j < sampled.size(); ++j) sampled_.push_back({i, j, 0, 0, {}});
  }
}

Run::~Run() = default;

Watch& Run::watch() {
  SIM_ASSERT(!started_);
  SIM_ASSERT(!watch_);
  watch_ = std::make_unique<Watch>(*this, system_, spec_, step_);
  return *watch_;
}

void Run::begin() {
  if (started_) return;
  started_ = true;
  Kernel& kernel = system_.kernel();
  step_timer_ = std::make_unique<StepTimer>(*this, &Run::close_step);
  kernel.schedule_after(*step_timer_, step_);
  if (warmup_end_ > time_zero) {
    warmup_timer_ = std::make_unique<StepTimer>(*this, &Run::end_warmup);
    kernel.schedule_at(*warmup_timer_, warmup_end_);
  } else {
    warm_ = true;
  }
  system_.start();
}

void Run::close_step() {
  Kernel& kernel = system_.kernel();
  const Time now = kernel.now();
  const double seconds = to_seconds(now - step_start_);
  for (Sampled& sampled : sampled_) {
    const double area =
        system_.nodes()[sampled.node]->statistics().sampled()[sampled.index].area(now);
    sampled.values.push_back((area - sampled.area + sampled.carried) / seconds);
    sampled.area = area;
    sampled.carried = 0;
  }
  system_.requests().close_step();
  system_.assert_conservation();
  progress_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  progress_events_.store(kernel.events(), std::memory_order_relaxed);
  step_start_ = now;
  if (watch_) watch_->step_closed(now);
  if (now + step_ <= end_) kernel.schedule_after(*step_timer_, step_);
}

void Run::end_warmup() {
  const Time now = system_.kernel().now();
  for (Sampled& sampled : sampled_) {
    sampled.carried +=
        system_.nodes()[sampled.node]->statistics().sampled()[sampled.index].area(now) -
        sampled.area;
    sampled.area = 0;
  }
  if (watch_) watch_->before_reset(now);
  system_.reset_statistics(now);
  statistics_start_ = now;
  warm_ = true;
}

StopReason Run::run_until(Time until) {
  begin();
  const StopReason reason = system_.kernel().run_until(std::min(until, end_));
  note_load_test();
  return reason;
}

/// A load test that has broken what it tests may end the run: then this was its planned end.
void Run::note_load_test() {
  const LoadTestMonitor* test = system_.load_test();
  if (test && test->ended_run()) end_ = std::min(end_, now());
}

bool Run::step() {
  begin();
  // Of the events at the very end all are fired, unless it is a load test that ended the run there.
  const LoadTestMonitor* test = system_.load_test();
  if (test && test->ended_run()) return false;
  const bool stepped = system_.kernel().step(end_);
  note_load_test();
  if (stepped) return true;
  system_.kernel().run_until(end_);  // No event is left: only the time goes on to the end.
  return false;
}

namespace {

OutcomeCounts counts_of(const OutcomeTally& tally) {
  OutcomeCounts counts;
  counts.sent = tally.sent;
  counts.ok = tally.ended[0];
  counts.fail = tally.ended[1];
  counts.unknown = tally.ended[2];
  counts.in_flight = tally.sent - tally.finished();
  for (std::size_t reason = 1; reason < reason_count; ++reason) {
    if (tally.reasons[reason] > 0) {
      counts.errors[std::string(to_text(static_cast<Reason>(reason)))] = tally.reasons[reason];
    }
  }
  return counts;
}

void add_counts(OutcomeCounts& sum, const OutcomeCounts& counts) {
  sum.sent += counts.sent;
  sum.ok += counts.ok;
  sum.fail += counts.fail;
  sum.unknown += counts.unknown;
  sum.in_flight += counts.in_flight;
  for (const auto& [reason, count] : counts.errors) sum.errors[reason] += count;
}

/// Several replicas as one: counts and throughput summed, histograms merged, other values averaged
/// over the replicas that have them.
NodeResult pooled(const std::vector<const NodeResult*>& members) {
  NodeResult pool;
  pool.name = pool.group = members.front()->group;
  pool.type = members.front()->type;
  std::map<std::string, std::pair<double, std::size_t>> sums;
  for (const NodeResult* member : members) {
    add_counts(pool.counts, member->counts);
    for (const auto& [name, value] : member->scalars) {
      sums[name].first += value;
      ++sums[name].second;
    }
    for (const auto& [name, histogram] : member->histograms) pool.histograms[name].merge(histogram);
    for (const auto& [name, values] : member->series) {
      std::vector<double>& sum = pool.series[name];
      sum.resize(std::max(sum.size(), values.size()));
      for (std::size_t i = 0; i < values.size(); ++i)
        sum[i] += values[i] / static_cast<double>(members.size());
    }
  }
  for (const auto& [name, sum] : sums)
    pool.scalars[name] = sum.first / static_cast<double>(sum.second);
  pool.scalars["throughput_per_second"] = sums["throughput_per_second"].first;
  return pool;
}

void pool_groups(Result& result) {
  std::map<std::string, std::vector<const NodeResult*>> groups;
  for (const NodeResult& node : result.nodes) groups[node.group].push_back(&node);
  for (const auto& [group, members] : groups) result.groups[group] = pooled(members);
}

/// What all nodes noted, by time.
std::vector<LogEntry> log_of(const System& system) {
  std::vector<LogEntry> log;
  for (const auto& node : system.nodes()) {
    for (const NodeNote& note : node->notes())
      log.push_back({to_seconds(note.at), node->name(), note.text});
  }
  std::stable_sort(log.begin(), log.end(), [](const LogEntry& a, const LogEntry& b) {
    return a.at_seconds < b.at_seconds;
  });
  return log;
}

}  // namespace

NodeResult Run::node_result(const Node& node, Time now) const {
  NodeResult result;
  result.name = node.name();
  result.group = node.group();
  result.type = spec_.find_node(node.group())->type->name();
  result.counts = counts_of(node.tally());
  const double measured = to_seconds(now - statistics_start_);
  result.scalars["throughput_per_second"] =
      measured > 0 ? static_cast<double>(node.tally().ok()) / measured : 0;
  result.scalars["in_service_mean"] = node.in_service_gauge().mean(now);
  for (const auto& scalar : node.statistics().scalars())
    result.scalars[scalar.name] = scalar.read(now);
  result.histograms["latency_seconds"] = node.latency();
  for (const auto& histogram : node.statistics().histograms()) {
    result.histograms[histogram.name] = *histogram.histogram;
  }
  return result;
}

std::map<std::string, std::vector<double>> series_of(const RequestLog& log, Duration length) {
  std::map<std::string, std::vector<double>> series;
  const double seconds = to_seconds(length);
  for (const RequestStep& step : log.steps()) {
    series["throughput_per_second"].push_back(static_cast<double>(step.ok) / seconds);
    series["fail_per_second"].push_back(static_cast<double>(step.fail) / seconds);
    series["unknown_per_second"].push_back(static_cast<double>(step.unknown) / seconds);
    series["latency_mean_seconds"].push_back(step.mean);
    series["latency_p50_seconds"].push_back(step.p50);
    series["latency_p90_seconds"].push_back(step.p90);
    series["latency_p99_seconds"].push_back(step.p99);
    series["latency_max_seconds"].push_back(step.max);
  }
  return series;
}

void Run::add_series(Result& result) const {
  result.series_start_seconds = 0;
  result.series_step_seconds = to_seconds(step_);
  result.series = series_of(system_.requests(), step_);
  for (const Sampled& sampled : sampled_) {
    const auto& name = system_.nodes()[sampled.node]->statistics().sampled()[sampled.index].name;
    result.nodes[sampled.node].series[name] = sampled.values;
  }
}

ConsistencyResult Run::consistency_result(const std::vector<NodeResult>& nodes, Time now) const {
  const ConsistencyRecorder& recorder = *system_.recorder();
  const ConsistencySpec& spec = *spec_.consistency;
  std::vector<RecordedOperation> operations = recorder.operations();
  const std::vector<std::string> key_names = tell_stores_apart(operations, recorder.store_names());
  ConsistencyResult result;
  result.histories = 1;
  result.boundary = spec.boundary;
  for (const NodeRef& node : spec.nodes) result.nodes.push_back(node.name);
  result.keys_ratio = recorder.keys_ratio();
  result.bound_reached = recorder.bound_reached() ? 1 : 0;

  WatchedRun watched;
  watched.statistics_start = statistics_start_;
  watched.end = std::min(now, recorder.stopped_at());
  watched.lost_after = spec.lost_after;
  watched.spans = system_.faults().spans();
  watched.sides = system_.faults().sides();
  count_operations(operations, result);
  measure_operations(operations, watched, result);

  std::vector<std::string> names;
  for (const auto& node : system_.nodes()) names.push_back(node->name());
  const bool complete = recorder.stopped_at() == time_max;
  std::unordered_set<std::uint64_t> judged;
  if (const TransactionRecorder* transactions = system_.transactions()) {
    judge_transactions(histories_of({.transactions = transactions->transactions(),
                                     .operations = recorder.operations_beside_transactions(),
                                     .store_names = recorder.store_names(),
                                     .node_names = names,
                                     .keys_written = &recorder.keys_of_transactions()},
                                    judged),
                       spec, complete, result);
  }
  const auto& written = recorder.keys_of_transactions();
  result.keys_left_out =
      recorder.keys_left_out() + static_cast<std::uint64_t>(std::count_if(
                                     written.begin(), written.end(), [&](std::uint64_t key) {
                                       return !recorder.is_left_out(key) && !judged.contains(key);
                                     }));
  // Where all there is are transactions, nothing is said of operations.
  if (result.transactions.empty() || !operations.empty()) {
    consistency::History history = history_of(operations, std::move(names));
    history.key_names = key_names;
    judge(history, spec, complete, result);
  }
  for (const NodeResult& node : nodes) {
    for (const StoreCount& count : store_counts) {
      const auto found = node.scalars.find(count.name);
      if (found != node.scalars.end()) result.add_store_count(count, found->second);
    }
    const auto leaderless = node.scalars.find("leaderless_seconds");
    if (leaderless == node.scalars.end()) continue;
    const double before = result.leaderless_seconds;
    result.leaderless_seconds = before > leaderless->second ? before : leaderless->second;
  }
  return result;
}

std::vector<TopologyEdge> wires_of(const Spec& spec) {
  std::vector<TopologyEdge> wires;
  for (const NodeSpec& node : spec.nodes) {
    std::vector<FoundRef> refs;
    node.type->params().collect_refs(node.params.get(), Path(), refs);
    std::set<std::pair<std::string, std::string>> seen;
    for (const FoundRef& ref : refs) {
      const std::string group = ref.name.substr(0, ref.name.find('['));
      if (seen.emplace(group, ref.role).second) wires.push_back({node.name, group, ref.role});
    }
  }
  return wires;
}

Result Run::glance(const std::function<bool(const Node&)>& wanted) {
  Result result = collect(wanted);
  pool_groups(result);
  return result;
}

Result Run::collect(const std::function<bool(const Node&)>& wanted) {
  const Time now = system_.kernel().now();
  const RequestLog& log = system_.requests();
  Result result;
  result.version = FAULTLINE_VERSION;
  result.title = spec_.title;
  result.scenario_sha256 = spec_.sha256;
  result.scenario_text = spec_.text;
  result.seed = system_.seed();
  result.virtual_seconds = to_seconds(now);
  result.planned_seconds = to_seconds(end_);
  result.warmup_seconds = to_seconds(warmup_end_);
  result.measured_seconds = to_seconds(now - statistics_start_);
  result.events = system_.kernel().events();
  result.cut_short = now < end_;

  result.requests.latency = log.latency();
  result.requests.latency.merge(log.open_step_latency());
  for (std::size_t i = 0; i < log.classes().size(); ++i) {
    const ClassLog& class_log = log.classes()[i];
    const OutcomeCounts counts = counts_of(class_log.tally);
    if (counts.sent == 0) continue;
    add_counts(result.requests.counts, counts);
    RequestsResult& by_class = result.by_class[system_.names().name_of(static_cast<NameId>(i))];
    by_class.counts = counts;
    by_class.latency = log.several_classes() ? class_log.latency : result.requests.latency;
    if (result.measured_seconds > 0) {
      by_class.throughput_per_second = static_cast<double>(counts.ok) / result.measured_seconds;
    }
  }
  if (result.measured_seconds > 0) {
    result.requests.throughput_per_second =
        static_cast<double>(result.requests.counts.ok) / result.measured_seconds;
  }
  for (const auto& node : system_.nodes()) {
    if (wanted(*node)) result.nodes.push_back(node_result(*node, now));
  }
  for (const auto& slo : log.slos()) result.slos.push_back(slo.meter.result(now));
  result.faults = system_.fault_bands();
  if (system_.cost()) result.cost = system_.cost()->result(now, statistics_start_, result);
  result.findings = system_.findings();
  if (system_.load_test()) result.load_test = system_.load_test()->result();
  return result;
}

Result Run::result() {
  system_.assert_conservation();
  Result result = collect([](const Node&) { return true; });
  result.order_digest = system_.kernel().order_digest().finish();
  add_series(result);
  pool_groups(result);
  result.log = log_of(system_);
  if (system_.recorder())
    result.consistency = consistency_result(result.nodes, system_.kernel().now());

  for (const NodeSpec& node : spec_.nodes) {
    TopologyNode drawn{node.name, node.type->name(), node.replicas};
    if (const auto place = spec_.layout.find(node.name); place != spec_.layout.end()) {
      drawn.has_position = true;
      drawn.x = place->second.x;
      drawn.y = place->second.y;
    }
    result.topology_nodes.push_back(drawn);
  }
  result.topology_edges = wires_of(spec_);
  result.results_digest = digest_of(result);
  return result;
}

}  // namespace faultline::sim
