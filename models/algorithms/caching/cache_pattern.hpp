/// How a cache in front of an origin is kept filled and true: the patterns of caching, each as the
/// few decisions in which it differs from the others.
///
///   read    [ cache ] --judge(what is left of its time)--> serve | serve and refresh | load
///   load    origin --> answer, or origin --> [ cache ] --> answer      fills_before_answer()
///   write   origin, then the entry is erased | updated | left alone, or the cache alone and the
///           origin later                                               on_write(), buffer()
///
/// A pattern has no clock and no engine; what waits and what it costs is the affair of whoever
/// drives it (models/caching/cache_front.hpp). Protections that any of them may have (single
/// flight, leases, early expiry, negative caching) are not patterns.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/algorithms/caching/write_buffer.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

class CachePattern {
 public:
  static constexpr std::string_view kind = "cache_pattern";
  struct MakeArgs {};

  /// What a read does that found an entry.
  enum class Found : std::uint8_t {
    serve,
    serve_and_refresh,  ///< Answered at once; the origin is asked in the background.
    load,               ///< As if nothing had been found.
  };
  /// What a write does to the cache.
  enum class OnWrite : std::uint8_t {
    erase,   ///< The origin is written, then the entry is erased.
    update,  ///< The origin is written, then the entry.
    leave,   ///< The origin is written, and the entry stays what it was.
    buffer,  ///< The entry is written; the origin learns of it later, from a WriteBuffer.
  };

  virtual ~CachePattern() = default;
  /// What to do with an entry that is good for another `left` of `ttl`; not above 0: for no longer.
  virtual Found judge(sim::Duration left, sim::Duration ttl) const {
    static_cast<void>(ttl);
    return left > sim::Duration(0) ? Found::serve : Found::load;
  }
  virtual OnWrite on_write() const { return OnWrite::erase; }
  /// How long after its time to live an entry is still kept.
  virtual sim::Duration kept_longer() const { return sim::Duration(0); }
  /// Whether what was loaded is in the cache before anybody gets it. Such a cache does the loading
  /// itself, so that it sees a write that overtakes a load, and does not keep what was loaded then.
  virtual bool fills_before_answer() const { return true; }
  /// Whether the pattern cannot do without a time to live.
  virtual bool needs_ttl() const { return false; }
  /// Of `OnWrite::buffer`: what is held back, and how long.
  virtual WriteBuffer::Config buffer() const { return {}; }
};

}  // namespace faultline::models
