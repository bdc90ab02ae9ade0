/// What those who call a group of nodes see of each version that runs there: how many requests
/// ended, how many of them otherwise than ok, how long they took.
///
/// Rule: a request belongs to the version that its node runs when it is sent. Of one whose caller
/// is gone nothing is known.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/algorithms/scaling/canary.hpp"
#include "models/scaling/instance_group.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/measure/slo.hpp"
#include "sim/network/call_observer.hpp"

namespace faultline::models {

class VersionMeter final : public sim::CallObserver {
 public:
  static constexpr std::size_t versions = 2;  ///< The old one and the new one.

  /// `group` outlives it. Requires: before the run.
  explicit VersionMeter(const InstanceGroup& group) : group_(group) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      const std::size_t id = group.node(i).id();
      if (places_.size() <= id) places_.resize(id + 1);
      places_[id] = i;
      group.node(i).observe_callers(*this);
    }
  }

  /// Since the last `forget` of this version.
  VersionSample sample(std::size_t version) const {
    const Seen& seen = recent_[version];
    const double p99 =
        seen.latency.empty() ? 0 : static_cast<double>(seen.latency.quantile(0.99)) / 1e9;
    return {seen.requests, seen.failed, p99, seen.good};
  }
  void forget(std::size_t version) { recent_[version] = {}; }
  /// Which requests are good from now on; without it, those that end ok.
  void set_objective(const sim::Indicator& objective) { objective_ = objective; }

  void describe_statistics(sim::NodeStatistics& statistics) {
    static constexpr std::array<const char*, versions> names{"old_", "new_"};
    for (std::size_t version = 0; version < versions; ++version) {
      const std::string name = names[version];
      Seen& seen = all_[version];
      statistics.scalar(name + "requests",
                        [&seen](sim::Time) { return static_cast<double>(seen.requests); });
      statistics.scalar(name + "failed",
                        [&seen](sim::Time) { return static_cast<double>(seen.failed); });
      statistics.histogram(name + "latency_seconds", seen.latency);
    }
    statistics.on_reset([this](sim::Time) {
      for (Seen& seen : all_) seen = {};
    });
  }

  std::uint32_t begun(const sim::Node&, const sim::Node& at, const sim::Request& request) override {
    if (request.operation == sim::Operation::connect || request.operation == sim::Operation::close)
      return 0;
    if (free_.empty()) {
      open_.emplace_back();
      free_.push_back(static_cast<std::uint32_t>(open_.size()));
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    open_[number - 1] = {at.kernel().now(), &at, group_.version(places_[at.id()])};
    return number;
  }
  void ended(std::uint32_t operation, const sim::Reply& reply) override {
    const Open& open = open_[operation - 1];
    const sim::Duration latency = open.at->kernel().now() - open.begun;
    for (Seen* seen : {&recent_[open.version], &all_[open.version]}) {
      ++seen->requests;
      seen->failed += !reply.is_ok();
      seen->good += objective_.is_good(reply.is_ok(), latency);
      if (reply.is_ok()) seen->latency.record(latency.count());
    }
    free_.push_back(operation);
  }

 private:
  struct Seen {
    std::uint64_t requests = 0;
    std::uint64_t failed = 0;
    std::uint64_t good = 0;
    sim::Histogram latency;
  };
  struct Open {
    sim::Time begun{};
    const sim::Node* at = nullptr;
    std::size_t version = 0;
  };
  const InstanceGroup& group_;
  sim::Indicator objective_;
  std::vector<std::size_t> places_;  ///< In the group, by Node::id.
  std::array<Seen, versions> recent_;
  std::array<Seen, versions> all_;  ///< Statistic.
  std::vector<Open> open_;          ///< By number less 1.
  std::vector<std::uint32_t> free_;
};

}  // namespace faultline::models
