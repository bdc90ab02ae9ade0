/// What a cache server tells of an entry beside its value: a client library finds it in the reply.
/// Replies carry no such thing here, so it is asked of the component when the reply is there. A
/// component that can tell is found by dynamic_cast from Node::component().
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace faultline::models {

class CacheContents {
 public:
  virtual ~CacheContents() = default;
  /// Nanoseconds until it forgets `value` of `key`; nothing if it holds another value by now, or
  /// this one for ever.
  virtual std::optional<std::int64_t> time_left(std::uint64_t key, std::uint64_t value) const = 0;
  /// Whether components of this type tell it.
  static bool is_type(const std::string& type) {
    return type == "cache" || type == "distributed_cache";
  }
};

}  // namespace faultline::models
