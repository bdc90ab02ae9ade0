/// How many retries all calls of one caller may make together. A limit on tries for each call
/// bounds nothing when every call fails; a budget bounds the load that retries add to that of the
/// calls.
///
///   call --> [ started ] ... a try fails --> [ may_retry? ] --yes--> retry, no: the failure stands
///
/// Budgets have no clock: time is a value handed in.
#pragma once

#include <string_view>

#include "sim/param/units.hpp"

namespace faultline::models {

class RetryBudget {
 public:
  static constexpr std::string_view kind = "retry budget";
  struct MakeArgs {};

  virtual ~RetryBudget() = default;
  RetryBudget(const RetryBudget&) = delete;
  RetryBudget& operator=(const RetryBudget&) = delete;

  /// A call is made; its retries are not calls of their own. `now` never goes back.
  virtual void started(sim::Duration /*now*/) {}
  /// A try ended, retries and hedges included.
  virtual void ended(bool /*ok*/) {}
  /// Whether one more retry (or hedge) may be sent now; if so it is paid for.
  virtual bool may_retry(sim::Duration now) = 0;

 protected:
  RetryBudget() = default;
};

}  // namespace faultline::models
