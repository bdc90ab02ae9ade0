/// How long a message takes between two nodes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/kernel/kernel.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/stream.hpp"

namespace faultline::sim {

/// What the network promises of a message.
enum class Transport : std::uint8_t {
  reliable,  ///< As over TCP: what is lost is sent again, and arrives late.
  datagram,  ///< As over UDP: what is lost never arrives.
};

/// One direction of one link: its latency and its own luck.
struct LinkDirection {
  RandomDuration latency;
  Stream stream;
};

/// The links a message passes one after the other, or a constant that was added up when the system
/// was built.
class Route {
 public:
  Route(Kernel& kernel, Duration constant) : constant_(constant), lane_(kernel.lane_of(constant)) {}
  explicit Route(std::vector<LinkDirection*> links) : links_(std::move(links)) {}

  /// Schedules `event` for when a message sent now arrives.
  void send(Kernel& kernel, Event& event) const {
    if (links_.empty()) {
      kernel.schedule_constant(event, lane_, constant_);
    } else {
      kernel.schedule_after(event, sample());
    }
  }

 private:
  Duration sample() const;
  Duration constant_{};
  EventQueue::Lane lane_ = EventQueue::no_lane;
  std::vector<LinkDirection*> links_;
};

}  // namespace faultline::sim
