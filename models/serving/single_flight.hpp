/// One of many who want the same asks for it; the others wait for the answer.
///
///   SingleFlight::Lead lead(flights_, key);            // one: asks, then tells
///   lead.tell(reply);
///   SingleFlight::Follower follower(flights_, key);    // the others, while flights_.has(key)
///   auto answer = follower.answer();
///   reply = co_await answer;
///
/// Rule: a leader that is ended before it has an answer tells the others that there was none.
/// Source: Go, golang.org/x/sync/singleflight; Nishtala et al., "Scaling Memcache at Facebook",
/// NSDI 2013, section 3.2.1 (leases).
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "sim/kernel/one_shot.hpp"
#include "sim/network/request.hpp"

namespace faultline::models {

class SingleFlight {
 public:
  explicit SingleFlight(sim::Kernel& kernel) : kernel_(kernel) {}
  bool has(std::uint64_t key) const { return flights_.contains(key); }

  class Lead {
   public:
    /// Requires: nobody leads `key`.
    Lead(SingleFlight& flights, std::uint64_t key) : flights_(flights), key_(key) {
      flights_.flights_[key_];
    }
    Lead(const Lead&) = delete;
    ~Lead() {
      if (!told_) tell(sim::Reply::fail(sim::Reason::timeout));
    }
    void tell(const sim::Reply& reply) {
      told_ = true;
      const auto flight = flights_.flights_.find(key_);
      for (sim::OneShot<sim::Reply>* each : flight->second) each->set(reply);
      flights_.flights_.erase(flight);
    }

   private:
    SingleFlight& flights_;
    std::uint64_t key_;
    bool told_ = false;
  };

  class Follower {
   public:
    /// Requires: has(key).
    Follower(SingleFlight& flights, std::uint64_t key)
        : flights_(flights), key_(key), shot_(flights.kernel_) {
      flights_.flights_.at(key_).push_back(&shot_);
    }
    Follower(const Follower&) = delete;
    ~Follower() {
      const auto flight = flights_.flights_.find(key_);
      if (shot_.is_set() || flight == flights_.flights_.end()) return;
      std::erase(flight->second, &shot_);
    }
    auto answer() { return shot_.wait(); }

   private:
    SingleFlight& flights_;
    std::uint64_t key_;
    sim::OneShot<sim::Reply> shot_;
  };

 private:
  sim::Kernel& kernel_;
  std::map<std::uint64_t, std::vector<sim::OneShot<sim::Reply>*>> flights_;  ///< By key.
};

}  // namespace faultline::models
