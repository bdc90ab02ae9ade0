/// One who reads from and writes to chosen replicas of a replicated database, one request after the
/// other, and looks at what comes back.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "models/storage/shard_member.hpp"
#include "sim/network/call.hpp"
#include "sim/scenario/run.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline::tests {

class StoreUser {
 public:
  /// `rest`: further members of the file, such as faults.
  StoreUser(const std::string& replication, int replicas, const std::string& rest = "",
            const std::string& database = "", const std::string& duration = "1000s")
      : spec_(spec_of(scenario(
            fmt::format(R"json("user": {{"type": "app_server", "endpoints": {{"default": []}}}},
                    "db": {{"type": "database", "replicas": {}, "connections": 1000,
                            "service_time": "0s", "replication": {}{}}})json",
                        replicas, replication, database),
            duration, rest))) {
    sim::Problems problems;
    run_ = std::make_unique<sim::Run>(spec_, 1, 0, problems);
    for (const sim::Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
    user_ = run_->system().find("user").front();
    members_ = run_->system().find("db");
    for (sim::Node* member : members_) {
      targets_.push_back(run_->system().network().target_of(*user_, *member));
    }
    patience_ = sim::Patience(run_->system().kernel(), std::chrono::seconds(5));
    run_for(std::chrono::milliseconds(1));
  }

  sim::Reply write(std::size_t member, std::uint64_t key, std::uint64_t value,
                   std::uint32_t session = 1) {
    return finish(begin_write(member, key, value, session));
  }
  sim::Reply read(std::size_t member, std::uint64_t key, std::uint32_t session = 1) {
    return finish(begin(member, request_of(sim::Operation::read, key, 0, session)));
  }
  /// The value that a read of an ok answer found; a test failure unless it is one.
  std::uint64_t value(std::size_t member, std::uint64_t key, std::uint32_t session = 1) {
    const sim::Reply reply = read(member, key, session);
    EXPECT_TRUE(reply.is_ok()) << "member " << member << ", key " << key << ": "
                               << sim::to_text(reply.reason);
    return reply.value;
  }
  /// Writes through the first member that takes it.
  bool write_anywhere(std::uint64_t key, std::uint64_t value, std::size_t first = 0) {
    for (std::size_t turn = 0; turn < 3 * members_.size(); ++turn) {
      if (write((first + turn) % members_.size(), key, value).is_ok()) return true;
      run_for(std::chrono::milliseconds(100));
    }
    return false;
  }

  /// A request under way; `reply` is there once it is answered.
  struct Asked {
    std::optional<sim::Reply> reply;
    sim::Time answered_at{};
  };
  std::shared_ptr<Asked> begin_write(std::size_t member, std::uint64_t key, std::uint64_t value,
                                     std::uint32_t session = 1) {
    return begin(member, request_of(sim::Operation::write, key, value, session));
  }
  std::shared_ptr<Asked> begin_read(std::size_t member, std::uint64_t key) {
    return begin(member, request_of(sim::Operation::read, key, 0, 1));
  }
  sim::Reply finish(const std::shared_ptr<Asked>& asked) {
    while (!asked->reply && run_->step()) {
    }
    return asked->reply.value_or(sim::Reply::unknown(sim::Reason::timeout));
  }

  sim::Time now() { return run_->now(); }
  void run_for(sim::Duration span) { run_->run_until(run_->now() + span); }
  void run_until(sim::Duration since_start) { run_->run_until(sim::Time(since_start)); }
  sim::Node& node(std::size_t member) { return *members_[member]; }
  std::size_t members() const { return members_.size(); }
  models::ReplicaRole role(std::size_t member) {
    return dynamic_cast<const models::ShardMember&>(node(member).component()).replication()->role();
  }
  /// The members that take themselves for the leader.
  std::vector<std::size_t> leaders() {
    std::vector<std::size_t> all;
    for (std::size_t member = 0; member < members_.size(); ++member) {
      if (node(member).up() && role(member) == models::ReplicaRole::leader) all.push_back(member);
    }
    return all;
  }
  double scalar(std::size_t member, const std::string& name) {
    return node(member).statistics().value(name, now());
  }
  double sum(const std::string& name) {
    double all = 0;
    for (std::size_t member = 0; member < members_.size(); ++member) all += scalar(member, name);
    return all;
  }
  sim::Run& run() { return *run_; }

 private:
  sim::Request request_of(sim::Operation operation, std::uint64_t key, std::uint64_t value,
                          std::uint32_t session) {
    sim::Request request;
    request.id = ++requests_;
    request.key = key;
    request.operation = operation;
    request.value = value;
    request.session = session;
    request.size = operation == sim::Operation::write ? 100 : 0;
    request.born = run_->now();
    return request;
  }
  std::shared_ptr<Asked> begin(std::size_t member, sim::Request request) {
    auto asked = std::make_shared<Asked>();
    user_->spawn(ask(member, request, asked));
    return asked;
  }
  sim::Task<void> ask(std::size_t member, sim::Request request, std::shared_ptr<Asked> asked) {
    auto call = sim::call(*user_, targets_[member], request, patience_);
    asked->reply = co_await call;
    asked->answered_at = run_->now();
  }

  sim::Spec spec_;
  std::unique_ptr<sim::Run> run_;
  sim::Node* user_ = nullptr;
  std::vector<sim::Node*> members_;
  std::vector<sim::Target> targets_;
  sim::Patience patience_;
  std::uint64_t requests_ = 0;
};

}  // namespace faultline::tests
