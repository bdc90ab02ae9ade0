/// Ketama, the consistent hashing of memcached clients, point for point.
///
/// Rule: of n nodes one with a share p of all weight has floor(p * 40 * n) MD5 digests, of the
/// texts "NAME-0", "NAME-1", ..; each digest gives four points, its 32-bit words, first byte
/// lowest. A key (its decimal digits) lies at the first word of its own MD5, with the first point
/// at or after it. The shares are worked out in single precision, as the original does, so that a
/// server may have four points less than one would think.
///
/// While a node is away its keys go to the next points of others and the weights still count it;
/// libketama, which knows no such thing, would make a new ring of the servers left.
/// Source: Richard Jones, libketama (ketama.c, 2007), its weighted continuum; 160 points a server
/// of average weight. Does not model: the "NAME" without port that some clients hash for port
/// 11211.
#pragma once

#include <string_view>

#include "models/algorithms/hashing/key_placement.hpp"
#include "models/algorithms/hashing/ring_points.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

class Ketama final : public KeyPlacement {
 public:
  Ketama(const sim::NoParams&, const MakeArgs& args) { add_all(args.nodes); }

  std::size_t place(std::uint64_t key) override;

  /// Where the text of a key lies on ketama's circle of 2^32 places.
  static std::uint32_t place_of(std::string_view text);
  /// A point of that circle and whose it is.
  struct Owner {
    std::uint32_t point = 0;
    std::size_t node = none;
  };
  /// The point that a text belongs to.
  Owner owner_of(std::string_view text);
  /// How many points there are, of all nodes.
  std::size_t points();
  std::vector<RingArc> arcs();

 private:
  void on_added(std::size_t) override { stale_ = true; }
  void on_weight(std::size_t) override { stale_ = true; }
  void on_presence(std::size_t index) override {
    if (!stale_) points_.set_present(index, takes_keys(index));
  }
  void bring_up_to_date() {
    if (stale_) lay_out();
  }
  void lay_out();

  RingPoints points_;  ///< In the upper half of its places. State.
  bool stale_ = true;  ///< The nodes or weights changed since the points were laid out. State.
};

}  // namespace faultline::models
