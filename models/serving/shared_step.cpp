/// `shared`: a variable in memory that jobs of the server read, change and write back.
///
///   read v --> steps, meanwhile others may write --> write v + 1
///
/// Rule: `plain`: it writes what it has read and one more. What others wrote in between is lost,
/// unless a lock around it kept them out. `atomic`: the steps come first, and it is read and
/// written in one go. `compare_and_set`: it is written only if it is still what was read, else all
/// of it is done again. An update is lost if the variable has grown less than by one for each
/// update: `lost_updates` is the difference. A write that destroyed others' is a finding,
/// "lost_update". With `per_key` each key of the requests has a variable of its own. Source:
/// Herlihy, Shavit, "The Art of Multiprocessor Programming", 2008, sections 1.1 (a shared counter)
/// and 5.6 (compareAndSet); Berenson and others, "A Critique of ANSI SQL Isolation Levels", 1995
/// (P4, lost update). Does not model: memory orders and torn reads; what a compiler makes of a
/// race; that fewer jobs meet in a variable while the line of the cache goes from core to core.
#include <tsl/robin_map.h>

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "models/serving/locks.hpp"
#include "sim/scenario/findings.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

/// The variables of a server.
class Variables final : public HostPart {
 public:
  /// Of a name: one variable, or one of each key. Only those that somebody has read and not written
  /// yet are kept; of the others nobody can tell what they were.
  struct Variable {
    explicit Variable(std::string name_) : name(std::move(name_)) {}
    struct Cell {
      std::int64_t value = 0;    ///< Since the first of those who look at it now read it.
      std::uint64_t writes = 0;  ///< Since then.
      std::uint32_t readers = 0;
      std::uint64_t writer = 0;  ///< The job that wrote it last.
      std::string_view writer_what;
      Time written{};
    };
    std::string name;
    tsl::robin_map<std::uint64_t, std::unique_ptr<Cell>> cells;  ///< Never walked. State.
    std::int64_t updates = 0;                                    ///< Statistic.
    std::int64_t growth = 0;                                     ///< Statistic.
    std::uint64_t retries = 0;                                   ///< Statistic.
  };

  explicit Variables(Host& host) : node_(host.node()) {}
  Variable& variable(const std::string& name) {
    for (const auto& each : variables_) {
      if (each->name == name) return *each;
    }
    return *variables_.emplace_back(std::make_unique<Variable>(name));
  }
  void crashed() override {
    for (const auto& each : variables_) each->cells.clear();
  }
  void describe_statistics(sim::NodeStatistics& statistics) override {
    for (const auto& each : variables_) {
      Variable& variable = *each;
      statistics.scalar(variable.name + ":updates",
                        [&variable](Time) { return static_cast<double>(variable.updates); });
      statistics.scalar(variable.name + ":lost_updates", [&variable](Time) {
        return static_cast<double>(variable.updates - variable.growth);
      });
      statistics.scalar(variable.name + ":update_retries",
                        [&variable](Time) { return static_cast<double>(variable.retries); });
      statistics.on_reset([&variable](Time) {
        variable.updates = variable.growth = 0;
        variable.retries = 0;
      });
    }
  }
  sim::Node& node() { return node_; }

 private:
  sim::Node& node_;
  std::vector<std::unique_ptr<Variable>> variables_;  ///< In the order of asking.
};

/// What one has read of a variable, until it has written it.
class Look {
 public:
  Look(Variables& variables, Variables::Variable& variable, std::uint64_t key)
      : variables_(variables), variable_(variable), key_(key) {
    auto [found, is_new] = variable.cells.try_emplace(key, nullptr);
    if (is_new) found.value() = std::make_unique<Variables::Variable::Cell>();
    cell_ = found->second.get();
    ++cell_->readers;
    look();
  }
  Look(const Look&) = delete;
  Look& operator=(const Look&) = delete;
  ~Look() {
    // In a crash all of it is forgotten together.
    if (variables_.node().kernel().ending(variables_.node().id())) return;
    if (--cell_->readers == 0) variable_.cells.erase(key_);
  }
  void look() {
    seen_ = cell_->value;
    seen_writes_ = cell_->writes;
    at_ = now();
  }
  bool changed() const { return cell_->writes != seen_writes_; }
  /// Writes one more than was read. What others wrote since then is lost.
  void write(const Job& job, sim::Findings& findings) {
    if (cell_->value > seen_) report(job, findings);
    ++variable_.updates;
    variable_.growth += seen_ + 1 - cell_->value;
    cell_->value = seen_ + 1;
    ++cell_->writes;
    cell_->writer = job.number();
    cell_->writer_what = job.what();
    cell_->written = now();
  }

 private:
  Time now() const { return variables_.node().kernel().now(); }
  void report(const Job& job, sim::Findings& findings) const {
    const std::string other = fmt::format("{} #{}", cell_->writer_what, cell_->writer);
    findings.add({.kind = "lost_update",
                  .node = variables_.node().name(),
                  .at_seconds = sim::to_seconds(now()),
                  .parts = {{job.name(), variable_.name, "", sim::to_seconds(at_)},
                            {other, variable_.name, "", sim::to_seconds(cell_->written)}}});
  }
  Variables& variables_;
  Variables::Variable& variable_;
  std::uint64_t key_;
  Variables::Variable::Cell* cell_;
  std::int64_t seen_ = 0;
  std::uint64_t seen_writes_ = 0;
  Time at_{};
};

struct SharedParams {
  std::string variable;
  std::string how = "plain";
  bool per_key = false;
  sim::RandomDuration access_time{sim::Duration(100)};
  std::int64_t tries = 1000;
  std::vector<StepChoice> steps;

  static void describe(sim::ParamList<SharedParams>& list) {
    list.add("variable", &SharedParams::variable, "Its name; steps that name it mean the same one")
        .required();
    list.add("how", &SharedParams::how,
             "plain: read, then the steps, then write; atomic: the steps, then read and write in "
             "one go; compare_and_set: as plain, but done again if somebody wrote it meanwhile")
        .one_of({"plain", "atomic", "compare_and_set"});
    list.add("per_key", &SharedParams::per_key,
             "Whether each key of the requests has a variable of its own");
    list.add("access_time", &SharedParams::access_time,
             "Time on a core for reading, and once more for writing");
    list.add("tries", &SharedParams::tries,
             "How often compare_and_set is tried before the step fails")
        .unit("tries")
        .between(1, 1'000'000);
    list.add("steps", &SharedParams::steps,
             "What is done between reading and writing; nothing without it");
  }
  static void check(const SharedParams& params, const sim::Path& path, sim::Problems& problems) {
    check_shared_name(params.variable, path / "variable", problems);
  }
};

class SharedStep final : public Step {
 public:
  SharedStep(const SharedParams& params, const StepContext& context)
      : host_(context.host),
        variables_(context.host.part<Variables>()),
        variable_(variables_.variable(params.variable)),
        findings_(context.build.findings()),
        atomic_(params.how == "atomic"),
        compares_(params.how == "compare_and_set"),
        per_key_(params.per_key),
        tries_(params.tries),
        access_time_(params.access_time, context.build, context.path + ".access_time"),
        steps_(params.steps, context) {
    host_.tell_jobs_apart();
  }

  Task<Reply> run(Job& job, const Request& request) override {
    Reply reply;
    const std::uint64_t key = per_key_ ? request.key : 0;
    if (atomic_) {
      reply = co_await steps_.run(job, request);
      if (!reply.is_ok()) co_return reply;
      co_await host_.use(job, access_time_.draw());
      Look look(variables_, variable_, key);
      look.write(job, findings_);
      co_return reply;
    }
    co_await host_.use(job, access_time_.draw());
    Look look(variables_, variable_, key);
    for (std::int64_t tried = 1;; ++tried) {
      reply = co_await steps_.run(job, request);
      if (!reply.is_ok()) co_return reply;
      co_await host_.use(job, access_time_.draw());
      if (!compares_ || !look.changed()) break;
      if (tried == tries_) co_return Reply::fail(sim::Reason::aborted).after(reply.effect, request);
      ++variable_.retries;
      look.look();
    }
    look.write(job, findings_);
    co_return reply;
  }
  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    steps_.certain_calls(out);
  }

 private:
  Host& host_;
  Variables& variables_;
  Variables::Variable& variable_;
  sim::Findings& findings_;
  bool atomic_;
  bool compares_;
  bool per_key_;
  std::int64_t tries_;
  ServiceTime access_time_;
  StepList steps_;
};

const sim::Registration<Step, SharedStep, SharedParams> registered{
    {.name = "shared",
     .title = "Shared variable",
     .summary = "Reads a variable in the server's memory, does steps, and writes it back: without "
                "a lock around it updates are lost, and counted.",
     .source = "Herlihy, Shavit, The Art of Multiprocessor Programming, 2008, sections 1.1 and 5.6",
     .does_not_model = "memory orders, torn reads, the cost of a cache line that goes from core to "
                       "core",
     .example = R"json({"type": "shared", "variable": "balance", "steps": ["cpu(50us)"]})json"}};

}  // namespace
}  // namespace faultline::models
