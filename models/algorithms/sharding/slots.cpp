#include "models/algorithms/sharding/slots.hpp"

#include <algorithm>
#include <cmath>

#include "models/algorithms/hashing/key_hash.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

void SlotsParams::describe(sim::ParamList<SlotsParams>& list) {
  list.add("slots", &SlotsParams::slots, "Slots of the table").unit("slots").between(1, 1'000'000);
}

Slots::Slots(const SlotsParams& params, const MakeArgs& args)
    : homes_(static_cast<std::size_t>(params.slots), none), table_(homes_) {
  add_all(args.nodes);
}

std::size_t Slots::slot_of(std::uint64_t key) const { return hash_of_word(key) % table_.size(); }

std::size_t Slots::place(std::uint64_t key) { return table()[slot_of(key)]; }

const std::vector<std::size_t>& Slots::table() {
  if (homes_stale_) deal_homes();
  if (stale_) stand_in();
  return table_;
}

void Slots::deal_homes() {
  homes_stale_ = false;
  std::vector<std::vector<std::size_t>> owned(size());
  double weights = 0;
  for (std::size_t joiner = 0; joiner < size(); ++joiner) {
    if (weight(joiner) == 0) continue;
    if (weights == 0) {
      for (std::size_t slot = 0; slot < homes_.size(); ++slot) owned[joiner].push_back(slot);
    }
    weights += weight(joiner);
    const double share = weight(joiner) / weights;
    std::size_t before = 0;
    std::size_t taken = 0;
    for (std::size_t giver = 0; giver < joiner; ++giver) {
      before += owned[giver].size();
      const auto upto =
          static_cast<std::size_t>(std::floor(static_cast<double>(before) * share + 0.5));
      for (; taken < upto; ++taken) {
        owned[joiner].push_back(owned[giver].back());
        owned[giver].pop_back();
      }
    }
    std::sort(owned[joiner].begin(), owned[joiner].end());
  }
  std::fill(homes_.begin(), homes_.end(), none);
  for (std::size_t node = 0; node < size(); ++node) {
    for (const std::size_t slot : owned[node]) homes_[slot] = node;
  }
}

void Slots::stand_in() {
  stale_ = false;
  for (std::size_t slot = 0; slot < table_.size(); ++slot) {
    const std::size_t home = homes_[slot];
    table_[slot] = home != none && takes_keys(home) ? home : stand_in_for(slot);
  }
}

std::size_t Slots::stand_in_for(std::size_t slot) const {
  std::size_t best = none;
  std::uint64_t best_draw = 0;
  for (std::size_t node = 0; node < size(); ++node) {
    if (!takes_keys(node)) continue;
    const std::uint64_t draw = hash_of_pair(hash_of_word(node), slot);
    if (best != none && draw <= best_draw) continue;
    best = node;
    best_draw = draw;
  }
  return best;
}

namespace {

const sim::Registration<KeyPlacement, Slots, SlotsParams> registered{
    {.name = "slots",
     .title = "Table of slots",
     .summary = "The hash of a key gives its slot, and a table the node of the slot; a change of "
                "the nodes moves as few slots as it can.",
     .source = "Redis Cluster specification, Key distribution model",
     .does_not_model = "slots chosen by hand"}};

}  // namespace
}  // namespace faultline::models
