#include "models/machine/machine.hpp"

#include <algorithm>

namespace faultline::models {

using sim::Duration;

void MachineParams::describe(sim::ParamList<MachineParams>& list) {
  list.add("cores", &MachineParams::cores, "Cores; without it, any number")
      .unit("cores")
      .between(1, 100'000);
  list.add("clock", &MachineParams::clock,
           "How many times as fast a core is as the one that declared CPU times mean")
      .between(0.001, 1000);
  list.add("scheduling", &MachineParams::scheduling,
           "How work shares the cores: each piece to its end, first come, first served; in turns "
           "of a quantum; or all at once")
      .one_of({"fifo", "round_robin", "processor_sharing"});
  list.add("quantum", &MachineParams::quantum, "The length of a turn of round_robin")
      .above(Duration(0));
  list.add("context_switch", &MachineParams::context_switch,
           "CPU time that a core needs to take up another thread than it ran last")
      .at_least(Duration(0));
  list.add("memory", &MachineParams::memory,
           "What there is; a process that takes more is killed; without it, any amount")
      .above(sim::Bytes{0});
  list.add("base_memory", &MachineParams::base_memory,
           "What the process takes beside heap and stacks: code, buffers")
      .at_least(sim::Bytes{0});
  list.add("heap", &MachineParams::heap,
           "The process has a heap with a garbage collector; without it, what a request allocates "
           "is given back when it ends");
  list.add("disk", &MachineParams::disk, "The machine's disk");
  list.add("restart_delay", &MachineParams::restart_delay,
           "How long a process that ended by itself is away")
      .at_least(Duration(0));
}

void MachineParams::check(const MachineParams& params, const sim::Path& path,
                          sim::Problems& problems) {
  if (params.scheduling != "fifo" && !params.cores) {
    problems.add(path / "cores", params.scheduling == "processor_sharing"
                                     ? "processor sharing needs a number of cores"
                                     : "round robin needs a number of cores");
  }
}

Processor::Config Machine::processor_of(const MachineParams& params) {
  Processor::Config config;
  config.cores = params.cores.value_or(sim::Resource::unlimited);
  if (params.scheduling == "round_robin") config.sharing = Processor::Sharing::round_robin;
  if (params.scheduling == "processor_sharing")
    config.sharing = Processor::Sharing::processor_sharing;
  config.quantum = params.quantum;
  config.clock = params.clock;
  config.context_switch = params.context_switch;
  return config;
}

Machine::Machine(sim::Node& node, const MachineParams& params)
    : node_(node),
      processor_(node, processor_of(params)),
      memory_(*this, {.size = params.memory, .base = params.base_memory, .heap = params.heap}),
      restart_delay_(params.restart_delay),
      pause_over_(*this, &Machine::pause_over),
      end_now_(*this, &Machine::end_now),
      start_anew_(*this, &Machine::start_anew) {
  if (params.disk) disk_ = std::make_unique<MachineDisk>(node, *params.disk);
  pause_over_.set_tag(node.id(), sim::EventKind::service);
  end_now_.set_tag(node.id(), sim::EventKind::fault);
  start_anew_.set_tag(node.id(), sim::EventKind::fault);
}

Machine::~Machine() {
  for (Alarm* each : {&pause_over_, &end_now_, &start_anew_})
    node_.kernel().cancel_if_scheduled(*each);
}

void Machine::pause(Duration span) {
  if (span <= Duration(0)) return;
  sim::Kernel& kernel = node_.kernel();
  const sim::Time begins = pause_over_.scheduled() ? pause_ends_ : kernel.now();
  kernel.cancel_if_scheduled(pause_over_);
  pause_ends_ = sim::Time(sim::saturating_sum(begins.time_since_epoch(), span));
  kernel.schedule_at(pause_over_, pause_ends_);
  processor_.stop(Processor::collector);
}

void Machine::pause_over() {
  processor_.go_on(Processor::collector);
  if (go_on_ && !processor_.stopped()) go_on_();
}

void Machine::stopped_by_fault(bool stops) {
  if (stops) return processor_.stop(Processor::fault);
  const bool stood_still = processor_.stopped();
  processor_.go_on(Processor::fault);
  if (go_on_ && stood_still && !processor_.stopped()) go_on_();
}

void Machine::end_process(End why) {
  sim::Kernel& kernel = node_.kernel();
  if (end_now_.scheduled() || !node_.up()) return;
  ++(why == End::supervisor ? escalations_ : kills_);
  kernel.schedule_now(end_now_);
}

void Machine::end_now() {
  if (!node_.up()) return;
  node_.crash();
  node_.kernel().schedule_after(start_anew_, restart_delay_);
}

void Machine::start_anew() { node_.restart(); }

void Machine::crashed() {
  node_.kernel().cancel_if_scheduled(pause_over_);
  node_.kernel().cancel_if_scheduled(end_now_);
  memory_.crashed();
  processor_.crashed();
}

void Machine::describe_statistics(sim::NodeStatistics& statistics) {
  memory_.describe_statistics(statistics);
  statistics.scalar("out_of_memory_kills",
                    [this](sim::Time) { return static_cast<double>(kills_); });
  if (disk_) disk_->describe_statistics(statistics);
  statistics.on_reset([this](sim::Time) { kills_ = escalations_ = 0; });
}

}  // namespace faultline::models
