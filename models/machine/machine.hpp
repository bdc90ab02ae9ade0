/// The machine that a server runs on, in numbers: cores and how fast they are, memory, a disk. To
/// scale a server up is to write larger ones.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "models/machine/disk.hpp"
#include "models/machine/memory.hpp"
#include "models/machine/processor.hpp"
#include "sim/network/node.hpp"
#include "sim/param/described.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct MachineParams {
  std::optional<std::int64_t> cores;
  double clock = 1;
  std::string scheduling = "fifo";
  sim::Duration quantum = std::chrono::milliseconds(4);
  sim::Duration context_switch = std::chrono::microseconds(2);
  std::optional<sim::Bytes> memory;
  sim::Bytes base_memory{0};
  std::optional<HeapParams> heap;
  std::optional<MachineDiskParams> disk;
  sim::Duration restart_delay = std::chrono::seconds(10);

  static void describe(sim::ParamList<MachineParams>& list);
  static void check(const MachineParams& params, const sim::Path& path, sim::Problems& problems);
};

class Machine {
 public:
  Machine(sim::Node& node, const MachineParams& params);
  ~Machine();

  sim::Node& node() const { return node_; }
  Processor& processor() { return processor_; }
  const Processor& processor() const { return processor_; }
  std::int64_t cores_or_one() const { return processor_.limited() ? processor_.cores() : 1; }
  Memory& memory() { return memory_; }
  MachineDisk* disk() { return disk_.get(); }  ///< Null without one.

  /// Memory of the process beside the heap: from the beginning, and while something lasts.
  void keep(std::int64_t bytes) { memory_.keep(bytes); }
  void take(std::int64_t bytes) { memory_.take(bytes); }
  void give(std::int64_t bytes) { memory_.give(bytes); }

  /// Everybody on the processor stands still for so long; a pause during another comes after it.
  void pause(sim::Duration span);
  /// What to do when the processor goes on.
  void on_go_on(std::function<void()> act) { go_on_ = std::move(act); }
  /// A fault stops the whole machine, or lets it go on.
  void stopped_by_fault(bool stops);

  /// Why a process ends by itself.
  enum class End : std::uint8_t { memory, heap, supervisor };
  /// The process ends as soon as what runs now has run; it is started anew after the restart delay.
  void end_process(End why);

  std::uint64_t escalations() const { return escalations_; }  ///< Ends by a supervisor.

  void started() { memory_.take(0); }
  void crashed();
  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  class Alarm final : public sim::Event {
   public:
    Alarm(Machine& machine, void (Machine::*act)()) : Event(&fire), machine_(machine), act_(act) {}

   private:
    static void fire(sim::Event& event) {
      Alarm& alarm = static_cast<Alarm&>(event);
      (alarm.machine_.*alarm.act_)();
    }
    Machine& machine_;
    void (Machine::*act_)();
  };
  static Processor::Config processor_of(const MachineParams& params);
  void pause_over();
  void end_now();
  void start_anew();

  sim::Node& node_;
  Processor processor_;
  Memory memory_;
  std::unique_ptr<MachineDisk> disk_;
  sim::Duration restart_delay_;
  std::function<void()> go_on_;
  Alarm pause_over_;
  Alarm end_now_;
  Alarm start_anew_;
  sim::Time pause_ends_{};
  std::uint64_t kills_ = 0;        ///< Out of memory. Statistic.
  std::uint64_t escalations_ = 0;  ///< By a supervisor. Statistic.
};

}  // namespace faultline::models
