#include "sim/scenario/fault_spec.hpp"

#include <fmt/format.h>

#include "sim/param/described.hpp"

namespace faultline::sim {

void FaultSpec::describe(ParamList<FaultSpec>& list) {
  list.add("fault", &FaultSpec::fault, "What happens, and to whom").required();
  list.add("at", &FaultSpec::at, "When it begins").at_least(Duration(0));
  list.add("for", &FaultSpec::length, "How long it lasts; without it, to the end of the run")
      .above(Duration(0));
  list.add("every", &FaultSpec::every,
           "With `at` and `for`: it comes back, so long from one beginning to the next")
      .above(Duration(0));
  list.add("mtbf", &FaultSpec::mean_time_between,
           "Instead of `at`: mean time from the end of one to the beginning of the next, "
           "exponential; of a group, one node "
           "at a time, drawn by lot")
      .above(Duration(0));
  list.add("mttr", &FaultSpec::mean_time_to_repair, "With mtbf: mean time it lasts, exponential")
      .above(Duration(0));
  list.add("count", &FaultSpec::count,
           "How many of those it names are struck at a time, drawn by lot; without it, all, or one "
           "with `mtbf`")
      .at_least(1);
}

void FaultSpec::check(const FaultSpec& fault, const Path& path, Problems& problems) {
  if (fault.at.has_value() == fault.mean_time_between.has_value()) {
    problems.add(path,
                 fault.at ? "both `at` and `mtbf` are given" : "neither `at` nor `mtbf` is given",
                 "give `at` for a fault at a known time, `mtbf` for a random one");
  }
  if (fault.mean_time_between &&
      fault.mean_time_to_repair.has_value() == fault.length.has_value()) {
    problems.add(path, "with `mtbf`, give either `mttr` or `for`");
  }
  if (fault.at && fault.mean_time_to_repair) {
    problems.add(path / "mttr", "only with `mtbf`", "write `for` for how long it lasts");
  }
  if (fault.every && !fault.at) {
    problems.add(path / "every", "only with `at`", "write `at` for when it begins first");
  }
  if (fault.every && fault.at && !fault.length) {
    problems.add(path / "every", "only with `for`", "write `for` for how long it lasts each time");
  }
  if (fault.every && fault.length && *fault.length >= *fault.every) {
    problems.add(path / "for", fmt::format("expected less than every {}, got {}",
                                           to_text(*fault.every), to_text(*fault.length)));
  }
}

}  // namespace faultline::sim
