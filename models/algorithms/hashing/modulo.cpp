#include "models/algorithms/hashing/modulo.hpp"

#include <algorithm>
#include <cmath>

#include "models/algorithms/hashing/key_hash.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

std::size_t Modulo::place(std::uint64_t key) {
  if (stale_) lay_out();
  if (slots_.empty()) return none;
  const std::uint64_t slot = hash_of_word(key) % slots_.back().end;
  if (equal_) return slots_[slot].node;
  const auto found =
      std::upper_bound(slots_.begin(), slots_.end(), slot,
                       [](std::uint64_t at, const Slots& slots) { return at < slots.end; });
  return found->node;
}

void Modulo::lay_out() {
  stale_ = false;
  slots_.clear();
  equal_ = true;
  double first_weight = 0;
  for (std::size_t index = 0; index < size(); ++index) {
    if (!takes_keys(index)) continue;
    if (first_weight == 0) first_weight = weight(index);
    equal_ = equal_ && weight(index) == first_weight;
  }
  std::uint64_t end = 0;
  for (std::size_t index = 0; index < size(); ++index) {
    if (!takes_keys(index)) continue;
    end += equal_ ? 1 : static_cast<std::uint64_t>(std::max(1.0, std::floor(weight(index) + 0.5)));
    slots_.push_back({end, index});
  }
}

namespace {

const sim::Registration<KeyPlacement, Modulo, sim::NoParams> registered{
    {.name = "modulo",
     .title = "Modulo",
     .summary = "The hash of the key modulo the number of nodes present: even and quick, but a "
                "node that leaves or joins moves (n-1)/n of all keys.",
     .source = "twemproxy, distribution modula",
     .does_not_model = "weights that are no whole numbers: they are rounded"}};

}  // namespace
}  // namespace faultline::models
