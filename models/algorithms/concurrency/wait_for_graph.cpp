#include "models/algorithms/concurrency/wait_for_graph.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

/// A place in `nodes`, one that was given back if there is any.
template <class Node>
std::uint32_t place_in(std::vector<Node>& nodes, std::vector<std::uint32_t>& free) {
  if (free.empty()) {
    nodes.emplace_back();
    return static_cast<std::uint32_t>(nodes.size() - 1);
  }
  const std::uint32_t place = free.back();
  free.pop_back();
  nodes[place] = Node{};
  return place;
}

}  // namespace

WaitForGraph::Process WaitForGraph::add_process() {
  const Process process = place_in(processes_, free_processes_);
  processes_[process].alive = true;
  ++process_count_;
  return process;
}

void WaitForGraph::remove_process(Process process) {
  ProcessNode& node = processes_[process];
  SIM_ASSERT(node.alive);
  SIM_ASSERT(node.first == none);
  SIM_ASSERT(node.waits_for == none);
  node.alive = false;
  --process_count_;
  free_processes_.push_back(process);
}

WaitForGraph::Resource WaitForGraph::add_resource(std::uint32_t needed) {
  const Resource resource = place_in(resources_, free_resources_);
  set_needed(resource, needed);
  return resource;
}

void WaitForGraph::set_needed(Resource resource, std::uint32_t needed) {
  SIM_ASSERT(needed >= 1);
  resources_[resource].needed = needed;
}

void WaitForGraph::remove_resource(Resource resource) {
  SIM_ASSERT(resources_[resource].holders == 0);
  SIM_ASSERT(resources_[resource].waiting == 0);
  free_resources_.push_back(resource);
}

WaitForGraph::Hold WaitForGraph::hold(Process process, Resource resource) {
  const Hold hold = place_in(holds_, free_holds_);
  HoldNode& node = holds_[hold];
  ProcessNode& holder = processes_[process];
  node.process = process;
  node.resource = resource;
  node.next = holder.first;
  if (holder.first != none) holds_[holder.first].previous = hold;
  holder.first = hold;
  ++resources_[resource].holders;
  if (holder.waits_for != none) link_stuck(hold);
  return hold;
}

void WaitForGraph::let_go(Hold hold) {
  HoldNode& node = holds_[hold];
  ProcessNode& holder = processes_[node.process];
  if (holder.waits_for != none) unlink_stuck(hold);
  if (node.previous != none) {
    holds_[node.previous].next = node.next;
  } else {
    holder.first = node.next;
  }
  if (node.next != none) holds_[node.next].previous = node.previous;
  --resources_[node.resource].holders;
  free_holds_.push_back(hold);
}

void WaitForGraph::link_stuck(Hold hold) {
  HoldNode& node = holds_[hold];
  ResourceNode& resource = resources_[node.resource];
  node.stuck_previous = none;
  node.stuck_next = resource.first_stuck;
  if (resource.first_stuck != none) holds_[resource.first_stuck].stuck_previous = hold;
  resource.first_stuck = hold;
  ++resource.stuck;
}

void WaitForGraph::unlink_stuck(Hold hold) {
  HoldNode& node = holds_[hold];
  ResourceNode& resource = resources_[node.resource];
  if (node.stuck_previous != none) {
    holds_[node.stuck_previous].stuck_next = node.stuck_next;
  } else {
    resource.first_stuck = node.stuck_next;
  }
  if (node.stuck_next != none) holds_[node.stuck_next].stuck_previous = node.stuck_previous;
  --resource.stuck;
}

std::vector<WaitForGraph::Link> WaitForGraph::wait(Process process, Resource resource) {
  ProcessNode& node = processes_[process];
  SIM_ASSERT(node.waits_for == none);
  node.waits_for = resource;
  ++resources_[resource].waiting;
  for (Hold each = node.first; each != none; each = holds_[each].next) link_stuck(each);
  if (!can_close_a_ring(process)) return {};
  find_suspects(process);
  acquit();
  std::vector<Link> ring;
  if (processes_[process].mark != 0) ring = ring_through(process);
  for (const Process each : suspects_) processes_[each].mark = 0;
  suspects_.clear();
  return ring;
}

void WaitForGraph::stop_waiting(Process process) {
  ProcessNode& node = processes_[process];
  SIM_ASSERT(node.waits_for != none);
  for (Hold each = node.first; each != none; each = holds_[each].next) unlink_stuck(each);
  --resources_[node.waits_for].waiting;
  node.waits_for = none;
}

/// Only one that holds what others wait for can be part of a ring.
bool WaitForGraph::can_close_a_ring(Process process) const {
  for (Hold each = processes_[process].first; each != none; each = holds_[each].next) {
    if (resources_[holds_[each].resource].waiting > 0) return true;
  }
  return false;
}

/// Whether nobody who waits for it can go on while `suspects` of its holds are kept.
bool WaitForGraph::may_be_blocked(const ResourceNode& resource, std::uint32_t suspects) const {
  if (suspects == 0) return false;
  if (resource.needed >= resource.holders) return true;
  return resource.holders - suspects < resource.needed;
}

/// All who can be reached from `from` over resources that may be blocked.
void WaitForGraph::find_suspects(Process from) {
  suspects_.clear();
  const auto suspect = [this](Process process) {
    if (processes_[process].mark != 0) return;
    suspects_.push_back(process);
    processes_[process].mark = static_cast<std::uint32_t>(suspects_.size());
  };
  suspect(from);
  for (std::size_t next = 0; next < suspects_.size(); ++next) {
    const ResourceNode& resource = resources_[processes_[suspects_[next]].waits_for];
    if (!may_be_blocked(resource, resource.stuck)) continue;
    for (Hold each = resource.first_stuck; each != none; each = holds_[each].stuck_next)
      suspect(holds_[each].process);
  }
}

/// Takes the mark of those who can go on, until all who are marked wait for each other.
void WaitForGraph::acquit() {
  for (bool changed = true; changed;) {
    changed = false;
    // From the last found on, who are furthest from the one that asked: mostly one pass is enough.
    for (auto each = suspects_.rbegin(); each != suspects_.rend(); ++each) {
      ProcessNode& process = processes_[*each];
      if (process.mark == 0) continue;
      const ResourceNode& resource = resources_[process.waits_for];
      std::uint32_t marked = 0;
      for (Hold hold = resource.first_stuck; hold != none; hold = holds_[hold].stuck_next) {
        if (processes_[holds_[hold].process].mark != 0) ++marked;
        if (resource.needed >= resource.holders && marked > 0) break;
      }
      if (may_be_blocked(resource, marked)) continue;
      process.mark = 0;
      changed = true;
    }
  }
}

/// The shortest way over marked processes from `from` back to itself.
std::vector<WaitForGraph::Link> WaitForGraph::ring_through(Process from) const {
  struct Came {
    Hold over = none;  ///< Of the process, on what the one before waits for.
    Process before = none;
  };
  std::vector<Came> came(suspects_.size());  // By place among the suspects.
  std::vector<Process> queue{from};
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const Process at = queue[next];
    const ResourceNode& resource = resources_[processes_[at].waits_for];
    for (Hold each = resource.first_stuck; each != none; each = holds_[each].stuck_next) {
      const Process process = holds_[each].process;
      const std::uint32_t mark = processes_[process].mark;
      if (mark == 0 || came[mark - 1].over != none) continue;
      came[mark - 1] = {each, at};
      if (process != from) {
        queue.push_back(process);
        continue;
      }
      std::vector<Link> ring;
      for (Process back = from;;) {
        const Came& by = came[processes_[back].mark - 1];
        ring.push_back({back, holds_[by.over].resource, processes_[back].waits_for});
        back = by.before;
        if (back == from) break;
      }
      // From the last to the first of those behind `from`.
      std::reverse(ring.begin() + 1, ring.end());
      return ring;
    }
  }
  return {};
}

}  // namespace faultline::models
