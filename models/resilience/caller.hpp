/// The caller's side of a call: how long it waits, and what it does when the answer is not what it
/// hoped for. Every component that calls others carries the same parameters (`CallerParams`,
/// included in its own) and makes its calls through a Caller.
///
///   caller --> { patience } --> callee
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "sim/kernel/task.hpp"
#include "sim/network/call.hpp"
#include "sim/param/param.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

/// Parameters of a caller: `list.include(&CallParams::caller)`.
struct CallerParams {
  std::optional<sim::Duration> timeout;

  static void describe(sim::ParamList<CallerParams>& list);
  static void check(const CallerParams& params, const sim::Path& path, sim::Problems& problems);
};

class Caller {
 public:
  /// `purpose` names the caller's random streams within its node: "endpoints.default[1]".
  Caller(const CallerParams& params, const sim::BuildContext& context, std::string_view purpose);

  /// True when all it does is wait: then `co_await sim::call(node, target, request, patience())` is
  /// the same as call() and cheaper.
  bool is_plain() const { return true; }
  const sim::Patience& patience() const { return patience_; }

  /// Makes the call, as often as it takes. `send(request, patience)` sends it once and gives what
  /// to await for the reply; it picks the target itself, anew for each try. Requires: `request`
  /// outlives the task.
  template <class Send>
  sim::Task<sim::Reply> call(const sim::Request& request, Send send) {
    auto sent = send(request, patience_);
    co_return co_await sent;
  }

 private:
  sim::Patience patience_;
};

}  // namespace faultline::models
