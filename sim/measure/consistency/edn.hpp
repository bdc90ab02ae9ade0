/// Extensible data notation, in which Jepsen and others write their histories, as JSON values.
/// Source: https://github.com/edn-format/edn.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/param/param.hpp"

namespace faultline::sim::consistency {

/// The first value in `text`, which loses what it took. Keywords and symbols become texts (without
/// the colon), vectors, lists and sets become lists, keys of maps texts; tags are passed over.
/// Nothing, and one sentence, if it is not EDN, or is nested more than 64 levels deep.
std::optional<Json> read_edn(std::string_view& text, std::string& error);

}  // namespace faultline::sim::consistency
