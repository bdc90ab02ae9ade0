/// Several observers of one thing, told one after the other in the order in which they came.
#pragma once

#include <memory>
#include <vector>

#include "sim/network/call_observer.hpp"

namespace faultline::sim {

/// Who is told. One observer is told directly; from the second on they share a list, in which an
/// operation has a number of its own.
class CallObservers {
 public:
  CallObservers();
  CallObservers(const CallObservers&) = delete;
  CallObservers& operator=(const CallObservers&) = delete;
  ~CallObservers();

  /// Adds `observer` to those told through `told`, which then points to it or to the list of all.
  /// Requires: nothing that `told` was told of is under way; always the same `told`.
  void add(CallObserver& observer, CallObserver*& told);

 private:
  class List;
  std::unique_ptr<List> list_;
};

}  // namespace faultline::sim
