#include "models/algorithms/hashing/jump.hpp"

#include "models/algorithms/hashing/key_hash.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

std::size_t jump_bucket(std::uint64_t key, std::size_t buckets) {
  SIM_ASSERT(buckets > 0);
  std::size_t bucket = 0;
  double landing = 0;
  while (landing < static_cast<double>(buckets)) {
    bucket = static_cast<std::size_t>(landing);
    key = key * 2862933555777941757u + 1;
    const double draw = static_cast<double>((key >> 33) + 1);
    landing = static_cast<double>(bucket + 1) * (0x1p31 / draw);
  }
  return bucket;
}

std::size_t Jump::place(std::uint64_t key) {
  if (members_.size() == 0) return none;
  return members_[jump_bucket(hash_of_word(key), members_.size())];
}

namespace {

const sim::Registration<KeyPlacement, Jump, sim::NoParams> registered{
    {.name = "jump",
     .title = "Jump consistent hash",
     .summary = "No table, perfectly even; a node added at the end moves 1/n of the keys, one that "
                "leaves from the middle most of them.",
     .source = "Lamping, Veach, A Fast, Minimal Memory, Consistent Hash Algorithm, 2014",
     .does_not_model = "weights"}};

}  // namespace
}  // namespace faultline::models
