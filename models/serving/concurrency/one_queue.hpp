/// Carriers with one queue for all of them: first come, first served.
#pragma once

#include "models/serving/concurrency/carriers.hpp"

namespace faultline::models {

class OneQueueCarriers : public Carriers {
 public:
  /// `switch_cost`: the CPU work of taking up a job.
  OneQueueCarriers(const MakeArgs& args, Config config, sim::Duration switch_cost)
      : Carriers(args, std::move(config)), switch_cost_(switch_cost) {}

 private:
  void enqueue(Job& job, bool first) override {
    first ? ready_.push_front(job) : ready_.push_back(job);
  }
  Job* next(Carrier&) override {
    if (ready_.empty()) return nullptr;
    Job& job = ready_.front();
    job.unlink();
    return &job;
  }
  void dequeue(Job& job) override { job.unlink(); }
  bool anyone_waits(const Carrier&) const override { return !ready_.empty(); }
  sim::Duration cost_of(const Carrier&, bool) override { return switch_cost_; }

  sim::Duration switch_cost_;      ///< Parameter.
  sim::IntrusiveList<Job> ready_;  ///< State.
};

}  // namespace faultline::models
