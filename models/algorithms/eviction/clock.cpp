/// Clock (second chance): a ring in insertion order that spares entries touched since the hand last
/// passed.
///
/// Kept as a queue: the hand is its back, and an entry that is spared moves to its front. That is
/// the ring with the hand standing still. An entry comes in with its counter at zero.
///
/// Source: Corbato, "A Paging Experiment with the Multics System", 1968. More than one bit: Smith,
/// 1978 (generalised clock).
/// Does not model: the cost of moving the hand.
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

struct ClockParams {
  std::int64_t counter_bits = 1;

  static void describe(sim::ParamList<ClockParams>& list) {
    list.add("counter_bits", &ClockParams::counter_bits,
             "Size of each entry's counter of touches; the hand takes one touch off as it passes")
        .unit("bits")
        .between(1, 8);
  }
};

class Clock final : public EvictionPolicy {
 public:
  Clock(const ClockParams& params, const MakeArgs&)
      : touches_max_(static_cast<std::uint8_t>((1 << params.counter_bits) - 1)) {}

  void inserted(CacheSlot slot) override {
    ring_.push_front(0, slot);
    if (slot >= touches_.size()) touches_.resize(slot + std::size_t{1});
    touches_[slot] = 0;
  }
  void touched(CacheSlot slot) override {
    if (touches_[slot] < touches_max_) ++touches_[slot];
  }
  void erased(CacheSlot slot) override { ring_.remove(slot); }
  CacheSlot victim() override {
    CacheSlot slot = ring_.back(0);
    while (touches_[slot] > 0) {
      --touches_[slot];
      ring_.move_to_front(0, slot);
      slot = ring_.back(0);
    }
    ring_.remove(slot);
    return slot;
  }

 private:
  std::uint8_t touches_max_;           ///< Parameter.
  IndexLists ring_{1};                 ///< The hand points at the back. State.
  std::vector<std::uint8_t> touches_;  ///< By slot. State.
};

const sim::Registration<EvictionPolicy, Clock, ClockParams> registered{
    {.name = "clock",
     .title = "Clock (second chance)",
     .summary = "A ring in insertion order whose hand spares entries touched since it last passed.",
     .source = "Corbato, A Paging Experiment with the Multics System, 1968",
     .does_not_model = "the cost of moving the hand"}};

}  // namespace
}  // namespace faultline::models
