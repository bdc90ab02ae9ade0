/// When a question to many is answered: it was put to `asked`, and the answer is made of what has
/// come by when `wanted` have answered well, when all have ended, or when time is over.
///
/// Rule: an answer made of fewer than all is partial; one of fewer than `needed` is none.
/// Source: Dean, Barroso, "The Tail at Scale", CACM 2013 ("good enough" results).
#pragma once

#include <cstddef>

#include "sim/param/assert.hpp"

namespace faultline::models {

class Gather {
 public:
  /// Requires: 0 < needed <= wanted <= asked.
  Gather(std::size_t asked, std::size_t wanted, std::size_t needed)
      : asked_(asked), wanted_(wanted), needed_(needed) {
    SIM_ASSERT(needed > 0);
    SIM_ASSERT(needed <= wanted);
    SIM_ASSERT(wanted <= asked);
  }
  /// One has answered, well or not. Requires: not more than were asked.
  void ended(bool ok) {
    ++(ok ? good_ : bad_);
    SIM_ASSERT(good_ + bad_ <= asked_);
  }
  /// Nothing more is waited for: enough have answered, or all have ended, or what is still to come
  /// cannot make an answer of it.
  bool over() const {
    return good_ >= wanted_ || good_ + bad_ == asked_ || asked_ - bad_ < needed_;
  }
  /// What has come is an answer.
  bool answered() const { return good_ >= needed_; }
  bool partial() const { return answered() && good_ < asked_; }
  std::size_t good() const { return good_; }

 private:
  std::size_t asked_;
  std::size_t wanted_;
  std::size_t needed_;
  std::size_t good_ = 0;
  std::size_t bad_ = 0;
};

}  // namespace faultline::models
