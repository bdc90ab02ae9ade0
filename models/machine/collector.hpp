/// When garbage is looked for, and what that costs.
#pragma once

#include <cstdint>
#include <string_view>

namespace faultline::sim {
class NodeStatistics;
}

namespace faultline::models {

class Machine;
class Memory;

class Collector {
 public:
  static constexpr std::string_view kind = "collector";
  struct MakeArgs {
    Machine& machine;
    Memory& memory;
  };

  virtual ~Collector() = default;
  /// Bytes of the young generation of a heap of `size`; 0: it has none.
  virtual std::int64_t young_size(std::int64_t size) const = 0;
  /// Something was allocated: it may be time to collect.
  virtual void allocated() = 0;
  /// An allocation of `bytes` finds no room. True: there may be room when Memory::collected() is
  /// called, perhaps at once. False: there is none to be had.
  virtual bool make_room(std::int64_t bytes) = 0;
  /// The node crashed: what is under way is gone.
  virtual void crashed() {}
};

}  // namespace faultline::models
