/// What an endpoint of an app server does, step by step. A step is registered like a policy: one
/// file, one test.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/service_time.hpp"
#include "sim/network/component.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

/// A step that coordinates transactions, as those who are in doubt about one see it.
class Coordinating {
 public:
  virtual ~Coordinating() = default;
  /// Whether the transaction with this number is, or was, one of its own.
  virtual bool coordinates(std::uint64_t transaction) const = 0;
  /// What became of it: a CommitAnswer in Reply::value.
  virtual sim::Reply inquired(std::uint64_t transaction) const = 0;
};

/// The CPU of an app server as its steps see it.
class Cpu {
 public:
  virtual ~Cpu() = default;
  /// Inquiries about transactions of `step` are its to answer. Returns how many such steps there
  /// were before.
  virtual std::size_t add_coordinator(Coordinating& step) = 0;
  /// Takes `work` of CPU time, waiting for a core if need be. `work` is as declared; a slow node
  /// takes longer for it.
  virtual sim::Task<void> use(ServiceTime::Draw work) = 0;
};

/// What the steps of one server share.
struct StepContext {
  const sim::BuildContext& build;
  Cpu& cpu;
  std::string path;  ///< Names the random streams of the step: "endpoints.default[1]".
};

/// A step that only calls another node.
class PlainCall {
 public:
  enum class Operation : std::uint8_t { same, read, write };

  PlainCall(sim::PortPicker target, sim::NameId endpoint, Operation operation,
            sim::Patience patience)
      : target_(std::move(target)),
        endpoint_(endpoint),
        operation_(operation),
        patience_(patience) {}
  const sim::Target& next_target() { return target_.next(); }
  const sim::Node* first_node() const { return target_.port().front().node; }
  sim::NameId endpoint() const { return endpoint_; }
  const sim::Patience& patience() const { return patience_; }
  /// Whether what is sent on behalf of `request` differs from it.
  bool changes(const sim::Request& request) const {
    return request.endpoint != endpoint_ || request.attempt != 0 || operation_ != Operation::same;
  }
  /// What is sent on behalf of `request`.
  sim::Request request_for(const sim::Request& request) const {
    sim::Request sent = request;
    sent.endpoint = endpoint_;
    sent.attempt = 0;
    if (operation_ != Operation::same) {
      sent.operation = operation_ == Operation::read ? sim::Operation::read : sim::Operation::write;
    }
    return sent;
  }

 private:
  sim::PortPicker target_;
  sim::NameId endpoint_;
  Operation operation_;
  sim::Patience patience_;
};

class StepList;

class Step {
 public:
  static constexpr std::string_view kind = "step";
  using MakeArgs = StepContext;

  virtual ~Step() = default;
  /// Does its work for `request`. A reply that is not ok ends the endpoint with it.
  virtual sim::Task<sim::Reply> run(const sim::Request& request) = 0;

  // Most steps are simple, and a server does them in its own coroutine instead of starting one for
  // each. A step is at most one of these kinds; what it returns here and what run() does must be
  // the same.
  /// The work of a step that only takes CPU time; else null.
  virtual ServiceTime* plain_cpu() { return nullptr; }
  /// The call of a step that only calls; else null.
  virtual PlainCall* plain_call() { return nullptr; }
  /// True when the step only stands for other steps, which expand() names.
  virtual bool is_plain_list() const { return false; }
  /// The steps to do in its place, this time.
  virtual const StepList& expand();

  /// The calls it makes in every case.
  virtual void certain_calls(std::vector<sim::CertainCall>&) const {}
};

using StepChoice = sim::Choice<Step>;

/// Steps one after the other, as an endpoint, a branch or an option has them.
class StepList {
 public:
  StepList() = default;
  StepList(const std::vector<StepChoice>& steps, const StepContext& context);
  /// Runs them until one does not end ok. Requires: outlives the task.
  sim::Task<sim::Reply> run(const sim::Request& request) const;
  void certain_calls(std::vector<sim::CertainCall>& out) const;
  bool empty() const { return steps_.empty(); }

  /// A step and what kind of simple step it is.
  struct Entry {
    std::unique_ptr<Step> step;
    ServiceTime* cpu = nullptr;
    PlainCall* call = nullptr;
    bool is_list = false;
  };
  const std::vector<Entry>& steps() const { return steps_; }

 private:
  std::vector<Entry> steps_;
};

}  // namespace faultline::models
