/// The way by which the news of a write comes to caches that did not see it.
///
///   writers --publish--> [ channel ] --delay--> cache, proxy, point of presence, app server
///   store's log --of-------'      '--loss--> never
///
/// Rule: of each write that is published, or that the store `of` has done (its log is read, as
/// change data capture does), each cache is told after a delay of its own; some news is lost. What
/// is under way when the channel crashes is lost, and what happens while it is down.
/// Source: Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, section 4.1 (mcsqueal);
/// Debezium (change data capture).
/// Does not model: a log that is read again from where the channel was before its crash; news in
/// batches.
#include <functional>
#include <memory>
#include <vector>

#include "models/caching/invalidation.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/network/call_observer.hpp"
#include "sim/network/component.hpp"
#include "sim/random/distribution.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct InvalidationChannelParams {
  std::vector<sim::NodeRef> caches;
  sim::NodeRef of;
  sim::RandomDuration delay{sim::Duration(0)};
  sim::Probability loss{0};

  static void describe(sim::ParamList<InvalidationChannelParams>& list) {
    list.add("caches", &InvalidationChannelParams::caches, "Whom it tells; every replica")
        .required()
        .not_empty()
        .role(invalidation_role);
    list.add("of", &InvalidationChannelParams::of,
             "A store whose log it reads; without it, it knows only what is published to it")
        .role("store");
    list.add("delay", &InvalidationChannelParams::delay,
             "How long the news takes in the channel, for each cache by itself");
    list.add("loss", &InvalidationChannelParams::loss, "Share of the news that never arrives");
  }
};

/// Reads the log of a store: hears of each write when it is done.
class LogReader final : public sim::CallObserver {
 public:
  LogReader(const sim::Port& store, std::function<void(std::uint64_t key)> done)
      : done_(std::move(done)) {
    for (const sim::Target& target : store) target.node->observe_callers(*this);
  }
  std::uint32_t begun(const sim::Node&, const sim::Node&, const Request& request) override {
    if (request.operation != sim::Operation::write) return 0;
    if (free_.empty()) {
      keys_.push_back(0);
      free_.push_back(static_cast<std::uint32_t>(keys_.size()));
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    keys_[number - 1] = request.key;
    return number;
  }
  void ended(std::uint32_t operation, const Reply& reply) override {
    free_.push_back(operation);
    if (reply.outcome != sim::Outcome::fail) done_(keys_[operation - 1]);
  }

 private:
  std::function<void(std::uint64_t key)> done_;
  std::vector<std::uint64_t> keys_;  ///< By number less 1.
  std::vector<std::uint32_t> free_;
};

class InvalidationChannel final : public sim::Component {
 public:
  InvalidationChannel(const InvalidationChannelParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        delay_(params.delay),
        loss_(params.loss.value),
        delay_stream_(context.stream("delay")),
        loss_stream_(context.stream("loss")) {
    for (const sim::NodeRef& ref : params.caches) {
      for (const sim::Target& target : context.port(ref)) caches_.push_back(target);
    }
    if (params.of.name.empty()) return;
    reader_ = std::make_unique<LogReader>(context.port(params.of),
                                          [this](std::uint64_t key) { publish(key); });
  }

  Task<Reply> handle(const Request& request) override {
    publish(request.key);
    co_return Reply::ok();
  }
  void crashed() override {
    lost_ += under_way_;
    under_way_ = 0;
  }
  bool offers(std::string_view role) const override { return role == "any" || role == "channel"; }
  void describe_statistics(sim::NodeStatistics& statistics) override {
    const auto count = [&](const char* name, const std::uint64_t& what) {
      statistics.scalar(name, [&what](Time) { return static_cast<double>(what); });
    };
    count("news_published", published_);
    count("news_delivered", delivered_);
    count("news_lost", lost_);
    statistics.histogram("news_delay_seconds", delays_);
    statistics.on_reset([this](Time) {
      published_ = delivered_ = lost_ = 0;
      delays_.reset();
    });
  }

 private:
  void publish(std::uint64_t key) {
    ++published_;
    for (const sim::Target& cache : caches_) {
      const bool lost = loss_ > 0 && loss_stream_.chance(loss_);
      if (lost || !node_.up()) {
        ++lost_;
      } else {
        ++under_way_;
        node_.spawn(deliver(cache, key));
      }
    }
  }
  Task<void> deliver(const sim::Target& cache, std::uint64_t key) {
    const sim::Duration delay = delay_.sample(delay_stream_);
    co_await sim::delay(delay);
    --under_way_;
    ++delivered_;
    delays_.record(delay.count());
    sim::post(node_, cache, std::make_unique<Invalidation>(key), sim::Bytes{64});
  }

  sim::Node& node_;
  sim::RandomDuration delay_;
  double loss_;
  sim::Stream delay_stream_;
  sim::Stream loss_stream_;
  std::vector<sim::Target> caches_;
  std::unique_ptr<LogReader> reader_;  ///< Null: it reads no log.
  std::uint64_t under_way_ = 0;        ///< State.
  std::uint64_t published_ = 0;        ///< Writes. Statistic.
  std::uint64_t delivered_ = 0;        ///< News, of each write one a cache. Statistic.
  std::uint64_t lost_ = 0;             ///< Statistic.
  sim::Histogram delays_;              ///< In the channel, of what was delivered. Statistic.
};

const sim::Registration<sim::Component, InvalidationChannel, InvalidationChannelParams> registered{
    {.name = "invalidation_channel",
     .title = "Invalidation channel",
     .summary = "Tells caches of writes that they did not see: of those published to it, or read "
                "from a store's log; late, and not always.",
     .source = "Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 4.1; Debezium",
     .does_not_model = "a log that is read again after a crash; news in batches",
     .example =
         R"json({"type": "invalidation_channel", "of": "db", "caches": ["cdn", "app"], "delay": "exponential(50ms)"})json",
     .category = sim::Category::caching}};

}  // namespace
}  // namespace faultline::models
