/// A service time as a component uses it: a random quantity with its stream, or a constant with its
/// lane.
#pragma once

#include "sim/network/node.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/stream.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class ServiceTime {
 public:
  ServiceTime(const sim::RandomDuration& duration, const sim::BuildContext& context,
              std::string_view purpose)
      : duration_(duration), stream_(context.stream(purpose)), node_(context.node()) {
    if (duration_.is_constant()) lane_ = context.kernel().lane_of(duration_.constant_value());
  }

  struct Draw {
    sim::Duration duration;
    sim::EventQueue::Lane lane;
  };
  /// How long the next one takes as declared, for a resource that knows how slow the node is when
  /// the service begins.
  Draw draw() { return {duration_.sample(stream_), lane_}; }
  /// How long the next one takes if it begins now, on this node as slow as it is.
  Draw next() {
    const Draw declared = draw();
    if (node_.slowness() == 1.0) return declared;
    return {node_.slowed(declared.duration), sim::EventQueue::no_lane};
  }
  /// True when it takes no time at all: there is nothing to wait for.
  bool is_zero() const {
    return duration_.is_constant() && duration_.constant_value() == sim::Duration(0);
  }

 private:
  sim::RandomDuration duration_;
  sim::Stream stream_;
  sim::Node& node_;
  sim::EventQueue::Lane lane_ = sim::EventQueue::no_lane;
};

}  // namespace faultline::models
