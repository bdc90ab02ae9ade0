/// The news that a key was written, as it goes to caches that hold copies: a message, not a
/// request.
#pragma once

#include <cstdint>
#include <memory>

#include "sim/network/message.hpp"

namespace faultline::models {

/// What a cache gets of it: it forgets the key, and what shares its tag.
struct Invalidation final : sim::Message {
  explicit Invalidation(std::uint64_t key_) : key(key_) {}
  std::unique_ptr<sim::Message> copy() const override {
    return std::make_unique<Invalidation>(key);
  }
  std::uint64_t key;
};

/// The role of those who heed it ("invalidation").
inline constexpr const char* invalidation_role = "invalidation";

}  // namespace faultline::models
