/// A run's random stream as the source of chance of an algorithm.
#pragma once

#include "models/algorithms/random_source.hpp"
#include "sim/random/stream.hpp"

namespace faultline::models {

class StreamSource final : public RandomSource {
 public:
  explicit StreamSource(sim::Stream stream) : stream_(stream) {}
  std::uint64_t next() override { return stream_.next(); }

 private:
  sim::Stream stream_;
};

}  // namespace faultline::models
