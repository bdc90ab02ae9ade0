/// Something that will happen at a point of virtual time. Events are members of what they are about
/// (an awaiter in a coroutine frame, a message), so scheduling allocates nothing; an event that is
/// destroyed must be cancelled first.
#pragma once

#include <cstdint>

namespace faultline::sim {

/// What kind of thing happened, for the order digest and the event log.
enum class EventKind : std::uint8_t {
  other,
  resume,      ///< A process goes on after a delay.
  grant,       ///< A process gets the resource it waited for.
  service,     ///< A service time ends.
  request,     ///< A request arrives.
  reply,       ///< A reply arrives.
  timeout,     ///< A caller gives up.
  fault,       ///< A fault begins or ends.
  statistics,  ///< The warm-up ends, or a sample is taken.
  message,     ///< A message passes a link of its way, or is sent again.
  notice,      ///< A message that asks for no answer arrives.
};

/// Whether an event of this kind comes from outside: it is no process of the component that waits.
constexpr bool is_message(EventKind kind) {
  return kind == EventKind::request || kind == EventKind::reply || kind == EventKind::notice;
}

class Event {
 public:
  using Fire = void (*)(Event&);
  explicit Event(Fire fire) : fire_(fire) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool scheduled() const { return ticket_ != 0; }
  /// The component (any number below 2^24) and kind that the order digest sees.
  void set_tag(std::uint32_t component, EventKind kind) {
    tag_ = component << 8 | static_cast<std::uint32_t>(kind);
  }
  std::uint32_t tag() const { return tag_; }
  std::uint32_t component() const { return tag_ >> 8; }
  EventKind kind() const { return static_cast<EventKind>(tag_ & 0xff); }
  /// What firing does, inside the turn of another event. Requires: not scheduled.
  void fire_in_place() { fire_(*this); }

 protected:
  void set_fire(Fire fire) { fire_ = fire; }
  ~Event() = default;

 private:
  friend class EventQueue;
  friend class EventLanes;
  friend class Kernel;
  Fire fire_;
  std::uint64_t ticket_ = 0;  ///< Where the queue holds it; 0: nowhere.
  std::uint32_t tag_ = 0;
};

}  // namespace faultline::sim
