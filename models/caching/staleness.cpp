#include "models/caching/staleness.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "models/storage/shard_member.hpp"
#include "sim/kernel/kernel.hpp"
#include "sim/network/call_observer.hpp"

namespace faultline::models {
namespace {

using sim::Time;

std::int64_t nanoseconds(Time time) { return time.time_since_epoch().count(); }

/// Writes what a store acknowledges into a ledger.
class WriteWatch final : public sim::CallObserver {
 public:
  explicit WriteWatch(const sim::Port& store) : kernel_(store.front().node->kernel()) {
    for (const sim::Target& target : store) {
      stores_.push_back(target.node);
      target.node->observe_callers(*this);
    }
  }
  VersionLedger& ledger() { return ledger_; }

  std::uint32_t begun(const sim::Node&, const sim::Node&, const sim::Request& request) override {
    if (!is_write(request)) return 0;
    keep_values();
    ledger_.begun(request.key, request.value, nanoseconds(kernel_.now()));
    if (free_.empty()) {
      open_.push_back({});
      free_.push_back(static_cast<std::uint32_t>(open_.size()));
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    open_[number - 1] = {request.key, request.value};
    return number;
  }
  void sent(const sim::Node&, const sim::Node&, const sim::Request& request) override {
    if (!is_write(request)) return;
    keep_values();
    ledger_.begun(request.key, request.value, nanoseconds(kernel_.now()));
    ledger_.uncertain(request.key, request.value, nanoseconds(kernel_.now()));
  }
  void ended(std::uint32_t operation, const sim::Reply& reply) override {
    const Write write = open_[operation - 1];
    free_.push_back(operation);
    const std::int64_t now = nanoseconds(kernel_.now());
    switch (reply.outcome) {
      case sim::Outcome::ok:
        return ledger_.acknowledged(write.key, write.value, now);
      case sim::Outcome::fail:
        return ledger_.failed(write.key, write.value);
      case sim::Outcome::unknown:
        return ledger_.uncertain(write.key, write.value, now);
    }
  }

 private:
  struct Write {
    std::uint64_t key = 0;
    std::uint64_t value = 0;
  };
  static bool is_write(const sim::Request& request) {
    return request.operation == sim::Operation::write && request.value != 0 &&
           !request.in_transaction();
  }
  /// Before the first write gets anywhere, which is early enough: there is nothing to keep yet.
  void keep_values() {
    if (keeps_values_) return;
    keeps_values_ = true;
    for (sim::Node* store : stores_) {
      if (auto* member = dynamic_cast<ShardMember*>(&store->component())) member->keep_values();
    }
  }

  sim::Kernel& kernel_;
  std::vector<sim::Node*> stores_;
  bool keeps_values_ = false;
  VersionLedger ledger_;
  std::vector<Write> open_;          ///< By number less 1.
  std::vector<std::uint32_t> free_;  ///< Numbers to be used again.
};

/// The watch of a store in this run, which those who measure against it share. A system is built by
/// one thread; whoever is built first makes the watch, and all of them keep it.
std::shared_ptr<WriteWatch> watch_of(const sim::Port& store) {
  static thread_local std::map<const sim::Node*, std::weak_ptr<WriteWatch>> watches;
  std::erase_if(watches, [](const auto& each) { return each.second.expired(); });
  std::weak_ptr<WriteWatch>& known = watches[store.front().node];
  std::shared_ptr<WriteWatch> watch = known.lock();
  if (!watch) known = watch = std::make_shared<WriteWatch>(store);
  return watch;
}

}  // namespace

StalenessMeter::StalenessMeter(const sim::NodeRef& of, const sim::BuildContext& context) {
  if (of.name.empty()) return;
  const std::shared_ptr<WriteWatch> watch = watch_of(context.port(of));
  ledger_ = std::shared_ptr<VersionLedger>(watch, &watch->ledger());
}

void StalenessMeter::acknowledged_early(std::uint64_t key, std::uint64_t value, Time now) {
  if (!ledger_ || value == 0) return;
  ledger_->begun(key, value, nanoseconds(now));
  ledger_->acknowledged(key, value, nanoseconds(now));
}

void StalenessMeter::judge(std::uint64_t key, std::uint64_t value, Time asked) {
  ++served_;
  const VersionLedger::Verdict verdict = ledger_->judge(key, value, nanoseconds(asked));
  if (!verdict.stale) return;
  ++stale_;
  versions_ += static_cast<std::uint64_t>(verdict.versions);
  versions_max_ = std::max(versions_max_, verdict.versions);
  age_.record(verdict.age);
}

void StalenessMeter::describe_statistics(sim::NodeStatistics& statistics,
                                         const std::string& prefix) {
  if (!ledger_) return;
  statistics.scalar(prefix + "stale_served", [this](Time) { return static_cast<double>(stale_); });
  statistics.scalar(prefix + "stale_share", [this](Time) {
    return served_ > 0 ? static_cast<double>(stale_) / static_cast<double>(served_) : 0.0;
  });
  statistics.scalar(prefix + "versions_behind_mean", [this](Time) {
    return stale_ > 0 ? static_cast<double>(versions_) / static_cast<double>(stale_) : 0.0;
  });
  statistics.scalar(prefix + "versions_behind_max",
                    [this](Time) { return static_cast<double>(versions_max_); });
  statistics.histogram(prefix + "stale_age_seconds", age_);
  statistics.on_reset([this](Time) {
    served_ = stale_ = versions_ = 0;
    versions_max_ = 0;
    age_.reset();
  });
}

}  // namespace faultline::models
