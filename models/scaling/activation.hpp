/// Requests that wait because nobody is there to serve them, as who starts instances sees them.
#pragma once

#include <cstdint>
#include <functional>

namespace faultline::models {

class Activation {
 public:
  virtual ~Activation() = default;
  /// Requests that wait now.
  virtual std::size_t waiting() const = 0;
  /// What to do when a request begins to wait and none did before. Lives as long as the run.
  virtual void on_waiting(std::function<void()> act) = 0;
};

}  // namespace faultline::models
