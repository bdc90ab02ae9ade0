/// A kernel and an owner of processes, without nodes and network, with a diary of what happened
/// when.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "sim/kernel/delay.hpp"
#include "sim/kernel/kernel.hpp"
#include "sim/kernel/task.hpp"

namespace faultline::sim {

/// What processes wait in must outlive them: a test declares it before it spawns, and calls run()
/// or crash() until nobody is left.
class ProcessWorld {
 public:
  /// "3: text" for something at 3 ms.
  void note(const std::string& text) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    diary.push_back(
        fmt::format("{}: {}", Milliseconds(kernel.now().time_since_epoch()).count(), text));
  }
  void run() { kernel.run_until(time_max); }
  void run_until(Duration time) { kernel.run_until(Time(time)); }
  void spawn(Task<void> task) { owner.spawn(std::move(task)); }
  void crash() { owner.end_processes(); }

  Kernel kernel;
  ProcessOwner owner{kernel, 1};
  std::vector<std::string> diary;
};

/// Notes when its frame goes, as what a process holds does.
class Farewell {
 public:
  Farewell(ProcessWorld& world, std::string name) : world_(world), name_(std::move(name)) {}
  Farewell(const Farewell&) = delete;
  ~Farewell() { world_.note(name_ + " gone"); }

 private:
  ProcessWorld& world_;
  std::string name_;
};

}  // namespace faultline::sim
