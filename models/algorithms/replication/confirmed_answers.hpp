/// A lease from one who asks: it counts from the last answer that the asker is known to have, since
/// only from then on does he wait before he gives one up. A question says which answer he has.
///
/// Source: Gray, Cheriton, "Leases", SOSP 1989, section 2: the grantor must not forget a lease
/// before its holder does.
#pragma once

#include <cstdint>
#include <deque>

#include "sim/param/units.hpp"

namespace faultline::models {

class ConfirmedAnswers {
 public:
  /// An answer leaves at `local`, by the clock of who holds the lease: its number, above 0.
  std::uint64_t answer(sim::Duration local) {
    if (sent_.size() == sent_max) sent_.pop_front();
    sent_.push_back({++last_, local});
    return last_;
  }
  /// The asker has answer `number`; 0: none.
  void confirm(std::uint64_t number) {
    while (!sent_.empty() && sent_.front().number <= number) {
      if (sent_.front().number == number) since_ = sent_.front().at;
      sent_.pop_front();
    }
  }
  /// When the lease began; Duration::min(): there is none.
  sim::Duration since() const { return since_; }
  /// Without an asker: one begins at `local`.
  void begin(sim::Duration local) { since_ = local; }
  /// A crash: what was answered before counts for nothing.
  void forget() {
    sent_.clear();
    since_ = sim::Duration::min();
  }

 private:
  static constexpr std::size_t sent_max = 1000;
  struct Sent {
    std::uint64_t number;
    sim::Duration at;
  };
  std::uint64_t last_ = 0;
  std::deque<Sent> sent_;
  sim::Duration since_ = sim::Duration::min();
};

}  // namespace faultline::models
