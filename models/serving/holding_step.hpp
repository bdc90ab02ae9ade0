/// What `lock`, `rw_lock` and `semaphore` have in common: steps that are done while something of
/// the server's locks is held. They differ in what they claim.
#pragma once

#include <optional>
#include <vector>

#include "models/serving/locks.hpp"

namespace faultline::models {

class HoldingStep : public Step {
 public:
  HoldingStep(const LockUse& use, const Locks::Kind& lock_kind, const StepContext& context)
      : lock_(context.host.part<Locks>().lock(use, lock_kind, context)),
        timeout_(use.timeout),
        steps_(use.steps, context) {}

  sim::Task<sim::Reply> run(Job& job, const sim::Request& request) final {
    Locks::Wait::Claim claim = claim_of(request);
    claim.key = request.key;
    claim.timeout = timeout_;
    claim.deadline = request.deadline;
    Locks::Wait wait(lock_, job, claim);
    const Locks::Hold held = co_await wait;
    job.woken_by(Job::Wake::inside);
    if (!held) co_return sim::Reply::fail(held.why());
    co_return co_await steps_.run(job, request);
  }
  void certain_calls(std::vector<sim::CertainCall>& out) const final { steps_.certain_calls(out); }

 protected:
  const Locks::Lock& lock() const { return lock_; }

 private:
  /// How much of the lock, and how; the rest of the claim is the same for all.
  virtual Locks::Wait::Claim claim_of(const sim::Request& request) const = 0;

  Locks::Lock& lock_;
  std::optional<sim::Duration> timeout_;
  StepList steps_;
};

}  // namespace faultline::models
