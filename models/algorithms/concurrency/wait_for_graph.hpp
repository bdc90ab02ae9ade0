/// Who waits for whom: processes, what they hold, what they wait for, and the rings in which nobody
/// can go on.
///
///   process --waits for--> resource --held by--> process --waits for--> ...
///
/// Rule: one that waits can go on as soon as so many of those who hold the resource have let go as
/// it says: all of them for a lock and for one that waits for all its children, one for a
/// semaphore, k for a quorum. Those who do not wait may let go at any time. When one begins to
/// wait, the processes are looked for that cannot go on whatever the others do, and among them the
/// ring that it has closed. Who stands in front of it in the queue of a lock makes no difference:
/// it waits for the same holders. Cost: taking and giving back are O(1). Beginning to wait is O(1)
/// for one that holds nothing others wait for, and else at most in the number of what those reached
/// from it hold; those who hold without waiting are never visited. Source: Coffman, Elphick,
/// Shoshani, "System Deadlocks", ACM Computing Surveys 3(2), 1971, section 3 (detection); Holt,
/// "Some Deadlock Properties of Computer Systems", ACM Computing Surveys 4(3), 1972 (general
/// resource graphs, knots). Does not model: processes that wait for several resources at once
/// without being children of one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace faultline::models {

class WaitForGraph {
 public:
  using Process = std::uint32_t;
  using Resource = std::uint32_t;
  /// A claim of one process on one resource.
  using Hold = std::uint32_t;
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  /// Of a resource whose holders must all let go.
  static constexpr std::uint32_t all = none;

  Process add_process();
  /// Requires: it holds nothing and does not wait.
  void remove_process(Process process);
  /// `needed`: so many of its holders must let go before somebody who waits can go on; at least 1.
  Resource add_resource(std::uint32_t needed);
  /// The holders that must let go from now on.
  void set_needed(Resource resource, std::uint32_t needed);
  /// Requires: nobody holds it or waits for it.
  void remove_resource(Resource resource);

  /// A process may hold one resource several times.
  Hold hold(Process process, Resource resource);
  void let_go(Hold hold);

  /// A process of a ring: it holds what the one before waits for, and waits itself.
  struct Link {
    Process process;
    Resource holds;      ///< The one before waits for it.
    Resource waits_for;  ///< The next one holds it.
  };
  /// The process begins to wait. The ring that it closes, itself first; empty if there is none.
  /// Requires: it does not wait.
  std::vector<Link> wait(Process process, Resource resource);
  /// It goes on, whether it has got what it waited for or not.
  void stop_waiting(Process process);

  bool waits(Process process) const { return processes_[process].waits_for != none; }
  /// What it waits for, or none.
  Resource waits_for(Process process) const { return processes_[process].waits_for; }
  /// How many processes wait for it.
  std::uint32_t waiting(Resource resource) const { return resources_[resource].waiting; }
  std::uint32_t holders(Resource resource) const { return resources_[resource].holders; }
  std::size_t process_count() const { return process_count_; }

 private:
  struct ProcessNode {
    Hold first = none;  ///< Of a list of what it holds, the last taken first.
    Resource waits_for = none;
    std::uint32_t mark = 0;  ///< Place among the suspects of a search, and 1; 0: none.
    bool alive = false;
  };
  struct ResourceNode {
    Hold first_stuck = none;  ///< Of a list of holds by processes that wait.
    std::uint32_t holders = 0;
    std::uint32_t stuck = 0;  ///< Of the holds, those by processes that wait.
    std::uint32_t waiting = 0;
    std::uint32_t needed = all;
  };
  struct HoldNode {
    Process process = none;
    Resource resource = none;
    Hold previous = none, next = none;              ///< In the list of the process.
    Hold stuck_previous = none, stuck_next = none;  ///< In that of the resource.
  };

  void link_stuck(Hold hold);
  void unlink_stuck(Hold hold);
  bool can_close_a_ring(Process process) const;
  bool may_be_blocked(const ResourceNode& resource, std::uint32_t suspects) const;
  void find_suspects(Process from);
  void acquit();
  std::vector<Link> ring_through(Process from) const;

  std::vector<ProcessNode> processes_;
  std::vector<ResourceNode> resources_;
  std::vector<HoldNode> holds_;
  std::vector<Process> free_processes_;
  std::vector<Resource> free_resources_;
  std::vector<Hold> free_holds_;
  std::size_t process_count_ = 0;
  std::vector<Process> suspects_;  ///< Of the present search, in the order of finding them.
};

}  // namespace faultline::models
