#include "sim/network/link.hpp"

#include <algorithm>

#include "sim/random/portable_math.hpp"

namespace faultline::sim {

Time LinkDirection::send(Time now, std::int64_t bytes, double share) {
  if (!law_.bandwidth) return now;
  const double seconds = static_cast<double>(bytes) * 8 / (law_.bandwidth->bits_per_second * share);
  const Duration begin = std::max(now, free_at_).time_since_epoch();
  free_at_ = Time(saturating_sum(begin, from_seconds(seconds)));
  return free_at_;
}

std::int64_t LinkDirection::lost_of(std::int64_t segments, double loss) {
  if (loss <= 0) return 0;
  if (loss >= 1) return segments;
  Stream& stream = luck(loss_luck_, "loss");
  if (segments == 1) return stream.chance(loss) ? 1 : 0;
  // From one lost segment to the next, the number of those between them being geometric, so that a
  // long message costs by what is lost of it.
  const double log_kept = portable::log1p(-loss);
  std::int64_t lost = 0;
  for (double at = 0;;) {
    at += std::max(0.0, portable::log(stream.uniform()) / log_kept);
    // `at` whole segments got through before the next lost one.
    at = static_cast<double>(static_cast<std::int64_t>(std::min(at, 9e15)));
    if (at >= static_cast<double>(segments)) return lost;
    ++lost;
    ++at;
  }
}

}  // namespace faultline::sim
