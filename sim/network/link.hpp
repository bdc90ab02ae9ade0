/// A link: how long it takes to pass it, how much fits through it, and what gets lost.
///
/// Rule: a message waits until the link has sent what came before it, takes size / bandwidth to be
/// sent, and arrives a latency later. Each direction is a pipe of its own, and all who use it share
/// it first come, first served. Does not model: fair queueing, limits of the queue, congestion
/// control.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sim/kernel/time.hpp"
#include "sim/param/units.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/stream.hpp"

namespace faultline::sim {

/// What holds for both directions of a link.
struct LinkLaw {
  RandomDuration latency;
  RandomDuration jitter;  ///< Added to the latency, drawn for each message.
  std::optional<Bandwidth> bandwidth;
  double loss = 0;  ///< Of each segment.

  double mean_seconds() const { return latency.mean_seconds() + jitter.mean_seconds(); }
  /// The time of every message is the same, and known.
  bool is_constant() const { return latency.is_constant() && jitter.is_constant(); }
  Duration constant_value() const {
    return saturating_sum(latency.constant_value(), jitter.constant_value());
  }
  /// Time alone tells what becomes of a message: what else passes makes no difference to it.
  bool is_plain() const { return !bandwidth && loss == 0; }
};

/// Data of a message, as TCP over Ethernet divides it: 1500 bytes less two headers of 20.
inline constexpr std::int64_t segment_bytes = 1460;
/// Every message has at least one.
inline std::int64_t segments_of(std::int64_t bytes) {
  return bytes <= segment_bytes ? 1 : (bytes - 1) / segment_bytes + 1;
}

/// One direction of one link, with its own luck.
class LinkDirection {
 public:
  /// `name`, such as "app->db", names its random streams.
  LinkDirection(LinkLaw law, std::string name, std::uint64_t seed, std::uint64_t replication)
      : law_(std::move(law)),
        name_(std::move(name)),
        seed_(seed),
        replication_(replication),
        latency_luck_(seed, replication, name_, "latency") {}

  const LinkLaw& law() const { return law_; }
  /// The time from its last bit's departure to its arrival, of one message.
  Duration sample() {
    const Duration latency = law_.latency.sample(latency_luck_);
    if (law_.jitter.is_constant()) return saturating_sum(latency, law_.jitter.constant_value());
    return saturating_sum(latency, law_.jitter.sample(luck(jitter_luck_, "jitter")));
  }
  /// When the last of `bytes` that came now has been sent. `share`: of the bandwidth, what is left
  /// of it.
  Time send(Time now, std::int64_t bytes, double share);
  /// How many of so many segments get lost, each with the probability `loss`.
  std::int64_t lost_of(std::int64_t segments, double loss);
  /// A further delay, drawn from `law`.
  Duration extra(const RandomDuration& law) {
    if (law.is_constant()) return law.constant_value();
    return law.sample(luck(extra_luck_, "extra latency"));
  }
  /// Whether a message that is doubled with this probability is.
  bool doubled(double probability) { return luck(double_luck_, "duplication").chance(probability); }

 private:
  /// A stream is made when it is first drawn from; its name alone determines it.
  Stream& luck(std::unique_ptr<Stream>& stream, const char* purpose) {
    if (!stream) stream = std::make_unique<Stream>(seed_, replication_, name_, purpose);
    return *stream;
  }

  LinkLaw law_;
  std::string name_;
  std::uint64_t seed_;
  std::uint64_t replication_;
  Time free_at_{};  ///< When all that came before has been sent. State.
  Stream latency_luck_;
  std::unique_ptr<Stream> jitter_luck_;
  std::unique_ptr<Stream> loss_luck_;
  std::unique_ptr<Stream> extra_luck_;
  std::unique_ptr<Stream> double_luck_;
};

}  // namespace faultline::sim
