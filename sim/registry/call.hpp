/// The call notation of a scenario file, such as `exponential(mean=4ms)`, `crash(app[0])`,
/// `discrete(1, 2, [3, 4])`.
///
///   call     = name [ "(" [ argument { "," argument } ] ")" ]
///   argument = [ name "=" ] value
///   value    = number | true | false | null | "quoted text" | "[" [ value { "," value } ] "]" |
///   text
///
/// `text` runs to the next comma or closing bracket outside of brackets and quotes: `5ms`,
/// `app[0]`, `exponential(4ms)`. It is a JSON string for the reader of the parameter, which may
/// find another call in it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::sim {

/// What stands between two commas.
struct CallArgument {
  std::string key;  ///< Empty: positional.
  std::string_view
      value;  ///< Without surrounding blanks; syntactically right. Part of the text parsed.
};

struct CallText {
  std::string name;
  std::vector<CallArgument> arguments;
};

/// `text` as a call. Nothing and an empty `error`: it is no call at all ("5ms", "zone:eu-a").
/// Nothing and an error with its column: it begins as a call, `name(`, and goes wrong. At most 64
/// KiB long and 32 brackets deep.
std::optional<CallText> parse_call(std::string_view text, std::string& error);

/// The elements of a list `[a, b]`. Requires: `text` is the value of a parsed argument and begins
/// with '['.
std::vector<std::string_view> split_list(std::string_view text);

/// Whether `text` may stand as a positional argument and is read back as the same text.
bool is_plain_argument(std::string_view text);

}  // namespace faultline::sim
