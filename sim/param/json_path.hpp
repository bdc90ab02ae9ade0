/// The path notation of problems and of `--set`: `nodes.app.endpoints.default[1].ttl`, `zones["eu
/// a"].region`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/param/param.hpp"

namespace faultline::sim {

/// One step of a path: a member of an object, or an element of a list.
struct PathStep {
  std::string key;
  std::optional<std::size_t> index;  ///< Given: an element, and `key` means nothing.
  bool operator==(const PathStep&) const = default;
};

/// `text` in the notation that Path writes, as steps; nothing if it is not. The empty text is the
/// file as a whole: no steps.
std::optional<std::vector<PathStep>> parse_path(std::string_view text);

/// The path of `steps`, or of the first `count` of them.
Path to_path(const std::vector<PathStep>& steps, std::size_t count = std::string_view::npos);

/// Does what `--set PATH=VALUE` says: sets the value at `path` in `root`. `value_text` is JSON if
/// it reads as JSON, else a text: `4`, `"4"`, `5ms` and `["a", "b"]` are what they look like.
///
/// The last step may name a new member of an object that exists; of the members of `root`, those
/// named in `sections` are made where they are missing. Every other step must exist: an unknown
/// one, a wrong index and a way into a value that is not an object or a list (such as a call,
/// "exponential(4ms)") are problems, and `root` stays as it was.
void set_by_path(Json& root, std::string_view path, std::string_view value_text, Problems& problems,
                 const std::vector<std::string>& sections = {});

}  // namespace faultline::sim
