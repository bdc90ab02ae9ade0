#include "sim/measure/consistency/transactions/check.hpp"

namespace faultline::sim::consistency {

std::string_view to_text(DependencyKind kind) {
  switch (kind) {
    case DependencyKind::ww:
      return "ww";
    case DependencyKind::wr:
      return "wr";
    case DependencyKind::rw:
      return "rw";
    case DependencyKind::session:
      return "process";
    case DependencyKind::realtime:
      return "realtime";
  }
  return "";
}

}  // namespace faultline::sim::consistency
