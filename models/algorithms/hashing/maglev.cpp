#include "models/algorithms/hashing/maglev.hpp"

#include <algorithm>

#include "models/algorithms/hashing/key_hash.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

bool is_prime(std::int64_t number) {
  if (number < 2) return false;
  for (std::int64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

}  // namespace

std::vector<std::uint32_t> maglev_table(std::uint64_t slots,
                                        const std::vector<MaglevPreference>& preferences) {
  SIM_ASSERT(!preferences.empty());
  constexpr std::uint32_t nobody = ~std::uint32_t{0};
  struct Turns {
    std::uint64_t next;    ///< The slot it prefers of those it has not tried.
    double due;            ///< The weight it must have gathered for its next turn.
    MaglevPreference own;  ///< Its weight as a share of the greatest.
  };
  double heaviest = 0;
  for (const MaglevPreference& preference : preferences) {
    heaviest = std::max(heaviest, preference.weight);
  }
  std::vector<Turns> turns;
  turns.reserve(preferences.size());
  for (const MaglevPreference& preference : preferences) {
    turns.push_back({preference.offset, 0, preference});
  }
  std::vector<std::uint32_t> table(slots, nobody);
  std::uint64_t filled = 0;
  for (double round = 1;; ++round) {
    for (std::size_t index = 0; index < turns.size(); ++index) {
      Turns& turn = turns[index];
      if (round * turn.own.weight < turn.due) continue;
      turn.due += heaviest;
      while (table[turn.next] != nobody) turn.next = (turn.next + turn.own.skip) % slots;
      table[turn.next] = static_cast<std::uint32_t>(index);
      turn.next = (turn.next + turn.own.skip) % slots;
      if (++filled == slots) return table;
    }
  }
}

void MaglevParams::describe(sim::ParamList<MaglevParams>& list) {
  list.add("table_size", &MaglevParams::table_size,
           "Slots of the table, a prime, a hundred times the nodes at least (Envoy: 65537)")
      .unit("slots")
      .between(2, 5'000'011);
}

void MaglevParams::check(const MaglevParams& params, const sim::Path& path,
                         sim::Problems& problems) {
  if (!is_prime(params.table_size)) {
    problems.add(path / "table_size", "must be a prime, such as 251, 5003, 65537 or 655373");
  }
}

Maglev::Maglev(const MaglevParams& params, const MakeArgs& args)
    : slots_(static_cast<std::uint64_t>(params.table_size)) {
  add_all(args.nodes);
}

std::size_t Maglev::place(std::uint64_t key) {
  if (changed_) find_table();
  const std::vector<std::uint32_t>& nodes = tables_[used_].nodes;
  return nodes.empty() ? none : nodes[hash_of_word(key) % slots_];
}

void Maglev::on_added(std::size_t index) {
  const std::uint64_t hash = hash_of_text(name(index));
  preferences_.push_back(
      {.offset = hash_of_pair(hash, 1) % slots_, .skip = hash_of_pair(hash, 2) % (slots_ - 1) + 1});
  current_.push_back(0);
  set_current(index);
}

void Maglev::set_current(std::size_t index) {
  current_[index] = takes_keys(index) ? weight(index) : 0;
  changed_ = true;
}

void Maglev::find_table() {
  changed_ = false;
  if (tables_[used_].weights == current_) return;
  used_ = 1 - used_;
  if (tables_[used_].weights != current_) make(tables_[used_]);
}

void Maglev::make(Table& table) const {
  table.weights = current_;
  table.nodes.clear();
  std::vector<MaglevPreference> preferences;
  std::vector<std::uint32_t> node_of;
  for (std::size_t index = 0; index < size(); ++index) {
    if (current_[index] == 0) continue;
    preferences.push_back(preferences_[index]);
    preferences.back().weight = current_[index];
    node_of.push_back(static_cast<std::uint32_t>(index));
  }
  if (preferences.empty()) return;
  table.nodes = maglev_table(slots_, preferences);
  for (std::uint32_t& node : table.nodes) node = node_of[node];
}

namespace {

const sim::Registration<KeyPlacement, Maglev, MaglevParams> registered{
    {.name = "maglev",
     .title = "Maglev",
     .summary = "A table whose slots the nodes fill in turn, each by its own order of preference: "
                "very even, found in one step, a few keys more than need be move.",
     .source = "Eisenbud et al., Maglev, NSDI 2016, section 3.4; weights: Envoy",
     .does_not_model = "connection tables beside it"}};

}  // namespace
}  // namespace faultline::models
