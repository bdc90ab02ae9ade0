/// On the second request: a key comes in when it is missed again while its first miss is
/// remembered. Three quarters of what a content delivery network is asked for is asked for once.
///
/// Rule: remembered are the last `memory` keys that were kept out; the oldest is forgotten first.
/// Source: Maggs and Sitaraman, "Algorithmic Nuggets in Content Delivery", ACM CCR 45(3), 2015,
/// section 3.2 (cache-on-second-hit).
/// Does not model: the errors of the Bloom filter that remembers there; it is exact here.
#include <deque>
#include <unordered_map>

#include "models/algorithms/caching/cache_admission.hpp"

namespace faultline::models {
namespace {

struct SecondRequestParams {
  std::int64_t memory = 100'000;

  static void describe(sim::ParamList<SecondRequestParams>& list) {
    list.add("memory", &SecondRequestParams::memory, "Keys that were kept out and are remembered")
        .unit("keys")
        .between(1, 100'000'000);
  }
};

class SecondRequest final : public CacheAdmission {
 public:
  SecondRequest(const SecondRequestParams& params, const MakeArgs&)
      : memory_(static_cast<std::size_t>(params.memory)) {}
  bool admits(CacheKey key, std::int64_t) override {
    if (seen_.erase(key) > 0) return true;
    seen_[key] = ++turns_;
    order_.push_back({key, turns_});
    if (order_.size() > memory_) {
      const Remembered oldest = order_.front();
      order_.pop_front();
      const auto found = seen_.find(oldest.key);
      if (found != seen_.end() && found->second == oldest.turn) seen_.erase(found);
    }
    return false;
  }

 private:
  struct Remembered {
    CacheKey key;
    std::uint64_t turn;
  };
  std::size_t memory_;                                ///< Parameter.
  std::uint64_t turns_ = 0;                           ///< State.
  std::unordered_map<CacheKey, std::uint64_t> seen_;  ///< Turn by key; never walked. State.
  std::deque<Remembered> order_;  ///< The oldest first; some are not remembered any more. State.
};

const sim::Registration<CacheAdmission, SecondRequest, SecondRequestParams> registered{
    {.name = "second_request",
     .title = "On the second request",
     .summary = "Lets a key in when it is missed again while its first miss is remembered.",
     .source = "Maggs and Sitaraman, Algorithmic Nuggets in Content Delivery, ACM CCR, 2015",
     .does_not_model = "the errors of the Bloom filter that remembers there"}};

}  // namespace
}  // namespace faultline::models
