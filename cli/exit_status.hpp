/// How the program ends; scripts rely on it.
#pragma once

namespace faultline::cli {

enum ExitStatus : int {
  done = 0,
  expectation_failed = 1,  ///< Done, but an expectation of the file failed.
  violated = 1,            ///< Of check-history: the history violates the level.
  wrong_input = 2,         ///< Wrong usage, or a wrong scenario or history.
  cannot_go_on = 3,        ///< The run, or writing its result, could not go on.
  undecided = 4,           ///< Of check-history: no verdict within the budget.
};

}  // namespace faultline::cli
