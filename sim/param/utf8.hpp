/// Checks of text from outside.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace faultline::sim {

/// The offset of the first byte that is not part of a UTF-8 character, or nothing.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Whether UTF-8 `text` has a control character (C0, DEL or C1), which a terminal might obey.
bool has_control_character(std::string_view text);

}  // namespace faultline::sim
