/// A place where a component runs: it has a name, is up or down, owns the component's processes,
/// and counts what passes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/processor_sharing.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/kernel/task.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/measure/slo.hpp"
#include "sim/network/call_observer.hpp"
#include "sim/network/call_observers.hpp"
#include "sim/network/component.hpp"
#include "sim/network/request.hpp"
#include "sim/network/zone.hpp"
#include "sim/random/stream.hpp"

namespace faultline::sim {

/// What a node's component lets the engine reset at the end of the warm-up, sample over time and
/// report.
class NodeStatistics {
 public:
  /// A number in the result, read when it is asked for: "entries", "hit_ratio".
  void scalar(std::string name, std::function<double(Time now)> read);
  /// The same of a number that several parts of the node make up together: their sum is reported.
  void scalar_part(const std::string& name, std::function<double(Time now)> read);
  /// The number of this name now; NaN if there is none.
  double value(std::string_view name, Time now) const;
  /// A histogram in the result, in nanoseconds: "queue_wait_seconds".
  void histogram(std::string name, const Histogram& histogram);
  /// The servers whose business is the node's: gives "utilization", "queue_length_mean",
  /// "queue_wait_seconds" and the series of both. Call it for at most one pair; `queue` may be the
  /// same as `busy`.
  void servers(Resource& busy, Resource& queue);
  void servers(ProcessorSharing& busy, Resource& queue);
  /// A further resource, reported as "<name>_utilization", "<name>_queue_length_mean" and
  /// "<name>_wait_seconds".
  void resource(std::string name, Resource& resource);
  /// A time series of a quantity given by its integral over time in unit-seconds: of events, their
  /// number gives their rate. Several parts of a node may report one together.
  void series_part(const std::string& name, std::function<double(Time now)> area);
  /// What else to do when statistics begin anew.
  void on_reset(std::function<void(Time now)> reset);

  void reset(Time now) const;
  struct Scalar {
    std::string name;
    std::function<double(Time now)> read;
  };
  struct NamedHistogram {
    std::string name;
    const Histogram* histogram;
  };
  /// A time-averaged quantity: `area(now)` is its integral over time in unit-seconds since the last
  /// reset.
  struct Sampled {
    std::string name;
    std::function<double(Time now)> area;
  };
  const std::vector<Scalar>& scalars() const { return scalars_; }
  const std::vector<NamedHistogram>& histograms() const { return histograms_; }
  const std::vector<Sampled>& sampled() const { return sampled_; }

 private:
  std::vector<Scalar> scalars_;
  std::vector<NamedHistogram> histograms_;
  std::vector<Sampled> sampled_;
  std::vector<std::function<void(Time)>> resets_;
};

/// Somebody who wants to know when a node goes down, stands still, and is back.
class NodeObserver {
 public:
  enum class Change : std::uint8_t { down, up, paused, resumed };
  virtual ~NodeObserver() = default;
  virtual void changed(const Node& node, Change change) = 0;
  /// It has another presence now, which `presence()` of the node tells.
  virtual void came_or_went(const Node& /*node*/) {}
  /// Its component says what it did, for the log.
  virtual void noted(const Node& /*node*/, const std::string& /*text*/) {}
};

/// Whether a node is there at all. Every machine that may ever run is built; those that are off
/// hold nothing, answer nobody and cost nothing.
enum class Presence : std::uint8_t {
  serving,   ///< There, and ready, whatever faults do to it.
  starting,  ///< There and paid for, not ready yet: it is down.
  leaving,   ///< It was told to stop, and finishes what it has.
  off,       ///< Not there.
};
std::string_view to_text(Presence presence);

/// What a component said about something it did.
struct NodeNote {
  Time at;
  std::string text;
};

/// Counts of requests by how they ended. Conservation: sent = ok + fail + unknown + in flight.
struct OutcomeTally {
  std::uint64_t sent = 0;
  std::array<std::uint64_t, 3> ended{};  ///< By Outcome.
  std::array<std::uint64_t, reason_count>
      reasons{};  ///< By Reason; the entry of `none` counts the ok ones.

  void end(const Reply& reply) {
    ++ended[static_cast<std::size_t>(reply.outcome)];
    ++reasons[static_cast<std::size_t>(reply.reason)];
  }
  std::uint64_t finished() const { return ended[0] + ended[1] + ended[2]; }
  std::uint64_t ok() const { return ended[0]; }
};

class Node final : public ProcessOwner {
 public:
  Node(Kernel& kernel, std::uint32_t id, std::string name, std::string group, std::int64_t index)
      : ProcessOwner(kernel, id), name_(std::move(name)), group_(std::move(group)), index_(index) {}
  /// Ends the processes while the component they run in still lives.
  ~Node() override {
    end_processes();
    component_.reset();  // Before what it may look at here.
  }

  const std::string& name() const { return name_; }  ///< "app[0]", or "db" when there is one only.
  const std::string& group() const { return group_; }  ///< "app"
  std::int64_t index() const { return index_; }
  const Zone* zone() const { return zone_; }  ///< Null for a node that stands nowhere.
  void set_zone(const Zone* zone) { zone_ = zone; }
  std::string_view process_owner_name() const override { return name_; }

  Component& component() const { return *component_; }
  void set_component(std::unique_ptr<Component> component) { component_ = std::move(component); }

  bool up() const { return down_causes_ == 0; }
  /// How often it went down: what it held in memory before is gone, and connections from before are
  /// broken.
  std::uint32_t crashes() const { return crashes_; }
  /// A number for a connection that this node opens; 0 is none's.
  std::uint32_t next_connection() { return ++connections_; }
  /// One cause to be down more. The first ends every process of the node; from then on it refuses
  /// requests.
  void crash();
  /// One cause to be down less; without any the node is up again. Requires: down.
  void restart();
  /// As crash() and restart(), but nobody is told: while there is such a cause, no reset and no
  /// refusal leaves the node, and what is sent to it is never heard of again.
  void vanish();
  void reappear();
  /// Whether the node is down and answers nothing, not even with a refusal.
  bool silent() const { return silent_causes_ != 0; }
  /// What to do whenever the node is up again, after the component has started.
  void on_restart(std::function<void()> act) { restart_acts_.push_back(std::move(act)); }

  Presence presence() const { return presence_; }
  /// Whether it is down because it is off, or starts.
  bool absent() const { return presence_ == Presence::off || presence_ == Presence::starting; }
  /// Whether those who pick among the nodes of its group, or give out its address, may name it.
  bool listed() const { return listed_; }
  /// When the run begins it is off, and somebody may take it into service. Requires: the run has
  /// not begun; once.
  void begin_absent();
  /// Whoever picks among nodes asks only of those that may come and go whether they are listed.
  bool comes_and_goes() const { return comes_and_goes_; }
  void set_comes_and_goes() { comes_and_goes_ = true; }
  /// What it holds in memory is gone when it is off, as in a crash. It is to be listed, or not any
  /// more, by itself. Requires: comes_and_goes().
  void set_presence(Presence presence);
  void set_listed(bool listed);
  /// What to do whenever it is listed, or is not any more. Lives as long as the node.
  void on_listed(std::function<void(bool listed)> act) { listed_acts_.push_back(std::move(act)); }
  /// How long it has been there since the statistics began.
  Duration time_present(Time now) const {
    return present_before_ + (presence_ == Presence::off ? Duration(0) : now - present_since_);
  }
  /// Something its component did that people want to read of: it stands in the log and in the
  /// result. The first `notes_max` are kept.
  void note(std::string text);
  static constexpr std::size_t notes_max = 10'000;
  const std::vector<NodeNote>& notes() const { return notes_; }

  /// One cause more to stand still. With the first the processes of the node stop where they are;
  /// what arrives is held. A node that is down stands still when it is up again.
  void pause();
  /// One cause less; without any the processes go on with what they had left, and then with what
  /// was held, in order. Requires: paused.
  void resume();
  bool paused() const { return pause_causes_ != 0; }

  /// Answers that fail by a fault's doing: before any work, or after all of it. `stream` outlives
  /// the cause. Of several causes each has its own luck.
  struct ErrorCause {
    const void* cause;
    Stream* stream;
    double before;  ///< Probability.
    double after;   ///< Probability; of those that were not failed before.
  };
  void add_errors(const ErrorCause& errors);
  void remove_errors(const void* cause);

  /// One cause more, or less, of a disturbance of the component. Requires: the component is there.
  /// While the node is paused the component is not told; it is when the pause ends.
  void add_disturbance(Disturbance kind, const void* cause, double amount);
  void remove_disturbance(Disturbance kind, const void* cause);
  void flush() { component_->disturbed(Disturbance::flush, 1); }
  /// Whether anything of it takes longer than declared.
  bool slow() const { return slowness_ != 1 || cpu_slowness_ != 1 || disk_slowness_ != 1; }
  /// Whether it is disturbed in a way that is neither slowness nor absence: errors, a wrong clock,
  /// less memory or fewer connections.
  bool faulty() const {
    const auto disturbed = [this](Disturbance kind) {
      return !disturbances_[static_cast<std::size_t>(kind)].empty();
    };
    return !error_causes_.empty() || !clock_causes_.empty() || disturbed(Disturbance::memory) ||
           disturbed(Disturbance::connections);
  }

  /// What the clock of this node shows at `now`; `now` itself while nothing is wrong with it.
  Time local_time(Time now) const { return clock_causes_.empty() ? now : clock_reading(now); }
  /// One cause more for the clock to be wrong from `now` on: `offset` at once, and `drift` seconds
  /// more each second. Several add up.
  void add_clock_error(const void* cause, Time now, Duration offset, double drift);
  void remove_clock_error(const void* cause);
  /// Everything the node does takes this many times as long. 1: as declared.
  const double& slowness() const { return slowness_; }
  /// The same of work on cores, and of work on disks.
  const double& cpu_slowness() const { return cpu_slowness_; }
  const double& disk_slowness() const { return disk_slowness_; }
  /// One cause of slowness more; several multiply. `cause` names it for remove_slowness.
  void add_slowness(const void* cause, double factor);
  void remove_slowness(const void* cause);
  /// A service time as this node takes it now.
  Duration slowed(Duration duration) const {
    if (__builtin_expect(slowness_ == 1.0, true)) return duration;
    return scaled(duration, slowness_);
  }

  NodeStatistics& statistics() { return statistics_; }
  const NodeStatistics& statistics() const { return statistics_; }

  /// Requests here: waiting, being served, or waiting for others.
  std::uint64_t in_service() const { return in_service_; }
  const OutcomeTally& tally() const { return tally_; }  ///< By arrival since the statistics began.
  const Histogram& latency() const {
    return latency_;
  }  ///< Arrival to answer, queue wait included; ok ones.
  const CountGauge& in_service_gauge() const { return in_service_gauge_; }
  /// An objective over the requests that come to this node.
  struct Watcher {
    SloMeter* meter;             ///< Outlives the node.
    std::int64_t request_class;  ///< -1: every class.
    Time from;                   ///< Earlier arrivals do not count.
  };
  void watch(const Watcher& watcher) { watchers_.push_back(watcher); }
  /// Tells `observer` of the calls to this node as those see them who make them. It outlives the
  /// run. Before the run; several may be told.
  void observe_callers(CallObserver& observer) { callers_.add(observer, callers_observer_); }
  CallObserver* callers_observer() const { return callers_observer_; }
  /// Tells `observer` of what this node works on, from a request's arrival to its answer. What is
  /// turned away at once is not told. It outlives the run. Before the run; several may be told.
  void observe_service(CallObserver& observer) {
    service_.add(observer, service_observer_);
    heed_service_observers(true);
  }
  /// The same for an observer that is not always curious: it is told of nothing that begins while
  /// no one heeds it, and then costs nothing. At any time, for all observers of this node together.
  void heed_service_observers(bool heeded) {
    service_heeded_ = heeded;
    update_fine();
  }
  bool heeds_service_observers() const { return service_heeded_; }
  /// Tells `observer` when the node goes down, stands still and is back. It outlives the run.
  void observe_state(NodeObserver& observer) { state_observer_ = &observer; }
  /// Requests here beyond which the next one's connection is refused, as if the node were down.
  void set_connection_limit(std::uint64_t limit) {
    connection_limit_ = limit;
    update_fine();
  }
  /// Told to finish what it has: it refuses whatever comes (Disturbance::drain).
  bool draining() const {
    return !disturbances_[static_cast<std::size_t>(Disturbance::drain)].empty();
  }
  /// Whether it takes new requests: what a health check finds out.
  bool takes_requests() const { return up() && !draining(); }
  /// Requests here at which the run stops with a RunError.
  void set_in_service_limit(std::uint64_t limit) { in_service_limit_ = limit; }
  void reset_statistics(Time now);
  /// Stops the program if requests were lost or doubled: received = answered + in service.
  void assert_conservation() const;

 private:
  friend class Call;
  friend class RemoteCall;
  void request_arrived(Time now) {
    ++received_;
    ++in_service_;
    ++tally_.sent;
    in_service_gauge_.add(now, 1);
  }
  /// Inlined where every answer passes; other places are rare and call it out of line.
  [[gnu::always_inline]] void request_ended(Time now, Time arrived, const Request& request,
                                            const Reply& reply) {
    ++answered_;
    --in_service_;
    in_service_gauge_.add(now, -1);
    if (arrived < statistics_start_) return;
    tally_.end(reply);
    if (reply.is_ok()) latency_.record((now - arrived).count());
    for (const Watcher& watcher : watchers_) {
      if (arrived < watcher.from) continue;
      if (watcher.request_class < 0 || watcher.request_class == request.request_class) {
        watcher.meter->record(arrived, reply.is_ok(), now - arrived);
      }
    }
  }
  [[noreturn]] void too_many_in_service() const;
  /// What befalls a request that comes to a node with something wrong.
  enum class Fate : std::uint8_t { served, fails_after_work, fails, refused, lost };
  Fate draw_fate();
  void update_fine() {
    fine_ = down_causes_ == 0 && error_causes_.empty() && !draining() &&
            connection_limit_ == ~std::uint64_t{0} && !service_heeded_;
  }
  void go_down();
  void come_up();
  void stand_still();
  void tell_level(Disturbance kind);
  void update_slowness();
  double level(Disturbance kind) const;
  Time clock_reading(Time now) const;

  struct Cause {
    const void* cause;
    double amount;
  };
  struct ClockCause {
    const void* cause;
    Time since;
    Duration offset;
    double drift;
  };

  // What each request touches comes first and together: of many nodes, little more than this is in
  // the processor's cache.
  std::unique_ptr<Component> component_;
  std::uint64_t in_service_ = 0;
  std::uint64_t in_service_limit_ = ~std::uint64_t{0};
  std::uint64_t received_ = 0;  ///< Since the run began.
  std::uint64_t answered_ = 0;  ///< Since the run began.
  Time statistics_start_{};
  double slowness_ = 1.0;  ///< The product of the causes' factors, exactly 1 without any.
  bool fine_ = true;       ///< Nothing is to be asked before a request is served.
  bool listed_ = true;
  CallObserver* callers_observer_ = nullptr;
  CountGauge in_service_gauge_;
  OutcomeTally tally_;
  Histogram latency_;
  std::vector<Watcher> watchers_;
  std::vector<ClockCause> clock_causes_;

  std::string name_;
  std::string group_;
  std::int64_t index_;
  const Zone* zone_ = nullptr;
  CallObserver* service_observer_ = nullptr;
  bool service_heeded_ = false;
  CallObservers callers_;
  CallObservers service_;
  NodeObserver* state_observer_ = nullptr;
  Presence presence_ = Presence::serving;
  bool comes_and_goes_ = false;
  Time present_since_{};        ///< While it is not off.
  Duration present_before_{0};  ///< Up to then, since the statistics began.
  std::vector<std::function<void(bool)>> listed_acts_;
  std::vector<NodeNote> notes_;
  std::uint64_t down_causes_ = 0;
  std::uint32_t crashes_ = 0;
  std::uint32_t connections_ = 0;    ///< Opened by this node so far.
  std::uint64_t silent_causes_ = 0;  ///< Of down_causes_.
  std::uint64_t pause_causes_ = 0;
  std::vector<ErrorCause> error_causes_;
  std::array<std::vector<Cause>, disturbance_count> disturbances_;  ///< By Disturbance.
  std::vector<std::function<void()>> restart_acts_;
  double cpu_slowness_ = 1.0;
  double disk_slowness_ = 1.0;
  std::vector<std::pair<const void*, double>> slow_causes_;
  std::uint64_t connection_limit_ = ~std::uint64_t{0};
  NodeStatistics statistics_;
};

}  // namespace faultline::sim
