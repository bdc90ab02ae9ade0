#include "sim/network/travel.hpp"

#include "sim/network/journey.hpp"

namespace faultline::sim {
namespace {

/// The waiter holds the message: it waits as long as there is one, and hears nothing of its loss.
constexpr Parcel::Handling handling{[](const Event&) { return true; }, [](Event&) {},
                                    [](Event&) -> Event* { return nullptr; }};

}  // namespace

void Travel::start() {
  way_.send(kernel_, *this, [this] {
    return Parcel{size_.count, transport_, &handling, &journey_};
  });
}

void Travel::abandon() { journey_->abandon(); }

}  // namespace faultline::sim
