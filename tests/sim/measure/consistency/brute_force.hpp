/// The consistency levels by trying every order: slow, short, and written without a look at the
/// checkers. For histories of up to about seven operations whose sessions do one thing after
/// another.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/measure/consistency/check.hpp"

namespace faultline::sim::consistency::brute_force {

/// All objects of a model at once, as ordinary containers.
struct State {
  std::map<std::uint64_t, Value> registers;
  std::map<std::uint64_t, Value> counters;
  std::map<std::uint64_t, std::set<Value>> sets;
  std::map<std::uint64_t, std::deque<Value>> queues;
  std::map<std::uint64_t, std::string> texts;
  std::map<Value, Value> balances;
};

/// The states after `operation`, if it could have answered so; several if its answer is not known.
inline std::vector<State> after(const History& history, Model model, const State& state,
                                const Operation& one) {
  State next = state;
  const bool known = one.outcome == Outcome::ok;
  const auto held = [&] {
    const auto found = state.registers.find(one.key);
    return found == state.registers.end() ? history.initial : found->second;
  }();
  const auto text = [&](Value value) {
    return value == nil ? std::string() : history.values.text_of(value);
  };
  switch (model) {
    case Model::rw_register:
    case Model::cas_register:
      if (one.kind == Kind::read && held != one.value) return {};
      if (one.kind == Kind::differs && held == one.value) return {};
      if (one.kind == Kind::cas && held != one.value) return {};
      if (one.kind == Kind::write) next.registers[one.key] = one.value;
      if (one.kind == Kind::cas) next.registers[one.key] = one.second;
      return {next};
    case Model::counter:
      if (one.kind == Kind::read && next.counters[one.key] != one.value) return {};
      if (one.kind == Kind::add) next.counters[one.key] += one.value;
      return {next};
    case Model::set:
      if (one.kind == Kind::add) {
        next.sets[one.key].insert(one.value);
      } else {
        const auto list = history.values.elements_of(one.value);
        if (std::set<Value>(list.begin(), list.end()) != next.sets[one.key]) return {};
      }
      return {next};
    case Model::queue:
    case Model::unordered_queue: {
      std::deque<Value>& queue = next.queues[one.key];
      if (one.kind == Kind::enqueue) {
        queue.push_back(one.value);
        return {next};
      }
      if (known && one.value == nil)
        return queue.empty() ? std::vector{next} : std::vector<State>{};
      std::vector<State> states;
      const std::deque<Value> all = queue;
      for (std::size_t at = 0;
           at < (model == Model::queue ? std::min<std::size_t>(1, all.size()) : all.size()); ++at) {
        if (known && all[at] != one.value) continue;
        queue = all;
        queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(at));
        states.push_back(next);
      }
      return states;
    }
    case Model::bank: {
      if (next.balances.empty()) {
        const auto entries = history.values.elements_of(history.initial);
        for (std::size_t at = 0; at < entries.size(); at += 2) {
          next.balances[entries[at]] = entries[at + 1];
        }
      }
      const auto parts = history.values.elements_of(one.value);
      if (one.kind == Kind::read) {
        std::map<Value, Value> seen;
        for (std::size_t at = 0; at < parts.size(); at += 2) seen[parts[at]] = parts[at + 1];
        return seen == next.balances ? std::vector{next} : std::vector<State>{};
      }
      if (next.balances[parts[0]] < parts[2]) return {};
      next.balances[parts[0]] -= parts[2];
      next.balances[parts[1]] += parts[2];
      return {next};
    }
    case Model::kv_append: {
      std::string& content = next.texts[one.key];
      if (one.kind == Kind::read) {
        return content == text(one.value) ? std::vector{next} : std::vector<State>{};
      }
      content = one.kind == Kind::append ? content + text(one.value) : text(one.value);
      return {next};
    }
  }
  return {};
}

/// Whether the operations can be put in an order that `must_precede(a, b)` allows and the model
/// accepts. Those without an answer may be left out.
inline bool has_order(const History& history, Model model,
                      const std::function<bool(const Operation&, const Operation&)>& must_precede) {
  const std::vector<Operation>& all = history.operations;
  std::vector<bool> done(all.size());
  std::function<bool(const State&)> go_on = [&](const State& state) {
    bool complete = true;
    for (std::size_t at = 0; at < all.size(); ++at) {
      if (!done[at] && all[at].outcome == Outcome::ok) complete = false;
    }
    if (complete) return true;
    for (std::size_t at = 0; at < all.size(); ++at) {
      const bool is_nothing = all[at].outcome == Outcome::fail ||
                              (all[at].outcome == Outcome::unknown && all[at].kind == Kind::read);
      if (done[at] || is_nothing) continue;
      bool is_next = true;
      for (std::size_t other = 0; other < all.size(); ++other) {
        if (!done[other] && other != at && all[other].outcome == Outcome::ok &&
            must_precede(all[other], all[at])) {
          is_next = false;
        }
      }
      if (!is_next) continue;
      for (const State& next : after(history, model, state, all[at])) {
        done[at] = true;
        const bool found = go_on(next);
        done[at] = false;
        if (found) return true;
      }
    }
    return false;
  };
  return go_on(State{});
}

inline bool in_time(const Operation& a, const Operation& b) { return a.completed < b.invoked; }
inline bool in_session(const Operation& a, const Operation& b) {
  return a.session == b.session && a.outcome == Outcome::ok && in_time(a, b);
}

inline bool writes(const Operation& one) {
  return one.outcome != Outcome::fail && (one.kind == Kind::write || one.kind == Kind::cas);
}
inline bool reads(const Operation& one) {
  return one.outcome == Outcome::ok && (one.kind == Kind::read || one.kind == Kind::cas);
}
inline Value written(const Operation& one) {
  return one.kind == Kind::cas ? one.second : one.value;
}

using Relation = std::vector<std::vector<bool>>;

inline void close(Relation& relation) {
  for (std::size_t c = 0; c < relation.size(); ++c) {
    for (std::size_t a = 0; a < relation.size(); ++a) {
      for (std::size_t b = 0; b < relation.size(); ++b) {
        if (relation[a][c] && relation[c][b]) relation[a][b] = true;
      }
    }
  }
}

/// Whether all writes and `own` reads have an order that contains `before` and in which each read
/// finds the write that `from` says (or -1: none of its key before it).
inline bool has_view(const History& history, const std::vector<std::size_t>& own,
                     const Relation& before, const std::vector<int>& from) {
  const std::vector<Operation>& all = history.operations;
  std::vector<std::size_t> members;
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (writes(all[at]) || std::find(own.begin(), own.end(), at) != own.end()) {
      members.push_back(at);
    }
  }
  const auto is_own = [&](std::size_t at) {
    return reads(all[at]) && std::find(own.begin(), own.end(), at) != own.end();
  };
  std::vector<bool> done(all.size());
  std::map<std::uint64_t, int> last;
  std::function<bool(std::size_t)> go_on = [&](std::size_t count) {
    if (count == members.size()) return true;
    for (const std::size_t at : members) {
      if (done[at]) continue;
      bool is_next = true;
      for (const std::size_t other : members) {
        if (!done[other] && other != at && before[other][at]) is_next = false;
      }
      const auto held = last.find(all[at].key);
      const int now = held == last.end() ? -1 : held->second;
      if (!is_next || (is_own(at) && now != from[at])) continue;
      done[at] = true;
      if (writes(all[at])) last[all[at].key] = static_cast<int>(at);
      const bool found = go_on(count + 1);
      done[at] = false;
      if (now == -1) {
        last.erase(all[at].key);
      } else {
        last[all[at].key] = now;
      }
      if (found) return true;
    }
    return false;
  };
  return go_on(0);
}

/// One way of saying which write each read found.
inline bool holds_with(const History& history, Level level, const std::vector<int>& from) {
  const std::vector<Operation>& all = history.operations;
  const std::size_t count = all.size();
  for (std::size_t read = 0; read < count; ++read) {
    if (from[read] >= 0 && in_session(all[read], all[static_cast<std::size_t>(from[read])])) {
      return false;
    }
  }
  Relation everywhere(count, std::vector<bool>(count));
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      if (!in_session(all[a], all[b])) continue;
      const bool both_write = writes(all[a]) && writes(all[b]);
      if (level == Level::causal || level == Level::pram) everywhere[a][b] = true;
      if (level == Level::monotonic_writes && both_write) everywhere[a][b] = true;
      if (level == Level::monotonic_reads && both_write && all[a].key == all[b].key) {
        everywhere[a][b] = true;
      }
      if (level == Level::writes_follow_reads && reads(all[a]) && writes(all[b])) {
        everywhere[a][b] = true;
      }
    }
    const bool carries = level == Level::causal || level == Level::writes_follow_reads;
    if (carries && from[a] >= 0) everywhere[static_cast<std::size_t>(from[a])][a] = true;
  }
  close(everywhere);
  for (std::size_t a = 0; a < count; ++a) {
    if (everywhere[a][a]) return false;
  }
  std::map<std::uint32_t, std::vector<std::size_t>> sessions;
  for (std::size_t at = 0; at < count; ++at) {
    if (reads(all[at])) sessions[all[at].session].push_back(at);
  }
  for (const auto& [session, own] : sessions) {
    if (level == Level::read_your_writes) {
      for (const std::size_t read : own) {
        Relation before(count, std::vector<bool>(count));
        for (std::size_t a = 0; a < count; ++a) {
          for (std::size_t b = 0; b < count; ++b) {
            if (in_session(all[a], all[b]) && all[a].session == session && writes(all[a])) {
              before[a][b] = writes(all[b]) || b == read;
            }
          }
        }
        if (!has_view(history, {read}, before, from)) return false;
      }
      continue;
    }
    Relation before = everywhere;
    for (const std::size_t a : own) {
      for (const std::size_t b : own) before[a][b] = before[a][b] || in_session(all[a], all[b]);
    }
    if (!has_view(history, own, before, from)) return false;
  }
  return true;
}

inline bool holds_in_views(const History& history, Level level) {
  const std::vector<Operation>& all = history.operations;
  std::vector<int> from(all.size(), -1);
  std::function<bool(std::size_t)> choose = [&](std::size_t at) {
    if (at == all.size()) return holds_with(history, level, from);
    if (!reads(all[at])) return choose(at + 1);
    if (all[at].value == history.initial) {
      from[at] = -1;
      if (choose(at + 1)) return true;
    }
    for (std::size_t write = 0; write < all.size(); ++write) {
      if (write == at || !writes(all[write]) || all[write].key != all[at].key) continue;
      if (written(all[write]) != all[at].value) continue;
      from[at] = static_cast<int>(write);
      if (choose(at + 1)) return true;
      from[at] = -1;
    }
    return false;
  };
  return choose(0);
}

/// Each read by itself, among all orders of all writes that keep to time.
inline bool is_regular(const History& history) {
  History one = history;
  for (const Operation& read : history.operations) {
    if (read.outcome != Outcome::ok || read.kind == Kind::write) continue;
    one.operations.clear();
    for (const Operation& other : history.operations) {
      if (!writes(other)) continue;
      one.operations.push_back(other);
      // Of other compare-and-sets only the writing counts here.
      one.operations.back().kind = Kind::write;
      one.operations.back().value = written(other);
    }
    Operation only_read = read;
    if (read.kind == Kind::cas) {
      const auto self =
          std::find_if(one.operations.begin(), one.operations.end(), [&](const Operation& other) {
            return other.session == read.session && other.invoked == read.invoked &&
                   other.outcome == Outcome::ok;
          });
      if (self != one.operations.end()) one.operations.erase(self);
      only_read.kind = Kind::read;
    }
    one.operations.push_back(only_read);
    if (!has_order(one, Model::cas_register, in_time)) return false;
  }
  return true;
}

inline bool holds(const History& history, Model model, Level level) {
  switch (level) {
    case Level::linearizable:
      return has_order(history, model, in_time);
    case Level::sequential:
      return has_order(history, model, in_session);
    case Level::regular:
      return is_regular(history);
    default:
      return holds_in_views(history, level);
  }
}

}  // namespace faultline::sim::consistency::brute_force
