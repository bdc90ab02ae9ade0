/// How a message gets from one node to another.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/kernel/kernel.hpp"
#include "sim/network/link.hpp"

namespace faultline::sim {

class Journey;
struct Way;

/// What the network promises of a message.
enum class Transport : std::uint8_t {
  reliable,  ///< As over TCP: what is lost is sent again, and arrives late.
  datagram,  ///< As over UDP: what is lost never arrives.
  in_order,  ///< Reliable; what is sent again holds up what was sent after it on its connection.
};

/// What the network must know of a message that time alone does not decide about.
struct Parcel {
  std::int64_t bytes = 0;
  Transport transport = Transport::reliable;
  /// What the network does with an event that stands for a message.
  struct Handling {
    /// Whether somebody still waits for what comes of it.
    bool (*wanted)(const Event& message);
    /// It will never arrive: frees it.
    void (*lost)(Event& message);
    /// A second one like it, or null if it makes no difference.
    Event* (*copied)(Event& message);
  };
  const Handling* handling = nullptr;
  Journey** tracker =
      nullptr;  ///< Is kept pointing to the journey while there is one; may be null.
  /// One direction of the connection that it is sent on, if it is to come in order: the same number
  /// for all that go there by this way, and for nothing else on the way.
  std::uint64_t stream = 0;
};

/// A way whose delay is a constant that was added up when the system was built, or the sum of the
/// draws of its links; or a way on which more happens than that (journey.hpp). Which it is, the
/// network decides when the system is built, so that what is not used costs nothing.
class Route {
 public:
  Route(Kernel& kernel, Duration constant)
      : is_constant_(true), lane_(kernel.lane_of(constant)), constant_(constant) {}
  explicit Route(std::vector<LinkDirection*> links) : links_(std::move(links)) {}
  explicit Route(Way& way) : way_(&way) {}

  /// Schedules `event` for when a message sent now arrives. `parcel` gives a Parcel when asked.
  template <class MakeParcel>
  void send(Kernel& kernel, Event& event, const MakeParcel& parcel) const {
    if (is_constant_) [[likely]] {
      kernel.schedule_constant(event, lane_, constant_);
    } else if (!way_) {
      kernel.schedule_after(event, sample());
    } else {
      send_over_way(event, parcel());
    }
  }

 private:
  Duration sample() const;
  void send_over_way(Event& event, const Parcel& parcel) const;

  bool is_constant_ = false;
  EventQueue::Lane lane_ = EventQueue::no_lane;
  Duration constant_{};
  std::vector<LinkDirection*> links_;
  Way* way_ = nullptr;
};

}  // namespace faultline::sim
