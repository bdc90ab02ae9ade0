/// What a caller answers when all its tries have failed.
///
///   call --> tries --all fail--> [ fallback ] --> another node's answer, or one that is always there
#pragma once

#include <string_view>

#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class Fallback {
 public:
  static constexpr std::string_view kind = "fallback";
  using MakeArgs = sim::BuildContext;

  virtual ~Fallback() = default;
  /// The answer instead of `failed`. Requires: `request` outlives the task.
  virtual sim::Task<sim::Reply> answer(const sim::Request& request, sim::Reply failed) = 0;
};

}  // namespace faultline::models
