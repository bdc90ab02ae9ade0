/// How a level with locks chooses who gives up in a deadlock.
#pragma once

#include <string>

#include "models/algorithms/isolation/lock_table.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct VictimParams {
  std::string victim = "youngest";

  static void describe(sim::ParamList<VictimParams>& list) {
    list.add("victim", &VictimParams::victim,
             "Who of a ring that wait for each other has to give up; requester: the one that "
             "closed the ring")
        .one_of({"youngest", "oldest", "requester", "fewest_locks"});
  }
  LockTable::Victim rule() const {
    if (victim == "oldest") return LockTable::Victim::oldest;
    if (victim == "requester") return LockTable::Victim::requester;
    if (victim == "fewest_locks") return LockTable::Victim::fewest_locks;
    return LockTable::Victim::youngest;
  }
};

}  // namespace faultline::models
