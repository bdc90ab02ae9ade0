/// CoDel, controlled delay: a queue that empties now and then is good; one in which everybody waits
/// too long, for too long, is cut down one request after the other.
///
/// Rule: when a request's turn comes, look at how long it has waited. If that was at least `target`
/// for all of the last `interval`, drop it, and go on dropping: the next one `interval` / sqrt(2)
/// later, then `interval` / sqrt(3), and so on, until a request has waited less than `target`. If
/// overload comes back soon after, dropping goes on about where it was. The last one in the queue
/// is never dropped.
/// Source: Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 10(5), 2012; RFC 8289,
/// section 5.
/// Does not model: bytes; a queue of one request stands for "less than a packet".
/// What to know: senders of packets slow down when one is lost. Users who do not, and come at more
/// than the server can do, make a single CoDel drop ever more often, which takes long to be enough;
/// for servers see adaptive_timeout.
#include <cmath>

#include "models/algorithms/limiting/load_shedder.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct CodelParams {
  Duration target = std::chrono::milliseconds(5);
  Duration interval = std::chrono::milliseconds(100);

  static void describe(sim::ParamList<CodelParams>& list) {
    list.add("target", &CodelParams::target, "A wait that may stand").above(Duration(0));
    list.add("interval", &CodelParams::interval, "For how long it may be exceeded by all")
        .above(Duration(0));
  }
};

class Codel final : public LoadShedder {
 public:
  Codel(const CodelParams& params, const MakeArgs&) : params_(params) {}

  bool drops(Duration now, Duration waited, std::int64_t waiting) override {
    const bool too_long = lasts_too_long(now, waited, waiting);
    if (!dropping_) {
      if (!too_long) return false;
      begin_dropping(now);
      return true;
    }
    if (!too_long) {
      dropping_ = false;
      return false;
    }
    if (now < next_drop_) return false;
    ++count_;
    next_drop_ = after_interval(next_drop_);
    return true;
  }

 private:
  bool lasts_too_long(Duration now, Duration waited, std::int64_t waiting) {
    if (waited < params_.target || waiting == 0) {
      above_ = false;
      return false;
    }
    if (!above_) {
      above_ = true;
      too_long_from_ = now + params_.interval;
      return false;
    }
    return now >= too_long_from_;
  }

  void begin_dropping(Duration now) {
    dropping_ = true;
    const std::int64_t last_time = count_ - count_before_;
    const bool soon = now - next_drop_ < 16 * params_.interval;
    count_ = last_time > 1 && soon ? last_time : 1;
    count_before_ = count_;
    next_drop_ = after_interval(now);
  }

  Duration after_interval(Duration from) const {
    const double interval = static_cast<double>(params_.interval.count());
    return from +
           Duration(static_cast<std::int64_t>(interval / std::sqrt(static_cast<double>(count_))));
  }

  CodelParams params_;             ///< Parameters.
  bool above_ = false;             ///< The last one had waited too long. State.
  Duration too_long_from_{};       ///< If above_: when that has lasted an interval. State.
  bool dropping_ = false;          ///< State.
  Duration next_drop_{};           ///< State.
  std::int64_t count_ = 0;         ///< Drops since dropping began, which set its pace. State.
  std::int64_t count_before_ = 0;  ///< The count that it began with. State.
};

const sim::Registration<LoadShedder, Codel, CodelParams> registered{
    {.name = "codel",
     .title = "CoDel",
     .summary = "Drops from the front of a queue in which nobody has waited less than `target` for "
                "an `interval`, more and more often until that changes.",
     .source = "Nichols and Jacobson, Controlling Queue Delay, 2012; RFC 8289",
     .does_not_model = "bytes; callers that slow down when a request of theirs is dropped",
     .example = R"json({"type": "codel", "target": "5ms", "interval": "100ms"})json"}};

}  // namespace
}  // namespace faultline::models
