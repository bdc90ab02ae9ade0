/// Kinds of our own for tests of the registry: shapes that nest, list and refer, and their colours.
/// The types are registered in registry_test.cpp.
#pragma once

#include <cstdint>
#include <string_view>

namespace faultline::test {

/// An interface as models declare them.
class SampleShape {
 public:
  static constexpr std::string_view kind = "sample_shape";
  static constexpr std::string_view bare_type = "dot";
  struct MakeArgs {
    std::int64_t scale = 1;
  };
  virtual ~SampleShape() = default;
  virtual std::int64_t area() const = 0;
};

/// A kind without a bare type.
class SampleColor {
 public:
  static constexpr std::string_view kind = "sample_color";
  struct MakeArgs {};
  virtual ~SampleColor() = default;
};

}  // namespace faultline::test
