/// SHA-256, to name the exact file a result came from. Source: FIPS 180-4.
#pragma once

#include <string>
#include <string_view>

namespace faultline::sim {

/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace faultline::sim
