#include "sim/network/message.hpp"

#include <utility>

namespace faultline::sim {
namespace {

class Posted final : public Event {
 public:
  static void* operator new(std::size_t size) { return FramePool::take(size); }
  static void operator delete(void* memory, std::size_t size) { FramePool::give(memory, size); }

  Posted(Node& from, Node& to, std::unique_ptr<Message> message, Transport transport)
      : Event(&arrive),
        from_(from),
        to_(to),
        message_(std::move(message)),
        transport_(transport),
        crashes_(to.crashes()) {
    set_tag(to.id(), EventKind::notice);
  }

  static const Parcel::Handling handling;

 private:
  static void arrive(Event& event) {
    const std::unique_ptr<Posted> self(&static_cast<Posted&>(event));
    if (!self->to_.up()) return;
    const bool connected =
        self->transport_ == Transport::datagram || self->crashes_ == self->to_.crashes();
    if (connected) self->to_.component().receive(self->from_, *self->message_);
  }
  /// Nobody waits for it: as long as the network tries, and no longer.
  static bool wanted(const Event&) { return false; }
  static void lost(Event& event) { delete &static_cast<Posted&>(event); }
  static Event* copied(Event& event) {
    const Posted& self = static_cast<Posted&>(event);
    return new Posted(self.from_, self.to_, self.message_->copy(), self.transport_);
  }

  Node& from_;
  Node& to_;
  std::unique_ptr<Message> message_;
  Transport transport_;
  std::uint32_t crashes_;  ///< Of the receiver when it was sent.
};

const Parcel::Handling Posted::handling{&wanted, &lost, &copied};

/// The connection of a node to another one that posted messages go by; those of requests are
/// numbered from 0 upwards.
constexpr std::uint64_t posted_stream = ~std::uint64_t{0};

}  // namespace

void post(Node& from, const Target& to, std::unique_ptr<Message> message, Bytes size) {
  if (CallObserver* observer = to.node->callers_observer()) [[unlikely]]
    observer->posted(from, *to.node, size.count);
  auto* posted = new Posted(from, *to.node, std::move(message), to.transport);
  to.there->send(from.kernel(), *posted, [&] {
    return Parcel{size.count, to.transport, &Posted::handling, nullptr, posted_stream};
  });
}

void discard_posted(Event& event) { Posted::handling.lost(event); }

}  // namespace faultline::sim
